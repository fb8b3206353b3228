"""Scales and centres a digit as MNIST's makers did."""

import numpy as np
from PIL import Image

from model.images import SIZE
from model.reading.thinning import thin

LONGER_SIDE = 20


def normalize(ink: np.ndarray) -> np.ndarray:
    """Scales a digit and centres it, as MNIST's images were.

    Args:
        ink: float32 (h, w) in 0..1, the digit's own ink in its bounding box.

    Returns:
        float32 (28, 28) in 0..1.
    """
    return center(scale_to_field(ink))


def scale_to_field(ink: np.ndarray) -> np.ndarray:
    """Scales a digit to a longer side of 20 pixels, thick strokes thinned before that.

    Args:
        ink: float32 (h, w) in 0..1, the digit's own ink in its bounding box.

    Returns:
        float32 (h, w) in 0..1, with a maximum of 1, the longer side being 20.
    """
    crop = thin(ink)
    height, width = crop.shape
    ratio = LONGER_SIDE / max(width, height)
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    # BOX is area averaging; an ink box smaller than 20 pixels is magnified, where it would give blocks.
    method = Image.Resampling.BOX if ratio <= 1 else Image.Resampling.BILINEAR
    scaled = np.asarray(Image.fromarray(np.ascontiguousarray(crop)).resize(size, method))
    # A thin pen fills no pixel of the small image wholly; MNIST's strokes do.
    return scaled / scaled.max()


def center(digit: np.ndarray) -> np.ndarray:
    """Places a digit in the 28 x 28 field, its centre of mass at the field's centre.

    In MNIST's images that is the pixel (14, 14), counted from 0: their centres of mass are spread evenly within half
    a pixel of it.

    Args:
        digit: float32 (h, w) in 0..1, neither side above 28.

    Returns:
        float32 (28, 28) in 0..1.
    """
    top, left = (_offset(digit.sum(axis=axis)) for axis in (1, 0))
    field = np.zeros((SIZE, SIZE), np.float32)
    field[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return field


def _offset(profile: np.ndarray) -> int:
    """Where a profile of ink begins in the field so that its centre of mass is at the middle, all of it inside."""
    middle = float(profile @ np.arange(profile.size) / profile.sum())
    return min(max(round(SIZE / 2 - middle), 0), SIZE - profile.size)
