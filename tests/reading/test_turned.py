"""A photo that lies on its side is read, and the reading tells where its digits are in the photo as it was."""

import numpy as np
import pytest
from helpers import plain_digit
from made_pictures import Made, made_page
from PIL import Image

from model.reading.classifier import load_classifier
from model.reading.ink import Box
from model.reading.reading import turned_back


def page(seed: int) -> Made:
    return made_page(np.random.default_rng(seed), lambda rng, digit: plain_digit(int(digit)), "plain")


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_photo_that_was_turned_is_read_as_it_was_before(degrees):
    network = load_classifier()
    for seed in (1, 4):
        made = page(seed)
        upright = network.read(made.image, any_way_up=True)
        turned = network.read(made.image.rotate(-degrees, expand=True), any_way_up=True)
        assert (upright.text, upright.turned) == (made.text, 0)
        assert (turned.text, turned.turned) == (made.text, degrees)


def test_a_turned_reading_has_its_boxes_in_the_picture_as_it_was():
    image = page(4).image.rotate(-90, expand=True)
    reading = load_classifier().read(image, any_way_up=True)
    lightness = np.asarray(image.convert("L")).astype(int)
    for digit in reading.digits:
        inside = lightness[digit.box.y : digit.box.y + digit.box.height, digit.box.x : digit.box.x + digit.box.width]
        assert inside.min() < np.median(lightness) / 2


@pytest.mark.parametrize("quarters", range(4))
def test_a_box_is_turned_back_to_where_it_was(quarters):
    picture = np.zeros((100, 50))
    picture[20:35, 5:12] = 1
    rows, columns = np.nonzero(np.rot90(picture, quarters))
    box = Box(int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
    assert turned_back(box, picture.shape, 90 * quarters) == Box(5, 20, 7, 15)


@pytest.mark.parametrize("degrees", [7, 33, 340])
def test_a_box_in_a_picture_turned_at_an_angle_covers_what_it_did(degrees):
    picture = np.zeros((100, 50), np.float32)
    picture[20:35, 5:12] = 1
    turned = np.asarray(Image.fromarray(picture).rotate(degrees, Image.Resampling.BILINEAR, expand=True)) > 0.5
    rows, columns = np.nonzero(turned)
    box = Box(int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
    x, y, width, height = turned_back(box, picture.shape, degrees)
    covered = np.zeros(picture.shape, bool)
    covered[y : y + height, x : x + width] = True
    assert covered[20:35, 5:12].all()
    assert np.allclose([x + width / 2, y + height / 2], [8.5, 27.5], atol=1)


def test_nothing_is_turned_that_may_not_be_and_a_scribble_stays_refused():
    image = page(4).image.rotate(-90, expand=True)
    assert load_classifier().read(image).turned == 0
    scribble = np.random.default_rng(0).integers(0, 255, (3, 4)).astype(np.uint8)
    assert load_classifier().read(Image.fromarray(scribble).resize((400, 300)), any_way_up=True).turned == 0
