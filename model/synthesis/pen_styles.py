"""Synthetic digits in the pen styles that MNIST hardly has: flagged ones, crossed sevens, open fours, curled nines.

MNIST was written by Americans with pencils on forms. People elsewhere, and people who draw with a mouse or a finger,
draw other shapes. `model.synthesis.pen_prototypes` has those shapes; this module varies them, draws them with the pad's
own pen and normalises them as any drawing is.
"""

import numpy as np

from model.images import PAD_SIZE, SIZE, to_bytes
from model.reading.preprocessing import preprocess
from model.synthesis.pen_prototypes import PROTOTYPES, Style
from model.synthesis.strokes import Stroke, deform, draw_strokes, place_strokes, smooth_path

# Drawn on a smaller pad for speed: the smallest digit still measures 35 pixels, and ends up in 20.
_PAD = PAD_SIZE // 2
# Shares of the pad.
_PEN_WIDTHS = (6 / PAD_SIZE, 40 / PAD_SIZE)
_SIZES = (0.25, 0.9)
# So many digits are drawn with a pen as wide as this share of their longer side, whatever their style allows: such ink
# often can't tell which digit it is, and the network learns to be unsure.
_BLOBS, _BLOB_PENS = 1 / 15, (0.3, 0.6)
# Least and largest logarithm of the factor by which a digit is wider than its style.
_STRETCH = (-0.35, 0.2)
# Curve points between two control points.
_SMOOTH_STEPS = 7


def synthetic_digits(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Makes digits as a network sees them: drawn with many pens, sizes and tilts, then normalised.

    Args:
        count: how many; they are shared out evenly over the ten labels, and within a label over its styles by weight.
        seed: the same count and seed give the same digits.

    Returns:
        Images, uint8 (count, 28, 28) in 0..255, ink bright, and their labels, uint8 (count,) in 0..9, shuffled.
    """
    rng = np.random.default_rng(seed)
    images = np.empty((count, SIZE, SIZE), np.uint8)
    labels = np.empty(count, np.uint8)
    for place, index in zip(rng.permutation(count), range(count), strict=True):
        label = index % 10
        style = PROTOTYPES[label][_choose_style(rng, label)]
        image = preprocess(_draw(rng, style))
        assert image is not None  # each style has ink
        images[place] = to_bytes(image)
        labels[place] = label
    return images, labels


def synthesize_strokes(rng: np.random.Generator, label: int | None = None) -> tuple[int, str, list[Stroke]]:
    """Makes the strokes of one digit, each label being equally likely, and its styles by weight.

    Args:
        rng: the random generator.
        label: the digit, 0..9; any if None.

    Returns:
        The label, the name of the style, and the strokes: float (k, 2) each, x and y, y downward, roughly in 0..1.
    """
    label = int(rng.integers(10)) if label is None else label
    name = _choose_style(rng, label)
    return label, name, vary(rng, PROTOTYPES[label][name])


def _choose_style(rng: np.random.Generator, label: int) -> str:
    weights = np.array([style.weight for style in PROTOTYPES[label].values()])
    return str(rng.choice(list(PROTOTYPES[label]), p=weights / weights.sum()))


def _draw(rng: np.random.Generator, style: Style) -> np.ndarray:
    """Draws one sample of a style with a random pen width, size and tilt: uint8 (140, 140) in 0..255."""
    strokes = vary(rng, style)
    size = rng.uniform(*_SIZES)
    widest = min(_PEN_WIDTHS[1], 1.25 * size * style.widest_pen)
    pen = np.exp(rng.uniform(np.log(_PEN_WIDTHS[0]), np.log(widest)))
    if rng.random() < _BLOBS:
        pen = min(_PEN_WIDTHS[1], size * rng.uniform(*_BLOB_PENS))
    # The place makes no difference after normalising, so the middle serves; only the largest must be kept within.
    height = min(size, 0.98 - pen) * _PAD
    placed = place_strokes(strokes, height, (_PAD / 2, _PAD / 2), rng.uniform(*style.tilt))
    return draw_strokes(placed, pen * _PAD, (_PAD, _PAD))


def vary(rng: np.random.Generator, style: Style) -> list[Stroke]:
    """Makes one sample of a style, as one hand would draw it.

    Args:
        rng: the random generator.
        style: one of `model.synthesis.pen_prototypes.PROTOTYPES`.

    Returns:
        Its strokes: float (k, 2) each, x and y, y downward, roughly in 0..1.
    """
    amount = rng.uniform()
    jitter = rng.uniform(0.008, 0.028)
    # A mouse or finger draws in a few straight pieces (one in six) or shakily (one in four).
    steps = int(rng.integers(1, 3)) if rng.random() < 1 / 6 else _SMOOTH_STEPS
    wobble = rng.uniform(0.006, 0.016) if rng.random() < 1 / 4 else 0.0
    loose_ends = rng.uniform(0.0, 0.05) if rng.random() < 1 / 2 else 0.0
    strokes = []
    for stroke in style.strokes:
        points = stroke.control_points(amount)
        points = points + rng.normal(0, jitter, points.shape)
        path = smooth_path(points, np.flatnonzero(stroke.corners), steps)
        path = path + _wobble(rng, path, wobble)
        strokes.extend(_ends(rng, path, loose_ends))
    return deform(rng, strokes, style.slant, _STRETCH)


def _lengths(path: Stroke) -> np.ndarray:
    """How far along the path each point is: float (k,), from 0."""
    return np.concatenate([[0.0], np.hypot(*np.diff(path, axis=0).T).cumsum()])


def _wobble(rng: np.random.Generator, path: Stroke, amplitude: float) -> np.ndarray:
    """The shake of a hand: a smooth push of one to three waves a unit of length, float (k, 2)."""
    waves = rng.uniform(1, 3, (2, 1))
    phases = rng.uniform(0, 2 * np.pi, (2, 1))
    return amplitude * np.sin(2 * np.pi * waves * _lengths(path) + phases).T


def _ends(rng: np.random.Generator, path: Stroke, looseness: float) -> list[Stroke]:
    """Lets a stroke overshoot or stop short at both ends by up to `looseness`, and at times lifts the pen within."""
    for end, inner in ((0, 1), (-1, -2)):
        along = path[end] - path[inner]
        path[end] += along / max(np.hypot(*along), 1e-9) * rng.uniform(-looseness, looseness)
    if rng.random() > 0.04:
        return [path]
    length = _lengths(path)[-1]
    lift, gap = rng.uniform(0.3, 0.7) * length, rng.uniform(0.02, 0.06)
    return [_cut(path, 0.0, lift - gap / 2), _cut(path, lift + gap / 2, length)]


def _cut(path: Stroke, start: float, stop: float) -> Stroke:
    """The part of a path between two lengths along it."""
    lengths = _lengths(path)
    within = lengths[(lengths > start) & (lengths < stop)]
    kept = np.concatenate([[start], within, [stop]])
    return np.stack([np.interp(kept, lengths, path[:, axis]) for axis in (0, 1)], axis=1)
