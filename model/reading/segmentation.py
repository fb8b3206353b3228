"""Finds what may be a digit or a sign in a drawing that may hold several, in rows and side by side.

A digit has one component or several (a 5 with a loose bar, a 4 in two strokes), so neighbouring components may or may
not belong to one digit. `find_candidates` lists the signs, and every group of components that geometry allows, with its
log-odds; see `model.reading.grouping`. `choose` picks the most likely combination, and has the network classify what
may be in it. Digits that touch are one component, which `model.reading.cutting` cuts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from model.reading.components import BACKGROUND, INK_LEVEL, OTHER, Runs, find_boxes, find_runs, paint
from model.reading.grouping import find_groups
from model.reading.ink import Box
from model.reading.lines import find_lines
from model.reading.rows import find_rows
from model.reading.seven_segments import bridge_bars
from model.reading.signs import LEAST_DOT, FoundSign, find_signs
from model.reading.thinning import pen_width

# Sizes and distances are shares of the row's height, which is that of its tallest component.
# Components smaller than this share of the largest are specks, unless they are signs.
_SPECK = 0.1
# The edge of a sheet in a scan is a line at most this share of the drawing's side away from the drawing's edge.
_NEAR_EDGE = 0.05
# That line is thinner than this share of the thickest component. The thickness of a component is its ink divided by its
# longer side: an 8 counts as three and a half times as thick as a 1 by the same pen.
_THIN = 1 / 6
# Groups smaller than this are dabs of the pen: no digit of a number is so much smaller than another.
_DAB = 0.22
# A component that touches the drawing's edge is cut off by it if it is narrower than this ...
_CUT_OFF = 0.5
# ... and the digits keep at least this distance from the other edges, as a share of the tallest component's height.
_FREE = 0.1
# A drawing has at most this many components that matter, and a row at most that many: more are hatching or dots.
_MOST_COMPONENTS = 100
_MOST_IN_ROW = 40
# Groups whose boxes meet others get a copy of their ink. Where these would take more than so many times the drawing's
# pixels, it is hatching, and one candidate.
_MOST_SHARED = 8
# Probabilities of the network below this count as that, so that a group can still win by geometry.
_LEAST_PROBABILITY = 0.01
# Log-odds, in nats, for each component of what has the shape and the place of a sign, that it is one.
_SUPPORT_OF_SIGN = 6.0
# Two rows may be the parts of one digit, such as a 5 and its bar, if they have at most this many components, ...
_MOST_PARTS = 8
# ... are together at most this many times as wide as high, ...
_ASPECT = 1.2
# ... and are no further apart than this share of their mean height.
_APART = 0.5
# Log-odds, in nats, that they are, where they are closer than this share of their mean height, and elsewhere.
_CLOSE = 0.1
_SUPPORT_OF_STACK = (3.0, -1.0)


@dataclass(frozen=True, eq=False)
class Candidate:
    """A group of components that may be one digit, or a sign.

    Attributes:
        components: which components, counted in reading order.
        box: where its ink is in the drawing, in pixels.
        ink: float32 (box.height, box.width) in 0..1, without the ink of other components in the same box.
        support: log-odds, in nats, that these components form one digit rather than one each, by geometry alone.
        is_dab: whether it is far smaller than the other digits, and so not a digit.
        is_cut_off: whether it is a piece of what lies beyond the edge of a crop, and so not a digit.
        row: in which row of the drawing it stands, counted from the top.
        sign: what it says as a sign, a character; empty for a digit.
    """

    components: range
    box: Box
    ink: np.ndarray
    support: float
    is_dab: bool
    is_cut_off: bool = False
    row: int = 0
    sign: str = ""


def find_candidates(ink: np.ndarray) -> list[Candidate]:
    """Finds the groups of ink that may be a digit, and signs.

    Args:
        ink: float32 (h, w) in 0..1, as `model.reading.ink.to_ink` gives it.

    Returns:
        Candidates by their first component; none where there is no ink. Each component by itself is a candidate.
    """
    runs = find_runs(ink > INK_LEVEL)
    if runs.rows.size == 0:
        return []
    boxes = find_boxes(runs)
    if (lines := find_lines(ink, runs, boxes)) is not None:
        ink = np.where(lines, np.float32(0), ink)
        runs = find_runs(ink > INK_LEVEL)
        if runs.rows.size == 0:
            return []
        boxes = find_boxes(runs)
    if (bridged := bridge_bars(ink, runs, boxes)) is not None:
        ink, runs = bridged, find_runs(bridged > INK_LEVEL)
        boxes = find_boxes(runs)
    numbers, rows, signs = _components_in_reading_order(runs, boxes, ink)
    if not len(numbers):
        return []
    runs = _numbered(runs, numbers)
    own_boxes = boxes[numbers]
    is_cut_off = _are_cut_off(own_boxes, rows, ink.shape)
    row_heights = [_heights(own_boxes[start:stop]).max() for start, stop in _row_ends(rows)]
    groups = [(*group, _box(own_boxes[group[0]])) for group in _groups(runs, own_boxes, rows, signs, ink.shape)]
    is_shared = [_overlap_others(boxes, box, len(components)) for components, _, _, box in groups]
    if sum(box.width * box.height for (*_, box), shared in zip(groups, is_shared, strict=True) if shared) > (
        _MOST_SHARED * ink.size
    ):
        return whole(ink)
    painted = paint(runs, ink.shape) if any(is_shared) else None
    candidates = []
    for (components, support, sign, box), shared in zip(groups, is_shared, strict=True):
        within = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
        part = ink[within]
        if shared and painted is not None:
            seen = painted[within]
            is_own = (seen >= components.start) & (seen < components.stop)
            part = np.where((seen == BACKGROUND) | is_own, part, np.float32(0))
        row = int(rows[components.start])
        is_dab = not sign and max(box.width, box.height) < _DAB * row_heights[row]
        left_out = bool(is_cut_off[components].all())
        candidates.append(Candidate(components, box, part, support, is_dab, left_out, row, sign))
    return candidates


def whole(ink: np.ndarray) -> list[Candidate]:
    """Takes all ink for one digit, but for specks and the edges of a sheet.

    Args:
        ink: float32 (h, w) in 0..1, as `model.reading.ink.to_ink` gives it.

    Returns:
        One candidate; none where there is no ink.
    """
    runs = find_runs(ink > INK_LEVEL)
    if runs.rows.size == 0:
        return []
    boxes = find_boxes(runs)
    sizes = _sizes(boxes)
    is_kept = _may_be_strokes(runs, boxes, ink.shape) & (sizes >= _SPECK * sizes.max())
    box = _box(boxes[is_kept])
    within = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
    own = ink[within]
    if not is_kept.all():
        painted = paint(replace(runs, components=np.where(is_kept, 0, OTHER)[runs.components]), ink.shape)
        own = np.where(painted[within] == OTHER, np.float32(0), own)
    return [Candidate(range(1), box, own, 0.0, is_dab=False)]


def choose(candidates: Sequence[Candidate], classify: Callable[[list[int]], np.ndarray]) -> list[int]:
    """Picks the most likely combination of groups, such that each component is in exactly one of them.

    Args:
        candidates: as `find_candidates` gives them.
        classify: takes the indices of some candidates, and gives the probability of each one's best digit, float (n,)
            in 0..1. It is asked once for each candidate that may be in the answer, which is half of them or fewer.

    Returns:
        The indices of the groups that are digits or signs, in reading order; dabs of the pen, and what the edge of a
        crop cuts off, are left out.
    """
    # What is not classified yet counts as certain. So once all of the best combination is, no other can be better.
    probabilities = np.ones(len(candidates))
    is_known = np.array([bool(candidate.sign) or candidate.is_cut_off for candidate in candidates], bool)
    while True:
        best = _best_combination(candidates, probabilities)
        if not (missing := [index for index in best if not is_known[index]]):
            return [index for index in best if not (candidates[index].is_dab or candidates[index].is_cut_off)]
        probabilities[missing] = classify(missing)
        is_known[missing] = True


def _best_combination(candidates: Sequence[Candidate], probabilities: np.ndarray) -> list[int]:
    """The most likely combination of groups if these are their probabilities, in reading order."""
    gains = np.log(np.maximum(probabilities, _LEAST_PROBABILITY)) + [candidate.support for candidate in candidates]
    count = max((candidate.components.stop for candidate in candidates), default=0)
    # The best way to group the first n components: its score, and its last group.
    scores, last = [0.0] + [-np.inf] * count, [0] * (count + 1)
    for index, candidate in enumerate(candidates):
        score = scores[candidate.components.start] + gains[index]
        if score > scores[candidate.components.stop]:
            scores[candidate.components.stop], last[candidate.components.stop] = score, index
    chosen, stop = [], count
    while stop:
        chosen.append(last[stop])
        stop = candidates[last[stop]].components.start
    return chosen[::-1]


def _components_in_reading_order(
    runs: Runs, boxes: np.ndarray, ink: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[FoundSign]]:
    """Which components matter, in reading order.

    Returns:
        Their numbers, int (n,), the row of each, int (n,), and the signs among them, as places in that order.
    """
    if len(boxes) == 1:
        return np.zeros(1, int), np.zeros(1, int), []
    sizes = _sizes(boxes)
    is_stroke = _may_be_strokes(runs, boxes, ink.shape)
    left, top, right, bottom = boxes[sizes.argmax()]
    pen = pen_width(ink[top:bottom, left:right] > INK_LEVEL)
    matters = np.flatnonzero(is_stroke & (sizes >= min(LEAST_DOT * pen, _SPECK * sizes.max())))
    numbers = np.sort(matters[np.argsort(sizes[matters], kind="stable")[-_MOST_COMPONENTS:]])
    if not len(numbers):
        return numbers, numbers, []
    rows = find_rows(boxes[numbers])
    # The largest of each row come first.
    order = np.lexsort((-sizes[numbers], rows))
    numbers, rows = numbers[order], rows[order]
    in_row = np.arange(len(rows)) - np.searchsorted(rows, rows)
    numbers, rows = numbers[in_row < _MOST_IN_ROW], rows[in_row < _MOST_IN_ROW]
    order = np.lexsort((boxes[numbers, 0] + boxes[numbers, 2], rows))
    numbers, rows = numbers[order], rows[order]
    numbered = _numbered(runs, numbers)
    signs = []
    for start, stop in _row_ends(rows):
        found = find_signs(_between(numbered, start, stop), boxes[numbers[start:stop]], pen)
        signs += [replace(sign, components=tuple(start + part for part in sign.components)) for sign in found]
    # What is small and no sign is a speck.
    is_kept = sizes[numbers] >= _SPECK * sizes.max()
    is_kept[[part for sign in signs for part in sign.components]] = True
    places = np.cumsum(is_kept) - 1
    signs = [replace(sign, components=tuple(int(places[part]) for part in sign.components)) for sign in signs]
    return numbers[is_kept], np.unique(rows[is_kept], return_inverse=True)[1], signs


def _groups(
    runs: Runs, boxes: np.ndarray, rows: np.ndarray, signs: Sequence[FoundSign], shape: tuple[int, ...]
) -> Iterator[tuple[range, float, str]]:
    """The groups of components that may be a digit, and the signs, by their first component.

    Args:
        runs: the ink; its components are numbered as the boxes are, others below 0.
        boxes: int (n, 4), of the components in reading order.
        rows: int (n,), of the components.
        signs: in all rows.
        shape: height and width of the drawing.

    Yields:
        The components, their log-odds, in nats, and what they say if they are a sign.
    """
    found = [
        (range(sign.components[0], sign.components[-1] + 1), len(sign.components) * _SUPPORT_OF_SIGN, sign.text)
        for sign in signs
    ]
    for start, stop in _row_ends(rows):
        for group, support in find_groups(_between(runs, start, stop), boxes[start:stop], shape):
            found.append((range(start + group.start, start + group.stop), support, ""))
    of_groups = {components: support for components, support, sign in found if not sign}
    for (start, middle), (_, stop) in pairwise(_row_ends(rows)):
        if stop - start <= _MOST_PARTS and (stacked := _support_of_stack(boxes[start:middle], boxes[middle:stop])):
            of_parts = of_groups.get(range(start, middle), 0.0) + of_groups.get(range(middle, stop), 0.0)
            found.append((range(start, stop), of_parts + stacked, ""))
    yield from sorted(found, key=lambda group: (group[0].start, group[0].stop))


def _support_of_stack(upper: np.ndarray, lower: np.ndarray) -> float | None:
    """Log-odds that the components of two rows, given by their boxes, int (n, 4), are parts of one digit, if any."""
    both = np.concatenate([upper, lower])
    (left, top), (right, bottom) = both[:, :2].min(axis=0), both[:, 2:].max(axis=0)
    gap = 2 * (lower[:, 1].min() - upper[:, 3].max()) / (np.ptp(upper[:, [1, 3]]) + np.ptp(lower[:, [1, 3]]))
    if gap > _APART or right - left > _ASPECT * (bottom - top):
        return None
    return _SUPPORT_OF_STACK[0 if gap < _CLOSE else 1]


def _are_cut_off(boxes: np.ndarray, rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Which components are pieces of what lies beyond the left or right edge of a crop, bool (n,); never all.

    Args:
        boxes: int (n, 4), of the components.
        rows: int (n,), of the components.
        shape: height and width of the drawing, which is a crop if it leaves room at the three other edges.
    """
    room = _FREE * _heights(boxes).max()
    (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    sides = (left, shape[1] - right)
    if min(sides) > 0 or min(max(sides), top, shape[0] - bottom) < room:
        return np.zeros(len(boxes), bool)
    lines = np.array([_heights(boxes[start:stop]).max() for start, stop in _row_ends(rows)])
    found = ((boxes[:, 0] == 0) | (boxes[:, 2] == shape[1])) & (boxes[:, 2] - boxes[:, 0] < _CUT_OFF * lines[rows])
    return found & ~found.all()


def _row_ends(rows: np.ndarray) -> Iterator[tuple[int, int]]:
    """The first component of each row and the one after the last, where they are sorted by row."""
    ends = np.searchsorted(rows, np.arange(rows[-1] + 2))
    yield from zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)


def _numbered(runs: Runs, numbers: np.ndarray) -> Runs:
    """The same runs, their components numbered in this order; all others get OTHER."""
    order = np.full(runs.components.max() + 1, OTHER)
    order[numbers] = np.arange(len(numbers))
    return replace(runs, components=order[runs.components])


def _between(runs: Runs, start: int, stop: int) -> Runs:
    """The runs of some components, which are then numbered from 0."""
    own = (runs.components >= start) & (runs.components < stop)
    return Runs(runs.rows[own], runs.starts[own], runs.ends[own], runs.components[own] - start)


def _box(boxes: np.ndarray) -> Box:
    """The box around some, int (n, 4)."""
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    return Box(int(left), int(top), int(right - left), int(bottom - top))


def _overlap_others(boxes: np.ndarray, box: Box, count: int) -> bool:
    """Whether a box around so many components meets the boxes of others, int (n, 4), too."""
    met = (boxes[:, 0] < box.x + box.width) & (boxes[:, 2] > box.x)
    met &= (boxes[:, 1] < box.y + box.height) & (boxes[:, 3] > box.y)
    return int(np.count_nonzero(met)) > count


def _heights(boxes: np.ndarray) -> np.ndarray:
    return boxes[:, 3] - boxes[:, 1]


def _sizes(boxes: np.ndarray) -> np.ndarray:
    """The longer side of each box, int (n,)."""
    return (boxes[:, 2:] - boxes[:, :2]).max(axis=1)


def _may_be_strokes(runs: Runs, boxes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Which components are no edges of a sheet, bool (n,).

    Args:
        runs: the ink.
        boxes: int (n, 4), as `find_boxes` gives them.
        shape: height and width of the drawing.
    """
    sizes = _sizes(boxes)
    thickness = np.bincount(runs.components, runs.ends - runs.starts) / sizes
    left, top, right, bottom = boxes.T
    height, width = shape
    is_outermost = (right <= _NEAR_EDGE * width) | (left >= (1 - _NEAR_EDGE) * width)
    is_outermost |= (bottom <= _NEAR_EDGE * height) | (top >= (1 - _NEAR_EDGE) * height)
    is_edge = is_outermost & (thickness < _THIN * thickness.max())
    return ~is_edge
