"""Writes fashion-mnist.h5: the 70,000 pictures of clothes of Fashion-MNIST, as an image store.

    apt-get install dataset-fashion-mnist
    python datasets/make_fashion_mnist.py [FOLDER OF THE FOUR .gz FILES] [OUTPUT]

needs h5py and numpy. Pixels stay bytes, 0 to 255: begin the model with `Rescaling: {scale: 0.00392156862745098}`, as
fashion-mnist.yaml beside this script does. The split is the data's own: 60,000 to train, 10,000 to test.
"""

import gzip
import sys

import h5py
import numpy

folder = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist"
output = sys.argv[2] if len(sys.argv) > 2 else "fashion-mnist.h5"
names = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


def idx(name):
    """Reads an IDX file: magic number with the rank, lengths, bytes."""
    with gzip.open(f"{folder}/{name}") as file:
        content = file.read()
    shape = [int.from_bytes(content[4 + 4 * axis : 8 + 4 * axis], "big") for axis in range(content[3])]
    return numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * content[3]).reshape(shape)


with h5py.File(output, "w") as store:
    store.attrs["format"] = "cnn-dist image store"
    store.attrs["version"] = 1
    store.attrs["class_names"] = names
    for part, prefix in (("train", "train"), ("test", "t10k")):
        store[f"{part}/images"] = idx(f"{prefix}-images-idx3-ubyte.gz")[..., None]
        store[f"{part}/labels"] = idx(f"{prefix}-labels-idx1-ubyte.gz").astype(numpy.int32)
