"""Shapes that people draw and that MNIST lacks are read, letters are refused, and a blob is not read with certainty.

The strokes are typed for these tests; the network was trained on none of them.
"""

import numpy as np
import pytest

from model.reading.classifier import load_classifier
from model.reading.reading import Reading
from model.synthesis.strokes import draw_strokes, parse_stroke, place_strokes, smooth_path

DIGITS = {
    "0 that is begun outside": (0, "88,84 98,44 82,8 50,0 16,20 4,58 14,90 40,100 66,84 76,32"),
    "0 that ends inside": (0, "46,98 80,92 98,54 82,12 48,0 14,14 2,48 12,78 28,84 42,68"),
    "1 with a flag from the base line": (1, "12,98 58,2! 56,98"),
    "1 with a swung flag from the base line": (1, "-2,96 30,70 50,30 60,0! 60,98"),
    "1 with a wide flag": (1, "-12,74 56,0! 54,100"),
    "1 with a flag and a short stem": (1, "-8,92 58,0! 60,80"),
    "1 with a flag and a broad base": (1, "20,28 52,0! 52,98; 6,98 98,98"),
    "1 with a base to the right": (1, "14,26 52,0! 50,98! 92,98"),
    "1 that lies back": (1, "20,0 56,100"),
    "2 with a small foot": (2, "24,18 48,2 70,0 66,34 44,70 30,90 38,100 74,94"),
    "7 whose bar rises by 15 degrees": (7, "10,22 88,0! 30,100"),
    "7 with a rising bar and a curved stem": (7, "4,18 86,0! 64,40 50,100"),
    "narrow 7 with a hook": (7, "18,22 22,4 44,2 72,4! 60,50 52,100"),
    "3 with angles": (3, "8,4 82,2! 42,40! 84,58! 62,94 8,96"),
    "4 closed at the top": (4, "60,0 8,64! 96,64; 62,0 62,100"),
    "4 like a G": (4, "38,0 12,40 12,72 36,84 64,66 80,42! 82,72 88,98"),
    "4 with a loop": (4, "38,0 18,30 14,54 32,64 66,58 88,42 86,28 74,32 66,60 60,100"),
    "4 in two strokes": (4, "30,0 12,60! 92,56; 66,26 60,100"),
    "5 with a long bar and a small body": (5, "112,0 40,2! 36,38! 56,36 68,52 62,76 46,88 20,88"),
    "5 like an S": (5, "72,22 58,4 34,0 14,18 24,38 52,46 78,58 78,82 54,100 12,100"),
    "5 like a wide S": (5, "92,18 72,2 44,0 16,8 16,26 36,40 68,46 92,58 80,78 50,96 6,100"),
    "6 with a straight top": (6, "62,0 18,70 24,94 50,100 76,86 74,66 48,58 20,76"),
    "8 of two circles": (8, "50,0 30,18 50,40 70,18 50,0; 50,42 32,50 24,70 32,92 50,98 68,92 76,70 68,50 50,42"),
    "8 in two strokes": (8, "76,16 52,0 28,14 36,38 64,60 74,82 52,100 28,86; 26,84 36,62 60,40 76,18"),
    "8 that is open at the top": (8, "58,4 36,4 28,20 48,44 72,66 72,88 50,100 28,88 32,66 52,46 70,24 80,2"),
    "8 with a tail": (8, "98,0 62,0 36,8 32,24 50,44 70,64 72,88 50,100 28,88 32,64 52,46 72,26 74,6"),
    "9 with a narrow loop": (9, "58,2 48,8 40,24 45,34 55,26 62,6! 58,50 62,90! 8,98"),
    "9 with an open head": (9, "78,12 56,0 24,6 10,26 22,44 52,44 82,30! 80,60 76,100"),
    "9 like a mirrored P": (9, "80,0 80,100; 80,4 40,0 14,20 20,42 50,50 80,46"),
    "9 like a printed g": (9, "76,12 50,0 24,8 18,28 36,44 62,40 76,16! 80,62 68,94 42,102 16,90"),
}  # fmt: skip
LETTERS = {
    "G": "76,14 46,0 12,20 4,56 20,92 56,100 80,82 80,58! 48,58",
    "U": "2,0 4,66 24,96 56,96 76,66 80,0",
    "Q": "50,0 14,14 2,54 24,94 64,96 94,62 86,18 50,0; 60,70 106,110",
    "d": "62,46 32,38 8,62 16,96 42,94 62,70; 64,0 64,76 70,98",
    "y": "2,28 8,62 32,68 56,42 60,28! 54,94 28,124 8,110 28,88 70,64",
    "a": "60,42 32,30 8,56 14,92 40,94 60,64 64,34! 64,84 80,98",
    "c": "76,36 46,26 14,42 6,68 22,96 52,100 82,86",
    "narrow A": "0,100 18,48 32,0! 38,100; 6,66 50,60",
    "A with a low bar": "0,98 40,0! 72,98; 28,70 88,68",
    "E with a round back": "84,2 30,12 14,54 4,86 22,100 80,90; 12,56 90,48",
    "R with a long leg": "8,16 6,100; -4,28 30,2 58,6 52,30 14,54! 36,90 78,98",
    "k with a low arm": "28,0 6,60 2,100! 16,86 42,62 54,52 46,48 28,68 20,80! 34,92 60,94",
    "x with a hook": "2,62 4,80 16,74 42,38 62,2; 10,18 38,58 64,98 74,92",
}


def read(text: str, pen: float, height: float = 180) -> Reading:
    strokes = [parse_stroke(stroke) for stroke in text.split(";")]
    paths = [smooth_path(stroke.control_points(), np.flatnonzero(stroke.corners)) for stroke in strokes]
    return load_classifier().read(draw_strokes(place_strokes(paths, height, (140, 140)), pen), several=False)


@pytest.mark.parametrize("pen", [8, 18])
@pytest.mark.parametrize(("digit", "strokes"), DIGITS.values(), ids=DIGITS)
def test_a_shape_that_mnist_lacks_is_read(digit, strokes, pen):
    assert read(strokes, pen).text == str(digit)


@pytest.mark.parametrize("pen", [8, 18])
@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_is_refused(letter, pen):
    assert read(LETTERS[letter], pen).text == "?"


@pytest.mark.parametrize("number", [2, 3, 9])
def test_a_tiny_digit_from_a_thick_pen_is_not_read_with_certainty(number):
    strokes = {
        2: "8,26 24,6 52,0 80,12 78,36 48,68 8,98! 92,98",
        3: DIGITS["3 with angles"][1],
        9: DIGITS["9 like a printed g"][1],
    }
    (digit,) = read(strokes[number], pen=20, height=34).digits
    assert digit.label == number or digit.probability < 0.9 or not digit.is_digit
