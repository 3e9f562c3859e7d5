"""Trains a small network with Keras 3 on the real digits and saves it as .h5, with what Keras says about the test split.

    /opt/keras-venv/bin/python make_fixtures.py        (Keras 3.15.1 on TensorFlow 2.21.0)
"""

import json
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import h5py
import keras

here = os.path.dirname(os.path.abspath(__file__))
store = h5py.File(os.path.join(here, "../../../datasets/digits.h5"))
part = {name: (store[f"{name}/images"][()].astype("float32"), store[f"{name}/labels"][()]) for name in ("train", "test")}

keras.utils.set_random_seed(1)
model = keras.Sequential([
    keras.Input((8, 8, 1)),
    keras.layers.Conv2D(4, 3, padding="same", activation="relu", kernel_regularizer=keras.regularizers.L2(0.001)),
    keras.layers.MaxPooling2D(),
    keras.layers.Flatten(),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(10, activation="softmax"),
], name="from_keras")
model.compile(optimizer=keras.optimizers.SGD(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(*part["train"], batch_size=50, epochs=8, verbose=2)
model.save(os.path.join(here, "keras_digits.h5"))
with open(os.path.join(here, "keras_digits.json"), "w") as file:
    file.write(model.to_json())
loss, accuracy = model.evaluate(*part["test"], verbose=0)
with h5py.File(os.path.join(here, "keras_digits_says.h5"), "w") as file:
    file["predictions"] = model.predict(part["test"][0], verbose=0)
    file.attrs["loss"] = loss
    file.attrs["correct"] = int(round(accuracy * len(part["test"][1])))
print(loss, accuracy)
