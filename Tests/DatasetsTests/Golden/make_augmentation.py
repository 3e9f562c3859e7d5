"""Writes augmentation.json: what Keras' image transformations make of small images.

Run with Keras 3.15, SciPy 1.17 and Pillow: python make_augmentation.py
"""

import json
import os
import pathlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from keras.src.legacy.preprocessing import image as legacy

assert keras.__version__.startswith("3.15."), keras.__version__

# Keras computes the middle for (x, y) from (height, width) but exchanges the axes afterwards, so that an image that is
# not square is turned about the middle of its transpose. This gives it the middle of the image itself.
about_middle = legacy.transform_matrix_offset_center
legacy.transform_matrix_offset_center = lambda matrix, height, width: about_middle(matrix, width, height)

random = np.random.default_rng(11)
images = [
    random.integers(0, 256, shape).astype("float32") for shape in [(5, 7, 1), (6, 6, 3), (7, 4, 2), (1, 5, 1), (1, 1, 3)]
]

# tx moves columns and ty rows: apply_affine_transform exchanges the axes of its matrix.
combinations = [
    dict(theta=20.0),
    dict(theta=-130.5),
    dict(tx=2.0, ty=-1.0),
    dict(tx=-1.3, ty=0.45),
    dict(ty=-9.25),
    dict(tx=13.7, ty=23.1),
    dict(shear=25.0),
    dict(shear=-40.0),
    dict(zx=0.6, zy=1.3),
    dict(zx=2.5, zy=1.9),
    dict(theta=33.0, tx=0.7, ty=-1.6, shear=-12.0, zx=1.2, zy=0.85),
    dict(theta=-8.0, tx=-2.1, ty=0.9, shear=17.0, zx=0.7, zy=1.1, flip_horizontal=True),
    dict(theta=71.0, zx=1.4, zy=0.9, flip_vertical=True, channel_shift=31.0),
    dict(flip_horizontal=True),
    dict(flip_vertical=True),
    dict(flip_horizontal=True, flip_vertical=True),
    dict(channel_shift=40.0),
    dict(channel_shift=-75.5),
]


def transformed(image, fill_mode, cval, flip_horizontal=False, flip_vertical=False, channel_shift=None, **affine):
    """ImageDataGenerator.apply_transform, whose own use of tx and ty exchanges width and height."""
    image = legacy.apply_affine_transform(
        image, row_axis=0, col_axis=1, channel_axis=2, fill_mode=fill_mode, cval=cval, **affine
    )
    if channel_shift is not None:
        image = legacy.apply_channel_shift(image, channel_shift, 2)
    if flip_horizontal:
        image = legacy.flip_axis(image, 1)
    if flip_vertical:
        image = legacy.flip_axis(image, 0)
    return image


def written(array):
    return [round(float(value), 3) for value in array.ravel()]


cases = [
    dict(image=number, fill_mode=mode, parameters=parameters, result=written(transformed(image, mode, 99.0, **parameters)))
    for parameters in combinations
    for number, image in enumerate(images)
    for mode in ["nearest", "constant", "reflect", "wrap"]
    if mode == "nearest" or set(parameters) & {"theta", "tx", "ty", "shear", "zx"}
]
# A window of an image with pixels around it: NumPy's names for what lies there, and SciPy's own for wrap.
crops = []
for number, image in enumerate(images):
    height, width = image.shape[:2]
    for y, x in [(-4, 3), (0, -2), (1, 0), (4, -4)]:
        for mode, pad in [("nearest", "edge"), ("constant", "constant"), ("reflect", "symmetric")]:
            more = dict(constant_values=99.0) if mode == "constant" else {}
            padded = np.pad(image, [(4, 4), (4, 4), (0, 0)], pad, **more)
            window = padded[4 + y : 4 + y + height, 4 + x : 4 + x + width]
            crops.append(dict(image=number, fill_mode=mode, y=y, x=x, result=written(window[:, ::-1])))
brightness = [
    dict(image=number, factor=factor, result=written(legacy.apply_brightness_shift(image, factor, False)))
    for number, image in enumerate(images)
    if image.shape[2] in (1, 3)
    for factor in [0.0, 0.35, 1.0, 1.8]
]
golden = dict(
    images=[dict(shape=image.shape, pixels=[int(value) for value in image.ravel()]) for image in images],
    constant=99.0,
    cases=cases,
    crops=crops,
    brightness=brightness,
)
path = pathlib.Path(__file__).with_name("augmentation.json")
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
