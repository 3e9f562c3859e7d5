"""Trains models that have, between them, every layer, and lets Keras read what comes out.

    python opens_in_keras.py PROGRAM [WORK FOLDER]

For each model the program trains two epochs on the digits and writes its outputs for the test split; Keras loads model.h5,
computes the outputs of the same images, and they must agree within 2e-5 (float32 sums of some thousand products in another
order). Part of the nightly job; needs keras, tensorflow and h5py.
"""

import os
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
import numpy

MODELS = {
    "digits": None,
    "graph": """
- Rescaling: {scale: 0.0625}
- Conv2D: {filters: 4, kernel_size: 3, padding: full, activation: leaky_relu}
- BatchNormalization
- ReLU: {max_value: 6}
- Residual:
    layers:
      - Conv2D: {filters: 6, kernel_size: 3, padding: same}
      - BatchNormalization
      - ELU
    shortcut:
      - Conv2D: {filters: 6, kernel_size: 1, trainable: true}
- ChannelPooling: {pool_size: 2, strides: 1}
- Conv2D: {filters: 4, kernel_size: 3, padding: [1, 2], padding_mode: nearest, activation: gelu}
- Conv2D: {filters: 4, kernel_size: 3, padding: same, padding_mode: constant, padding_value: 0.5, activation: softplus}
- SpatialDropout2D: {rate: 0.1}
- MaxPooling2D
- Branches:
    branches:
      - [Conv2D: {filters: 3, kernel_size: 1, activation: relu}]
      - [{MaxPooling2D: {pool_size: 3, strides: 1, padding: same}}, {Residual: {layers: [{Conv2D: {filters: 4, kernel_size: 3, padding: same}}]}}]
      - []
- Sigmoid
- GlobalAveragePooling2D
- Dropout: {rate: 0.3}
- Dense: {units: 20, activation: tanh}
- Dense: {units: 10}
- Softmax
""",
    "list": """
- Normalization: {range: [-1, 1]}
- ZeroPadding2D: {padding: [[1, 0], [2, 1]]}
- DepthwiseConv2D: {kernel_size: 3, depth_multiplier: 4, padding: same}
- LeakyReLU
- AveragePooling2D: {pool_size: 2}
- Conv2D: {filters: 8, kernel_size: 3, padding: same, dilation_rate: 2, trainable: false}
- BatchNormalization: {trainable: false}
- Tanh
- GlobalMaxPooling2D
- GELU
- Dense: {units: 10, activation: softmax}
""",
    "signal": """
- Normalization
- Reshape: {target_shape: [16, 4]}
- Conv1D: {filters: 6, kernel_size: 3, padding: full, padding_mode: nearest}
- Softplus
- MaxPooling1D
- Conv1D: {filters: 6, kernel_size: 3, padding: full}
- AveragePooling1D
- Activation: {activation: relu6}
- Flatten
- Dense: {units: 10, activation: softmax}
""",
    "categories": """
- OneHot: {classes: 17}
- Conv2D: {filters: 4, kernel_size: 3}
- Flatten
- Dense: {units: 10, activation: softmax}
""",
}

program = os.path.abspath(sys.argv[1])
work = sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp()
store = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../datasets/digits.h5")
with h5py.File(store) as file:
    images = file["test/images"][:]
for name, layers in MODELS.items():
    folder = os.path.join(work, name)
    model = "digits"
    if layers:
        model = os.path.join(work, name + ".yaml")
        with open(model, "w") as file:
            file.write(f"name: {name}\nlayers:{layers}")
    train = [program, "train", "--model", model, "--store", store, "--epochs", "2", "--output", folder, "--quiet"]
    subprocess.run(train, check=True)
    outputs = os.path.join(work, name + "-outputs.h5")
    subprocess.run([program, "evaluate", folder, "--store", store, "--predictions", outputs], check=True)
    with h5py.File(outputs) as file:
        ours = file["predictions"][:]
    keras.backend.clear_session()
    theirs = keras.models.load_model(os.path.join(folder, "model.h5")).predict(images, verbose=0)
    difference = numpy.abs(ours - theirs).max()
    print(f"{name}: the outputs differ by at most {difference:.1e}")
    if not difference < 2e-5:
        sys.exit(f"{name}: Keras' outputs are others")
