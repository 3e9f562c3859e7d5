#!/usr/bin/env python3
"""Writes depthwise.json: Keras' DepthwiseConv2D on random numbers, output and gradients of a random linear function of it.

python make_depthwise.py > depthwise.json        (Keras 3.15, TensorFlow backend)
"""
import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

CASES = [
    dict(input=[7, 6, 3], kernel_size=[3, 3], activation="relu"),
    dict(input=[5, 8, 2], kernel_size=[3, 2], strides=[2, 2], padding="same", depth_multiplier=3),
    dict(input=[6, 5, 17], kernel_size=[3, 3], padding="same", activation="tanh"),
    dict(input=[7, 8, 2], kernel_size=[2, 3], depth_multiplier=2, dilation_rate=[2, 3], use_bias=False),
]


def flat(values):
    return [round(float(value), 7) for value in np.asarray(values).ravel()]


def run(case, stream):
    settings = {key: value for key, value in case.items() if key != "input"}
    layer = keras.layers.DepthwiseConv2D(**settings)
    x = tf.constant(stream.uniform(-1, 1, [2] + case["input"]).round(3), tf.float32)
    layer.build(x.shape)
    layer.set_weights([stream.uniform(-1, 1, w.shape).round(3) for w in layer.weights])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
        weights = tf.constant(stream.uniform(-1, 1, y.shape).round(3), tf.float32)
        total = tf.reduce_sum(y * weights)
    gradients = tape.gradient(total, [x] + layer.trainable_variables)
    return dict(
        settings=settings, input=case["input"], x=flat(x), names=[w.name for w in layer.weights],
        parameters=[flat(w) for w in layer.weights], weights=flat(weights), output=flat(y), input_gradient=flat(gradients[0]),
        gradients=[flat(g) for g in gradients[1:]])


stream = np.random.default_rng(7)
print(json.dumps([run(case, stream) for case in CASES]))
