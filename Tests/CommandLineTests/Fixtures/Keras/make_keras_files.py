"""Makes some of the models here, with Keras 3.15.1: python make_keras_files.py"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
import numpy

folder = os.path.dirname(os.path.abspath(__file__))
with h5py.File(os.path.join(folder, "store.h5")) as file:
    images, labels = file["test/images"][:], file["test/labels"][:]
shape = images.shape[1:]
layers = keras.layers


def save(name, *middle, shape=shape):
    keras.utils.set_random_seed(7)
    model = keras.Sequential([layers.Input(shape), *middle, layers.Dense(4, activation="softmax", name="top")])
    model.compile(loss="sparse_categorical_crossentropy")
    model.save(os.path.join(folder, name + ".h5"))
    # TensorFlow takes no emoji in the names of what it runs.
    copies = [type(layer).from_config({**layer.get_config(), "name": None}) for layer in model.layers]
    plain = keras.Sequential([layers.Input(shape), *copies])
    plain.set_weights(model.get_weights())
    plain.compile(loss="sparse_categorical_crossentropy")
    print(name, plain.evaluate(images.astype("float32"), labels, verbose=0))
    return model


save("initializers", layers.Conv2D(2, 3, kernel_initializer="orthogonal"), layers.Flatten(),
     layers.Dense(4, kernel_initializer=keras.initializers.Identity(gain=0.5)))
save("open_shape", layers.Conv2D(2, 3), layers.GlobalAveragePooling2D(), shape=(None, None, shape[-1]))
emoji = save("emoji", layers.Flatten(), layers.Dense(4, name="d\U0001f600"))
with open(os.path.join(folder, "emoji.json"), "w") as file:
    file.write(emoji.to_json())
keras.config.set_dtype_policy("bfloat16")
save("bfloat16", layers.Conv2D(2, 3), layers.Flatten())
