"""The image conventions that all packages share: size, classes, value ranges, and how drawings differ from scans."""

from typing import Any

import numpy as np

# Height and width of MNIST's images, in pixels.
SIZE = 28
# What a network takes, without the batch.
INPUT_SHAPE = (SIZE, SIZE, 1)
NUM_CLASSES = 10
# The class of all that is not a digit, where a network has one.
NON_DIGIT = NUM_CLASSES
# A network refuses an image whose score for "not a digit" is above this.
REFUSAL_LEVEL = 0.5
# Height of all pads, and width of the one for a single digit, in pixels of the canvas.
PAD_SIZE = 280
# The names of a network's input: of one that takes scans and drawings alike, and of one that tells them apart.
SCANS, SCANS_AND_DRAWINGS = "scans", "scans_and_drawings"
# The background level of a scan is 0, and that of a drawing the negative of this.
_DRAWING_SHIFT = 0.5

# NumPy arrays or tensors; the app knows no tensors.
Images = Any


def scale(images: np.ndarray) -> np.ndarray:
    """Converts stored images to a network's input.

    Args:
        images: uint8 (n, 28, 28) in 0..255.

    Returns:
        float32 (n, 28, 28, 1) in 0..1.
    """
    return (images.astype(np.float32) / 255.0)[..., np.newaxis]


def to_bytes(image: np.ndarray) -> np.ndarray:
    """Converts floats of any shape in 0..1 to uint8 in 0..255, rounded to the nearest.

    >>> to_bytes(np.array([0.0, 0.25, 1.0])).tolist()
    [0, 64, 255]
    """
    return np.rint(255 * image).astype(np.uint8)


def as_drawings(images: Images) -> Images:
    """Marks images as drawings for a network that tells drawings from scans.

    Pixels alone can't tell some digits apart: the 1 with a long flag that most Europeans write looks like the 7 of
    MNIST's writers. The background level (0 or -0.5) tells the network whether the image is a scan or a drawing.

    Args:
        images: floats of any shape in 0..1, ink bright; a NumPy array or a tensor.

    Returns:
        The same images in -0.5..0.5.

    >>> as_drawings(np.array([0.0, 1.0])).tolist()
    [-0.5, 0.5]
    """
    return images - _DRAWING_SHIFT
