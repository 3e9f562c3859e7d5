"""Makes the pictures of the tests of the importer of folders, and says what Pillow sees in them.

    python make_pictures.py

pictures/ is a folder with one folder per class; all pictures are 7 pixels wide and 5 high, in every format that is
imported. pictures.json has their values as `Image.open(file).convert("RGB")` and `.convert("L")` give them, and those of
one of them brought to other sizes by area, computed in whole numbers. Needs NumPy and Pillow.
"""

import json
import pathlib
import shutil

import numpy as np
from PIL import Image

here = pathlib.Path(__file__).parent
folder = here / "pictures"
shutil.rmtree(folder, ignore_errors=True)
rng = np.random.default_rng(4)


def save(path, pixels, **settings):
    path = folder / path
    path.parent.mkdir(parents=True, exist_ok=True)
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(path, **settings)


def noise(*shape):
    return rng.integers(0, 256, shape, dtype=np.uint8)


palette = Image.fromarray(rng.integers(0, 6, (5, 7), dtype=np.uint8), mode="P")
palette.putpalette(noise(18).tobytes())
y, x = np.mgrid[0:5, 0:7]
smooth = np.stack([40 * y + 10, 30 * x + 20, 255 - 20 * (x + y)], axis=-1).astype(np.uint8)

save("birds/colour.png", noise(5, 7, 3))
save("birds/grey.png", noise(5, 7))
save("birds/deep/er/palette.png", palette)
save("cats/colour.bmp", noise(5, 7, 3))
save("cats/palette.gif", palette)
save("fish/lossless.webp", noise(5, 7, 3), lossless=True)
save("fish/photo.jpg", smooth, quality=90, subsampling=0)
save("fish/grey.jpg", smooth[..., 0], quality=90)
# By content it is a picture; by name it is none.
shutil.copy(folder / "cats/colour.bmp", folder / "fish/unnamed")
(folder / "fish/notes.txt").write_text("no picture\n")


def coverage(length, count):
    """How much of each of `length` pixels each of `count` covers; in units that make both whole numbers."""
    matrix = np.zeros((count, length), dtype=np.int64)
    for new in range(count):
        for old in range(length):
            matrix[new, old] = max(0, min((new + 1) * length, (old + 1) * count) - max(new * length, old * count))
    return matrix


def by_area(pixels, height, width):
    sums = np.einsum("ih,jw,hwc->ijc", coverage(pixels.shape[0], height), coverage(pixels.shape[1], width),
                     pixels.astype(np.int64))
    area = pixels.shape[0] * pixels.shape[1]
    return (sums + area // 2) // area


files = {}
for path in sorted(folder.rglob("*")):
    if path.is_file() and path.suffix != ".txt":
        image = Image.open(path)
        files[str(path.relative_to(folder))] = {
            "rgb": np.asarray(image.convert("RGB")).ravel().tolist(),
            "grey": np.asarray(image.convert("RGB").convert("L")).ravel().tolist(),
        }

colour = np.asarray(Image.open(folder / "birds/colour.png"))
scaled = {f"{h}x{w}": by_area(colour, h, w).ravel().tolist()
          for h, w in [(1, 1), (2, 3), (3, 2), (5, 7), (5, 1), (10, 14), (7, 5), (4, 13)]}

(here / "pictures.json").write_text(json.dumps({"files": files, "scaled": scaled}, separators=(",", ":")) + "\n")
