"""Connected components of ink, found as runs of pixels."""

from dataclasses import dataclass, replace

import numpy as np

# Ink weaker than this share of the strongest counts as background. MNIST's own bounding boxes come out right from 0.02
# to 0.1; JPEG noise and the grain of paper stay out from 0.1.
INK_LEVEL = 0.1
# The label of ink that belongs to no component of interest, and that of the background.
OTHER, BACKGROUND = -1, -2


@dataclass(frozen=True, eq=False)
class Runs:
    """Ink as horizontal runs of pixels: components are found and compared quickly, without an image for each.

    Attributes:
        rows, starts, ends: int (n,), the row, the first column, and the column after the last.
        components: int (n,), the label of the component that each run belongs to.
    """

    rows: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    components: np.ndarray


def find_runs(inked: np.ndarray) -> Runs:
    """Finds the runs of ink in a picture, bool (h, w); runs that touch, also at corners, share a component."""
    height, width = inked.shape
    # One empty column more, so that no run goes on in the next row.
    stride = width + 1
    flat = np.zeros(height * stride + 1, bool)
    flat[1:].reshape(height, stride)[:, :width] = inked
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    starts, ends = changes[::2], changes[1::2]
    # The runs of the next row that touch each: from the first that ends no earlier to the last that starts no later.
    first = np.searchsorted(ends, starts + stride)
    counts = np.maximum(np.searchsorted(starts, ends + stride, "right") - first, 0)
    upper = np.repeat(np.arange(len(starts)), counts)
    lower = np.arange(len(upper)) - np.repeat(np.cumsum(counts) - counts - first, counts)
    rows = starts // stride
    return Runs(rows, starts - rows * stride, ends - rows * stride, join(len(starts), upper, lower))


def join(count: int, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Labels of runs 0..count - 1, int (count,), where each pair (upper, lower) is connected."""
    component = np.arange(count)
    while True:
        one, other = component[upper], component[lower]
        if np.array_equal(one, other):
            return np.unique(component, return_inverse=True)[1]
        least = np.minimum(one, other)
        np.minimum.at(component, one, least)
        np.minimum.at(component, other, least)
        # Each follows its chain to the end, so that long strokes take few rounds.
        while not np.array_equal(component, further := component[component]):
            component = further


def find_boxes(runs: Runs) -> np.ndarray:
    """The bounding box of each component: int (n, 4), left, top, right, bottom; the last two are exclusive."""
    order = np.argsort(runs.components, kind="stable")
    first = np.searchsorted(runs.components[order], np.arange(runs.components.max() + 1))
    rows, starts, ends = runs.rows[order], runs.starts[order], runs.ends[order]
    least, most = np.minimum.reduceat, np.maximum.reduceat
    return np.stack([least(starts, first), least(rows, first), most(ends, first), most(rows, first) + 1], axis=1)


def label(inked: np.ndarray) -> np.ndarray:
    """Labels the connected components of a picture; pixels that touch at a corner are connected.

    Args:
        inked: bool (h, w).

    Returns:
        int (h, w): 0 on the background, and 1, 2, ... for the components in the order of their first pixels.
    """
    runs = find_runs(inked)
    return paint(replace(runs, components=runs.components + 1), inked.shape, background=0)


def paint(runs: Runs, shape: tuple[int, int], background: int = BACKGROUND) -> np.ndarray:
    """An image of the labels: int32 of a shape (h, w)."""
    painted = np.full(shape, background, np.int32)
    lengths = runs.ends - runs.starts
    first = runs.rows * shape[1] + runs.starts
    places = np.arange(lengths.sum()) + np.repeat(first - np.cumsum(lengths) + lengths, lengths)
    painted.reshape(-1)[places] = np.repeat(runs.components, lengths)
    return painted
