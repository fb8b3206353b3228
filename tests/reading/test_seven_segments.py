"""The bars of a seven-segment digit are one digit, and what people write is left as it is."""

import numpy as np
import pytest
from helpers import plain_digit
from made_pictures import moved, sheet, write
from PIL import Image, ImageDraw

from model.reading.components import find_boxes, find_runs
from model.reading.ink import to_ink
from model.reading.segmentation import find_candidates
from model.reading.seven_segments import bridge_bars

# The bars of each digit: a is the top one, and the others follow clockwise; g is in the middle.
BARS = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")
_WIDTH, _HALF = 56, 50


def display(number: str, thickness: int, gap: int, lean: float = 0.0) -> np.ndarray:
    """A number as a clock shows it: uint8 (h, w), dark on light."""
    ends = {
        "a": (0, 0, 1, 0),
        "b": (1, 0, 1, 1),
        "c": (1, 1, 1, 2),
        "d": (0, 2, 1, 2),
        "e": (0, 1, 0, 2),
        "f": (0, 0, 0, 1),
        "g": (0, 1, 1, 1),
    }
    image = Image.new("L", (100 * len(number) + 60, 180), 240)
    draw = ImageDraw.Draw(image)
    for place, digit in enumerate(number):
        for bar in BARS[int(digit)]:
            x, y, x_end, y_end = np.array(ends[bar]) * [_WIDTH, _HALF, _WIDTH, _HALF]
            along = np.array([x_end - x, y_end - y]) / max(x_end - x, y_end - y)
            aside = along[::-1] * thickness / 2
            first, last = np.array([x, y]) + gap * along, np.array([x_end, y_end]) - gap * along
            point = thickness / 2 * along
            shape = [first, first + point + aside, last - point + aside, last, last - point - aside]
            shape.append(first + point - aside)
            left = 50 + 100 * place
            draw.polygon([(left + px + lean * (100 - py), 40 + py) for px, py in shape], fill=20)
    return np.asarray(image)


@pytest.mark.parametrize("thickness", [9, 14])
@pytest.mark.parametrize("gap", [2, 4])
@pytest.mark.parametrize("lean", [0.0, 0.12])
@pytest.mark.parametrize("number", ["0123456789", "4071", "12"])
def test_the_bars_of_each_digit_are_one_component(number, thickness, gap, lean):
    found = [each for each in find_candidates(to_ink(display(number, thickness, gap, lean))) if each.support == 0]
    assert [each.components for each in found] == [range(place, place + 1) for place in range(len(number))]


def bridged(image: np.ndarray) -> np.ndarray | None:
    ink = to_ink(image)
    runs = find_runs(ink > 0.1)
    return bridge_bars(ink, runs, find_boxes(runs))


def test_ones_side_by_side_and_one_above_another_are_not_joined():
    stroke = [np.array([[0, 0], [0, 80]], float)]
    for second in ((30, 0), (0, 110), (0, 97)):
        strokes = [*moved(stroke, 50, 30), *moved(stroke, 50 + second[0], 30 + second[1])]
        assert bridged(np.asarray(sheet(strokes, 9, (200, 280)))) is None


@pytest.mark.parametrize("number", ["2749", "5051", "4-1", "12:30", "471"])
def test_written_numbers_have_no_bars_to_be_joined(number):
    strokes = write(np.random.default_rng(0), lambda rng, digit: plain_digit(int(digit)), number, 110, (0.2, 0.3))
    assert bridged(np.asarray(sheet(moved(strokes, 80, 80), 9, (900, 280)))) is None
