"""Writes models and weights as Keras saves them, with what they put out, for InitialWeightsTests.

Run by hand with Keras 3.15.1 on TensorFlow 2.21.0:

    python make_keras_files.py
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
import numpy as np

keras.utils.set_random_seed(5)
inputs = keras.Input((6, 6, 2), name="pictures")
x = keras.layers.Conv2D(3, 3, padding="same", name="second_by_name")(inputs)
x = keras.layers.BatchNormalization(name="between")(x)
x = keras.layers.Activation("relu", name="a")(x)
x = keras.layers.Conv2D(4, 3, strides=2, activation="tanh", name="first_by_name")(x)
x = keras.layers.Flatten(name="flat")(x)
x = keras.layers.Dense(5, activation="relu", name="hidden")(x)
outputs = keras.layers.Dense(3, activation="softmax", name="classes")(x)
model = keras.Model(inputs, outputs, name="chain")
rng = np.random.default_rng(3)
for weight in model.weights:
    weight.assign(rng.uniform(0.1, 0.9, weight.shape) - (0.45 if "variance" not in weight.path else 0))

here = os.path.dirname(os.path.abspath(__file__))
model.save(os.path.join(here, "keras_chain.h5"))
model.save_weights(os.path.join(here, "keras_chain.weights.h5"))
x = rng.uniform(-1, 1, (4, 6, 6, 2)).astype("float32")
with h5py.File(os.path.join(here, "keras_chain_outputs.h5"), "w") as file:
    file["x"] = x
    file["outputs"] = model.predict(x, verbose=0)
    # What save_weights wrote before Keras 3: the layers of model_weights at the root.
with h5py.File(os.path.join(here, "keras_chain.h5")) as saved, h5py.File(
    os.path.join(here, "keras_chain_weights_only.h5"), "w"
) as file:
    for name, value in saved["model_weights"].attrs.items():
        file.attrs[name] = value
    for name in saved["model_weights"]:
        saved.copy(saved["model_weights"][name], file, name)
