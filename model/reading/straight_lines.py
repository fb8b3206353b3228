"""Finds long straight lines in a component of ink, level or upright, whatever crosses them."""

from dataclasses import dataclass

import numpy as np

# Slopes that are tried, in pixels aside a pixel along: 12 degrees either way, then finer ones around the best.
_SLOPES = np.tan(np.deg2rad(np.linspace(-12, 12, 25)))
_FINER = np.linspace(-1, 1, 13) * (_SLOPES[13] - _SLOPES[12])
# Points belong to one line if they are no further from it than this, in pixels.
_NEAR = 2.0
# A line has at least this many points, and at least this share of the component's width and of the longest line.
_LEAST = 10
_LEAST_SHARE = 0.25
# So many points are looked at, at once.
_MOST_POINTS = 5_000
# A component has at most this many lines in each direction.
_MOST_LINES = 100
# A line is seen in at least this share of its length.
_SEEN = 0.35
# A line has no gap of more than this many pixels that is also more than this share of the component's width.
_GAP = (3, 0.02)
# A line is this many times as long as thick.
_THIN = 12
# Ink thicker than a line by this factor, and by this many pixels, is a stroke that crosses it.
_THICKER = 1.6
_MORE = 1.0


@dataclass(frozen=True, eq=False)
class StraightLine:
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

    def crossing(self, upright: "StraightLine") -> tuple[slice, slice]:
        """The rows and columns where this line crosses an upright one, or would if it were a little longer."""
        (left, y), (right, y_right) = self.ends
        (x, top), (x_bottom, bottom) = upright.ends
        # Close to straight, and to level or upright, as each line is, their middles will do.
        x, y = (x + x_bottom) / 2, (y + y_right) / 2
        wide, high = upright.thickness + _MORE, self.thickness + _MORE
        if not (left - wide <= x <= right + wide and top - high <= y <= bottom + high):
            return slice(0, 0), slice(0, 0)
        return slice(max(0, int(y - high)), int(y + high) + 1), slice(max(0, int(x - wide)), int(x + wide) + 1)


def straight_lines(painted: np.ndarray, component: int, box: np.ndarray, is_upright: bool) -> list[StraightLine]:
    """Finds the long straight lines of a component, in pixels of the drawing.

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
        StraightLine(line.along + along, line.tops + across, line.bottoms + across, is_upright)
        for line in _lines_along(own.T if is_upright else own, is_upright)
    ]


def _lines_along(inked: np.ndarray, is_upright: bool) -> list[StraightLine]:
    """The long straight lines from left to right in a picture, bool (h, w)."""
    padded = np.pad(inked, ((1, 1), (0, 0)))
    # The middle of each upright run of ink stands for it.
    along, tops = np.nonzero((padded[1:-1] & ~padded[:-2]).T)
    bottoms = np.nonzero((padded[1:-1] & ~padded[2:]).T)[1] + 1
    middles = (tops + bottoms - 1) / 2
    left = np.ones(len(along), bool)
    lines: list[StraightLine] = []
    least = max(_LEAST, _LEAST_SHARE * inked.shape[1])
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
            line = StraightLine(along[part], tops[part], bottoms[part], is_upright)
            if len(part) >= _SEEN * line.length and line.length >= _THIN * line.thickness:
                lines.append(line)
                least = max(least, _LEAST_SHARE * len(part))
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
    slope, offset = 0.0, 0.0
    for slopes in (_SLOPES, _FINER):
        slopes = slope + slopes
        offsets = middles - slopes[:, np.newaxis] * along
        low = offsets.min()
        # Each slope has places of its own, in which its points are counted.
        places = ((offsets - low) / _NEAR).astype(int)
        width = int(places.max()) + 1
        best = int(np.bincount((places + width * np.arange(len(slopes))[:, np.newaxis]).ravel()).argmax())
        slope, offset = float(slopes[best // width]), float(low + (best % width + 0.5) * _NEAR)
    return slope, offset
