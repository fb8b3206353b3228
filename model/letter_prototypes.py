"""Letters as people draw them, typed in as strokes: material for images that are not digits."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from model.strokes import Stroke

# Styles of each letter on a grid of 10 x 10, y downward. ";" lifts the pen and "*" marks a corner; everywhere else the
# path bends smoothly. Left out are the letters that, alone in a box, could be a digit; see `model.glyphs.LEFT_OUT`.
LETTERS: dict[str, tuple[str, ...]] = {
    "A": (
        "0,10 5,0* 10,10; 2,6 8,6",
        "0,10 4,0* 8.5,10; 1.2,6.6 7.4,6.2",
        "0,10 1,3 4,0 7,3 8,10; 0.5,6 7.8,6",
        "0,10 5,0* 9,10* 1.5,6.5* 7.5,6",
    ),
    "E": (
        "7,0 0,0* 0,10* 7,10; 0,5 6,5",
        "0,0 0,10; 0,0 7,0; 0,5 6,5; 0,10 7,10",
        "7,1.5 3.5,0 0.8,2 3,4.7* 0,7.5 3,10 7.5,8.5",
    ),
    "F": (
        "0,0 0,10; 0,0 7,0; 0,5 5.5,5",
        "7,0 0.5,0* 0,10; 0,5 5,4.5",
        "7.5,0.5 0,0; 1,0.2 0.5,10; 0.8,5 6,4.8",
    ),
    "H": (
        "0,0 0,10; 7,0 7,10; 0,5 7,5",
        "0,0 0,10* 0,5* 7,4.5; 7,0 7,10",
        "0,0 0.3,10; 7,0 6.7,10; -1,5.5 8,4.8",
    ),
    "K": (
        "0,0 0,10; 7,0 0.2,5.5* 7.5,10",
        "0,0 0,10; 7,0 0,5; 2,4 7.5,10",
        "0,0 0,10; 7,0.5 3,4 0.7,5.5* 3.5,6.5 7.5,10",
    ),
    "M": (
        "0,10 0,0* 4.5,6* 9,0* 9,10",
        "0,10 1.5,0* 5,8* 8.5,0* 10,10",
        "0,10 1,1 2.5,0.5 4.8,7* 7,0.5 8.5,1 10,10",
        "0,0 0,10; 0,0.5 4.5,5.5* 9,0; 9,0 9,10",
    ),
    "N": (
        "0,10 0,0* 7,10* 7,0",
        "0,10 1,0* 6.5,10* 8,0",
        "0,0 0,10; 0,0 7,10* 7,0",
        "0,10 0.7,1 2,0.5 5,8 6.5,9.5 7.5,0",
    ),
    "R": (
        "0,0 0,10; 0,0 5,0 6.5,2.5 5,5 0,5.2* 7,10",
        "0,10 0,0* 4.5,0 6,2.5 4,4.8 0.3,5* 6.5,10",
        "0.5,0.5 0.5,10; -1,1.5 3,-0.3 6,1.5 5,4.5 1.5,5.2* 4,7.5 7,10",
    ),
    "V": ("0,0 4,10* 8,0", "0,0.5 1,0 4,10* 8.5,0", "0,0 3.3,9 4,10 4.7,9 8,0"),
    "W": (
        "0,0 2.5,10* 5,2* 7.5,10* 10,0",
        "0,0 1,8 2.5,10 4.5,8 5,3* 5.5,8 7.5,10 9.3,7 10,0",
        "0,0 2,9 3,9.5 5,1* 7,9.5 8,9 10,0",
    ),
    "X": (
        "0,0 8,10; 8,0 0,10",
        "0,0 1.5,0 6.5,10 8,9.5; 8,0 0,10",
        "0,0.5 2,0.5 4,4.5 4,5.5 2,9.5 0,9.5; 8,0.5 6,0.5 4.2,4.5 4.2,5.5 6,9.5 8,9.5",
    ),
    "k": (
        "0,0 0,10; 5,4 0,7* 5.5,10",
        "1,10 1,0; 5.5,3.5 1.2,6.8; 2,6 6,10",
        "0,0 0,10* 0,6.5* 3,4 4.5,5 3,6.5 0.5,6.8* 5.5,10",
        "0,7 2.5,2 2.5,0 1.5,0 1,3 1,10* 1.2,6 3.5,4.5 4.5,5.5 1.6,7* 5.5,10",
    ),
    "m": (
        "0,3 0,10* 0,5 2,3 3.5,5 3.5,10* 3.5,5 5.5,3 7,5 7,10",
        "-1,4.5 0,3 0.3,4 0.3,10* 0.6,5.5 2,3.2 3.5,5 3.5,10* 3.8,5.5 5.5,3.2 7,5 7,9 8,10 9,9",
        "0,3 0,10* 2,3.3* 3.2,10* 5.2,3.3* 6.6,10",
        "0,10 0.5,4 2,3 3.5,5 3.5,10* 3.8,5 5.5,3 7,5 7.2,10",
    ),
    "n": (
        "0,3 0,10* 0.2,6 2.5,3 5,5 5,10",
        "0,4 0.5,3 0.7,10* 1,5.5 3,3.2 5,5 5,9 6,10 7.2,9",
        "0,3 0,10; 0,6 2.5,3 5,5.5 5,10",
    ),
    "v": ("0,3 3,10* 6,3", "0,3.5 0.8,3 3,10* 5.5,4 7,3.2", "0,3 2.4,9 3,10 3.6,9 6,3"),
    "w": (
        "0,3 0.5,8.5 2,10 3.8,8 4,4* 4.2,8.5 6,10 7.6,7.5 8,3",
        "0,3 2,10* 4,4* 6,10* 8,3",
        "0,3 1.5,9.5 2.5,9.5 4,4* 5.5,9.5 6.5,9.5 7.6,4 9,4.5",
    ),
    "x": (
        "0,3 6,10; 6,3 0,10",
        "0,3.5 1,3 5,10 6.5,9.3; 6,3 0,10",
        "0,3.3 1.5,3.3 3,6 3,7 1.5,9.7 0,9.7; 6,3.3 4.5,3.3 3.2,6 3.2,7 4.5,9.7 6,9.7",
    ),
    "P": ("0,0 0,10; 0,0 5,0.3 6.5,2.8 5,5 0,5.3", "0,10 0,0* 5,0.3 6.5,2.8 5,5 0,5.3"),
    "π": ("0,2 9,2; 2.5,2 1.5,10; 6.5,2 6.5,9 7.5,10",),
    "Ψ": ("0,0 0.5,4 4,6.5 7.5,4 8,0; 4,0 4,10",),
    "Ж": ("0,0 8,10; 8,0 0,10; 4,0 4,10",),
    "И": ("0,0 0,10* 7,0* 7,10",),
    "Ш": ("0,0 0,10* 8,10* 8,0; 4,0 4,10",),
    "大": ("0,3.5 10,3.5; 5,0 4.5,5 0.5,10; 5,4 9.5,10",),
    "木": ("0,3 10,3; 5,0 5,10; 5,3 1,8; 5,3 9,8",),
    "田": ("0,0 0,10; 0,0 10,0* 10,10; 5,0 5,10; 0,5 10,5; 0,10 10,10",),
    "开": ("1,1 9,1; 0,5 10,5; 3.5,1 3.3,6 1,10; 7,1 7,10",),
}


def draw_letter(letter: str, rng: np.random.Generator) -> list[Stroke]:
    """Strokes of one letter, in one of its styles and in a hand of its own.

    Args:
        letter: a key of `LETTERS`.
        rng: where style, jitter, slant and proportions come from.

    Returns:
        One path a stroke, float (k, 2), y downward, in units of about a tenth of the letter.
    """
    styles = LETTERS[letter]
    strokes = [_parse(stroke) for stroke in styles[rng.integers(len(styles))].split(";")]
    slant, aspect = rng.uniform(-0.12, 0.32), np.exp(rng.normal(0, 0.15))
    shape = np.array([[aspect, 0], [-slant, 1]])
    jitter = rng.uniform(0.15, 0.45)
    paths = []
    for points, corners in strokes:
        # The whole stroke slips a little against the others, each of its points on top of that.
        points = points + rng.normal(0, jitter, points.shape) + rng.normal(0, 0.25, 2)
        paths.append(smooth_path(points @ shape, corners))
    return paths


def _parse(stroke: str) -> tuple[np.ndarray, list[int]]:
    """The points of a typed stroke, float (k, 2), and the indices of its corners."""
    words = stroke.split()
    points = np.array([[float(number) for number in word.rstrip("*").split(",")] for word in words])
    return points, [index for index, word in enumerate(words) if word.endswith("*")]


def smooth_path(points: np.ndarray, corners: Sequence[int] = (), steps: int = 8) -> Stroke:
    """A curve through points: Catmull-Rom splines that meet at the corners.

    Args:
        points: float (k, 2), k at least 2.
        corners: indices of the points where the curve may break its direction.
        steps: how many points each gap between two given points becomes.

    Returns:
        float ((k - 1) * steps + 1, 2).
    """
    ends = [0, *corners, len(points) - 1]
    pieces = [_spline(points[a : b + 1], steps) for a, b in pairwise(ends)]
    return np.concatenate([*pieces, points[-1:]])


def _spline(points: np.ndarray, steps: int) -> np.ndarray:
    """A Catmull-Rom spline through points, without its last one: float ((k - 1) * steps, 2)."""
    # The neighbours that the two ends lack are mirrored, so that a curve of two points is a straight line.
    before, after = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    p0, p1, p2, p3 = (np.concatenate([[before], points, [after]])[i : i + len(points) - 1, None] for i in range(4))
    t = (np.arange(steps) / steps)[:, None]
    curve = p1 + t / 2 * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)))
    return curve.reshape(-1, 2)
