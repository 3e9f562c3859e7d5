"""Writes optimizers.json: what Keras' optimizers and schedules do, step by step.

Run with Keras 3.15 on TensorFlow 2.21: python make_optimizers.py
"""

import json
import os
import pathlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

assert keras.__version__.startswith("3.15."), keras.__version__

STEPS = 20
BATCH, FEATURES, HIDDEN, CLASSES = 11, 7, 5, 3
random = np.random.default_rng(7)


def rounded(array):
    """Numbers that are exact in float32 and short in the file."""
    return np.round(array * 256) / 256


x = rounded(random.normal(size=(BATCH, FEATURES))).astype("float32")
y = random.integers(0, CLASSES, BATCH).astype("int32")
initial = [
    rounded(random.uniform(-0.8, 0.8, (FEATURES, HIDDEN))).astype("float32"),
    rounded(random.uniform(-0.2, 0.2, HIDDEN)).astype("float32"),
    rounded(random.uniform(-0.8, 0.8, (HIDDEN, CLASSES))).astype("float32"),
    rounded(random.uniform(-0.2, 0.2, CLASSES)).astype("float32"),
]

o = keras.optimizers
cases = {
    "sgd": lambda: o.SGD(0.1),
    "sgd_momentum": lambda: o.SGD(0.1, momentum=0.9),
    "sgd_nesterov": lambda: o.SGD(0.1, momentum=0.9, nesterov=True),
    "rmsprop": lambda: o.RMSprop(0.01),
    "rmsprop_momentum": lambda: o.RMSprop(0.01, rho=0.8, momentum=0.5),
    "rmsprop_centered": lambda: o.RMSprop(0.01, centered=True, epsilon=1e-4),
    "rmsprop_centered_momentum": lambda: o.RMSprop(0.01, momentum=0.5, centered=True, epsilon=1e-4),
    "adam": lambda: o.Adam(0.01),
    "adam_amsgrad": lambda: o.Adam(0.05, beta_1=0.5, beta_2=0.7, amsgrad=True),
    "adamw": lambda: o.AdamW(0.01, weight_decay=0.1),
    "adagrad": lambda: o.Adagrad(0.1),
    "adadelta": lambda: o.Adadelta(1.0, epsilon=1e-4),
    "sgd_clipnorm": lambda: o.SGD(0.5, clipnorm=0.1),
    "sgd_global_clipnorm": lambda: o.SGD(0.5, momentum=0.9, global_clipnorm=0.2),
    "sgd_clipvalue": lambda: o.SGD(0.5, clipvalue=0.03),
    "adam_global_clipnorm": lambda: o.Adam(0.01, global_clipnorm=0.1),
}


def trajectory(optimizer):
    model = keras.Sequential(
        [
            keras.layers.Input((FEATURES,)),
            keras.layers.Dense(HIDDEN, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.01)),
            keras.layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    model.set_weights(initial)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    losses = [float(model.train_on_batch(x, y)) for _ in range(STEPS)]
    return {
        "class_name": type(optimizer).__name__,
        "config": optimizer.get_config(),
        "losses": losses,
        "final": [weights.ravel().astype(float).tolist() for weights in model.get_weights()],
    }


RATE = 0.25
s = keras.optimizers.schedules
schedules = [
    ({"name": "ExponentialDecay", "decay_steps": 30, "decay_rate": 0.5}, s.ExponentialDecay(RATE, 30, 0.5)),
    (
        {"name": "exponential_decay", "decay_steps": 30, "decay_rate": 0.9, "staircase": True},
        s.ExponentialDecay(RATE, 30, 0.9, staircase=True),
    ),
    ({"name": "inverse_time_decay", "decay_steps": 10, "decay_rate": 0.5}, s.InverseTimeDecay(RATE, 10, 0.5)),
    (
        {"name": "inverse_time_decay", "decay_steps": 10, "decay_rate": 0.5, "staircase": True},
        s.InverseTimeDecay(RATE, 10, 0.5, staircase=True),
    ),
    (
        {"name": "step", "boundaries": [10, 50], "factors": [1, 0.5, 0.125]},
        s.PiecewiseConstantDecay([10, 50], [RATE, RATE / 2, RATE / 8]),
    ),
    (
        {"name": "polynomial_decay", "decay_steps": 40, "end_factor": 0.125, "power": 2},
        s.PolynomialDecay(RATE, 40, end_learning_rate=RATE / 8, power=2.0),
    ),
    (
        {"name": "polynomial_decay", "decay_steps": 40, "end_factor": 0.125, "cycle": True},
        s.PolynomialDecay(RATE, 40, end_learning_rate=RATE / 8, cycle=True),
    ),
    ({"name": "cosine_decay", "decay_steps": 60, "alpha": 0.1}, s.CosineDecay(RATE, 60, alpha=0.1)),
    (
        {"name": "cosine_decay", "decay_steps": 60, "warmup_target": 4, "warmup_steps": 11},
        s.CosineDecay(RATE, 60, warmup_target=4 * RATE, warmup_steps=11),
    ),
    (
        {"name": "warmup", "steps": 11, "start_factor": 0.25, "then": {"name": "cosine_decay", "decay_steps": 60}},
        s.CosineDecay(RATE / 4, 60, warmup_target=RATE, warmup_steps=11),
    ),
    ({"name": "warmup", "steps": 11}, s.PolynomialDecay(0.0, 11, end_learning_rate=RATE)),
]
steps = [0, 1, 5, 9, 10, 11, 12, 29, 30, 31, 40, 41, 50, 51, 60, 71, 79, 80, 81, 1000]

golden = {
    "keras": keras.__version__,
    "x": x.astype(float).ravel().tolist(),
    "y": y.tolist(),
    "initial": [weights.astype(float).ravel().tolist() for weights in initial],
    "optimizers": {name: trajectory(make()) for name, make in cases.items()},
    "defaults": {
        name: {"class_name": name, "config": getattr(o, name)().get_config()}
        for name in ["SGD", "RMSprop", "Adam", "AdamW", "Adagrad", "Adadelta"]
    },
    "schedules": {
        "learning_rate": RATE,
        "steps": steps,
        "cases": [{"schedule": ours, "rates": [float(keras_schedule(n)) for n in steps]} for ours, keras_schedule in schedules],
    },
    "initializers": [
        keras.initializers.serialize(initializer)
        for initializer in [
            keras.initializers.Zeros(), keras.initializers.Ones(), keras.initializers.Constant(0.5),
            keras.initializers.RandomUniform(), keras.initializers.RandomNormal(seed=3),
            keras.initializers.TruncatedNormal(), keras.initializers.VarianceScaling(), keras.initializers.GlorotUniform(),
            keras.initializers.GlorotNormal(), keras.initializers.HeUniform(), keras.initializers.HeNormal(),
            keras.initializers.LecunUniform(), keras.initializers.LecunNormal(),
        ]
    ],
}
path = pathlib.Path(__file__).with_name("optimizers.json")
path.write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes")
