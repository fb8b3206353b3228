"""The architectures, one function each, and the readout with which a network is exported.

All take float32 (n, 28, 28, 1) in 0..1, ink bright, and give probabilities. One that was told in training what is a
drawing is given those as `model.data.as_drawings` makes them, and calls its input so.
"""

import math
from collections.abc import Callable, Sequence

import keras
import numpy as np
from keras import layers

from model.data import NUM_CLASSES, SCANS, SCANS_AND_DRAWINGS

INPUT_SHAPE = (28, 28, 1)
# The class of all that is no digit, where a network has one.
NON_DIGIT = NUM_CLASSES
# Kernels of fewer values are not rounded by TensorFlow's converter for LiteRT.
_LEAST_ROUNDED = 1024


def classic(activation: str = "relu", input_name: str = SCANS) -> keras.Model:
    """The network of the article that this project grew from: 1,886,250 parameters.

    Its batch norms normalise over axis 1, which is the height of the image and not the channels (that would be axis
    3). That is most likely a slip left over from channels-first code, but it is the published network: it gives the
    batch norms 13 x 4 = 52 and 7 x 4 = 28 parameters, half of which (40) are not trained.

    Args:
        activation: of every hidden layer, by its Keras name.
        input_name: what the network is given, `model.data.SCANS` or `SCANS_AND_DRAWINGS`.
    """
    return keras.Sequential(
        [
            keras.Input(INPUT_SHAPE, name=input_name),
            layers.Conv2D(32, 3, activation=activation),
            layers.MaxPooling2D(2),
            layers.ZeroPadding2D(1),
            layers.Conv2D(48, 3, activation=activation),
            layers.BatchNormalization(axis=1, epsilon=1e-6),
            layers.MaxPooling2D(2),
            layers.ZeroPadding2D(1),
            layers.Conv2D(64, 2, activation=activation),
            layers.BatchNormalization(axis=1, epsilon=1e-6),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(3168, activation=activation),
            layers.Dense(NUM_CLASSES, activation="softmax"),
        ],
        name="classic",
    )


def compact(activation: str = "relu", input_name: str = SCANS) -> keras.Model:
    """A fully convolutional network of 298,859 parameters with an eleventh class for what is no digit.

    A global average stands where others have a wide dense layer. Pooling stands before batch norm and activation:
    max-pooling commutes with both (they are monotonic, but for a negative batch-norm scale), and so a quarter of the
    values has to be normalised. A value of the last layer depends on the whole image; four wider layers of as many
    parameters, in which it depended on 24 of 28 pixels a side, read MNIST and people's drawings worse.

    Args:
        activation: of every hidden layer, by its Keras name.
        input_name: what the network is given, `model.data.SCANS` or `SCANS_AND_DRAWINGS`.
    """
    return _convolutional("compact", activation, input_name, NUM_CLASSES + 1, (48, 64, 80, 96, 96, 80), padded_from=3)


def small(activation: str = "relu", input_name: str = SCANS) -> keras.Model:
    """Ten classes and four convolutions without padding, for training in less than half a minute: 80,538 parameters.

    Args:
        activation: of every hidden layer, by its Keras name.
        input_name: what the network is given, `model.data.SCANS` or `SCANS_AND_DRAWINGS`.
    """
    return _convolutional("small", activation, input_name, NUM_CLASSES, (16, 32, 64, 96), padded_from=5)


def _convolutional(
    name: str, activation: str, input_name: str, classes: int, filters: Sequence[int], padded_from: int
) -> keras.Model:
    """Convolutions of so many filters each, the first 5 x 5 and the others 3 x 3; the first and third are pooled.

    A digit's ink fills 20 of the image's 28 pixels a side, hence most of what padding adds is empty. Without it in the
    first two, 10 x 10 and then 5 x 5 places are left, and training takes half the time.

    Args:
        name: of the network.
        activation: of every hidden layer, by its Keras name.
        input_name: what the network is given.
        classes: how many it tells apart.
        filters: of each convolution.
        padded_from: the first convolution that is padded, counted from 1.
    """

    def convolution(number: int, count: int) -> list[keras.Layer]:
        # The batch norm that follows has an offset of its own, hence no bias.
        return [
            layers.Conv2D(
                count, 5 if number == 1 else 3, padding="same" if number >= padded_from else "valid", use_bias=False
            ),
            *([layers.MaxPooling2D(2)] if number in (1, 3) else []),
            layers.BatchNormalization(),
            layers.Activation(activation),
        ]

    return keras.Sequential(
        [
            keras.Input(INPUT_SHAPE, name=input_name),
            *(layer for number, count in enumerate(filters, 1) for layer in convolution(number, count)),
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.1),
            layers.Dense(classes, name="logits"),
            layers.Activation("softmax"),
        ],
        name=name,
    )


NETWORKS: dict[str, Callable[..., keras.Model]] = {
    "classic": classic,
    "compact": compact,
    "small": small,
}


def committee(members: Sequence[keras.Model]) -> keras.Model:
    """A network that answers with the mean of its members' probabilities, whose logarithms are its logits.

    Args:
        members: trained networks of one architecture.
    """
    inputs = keras.Input(INPUT_SHAPE, name=members[0].inputs[0].name)
    last = [_last_dense(member).input for member in members]
    bodies = [
        keras.Model(member.inputs, features, name=f"body_{number}")
        for number, (member, features) in enumerate(zip(members, last, strict=True), 1)
    ]
    features = layers.Concatenate(name="features")([body(inputs) for body in bodies])
    count = last[0].shape[-1]
    probabilities = [
        keras.Model(own, member.outputs[0], name=f"head_{number + 1}")(
            features[:, number * count : (number + 1) * count]
        )
        for number, (member, own) in enumerate(zip(members, last, strict=True))
    ]
    # A float32 probability may be 0, of which there is no logarithm.
    logarithms = keras.ops.log(keras.ops.maximum(layers.Average()(probabilities), 1e-30))
    logits = layers.Activation("linear", name="logits")(logarithms)
    return keras.Model(inputs, layers.Activation("softmax")(logits), name="committee")


def refuses(network: keras.Model) -> bool:
    """Whether a network has the eleventh class, and so can say that something is no digit."""
    return network.output_shape[-1] == NUM_CLASSES + 1


def tells_drawings(network: keras.Model) -> bool:
    """Whether a network was trained to tell drawings from scans, and so has to be told which it is given."""
    return network.inputs[0].name == SCANS_AND_DRAWINGS


def with_insight(network: keras.Model) -> keras.Model:
    """A network that also tells what goes on inside it.

    The features of a committee are its members', one behind the other, and its members keep their maps to themselves.

    Args:
        network: with the output "digits" and perhaps others by name, or with the ten probabilities alone.

    Returns:
        A model with those outputs by name; "features", (n, f), which its last dense layer turns into logits; and for
        each convolution, from the first, its feature maps "layer_1" and so on, (n, h, w, c).
    """
    names = network.output_names if len(network.outputs) > 1 else ["digits"]
    outputs = dict(zip(names, network.outputs, strict=True))
    own = [layer.output for layer in network.layers if layer.name == "features"]
    outputs["features"] = own[0] if own else _last_dense(network).input
    maps = [layer.output for layer in network.layers if _activates_maps(layer)]
    outputs |= {f"layer_{number}": values for number, values in enumerate(maps, 1)}
    return keras.Model(network.inputs, outputs, name=network.name)


class _SplitConvolution(layers.Conv2D):
    """A convolution of up to 64 filters that is computed in two: the first 32 of them, and the others.

    32 fill the registers of what multiplies: halves of 24 take a quarter more time.
    """

    def convolution_op(self, inputs: keras.KerasTensor, kernel: keras.KerasTensor) -> keras.KerasTensor:
        parts = keras.ops.split(kernel, [32], axis=-1)
        # In a comprehension, super() needs arguments before Python 3.12.
        convolve = super().convolution_op
        return keras.ops.concatenate([convolve(inputs, part) for part in parts], axis=-1)


def with_exact_first_convolution(network: keras.Model) -> keras.Model:
    """The same network in a form of which the first convolution stays exact when LiteRT's converter rounds weights.

    The converter leaves small kernels alone, and so one that is split. Rounded, the first layer takes more time than
    all others together, since what multiplies 8 bits is made for many input channels, of which it has one: with it
    compact takes 91 us an image, and 60 with an exact one.

    Args:
        network: as `with_insight` gives it, perhaps of a committee.
    """

    def clone(layer: keras.Layer) -> keras.Layer:
        first = isinstance(layer, layers.Conv2D) and layer.kernel.shape[-2] == 1
        rounded = first and math.prod(layer.kernel.shape) >= _LEAST_ROUNDED
        return (_SplitConvolution if rounded else type(layer)).from_config(layer.get_config())

    split = keras.models.clone_model(network, clone_function=clone, recursive=True)
    split.set_weights(network.get_weights())
    return split


def _activates_maps(layer: keras.Layer) -> bool:
    """Whether a layer ends what belongs to one convolution."""
    if not isinstance(layer, layers.Conv2D | layers.Activation) or len(layer.output.shape) != 4:
        return False
    return layer.get_config()["activation"] != "linear"


def _last_dense(network: keras.Model) -> keras.Layer:
    return [layer for layer in network.layers if isinstance(layer, layers.Dense)][-1]


def logits_of(network: keras.Model) -> keras.Model:
    """The part of a network with a layer of that name that gives logits, (n, 10) or (n, 11)."""
    return keras.Model(network.inputs, network.get_layer("logits").output)


def non_digit_scores(logits: np.ndarray) -> np.ndarray:
    """How much more an image looks like no digit than like one: log-odds, floats (n,), from logits (n, 11)."""
    return logits[:, NON_DIGIT] - np.logaddexp.reduce(logits[:, :NUM_CLASSES], axis=1)


def with_readout(network: keras.Model, temperature: float, threshold: float | None) -> keras.Model:
    """A network as it is exported: ready to be read without knowing its calibration.

    Args:
        network: with a layer "logits".
        temperature: by which the digits' logits are divided (`model.calibration.fit_temperature`).
        threshold: the `non_digit_scores` above which something is refused; None for a network of ten classes.

    Returns:
        A model with two outputs by name: "digits", the probabilities of the ten digits given that it is one, (n, 10);
        and "non_digit", in 0..1, (n, 1), above 0.5 for what is refused. Without a threshold it gives the former alone.
    """
    logits = logits_of(network).output
    digits = layers.Softmax(name="digits")(layers.Rescaling(1 / temperature)(logits[:, :NUM_CLASSES]))
    if threshold is None:
        return keras.Model(network.inputs, digits, name=network.name)
    score = logits[:, NON_DIGIT:] - keras.ops.logsumexp(logits[:, :NUM_CLASSES], axis=1, keepdims=True)
    non_digit = layers.Activation("sigmoid", name="non_digit")(layers.Rescaling(1.0, offset=-threshold)(score))
    return keras.Model(network.inputs, {"digits": digits, "non_digit": non_digit}, name=network.name)
