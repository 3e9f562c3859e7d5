"""Filters a picture with SciPy's own filters, or sums of them, and writes filters.json.

    python make_filters.py

None of the kernels is written out here: each result comes from a definition of its own. Needs NumPy and SciPy.
"""

import json
import pathlib

import numpy as np
from scipy import ndimage, signal

image = np.random.default_rng(7).integers(0, 256, (7, 9)).astype(float)


def smooth(x, weights):
    for axis in (0, 1):
        x = ndimage.correlate1d(x, weights, axis=axis, mode="nearest")
    return x


def shifted(x, rows, columns):
    """The value so many rows below and columns to the right."""
    padded = np.pad(x, 1, mode="edge")
    return padded[1 + rows:1 + rows + x.shape[0], 1 + columns:1 + columns + x.shape[1]]


laplacian = ndimage.laplace(image, mode="nearest")
mean = ndimage.uniform_filter(image, 3, mode="nearest")
filters = {
    "identity": image,
    "blur": smooth(image, np.array([1, 2, 1]) / 4),
    "sharpen": image - laplacian,
    "outline": 9 * (image - mean),
    "emboss": image + 2 * (shifted(image, 1, 1) - shifted(image, -1, -1)) + shifted(image, 0, 1) - shifted(image, 0, -1)
    + shifted(image, 1, 0) - shifted(image, -1, 0),
    "sobel-top": -ndimage.sobel(image, axis=0, mode="nearest"),
    "sobel-bottom": ndimage.sobel(image, axis=0, mode="nearest"),
    "sobel-left": -ndimage.sobel(image, axis=1, mode="nearest"),
    "sobel-right": ndimage.sobel(image, axis=1, mode="nearest"),
    "box": mean,
    "gaussian": smooth(image, np.array([1, 4, 6, 4, 1]) / 16),
    "laplacian": laplacian,
}
kernel = np.array([[1, -2, 3, 0], [0.5, 4, -1, 2]])
cases = {
    "full": signal.correlate2d(image, kernel, "full"),
    "full flipped": signal.convolve2d(image, kernel, "full"),
    "valid": signal.correlate2d(image, kernel, "valid"),
    "constant 10": signal.correlate2d(np.pad(image, ((2, 2), (5, 5)), constant_values=10), kernel, "valid"),
    "far padding": signal.correlate2d(np.pad(image, ((6, 6), (9, 9))), kernel, "valid"),
}
file = pathlib.Path(__file__).with_name("filters.json")
data = {"image": image, "kernel": kernel, "filters": filters, "cases": cases}
file.write_text(json.dumps(data, default=lambda a: a.tolist(), separators=(",", ":")) + "\n")
