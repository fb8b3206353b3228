"""Finds the rows in which the components of a drawing stand, such as the lines of a page."""

import numpy as np

from model.reading.components import join

# A component of at least this share of the tallest one's height may stand in a row of its own; smaller ones are parts
# of digits or signs, and belong to the row of what is next to them.
_TALL = 0.4
# Two components stand in one row if they have this share of the lower one's height in common, once the rows are level.
_IN_COMMON = 0.5
# Slopes that are tried, in pixels downward a pixel to the right: 12 degrees either way, the level one first.
_SLOPES = np.tan(np.deg2rad(sorted(np.linspace(-12, 12, 17), key=abs)))
# What takes less than this many times the height of its tallest component is one row.
_ONE_ROW = 1.5
# The strokes of one digit that stand one on the other, such as the circles of an 8, are no further apart than this
# share of their mean height.
_STACKED = 0.1


def find_rows(boxes: np.ndarray) -> np.ndarray:
    """Finds the rows.

    Args:
        boxes: int (n, 4), left, top, right and bottom of each component.

    Returns:
        int (n,), the row of each component, counted from the top.
    """
    heights = boxes[:, 3] - boxes[:, 1]
    tall = np.flatnonzero(heights >= _TALL * heights.max(initial=0))
    rows = np.zeros(len(boxes), int)
    if len(tall) < 2:
        return rows
    # Most drawings are one row, in which each component has that much in common with each other.
    if boxes[tall, 3].min() - boxes[tall, 1].max() >= _IN_COMMON * heights.max():
        return rows
    of_tall = _rows_of_tall(boxes[tall])
    rows[tall] = of_tall
    for small in np.setdiff1d(np.arange(len(boxes)), tall):
        rows[small] = of_tall[_distances(boxes[small], boxes[tall]).argmin()]
    return rows


def _rows_of_tall(boxes: np.ndarray) -> np.ndarray:
    """The rows of components that are each tall enough for one, int (n,)."""
    middle = boxes[:, [0, 2]].mean(axis=1)
    best, least = np.zeros(len(boxes), int), np.inf
    for slope in _SLOPES:
        level = boxes[:, [1, 3]] - (slope * middle)[:, np.newaxis]
        rows = _level_rows(level)
        # Where rows are level, they take the least height.
        taken = sum(np.ptp(level[rows == row]) for row in range(rows.max() + 1))
        if taken < 0.999 * least:
            best, least, ends = rows, taken, level
        if not best.any() and least < _ONE_ROW * (boxes[:, 3] - boxes[:, 1]).max():
            return best
    rows = _without_stacks(best, boxes)
    order = np.argsort([ends[rows == row].mean() for row in range(rows.max() + 1)])
    return np.argsort(order)[rows]


def _level_rows(ends: np.ndarray) -> np.ndarray:
    """The rows of components between these heights, float (n, 2), top and bottom: int (n,), in no order."""
    top, bottom = ends.T
    shared = np.minimum(bottom[:, np.newaxis], bottom) - np.maximum(top[:, np.newaxis], top)
    height = bottom - top
    one, other = np.nonzero(np.triu(shared >= _IN_COMMON * np.minimum(height[:, np.newaxis], height), 1))
    return join(len(ends), one, other)


def _without_stacks(rows: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """The same rows, those joined that hold the upper and the lower strokes of the same digits: int (n,)."""
    left, top, right, bottom = boxes.T
    height = bottom - top
    aligned = np.minimum(right[:, np.newaxis], right) - np.maximum(left[:, np.newaxis], left)
    gap = np.maximum(top[:, np.newaxis], top) - np.minimum(bottom[:, np.newaxis], bottom)
    is_stack = (aligned > 0) & (gap < _STACKED * (height[:, np.newaxis] + height) / 2)
    count = rows.max() + 1
    in_row = rows == np.arange(count)[:, np.newaxis]
    # Each stroke of one row stands on, or under, one of the other.
    all_stacked = np.array([[is_stack[one][:, other].any(axis=1).all() for other in in_row] for one in in_row])
    one, other = np.nonzero(np.triu(all_stacked & all_stacked.T, 1))
    return join(count, one, other)[rows]


def _distances(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How far a box, int (4,), is from each of others, int (n, 4): float (n,), in pixels, 0 where they overlap."""
    across = np.maximum(others[:, 0] - box[2], box[0] - others[:, 2])
    down = np.maximum(others[:, 1] - box[3], box[1] - others[:, 3])
    return np.hypot(np.maximum(across, 0), np.maximum(down, 0))
