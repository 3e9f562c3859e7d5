"""Writes early_stopping.json: where Keras' EarlyStopping ends training on sequences of values, and what was best.

Run with Keras 3.15 on TensorFlow 2.21: python make_early_stopping.py
"""

import json
import os
import pathlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

assert keras.__version__.startswith("3.15."), keras.__version__
random = np.random.default_rng(5)


class Model:
    """What the callback needs of a model: its weights are the number of the epoch."""

    stop_training = False
    weights = 0

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights


def run(values, mode, patience, min_delta):
    callback = keras.callbacks.EarlyStopping(
        monitor="value", mode=mode, patience=patience, min_delta=min_delta, restore_best_weights=True)
    model = Model()
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        model.weights = epoch + 1
        callback.on_epoch_end(epoch, {"value": value})
        if model.stop_training:
            break
    epochs = epoch + 1
    callback.on_train_end()
    return {"epochs": epochs, "stopped": model.stop_training, "best": callback.best, "best_epoch": model.weights}


sequences = [[1.0], [1.0, 1.0], [3.0, 2.0, 1.0, 1.0, 0.5, 0.75, 0.625], [float("nan"), 1.0, 2.0, 1.0, 0.5],
             [2.0, float("nan"), 1.0, float("nan"), float("nan"), 0.5]]
# Multiples of 1/16, which are exact in the float32 that Keras compares in.
sequences += [(random.integers(0, 33, 25) / 16).tolist() for _ in range(4)]
sequences += [((np.arange(25)[::-1] + random.integers(-6, 7, 25)) / 16).tolist() for _ in range(4)]

cases = []
for values in sequences:
    for mode in ["min", "max"]:
        for patience in [0, 1, 2, 5]:
            for min_delta in [0, 0.125]:
                case = {"values": values, "mode": mode, "patience": patience, "min_delta": min_delta}
                cases.append(case | run(values, mode, patience, min_delta))


def plain(value):
    """JSON has no word for what is no number."""
    if isinstance(value, list):
        return [plain(v) for v in value]
    return None if isinstance(value, float) and np.isnan(value) else value


cases = [{key: plain(value) for key, value in case.items()} for case in cases]
path = pathlib.Path(__file__).with_name("early_stopping.json")
path.write_text(json.dumps({"keras": keras.__version__, "cases": cases}) + "\n")
