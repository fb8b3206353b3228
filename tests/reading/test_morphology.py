"""Dilation and erosion equal Pillow's filters."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from model.reading.morphology import close, dilate, erode


@pytest.mark.parametrize("window", [1, 3, 5, 7, 11, 17])
@pytest.mark.parametrize("shape", [(30, 41), (1, 9), (40, 3)])
def test_dilation_and_erosion_equal_pillows_filters(window, shape):
    levels = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    picture = Image.fromarray(levels)
    assert np.array_equal(dilate(levels, window), picture.filter(ImageFilter.MaxFilter(window)))
    assert np.array_equal(erode(levels, window), picture.filter(ImageFilter.MinFilter(window)))


def test_what_is_narrower_than_the_window_is_closed():
    levels = np.full((20, 20), 200, np.uint8)
    levels[:, 8:10] = 10
    levels[2:12, 14:20] = 20
    closed = close(levels, 5)
    assert (closed[:, 8:10] == 200).all()
    assert (closed[3:11, 15:] == 20).all()
