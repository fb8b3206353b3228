"""Occlusion maps: parts of an image are covered in turn, and the network reads each result."""

from typing import Protocol

import numpy as np

# Squares of 5 x 5 pixels, 2 apart, cover a stroke and little else.
_SIDE = 5
_STEP = 2


class Network(Protocol):
    """The part of `model.reading.classifier.Classifier` that is used here."""

    def probabilities(self, images: np.ndarray, drawn: bool) -> np.ndarray:
        """Floats (n, 28, 28) in 0..1, and whether they are of drawings, to floats (n, 10) in 0..1."""


def occlusion(network: Network, image: np.ndarray, digits: list[int], drawn: bool = False) -> np.ndarray:
    """How the probabilities of some digits change where the ink is covered (Zeiler and Fergus 2014).

    Args:
        network: that reads the image.
        image: float32 (28, 28) in 0..1, ink bright.
        digits: whose probabilities are wanted, 0..9.
        drawn: whether the image is of a drawing and not a scan such as MNIST's.

    Returns:
        float32 (len(digits), 28, 28) in -1..1: for each pixel the mean change over all squares that cover it. Negative
        where the ink speaks for the digit, positive where it speaks against it.
    """
    covers = _covers(image.shape)
    # Covering the background changes nothing, so only squares that cover ink are tried.
    covers = covers[(covers & (image > 0)).any(axis=(1, 2))]
    if not len(covers):
        return np.zeros((len(digits), *image.shape), np.float32)
    answers = network.probabilities(np.concatenate([image[np.newaxis], np.where(covers, 0, image)]), drawn)
    changes = (answers[1:] - answers[0])[:, digits]
    total = np.tensordot(changes, covers.astype(np.float32), axes=(0, 0))
    return total / np.maximum(covers.sum(axis=0), 1)


def _covers(shape: tuple[int, int]) -> np.ndarray:
    """All squares: bool (n, h, w)."""
    height, width = shape
    y, x = np.mgrid[2 - _SIDE : height : _STEP, 2 - _SIDE : width : _STEP]
    rows, columns = np.arange(height), np.arange(width)
    in_rows = (rows >= y.reshape(-1, 1)) & (rows < y.reshape(-1, 1) + _SIDE)
    in_columns = (columns >= x.reshape(-1, 1)) & (columns < x.reshape(-1, 1) + _SIDE)
    return in_rows[:, :, np.newaxis] & in_columns[:, np.newaxis, :]
