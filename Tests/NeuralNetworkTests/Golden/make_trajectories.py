"""Writes trajectories.h5: what Keras does with every building block, step by step.

Run by hand with Keras 3.15.1 on TensorFlow 2.21.0 (pip install keras==3.15.1 tensorflow-cpu==2.21.0 h5py), from anywhere:

    python make_trajectories.py              # all cases, some minutes
    python make_trajectories.py conv_same    # only looks at the cases whose names contain this, writes nothing

Every case is a small network that is trained for 20 steps in float32 on a CPU, in the stored order of the samples. It is
trained in float64 too, and the script fails unless both agree ten times better than the tests ask for: so a case whose
trajectory amplifies rounding (a kink, a small divisor) cannot get into the file, and a difference that the tests find is a
difference in what is computed.

The file: /inputs/NAME and /targets/NAME are shared by the cases; /cases/NAME has the attributes

    model      the network, as model.to_json() writes it, or where it has paddings that Keras lacks, in our own form
    loss       its name
    optimizer  class_name and config, as Keras writes them, with the learning rate before any schedule
    schedule   in the run file's form, whose rates are factors on the learning rate; missing where there is none
    x, y       paths of the inputs and targets; labels are class numbers, whatever form Keras was given
    batch_size the last batch of an epoch is shorter where it does not divide the number of samples

and the datasets initial and final (all weights one after the other, layer by layer, in the order of layer.weights: kernel,
bias; gamma, beta, moving_mean, moving_variance), losses (20, penalties included, each before its update) and outputs (of
the first 8 samples, in inference mode, after the last update).
"""

import json
import os
import pathlib
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import h5py
import keras
import numpy as np
import tensorflow as tf

assert keras.__version__ == "3.15.1", keras.__version__
assert tf.__version__.startswith("2.21."), tf.__version__
tf.get_logger().setLevel("ERROR")
tf.config.experimental.enable_op_determinism()

STEPS = 20
OUTPUTS = 8
HERE = pathlib.Path(__file__).resolve().parent

L = keras.layers
O = keras.optimizers
R = keras.regularizers
S = keras.optimizers.schedules
random = np.random.default_rng(3)


def rounded(array):
    """Numbers that are exact in float32."""
    return (np.round(array * 256) / 256).astype("float32")


with h5py.File(HERE / "../../../datasets/digits.h5") as store:
    digits = store["train/images"][:32].astype("float32").reshape(32, 8, 8, 1) / 16
    digit_labels = store["train/labels"][:32].astype("int32").ravel()

inputs = {
    "digits": digits,
    "images": rounded(random.normal(size=(24, 6, 6, 2))),
    "odd_images": rounded(random.normal(size=(24, 7, 5, 2))),
    "signals": rounded(random.normal(size=(24, 9, 2))),
    "features": rounded(random.normal(size=(24, 7))),
}
targets = {
    "digits": digit_labels,
    "classes": random.integers(0, 3, 24).astype("int32"),
    "binary": random.integers(0, 2, (24, 1)).astype("float32"),
    "binary_3": random.integers(0, 2, (24, 3)).astype("float32"),
    "values": rounded(random.normal(size=(24, 1))),
    "values_2": rounded(random.normal(size=(24, 2))),
    "shares": rounded(random.uniform(size=(24, 2))),
}


class Case:
    """A network and how it is trained; layers and optimizers are made anew for each precision."""

    def __init__(
        self, layers, x="images", y="classes", loss="sparse_categorical_crossentropy", optimizer=lambda: O.SGD(0.125),
        schedule=None, batch_size=8, one_hot=False, model=None
    ):
        self.layers, self.x, self.y, self.loss, self.optimizer = layers, x, y, loss, optimizer
        self.schedule, self.batch_size, self.one_hot, self.model = schedule, batch_size, one_hot, model


def classifier(*layers):
    """The layers, made by the functions, and three classes behind them."""
    return lambda: [make() for make in layers] + [L.Flatten(), L.Dense(3, activation="softmax")]


def conv(**settings):
    return lambda: L.Conv2D(**{"filters": 3, "kernel_size": 3, "activation": "tanh", **settings})


def conv_1d(**settings):
    return lambda: L.Conv1D(**{"filters": 3, "kernel_size": 3, "activation": "tanh", **settings})


def dense(*head, hidden=5):
    return lambda: [L.Dense(hidden, activation="tanh"), *[make() for make in head]]


def with_optimizer(make):
    return Case(classifier(conv(), L.MaxPooling2D), optimizer=make)


def with_schedule(keras_schedule, ours):
    return Case(classifier(conv(filters=2)), optimizer=lambda: O.SGD(keras_schedule()), schedule=ours)


def with_regularizer(make):
    return Case(
        lambda: [
            L.Conv2D(3, 3, activation="tanh", kernel_regularizer=make()), L.Flatten(),
            L.Dense(3, activation="softmax", kernel_regularizer=make()),
        ]
    )


def with_activation(name):
    return Case(
        lambda: [
            L.Conv2D(3, 3, activation=name), L.Flatten(), L.Dense(4, activation=name), L.Dense(3, activation="softmax"),
        ]
    )


def with_layer(*layers, x="images"):
    return Case(classifier(conv(activation=None), *layers), x=x)


def with_padding(pad, strides=(1, 1), **settings):
    """A convolution behind Keras layers that pad, where ours has settings of its own."""
    shared = {"filters": 3, "kernel_size": [3, 2], "strides": strides, "activation": "tanh"}
    model = {"layers": [{"Conv2D": {**shared, **settings}}, "Flatten", {"Dense": {"units": 3, "activation": "softmax"}}]}
    return Case(classifier(pad, lambda: L.Conv2D(**shared)), x="odd_images", model=model)


def shifted_zeros(value, padding):
    return keras.Sequential([L.Rescaling(1.0, -value), L.ZeroPadding2D(padding), L.Rescaling(1.0, value)])


def edges(shape, padding):
    """The first and last rows, then columns, repeated beside the image."""
    image = result = L.Input(shape)
    for axis, (before, after) in enumerate(padding):
        length = shape[axis]

        def repeated(cropping, times):
            cropping = [cropping if other == axis else (0, 0) for other in range(2)]
            return L.UpSampling2D([times if other == axis else 1 for other in range(2)])(L.Cropping2D(cropping)(result))

        result = L.Concatenate(axis + 1)([repeated((0, length - 1), before), result, repeated((length - 1, 0), after)])
    return keras.Model(image, result)


RATE = 0.25

cases = {
    # Convolutions
    "conv_valid": Case(classifier(conv())),
    "conv_valid_odd": Case(classifier(conv(kernel_size=(3, 2))), x="odd_images"),
    "conv_strides": Case(classifier(conv(strides=(2, 1))), x="odd_images"),
    "conv_stride_above_kernel": Case(classifier(conv(kernel_size=2, strides=3)), x="odd_images"),
    "conv_same": Case(classifier(conv(padding="same"))),
    "conv_same_even_kernel": Case(classifier(conv(padding="same", kernel_size=(2, 4))), x="odd_images"),
    "conv_same_strides_even": Case(classifier(conv(padding="same", strides=2))),
    "conv_same_strides_odd": Case(classifier(conv(padding="same", strides=2)), x="odd_images"),
    "conv_same_large_kernel": Case(classifier(conv(padding="same", kernel_size=(9, 7))), x="odd_images"),
    "conv_dilation": Case(classifier(conv(dilation_rate=2))),
    "conv_dilation_same": Case(classifier(conv(dilation_rate=(2, 3), padding="same")), x="odd_images"),
    "conv_1x1": Case(classifier(conv(), conv(kernel_size=1, filters=2))),
    "conv_no_bias": Case(classifier(conv(use_bias=False))),
    "conv_two": Case(classifier(conv(padding="same", filters=5), conv(filters=4))),
    "zero_padding": Case(classifier(lambda: L.ZeroPadding2D(1), conv())),
    "zero_padding_uneven": Case(
        classifier(conv(kernel_size=1), lambda: L.ZeroPadding2D(((1, 2), (0, 3))), conv(strides=2)), x="odd_images"),
    "padding_full": with_padding(lambda: L.ZeroPadding2D((2, 1)), padding="full"),
    "padding_explicit": with_padding(lambda: L.ZeroPadding2D((1, 3)), padding=[1, 3]),
    "padding_constant": with_padding(
        lambda: shifted_zeros(0.75, (2, 1)), padding="full", padding_mode="constant", padding_value=0.75),
    "padding_nearest": with_padding(
        lambda: edges((7, 5, 2), [(1, 1), (3, 3)]), strides=(2, 1), padding=[1, 3], padding_mode="nearest"),
    "conv_1d_valid": Case(classifier(conv_1d()), x="signals"),
    "conv_1d_same_strides": Case(classifier(conv_1d(padding="same", strides=2, kernel_size=4)), x="signals"),
    "conv_1d_dilation": Case(classifier(conv_1d(padding="same"), conv_1d(dilation_rate=2)), x="signals"),
    "depthwise": Case(classifier(conv(), lambda: L.DepthwiseConv2D(3, activation="tanh"))),
    "depthwise_multiplier": Case(
        classifier(conv(), lambda: L.DepthwiseConv2D((2, 3), depth_multiplier=2, activation="tanh")), x="odd_images"),
    "depthwise_same_strides": Case(
        classifier(lambda: L.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2, use_bias=False)),
        x="odd_images"),
    # Pooling
    "max_pooling": Case(classifier(conv(padding="same"), L.MaxPooling2D), x="odd_images"),
    "max_pooling_same": Case(
        classifier(conv(padding="same"), lambda: L.MaxPooling2D(2, padding="same")), x="odd_images"),
    "max_pooling_overlapping": Case(
        classifier(conv(padding="same"), lambda: L.MaxPooling2D(3, strides=(2, 1), padding="same")), x="odd_images"),
    "average_pooling": Case(classifier(conv(padding="same"), lambda: L.AveragePooling2D(2)), x="odd_images"),
    "average_pooling_same": Case(
        classifier(conv(padding="same"), lambda: L.AveragePooling2D(2, padding="same")), x="odd_images"),
    "average_pooling_overlapping": Case(
        classifier(conv(padding="same"), lambda: L.AveragePooling2D(3, strides=(1, 2), padding="same")),
        x="odd_images"),
    "max_pooling_1d": Case(classifier(conv_1d(padding="same"), L.MaxPooling1D), x="signals"),
    "max_pooling_1d_same": Case(
        classifier(conv_1d(padding="same"), lambda: L.MaxPooling1D(2, padding="same")), x="signals"),
    "average_pooling_1d": Case(classifier(conv_1d(padding="same"), lambda: L.AveragePooling1D(2)), x="signals"),
    "average_pooling_1d_same": Case(
        classifier(conv_1d(padding="same"), lambda: L.AveragePooling1D(4, strides=2, padding="same")), x="signals"),
    "global_average_pooling": Case(classifier(conv(filters=4), L.GlobalAveragePooling2D), x="odd_images"),
    "global_max_pooling": Case(classifier(conv(filters=4), L.GlobalMaxPooling2D), x="odd_images"),
    # Batch normalisation
    "batch_normalization_conv": Case(
        classifier(
            conv(activation=None, use_bias=False), L.BatchNormalization, lambda: L.Activation("tanh"), L.MaxPooling2D)),
    "batch_normalization_dense": Case(
        lambda: [
            L.Dense(6), L.BatchNormalization(momentum=0.75, epsilon=0.01), L.Activation("tanh"),
            L.Dense(3, activation="softmax"),
        ], x="features"),
    "batch_normalization_no_center": Case(classifier(conv(), lambda: L.BatchNormalization(center=False, momentum=0.5))),
    "batch_normalization_no_scale": Case(classifier(conv(), lambda: L.BatchNormalization(scale=False))),
    "batch_normalization_plain": Case(
        classifier(conv(), lambda: L.BatchNormalization(center=False, scale=False, momentum=0.875))),
    "batch_normalization_first": Case(classifier(L.BatchNormalization, conv()), x="odd_images"),
    "batch_normalization_shorter_batch": Case(
        classifier(conv(), lambda: L.BatchNormalization(momentum=0.75), conv(kernel_size=2)), batch_size=10),
    "batch_normalization_adam": Case(
        classifier(conv(), L.BatchNormalization), optimizer=lambda: O.Adam(0.01, beta_1=0.875, beta_2=0.9375)),
    # Activations
    **{f"activation_{name}": with_activation(name)
       for name in ["linear", "relu", "relu6", "leaky_relu", "elu", "sigmoid", "tanh", "softplus", "gelu", "softmax"]},
    "layer_relu": with_layer(L.ReLU),
    "layer_relu_bounded": with_layer(lambda: L.ReLU(max_value=0.5)),
    "layer_relu_slope": with_layer(lambda: L.ReLU(negative_slope=0.25)),
    "layer_leaky_relu": with_layer(L.LeakyReLU),
    "layer_leaky_relu_slope": with_layer(lambda: L.LeakyReLU(negative_slope=0.125)),
    "layer_elu": with_layer(L.ELU),
    "layer_elu_alpha": with_layer(lambda: L.ELU(alpha=0.5)),
    "layer_softmax": with_layer(L.Softmax),
    **{f"layer_activation_{name}": with_layer(lambda name=name: L.Activation(name))
       for name in ["relu", "leaky_relu", "elu", "sigmoid", "tanh", "softplus", "gelu", "softmax"]},
    # Shapes and scales
    "rescaling": Case(classifier(lambda: L.Rescaling(0.25, offset=-0.5), conv())),
    "normalization": Case(
        classifier(lambda: L.Normalization(mean=[0.25, -0.5], variance=[4.0, 0.5]), conv()), x="odd_images"),
    "reshape": Case(classifier(lambda: L.Reshape((12, 6)), conv_1d(), lambda: L.Reshape((5, 3, 2)), conv(kernel_size=2))),
    "reshape_inferred": Case(classifier(conv(), lambda: L.Reshape((-1, 6)), conv_1d())),
    "flatten": Case(lambda: [L.Flatten(), L.Dense(4, activation="tanh"), L.Dense(3, activation="softmax")]),
    # Losses
    "categorical_crossentropy": Case(
        dense(lambda: L.Dense(3, activation="softmax")), x="features", loss="categorical_crossentropy", one_hot=True),
    "categorical_crossentropy_softmax_layer": Case(
        dense(lambda: L.Dense(3), L.Softmax), x="features", loss="sparse_categorical_crossentropy"),
    "binary_crossentropy": Case(
        dense(lambda: L.Dense(1, activation="sigmoid")), x="features", y="binary", loss="binary_crossentropy"),
    "binary_crossentropy_3": Case(
        dense(lambda: L.Dense(3, activation="sigmoid")), x="features", y="binary_3", loss="binary_crossentropy",
        batch_size=10),
    "mean_squared_error": Case(dense(lambda: L.Dense(1)), x="features", y="values", loss="mean_squared_error"),
    "mean_squared_error_2": Case(
        lambda: [L.Conv2D(3, 3, activation="tanh"), L.Flatten(), L.Dense(2)], y="values_2", loss="mean_squared_error",
        optimizer=lambda: O.SGD(0.03125), batch_size=10),
    "mean_squared_error_sigmoid": Case(
        dense(lambda: L.Dense(2, activation="sigmoid")), x="features", y="shares", loss="mean_squared_error"),
    "mean_squared_error_softmax": Case(
        dense(lambda: L.Dense(3, activation="softmax")), x="features", loss="mean_squared_error", one_hot=True),
    "mean_absolute_error": Case(
        dense(lambda: L.Dense(2)), x="features", y="values_2", loss="mean_absolute_error", batch_size=10),
    # Regularizers
    "l1": with_regularizer(lambda: R.L1(0.0078125)),
    "l2": with_regularizer(lambda: R.L2(0.03125)),
    "l1_l2": with_regularizer(lambda: R.L1L2(l1=0.0078125, l2=0.015625)),
    # Optimizers, on a convolutional network (KerasOptimizersTests has more settings, on a smaller one)
    "sgd": with_optimizer(lambda: O.SGD(0.25)),
    "sgd_shorter_batch": Case(classifier(conv(), L.MaxPooling2D), batch_size=7),
    "sgd_batch_of_one": Case(classifier(conv(), L.MaxPooling2D), batch_size=1, optimizer=lambda: O.SGD(0.03125)),
    "momentum": with_optimizer(lambda: O.SGD(0.0625, momentum=0.875)),
    "nesterov": with_optimizer(lambda: O.SGD(0.0625, momentum=0.875, nesterov=True)),
    "rmsprop": with_optimizer(lambda: O.RMSprop(0.0078125, rho=0.875, epsilon=1e-3)),
    "rmsprop_centered_momentum": with_optimizer(
        lambda: O.RMSprop(0.0078125, rho=0.875, momentum=0.5, epsilon=1e-3, centered=True)),
    "adam": with_optimizer(lambda: O.Adam(0.0078125, beta_1=0.875, beta_2=0.9375, epsilon=1e-3)),
    "amsgrad": with_optimizer(lambda: O.Adam(0.03125, beta_1=0.5, beta_2=0.75, epsilon=1e-3, amsgrad=True)),
    "adamw": with_optimizer(
        lambda: O.AdamW(0.0078125, beta_1=0.875, beta_2=0.9375, epsilon=1e-3, weight_decay=0.125)),
    "adagrad": with_optimizer(lambda: O.Adagrad(0.0625)),
    "adadelta": with_optimizer(lambda: O.Adadelta(1.0, rho=0.875, epsilon=1e-3)),
    "clipnorm": with_optimizer(lambda: O.SGD(0.5, clipnorm=0.125)),
    "global_clipnorm": with_optimizer(lambda: O.SGD(0.5, momentum=0.5, global_clipnorm=0.25)),
    "clipvalue": with_optimizer(lambda: O.SGD(0.5, clipvalue=0.0625)),
    # Schedules
    "exponential_decay": with_schedule(
        lambda: S.ExponentialDecay(RATE, 8, 0.5), {"name": "exponential_decay", "decay_steps": 8, "decay_rate": 0.5}),
    "exponential_decay_staircase": with_schedule(
        lambda: S.ExponentialDecay(RATE, 6, 0.5, staircase=True),
        {"name": "exponential_decay", "decay_steps": 6, "decay_rate": 0.5, "staircase": True}),
    "inverse_time_decay": with_schedule(
        lambda: S.InverseTimeDecay(RATE, 4, 0.5), {"name": "inverse_time_decay", "decay_steps": 4, "decay_rate": 0.5}),
    "piecewise_constant_decay": with_schedule(
        lambda: S.PiecewiseConstantDecay([3, 9], [RATE, RATE / 2, RATE / 8]),
        {"name": "piecewise_constant_decay", "boundaries": [3, 9], "factors": [1, 0.5, 0.125]}),
    "polynomial_decay": with_schedule(
        lambda: S.PolynomialDecay(RATE, 15, end_learning_rate=RATE / 8, power=2.0),
        {"name": "polynomial_decay", "decay_steps": 15, "end_factor": 0.125, "power": 2}),
    "cosine_decay": with_schedule(
        lambda: S.CosineDecay(RATE / 4, 12, alpha=0.125, warmup_target=RATE, warmup_steps=5),
        {"name": "cosine_decay", "decay_steps": 12, "alpha": 0.125, "warmup_target": 4, "warmup_steps": 5}),
    # Everything together, on real images
    "digits": Case(
        lambda: [
            L.Conv2D(4, 3, activation="relu", kernel_regularizer=R.L2(0.001)), L.MaxPooling2D(), L.Flatten(),
            L.Dense(12, activation="relu", kernel_regularizer=R.L2(0.001)), L.Dense(10, activation="softmax"),
        ], x="digits", y="digits", optimizer=lambda: O.SGD(0.125, momentum=0.5)),
    "digits_normalized": Case(
        lambda: [
            L.Rescaling(2.0, offset=-1.0), L.Conv2D(4, 3, padding="same", use_bias=False), L.BatchNormalization(),
            L.Activation("softplus"), L.AveragePooling2D(2), L.Conv2D(6, 3, activation="elu"),
            L.GlobalAveragePooling2D(), L.Dense(10, activation="softmax"),
        ], x="digits", y="digits", optimizer=lambda: O.Adam(0.0078125, beta_1=0.875, beta_2=0.9375, epsilon=1e-3)),
}


def initial_weights(model, seed):
    """Keras' own kernels; all that Keras starts at 0 or 1 gets values that show where they are used."""
    random = np.random.default_rng(seed)
    weights = []
    for variable in model.weights:
        value = variable.numpy()
        if value.ndim == 1:
            value = rounded(value + random.uniform(-0.25, 0.25, value.shape))
        weights.append(value)
    return weights


def compiled(case, precision):
    keras.utils.clear_session()  # layers are numbered from the start, whatever was made before
    keras.backend.set_floatx(precision)
    keras.config.set_dtype_policy(precision)
    keras.utils.set_random_seed(1)
    model = keras.Sequential([L.Input(inputs[case.x].shape[1:]), *case.layers()])
    text = json.dumps(case.model) if case.model else model.to_json()
    model.compile(case.optimizer(), case.loss, jit_compile=False)
    assert all(variable.dtype == precision for variable in model.weights)
    return model, text


def train(model, case, initial, precision):
    model.set_weights(initial)
    x, y = inputs[case.x].astype(precision), targets[case.y]
    if case.one_hot:
        y = np.eye(model.output_shape[-1])[y]
    y = y.astype(precision) if y.dtype != np.int32 else y
    batches = [slice(start, start + case.batch_size) for start in range(0, len(x), case.batch_size)]
    losses = []
    for step in range(STEPS):
        batch = batches[step % len(batches)]
        model.reset_metrics()
        losses.append(float(model.train_on_batch(x[batch], y[batch])))
    final = np.concatenate([np.ravel(w) for w in model.get_weights()])
    return np.array(losses), final, model.predict(x[:OUTPUTS], verbose=0)


def optimizer_settings(optimizer):
    settings = {"class_name": type(optimizer).__name__, "config": optimizer.get_config()}
    rate = settings["config"]["learning_rate"]
    if isinstance(rate, dict):
        config = rate["config"]
        settings["config"]["learning_rate"] = config.get("initial_learning_rate", config.get("values", [0])[0])
    return settings


def difference(found, expected):
    """The largest difference, as a share of what the tests allow: 1e-5 of the value and 1e-6."""
    return float(np.max(np.abs(found - expected) / (1e-5 * np.abs(expected) + 1e-6)))


def run(name, case):
    model, text = compiled(case, "float32")
    initial = initial_weights(model, seed=sum(name.encode()))
    losses, final, outputs = train(model, case, initial, "float32")
    settings = optimizer_settings(model.optimizer)
    reference, _ = compiled(case, "float64")
    exact_losses, exact_final, exact_outputs = train(reference, case, initial, "float64")
    loss_error = float(np.max(np.abs(losses - exact_losses) / exact_losses))
    final_error, output_error = difference(final, exact_final), difference(outputs, exact_outputs)
    assert np.max(np.abs(final - np.concatenate([w.ravel() for w in initial]))) > 0.01, f"{name}: nothing was learned"
    print(
        f"{name:40} loss {losses[0]:.4f} to {losses[-1]:.4f}   off by {loss_error:.1e} in losses; share of the tolerance:"
        f" {final_error:.2f} in weights, {output_error:.2f} in outputs", flush=True)
    return {
        "is_stable": loss_error < 1e-6 and final_error < 0.3 and output_error < 0.3,
        "model": text, "loss": case.loss, "optimizer": json.dumps(settings),
        "initial": np.concatenate([w.ravel() for w in initial]), "final": final, "losses": losses, "outputs": outputs,
    }


def write(group, case, result):
    for key in ["model", "loss", "optimizer"]:
        group.attrs[key] = result[key]
    if case.schedule:
        group.attrs["schedule"] = json.dumps(case.schedule)
    group.attrs["x"], group.attrs["y"] = f"/inputs/{case.x}", f"/targets/{case.y}"
    group.attrs["batch_size"] = case.batch_size
    for key in ["initial", "final", "outputs"]:
        group.create_dataset(key, data=result[key].astype("float32"), track_times=False)
    group.create_dataset("losses", data=result["losses"], track_times=False)


def main(pattern):
    chosen = {name: case for name, case in cases.items() if pattern in name}
    results = {name: run(name, case) for name, case in chosen.items()}
    unstable = [name for name, result in results.items() if not result["is_stable"]]
    assert not unstable, f"float32 and float64 part: {unstable}"
    if pattern:
        return
    with h5py.File(HERE / "trajectories.h5", "w", libver="latest") as file:
        file.attrs["keras"], file.attrs["tensorflow"] = keras.__version__, tf.__version__
        for kind, arrays in [("inputs", inputs), ("targets", targets)]:
            for name, array in arrays.items():
                file.create_dataset(f"{kind}/{name}", data=array, track_times=False)
        for name, result in results.items():
            write(file.create_group(f"cases/{name}"), cases[name], result)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
