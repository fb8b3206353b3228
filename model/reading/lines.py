"""Finds what is no writing but stands around it: ruled lines, grids, underlines, and frames.

A line is straight, long beside the writing, and often thinner or fainter. Where a stroke crosses it, the ink is thicker
than the line, and stays.
"""

from dataclasses import dataclass

import numpy as np

from model.reading.components import INK_LEVEL, Runs, find_boxes, find_runs, paint
from model.reading.thinning import pen_width

# Slopes that are tried, in pixels aside a pixel along: 12 degrees either way, then finer ones around the best.
_SLOPES = np.tan(np.deg2rad(np.linspace(-12, 12, 25)))
_FINER = np.linspace(-1, 1, 13) * (_SLOPES[13] - _SLOPES[12])
# Points belong to one line if they are no further from it than this, in pixels. A line has at least so many.
_NEAR, _LEAST = 2.0, 10
# So many components are searched, the largest, by so many points at once.
_MOST_COMPONENTS, _MOST_POINTS = 100, 20_000
# A component has at most this many lines in each direction, and each is seen in this share of its length. It has no gap
# of more pixels, and of a larger share of the component's width, than these.
_MOST_LINES, _SEEN, _GAP = 100, 0.6, (3, 0.02)
# A line is this many times as long as thick.
_THIN = 12
# Ink thicker than a line by this factor, and this many pixels, is a stroke that crosses it.
_THICKER, _MORE = 1.6, 1.0
# A line is longer than the writing is high by the first factor, or by the second if it is thinner or fainter than the
# writing by the third.
_LONGER, _LONGER_IF_PALE, _PALE = 2.2, 1.2, 0.65
# What is left of the lines where they cross is no higher than they are thick by this factor.
_REST = 2
# A line ends at the edge of the drawing, or at another line, if it comes so near, as a share of its length.
_AT_END = 0.06
# The sides of a frame are covered to this share within this share of its shorter side, and what it holds is so high.
_SIDE, _NEAR_SIDE, _CONTENT = 0.85, 0.12, 0.3


@dataclass(frozen=True, eq=False)
class _Line:
    """A line along a picture, which is turned if the line is upright.

    Attributes:
        along: int (n,), the columns where it is seen, from the left.
        tops, bottoms: int (n,), the ink there: its first row and the one after its last.
        is_upright: whether the picture is turned.
    """

    along: np.ndarray
    tops: np.ndarray
    bottoms: np.ndarray
    is_upright: bool

    @property
    def thickness(self) -> float:
        """In pixels, where nothing crosses it."""
        return float(np.percentile(self.bottoms - self.tops, 30))

    @property
    def length(self) -> int:
        """In pixels."""
        return int(self.along[-1] - self.along[0]) + 1

    @property
    def ends(self) -> np.ndarray:
        """Float (2, 2): x and y of its two ends."""
        middles = (self.tops + self.bottoms) / 2
        points = np.array([[self.along[0], middles[:5].mean()], [self.along[-1], middles[-5:].mean()]])
        return points[:, ::-1] if self.is_upright else points

    def pixels(self) -> tuple[np.ndarray, np.ndarray]:
        """The rows and columns of its ink, without what crosses it: int (k,) each."""
        heights = self.bottoms - self.tops
        own = heights <= _THICKER * self.thickness + _MORE
        heights, tops = heights[own], self.tops[own]
        along = np.repeat(self.along[own], heights)
        across = np.arange(heights.sum()) - np.repeat(np.cumsum(heights) - heights - tops, heights)
        return (along, across) if self.is_upright else (across, along)


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
    is_large = longer >= np.sort(longer)[-_MOST_COMPONENTS:][0]
    may_be_level = is_large & (widths >= _LONGER_IF_PALE * np.minimum(heights, _tallest_other(heights)))
    may_be_upright = is_large & (heights >= (1 - 2 * _AT_END) * len(ink))
    may_be_frame = np.zeros(len(boxes), bool)
    may_be_frame[is_large] = _hold_others(boxes[is_large])
    if not (may_be_level | may_be_upright | may_be_frame).any():
        return None
    found = np.zeros(ink.shape, bool)
    painted = paint(runs, ink.shape)
    for component in np.flatnonzero(may_be_frame):
        left, top, right, bottom = boxes[component]
        own = painted[top:bottom, left:right] == component
        if _is_frame(own):
            found[top:bottom, left:right] |= own
            may_be_level[component] = may_be_upright[component] = False

    level = [
        line for one in np.flatnonzero(may_be_level).tolist() for line in _lines_of(painted, one, boxes[one], False)
    ]
    # Lines from top to bottom go from edge to edge, or end at such lines.
    may_be_upright |= is_large & bool(level) & (heights >= _CONTENT * heights.max())
    upright = [
        line for one in np.flatnonzero(may_be_upright).tolist() for line in _lines_of(painted, one, boxes[one], True)
    ]
    cells = _sides_of_cells(level, upright, ink, found)
    accepted = [*cells, *_accepted_level(level, ink, found)]
    level = [line for line in level if line in accepted]
    for line in level:
        found[line.pixels()] = True
    accepted = [*cells, *_accepted_upright(upright, ink, found)]
    upright = [line for line in upright if line in accepted]
    for line in upright:
        found[line.pixels()] = True
    for one in level:
        for other in upright:
            found[_crossing(one, other)] = True
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


def _lines_of(painted: np.ndarray, component: int, box: np.ndarray, is_upright: bool) -> list[_Line]:
    """What may be lines in a component, in pixels of the drawing.

    Args:
        painted: int (h, w), the component of each pixel.
        component: which.
        box: int (4,), left, top, right and bottom of it.
        is_upright: whether lines from top to bottom are looked for, or from left to right.
    """
    left, top, right, bottom = (int(end) for end in box)
    own = painted[top:bottom, left:right] == component
    along, across = (top, left) if is_upright else (left, top)
    return [
        _Line(line.along + along, line.tops + across, line.bottoms + across, is_upright)
        for line in _lines_along(own.T if is_upright else own, is_upright)
    ]


def _lines_along(inked: np.ndarray, is_upright: bool) -> list[_Line]:
    """The long straight lines from left to right in a picture, bool (h, w)."""
    padded = np.pad(inked, ((1, 1), (0, 0)))
    # The middle of each upright run of ink stands for it.
    along, tops = np.nonzero((padded[1:-1] & ~padded[:-2]).T)
    bottoms = np.nonzero((padded[1:-1] & ~padded[2:]).T)[1] + 1
    middles = (tops + bottoms - 1) / 2
    left = np.ones(len(along), bool)
    lines: list[_Line] = []
    least = float(_LEAST)
    while len(lines) < _MOST_LINES and left.any():
        slope, offset = _best_line(along[left], middles[left])
        # A better fit, through the points near it.
        near = left & (np.abs(middles - slope * along - offset) <= _NEAR)
        if np.ptp(along[near]) > 0:
            slope, offset = np.polyfit(along[near], middles[near], 1)
        points = np.flatnonzero(left & (np.abs(middles - slope * along - offset) <= _NEAR))
        if len(points) < least:
            break
        left[points] = False
        # One point a column.
        points = points[np.unique(along[points], return_index=True)[1]]
        for part in np.split(points, _ends_of_pieces(inked, along[points], slope, offset)):
            if len(part) < least:
                continue
            line = _Line(along[part], tops[part], bottoms[part], is_upright)
            if len(part) >= _SEEN * line.length and line.length >= _THIN * line.thickness:
                lines.append(line)
                least = max(least, len(part) / 4)
    return lines


def _ends_of_pieces(inked: np.ndarray, along: np.ndarray, slope: float, offset: float) -> np.ndarray:
    """Where a line is interrupted, as places in its points: where there is no ink at all, neither its own nor other.

    Args:
        inked: bool (h, w).
        along: int (n,), the columns of its points, from the left.
        slope, offset: of the line.
    """
    height, width = inked.shape
    columns = np.arange(width)
    rows = np.rint(slope * columns + offset).astype(int)
    is_seen = np.zeros(width, bool)
    for aside in (-1, 0, 1):
        is_seen |= inked[np.clip(rows + aside, 0, height - 1), columns]
    seen = np.flatnonzero(is_seen)
    breaks = seen[1:][np.diff(seen) > max(_GAP[0], _GAP[1] * width)]
    return np.searchsorted(along, breaks)


def _best_line(along: np.ndarray, middles: np.ndarray) -> tuple[float, float]:
    """Slope and offset of the line near the most points."""
    step = -(-len(along) // _MOST_POINTS)
    along, middles = along[::step], middles[::step]
    best = (0, 0.0, 0.0)
    for slopes in (_SLOPES, _FINER):
        around = best[1] if slopes is _FINER else 0.0
        for slope in around + slopes:
            offsets = middles - slope * along
            low = offsets.min()
            counts = np.bincount(((offsets - low) / _NEAR).astype(int))
            place = int(counts.argmax())
            if counts[place] > best[0]:
                best = (int(counts[place]), float(slope), float(low + (place + 0.5) * _NEAR))
    return best[1:]


def _accepted_level(lines: list[_Line], ink: np.ndarray, found: np.ndarray) -> list[_Line]:
    """Those from left to right that are no strokes of the writing: ruled lines, and underlines.

    Args:
        lines: all that may be one.
        ink: float32 (h, w) in 0..1.
        found: bool (h, w), the frames.
    """
    writing = _Writing.without(lines, ink, found)
    return [line for line in lines if _is_ruled(line, lines, writing, ink) or _is_underline(line, writing)]


def _accepted_upright(lines: list[_Line], ink: np.ndarray, found: np.ndarray) -> list[_Line]:
    """Those from top to bottom that are no strokes of the writing: ruled lines.

    Args:
        lines: all that may be one.
        ink: float32 (h, w) in 0..1.
        found: bool (h, w), the frames and the lines from left to right.
    """
    writing = _Writing.without(lines, ink, found)
    return [line for line in lines if _is_ruled(line, lines, writing, ink)]


def _sides_of_cells(level: list[_Line], upright: list[_Line], ink: np.ndarray, found: np.ndarray) -> list[_Line]:
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
    writing = _Writing.without([*level, *upright], ink, found)
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
    def without(cls, lines: list[_Line], ink: np.ndarray, found: np.ndarray) -> "_Writing":
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


def _is_ruled(line: _Line, lines: list[_Line], writing: _Writing, ink: np.ndarray) -> bool:
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


def _is_underline(line: _Line, writing: _Writing) -> bool:
    """Whether a line is far longer than the writing is high; or longer, beneath it, and beyond it on both sides."""
    if writing.height == 0:
        return False
    (first, _), (last, _) = line.ends
    left, top, right, bottom = writing.box
    is_beneath = line.ends[:, 1].min() >= bottom - _AT_END * (bottom - top) - line.thickness
    spans = first <= left and last >= right
    return line.length >= (_LONGER_IF_PALE if is_beneath and spans else _LONGER) * writing.height


def _ends_at(line: _Line, others: list[_Line]) -> bool:
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


def _crossing(level: _Line, upright: _Line) -> tuple[slice, slice]:
    """The rows and columns where two lines cross, or would if they were longer."""
    (left, y), (right, y_right) = level.ends
    (x, top), (x_bottom, bottom) = upright.ends
    # Each line is as good as straight, and as good as level or upright.
    x, y = (x + x_bottom) / 2, (y + y_right) / 2
    if not (
        left - upright.thickness <= x <= right + upright.thickness
        and top - level.thickness <= y <= bottom + level.thickness
    ):
        return slice(0, 0), slice(0, 0)
    wide, high = upright.thickness + _MORE, level.thickness + _MORE
    return slice(max(0, int(y - high)), int(y + high) + 1), slice(max(0, int(x - wide)), int(x + wide) + 1)
