"""Writes digits.h5: the 1,797 hand-written digits that scikit-learn ships, as an image store.

    python datasets/make_digits.py

needs h5py, numpy and scikit-learn. The split is the one of digits_split.json beside this script: indices into
scikit-learn's load_digits(), whose order is kept. The same packages give the same bytes.
"""

import json
from pathlib import Path

import h5py
import numpy
from sklearn.datasets import load_digits

folder = Path(__file__).parent
digits = load_digits()
split = json.loads((folder / "digits_split.json").read_text())
assert sorted(split["train"] + split["test"]) == list(range(len(digits.images))), "each image belongs to one part"

with h5py.File(folder / "digits.h5", "w") as store:
    store.attrs["format"] = "cnn-dist image store"
    store.attrs["version"] = 1
    store.attrs["class_names"] = [str(digit) for digit in range(10)]
    for name in ("train", "test"):
        images = digits.images[split[name]][..., None]  # [N, 8, 8, 1], whole numbers from 0 to 16
        store[f"{name}/images"] = images.astype(numpy.uint8)
        store[f"{name}/labels"] = digits.target[split[name]].astype(numpy.int32)
