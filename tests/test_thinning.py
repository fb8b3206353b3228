"""Thick strokes become as thin as MNIST's, and others stay as they are."""

import numpy as np
import pytest

from model.strokes import draw_strokes
from model.thinning import pen_width, shrink, thin

SEVEN = [np.array([[90.0, 90.0], [190.0, 90.0], [130.0, 200.0]])]


def ink_of(strokes: list[np.ndarray], width: float) -> np.ndarray:
    return crop(draw_strokes(strokes, width) / np.float32(255))


def crop(ink: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


@pytest.mark.parametrize("width", [6, 12, 20, 30, 44])
def test_the_pens_width_is_measured_from_the_ink(width):
    assert pen_width(ink_of(SEVEN, width) > 0.5) == pytest.approx(width, rel=0.12)


def test_a_thin_pens_ink_is_not_touched():
    ink = ink_of(SEVEN, 14)
    assert thin(ink) is ink


def test_a_thick_pens_ink_becomes_about_what_a_pen_of_the_usual_width_draws():
    thick, usual = ink_of(SEVEN, 44), ink_of(SEVEN, 22)
    thinned = thin(thick)
    assert np.abs(np.subtract(thinned.shape, usual.shape)).max() <= 3
    assert thinned.sum() == pytest.approx(usual.sum(), rel=0.12)
    assert thick.sum() > 2 * usual.sum()


def test_a_pictures_size_does_not_change_what_thinning_gives():
    large = draw_strokes([stroke * 6 for stroke in SEVEN], 44 * 6, (1680, 1680)) / np.float32(255)
    shares = [pen_width(thinned > 0.5) / max(thinned.shape) for thinned in (thin(ink_of(SEVEN, 44)), thin(crop(large)))]
    assert shares[0] == pytest.approx(shares[1], abs=0.01)


def test_a_filled_loop_does_not_thin_the_other_strokes_away():
    # An eight drawn small with a thick pen: its upper loop is closed, around its lower one the stroke is as it was.
    upper, lower = circle(140, 100, 16), circle(140, 136, 20)
    thinned = thin(ink_of([upper, lower], 36)) > 0.5
    below = thinned[:, thinned.shape[1] // 2]
    strokes = np.flatnonzero(below[1:] != below[:-1])
    assert below[-1]
    assert len(below) - 1 - strokes[-1] >= 36 / 3


def circle(x: float, y: float, radius: float) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 40)
    return np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])


def test_shrinking_takes_the_radius_off_each_side():
    inked = np.zeros((40, 60), bool)
    inked[5:35, 10:50] = True
    shrunk = shrink(inked, 4)
    assert shrunk[9:31, 14:46].all()
    assert np.count_nonzero(shrunk) == 22 * 32


def test_shrinking_takes_ink_to_end_at_the_edge():
    assert np.count_nonzero(shrink(np.ones((20, 20), bool), 3)) == 14 * 14


@pytest.mark.parametrize("shape", [(1, 1), (3, 90), (200, 200), (300, 40)])
def test_a_block_of_ink_keeps_ink(shape):
    assert thin(np.ones(shape, np.float32)).any()


def test_nothing_has_no_pen():
    assert pen_width(np.zeros((5, 5), bool)) == 0
