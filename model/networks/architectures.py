"""The architectures, one function each.

All take float32 (n, 28, 28, 1) in 0..1, ink bright, and return probabilities. A network that tells drawings from scans
takes drawings as `model.images.as_drawings` makes them; the name of its input says so.
"""

from collections.abc import Callable, Sequence

import keras
from keras import layers

from model.images import INPUT_SHAPE, NUM_CLASSES, SCANS


def classic(activation: str = "relu", input_name: str = SCANS) -> keras.Model:
    """The network of the article that this project grew from: 1,886,250 parameters.

    Its batch norms normalise over axis 1, which is the height of the image and not the channels (that would be axis
    3). That is most likely a slip left over from channels-first code, but it is the published network: it gives the
    batch norms 13 x 4 = 52 and 7 x 4 = 28 parameters, half of which (40) are not trained.

    Args:
        activation: of every hidden layer, by its Keras name.
        input_name: what the network is given, `model.images.SCANS` or `SCANS_AND_DRAWINGS`.
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
    """A fully convolutional network of 298,859 parameters with an eleventh class for what is not a digit.

    A global average stands where others have a wide dense layer. Pooling stands before batch norm and activation:
    max-pooling commutes with both (they are monotonic, but for a negative batch-norm scale), and so a quarter of the
    values has to be normalised. A value of the last layer depends on the whole image; four wider layers of as many
    parameters, in which it depended on 24 of 28 pixels a side, read MNIST and people's drawings worse.

    Args:
        activation: of every hidden layer, by its Keras name.
        input_name: what the network is given, `model.images.SCANS` or `SCANS_AND_DRAWINGS`.
    """
    return _convolutional("compact", activation, input_name, NUM_CLASSES + 1, (48, 64, 80, 96, 96, 80), padded_from=3)


def small(activation: str = "relu", input_name: str = SCANS) -> keras.Model:
    """Ten classes and four convolutions without padding, for training in less than half a minute: 80,538 parameters.

    Args:
        activation: of every hidden layer, by its Keras name.
        input_name: what the network is given, `model.images.SCANS` or `SCANS_AND_DRAWINGS`.
    """
    return _convolutional("small", activation, input_name, NUM_CLASSES, (16, 32, 64, 96), padded_from=5)


def _convolutional(
    name: str, activation: str, input_name: str, classes: int, filters: Sequence[int], padded_from: int
) -> keras.Model:
    """Convolutions of so many filters each, the first 5 x 5 and the others 3 x 3; the first and third are pooled.

    A digit's ink fills 20 of the image's 28 pixels a side, so most of what padding adds is empty. Without padding in
    the first two convolutions, 10 x 10 and then 5 x 5 positions are left, and training takes half the time.

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
