"""Strokes are drawn as the pad draws them."""

import numpy as np
import pytest

from model.preprocess import ink_box
from model.strokes import draw_strokes, place_strokes


def test_a_dot_is_a_disc_of_the_pen_width():
    ink = draw_strokes([np.array([[140.0, 140.0]])], 20) / 255
    assert ink.sum() == pytest.approx(np.pi * 100, rel=0.05)


def test_a_line_has_round_caps_and_the_width_of_the_pen():
    box = ink_box(draw_strokes([np.array([[40, 140], [240, 140]])], 20) / 255)
    assert box.width == pytest.approx(220, abs=1)
    assert box.height == pytest.approx(20, abs=1)


def test_placed_strokes_have_the_size_and_the_centre_asked_for():
    (placed,) = place_strokes([np.array([[0, 0], [1, 3]])], height=120, center=(100, 80))
    assert placed.tolist() == [[80, 20], [120, 140]]


def test_a_tilt_of_90_degrees_turns_clockwise_and_keeps_the_centre():
    (placed,) = place_strokes([np.array([[0, 0], [0, 2]])], height=100, center=(50, 50), tilt=90)
    assert placed == pytest.approx(np.array([[100, 50], [0, 50]]))
