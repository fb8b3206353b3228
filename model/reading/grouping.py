"""Groups neighbouring components that may form one digit, by geometry alone.

Geometry settles most cases. Components side by side that are as tall as a digit are digits of their own; a small
component belongs to its neighbour; and components that no slanted line separates belong together.
"""

import numpy as np

from model.reading.components import Runs

# Sizes and distances are shares of the row's height, which is that of its tallest component.
# Pieces lower than this are parts of a digit, such as the bar of a 5 or 7.
_PART = 0.35
# Pieces higher than this may be digits.
_TALL = 0.6
# Lines that lean this much, in pixels sideways a pixel upward, are tried between two components: 35 degrees either way.
_LEANINGS = np.linspace(-0.7, 0.7, 15)
# A digit has at most this many components.
_COMPONENTS_A_DIGIT = 4
# Geometry gives log-odds, in nats, that two components belong to one digit. Groups below this are no digit.
_HOPELESS = -6.0
# Two components that are cut off by the top or by the bottom of the drawing, and have columns in common, may well meet
# outside of it.
_SUPPORT_OUTSIDE = 1.0


def find_groups(runs: Runs, boxes: np.ndarray, shape: tuple[int, ...]) -> list[tuple[range, float]]:
    """Finds the groups of neighbouring components that may be one digit.

    Args:
        runs: the ink; the components of the row are numbered as the boxes are, from left to right.
        boxes: int (n, 4), left, top, right and bottom of each component of one row.
        shape: height and width of the drawing.

    Returns:
        Groups by their first component, with the log-odds, in nats, that they form one digit rather than one each. Each
        component by itself is one.
    """
    heights = boxes[:, 3] - boxes[:, 1]
    either_way = _support(runs, boxes, shape) if len(boxes) > 1 else np.zeros((1, 1))
    either_way = np.maximum(either_way, either_way.T)
    groups = []
    for start in range(len(boxes)):
        for stop in range(start + 1, min(start + _COMPONENTS_A_DIGIT, len(boxes)) + 1):
            # Each component joins one taller than it, so that the bar between an 8 and a 7 joins only one of them.
            by_height = start + np.argsort(-heights[start:stop], kind="stable")
            total = sum(float(either_way[by_height[n], by_height[:n]].max()) for n in range(1, len(by_height)))
            if total > _HOPELESS:
                groups.append((range(start, stop), total))
    return groups


def _support(runs: Runs, boxes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Log-odds that two components belong to one digit, by geometry: float (n, n), above the diagonal.

    Args:
        runs, boxes, shape: as `find_groups` takes them.
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
