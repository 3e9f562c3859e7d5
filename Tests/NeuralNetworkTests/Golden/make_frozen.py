"""Writes frozen.json: three full-batch steps of networks of which some layers are frozen and all kernels have a penalty.

Made with Keras 3.15.1 on TensorFlow 2.21.0; frozen layers have no penalty there, in the loss and in the gradients.
"""

import json
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
import keras
import numpy as np

rng = np.random.default_rng(14)
x = (rng.integers(-8, 9, (12, 4)) / 8).astype(np.float32)
y = (np.arange(12) % 3).astype(np.int32)
sizes = [(4, 5), (5, 4), (4, 3)]
initial = [(rng.integers(-9, 10, shape) / 16).astype(np.float32) for size in sizes for shape in (size, size[1:])]

optimizers = {
    "sgd": keras.optimizers.SGD(0.1),
    "sgd_momentum": keras.optimizers.SGD(0.1, momentum=0.9),
    "adam": keras.optimizers.Adam(0.05),
    "rmsprop": keras.optimizers.RMSprop(0.05),
    "sgd_clipnorm": keras.optimizers.SGD(0.1, clipnorm=0.05),
    "sgd_global_clipnorm": keras.optimizers.SGD(0.1, global_clipnorm=0.05),
}


def trained(optimizer, frozen):
    layers = [
        keras.layers.Dense(
            size[1], activation=activation, trainable=index not in frozen, kernel_regularizer=keras.regularizers.L2(0.01)
        )
        for index, (size, activation) in enumerate(zip(sizes, ["relu", "tanh", "softmax"]))
    ]
    model = keras.Sequential([keras.Input((4,))] + layers)
    for index, layer in enumerate(layers):
        layer.set_weights(initial[2 * index : 2 * index + 2])
    model.compile(optimizer, "sparse_categorical_crossentropy")
    losses = [float(model.train_on_batch(x, y)) for _ in range(3)]
    final = [w.numpy().ravel().tolist() for layer in layers for w in (layer.kernel, layer.bias)]
    return dict(losses=losses, final=final)


cases = []
for name, optimizer in optimizers.items():
    for frozen in [[0], [1], [0, 1], [2]] if name == "sgd" else [[0]]:
        copy = optimizer.from_config(optimizer.get_config())
        config = keras.saving.serialize_keras_object(copy)
        cases.append(dict(optimizer=config, frozen=frozen, **trained(copy, frozen)))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "frozen.json"), "w") as file:
    json.dump(dict(x=x.ravel().tolist(), y=y.tolist(), initial=[w.ravel().tolist() for w in initial], cases=cases), file)
