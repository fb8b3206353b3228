"""What "show why" shows of a digit is what the network got of it."""

import numpy as np
import pytest

from model.images import to_bytes
from model.reading.classifier import load_classifier
from model.reading.normalization import center, scale_to_field
from model.synthesis.strokes import draw_strokes
from views.why import steps_to

# The bar of the 7 reaches over the 1, so that their bounding boxes overlap.
SEVENTY_ONE = [np.array([[40, 50], [195, 40], [80, 230]], float), np.array([[225, 60], [180, 230]], float)]


@pytest.fixture(scope="module")
def digits():
    found = load_classifier().read(draw_strokes(SEVENTY_ONE, 14)).digits
    assert [digit.label for digit in found] == [7, 1]
    left, right = (digit.box for digit in found)
    assert left.x + left.width > right.x
    return found


def test_the_steps_show_a_digits_own_ink_alone_where_bounding_boxes_overlap(digits):
    for digit in digits:
        assert np.array_equal(center(scale_to_field(digit.ink)), digit.image)
        assert np.array_equal(steps_to(digit)[-1][1], to_bytes(digit.image))
    ink = steps_to(digits[0])[0][1]
    assert ink[ink.shape[0] * 2 // 3 :, ink.shape[1] * 3 // 4 :].max() == 0  # the 1 stands there
