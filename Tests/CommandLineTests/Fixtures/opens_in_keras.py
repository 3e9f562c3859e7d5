"""Trains models that have, between them, every layer, and lets Keras 3 and Keras 2 (tf_keras) read what comes out.

    python opens_in_keras.py PROGRAM [WORK FOLDER]

For each model the program trains two epochs on the digits and writes its outputs for the test split; Keras loads model.h5,
computes the outputs of the same images, and they must agree within 2e-5 (float32 sums of some thousand products in another
order). Then Keras 2 and 3 save small models in the spellings that differ between them, and the program's outputs and loss
must be theirs. Part of the nightly job; needs keras, tf_keras, tensorflow and h5py.
"""

import os
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
import numpy
import tf_keras

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
    for version, library in (3, keras), (2, tf_keras):
        if version == 2 and name == "categories":
            continue  # CategoryEncoding of Keras 2 takes no images
        library.backend.clear_session()
        theirs = library.models.load_model(os.path.join(folder, "model.h5")).predict(images, verbose=0)
        difference = numpy.abs(ours - theirs).max()
        print(f"{name}: the outputs of Keras {version} differ by at most {difference:.1e}")
        if not difference < 2e-5:
            sys.exit(f"{name}: Keras' outputs are others")


def spellings(library):
    """Small models by name: their layers after the input, and their loss."""
    layers, losses = library.layers, library.losses
    adapted = layers.Normalization()
    adapted.adapt(images)
    common = layers.Normalization(axis=None)
    common.adapt(images)
    return {
        "adapted": ([adapted, layers.Conv2D(2, 3, activation=layers.ReLU()), layers.Flatten()], "softmax", None),
        "common mean": ([common, layers.Flatten(), layers.BatchNormalization(axis=1)], "softmax", None),
        "logits": ([layers.Flatten()], None, losses.SparseCategoricalCrossentropy(from_logits=True)),
        "object": ([layers.MaxPooling2D(), layers.Flatten()], "softmax", [losses.SparseCategoricalCrossentropy()]),
        "nested": (
            [library.Sequential([layers.Conv2D(2, 3), layers.BatchNormalization(axis=3)]), layers.Flatten()], "softmax",
            None),
        "initializers": (
            [layers.Conv2D(
                2, 3, strides=[1, 2], kernel_initializer=library.initializers.HeNormal(seed=1),
                kernel_regularizer=library.regularizers.L1L2(0.01, 0.02)), layers.Flatten()], "softmax", None),
    }


with h5py.File(store) as file:
    labels = file["test/labels"][:]
for version, library in (3, keras), (2, tf_keras):
    for name, (layers, activation, loss) in spellings(library).items():
        top = library.layers.Dense(10, activation=activation)
        model = library.Sequential([library.layers.InputLayer(input_shape=(8, 8, 1)), *layers, top])
        model.compile(loss=loss or "sparse_categorical_crossentropy")
        path = os.path.join(work, f"keras {version} {name}.h5")
        model.save(path)
        outputs = os.path.join(work, "outputs.h5")
        evaluate = [program, "evaluate", path, "--store", store, "--split", "test", "--predictions", outputs]
        text = subprocess.run(evaluate, check=True, capture_output=True, text=True).stdout
        with h5py.File(outputs) as file:
            ours = file["predictions"][:]
        theirs = model.predict(images, verbose=0)
        difference = numpy.abs(ours - theirs).max() / max(1, numpy.abs(theirs).max())
        expected = float(numpy.ravel(model.evaluate(images, labels, verbose=0))[0])
        loss = float(text.split("loss ")[1].split()[0])
        print(f"{name} of Keras {version}: the outputs differ by at most {difference:.1e}, loss {loss} and {expected:.6f}")
        if not difference < 2e-5 or not abs(loss - expected) < 1e-4 * max(1, expected):
            sys.exit(f"{name} of Keras {version}: Keras' outputs are others")
