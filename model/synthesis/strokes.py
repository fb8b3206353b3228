"""Pen strokes: typed as text, smoothed, placed, and drawn as the pad draws them.

A stroke is typed as its control points in a box of 100 x 100, y downward: `12,50` is a point on a smooth curve and
`12,50!` a sharp corner. A coordinate may be a range, as in `20:40,0`: one amount a sample, the same for all of its
points, slides from the first value to the second, so that a style spans the way between two shapes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from model.images import PAD_SIZE

# A stroke's path: float (k, 2), x and y in pixels, y downward.
Stroke = np.ndarray
_OVERSAMPLING = 3


@dataclass(frozen=True, eq=False)
class TypedStroke:
    """A stroke as it was typed.

    Attributes:
        start: float (k, 2), x and y of the control points at one end of their ranges, in units of the box.
        stop: float (k, 2), the same at the other end.
        corners: bool (k,), which of them are sharp.
    """

    start: np.ndarray
    stop: np.ndarray
    corners: np.ndarray

    def control_points(self, amount: float = 0.0) -> np.ndarray:
        """The control points, an amount of 0..1 along their ranges: float (k, 2)."""
        return self.start + amount * (self.stop - self.start)


def parse_stroke(text: str) -> TypedStroke:
    """Reads a typed stroke; see the module's docstring for the language."""
    points = text.split()
    # (k, 2, 2): point, axis, end of the range.
    ends = np.array([[_range(number) for number in point.rstrip("!").split(",")] for point in points]) / 100
    return TypedStroke(ends[..., 0], ends[..., 1], np.array([point.endswith("!") for point in points]))


def _range(number: str) -> tuple[float, float]:
    first, _, last = number.partition(":")
    return float(first), float(last or first)


def smooth_path(points: np.ndarray, corners: Iterable[int] = (), steps: int = 8) -> Stroke:
    """A curve through points: Catmull-Rom splines that meet at the corners.

    Args:
        points: float (k, 2), k at least 2.
        corners: indices of the points at which the curve may change its direction at once.
        steps: how many pieces each gap between two given points is cut into.

    Returns:
        float ((k - 1) * steps + 1, 2).
    """
    ends = [0, *(corner for corner in corners if 0 < corner < len(points) - 1), len(points) - 1]
    return np.concatenate([points[:1], *(_spline(points[a : b + 1], steps) for a, b in pairwise(ends))])


def _spline(points: np.ndarray, steps: int) -> np.ndarray:
    """A Catmull-Rom spline through points, in Hermite's form, without its first one: float ((k - 1) * steps, 2)."""
    tangents = np.gradient(points, axis=0)
    t = (np.arange(1, steps + 1) / steps)[:, np.newaxis]
    basis = (2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t, 3 * t**2 - 2 * t**3, t**3 - t**2)
    pieces = [
        basis[0] * points[i] + basis[1] * tangents[i] + basis[2] * points[i + 1] + basis[3] * tangents[i + 1]
        for i in range(len(points) - 1)
    ]
    return np.concatenate(pieces)


def draw_strokes(strokes: Sequence[Stroke], width: float, size: tuple[int, int] = (PAD_SIZE, PAD_SIZE)) -> np.ndarray:
    """Draws strokes on a pad.

    Args:
        strokes: paths in pixels of the pad; a path of one point is a dot.
        width: of the pen, in pixels.
        size: width and height of the pad, in pixels.

    Returns:
        uint8 (height, width) in 0..255, ink 255 on background 0.
    """
    # Drawn larger and averaged down, since Pillow's lines have no soft edges.
    canvas = Image.new("L", (size[0] * _OVERSAMPLING, size[1] * _OVERSAMPLING))
    draw = ImageDraw.Draw(canvas)
    radius = width * _OVERSAMPLING / 2
    for stroke in strokes:
        path = [(float(x) * _OVERSAMPLING, float(y) * _OVERSAMPLING) for x, y in stroke]
        if len(path) > 1:
            draw.line(path, fill=255, width=max(1, round(2 * radius)))
        for x, y in path:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(canvas.reduce(_OVERSAMPLING))


def place_strokes(
    strokes: Sequence[Stroke], height: float, center: tuple[float, float], tilt: float = 0.0
) -> list[Stroke]:
    """Scales strokes to a given size, turns them, and moves them.

    Args:
        strokes: paths in any unit, y downward.
        height: the longer side of their common box after scaling, in pixels; it is measured along the paths, so that
            the ink is one pen width larger.
        center: x and y of the middle of that box, in pixels.
        tilt: clockwise turn around that middle, in degrees.

    Returns:
        The paths in pixels; strokes that are all one point stay a point.
    """
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = height / max(float((high - low).max()), 1e-9)
    cos, sin = np.cos(np.deg2rad(tilt)), np.sin(np.deg2rad(tilt))
    turn = np.array([[cos, sin], [-sin, cos]])
    return [((np.asarray(stroke, float) - (low + high) / 2) * scale) @ turn + center for stroke in strokes]


def deform(
    rng: np.random.Generator, strokes: Sequence[Stroke], shear: tuple[float, float], stretch: tuple[float, float]
) -> list[Stroke]:
    """Changes the proportions of a whole digit or letter, bends, stretches and slants it.

    Args:
        rng: the random generator.
        strokes: paths in a box of about 1 x 1, y downward.
        shear: least and largest, in widths a height, rightward at the top.
        stretch: least and largest logarithm of the factor by which it gets wider.

    Returns:
        One path a stroke.
    """
    waist = rng.uniform(-0.3, 0.3)
    taper = rng.uniform(-0.25, 0.25)
    bend = rng.normal(0, 0.02, 2)
    phase = rng.uniform(0, 2 * np.pi, 2)
    wider = np.exp(rng.uniform(*stretch))
    slant = rng.uniform(*shear)
    deformed = []
    for stroke in strokes:
        x, y = stroke.T
        # The upper half grows at the lower one's cost, or the other way; its width likewise.
        y = y + waist * y * (1 - y)
        x = (x - 0.5) * (1 + taper * (2 * y - 1))
        bent_x = x + bend[0] * np.sin(4 * y + phase[0])
        bent_y = y + bend[1] * np.sin(4 * x + phase[1])
        deformed.append(np.column_stack([0.5 + bent_x * wider + slant * (0.5 - bent_y), bent_y]))
    return deformed
