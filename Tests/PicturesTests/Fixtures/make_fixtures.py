"""Makes the pictures of these tests, and says what is in them.

    python make_fixtures.py

PNG files are put together here, byte by byte, so that their pixels are known without any decoder; the JPEG, GIF and BMP
files and what they decode to are TensorFlow's. Needs NumPy and TensorFlow.
"""

import json
import pathlib
import struct
import zlib

import numpy as np

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(3)
expected = {}


def write(name, data, pixels=None):
    (here / name).write_bytes(data)
    if pixels is not None:
        expected[name] = {"shape": list(pixels.shape), "pixels": [int(v) for v in pixels.ravel()]}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(rows, width, height, depth, colour, *extra):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    lines = b"".join(b"\0" + row for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(extra) + chunk(b"IDAT", zlib.compress(lines))
            + chunk(b"IEND", b""))


# Odd sizes; every format of PNG that libgd treats in a way of its own.
rgb = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
write("rgb.png", png([r.tobytes() for r in rgb], 7, 5, 8, 2), rgb)

# Broken where pixels do not depend on it: libpng would print a warning.
write("rgb_profile.png", png([r.tobytes() for r in rgb], 7, 5, 8, 2, chunk(b"iCCP", b"broken"), chunk(b"gAMA", b"")), rgb)

grey = rng.integers(0, 256, (3, 5, 1), dtype=np.uint8)
write("grey.png", png([r.tobytes() for r in grey], 5, 3, 8, 0), grey)

deep = rng.integers(0, 65536, (2, 3, 3), dtype=np.uint16)
write("rgb16.png", png([r.astype(">u2").tobytes() for r in deep], 3, 2, 16, 2), deep >> 8)

bits = np.array([[0, 1, 1], [1, 0, 1]], dtype=np.uint8)
write("bits.png", png([bytes([int("".join(map(str, r)).ljust(8, "0"), 2)]) for r in bits], 3, 2, 1, 0), bits[..., None] * 255)

palette = np.array([[255, 0, 0], [0, 128, 0], [10, 20, 30]], dtype=np.uint8)
index = np.array([[0, 1, 2], [2, 1, 0]], dtype=np.uint8)
write("palette.png", png([r.tobytes() for r in index], 3, 2, 8, 3, chunk(b"PLTE", palette.tobytes())), palette[index])
# The second colour is fully transparent: white shines through.
seen = palette.copy()
seen[1] = 255
write("palette_transparent.png",
      png([r.tobytes() for r in index], 3, 2, 8, 3, chunk(b"PLTE", palette.tobytes()), chunk(b"tRNS", b"\xff\0")),
      seen[index])

greys = np.array([[5] * 3, [100] * 3, [250] * 3], dtype=np.uint8)
write("palette_grey.png", png([r.tobytes() for r in index], 3, 2, 8, 3, chunk(b"PLTE", greys.tobytes())),
      greys[index][..., :1])

# Alpha 255, 0 and 128 over white; libgd has 7 bits of it, which is what the formula does too.
rgba = np.array([[[200, 100, 50, 255], [200, 100, 50, 0], [200, 100, 50, 128]]], dtype=np.uint8)
see_through = 127 - (rgba[..., 3:].astype(int) >> 1)
write("rgba.png", png([r.tobytes() for r in rgba], 3, 1, 8, 6),
      np.floor((rgba[..., :3] * (127 - see_through) + 255 * see_through) / 127 + 0.5).astype(int))
grey_alpha = rgba[..., [0, 3]]
write("grey_alpha.png", png([r.tobytes() for r in grey_alpha], 3, 1, 8, 4),
      np.floor((rgba[..., :1] * (127 - see_through) + 255 * see_through) / 127 + 0.5).astype(int))

# One colour is named as transparent.
write("rgb_transparent.png",
      png([rgb[0].tobytes()], 7, 1, 8, 2, chunk(b"tRNS", b"".join(struct.pack(">H", int(v)) for v in rgb[0, 2]))),
      np.concatenate([rgb[:1, :2], np.full((1, 1, 3), 255), rgb[:1, 3:]], axis=1))

# Sizes that nobody has, in files of a hundred bytes.
write("huge.png", png([b"\0"], 100_000, 100_000, 8, 0))
write("overflow.png", png([b"\0"], 2**31 - 1, 2**31 - 1, 8, 6))
write("zero.png", png([b"\0"], 0, 5, 8, 0))
write("huge.gif", b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + bytes(6)
      + b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x4c\x01\0;")
write("huge.bmp", b"BM" + struct.pack("<IHHI", 54, 0, 0, 54)
      + struct.pack("<IiiHHIIiiII", 40, 2_000_000_000, -2_000_000_000, 1, 24, 0, 0, 0, 0, 0, 0))

# BMP: rows from the bottom, blue first, filled up to four bytes.
rows = b"".join(row[:, ::-1].tobytes() + b"\0" * (-3 * 7 % 4) for row in rgb[::-1])
write("rgb.bmp", b"BM" + struct.pack("<IHHI", 54 + len(rows), 0, 0, 54)
      + struct.pack("<IiiHHIIiiII", 40, 7, 5, 1, 24, 0, len(rows), 0, 0, 0, 0) + rows, rgb)

# GIF with two colours, uncompressed: clear, pixels of two bits, end (codes of three bits).
codes = [4, 0, 1, 4, 1, 0, 5]
packed = sum(code << (3 * place) for place, code in enumerate(codes)).to_bytes(3, "little")
write("colours.gif", b"GIF89a" + struct.pack("<HHBBB", 2, 2, 0x81, 0, 0) + bytes([9, 8, 7, 0, 200, 0] + [0] * 6)
      + b"," + struct.pack("<HHHHB", 0, 0, 2, 2, 0) + b"\x02\x03" + packed + b"\0;",
      np.array([[[9, 8, 7], [0, 200, 0]], [[0, 200, 0], [9, 8, 7]]]))

import tensorflow as tf  # noqa: E402  late: it is slow to start

smooth = np.stack(np.meshgrid(np.linspace(20, 230, 24), np.linspace(40, 200, 17)), axis=-1)
smooth = np.concatenate([smooth, 255 - smooth[..., :1]], axis=-1).round().astype(np.uint8)
for name, pixels in [("rgb.jpg", smooth), ("grey.jpg", smooth[..., :1])]:
    data = tf.io.encode_jpeg(pixels, quality=95, chroma_downsampling=False).numpy()
    write(name, data, tf.io.decode_jpeg(data, dct_method="INTEGER_ACCURATE").numpy())

(here / "pictures.json").write_text(json.dumps(expected, indent=None, separators=(",", ":")) + "\n")
