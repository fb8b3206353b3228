"""A contact sheet has room for all its images and their captions."""

import numpy as np
import pytest
from PIL import Image

from model.contact_sheet import Tile, contact_sheet, fitted, in_rows

STEM = np.zeros((28, 28), np.uint8)
STEM[4:24, 12:16] = 255


@pytest.mark.parametrize(("count", "rows"), [(1, 1), (12, 1), (13, 2)])
def test_the_sheet_has_a_row_for_each_twelve_images(count, rows):
    sheet, one = (contact_sheet(in_rows([Tile(STEM, "7")] * number, 12), zoom=3) for number in (count, 1))
    margin = contact_sheet([]).height
    assert sheet.height - margin == rows * (one.height - margin)
    assert (np.asarray(sheet) < 60).sum() == count * (np.asarray(one) < 60).sum()


def test_a_sheet_of_nothing_is_an_empty_picture():
    assert contact_sheet([]).size > (0, 0)


def test_a_long_caption_is_wrapped_and_makes_room_for_itself():
    short, long = (contact_sheet([[Tile(STEM, caption)]], zoom=2) for caption in ("seven", "seven " * 8))
    assert long.height > short.height
    assert long.width == short.width


@pytest.mark.parametrize("ink", [255, 0])
def test_a_picture_of_any_size_and_ground_fits_a_tile_with_bright_ink(ink):
    wide = np.full((100, 400), 255 - ink, np.uint8)
    wide[40:60, 100:300] = ink
    tile = fitted(Image.fromarray(wide), (80, 40))
    assert tile.shape == (40, 80)
    assert tile[20, 40] == 255
    assert tile[0, 0] == tile[20, 5] == 0
