"""Writes files that the module's own functions cannot write: other programs' layouts, and what must be refused.

    python Tests/HDF5Tests/Fixtures/make_fixtures.py

needs h5py.
"""

from pathlib import Path

import h5py
import numpy

folder = Path(__file__).parent
numbers = numpy.arange(60, dtype=numpy.int16).reshape(12, 5)

with h5py.File(folder / "layouts.h5", "w") as file:
    file["big_endian"] = numbers.astype(">i2")
    file.create_dataset("compressed", data=numbers, chunks=(4, 5), compression="gzip", shuffle=True, fletcher32=True)
    file.create_dataset("zeros", data=numpy.zeros((1000, 1000), numpy.uint8), chunks=(1000, 1000), compression="gzip")
    file["half"] = numbers.astype(numpy.float16)
    file["truth"] = numbers > 7
    file["group/inner"] = numbers
    file["soft"] = h5py.SoftLink("/group/inner")
    file["dangling"] = h5py.SoftLink("/nowhere")
    file.attrs.create("fixed", numpy.bytes_("fixed length"))
    file.attrs.create("fixed_list", numpy.array(["one", "three"], dtype="S5"))
    file.attrs["h5py_text"] = "grün"
    file.attrs["h5py_list"] = ["a", "bb"]
    file.attrs["h5py_empty"] = []
    file.attrs["h5py_null"] = h5py.Empty("S1")
    file.attrs["one_element"] = numpy.array([7], dtype=numpy.uint8)

with h5py.File(folder / "hostile.h5", "w") as file:
    file["inner"] = numbers
    file["external"] = h5py.ExternalLink("layouts.h5", "/half")
    file["external_group"] = h5py.ExternalLink("layouts.h5", "/group")
    file["soft_to_external"] = h5py.SoftLink("/external")
    file["soft_through_external"] = h5py.SoftLink("/external_group/inner")
    layout = h5py.VirtualLayout(shape=(12, 5), dtype=numpy.int16)
    layout[:] = h5py.VirtualSource("layouts.h5", "group/inner", shape=(12, 5))
    file.create_virtual_dataset("virtual", layout)
    file.create_dataset("outside", shape=(4,), dtype=numpy.uint8, external=[("outside.bin", 0, 4)])
    file.create_dataset("lzf", data=numbers, compression="lzf")
    file.create_dataset("huge", shape=(1 << 40,), dtype=numpy.uint8)
    file.create_dataset("huge_chunked", shape=(1 << 40,), dtype=numpy.uint8, chunks=(1024,))
    file.create_dataset("overflow", shape=(1 << 32, 1 << 32), dtype=numpy.uint8, chunks=(16, 16))

with h5py.File(folder / "partial.h5", "w") as file:
    for name, compression in [("plain", None), ("compressed", "gzip")]:
        file.create_dataset(name, shape=(12, 5), dtype=numpy.int16, chunks=(4, 5), compression=compression)
        file[name][0:8] = numbers[0:8]  # two chunks of three
    file.create_dataset("shuffled", data=numbers, chunks=(4, 5), shuffle=True)
