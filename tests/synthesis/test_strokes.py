"""Strokes are drawn as the pad draws them."""

import numpy as np
import pytest
from helpers import ink_box

from model.synthesis.strokes import draw_strokes, parse_stroke, place_strokes, smooth_path


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


def test_a_smooth_path_runs_through_its_points():
    points = np.array([[0, 0], [4, 1], [5, 6], [0, 9]], float)
    np.testing.assert_allclose(smooth_path(points, corners=[2], steps=8)[::8], points)


def test_a_smooth_path_of_two_points_is_straight():
    path = smooth_path(np.array([[0, 0], [8, 4]], float))
    np.testing.assert_allclose(path[:, 1], path[:, 0] / 2)


def test_a_typed_stroke_has_points_corners_and_ranges():
    stroke = parse_stroke("0,100 20:40,0! 100,50")
    assert stroke.corners.tolist() == [False, True, False]
    assert stroke.control_points(0.5).tolist() == [[0, 1], [pytest.approx(0.3), 0], [1, 0.5]]
