"""Scribbles, lines, blots and simple shapes: what people draw on a pad when they do not draw a digit.

Each function gives strokes, float (k, 2) paths in units of about the drawing's size, y downward.
"""

import numpy as np

from model.synthesis.strokes import Stroke, smooth_path


def zigzag(rng: np.random.Generator) -> list[Stroke]:
    """To and fro at least six times, in any direction: fewer turns make a Z, a 2 or a 3."""
    turns = rng.integers(7, 14)
    sides = np.where(np.arange(turns) % 2, 1.0, -1.0) * rng.uniform(0.7, 1.1, turns)
    along = np.linspace(-1, 1, turns) * rng.uniform(0.5, 1.1) + rng.normal(0, 0.05, turns)
    points = _turned(np.column_stack([along, sides]), rng.uniform(0, 360))
    return [smooth_path(points, corners=range(1, turns - 1) if rng.random() < 0.5 else ())]


def spiral(rng: np.random.Generator) -> list[Stroke]:
    """Three turns or more: fewer make a 6, a 9 or a 0."""
    angle = np.linspace(0, 2 * np.pi * rng.uniform(3, 5), 120)
    radius = np.linspace(rng.uniform(0.05, 0.25), 1, 120) * (1 + 0.06 * np.sin(angle * rng.uniform(0.3, 0.7)))
    direction = rng.choice([-1, 1])
    turned = angle * direction + rng.uniform(0, 2 * np.pi)
    return [np.column_stack([radius * np.cos(turned), radius * np.sin(turned) * rng.uniform(0.75, 1)])]


def tangle(rng: np.random.Generator) -> list[Stroke]:
    """A smooth curve that runs from side to side many times."""
    points = [rng.uniform(-1, 1, 2)]
    for _ in range(rng.integers(12, 20)):
        # The farthest of four random places comes next, so that the curve keeps crossing itself.
        places = rng.uniform(-1, 1, (4, 2))
        points.append(places[np.linalg.norm(places - points[-1], axis=1).argmax()])
    return [smooth_path(np.array(points) * [rng.uniform(0.8, 1.4), 1])]


def hatching(rng: np.random.Generator) -> list[Stroke]:
    """Four or more lines side by side, sometimes with others across them."""
    strokes = _parallels(int(rng.integers(4, 8)), rng)
    if rng.random() < 0.5:
        strokes += [_turned(line, 90) for line in _parallels(int(rng.integers(2, 6)), rng)]
    return _all_turned(strokes, rng.uniform(0, 360))


def crossed_lines(rng: np.random.Generator) -> list[Stroke]:
    """Three to six straight lines through the middle."""
    count = rng.integers(3, 7)
    angles = 180 / count * np.arange(count) + rng.normal(0, 10, count) + rng.uniform(0, 180)
    return [_turned(np.array([[-1.0, 0], [1, 0]]) * rng.uniform(0.6, 1) + rng.normal(0, 0.08, 2), a) for a in angles]


def line(rng: np.random.Generator) -> list[Stroke]:
    """One line that lies, tilted by up to 20 degrees: a steeper one is a 1."""
    bow = rng.normal(0, 0.04)
    return [_turned(smooth_path(np.array([[-1, 0], [0, bow], [1, 0]])), rng.uniform(-20, 20))]


def parallel_lines(rng: np.random.Generator) -> list[Stroke]:
    """Two or three lines that lie one below the other."""
    count = rng.integers(2, 4)
    strokes = [np.array([[-1.0, y], [rng.uniform(0.7, 1), y + rng.normal(0, 0.06)]]) for y in np.arange(count) * 0.6]
    return _all_turned(strokes, rng.uniform(-15, 15))


def wave(rng: np.random.Generator) -> list[Stroke]:
    """A wave that lies, with two periods or more."""
    x = np.linspace(-1, 1, 80)
    y = rng.uniform(0.12, 0.45) * np.sin(np.pi * rng.uniform(2, 4.5) * x + rng.uniform(0, 6))
    return _all_turned([np.column_stack([x, y])], rng.uniform(-15, 15))


def polygon(rng: np.random.Generator) -> list[Stroke]:
    """The outline of a triangle, or of a rectangle that is at least as wide as tall: a tall one is a 0."""
    corners = [[0, -1], [1, 0.8], [-1, 0.8]] if rng.random() < 0.5 else [[-1, -1], [1, -1], [1, 1], [-1, 1]]
    points = (np.array(corners) + rng.normal(0, 0.07, (len(corners), 2))) * [rng.uniform(1.05, 1.8), 1]
    return _all_turned([np.concatenate([points, points[:1]])], rng.uniform(-12, 12))


def star(rng: np.random.Generator) -> list[Stroke]:
    """A star of five points in one stroke, crossing itself."""
    angle = np.deg2rad(-90 + 144 * np.arange(6))
    points = np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(0, 0.06, (6, 2))
    return _all_turned([points], rng.uniform(-15, 15))


def arrow(rng: np.random.Generator) -> list[Stroke]:
    """An arrow to the left or to the right, sometimes to both; one that stands is a 1."""
    head = rng.uniform(0.3, 0.55)
    strokes = [np.array([[-1.0, 0], [1, 0]]), np.array([[1 - head, -head], [1, 0], [1 - head, head]])]
    if rng.random() < 0.25:
        strokes.append(strokes[1] * [-1, 1])
    return _all_turned(_jittered(strokes, rng), rng.choice([0, 180]) + rng.uniform(-20, 20))


def face(rng: np.random.Generator) -> list[Stroke]:
    """A round face with eyes and a mouth, smiling or not."""
    smile = rng.uniform(-0.25, 0.35)
    mouth = smooth_path(np.array([[-0.45, 0.4 - smile / 2], [0, 0.4 + smile / 2], [0.45, 0.4 - smile / 2]]))
    eyes = [np.array([[x, -0.3], [x, -0.15]]) for x in (-0.38, 0.38)]
    return _jittered([_circle(), *eyes, mouth], rng)


def house(rng: np.random.Generator) -> list[Stroke]:
    """Walls, a roof, and sometimes a door."""
    strokes = [
        np.array([[-0.8, -0.1], [-0.8, 1], [0.8, 1], [0.8, -0.1], [-0.8, -0.1]]),
        np.array([[-1, 0], [0, -1.0], [1, 0]]),
    ]
    if rng.random() < 0.5:
        strokes.append(np.array([[-0.2, 1], [-0.2, 0.4], [0.25, 0.4], [0.25, 1]]))
    return _jittered(strokes, rng)


def heart(rng: np.random.Generator) -> list[Stroke]:
    """The outline of a heart."""
    right = np.array([[0, -0.5], [0.45, -0.95], [1, -0.5], [0.6, 0.3], [0, 1]])
    left = right[::-1] * [-1, 1]
    points = np.concatenate([right, left[1:]]) * [1.1, 1] + rng.normal(0, 0.04, (9, 2))
    return _all_turned([smooth_path(points, corners=[4])], rng.uniform(-12, 12))


def sun(rng: np.random.Generator) -> list[Stroke]:
    """A circle with rays around it."""
    count = rng.integers(6, 11)
    ray = np.array([[0.65, 0], [1, 0]])
    return _jittered([_circle() * 0.45, *(_turned(ray, angle) for angle in np.arange(count) * 360 / count)], rng)


def stick_man(rng: np.random.Generator) -> list[Stroke]:
    """A head, a trunk, arms and legs."""
    arms, legs = rng.uniform(-0.5, 0.1), rng.uniform(0.4, 0.7)
    strokes = [
        _circle() * 0.28 + [0, -0.75],
        np.array([[0, -0.45], [0, 0.3]]),
        np.array([[-0.65, arms], [0, -0.2], [0.65, arms]]),
        np.array([[-legs, 1], [0, 0.3], [legs, 1]]),
    ]
    return _jittered(strokes, rng)


def dots(rng: np.random.Generator) -> list[Stroke]:
    """Three to eight dots, far apart."""
    count = rng.integers(3, 9)
    angle = 2 * np.pi / count * np.arange(count) + rng.normal(0, 0.3, count)
    return [np.array([[r * np.cos(a), r * np.sin(a)]]) for a, r in zip(angle, rng.uniform(0.4, 1, count), strict=True)]


def _circle() -> Stroke:
    angle = np.linspace(0, 2 * np.pi, 33)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _parallels(count: int, rng: np.random.Generator) -> list[Stroke]:
    ends = rng.uniform(0.7, 1, (count, 2)) * [-1, 1]
    return [
        np.array([[a, y], [b, y + rng.normal(0, 0.05)]])
        for (a, b), y in zip(ends, np.linspace(-1, 1, count), strict=True)
    ]


def _jittered(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """The strokes, each slipped and stretched a little."""
    return [stroke * rng.normal(1, 0.06, 2) + rng.normal(0, 0.05, 2) for stroke in strokes]


def _turned(path: Stroke, degrees: float) -> Stroke:
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return path @ np.array([[cos, sin], [-sin, cos]])


def _all_turned(strokes: list[Stroke], degrees: float) -> list[Stroke]:
    return [_turned(stroke, degrees) for stroke in strokes]
