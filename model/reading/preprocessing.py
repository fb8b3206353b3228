"""The one way from a drawing to 28 x 28 images as MNIST's makers would have made them.

The pad, uploads, the command line, "show why", synthesis and the tests all come through here. The steps are those of
MNIST's own page (LeCun, Cortes and Burges): the digit's bounding box is scaled to a longer side of 20 pixels with its
aspect kept, and placed in a 28 x 28 field so that the centre of mass lies at the field's centre. Two are ours: specks
are left out, and pens far thicker than MNIST's are thinned.
"""

from collections.abc import Sequence

import numpy as np

from model.images import SIZE
from model.reading.ink import Drawing, to_ink
from model.reading.normalization import normalize
from model.reading.segmentation import Candidate, find_candidates, whole


def prepare(drawing: Drawing, several: bool) -> tuple[list[Candidate], np.ndarray]:
    """Finds what may be a digit in a drawing, and makes of each what a network reads.

    Args:
        drawing: uint8 (h, w), (h, w, 3) or (h, w, 4) in 0..255, or a Pillow image; ink may be darker or lighter than
            its background, or stand on a transparent one.
        several: whether it may hold several digits side by side; otherwise all its ink is taken for one.

    Returns:
        The candidates, each with its own ink, and their images, float32 (n, 28, 28) in 0..1, ink bright; none of
        either for a blank drawing.

    Raises:
        ValueError: the array is no such drawing.
    """
    ink = to_ink(drawing)
    candidates = find_candidates(ink) if several else whole(ink)
    return candidates, images_of(candidates)


def images_of(candidates: Sequence[Candidate]) -> np.ndarray:
    """What a network reads of each candidate: float32 (n, 28, 28) in 0..1, ink bright."""
    images = [normalize(candidate.ink) for candidate in candidates]
    return np.stack(images) if images else np.zeros((0, SIZE, SIZE), np.float32)


def preprocess(drawing: Drawing) -> np.ndarray | None:
    """Makes of a drawing of one digit what a network reads; see `prepare`.

    Returns:
        float32 (28, 28) in 0..1, ink bright; None for a blank drawing.

    Raises:
        ValueError: the array is no such drawing.
    """
    _, images = prepare(drawing, several=False)
    return images[0] if len(images) else None
