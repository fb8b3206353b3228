"""Rows are found as a person sees them, level or slanted."""

import numpy as np
import pytest

from model.reading.rows import find_rows


def row_of(*lefts: float, top: float, height: float = 40, slope: float = 0.0) -> list[tuple[float, ...]]:
    """Boxes 24 wide that stand side by side."""
    return [(left, top + slope * left, left + 24, top + height + slope * left) for left in lefts]


def rows_of(*boxes: tuple[float, ...]) -> list[int]:
    return find_rows(np.array(boxes).round().astype(int)).tolist()


def test_one_row_is_one_also_where_its_digits_differ_in_height():
    assert rows_of((0, 0, 24, 40), (40, 12, 64, 42), (80, -5, 90, 38)) == [0, 0, 0]
    assert rows_of((0, 0, 10, 10)) == [0]


@pytest.mark.parametrize("degrees", [-10, -4, 0, 4, 10])
def test_rows_of_different_length_are_told_apart_up_to_10_degrees(degrees):
    slope = np.tan(np.deg2rad(degrees))
    tops = (0, 60, 120)
    boxes = [
        box
        for top, count in zip(tops, (6, 2, 4), strict=True)
        for box in row_of(*range(0, 36 * count, 36), top=top, slope=slope)
    ]
    assert rows_of(*boxes) == [0] * 6 + [1] * 2 + [2] * 4


def test_a_column_is_a_row_for_each_digit():
    assert rows_of(*(box for top in (0, 55, 110) for box in row_of(0, top=top))) == [0, 1, 2]


def test_a_wide_gap_does_not_end_a_row():
    assert rows_of(*row_of(0, 300, top=0), *row_of(0, 300, top=60)) == [0, 0, 1, 1]


def test_a_small_component_belongs_to_the_row_next_to_it():
    bar_of_a_five, point = (2, 56, 20, 62), (30, 134, 34, 138)
    assert rows_of(*row_of(0, top=0), *row_of(0, 40, top=66, height=72), bar_of_a_five, point) == [0, 1, 1, 1, 1]


def test_the_circles_of_an_8_are_no_rows():
    assert rows_of((0, 0, 20, 20), (0, 21, 22, 44), (40, 0, 60, 42)) == [0, 0, 0]
    assert rows_of((0, 0, 20, 20), (0, 21, 22, 44)) == [0, 0]
    assert rows_of((0, 0, 20, 40), (0, 50, 22, 90)) == [0, 1]
