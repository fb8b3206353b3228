"""The one way from a drawing to 28 x 28 images as MNIST's makers would have made them.

The pad, uploads, the command line, "show why", synthesis and the tests all come through here. The steps are those of
MNIST's own page (LeCun, Cortes and Burges): the digit's bounding box is scaled to a longer side of 20 pixels with its
aspect kept, and placed in a 28 x 28 field so that the centre of mass lies at the field's centre. Two are ours: specks
are left out, and pens far thicker than MNIST's are thinned.
"""

import numpy as np

from model.reading.ink import Drawing, to_ink
from model.reading.normalization import normalize
from model.reading.segmentation import Candidate, find_candidates, whole


def candidates_of(drawing: Drawing, several: bool) -> list[Candidate]:
    """Finds what may be a digit in a drawing; `normalize` makes of each one's ink what a network reads.

    Args:
        drawing: uint8 (h, w), (h, w, 3) or (h, w, 4) in 0..255, or a Pillow image; ink may be darker or lighter than
            its background, or stand on a transparent one.
        several: whether it may hold several digits side by side; otherwise all its ink is taken for one.

    Returns:
        The candidates, each with its own ink; none for a blank drawing.

    Raises:
        ValueError: the array is no such drawing.
    """
    return candidates_in(to_ink(drawing), several)


def candidates_in(ink: np.ndarray, several: bool) -> list[Candidate]:
    """Finds what may be a digit in ink, float32 (h, w) in 0..1; otherwise as `candidates_of`."""
    return find_candidates(ink) if several else whole(ink)


def preprocess(drawing: Drawing) -> np.ndarray | None:
    """Makes of a drawing of one digit what a network reads.

    Args:
        drawing: as `candidates_of` takes it.

    Returns:
        float32 (28, 28) in 0..1, ink bright; None for a blank drawing.

    Raises:
        ValueError: the array is no such drawing.
    """
    candidates = candidates_of(drawing, several=False)
    return normalize(candidates[0].ink) if candidates else None
