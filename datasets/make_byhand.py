"""Writes byhand_ann.h5, byhand_cnn_single.h5 and byhand_cnn_batch.h5: the samples of the networks worked by hand.

    python datasets/make_byhand.py

needs h5py and numpy. The numbers are those of Tests/ClusterTests/Golden/byhand_*.json, beside what the networks make of
them. The same packages give the same bytes.
"""

import json
from pathlib import Path

import h5py
import numpy

folder = Path(__file__).parent

for name in ("byhand_ann", "byhand_cnn_single", "byhand_cnn_batch"):
    golden = json.loads((folder / f"../Tests/ClusterTests/Golden/{name}.json").read_text())
    signals = numpy.array(golden["Xmat"] if "Xmat" in golden else [golden["x"]], numpy.float32)
    values = numpy.array(golden["ymat"] if "ymat" in golden else [golden["y"]], numpy.float32)
    with h5py.File(folder / f"{name}.h5", "w") as store:
        store.attrs["format"] = "cnn-dist image store"
        store.attrs["version"] = 1
        if name == "byhand_ann":
            store["train/images"] = signals[:, None, None, :]  # [N, 1, 1, 3]: one pixel of three channels
        else:
            store["train/images"] = signals[:, :, None, None]  # [N, 5, 1, 1]: images one wide, of one channel
        store["train/labels"] = values
