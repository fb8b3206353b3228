"""Fills the gaps between the bars of seven-segment digits, as a clock or a calculator shows them."""

import numpy as np
from PIL import Image, ImageDraw

from model.reading.components import Runs, join
from model.reading.morphology import close

# A bar is at least this many times as long as thick.
_ASPECT = 1.7
# A level bar fills at least this share of its bounding box, and an upright one, which may lean, at least that.
_LEVEL_FILLS = 0.6
_UPRIGHT_FILLS = 0.35
# A bar is no smaller than this share of the largest component.
_LEAST = 0.15
# Of more bars than this, only the largest may form digits.
_MOST_BARS = 150
# Bars of one digit differ in thickness by at most this factor, ...
_AS_THICK = 1.5
# ... a level and an upright one in length by at most this, and two upright ones by at most that.
_AS_LONG = 3.0
_UPRIGHT_AS_LONG = 1.5
# Their ends are at most this many thicknesses apart, and where no two bars meet at a corner, at most that.
_APART = 1.4
_APART_WITHOUT_CORNER = 0.5
# Gaps of up to twice so many thicknesses are filled wherever they are.
_NARROW = 0.25
# A digit is no higher than its longest bar by this factor, unlike a column of ones.
_TALL = 3.0


def bridge_bars(ink: np.ndarray, runs: Runs, boxes: np.ndarray) -> np.ndarray | None:
    """Fills the gaps between the bars of seven-segment digits.

    Args:
        ink: float32 (h, w) in 0..1.
        runs: its components, as `find_runs` gives them.
        boxes: int (n, 4), as `find_boxes` gives them.

    Returns:
        The ink with the gaps filled, float32 (h, w) in 0..1; None where there is no such digit.
    """
    width, height = (boxes[:, 2:] - boxes[:, :2]).T
    length, area = np.maximum(width, height), np.bincount(runs.components, runs.ends - runs.starts)
    is_level = width > height
    is_bar = (length * length >= _ASPECT * area) & (length >= _LEAST * length.max())
    is_bar &= area >= np.where(is_level, _LEVEL_FILLS, _UPRIGHT_FILLS) * width * height
    bars = np.flatnonzero(is_bar)
    bars = bars[np.argsort(-length[bars], kind="stable")[:_MOST_BARS]]
    if len(bars) < 2:
        return None
    ends, thickness = _ends(runs, boxes[bars], bars), (area / length)[bars]
    meetings = _meetings(ends, is_level[bars], length[bars], thickness)
    digits = join(len(bars), meetings[:, 0], meetings[:, 1])
    bridges = Image.new("L", ink.shape[::-1])
    draw = ImageDraw.Draw(bridges)
    for bar, other in meetings:
        own = bars[digits == digits[bar]]
        if np.ptp(boxes[own][:, [1, 3]]) <= _TALL * length[own].max():
            apart = np.linalg.norm(ends[bar][:, np.newaxis] - ends[other], axis=2)
            end, other_end = np.unravel_index(apart.argmin(), apart.shape)
            draw.line((*ends[bar, end], *ends[other, other_end]), fill=255, width=round(thickness[bar]))
    if bridges.getbbox() is None:
        return None
    # Where some bars touch, they are one component that is no bar. Their other gaps are as narrow.
    narrow = 2 * round(_NARROW * float(np.median(thickness[meetings]))) + 1
    return np.maximum(close(ink, narrow), np.asarray(bridges, np.float32) / 255)


def _meetings(ends: np.ndarray, is_level: np.ndarray, length: np.ndarray, thickness: np.ndarray) -> np.ndarray:
    """Which bars may meet in a digit, int (k, 2).

    Args:
        ends: float (n, 2, 2), x and y of the left and right end, or the upper and lower one.
        is_level: bool (n,), which are horizontal; the others are vertical.
        length, thickness: float (n,), in pixels.
    """
    pairs = np.stack(np.triu_indices(len(ends), 1), axis=1)
    one, other = pairs.T
    apart = np.linalg.norm(ends[one][:, :, np.newaxis] - ends[other][:, np.newaxis], axis=3)
    thin, thick = np.sort(thickness[pairs], axis=1).T
    short, long = np.sort(length[pairs], axis=1).T
    is_corner = (is_level[one] != is_level[other]) & (long <= _AS_LONG * short)
    is_corner &= apart.min(axis=(1, 2)) <= _APART * thin
    # The lower end of one and the upper end of the other.
    in_line = ~is_level[one] & ~is_level[other] & (long <= _UPRIGHT_AS_LONG * short)
    is_alike = thick <= _AS_THICK * thin
    # Without a corner anywhere, what is in line are ones in a column, unless they all but touch.
    most = _APART if (is_corner & is_alike).any() else _APART_WITHOUT_CORNER
    in_line &= np.minimum(apart[:, 1, 0], apart[:, 0, 1]) <= most * thin
    return pairs[is_alike & (is_corner | in_line)]


def _ends(runs: Runs, boxes: np.ndarray, bars: np.ndarray) -> np.ndarray:
    """The ends of the bars, components with these boxes, as `_meetings` takes them."""
    left, top, right, bottom = boxes.T
    middle = (top + bottom) / 2
    ends = np.stack([np.stack([left, middle], 1), np.stack([right, middle], 1)], 1).astype(float)
    for bar in np.flatnonzero(right - left <= bottom - top):
        own = runs.components == bars[bar]
        rows, across = runs.rows[own], (runs.starts + runs.ends)[own] / 2
        ends[bar] = (across[rows == rows.min()].mean(), top[bar]), (across[rows == rows.max()].mean(), bottom[bar])
    return ends
