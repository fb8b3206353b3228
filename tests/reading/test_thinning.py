"""Thick strokes become as thin as MNIST's, and others stay as they are."""

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from skimage import measure, morphology

from model.reading import thinning
from model.reading.thinning import pen_width, shrink, thin
from model.synthesis.strokes import draw_strokes

SEVEN = [np.array([[90.0, 90.0], [190.0, 90.0], [130.0, 200.0]])]


def ink_of(strokes: list[np.ndarray], width: float) -> np.ndarray:
    return crop(draw_strokes(strokes, width) / np.float32(255))


def crop(ink: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


@pytest.mark.parametrize("width", [6, 12, 20, 30, 44])
def test_the_pens_width_is_measured_from_the_ink(width):
    assert pen_width(ink_of(SEVEN, width) > 0.5) == pytest.approx(width, rel=0.12)


def test_the_pens_width_is_twice_the_area_by_the_outline_that_scikit_image_measures():
    inked = ink_of(SEVEN, 20) > 0.5
    outline = measure.perimeter_crofton(np.pad(inked, 2), directions=2)
    assert pen_width(inked) == pytest.approx(2 * np.count_nonzero(inked) / outline, rel=0.02)


def test_a_thin_pens_ink_is_not_touched():
    ink = ink_of(SEVEN, 14)
    assert thin(ink) is ink


@pytest.mark.parametrize("side", [44, 70, 100, 139])
def test_a_small_picture_is_thinned_as_if_its_pen_were_always_measured_exactly(side, monkeypatch):
    for width in np.linspace(0.08, 0.24, 9):
        ink = crop(ink_of([circle(140, 140, 90)], 180 * width))
        small = np.asarray(Image.fromarray(ink).resize((side, side), Image.Resampling.BOX))
        with monkeypatch.context() as patch:
            patch.setattr(thinning, "_SURELY_USUAL", 0)
            exact = thin(small)
        assert np.array_equal(thin(small), exact)


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


@pytest.mark.parametrize("radius", [1, 2.5, 4, 7.3])
def test_shrinking_is_the_erosion_by_a_disc_that_scikit_image_gives(radius):
    reach = int(radius)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    inked = ndimage.binary_dilation(np.random.default_rng(2).random((70, 90)) < 0.02, iterations=6)
    assert np.array_equal(shrink(inked, radius), morphology.erosion(inked, x**2 + y**2 <= radius**2, mode="constant"))


def test_shrinking_takes_ink_to_end_at_the_edge():
    assert np.count_nonzero(shrink(np.ones((20, 20), bool), 3)) == 14 * 14


@pytest.mark.parametrize("shape", [(1, 1), (3, 90), (200, 200), (300, 40)])
def test_a_block_of_ink_keeps_ink(shape):
    assert thin(np.ones(shape, np.float32)).any()


def test_nothing_has_no_pen():
    assert pen_width(np.zeros((5, 5), bool)) == 0
