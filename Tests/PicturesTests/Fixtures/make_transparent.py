"""Writes pictures with transparency, and adds to pictures.json what Pillow makes of them on white.

    python Tests/PicturesTests/Fixtures/make_transparent.py

needs Pillow and NumPy.
"""

import json
from pathlib import Path

import numpy
from PIL import Image

folder = Path(__file__).parent
expected = json.loads((folder / "pictures.json").read_text())


def add(name, image, channels, **options):
    image.save(folder / name, **options)
    stored = Image.open(folder / name).convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", stored.size, "white"), stored).convert("RGB")
    pixels = numpy.asarray(flat)[:, :, :channels]
    expected[name] = {"shape": list(pixels.shape), "pixels": pixels.flatten().tolist()}


# Every opacity, on black and on other colours.
opacity = numpy.arange(256, dtype=numpy.uint8).reshape(16, 16)
colours = numpy.stack([opacity * 0, opacity * 7, opacity[::-1], opacity], axis=2)
add("opacity.png", Image.fromarray(colours.copy(), "RGBA"), 3)
add("opacity.webp", Image.fromarray(colours.copy(), "RGBA"), 3, lossless=True, exact=True)
add("opacity_grey.png", Image.fromarray(numpy.stack([opacity * 3, opacity], axis=2), "LA"), 1)
add("transparent_grey.png", Image.fromarray(opacity[:4, :5] * 4, "L"), 1, transparency=8)
add("transparent_colour.png", Image.fromarray(colours[:4, :4, :3].copy(), "RGB"), 3, transparency=(0, 7, 241))
palette = Image.fromarray(opacity[:1, :6].copy(), "P")
palette.putpalette([0, 0, 0, 255, 0, 0, 9, 8, 7, 1, 2, 3, 40, 50, 60, 200, 100, 0])
add("transparent_palette.png", palette, 3, transparency=bytes([128, 255, 0, 1, 254, 77]))
add("transparent.gif", palette, 3, transparency=2)
(folder / "pictures.json").write_text(json.dumps(expected) + "\n")
