"""The architectures, one function each. Both take float32 (n, 28, 28, 1) in 0..1 and give probabilities (n, 10)."""

from collections.abc import Callable

import keras
from keras import layers

from model.data import NUM_CLASSES

INPUT_SHAPE = (28, 28, 1)


def classic(activation: str = "relu") -> keras.Model:
    """The network of the article that this project grew from: 1,886,250 parameters.

    Its batch norms normalise over axis 1, which is the height of the image and not the channels (that would be axis
    3). That is most likely a slip left over from channels-first code, but it is the published network: it gives the
    batch norms 13 x 4 = 52 and 7 x 4 = 28 parameters, half of which (40) are not trained.

    Args:
        activation: of every hidden layer, by its Keras name.
    """
    return keras.Sequential(
        [
            keras.Input(INPUT_SHAPE),
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


def compact(activation: str = "relu") -> keras.Model:
    """A fully convolutional network of 295,162 parameters that ends in a global average instead of a wide dense layer.

    Pooling stands before batch norm and activation: max-pooling commutes with both (they are monotonic, but for a
    negative batch-norm scale), and so a quarter of the values has to be normalised.

    Args:
        activation: of every hidden layer, by its Keras name.
    """

    def convolution(filters: int, kernel: int, pool: bool) -> list[keras.Layer]:
        # The batch norm that follows has an offset of its own, hence no bias.
        return [
            layers.Conv2D(filters, kernel, padding="same", use_bias=False),
            *([layers.MaxPooling2D(2)] if pool else []),
            layers.BatchNormalization(),
            layers.Activation(activation),
        ]

    return keras.Sequential(
        [
            keras.Input(INPUT_SHAPE),
            *convolution(48, 5, pool=True),
            *convolution(96, 3, pool=False),
            *convolution(96, 3, pool=True),
            *convolution(192, 3, pool=False),
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.1),
            layers.Dense(NUM_CLASSES, activation="softmax"),
        ],
        name="compact",
    )


NETWORKS: dict[str, Callable[[str], keras.Model]] = {"classic": classic, "compact": compact}
