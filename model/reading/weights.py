"""The weights of a saved network that explain how it reads: its first convolution and its last dense layer."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from model.reading import store
from model.reading.store import NetworkError, remedy

_CONVOLUTION = schema.BuiltinOperator.CONV_2D
_DENSE = schema.BuiltinOperator.FULLY_CONNECTED


@dataclass(frozen=True, eq=False)
class Weights:
    """Some weights of a network.

    Attributes:
        kernels: float32 (k, s, s), of the first convolution.
        kernel_biases: float32 (k,), what is added to their maps.
        dense: float32 (c, f), of the last dense layer: how much each feature speaks for each class.
        dense_biases: float32 (c,).
    """

    kernels: np.ndarray
    kernel_biases: np.ndarray
    dense: np.ndarray
    dense_biases: np.ndarray

    def map_of(self, number: int, image: np.ndarray) -> np.ndarray:
        """What the first convolution makes of an image with one kernel, before pooling and activation.

        Args:
            number: of the kernel, from 0.
            image: float32 (h, w), as the network takes it.

        Returns:
            float32 (h - s + 1, w - s + 1): the sum of the pixels below the kernel, each multiplied by its weight.
        """
        kernel = self.kernels[number]
        patches = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
        return np.einsum("hwij,ij->hw", patches, kernel) + self.kernel_biases[number]

    def logits(self, features: np.ndarray) -> np.ndarray:
        """The scores of the classes.

        Args:
            features: float32 (f,), of `Classifier.features`.

        Returns:
            float32 (c,): the ten digits, and then "not a digit" where the network has that class.
        """
        return self.dense @ features + self.dense_biases


def read_weights(folder: Path) -> Weights:
    """Reads the weights from the LiteRT file of a network; those of an ensemble are of all its members together.

    Args:
        folder: what `train.py` saved.

    Raises:
        NetworkError: the file is missing or damaged, or holds no such layers.
    """
    path, content = folder / store.NETWORK, store.read_network(folder)
    try:
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content))
        graph = model.subgraphs[0]
        # A first convolution may be split in two, whose maps are joined.
        first = [layer for layer in _layers(model, _CONVOLUTION) if layer.inputs[0] == graph.inputs[0]]
        kernels, kernel_biases = (
            np.concatenate([_constant(model, layer.inputs[place]) for layer in first]) for place in (1, 2)
        )
        last = list(_layers(model, _DENSE))[-1]
        dense, dense_biases = (_constant(model, last.inputs[place]) for place in (1, 2))
    except (struct.error, TypeError, ValueError, IndexError, AttributeError) as error:
        raise NetworkError(f"The network at {path} has no weights to show ({error}). {remedy(folder)}.") from error
    return Weights(kernels[..., 0], kernel_biases, dense, dense_biases)


def _layers(model: Any, kind: int) -> Iterator[Any]:
    """The operators of one kind, in their order."""
    for operator in model.subgraphs[0].operators:
        if model.operatorCodes[operator.opcodeIndex].builtinCode == kind:
            yield operator


def _constant(model: Any, number: int) -> np.ndarray:
    """A tensor of floats that is stored in the file."""
    tensor = model.subgraphs[0].tensors[number]
    return model.buffers[tensor.buffer].data.view(np.float32).reshape(tensor.shape)
