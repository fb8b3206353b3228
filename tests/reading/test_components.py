"""The one labeller of connected components gives what SciPy's gives, also for long winding strokes, and quickly."""

import time

import numpy as np
import pytest
from scipy import ndimage

from model.reading.components import label

CORNERS_TOUCH = np.ones((3, 3), int)


def spiral(side: int) -> np.ndarray:
    """One stroke that winds inwards, three pixels from turn to turn: bool (side, side)."""
    inked = np.zeros((side, side), bool)
    first, last = 0, side - 1
    while last - first > 6:
        inked[first, first : last + 1] = inked[first : last + 1, last] = True
        inked[last, first : last + 1] = inked[first + 3 : last + 1, first] = True
        inked[first + 3, first : first + 4] = True
        first, last = first + 3, last - 3
    return inked


@pytest.mark.parametrize("share", [0.05, 0.3, 0.45, 0.7, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (60, 90)], ids=str)
def test_random_ink_has_the_components_that_scipy_finds(shape, share):
    inked = np.random.default_rng(1).random(shape) < share
    assert np.array_equal(label(inked), ndimage.label(inked, CORNERS_TOUCH)[0])


def test_a_picture_without_ink_has_no_component():
    assert not label(np.zeros((5, 7), bool)).any()


def test_a_long_winding_stroke_is_one_component_found_in_a_few_milliseconds():
    inked = spiral(200)
    started = time.perf_counter()
    found = label(inked)
    seconds = time.perf_counter() - started
    assert np.array_equal(found, ndimage.label(inked, CORNERS_TOUCH)[0])
    assert found.max() == 1
    assert seconds < 0.2  # it takes 3 ms; a pass for each pixel of the stroke took 0.7 s
