"""Finds which connected components of a drawing form a digit, where it may hold several digits side by side.

A digit has one component or several (a 5 with a loose bar, a 4 in two strokes), so neighbouring components may or may
not belong to one digit. Geometry settles most cases. Components side by side that are as tall as a digit are digits of
their own; a small component belongs to its neighbour; and components that no slanted line separates belong together.
`find_candidates` lists every group of components that geometry allows, with its log-odds. `choose` picks the most
likely combination, and has the network classify what may be in it. Digits that touch are one component, which
`model.reading.cutting` cuts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.reading.components import BACKGROUND, INK_LEVEL, OTHER, Runs, find_boxes, find_runs, paint
from model.reading.ink import Box

# Sizes and distances are shares of the line's height, which is that of its tallest component.
# Pieces smaller than this are specks, whatever they are next to.
_SPECK = 0.1
# The edge of a sheet in a scan is a line no further from the edge of the drawing than the first share of its side, and
# thinner than the second share of the thickest component. How thick one is, its ink divided by its longer side tells:
# an 8 counts as three and a half times as thick as a 1 by the same pen.
_NEAR_EDGE, _THIN = 0.05, 1 / 6
# Groups smaller than this are dabs of the pen: no digit of a number is so much smaller than another.
_DAB = 0.22
# Pieces lower than the first are parts of a digit (the bar of a 5 or 7), higher than the second may be digits.
_PART, _TALL = 0.35, 0.6
# Lines that lean this much, in pixels sideways a pixel upward, are tried between two components: 35 degrees either way.
_LEANINGS = np.linspace(-0.7, 0.7, 15)
# A digit has at most this many components, and a drawing at most this many that matter: more are hatching or dots.
_COMPONENTS_A_DIGIT = 4
_MOST_COMPONENTS = 40
# Geometry gives log-odds, in nats, that two components belong to one digit. Groups below _HOPELESS are not classified.
# Probabilities of the network below _LEAST_PROBABILITY count as that, so that a group can still win by geometry.
_LEAST_PROBABILITY = 0.01
_HOPELESS = -6.0
# Two components that are cut off by the top or by the bottom of the drawing, and have columns in common, may well meet
# outside of it.
_SUPPORT_OUTSIDE = 1.0


@dataclass(frozen=True, eq=False)
class Candidate:
    """A group of components that may be one digit.

    Attributes:
        components: which components, counted from left to right.
        box: where its ink is in the drawing, in pixels.
        ink: float32 (box.height, box.width) in 0..1, without the ink of other components in the same box.
        support: log-odds, in nats, that these components form one digit rather than one each, by geometry alone.
        is_dab: whether it is far smaller than the other digits, and so not a digit.
    """

    components: range
    box: Box
    ink: np.ndarray
    support: float
    is_dab: bool


def find_candidates(ink: np.ndarray) -> list[Candidate]:
    """Finds the groups of ink that may be a digit.

    Args:
        ink: float32 (h, w) in 0..1, as `model.reading.ink.to_ink` gives it.

    Returns:
        Candidates by their first component; none where there is no ink. Each component by itself is a candidate.
    """
    runs = find_runs(ink > INK_LEVEL)
    if runs.rows.size == 0:
        return []
    boxes = find_boxes(runs)
    kept = np.flatnonzero(_may_be_strokes(runs, boxes, ink.shape))
    if len(kept) > _MOST_COMPONENTS:
        kept = kept[np.argsort(_sizes(boxes)[kept])[-_MOST_COMPONENTS:]]
    # From left to right.
    kept = kept[np.argsort(boxes[kept, 0] + boxes[kept, 2], kind="stable")]
    order = np.full(len(boxes), OTHER)
    order[kept] = np.arange(len(kept))
    runs = replace(runs, components=order[runs.components])
    heights = boxes[kept, 3] - boxes[kept, 1]
    groups = _groups(_support(runs, boxes[kept], ink.shape), heights) if len(kept) > 1 else [(range(1), 0.0)]
    candidates, painted = [], None
    for components, support in groups:
        own = boxes[kept[components]]
        (left, top), (right, bottom) = own[:, :2].min(axis=0), own[:, 2:].max(axis=0)
        part = ink[top:bottom, left:right]
        met = (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
        if np.count_nonzero(met) > len(components):
            if painted is None:
                painted = paint(runs, ink.shape)
            seen = painted[top:bottom, left:right]
            is_own = (seen >= components.start) & (seen < components.stop)
            part = np.where((seen == BACKGROUND) | is_own, part, np.float32(0))
        box = Box(int(left), int(top), int(right - left), int(bottom - top))
        candidates.append(Candidate(components, box, part, support, max(box.width, box.height) < _DAB * heights.max()))
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
    is_kept = _may_be_strokes(runs, boxes, ink.shape)
    (left, top), (right, bottom) = boxes[is_kept, :2].min(axis=0), boxes[is_kept, 2:].max(axis=0)
    own = ink[top:bottom, left:right]
    if not is_kept.all():
        painted = paint(replace(runs, components=np.where(is_kept, 0, OTHER)[runs.components]), ink.shape)
        own = np.where(painted[top:bottom, left:right] == OTHER, np.float32(0), own)
    return [Candidate(range(1), Box(int(left), int(top), int(right - left), int(bottom - top)), own, 0.0, False)]


def choose(candidates: Sequence[Candidate], classify: Callable[[list[int]], np.ndarray]) -> list[int]:
    """Picks the most likely combination of groups, such that each component is in exactly one of them.

    Args:
        candidates: as `find_candidates` gives them.
        classify: takes the indices of some candidates, and gives the probability of each one's best digit, float (n,)
            in 0..1. It is asked once for each candidate that may be in the answer, which is half of them or fewer.

    Returns:
        The indices of the groups that are digits, in reading order; dabs of the pen are left out.
    """
    # What is not classified yet counts as certain. So once all of the best combination is, no other can be better.
    probabilities = np.ones(len(candidates))
    is_known = np.zeros(len(candidates), bool)
    while True:
        best = _best_combination(candidates, probabilities)
        if not (missing := [index for index in best if not is_known[index]]):
            return [index for index in best if not candidates[index].is_dab]
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


def _sizes(boxes: np.ndarray) -> np.ndarray:
    """The longer side of each box, int (n,)."""
    return (boxes[:, 2:] - boxes[:, :2]).max(axis=1)


def _may_be_strokes(runs: Runs, boxes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Which components are neither specks beside the largest nor edges of a sheet, bool (n,).

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
    return (sizes >= _SPECK * sizes.max()) & ~is_edge


def _support(runs: Runs, boxes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Log-odds that two components belong to one digit, by geometry: float (n, n), above the diagonal.

    Args:
        runs: the ink; its components are numbered as the boxes are, from left to right, others below 0.
        boxes: int (n, 4), as `find_boxes` gives them.
        shape: height and width of the drawing.
    """
    heights = boxes[:, 3] - boxes[:, 1]
    line = heights.max()
    at_edge = np.stack([boxes[:, 1] == 0, boxes[:, 3] == shape[0]], axis=1)
    least, most = _leaning_extents(runs)
    points: dict[int, np.ndarray] = {}
    support = np.full((len(boxes), len(boxes)), -np.inf)
    for one in range(len(boxes)):
        for other in range(one + 1, min(one + _COMPONENTS_A_DIGIT, len(boxes))):
            # The widest slanted gap between the two; below 0 where no line parts them.
            gap = float(((least[other] - most[one]) / np.hypot(1, _LEANINGS)).max() / line)
            low, high = sorted((heights[one], heights[other]))
            overlap = float(min(boxes[one, 3], boxes[other, 3]) - max(boxes[one, 1], boxes[other, 1])) / low
            # What stands on the line beside another is a digit sooner than what lies above it or inside it.
            beside = _share(gap, -0.1, 0) * _share(overlap, 0.8, 0.95)
            is_digit = _share(low / line * (1 + 0.3 * beside), _PART, _TALL)
            width = max(boxes[one, 2], boxes[other, 2]) - min(boxes[one, 0], boxes[other, 0])
            aspect = width / (low + high - overlap * low)
            lower, taller = (one, other) if heights[one] < heights[other] else (other, one)
            raised = float((boxes[taller, 3] - boxes[lower, 3]) / line)
            support[one, other] = is_digit * _support_of_tall(gap, overlap, aspect, raised)
            if is_digit < 1:
                for component in (one, other):
                    if component not in points:
                        points[component] = _sample(runs, component)
                distance = _distance(points[one], points[other]) / line
                # A part is near what it is a part of, and often above, below or inside it.
                support[one, other] += (1 - is_digit) * (4 - 10 * distance + 2 * _share(gap, 0, -0.1))
            overlaps = boxes[one, 2] > boxes[other, 0] and boxes[other, 2] > boxes[one, 0]
            if overlaps and (at_edge[one] & at_edge[other]).any():
                support[one, other] = max(support[one, other], _SUPPORT_OUTSIDE)
    return support


def _support_of_tall(gap: float, overlap: float, aspect: float, raised: float) -> float:
    """Log-odds that two components belong to one digit if each is as tall as a digit.

    Args:
        gap: between them, as a share of the line's height, below 0 where they reach into each other.
        overlap: of their rows, as a share of the lower one's, below 0 where there are rows between them.
        aspect: width by height of the two together.
        raised: how far the lower one ends above the bottom of the taller one, as a share of the line's height.
    """
    # The first stroke of a 4 ends halfway down the second one. A digit that does is rare.
    side_by_side = -3 - 10 * max(gap, 0) + 4 * _share(raised, 0.15, 0.3) * _share(aspect, 1.1, 0.9)
    if gap <= 0:
        # The circles of an 8 stand one on the other, the slash of a 0 lies inside. Digits that reach into each other,
        # such as a 2 and a 9, do neither.
        return side_by_side + 8 * max(_share(gap, -0.1, -0.3), _share(overlap, 0.5, 0.2))
    # The second stroke of a 4 begins and ends further down than the first, and together they are narrow.
    return side_by_side + 6 * _share(overlap, 0.9, 0.65) * _share(aspect, 0.9, 0.65)


def _share(value: float, none: float, full: float) -> float:
    """How far a value is on its way from one at which nothing counts to one at which all does, 0..1."""
    return min(max((value - none) / (full - none), 0.0), 1.0)


def _leaning_extents(runs: Runs) -> tuple[np.ndarray, np.ndarray]:
    """How far each component reaches left and right of slanted lines, in pixels: two of float (n, slants)."""
    order = np.argsort(runs.components, kind="stable")
    order = order[np.count_nonzero(runs.components < 0) :]
    first = np.searchsorted(runs.components[order], np.arange(runs.components.max() + 1))
    shift = runs.rows[order, np.newaxis] * _LEANINGS
    left, right = runs.starts[order, np.newaxis] + shift, runs.ends[order, np.newaxis] + shift
    return np.minimum.reduceat(left, first), np.maximum.reduceat(right, first)


def _sample(runs: Runs, component: int) -> np.ndarray:
    """Points spread over a component, float (k, 2), x and y: five a run, of up to about 40 runs."""
    own = np.flatnonzero(runs.components == component)
    own = own[:: max(1, len(own) // 40)]
    across = runs.starts[own, np.newaxis] + (runs.ends - runs.starts)[own, np.newaxis] * np.linspace(0, 1, 5)
    return np.stack([across.ravel(), np.repeat(runs.rows[own], 5)], axis=1)


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    """The least distance between two sets of points, float (k, 2) each."""
    return float(np.sqrt(((one[:, np.newaxis] - other) ** 2).sum(axis=2).min()))


def _groups(support: np.ndarray, heights: np.ndarray) -> list[tuple[range, float]]:
    """The groups of neighbouring components that geometry allows, by their first component, with their log-odds.

    Args:
        support: float (n, n), as `_support` gives it.
        heights: int (n,), of the components.
    """
    either_way = np.maximum(support, support.T)
    groups = []
    for start in range(len(support)):
        for stop in range(start + 1, min(start + _COMPONENTS_A_DIGIT, len(support)) + 1):
            # Each component joins one taller than it, so that the bar between an 8 and a 7 joins only one of them.
            by_height = start + np.argsort(-heights[start:stop], kind="stable")
            total = sum(float(either_way[by_height[n], by_height[:n]].max()) for n in range(1, len(by_height)))
            if total > _HOPELESS:
                groups.append((range(start, stop), total))
    return groups
