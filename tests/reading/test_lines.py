"""Lines and frames around the writing go, and no stroke of it does."""

import numpy as np
import pytest
from helpers import plain_digit
from made_pictures import moved, ruled, sheet, write
from PIL import Image, ImageDraw

from model.reading.classifier import load_classifier
from model.reading.ink import to_ink
from model.reading.lines import lines_in
from model.synthesis.strokes import Stroke

SIZE = (640, 200)


def plain(rng: np.random.Generator, digit: str) -> list[Stroke]:
    return plain_digit(int(digit))


def written(text: str = "2749", pen: float = 9) -> Image.Image:
    strokes = write(np.random.default_rng(0), plain, text, 100, (0.4, 0.5))
    return sheet(moved(strokes, 90, 50), pen, SIZE)


def read(image: Image.Image) -> str:
    return load_classifier().read(image).text


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("margin", [0, 40])
def test_no_stroke_of_a_digit_is_a_line(digit, margin):
    strokes = write(np.random.default_rng(0), plain, str(digit), 160, (0, 0))
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    for pen in (8, 24):
        size = tuple(int(side) for side in np.ceil(high - low + pen + 2 * margin))
        assert not lines_in(to_ink(sheet(moved(strokes, *(margin + pen / 2 - low)), pen, size))).any()


@pytest.mark.parametrize("level", [120, 180, 228])
@pytest.mark.parametrize("squared", [False, True], ids=["ruled", "squared"])
@pytest.mark.parametrize("spacing", [25, 60])
def test_ruled_and_squared_paper_is_read_whatever_its_lines_are_like(level, squared, spacing):
    assert read(ruled(written(), spacing, level, squared)) == "2749"


@pytest.mark.parametrize("squared", [False, True], ids=["ruled", "squared"])
def test_an_empty_ruled_sheet_is_blank(squared):
    assert read(ruled(Image.new("L", SIZE, 255), 30, 150, squared)) == ""


@pytest.mark.parametrize("y", [154, 175])
def test_an_underline_is_no_digit_also_where_digits_stand_on_it(y):
    image = written()
    ImageDraw.Draw(image).line((40, y, 600, y + 4), fill=20, width=5)
    assert read(image) == "2749"


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("level", [0, 200])
def test_a_frame_along_the_edges_is_no_ink(width, level):
    image = written()
    ImageDraw.Draw(image).rectangle((0, 0, SIZE[0] - 1, SIZE[1] - 1), outline=level, width=width)
    assert read(image) == "2749"


def test_a_line_along_one_edge_is_no_1():
    for x in (0, SIZE[0] - 2):
        image = written()
        ImageDraw.Draw(image).rectangle((x, 0, x + 1, SIZE[1]), fill=0)
        assert read(image) == "2749"


@pytest.mark.parametrize("gap", [0, 20])
def test_what_is_in_the_boxes_of_a_form_is_read(gap):
    image = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(image)
    for place, digit in enumerate("2749"):
        left = 40 + place * (120 + gap)
        strokes = write(np.random.default_rng(0), plain, digit, 80, (0, 0))
        image = Image.fromarray(np.minimum(image, sheet(moved(strokes, left + 35, 60), 8, SIZE)))
        draw = ImageDraw.Draw(image)
        draw.rectangle((left, 40, left + 120, 160), outline=60, width=2)
    assert read(image) == "2749"


def test_a_frame_around_nothing_is_read_as_what_it_looks_like():
    image = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(image).rectangle((60, 30, 140, 170), outline=0, width=12)
    assert read(image) in ("0", "?")
