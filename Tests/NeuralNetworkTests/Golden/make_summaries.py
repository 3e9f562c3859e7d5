"""Writes the tables that Keras prints for the documents' models, for ModelSummaryTests.

Run by hand with Keras 3.15.1 on TensorFlow 2.21.0:

    python make_summaries.py
"""
import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["COLUMNS"] = "120"  # the width to which rich cuts lines
import keras
from keras import layers

folder = os.path.dirname(os.path.abspath(__file__))


def three_convolutions(shape):
    return keras.Sequential(
        [
            layers.Input(shape),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


models = {
    "mnist": lambda: three_convolutions((28, 28, 1)),
    "cifar10": lambda: three_convolutions((32, 32, 3)),
    "vgg16": lambda: keras.applications.VGG16(weights=None, include_top=False, input_shape=(150, 150, 3)),
    "vgg16-top": lambda: keras.applications.VGG16(weights=None),
}
for name, make in models.items():
    keras.backend.clear_session()
    with open(os.path.join(folder, f"summary_{name}.txt"), "w") as file:
        make().summary(line_length=90, print_fn=lambda line: file.write(line + "\n"))

keras.backend.clear_session()
weights = [
    {"class": type(layer).__name__, "weights": [list(weight.shape) for weight in layer.weights]}
    for layer in keras.applications.ResNet50(weights=None).layers
    if layer.weights
]
with open(os.path.join(folder, "resnet50_weights.json"), "w") as file:
    json.dump(weights, file)
