"""Greyscale dilation and erosion by squares, whose time grows only with the logarithm of the side."""

from collections.abc import Callable

import numpy as np


def dilate(levels: np.ndarray, window: int) -> np.ndarray:
    """The largest level in a square around each pixel.

    Args:
        levels: (h, w), of any type that can be compared; the pixels at the edges are repeated outward.
        window: the side of the square in pixels, odd.

    Returns:
        The same type and shape.
    """
    return _in_both_directions(levels, window, np.maximum)


def erode(levels: np.ndarray, window: int) -> np.ndarray:
    """The least level in a square around each pixel; otherwise as `dilate`."""
    return _in_both_directions(levels, window, np.minimum)


def close(levels: np.ndarray, window: int) -> np.ndarray:
    """A dilation and an erosion: what is dark and narrower than the window gets the level around it."""
    return erode(dilate(levels, window), window)


def _in_both_directions(levels: np.ndarray, window: int, extreme: Callable[..., np.ndarray]) -> np.ndarray:
    for _ in range(2):
        padded = _with_edges_repeated(levels, window // 2)
        # Each pass doubles how many rows are compared.
        reach = 1
        while 2 * reach <= window:
            padded, reach = extreme(padded[:-reach], padded[reach:]), 2 * reach
        if reach < window:
            padded = extreme(padded[: reach - window], padded[window - reach :])
        levels = padded.T
    return levels


def _with_edges_repeated(levels: np.ndarray, count: int) -> np.ndarray:
    """The rows (h, w) with `count` more above and below, each like its neighbour; `np.pad` takes far longer."""
    height, width = levels.shape
    padded = np.empty((height + 2 * count, width), levels.dtype)
    padded[:count], padded[count : count + height], padded[count + height :] = levels[0], levels, levels[-1]
    return padded
