"""Signs are told by their shape and their place, and what is none stays what it is."""

import numpy as np
import pytest
from helpers import plain_digit
from made_pictures import SIGNS, moved, sheet, write

from model.reading.classifier import load_classifier
from model.reading.reading import Reading
from model.synthesis.strokes import Stroke, draw_strokes


def plain(rng: np.random.Generator, digit: str) -> list[Stroke]:
    return plain_digit(int(digit))


def read(text: str, height: float = 110, pen: float = 9) -> Reading:
    strokes = write(np.random.default_rng(0), plain, text, height, (0.25, 0.3))
    return load_classifier().read(sheet(moved(strokes, 80, 80), pen, (900, 280)))


@pytest.mark.parametrize("text", ["3.14", "1,5", "-5", "4-2", "12:30", "3/4", "-1.5", "10:45", "2/13"])
@pytest.mark.parametrize("pen", [6, 12])
def test_a_number_with_signs_is_read_with_them(text, pen):
    reading = read(text, pen=pen)
    assert reading.text == text
    assert [sign.text for sign in reading.signs] == [character for character in text if character in SIGNS]


def test_a_sign_tells_where_it_is():
    (sign,) = read("3.14").signs
    assert sign.line == 0
    assert 150 < sign.box.x < 260
    assert 150 < sign.box.y < 200


def test_a_speck_beside_a_single_digit_is_no_point():
    strokes = moved(write(np.random.default_rng(0), plain, "7", 110, (0, 0)), 80, 80)
    for speck in ((170, 185), (60, 185), (60, 120)):
        drawing = draw_strokes([*strokes, np.array([speck], float)], 9, (300, 280))
        assert load_classifier().read(drawing).text == "7"


def test_a_one_that_leans_a_little_is_no_slash():
    assert read("217").text == "217"


def test_a_wide_gap_is_a_blank_and_an_even_one_is_not():
    def spaced(*lefts: float) -> str:
        strokes = [
            stroke
            for left, digit in zip(lefts, "2749", strict=False)
            for stroke in moved(write(np.random.default_rng(0), plain, digit, 60, (0, 0)), left, 40)
        ]
        return load_classifier().read(sheet(strokes, 6, (900, 140))).text

    assert spaced(30, 100, 400, 470) == "27 49"
    assert spaced(30, 230, 430, 630) == "2749"
