"""Thick strokes are thinned before a digit is scaled down, as if it had been drawn with a pen of the usual width.

A thick pen takes room that the shape then lacks in its 20 pixels: the loops of a small 8 drawn with a finger are a few
pixels wide. Shrinking the ink from its edges by a disc gives what a thinner pen would have drawn along the same path,
except that loops which the thick one filled stay filled.
"""

import numpy as np
from PIL import Image

# Pen width as a share of the ink's longer side. MNIST's own digits have a median of 0.12, nine in ten are below 0.17.
USUAL_WIDTH = 0.15
# Ink is measured and thinned at about this longer side, in pixels. Larger ink takes time; on smaller ink, a disc of one
# or two pixels takes off too much or too little.
_SIDE = 280
# Ink with a longer side below this has no outline finer than its pixels: an image of MNIST stays as it is.
_SMALL = 40
# Small ink is enlarged to measure its pen exactly. A pen narrower than this share of the longer side without that is
# surely not wider than usual.
_SURELY_USUAL = 0.14


def thin(ink: np.ndarray) -> np.ndarray:
    """Brings strokes down to the usual width, if they are wider.

    Args:
        ink: float32 (h, w) in 0..1, the box of one digit.

    Returns:
        The ink itself, or the box of the thinned one: float32 (h, w) of 0 and 1.
    """
    longer = max(ink.shape)
    if longer <= _SIDE // 2 and pen_width(ink > 0.5) < _SURELY_USUAL * longer:
        return ink
    inked = _resized(ink) > 0.5
    side, width = max(inked.shape), pen_width(inked)
    # Of a digit of longer side s and pen width w, shrunk by r, the longer side is s - 2r and the width w - 2r.
    # A filled loop makes the pen seem wider than it is: at most half of the width measured is taken away.
    radius = min((width - USUAL_WIDTH * side) / (2 * (1 - USUAL_WIDTH)), width / 4)
    if radius < 1:
        return ink
    thinned = shrink(inked, radius)
    rows, columns = np.flatnonzero(thinned.any(axis=1)), np.flatnonzero(thinned.any(axis=0))
    if rows.size == 0:
        return ink
    return thinned[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)


def _resized(ink: np.ndarray) -> np.ndarray:
    """The ink, reduced or enlarged by a whole number to 0.5 to 2 times `_SIDE`; small ink as it is."""
    height, width = ink.shape
    longer = max(height, width)
    if longer >= 2 * _SIDE:
        return np.asarray(Image.fromarray(np.ascontiguousarray(ink)).reduce(longer // _SIDE))
    if longer >= _SMALL and (factor := _SIDE // longer) > 1:
        size = (width * factor, height * factor)
        return np.asarray(Image.fromarray(np.ascontiguousarray(ink)).resize(size, Image.Resampling.BILINEAR))
    return ink


def pen_width(inked: np.ndarray) -> float:
    """The mean width of the strokes in pixels, 0 where there are none: twice the area by the outline's length.

    Args:
        inked: bool (h, w).
    """
    steps = np.count_nonzero(inked[1:] != inked[:-1]) + np.count_nonzero(inked[:, 1:] != inked[:, :-1])
    # Beyond the edges, there is no ink.
    steps += sum(np.count_nonzero(edge) for edge in (inked[0], inked[-1], inked[:, 0], inked[:, -1]))
    # An outline of all directions takes 4 / pi pixel edges a unit of its length (Cauchy-Crofton).
    return 2 * np.count_nonzero(inked) / (steps * np.pi / 4) if steps else 0.0


def shrink(inked: np.ndarray, radius: float) -> np.ndarray:
    """Erodes ink by a disc; outside of the array there is no ink.

    Args:
        inked: bool (h, w).
        radius: in pixels.

    Returns:
        bool (h, w).
    """
    reach = int(radius)
    height, width = inked.shape
    # Ink to the left of each pixel: a run is all ink if as much is added over it as it is long.
    before = np.zeros((height + 2 * reach, width + 2 * reach + 1), np.int32)
    np.cumsum(np.pad(inked, reach), axis=1, out=before[:, 1:])
    kept = np.ones_like(inked)
    for dy in range(-reach, reach + 1):
        half = int(np.sqrt(radius**2 - dy**2))
        rows = before[reach + dy : reach + dy + height]
        first, last = reach - half, reach + half + 1
        kept &= rows[:, last : last + width] - rows[:, first : first + width] == last - first
    return kept
