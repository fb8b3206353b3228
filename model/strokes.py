"""Pen strokes drawn as the pad draws them: round caps and joints, white ink on black, soft edges."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

PAD_SIZE = 280

# A stroke's path: float (k, 2), x and y in pixels, y downward.
Stroke = np.ndarray

_OVERSAMPLING = 3


def draw_strokes(strokes: Sequence[Stroke], width: float, size: tuple[int, int] = (PAD_SIZE, PAD_SIZE)) -> np.ndarray:
    """Draws strokes on a pad.

    Args:
        strokes: paths in pixels of the pad; a path of one point is a dot.
        width: of the pen, in pixels.
        size: width and height of the pad, in pixels.

    Returns:
        uint8 (height, width) in 0..255, ink 255 on ground 0.
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
