"""Finds what is no writing but stands around it: ruled lines, grids, underlines, and frames.

A line is straight, long beside the writing, and often thinner or fainter. Where a stroke crosses it, the ink is thicker
than the line, and stays.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from model.reading.components import INK_LEVEL, Runs, find_boxes, find_runs, paint
from model.reading.straight_lines import StraightLine, straight_lines
from model.reading.thinning import pen_width

# So many components are searched, the largest.
_MOST_COMPONENTS = 100
# A line is at least this many times as long as the writing is high.
_LONGER = 2.2
# A line that is thinner or fainter than this share of the writing's strokes may be shorter: at least so many times as
# long. So may an underline that reaches beyond the writing on both sides.
_PALE = 0.65
_LONGER_IF_PALE = 1.2
# Remnants at crossings are at most this many times as high as the lines are thick.
_REST = 2
# A line ends at the edge of the drawing, or at another line, if it comes so near, as a share of its length.
_AT_END = 0.06
# At least this share of each side of a frame is covered by ink, no further from it than that share of its shorter side.
_SIDE = 0.85
_NEAR_SIDE = 0.12
# What a frame holds has at least this share of its height.
_CONTENT = 0.3


def lines_in(ink: np.ndarray) -> np.ndarray:
    """Where lines and frames are in ink, float32 (h, w) in 0..1: bool (h, w)."""
    runs = find_runs(ink > INK_LEVEL)
    lines = find_lines(ink, runs, find_boxes(runs)) if runs.rows.size else None
    return np.zeros(ink.shape, bool) if lines is None else lines


def find_lines(ink: np.ndarray, runs: Runs, boxes: np.ndarray) -> np.ndarray | None:
    """Finds lines and frames.

    Args:
        ink: float32 (h, w) in 0..1.
        runs: its components.
        boxes: int (n, 4), left, top, right and bottom of each.

    Returns:
        bool (h, w): where their ink is; None where there are none.
    """
    widths, heights = (boxes[:, 2:] - boxes[:, :2]).T
    longer = np.maximum(widths, heights)
    # Among very many components, most are grain.
    is_large = np.zeros(len(boxes), bool)
    is_large[np.argsort(-longer, kind="stable")[:_MOST_COMPONENTS]] = True
    may_be_level = widths >= _LONGER_IF_PALE * np.minimum(heights, _tallest_other(heights))
    may_be_upright = heights >= (1 - 2 * _AT_END) * len(ink)
    may_be_frame = np.zeros(len(boxes), bool)
    may_be_frame[is_large] = _hold_others(boxes[is_large])
    if not (is_large & (may_be_level | may_be_upright | may_be_frame)).any():
        return None
    found = np.zeros(ink.shape, bool)
    painted = paint(runs, ink.shape)
    for component in np.flatnonzero(may_be_frame):
        left, top, right, bottom = boxes[component]
        own = painted[top:bottom, left:right] == component
        if _is_frame(own):
            found[top:bottom, left:right] |= own
            is_large[component] = False

    def search(where: np.ndarray, is_upright: bool) -> list[StraightLine]:
        components = np.flatnonzero(where & is_large).tolist()
        return [line for one in components for line in straight_lines(painted, one, boxes[one], is_upright)]

    level = search(may_be_level, is_upright=False)
    # Lines from top to bottom go from edge to edge, or end at such lines.
    may_be_upright |= bool(level) & (heights >= _CONTENT * heights.max())
    upright = search(may_be_upright, is_upright=True)
    cells = _sides_of_cells(level, upright, ink, found)
    kept = []
    for lines in (level, upright):
        accepted = [*cells, *_accepted(lines, ink, found)]
        kept.append([line for line in lines if line in accepted])
        for line in kept[-1]:
            found[line.pixels()] = True
    for one, other in product(*kept):
        found[one.crossing(other)] = True
    return found if found.any() else None


def _tallest_other(heights: np.ndarray) -> np.ndarray:
    """For each of some heights, int (n,), the largest of the others; its own where there is no other."""
    if len(heights) == 1:
        return heights
    second, first = np.sort(heights)[-2:]
    return np.where(heights == first, second, first)


def _hold_others(boxes: np.ndarray) -> np.ndarray:
    """Which boxes hold another that is high enough to be writing, bool (n,)."""
    left, top, right, bottom = boxes.T
    height = bottom - top
    inside = (left > left[:, np.newaxis]) & (right < right[:, np.newaxis])
    inside &= (top > top[:, np.newaxis]) & (bottom < bottom[:, np.newaxis])
    return (inside & (height >= _CONTENT * height[:, np.newaxis])).any(axis=1)


def _is_frame(own: np.ndarray) -> bool:
    """Whether a component, bool (h, w), is a rectangle with nothing of its own inside."""
    near = max(2, round(_NEAR_SIDE * min(own.shape)))
    sides = (own[:near].any(axis=0), own[-near:].any(axis=0), own[:, :near].any(axis=1), own[:, -near:].any(axis=1))
    return not own[near:-near, near:-near].any() and min(side.mean() for side in sides) >= _SIDE


def _accepted(lines: list[StraightLine], ink: np.ndarray, found: np.ndarray) -> list[StraightLine]:
    """Those that are no strokes of the writing: ruled lines, and underlines.

    Args:
        lines: all of one direction that may be one.
        ink: float32 (h, w) in 0..1.
        found: bool (h, w), what was found before.
    """
    if not lines:
        return []
    writing = _Writing.without(lines, ink, found)
    return [line for line in lines if _is_ruled(line, lines, writing, ink) or _is_underline(line, writing)]


def _sides_of_cells(
    level: list[StraightLine], upright: list[StraightLine], ink: np.ndarray, found: np.ndarray
) -> list[StraightLine]:
    """The lines that form cells with writing in them.

    Args:
        level: what may be lines from left to right.
        upright: what may be lines from top to bottom.
        ink: float32 (h, w) in 0..1.
        found: bool (h, w), the frames.
    """
    sides = [line for line in upright if _ends_at(line, level)]
    ends = [line for line in level if len(sides) > 1 and _ends_at(line, sides)]
    sides = [line for line in sides if len(ends) > 1 and _ends_at(line, ends)]
    if len(sides) < 2:
        return []
    writing = _Writing.without([*ends, *sides], ink, found)
    height = min(line.length for line in sides)
    return [*ends, *sides] if writing.height >= _CONTENT * height else []


@dataclass(frozen=True)
class _Writing:
    """What is left without all that may be lines.

    Attributes:
        height: of its tallest component, in pixels; 0 if nothing is left.
        box: float (4,), left, top, right and bottom of it all, in pixels.
        pen: the mean width of its strokes, in pixels.
        strength: of its ink, 0..1.
    """

    height: int
    box: np.ndarray
    pen: float
    strength: float

    @classmethod
    def without(cls, lines: list[StraightLine], ink: np.ndarray, found: np.ndarray) -> "_Writing":
        """Measures ink, float32 (h, w) in 0..1, without these lines, and without what was found before, bool (h, w)."""
        rest = (ink > INK_LEVEL) & ~found
        for line in lines:
            rest[line.pixels()] = False
        runs = find_runs(rest)
        if runs.rows.size == 0:
            return cls(0, np.zeros(4), 0.0, 0.0)
        boxes = find_boxes(runs)
        heights = boxes[:, 3] - boxes[:, 1]
        if lines and heights.max() <= _REST * max(line.thickness for line in lines):
            return cls(0, np.zeros(4), 0.0, 0.0)
        own = boxes[heights >= _CONTENT * heights.max()]
        box = np.concatenate([own[:, :2].min(axis=0), own[:, 2:].max(axis=0)])
        return cls(int(heights.max()), box, pen_width(rest), float(np.percentile(ink[rest], 75)))


def _is_ruled(line: StraightLine, lines: list[StraightLine], writing: _Writing, ink: np.ndarray) -> bool:
    """Whether a line goes from edge to edge, and is thinner or fainter than the writing."""
    near = _AT_END * line.length
    first, last = sorted(line.ends[:, int(line.is_upright)])
    if first > near or last < ink.shape[0 if line.is_upright else 1] - near:
        return False
    if writing.height == 0:
        # A sheet of nothing but lines; one alone may be a 1 or a bar.
        return len(lines) > 1
    is_pale = line.thickness <= _PALE * writing.pen or np.median(ink[line.pixels()]) <= _PALE * writing.strength
    return bool(is_pale and line.length >= _LONGER_IF_PALE * writing.height)


def _is_underline(line: StraightLine, writing: _Writing) -> bool:
    """Whether a line is far longer than the writing is high; or longer, beneath it, and beyond it on both sides."""
    if line.is_upright or writing.height == 0:
        return False
    (first, _), (last, _) = line.ends
    left, top, right, bottom = writing.box
    is_beneath = line.ends[:, 1].min() >= bottom - _AT_END * (bottom - top) - line.thickness
    spans = first <= left and last >= right
    return line.length >= (_LONGER_IF_PALE if is_beneath and spans else _LONGER) * writing.height


def _ends_at(line: StraightLine, others: list[StraightLine]) -> bool:
    """Whether a line begins and ends at lines that cross it there."""
    along = int(line.is_upright)
    near = _AT_END * line.length + line.thickness

    def meets(end: np.ndarray) -> bool:
        return any(
            np.abs(other.ends[:, along] - end[along]).min() <= near
            and other.ends[:, 1 - along].min() - near <= end[1 - along] <= other.ends[:, 1 - along].max() + near
            for other in others
        )

    return all(meets(end) for end in line.ends)
