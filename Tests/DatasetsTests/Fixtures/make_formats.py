"""Writes the files that the tests of the importers read, one folder for each format.

    python Tests/DatasetsTests/Fixtures/make_formats.py

needs numpy. The pixel of image i at row r, column c and channel k is (37 i + 11 r + 5 c + 3 k) % 256, and the class of image
i is (3 i + 1) % K, which the tests compute again; test parts begin with image 100.
"""

import gzip
import io
import lzma
import os
import pickle
import struct
import tarfile
import zipfile

import numpy

folder = os.path.dirname(os.path.abspath(__file__))


def images(count, height, width, channels=1, first=0):
    i, r, c, k = numpy.ix_(
        numpy.arange(first, first + count), numpy.arange(height), numpy.arange(width), numpy.arange(channels)
    )
    return ((37 * i + 11 * r + 5 * c + 3 * k) % 256).astype(numpy.uint8)


def labels(count, classes, first=0):
    return (3 * numpy.arange(first, first + count) + 1) % classes


def write(path, content):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(gzip.compress(content, mtime=0) if path.endswith(".gz") else content)


# IDX


def idx(array):
    codes = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}
    code = codes[array.dtype.str[1:]]
    header = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def bytes_of(numbers):
    return numbers.astype(numpy.uint8)


write("idx/train-images-idx3-ubyte.gz", idx(images(6, 5, 4)[..., 0]))
write("idx/train-labels-idx1-ubyte.gz", idx(bytes_of(labels(6, 10))))
write("idx/t10k-images.idx3-ubyte", idx(images(3, 5, 4, first=100)[..., 0]))
write("idx/t10k-labels.idx1-ubyte", idx(bytes_of(labels(3, 10, first=100))))
for name, count, first in (("train", 4, 0), ("test", 2, 100)):
    write(f"emnist/emnist-letters-{name}-images-idx3-ubyte.gz", idx(images(count, 3, 3, first=first)[..., 0]))
    write(f"emnist/emnist-letters-{name}-labels-idx1-ubyte.gz", idx(bytes_of(labels(count, 26, first))))
colours = images(4, 3, 4, 3)
write("idx-types/uint8-images-idx4-ubyte", idx(colours))
write("idx-types/int8-images-idx4-byte", idx((colours.astype(int) - 128).astype(numpy.int8)))
write("idx-types/int16-images-idx4-short", idx((colours.astype(int) * 100 - 9000).astype(numpy.int16)))
write("idx-types/int32-images-idx4-int", idx((colours.astype(int) * 1000 - 90000).astype(numpy.int32)))
write("idx-types/float32-images-idx4-float", idx((colours / 8 - 3).astype(numpy.float32)))
write("idx-types/float64-images-idx4-double", idx(colours / 8 - 3))
for name in ("uint8", "int8", "int16", "int32", "float32", "float64"):
    write(f"idx-types/{name}-labels-idx1-int", idx(labels(4, 10).astype(numpy.int32)))
# An array of a petabyte; of 2 to the power of 128 bytes.
write("idx-wrong/petabyte-images-idx3-ubyte.gz", bytes([0, 0, 8, 3]) + struct.pack(">3I", 1 << 30, 1024, 1024) + bytes(9))
write("idx-wrong/petabyte-labels-idx1-ubyte.gz", idx(bytes_of(labels(4, 10))))
write("idx-wrong/overflow-images-idx4-ubyte", bytes([0, 0, 14, 4]) + b"\xff" * 16)
write("idx-wrong/overflow-labels-idx1-ubyte", idx(bytes_of(labels(4, 10))))
write("idx-wrong/other-images-idx3-ubyte", idx(images(4, 3, 3)[..., 0]))
write("idx-wrong/other-labels-idx1-ubyte", idx(bytes_of(labels(5, 10))))
write("idx-wrong/empty-images-idx3-ubyte", idx(images(0, 3, 3)[..., 0]))
write("idx-wrong/empty-labels-idx1-ubyte", idx(bytes_of(labels(0, 10))))
write("idx-wrong/twice-images-idx3-ubyte.gz", gzip.compress(idx(images(4, 3, 3)[..., 0]), mtime=0))
write("idx-wrong/twice-labels-idx1-ubyte", idx(bytes_of(labels(4, 10))))

# CIFAR


def cifar(count, first, *label_classes):
    planes = images(count, 32, 32, 3, first).transpose(0, 3, 1, 2).reshape(count, -1)
    columns = [bytes_of(labels(count, classes, first))[:, None] for classes in label_classes]
    return numpy.concatenate(columns + [planes], axis=1).tobytes()


def tar(path, files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    write(path, lzma.compress(packed.getvalue()) if path.endswith(".xz") else packed.getvalue())


ten = {f"cifar-10-batches-bin/data_batch_{i}.bin": cifar(2, 2 * i - 2, 10) for i in range(1, 6)}
ten["cifar-10-batches-bin/test_batch.bin"] = cifar(3, 100, 10)
names = "airplane automobile bird cat deer dog frog horse ship truck".split()
ten["cifar-10-batches-bin/batches.meta.txt"] = ("\n".join(names) + "\n\n").encode()
ten["cifar-10-batches-bin/readme.html"] = b"<meta>"
tar("cifar/cifar-10-binary.tar.gz", ten)
tar("cifar/cifar 10 mit Ümlaut.tar.xz", {"äöü 十/" + name.split("/")[1]: content for name, content in ten.items()})
hundred = {
    "cifar-100-binary/train.bin": cifar(5, 0, 20, 100),
    "cifar-100-binary/test.bin": cifar(2, 100, 20, 100),
    "cifar-100-binary/fine_label_names.txt": "\n".join(f"fine {i}" for i in range(100)).encode(),
    "cifar-100-binary/coarse_label_names.txt": "\n".join(f"coarse {i}" for i in range(20)).encode(),
}
tar("cifar/cifar-100-binary.tar.gz", hundred)
tar(
    "cifar/cifar-10-python.tar.gz",
    {f"cifar-10-batches-py/{name}": pickle.dumps({b"labels": [1]}) for name in ("data_batch_1", "test_batch")},
)
ten["cifar-10-batches-bin/data_batch_3.bin"] = cifar(2, 8, 30)
tar("cifar/class-25.tar.gz", ten)
ten["cifar-10-batches-bin/data_batch_3.bin"] = cifar(2, 0, 10)[:-1]
tar("cifar/short.tar.gz", ten)

# NumPy


def npy(array, version=None, allow_pickle=False):
    content = io.BytesIO()
    numpy.lib.format.write_array(content, array, version=version, allow_pickle=allow_pickle)
    return content.getvalue()


def header(text):
    text = text.encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def npz(path, arrays, compression=zipfile.ZIP_DEFLATED, zip64=False):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in arrays.items():
            entry = zipfile.ZipInfo(name + ".npy")
            entry.compress_type = compression
            with archive.open(entry, "w", force_zip64=zip64) as file:
                file.write(content if isinstance(content, bytes) else npy(content))


keras = {
    "x_test": images(3, 5, 4, first=100)[..., 0],
    "x_train": images(6, 5, 4)[..., 0],
    "y_train": bytes_of(labels(6, 10)),
    "y_test": bytes_of(labels(3, 10, first=100)),
}
npz("numpy/mnist.npz", keras)
npz("numpy/stored.npz", keras, zipfile.ZIP_STORED, zip64=True)
npz("numpy/unnamed.npz", {"arr_0": keras["x_train"], "arr_1": keras["y_train"]})
npz(
    "numpy/medical.npz",
    {
        f"{part}_{role}": array
        for part, count, first in (("train", 4, 0), ("val", 2, 50), ("test", 3, 100))
        for role, array in (
            ("images", images(count, 4, 4, 3, first)), ("labels", bytes_of(labels(count, 5, first))[:, None])
        )
    },
)
grey = images(5, 3, 5)[..., 0]
colour = images(5, 3, 5, 3)
classes = labels(5, 4)
words = numpy.array(["ant", "bee", "Zebra", "十"])
npz(
    "numpy/kinds.npz",
    {
        **{f"big {kind}": grey.astype(f">{kind}") for kind in ("u2", "u4", "u8", "i2", "i4", "i8", "f2", "f4", "f8")},
        **{f"little {kind}": grey.astype(f"<{kind}") for kind in ("u2", "u4", "u8", "i2", "i4", "i8", "f2", "f4", "f8")},
        "bool": grey > 100,
        "negative i1": (grey.astype(int) - 128).astype("i1"),
        "negative f2": (grey / -1024).astype("f2"),
        "tiny f2": (grey.astype("f8") * 2.0**-24).astype("f2"),
        "channels last": colour,
        "channels first": numpy.ascontiguousarray(colour.transpose(0, 3, 1, 2)),
        "channels first i2": numpy.ascontiguousarray(colour.transpose(0, 3, 1, 2)).astype(">i2"),
        "one channel first": grey[:, None],
        "flat": grey.reshape(5, 15),
        "Fortran": numpy.asfortranarray(grey),
        "Fortran colour f8": numpy.asfortranarray(colour.astype("f8")),
        "Fortran channels first": numpy.asfortranarray(colour.transpose(0, 3, 1, 2)),
        "version 2": npy(grey, (2, 0)),
        "version 3": npy(grey, (3, 0)),
        "not finite": numpy.where(grey == grey[3, 1, 2], numpy.nan, grey).astype("f4"),
        "too large f8": numpy.where(grey == grey[4, 1, 2], 1e300, grey),
        "objects": npy(numpy.array([{}, [], None, 1, 2], dtype=object), allow_pickle=True),
        "complex": grey.astype("c8"),
        "records": numpy.zeros(5, dtype=[("a", "<i4"), ("b", "<f4", (2,))]),
        "labels i8": classes.astype("<i8"),
        "labels big i4": classes.astype(">i4"),
        "labels column": classes[:, None].astype("u1"),
        "labels one-hot": numpy.eye(4, dtype="f4")[classes],
        "labels one-hot Fortran": numpy.asfortranarray(numpy.eye(4, dtype="u1")[classes]),
        "labels one-hot bool": numpy.eye(4, dtype="u1")[classes] == 1,
        "labels f8": classes / 4,
        "labels two f4": numpy.stack([classes / 4, -classes], axis=1).astype("f4"),
        "labels U": words[classes],
        "labels big U": words[classes].astype(words.dtype.newbyteorder(">")),
        "labels S": numpy.array([b"b", b"a\xc3\xa4"])[classes % 2],
        "labels numbers": numpy.array(["10", "9", "2", "1"])[classes],
        "labels negative": classes.astype("i4") - 3,
        "labels u8": classes.astype("u8") + (1 << 63),
        "labels rows": numpy.stack([classes, classes], axis=1),
        "labels nan": numpy.where(classes == 2, numpy.nan, classes),
        "labels of 4": classes[:4],
        "labels none": classes[:0],
        "nothing": grey[:0],
        "no pixels": grey[:, :0],
        "scalar": numpy.array(3),
    },
)
for name, array in {"x_train": grey, "y_train": classes, "x_test": grey[:2], "y_test": classes[:2]}.items():
    write(f"numpy/pairs/{name}.npy", npy(array))
write("numpy/pairs/notes.txt", b"not an array")
write("numpy/pairs/packed.npy.gz", npy(grey))
shape = "{'descr': '|u1', 'fortran_order': False, 'shape': %s, }"
for name, text in {
    "2^60": shape % f"({1 << 60}, 1, 1)",
    "2^120": shape % f"({1 << 60}, {1 << 60}, 2)",
    "2^70": shape % f"({1 << 70}, 1, 1)",
    "claims 100 GB": shape % "(100000000, 32, 32)",
    "negative": shape % "(-1, 4, 4)",
    "two negative": shape % "(-1, -4, 4)",
    "empty text": "{'descr': '<U0', 'fortran_order': False, 'shape': (1152921504606846976,), }",
    "no shape": "{'descr': '|u1', 'fortran_order': False, }",
    "no dictionary": "__import__('os').system('false')",
    "cut off": shape % "(3, 4, 4)",
}.items():
    npz(f"numpy/wrong/{name}.npz", {"x": header(text) + bytes(40), "y": npy(labels(3, 10).astype("u1"))})
# 16 MB of zeros after an array of a kilobyte.
npz("numpy/wrong/goes on.npz", {"x": npy(images(3, 4, 4)) + bytes(16 << 20), "y": labels(3, 10).astype("u1")})
inner = open(os.path.join(folder, "numpy/mnist.npz"), "rb").read()
npz("numpy/wrong/nested.npz", {"x": inner, "y": labels(3, 10).astype("u1")})

# Tables


def table(pixels, classes, separator=",", end="\n", first=True, header=None, quote=""):
    lines = [] if header is None else [header]
    for row, label in zip(pixels.reshape(len(pixels), -1), classes):
        fields = [f"{quote}{field}{quote}" for field in row.tolist()]
        label = f"{quote}{label}{quote}"
        lines.append(separator.join([label] + fields if first else fields + [label]))
    return (end.join(lines) + end).encode()


small = images(5, 4, 4)
corner = small.copy()
corner[:, 0, 0] = 0
last = small.copy()
last[:, -1, -1] = 0
write("csv/digits.csv.gz", table(corner, classes, first=False))
write("csv/kaggle.csv", table(small, classes, header="label," + ",".join(f"pixel{i}" for i in range(16))))
write("csv/mnist_train.csv", table(last, classes))
write("csv/named by numbers.csv", table(small, classes, header="digit," + ",".join(str(i) for i in range(16))))
write("csv/unclear.csv", table(small, classes))
write("csv/words.csv", table(small, words[classes], ";", "\r\n", quote='"', first=False))
write("csv/tabs.csv", b"\xef\xbb\xbf" + table(small / 8 - 3, classes, "\t", header="Class\t" + "\t".join("abcdefghijklmnop")))
write("csv/values.csv", table(small, classes / 4, header="y," + ",".join(f"p{i}" for i in range(16))))
write("csv/wide.csv", table(images(5, 2, 8), classes, header="target," + ",".join(f"p{i}" for i in range(16))))
