"""Cuts what may be several digits that touch, along slanted lines that cross few strokes.

A cut is only an offer. `find_parts` lists the parts between the cuts and the unions of neighbouring parts, the network
classifies them all, and `model.reading.segmentation.choose` picks the most likely combination, in which every cut has
its price. Most letters can be cut into something like digits, too: an M into two 1s, a W into 4 and 1. So the parts
must look very much like digits, above all where nothing else in the drawing is one; see `are_digits_that_touch`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from model.reading.components import INK_LEVEL
from model.reading.ink import Box
from model.reading.segmentation import Candidate
from model.reading.thinning import pen_width

# Lines that lean this much are tried, in pixels sideways a pixel upward: 31 degrees either way.
_LEANINGS = np.linspace(-0.6, 0.6, 9)
# Widths are shares of the component's height.
# A component narrower than this is one digit.
_NARROW = 0.8
# Two cuts are at least this far apart.
_APART = 0.16
# A part wider than this is more than one digit.
_WIDE = 1.1
# A component wider than this is no letter.
_WIDER_THAN_A_LETTER = 1.6
# What a cut costs for each stroke that it crosses, and for each pen width of ink on its way. Where two digits touch, it
# crosses one stroke, though at times along it; within a digit it often crosses two.
_PER_STROKE = 1.0
_PER_INK = 0.12
# A cut that costs more than this is not made.
_MOST_COST = 3.5
# A component has at most one cut for each of these widths, and at most so many in all.
_WIDTH_A_CUT = 0.25
_MOST_CUTS = 10
# Cuts are looked for in a component scaled down to this height in pixels, since that takes time by the pixel.
_SEARCH_HEIGHT = 80
# Log-odds, in nats, against each cut, besides its cost.
_PER_CUT = 0.8
# Log-odds, in nats, against leaving the component whole. It was refused already, so it wins only if no parts cover it.
_WHOLE = 100.0
# Each part has at least this share of the component's height.
_LEAST_HEIGHT = 0.65
# If the component stands alone, each part has at least this share of the tallest part's height.
_LEAST_HEIGHT_ALONE = 0.7
# Each part is a digit with at least this probability, beside other digits and alone.
_LEAST_PROBABILITY = 0.8
_LEAST_PROBABILITY_ALONE = 0.95


@dataclass(frozen=True, eq=False)
class _Cuts:
    """Lines that divide a component.

    Attributes:
        leanings: float (n,), pixels sideways a pixel upward.
        places: float (n,), where each line meets row 0, in pixels.
        costs: float (n,), of the strokes and the ink that each crosses.
    """

    leanings: np.ndarray
    places: np.ndarray
    costs: np.ndarray

    def at(self, row: float) -> np.ndarray:
        """Where the lines are in a row: float (n,)."""
        return self.places - self.leanings * row

    def chosen(self, which: np.ndarray) -> "_Cuts":
        """Some of them, by a mask or by their numbers."""
        return _Cuts(self.leanings[which], self.places[which], self.costs[which])


def is_wide(box: Box) -> bool:
    """Whether what is in a box may be several digits side by side."""
    return box.width >= _NARROW * box.height


def may_be_a_letter(box: Box) -> bool:
    """Whether what is in a box is not too wide for a letter."""
    return box.width < _WIDER_THAN_A_LETTER * box.height


def are_digits_that_touch(
    labels: Sequence[int], probabilities: Sequence[float], heights: Sequence[int], alone: bool
) -> bool:
    """Whether the parts of a component that was refused may be taken for digits.

    Beside other digits, and where it is very wide, that is likely. Where the component is alone, it may well be a
    letter. Nothing is cut into 1s alone: an M, an N, or a 1 with a wide flag looks the same.

    Args:
        labels: of the parts, from left to right.
        probabilities: in 0..1, that each part is a digit, and this one.
        heights: of the parts, in pixels.
        alone: whether nothing else was taken for a digit, and the component may be a letter.
    """
    least_probability = _LEAST_PROBABILITY_ALONE if alone else _LEAST_PROBABILITY
    least_height = _LEAST_HEIGHT_ALONE if alone else _LEAST_HEIGHT
    return (
        any(label != 1 for label in labels)
        and min(probabilities) >= least_probability
        and min(heights) >= least_height * max(heights)
    )


def find_parts(ink: np.ndarray, box: Box) -> list[Candidate]:
    """The ways to cut what may be several digits that touch.

    Args:
        ink: float32 (h, w) in 0..1, of something that is wide and was refused as one digit.
        box: where it is in the drawing, in pixels.

    Returns:
        The whole, and then candidates by their first part; in their `components`, parts stand for components. Only the
        whole where every line crosses too much.
    """
    height, width = ink.shape
    scale = max(1.0, height / _SEARCH_HEIGHT)
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    small = np.asarray(Image.fromarray(np.ascontiguousarray(ink)).resize(size, Image.Resampling.BOX))
    # Faint or very thin strokes are ink, too, although they are weaker.
    cuts = _find_cuts(small > min(0.5, small.max() / 2))
    count = len(cuts.costs) + 1
    lines = np.ceil(scale * cuts.places - cuts.leanings * np.arange(height)[:, np.newaxis]).astype(int)
    # The first column to the right of each line, in each row.
    borders = np.concatenate([np.zeros((height, 1), int), lines, np.full((height, 1), width)], axis=1)
    prices = np.concatenate([[0.0], _PER_CUT + cuts.costs, [0.0]])
    parts = [Candidate(range(count), box, ink, -_WHOLE, is_dab=False)]
    for start in range(count):
        for stop in range(start + 1, count + 1 if start else count):
            part = _between(ink, borders[:, start], borders[:, stop])
            if part is None:
                continue
            own_box, own_ink = part
            if own_box.width > _WIDE * height:
                break
            if own_box.height < _LEAST_HEIGHT * height:
                continue
            place = Box(box.x + own_box.x, box.y + own_box.y, own_box.width, own_box.height)
            # Each cut has two sides, and so each side bears half of its price.
            support = -float(prices[start] + prices[stop]) / 2
            parts.append(Candidate(range(start, stop), place, own_ink, support, is_dab=False))
    return parts


def _between(ink: np.ndarray, left: np.ndarray, right: np.ndarray) -> tuple[Box, np.ndarray] | None:
    """The ink between two lines, with its box; None if there is none."""
    first, last = max(int(left.min()), 0), min(int(right.max()), ink.shape[1])
    columns = np.arange(first, last)
    is_own = (columns >= left[:, np.newaxis]) & (columns < right[:, np.newaxis])
    own = np.where(is_own, ink[:, first:last], np.float32(0))
    is_inked = own > INK_LEVEL
    rows, cols = np.flatnonzero(is_inked.any(axis=1)), np.flatnonzero(is_inked.any(axis=0))
    if not len(rows):
        return None
    own = own[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    return Box(first + int(cols[0]), int(rows[0]), own.shape[1], own.shape[0]), own


def _find_cuts(inked: np.ndarray) -> _Cuts:
    """The lines along which a component, bool (h, w), may be cut, from left to right; they do not cross within it."""
    height, width = inked.shape
    left = _possible_cuts(inked)
    cuts = left.chosen(np.zeros(0, int))
    while len(left.costs) and len(cuts.costs) < min(int(width / (_WIDTH_A_CUT * height)), _MOST_CUTS):
        best = left.chosen(np.array([left.costs.argmin()]))
        cuts = _Cuts(
            *map(np.append, (cuts.leanings, cuts.places, cuts.costs), (best.leanings, best.places, best.costs))
        )
        gaps = np.stack([left.at(row) - best.at(row) for row in (0, height)])
        crosses = gaps.min(axis=0) * gaps.max(axis=0) <= 0
        left = left.chosen(~crosses & (np.abs(gaps.sum(axis=0)) / 2 >= _APART * height))
    return cuts.chosen(np.argsort(cuts.at(height / 2)))


def _possible_cuts(inked: np.ndarray) -> _Cuts:
    """The best cut of each leaning in each stretch of columns of a component, bool (h, w)."""
    height, width = inked.shape
    rows, columns = np.nonzero(inked)
    # Each row moves sideways so that lines of a leaning stand upright; the first axis is that of the leanings.
    shifts = np.rint(_LEANINGS[:, np.newaxis] * np.arange(height)).astype(int)
    first = shifts.min(axis=1)
    shifts -= first[:, np.newaxis]
    across = columns + shifts[:, rows]
    count, span = len(_LEANINGS), width + int(shifts.max())
    numbers = np.arange(count)[:, np.newaxis]
    upright = np.zeros((count, height + 1, span), bool)
    upright[numbers, rows + 1, across] = True
    # A stroke begins where there is no ink above; row 0 is empty.
    begins = ~upright[numbers, rows, across]
    places = numbers * span + across
    ink, strokes = (
        np.bincount(each, minlength=count * span).reshape(count, span) for each in (places.ravel(), places[begins])
    )
    costs = _PER_STROKE * strokes + _PER_INK / pen_width(inked) * ink
    # What is lower than a digit is not cut off.
    inked_rows, begin = np.unique(rows, return_index=True)
    leftmost, rightmost = across[:, begin], across[:, np.append(begin[1:], len(rows)) - 1]
    tall = _LEAST_HEIGHT * height
    left, right = _heights(leftmost, inked_rows, span), _heights(span - 1 - rightmost, inked_rows, span)[:, ::-1]
    costs[(left < tall) | (right < tall)] = np.inf
    reach = max(1, round(_APART * height / 2))
    stretches = np.pad(costs, ((0, 0), (0, -span % reach)), constant_values=np.inf).reshape(count, -1, reach)
    leanings, number = np.nonzero(stretches.min(axis=2) <= _MOST_COST)
    best = stretches[leanings, number].argmin(axis=1) + reach * number
    return _Cuts(_LEANINGS[leanings], (first[leanings] + best).astype(float), costs[leanings, best])


def _heights(leftmost: np.ndarray, rows: np.ndarray, width: int) -> np.ndarray:
    """From the top row to the bottom row of the ink to the left of each column.

    Args:
        leftmost: int (n, k), the column where the ink of each row begins, in each of n pictures.
        rows: int (k,), the rows that have ink, from the top.
        width: of the pictures.

    Returns:
        int (n, width).
    """
    numbers = np.arange(len(leftmost))[:, np.newaxis]
    top, bottom = np.full((len(leftmost), width), rows[-1] + 1), np.full((len(leftmost), width), -1)
    np.minimum.at(top, (numbers, leftmost), rows)
    np.maximum.at(bottom, (numbers, leftmost), rows)
    spans = np.maximum.accumulate(bottom, axis=1) - np.minimum.accumulate(top, axis=1) + 1
    # The ink that begins in a column is not to the left of it.
    return np.pad(np.maximum(spans[:, :-1], 0), ((0, 0), (1, 0)))
