"""Reads stores that the program writes with h5py, checks what is in them with NumPy, and lets the program inspect the one
that the Python of datasets/README.md writes.

    python Tests/CommandLineTests/Fixtures/reads_with_h5py.py .build/release/cnn-dist

needs h5py and numpy, and ends with an error at the first thing that is not as it must be.
"""

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import numpy

program = Path(sys.argv[1]).resolve()
documentation = Path(__file__).resolve().parents[3] / "datasets/README.md"


def check_store(path):
    """What datasets/README.md says of every store, and its checksums."""
    with h5py.File(path) as store:
        assert store.attrs["format"] == "cnn-dist image store"
        assert store.attrs["version"] == 1
        for part in ("train", "validation", "test"):
            if part not in store:
                continue
            images, labels = store[part]["images"], store[part]["labels"]
            assert images.ndim == 4 and len(images) == len(labels) > 0
            assert images.chunks is None and labels.chunks is None
            for dataset in (images, labels):
                checksums = store["checksums" + dataset.name]
                rows = checksums.attrs["rows_per_block"]
                starts = range(0, len(dataset), rows)
                assert checksums.dtype == numpy.uint8 and checksums.shape == (len(starts), 32)
                for start, checksum in zip(starts, checksums):
                    block = dataset[start : start + rows].tobytes()
                    assert hashlib.sha256(block).digest() == checksum.tobytes()


with tempfile.TemporaryDirectory() as folder:

    def run(words):
        subprocess.run([program, "dataset", *words.split()], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    run("synthesize slopes --count 300 --test-count 50 --values 7 --output slopes.h5")
    check_store(f"{folder}/slopes.h5")
    with h5py.File(f"{folder}/slopes.h5") as store:
        assert store["test/images"].shape == (50, 7, 1, 1) and store["test/images"].dtype == "<f4"
        assert store["train/labels"].shape == (300,) and store["train/labels"].dtype == "<f4"
        for values, label in zip(store["train/images"][:, :, 0, 0], store["train/labels"]):
            assert abs(numpy.polyfit(numpy.arange(7), values, 1)[0] - label) < 1e-5

    # More than one block of checksums, and odd sizes.
    run("synthesize stripes --count 3001 --classes 7 --size 45x31x3 --output stripes.h5")
    check_store(f"{folder}/stripes.h5")
    with h5py.File(f"{folder}/stripes.h5") as store:
        assert list(store.attrs["class_names"]) == list("0123456")
        assert store["train/images"].dtype == numpy.uint8 and store["train/labels"].dtype == "<i4"
        whole = {image.tobytes(): label for image, label in zip(store["train/images"], store["train/labels"])}
    assert len(whole) == 3001

    run("split stripes.h5 --split 0.7/0.2/0.1 --output divided.h5")
    check_store(f"{folder}/divided.h5")
    found = {}
    with h5py.File(f"{folder}/divided.h5") as store:
        sizes = [len(store[part]["labels"]) for part in ("train", "validation", "test")]
        assert sizes == [2101, 600, 300], sizes
        for part, share in (("train", 0.7), ("validation", 0.2), ("test", 0.1)):
            labels = store[part]["labels"][:]
            for number in range(7):
                count = sum(label == number for label in whole.values())
                assert abs((labels == number).sum() - share * count) <= 1
            found |= {image.tobytes(): label for image, label in zip(store[part]["images"], labels)}
    assert found == whole

    run("merge divided.h5 stripes.h5 --output merged.h5")
    check_store(f"{folder}/merged.h5")
    with h5py.File(f"{folder}/merged.h5") as store:
        assert len(store["train/labels"]) == 2101 + 3001
        for image, label in zip(store["train/images"], store["train/labels"]):
            assert whole[image.tobytes()] == label

# The lines of Python in datasets/README.md write what is said there.
[code] = re.findall(r"^```python\n(.*?)^```$", documentation.read_text(), re.DOTALL | re.MULTILINE)
with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.executable, "-c", code], check=True, cwd=folder)
    [store] = Path(folder).iterdir()
    words = [program, "dataset", "inspect", store.name, "--json"]
    training = json.loads(subprocess.run(words, check=True, cwd=folder, stdout=subprocess.PIPE).stdout)["training"]
    assert training["classNames"] == ["cat", "dog"]
    assert [part["split"] for part in training["parts"]] == ["train", "test"]
    for part, count in zip(training["parts"], (80, 20)):
        assert part["count"] == count and part["classCounts"] == [count // 2, count // 2]
        assert part["imageShape"] == [28, 28, 1] and part["storage"] == "uint8"
        # Random bytes, of which there are thousands.
        assert part["pixels"]["minimum"] == 0 and part["pixels"]["maximum"] == 255

print("h5py reads the stores as they were written")
