"""Tells dark objects that lie on a photographed sheet, such as a pen or a coin, from the writing on it."""

import numpy as np

from model.reading.frames import smallest_frame
from model.reading.thinning import pen_width

# At most this many components are looked at, the largest.
_MOST = 60
# The length of writing lies between these shares of the picture's longer side.
_WRITING = (0.02, 0.7)
# The aspect ratio of writing is at most this, which excludes 1s and lines.
_ASPECT = 5
# An object's strokes are at least this many times as wide as the writing's.
_WIDER = 3
# An object fills at least this share of the smallest rectangle around it; a disc fills 0.79.
_SOLID = 0.7


def find_objects(components: np.ndarray) -> np.ndarray:
    """Finds the components that are objects: far thicker than the writing beside them, and solid.

    Args:
        components: int (h, w), labels from 1, and 0 for the background.

    Returns:
        The labels of the objects, int (n,); none where there is no writing.
    """
    areas = np.bincount(components.ravel())
    areas[0] = 0
    shapes = {int(label): components == label for label in np.argsort(-areas, kind="stable")[:_MOST] if areas[label]}
    widths = {label: pen_width(shape) for label, shape in shapes.items()}
    sides = {label: np.sort(np.ptp(smallest_frame(shape)[1], axis=0)) for label, shape in shapes.items()}
    least, most = np.array(_WRITING) * max(components.shape)
    writing = [
        widths[label] for label, (short, long) in sides.items() if least <= long <= most and long <= _ASPECT * short
    ]
    # Objects may be among these, so the lower median counts.
    usual = np.sort(writing)[(len(writing) - 1) // 2] if writing else np.inf
    is_object = [widths[label] >= _WIDER * usual and areas[label] >= _SOLID * np.prod(sides[label]) for label in shapes]
    return np.array(list(shapes), int)[is_object]
