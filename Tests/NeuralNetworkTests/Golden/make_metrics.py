"""Writes metrics.json: what Keras' metrics say of some outputs, with ties and edges.

Run with Keras 3.15 on TensorFlow 2.21: python make_metrics.py
"""

import json
import os
import pathlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

assert keras.__version__.startswith("3.15."), keras.__version__

random = np.random.default_rng(11)
m = keras.metrics


def of(metric, y, outputs):
    metric.update_state(y, outputs)
    return float(metric.result())


def r2(y, outputs):
    """The definition in double precision, once Keras, whose R2Score sums in float32 whatever its dtype, agrees.

    Both are shifted by the first target: Keras' sums cannot tell a target of 0.1 from one that varies.
    """
    keras_score = of(m.R2Score(), y - y[0], outputs - y[0])
    residuals, variances = ((y - outputs) ** 2).sum(axis=0), ((y - y[0] - (y - y[0]).mean(axis=0)) ** 2).sum(axis=0)
    scores = [1 - r / v if v > 0 else 0 for r, v in zip(residuals, variances)]
    assert abs(np.mean(scores) - keras_score) < 1e-6, (scores, keras_score)
    return float(np.mean(scores))


cases = []

# Classes: few levels, so that many outputs are equal; one row has a number that is none, one an infinity.
for samples, classes in [(1, 2), (37, 4), (200, 7)]:
    outputs = (random.integers(0, 5, (samples, classes)) / 4).astype("float32")
    labels = random.integers(0, classes, samples).astype("int32")
    if samples > 100:
        outputs[3, 2] = np.nan
        outputs[5, 1] = np.inf
        labels[5] = 1
    # argmax takes the first of equal outputs; Keras' takes a nan for the largest, which is no use to anyone.
    rows = np.nan_to_num(outputs, nan=-1)
    expected = {
        "accuracy": of(m.SparseCategoricalAccuracy(), labels, rows),
        "confusion_matrix": tf.math.confusion_matrix(labels, np.argmax(rows, axis=1), classes).numpy().tolist(),
    }
    for k in [1, 2, 3, 5]:
        expected[f"top_{k}"] = of(m.SparseTopKCategoricalAccuracy(k), labels, outputs)
    one_hot = np.eye(classes, dtype="float32")[labels]
    if samples <= 100:
        expected["mean_squared_error"] = of(m.MeanSquaredError(dtype="float64"), one_hot, outputs)
    cases.append({
        "labels": labels.tolist(), "classes": classes, "width": classes,
        "outputs": [None if np.isnan(x) else 1e38 if np.isinf(x) else float(x) for x in outputs.ravel()],
        "infinite": [int(i) for i in np.flatnonzero(np.isinf(outputs))], "expected": expected,
    })

# Two classes, one output; exactly one half is no.
outputs = (random.integers(0, 9, (50, 1)) / 8).astype("float32")
labels = random.integers(0, 2, 50).astype("int32")
cases.append({
    "labels": labels.tolist(), "classes": 2, "width": 1, "outputs": outputs.ravel().tolist(),
    "expected": {
        "accuracy": of(m.BinaryAccuracy(), labels[:, None], outputs),
        "confusion_matrix": tf.math.confusion_matrix(labels, outputs[:, 0] > 0.5, 2).numpy().tolist(),
    },
})

# Numbers; in the third case the last output never varies, in the fourth the targets are far from zero.
for samples, width, offset in [(2, 1, 0), (45, 1, 0), (45, 3, 0), (100, 2, 1000)]:
    values = (np.round(random.normal(size=(samples, width)) * 64) / 64 + offset).astype("float32")
    if width == 3:
        values[:, 2] = np.float32(0.1)
    outputs = (values + np.round(random.normal(size=(samples, width)) * 16) / 64).astype("float32")
    wide = values.astype("float64"), outputs.astype("float64")
    cases.append({
        "values": values.ravel().astype("float64").tolist(), "width": width,
        "outputs": outputs.ravel().astype("float64").tolist(),
        "expected": {
            "mean_squared_error": of(m.MeanSquaredError(dtype="float64"), *wide),
            "mean_absolute_error": of(m.MeanAbsoluteError(dtype="float64"), *wide),
            "r2_score": r2(*wide),
        },
    })

path = pathlib.Path(__file__).with_name("metrics.json")
path.write_text(json.dumps({"keras": keras.__version__, "cases": cases}) + "\n")
