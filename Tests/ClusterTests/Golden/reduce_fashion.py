"""Writes w2_fashion.h5: what the tests need of two trainings of the mnist network on Fashion-MNIST by Keras.

    python reduce_fashion.py FOLDER

FOLDER has w2_fashion_sgd and w2_fashion_rmsprop, each as .h5 and .json: made with Keras 3.15.1 on TensorFlow 2.21.0, both
from the same initial weights and on the same images in the stored order, batches of 64, divided by 255. Kept are the images
of the steps before the trajectories become chaotic (float32 and float64 Keras part there), the losses of these steps, the
initial weights, and the weights after checkpoint_step updates.
"""

import json
import pathlib
import sys

import h5py
import numpy as np

folder = pathlib.Path(sys.argv[1])
names = ["sgd", "rmsprop"]
settings = {name: json.loads((folder / f"w2_fashion_{name}.json").read_text()) for name in names}
sources = {name: h5py.File(folder / f"w2_fashion_{name}.h5") for name in names}
batch = 64
assert all(each["batch"] == batch for each in settings.values())
count = batch * max(each["tight_steps"] for each in settings.values())
source = sources["rmsprop"]


def weights(group):
    return [group[f"{layer}/{name}"][:].ravel() for layer in sorted(group) for name in ["kernel", "bias"]]


for name in names:
    shared = min(count, len(sources[name]["x"]))
    assert np.array_equal(sources[name]["x"][:shared], source["x"][:shared])
    assert np.array_equal(sources[name]["y"][:shared], source["y"][:shared])
    assert all(map(np.array_equal, weights(sources[name]["initial"]), weights(source["initial"])))

with h5py.File(pathlib.Path(__file__).parent / "w2_fashion.h5", "w") as file:
    file.attrs["batch_size"] = batch
    file.create_dataset("x", data=source["x"][:count], chunks=(count, 28, 28, 1), compression="gzip",
                        compression_opts=9, track_times=False)
    file.create_dataset("y", data=source["y"][:count], track_times=False)
    file.create_dataset("initial", data=np.concatenate(weights(source["initial"])), track_times=False)
    for name in names:
        each = settings[name]
        group = file.create_group(name)
        group.attrs["optimizer"] = json.dumps(
            {"class_name": each["optimizer"]["class"],
             "config": {key: value for key, value in each["optimizer"].items() if key != "class"}})
        group.attrs["loss_tolerance"] = each["tight_tolerance"]
        group.attrs["checkpoint_step"] = each["checkpoint_step"]
        group.attrs["checkpoint_spread"] = each["spread"]["checkpoint_max_weight"]
        losses = sources[name]["loss"][: each["tight_steps"]].astype("float64")
        group.create_dataset("losses", data=losses, track_times=False)
        group.create_dataset("checkpoint", data=np.concatenate(weights(sources[name]["checkpoint"])), track_times=False)
