"""Sheets on tables, transparent edges, colours and markers: the ink is found whatever is around it."""

import numpy as np
import pytest
from helpers import plain_digit
from made_pictures import moved, photo, sheet, write
from PIL import Image, ImageDraw

from model.reading.classifier import load_classifier
from model.reading.ink import to_ink
from model.reading.sheet import find_sheet
from model.synthesis.strokes import Stroke, draw_strokes

SIZE = (480, 200)


def plain(rng: np.random.Generator, digit: str) -> list[Stroke]:
    return plain_digit(int(digit))


def written(text: str = "274", pen: float = 8, height: float = 90) -> Image.Image:
    strokes = write(np.random.default_rng(0), plain, text, height, (0.3, 0.4))
    return sheet(moved(strokes, 90, 55), pen, SIZE)


def read(image: Image.Image) -> str:
    return load_classifier().read(image).text


def on_table(page: Image.Image, turn: float, lightness: int) -> Image.Image:
    turned = page.convert("LA").rotate(turn, Image.Resampling.BICUBIC, expand=True)
    table = Image.new("L", (turned.width + 160, turned.height + 120), lightness)
    table.paste(turned.getchannel(0), (80, 60), turned.getchannel(1))
    return table


@pytest.mark.parametrize("turn", [-8, 0, 8])
@pytest.mark.parametrize("lightness", [20, 90, 150])
def test_a_sheet_on_a_table_is_read_and_the_table_is_not(turn, lightness):
    table = on_table(written(), turn, lightness)
    assert read(table) == "274"
    assert read(photo(np.random.default_rng(0), table, shadow=False)) == "274"


def test_the_sheet_is_where_it_lies():
    table = on_table(written(), 0, 120)
    found = find_sheet(np.asarray(table)).inside
    assert found[60 + 20 : 60 + 180, 80 + 20 : 80 + 460].all()
    assert not found[:50].any()
    assert not found[:, :70].any()


@pytest.mark.parametrize("turn", [-40, -20, 12, 30])
@pytest.mark.parametrize("lightness", [20, 60, 140])
def test_a_sheet_at_an_angle_is_straightened(turn, lightness):
    table = photo(np.random.default_rng(0), on_table(written(), turn, lightness), shadow=False)
    reading = load_classifier().read(table, any_way_up=True)
    assert reading.text == "274"
    # Turned back: Pillow turns counterclockwise, too.
    assert abs((reading.turned + turn + 180) % 360 - 180) <= 2


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_a_narrow_sheet_on_a_large_table_is_found(share):
    table = Image.new("L", (900, 700), 100)
    page = written().resize((round(900 * share * 1.6), round(375 * share * 1.6)))
    table.paste(page, (100, 200))
    found = find_sheet(np.asarray(table))
    assert found.tilt == pytest.approx(0, abs=1)
    assert read(table) == "274"


def test_a_sheet_on_a_black_table_is_read_beside_a_light_pen():
    table = Image.new("L", (640, 480), 8)
    draw = ImageDraw.Draw(table)
    draw.rectangle((60, 90, 299, 389), fill=235)
    draw.line([(120, 170), (240, 170), (170, 320)], fill=30, width=14)
    draw.line([(560, 80), (610, 400)], fill=230, width=10)
    assert read(table) == "7"


OBJECTS = {
    "coin": lambda draw: draw.ellipse((300, 130, 400, 230), fill=60),
    "phone": lambda draw: draw.rounded_rectangle((320, 100, 470, 330), 15, fill=15),
    "marker": lambda draw: draw.rounded_rectangle((40, 240, 440, 290), 25, fill=40),
    "rubber": lambda draw: draw.polygon([(60, 260), (190, 230), (205, 300), (75, 330)], fill=90),
    "thumb": lambda draw: draw.ellipse((400, 250, 520, 420), fill=110),
}


@pytest.mark.parametrize("thing", OBJECTS)
@pytest.mark.parametrize("height", [40, 70])
def test_a_dark_object_on_the_sheet_is_no_ink_and_hides_none(thing, height):
    strokes = write(np.random.default_rng(0), plain, "274", height, (0.3, 0.4))
    page = sheet(moved(strokes, 40, 40), max(3, height * 0.08), (480, 360))
    OBJECTS[thing](ImageDraw.Draw(page))
    assert read(photo(np.random.default_rng(1), page, shadow=False)) == "274"


def test_an_empty_sheet_on_a_table_is_blank():
    assert read(photo(np.random.default_rng(0), on_table(Image.new("L", SIZE, 255), 5, 120), shadow=False)) == ""


@pytest.mark.parametrize("digit", range(10))
def test_no_digit_is_a_sheet(digit):
    strokes = write(np.random.default_rng(0), plain, str(digit), 160, (0, 0))
    for background, ink in ((0, 255), (70, 250)):
        image = np.array(sheet(moved(strokes, 70, 60), 40, (280, 280), 0)).astype(float) / 255
        assert find_sheet((ink + image * (background - ink)).astype(np.uint8)) is None


@pytest.mark.parametrize("pen", [18, 22, 28])
def test_a_dense_zigzag_on_the_pad_is_no_sheet_with_writing(pen):
    corners = [(96, 45), (80, 205), (136, 52), (117, 200), (170, 68), (152, 207), (200, 66), (179, 235)]
    drawing = draw_strokes([np.array(corners)], pen)
    assert np.array_equal(to_ink(drawing) > 0.5, drawing > 127)


def with_alpha(image: Image.Image, alpha: Image.Image) -> Image.Image:
    return Image.merge("RGBA", (image, image, image, alpha))


@pytest.mark.parametrize("pen", [2, 8])
def test_what_is_visible_decides_and_not_whether_alpha_is_used(pen):
    image = written(pen=pen)
    hardly = Image.new("L", SIZE, 255)
    hardly.putpixel((5, 5), 254)
    rounded = Image.new("L", SIZE, 0)
    ImageDraw.Draw(rounded).rounded_rectangle((0, 0, SIZE[0] - 1, SIZE[1] - 1), 20, fill=255)
    strokes_on_nothing = Image.fromarray(255 - np.asarray(image))
    assert read(with_alpha(image, hardly)) == "274"
    assert read(with_alpha(image, rounded)) == "274"
    assert read(with_alpha(Image.new("L", SIZE, 0), strokes_on_nothing)) == "274"
    assert read(with_alpha(Image.new("L", SIZE, 255), strokes_on_nothing)) == "274"
    assert read(with_alpha(Image.new("L", SIZE, 255), rounded)) == ""


@pytest.mark.parametrize(("ground", "ink"), [((0, 128, 0), (250, 0, 0)), ((70, 70, 255), (110, 80, 0))])
def test_ink_as_light_as_its_background_is_told_by_its_colour(ground, ink):
    share = (255 - np.asarray(written())[..., np.newaxis]) / 235
    colours = (np.array(ground) + share.clip(0, 1) * (np.array(ink) - ground)).astype(np.uint8)
    assert read(Image.fromarray(colours)) == "274"


@pytest.mark.parametrize("digit", [2, 3, 5, 8])
@pytest.mark.parametrize("share", [0.18, 0.25])
def test_a_marker_in_a_tight_crop_is_read(digit, share):
    strokes = plain_digit(digit)
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = 240 / (high - low)[1]
    pen = share * 240
    room = pen / 2 + 20
    size = tuple(int(side) for side in (high - low) * scale + 2 * room)
    image = sheet([(stroke - low) * scale + room for stroke in strokes], pen, size, 45)
    assert read(photo(np.random.default_rng(digit), image, shadow=False)) == str(digit)


def test_an_empty_sheet_in_uneven_light_has_no_thick_ink():
    for seed in range(6):
        assert not to_ink(photo(np.random.default_rng(seed), Image.new("L", SIZE, 255))).any()
