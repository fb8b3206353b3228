"""Contact sheets: many small images on one picture, each with a caption."""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

# All in pixels of the sheet.
_MARGIN = 8
_FONT_SIZE = 12
_LINE_HEIGHT = 15
_CHARACTER_WIDTH = 6.4
_WHITE, _INK, _GREY = 255, 20, 90


class Tile(NamedTuple):
    """One image of a sheet.

    Attributes:
        image: uint8 (h, w), ink bright on black; all images of a sheet are of one size.
        caption: stands beneath it; long ones are wrapped.
    """

    image: np.ndarray
    caption: str = ""


def contact_sheet(rows: Sequence[Sequence[Tile]], zoom: int = 1) -> Image.Image:
    """Draws images in rows, dark ink on white.

    Args:
        rows: the tiles of each row, from the top; rows may be of different lengths, and there may be none.
        zoom: how many pixels a side each pixel of the images gets.

    Returns:
        A greyscale picture.
    """
    tiles = [tile for row in rows for tile in row]
    height, width = (zoom * side for side in tiles[0].image.shape) if tiles else (0, 0)
    font = ImageFont.load_default(_FONT_SIZE)
    captions = {id(tile): _wrapped(tile.caption, width + _MARGIN) for tile in tiles}
    lines = max((len(caption) for caption in captions.values()), default=0)
    cell_width, cell_height = width + _MARGIN, height + lines * _LINE_HEIGHT + _MARGIN
    size = (_MARGIN + cell_width * max(map(len, rows), default=0), _MARGIN + cell_height * len(rows))
    sheet = Image.new("L", size, _WHITE)
    draw = ImageDraw.Draw(sheet)
    for place, row in enumerate(rows):
        top = _MARGIN + place * cell_height
        for column, tile in enumerate(row):
            left = _MARGIN + column * cell_width
            ink = Image.fromarray(tile.image).resize((width, height), Image.Resampling.NEAREST)
            sheet.paste(_INK, (left, top), ink)
            for number, line in enumerate(captions[id(tile)]):
                draw.text((left + width // 2, top + height + number * _LINE_HEIGHT), line, _GREY, font, "ma")
    return sheet


def fitted(picture: Image.Image, size: tuple[int, int], as_it_is: bool = False) -> np.ndarray:
    """A picture made small enough for a tile, with its ink bright on black: uint8 (height, width).

    Args:
        picture: of any size; where most of it is light, its ink is dark.
        size: width and height of the tile, in pixels.
        as_it_is: whether the sheet is to show it as it is, and not with dark ink.
    """
    small = picture.convert("L")
    small.thumbnail(size, Image.Resampling.BOX)
    pixels = np.asarray(small)
    if as_it_is or np.median(pixels) > _WHITE // 2:
        pixels = _WHITE - pixels
    tile = np.zeros(size[::-1], np.uint8)
    top, left = ((room - side) // 2 for room, side in zip(tile.shape, pixels.shape, strict=True))
    tile[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return tile


def in_rows(tiles: Sequence[Tile], columns: int) -> list[Sequence[Tile]]:
    """Cuts tiles into rows of so many columns; the last row may be shorter."""
    return [tiles[start : start + columns] for start in range(0, len(tiles), columns)]


def _wrapped(caption: str, width: int) -> list[str]:
    """The lines of a caption, each of about a width in pixels at most."""
    characters = max(1, int(width / _CHARACTER_WIDTH))
    return [line for part in caption.splitlines() for line in textwrap.wrap(part, characters)]
