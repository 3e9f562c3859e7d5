"""Writes small stores as other programs write them, and files that must be refused.

    python Tests/DatasetsTests/Fixtures/make_foreign_stores.py

needs h5py. Pixel (n, h, w, c) of an image is (31 n + 7 h + 3 w + 11 c) mod 251, the label of image n is 5 n mod 3: the
tests repeat both. Images are 6 x 5 pixels, of 3 channels or grey.
"""

from pathlib import Path

import h5py
import numpy

folder = Path(__file__).parent
names = ["cat", "dog", "eel"]


def pixels(count, channels=3, start=0):
    n, h, w, c = numpy.ogrid[start : start + count, 0:6, 0:5, 0:channels]
    return ((31 * n + 7 * h + 3 * w + 11 * c) % 251).astype(numpy.uint8)


def labels(count, start=0):
    return 5 * numpy.arange(start, start + count) % 3


def store(name, libver=("earliest", "v110")):
    return h5py.File(folder / name, "w", libver=libver)


# Whole data sets, in the form that their makers chose.
with store("galaxy10.h5") as file:
    file["images"] = pixels(12)
    file["ans"] = labels(12).astype(numpy.uint8)
    file["dec"] = numpy.linspace(-1, 1, 12)
    file["ra"] = numpy.linspace(0, 2, 12)

for split, start, count in [("train", 0, 12), ("valid", 12, 5), ("test", 17, 4)]:
    with store(f"camelyonpatch_level_2_split_{split}_x.h5") as file:
        file.create_dataset("x", data=pixels(count, start=start), chunks=(2, 6, 5, 3), compression="gzip")
    with store(f"camelyonpatch_level_2_split_{split}_y.h5") as file:
        file["y"] = labels(count, start).astype(numpy.uint8).reshape(count, 1, 1, 1)

with store("caffe.h5") as file:
    file["data"] = numpy.ascontiguousarray(pixels(12).transpose(0, 3, 1, 2)).astype(numpy.float32) / 256
    file["label"] = labels(12).astype(numpy.float32).reshape(12, 1)

with store("catvsnoncat.h5") as file:
    for split, start, count in [("train", 0, 12), ("test", 12, 5)]:
        file[f"{split}_set_x"] = pixels(count, start=start)
        file[f"{split}_set_y"] = labels(count, start)
    file["list_classes"] = numpy.array(names, "S7")

# Names.
with store("keras_arrays.h5") as file:
    for split, start, count in [("train", 0, 12), ("test", 12, 5)]:
        file[f"X_{split}"] = pixels(count, start=start)
        file[f"y_{split}"] = labels(count, start).astype(numpy.int32)

with store("groups.h5") as file:
    for split, start, count in [("Train", 0, 12), ("val", 12, 5), ("Test", 17, 4)]:
        file[f"{split}/data"] = pixels(count, start=start)
        file[f"{split}/y"] = labels(count, start)
    file.attrs["class_names"] = names

with store("own_paths.h5") as file:
    file["train/images"] = pixels(12)
    file["train/labels"] = labels(12)

with store("other_names.h5") as file:
    file["stack/photographs"] = pixels(12)
    file["stack/species"] = labels(12)
    file["stack/site"] = labels(12) + 1

with store("two_labels.h5") as file:
    file["images"] = pixels(12)
    file["labels"] = labels(12)
    file["y"] = labels(12)

with store("only_labels.h5") as file:
    file["labels"] = labels(12)

# Shapes, types and layouts of one pair: images and labels at /x and /y.
forms = {
    "grey": (pixels(12, 1)[..., 0], labels(12), {}),
    "channels_first": (numpy.ascontiguousarray(pixels(12).transpose(0, 3, 1, 2)), labels(12), {}),
    "channels_first_grey": (pixels(12, 1).transpose(0, 3, 1, 2), labels(12), {}),
    "big_endian": (pixels(12).astype(">u2"), labels(12).astype(">i4"), {}),
    "signed": (pixels(12).astype(numpy.int16) - 100, labels(12).astype(numpy.int8), {}),
    "float64": (pixels(12).astype(numpy.float64) / 256, labels(12).astype(numpy.uint64), {}),
    "half": (pixels(12).astype(numpy.float16), labels(12), {}),
    "bool": (pixels(12) > 125, labels(12) > 0, {}),
    "one_hot": (pixels(12), numpy.eye(3, dtype=numpy.uint8)[labels(12)], {}),
    "one_hot_float": (pixels(12), numpy.eye(3, dtype=numpy.float32)[labels(12)], {}),
    "one_hot_bool": (pixels(12), numpy.eye(3, dtype=bool)[labels(12)], {}),
    "regression": (pixels(12), numpy.stack([labels(12) / 4, -labels(12)], 1).astype(numpy.float32), {}),
    "whole_floats": (pixels(12), labels(12).astype(numpy.float64), {}),
    "multi_label": (pixels(12), numpy.ones((12, 3), numpy.int32), {}),
    "fixed_strings": (pixels(12), numpy.array(names, "S5")[labels(12)], {}),
    "gzip": (pixels(12), labels(12), dict(chunks=(5, 3, 5, 1), compression="gzip", shuffle=True)),
    "fletcher32": (pixels(12), labels(12), dict(chunks=(4, 6, 5, 3), fletcher32=True)),
}
with store("forms.h5") as file:
    for name, (x, y, layout) in forms.items():
        file.create_dataset(f"{name}/x", data=x, **layout)
        file.create_dataset(f"{name}/y", data=y)
    file["strings/x"] = pixels(12)
    file.create_dataset("strings/y", data=[names[n] for n in labels(12)], dtype=h5py.string_dtype())
    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple((12, 6, 5, 1))
    file.create_group("compact")
    dataset = h5py.h5d.create(file["compact"].id, b"x", h5py.h5t.STD_U8LE, space, compact)
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, pixels(12, 1))
    file["compact/y"] = labels(12)

with store("number_names.h5") as file:
    file["images"] = pixels(12)
    file.create_dataset("labels", data=[["2", "10", "9"][n] for n in labels(12)], dtype=h5py.string_dtype())

# What cannot be trained from, or must not be followed.
with store("hostile.h5") as file:
    file["deep/deeper/deepest"] = labels(3)
    file["deep/again"] = file["deep"]  # a hard link to the group above it
    file["round"] = h5py.SoftLink("/round")
    file["there"] = h5py.SoftLink("/back")
    file["back"] = h5py.SoftLink("/there")
    file["elsewhere"] = h5py.ExternalLink("/etc/passwd", "/x")
    file.create_dataset("outside/x", shape=(4, 2, 2, 1), dtype=numpy.uint8, external=[("/etc/passwd", 0, 16)])
    layout = h5py.VirtualLayout(shape=(12, 6, 5, 3), dtype=numpy.uint8)
    layout[:] = h5py.VirtualSource("galaxy10.h5", "images", shape=(12, 6, 5, 3))
    file.create_virtual_dataset("virtual/x", layout)
    file.create_dataset("lzf/x", data=pixels(12), compression="lzf")
    file.create_dataset("huge/x", shape=(1 << 60, 1, 1, 1), dtype=numpy.uint8, chunks=(1024, 1, 1, 1))
    file.create_dataset("none/x", shape=(0, 6, 5, 3), dtype=numpy.uint8)
    file.create_dataset("flat/x", shape=(4, 0, 5, 3), dtype=numpy.uint8)
    file["compound/x"] = numpy.zeros((4, 2, 2), dtype=[("r", "u1"), ("g", "u1")])
    file["reference/x"] = numpy.array([file["deep"].ref] * 4, dtype=h5py.ref_dtype).reshape(4, 1, 1)
    file["text/x"] = numpy.array([["a"]] * 4, "S1")
    file["not_finite/x"] = numpy.array([1, 2, numpy.nan, 4], numpy.float32).reshape(4, 1, 1, 1)
    file.create_group("group/x")
    for name in ["outside", "virtual", "lzf", "huge", "none", "flat", "compound", "reference", "text", "not_finite", "group"]:
        file[f"{name}/y"] = numpy.zeros(4, numpy.int64)
    for name, y in [("negative", [0, 1, -1, 0]), ("nan", [0.5, numpy.nan, 1, 2]), ("too_few", [0, 1])]:
        file[f"{name}/x"] = pixels(4)
        file[f"{name}/y"] = numpy.array(y)

# What the fuzz test damages, in both formats of files.
for name, libver in [("old", ("earliest", "v110")), ("new", ("v110", "v110"))]:
    with store(f"fuzz_{name}.h5", libver) as file:
        file.create_dataset("train/images", data=pixels(12), chunks=(5, 6, 5, 3), compression="gzip", shuffle=True)
        file["train/labels"] = numpy.eye(3, dtype=numpy.float32)[labels(12)]
        file["test/images"] = pixels(5, start=12)
        file["test/labels"] = numpy.eye(3, dtype=numpy.float32)[labels(5, 12)]
        file.attrs["class_names"] = names
    with store(f"fuzz_{name}_names.h5", libver) as file:
        file.create_dataset("x", data=pixels(6, 1), chunks=(2, 6, 5, 1), fletcher32=True)
        file.create_dataset("y", data=[names[n] for n in labels(6)], dtype=h5py.string_dtype())
        file.create_dataset("fixed", data=numpy.array(names, "S5"))
        file.attrs["list"] = numpy.arange(3)
    with store(f"fuzz_{name}_x.h5", libver) as file:
        file["x"] = pixels(6)
    with store(f"fuzz_{name}_y.h5", libver) as file:
        file["y"] = labels(6)

# Names of classes that are not UTF-8. (newer.h5 is not from here: HDF5 2.0 wrote it, with libver='latest' and gzip.)
for name in ("dataset", "attribute", "labels"):
    with store(f"latin1_{name}.h5") as file:
        latin = numpy.array(["café".encode("latin-1"), b"dog", b"eel"])
        file["images"] = pixels(12)
        file["labels"] = latin[labels(12)] if name == "labels" else labels(12)
        if name == "dataset":
            file["class_names"] = latin
        if name == "attribute":
            file.attrs["class_names"] = latin
with store("lzf.h5") as file:
    file.create_dataset("images", data=pixels(12), chunks=(4, 6, 5, 3), compression="lzf")
    file["labels"] = labels(12)
