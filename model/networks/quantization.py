"""Prepares a network for weights of 8 bits."""

import math

import keras
from keras import layers

# Kernels of fewer values are not rounded by TensorFlow's converter for LiteRT.
_LEAST_ROUNDED = 1024


class _SplitConvolution(layers.Conv2D):
    """A convolution of up to 64 filters, computed in two parts: the first 32 filters, and the others.

    32 filters fill the registers of the kernel; halves of 24 take a quarter more time.
    """

    def convolution_op(self, inputs: keras.KerasTensor, kernel: keras.KerasTensor) -> keras.KerasTensor:
        parts = keras.ops.split(kernel, [32], axis=-1)
        # In a comprehension, super() needs arguments before Python 3.12.
        convolve = super().convolution_op
        return keras.ops.concatenate([convolve(inputs, part) for part in parts], axis=-1)


def with_exact_first_convolution(network: keras.Model) -> keras.Model:
    """The same network in a form whose first convolution stays float32 when LiteRT's converter quantizes the weights.

    The int8 kernel is slow for one input channel, so the first convolution stays float32: compact takes 60 us an image
    instead of 91. The converter skips small kernels, and therefore one that is split in two.

    Args:
        network: as `with_insight` gives it, perhaps of an ensemble.
    """

    def clone(layer: keras.Layer) -> keras.Layer:
        first = isinstance(layer, layers.Conv2D) and layer.kernel.shape[-2] == 1
        rounded = first and math.prod(layer.kernel.shape) >= _LEAST_ROUNDED
        return (_SplitConvolution if rounded else type(layer)).from_config(layer.get_config())

    split = keras.models.clone_model(network, clone_function=clone, recursive=True)
    split.set_weights(network.get_weights())
    return split
