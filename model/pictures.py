"""Picture files from elsewhere: opened within limits, turned upright, in 8 bits, and small enough to read quickly."""

import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import ExifTags, Image, ImageOps

from model.preprocess import Box

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
# What is read is 20 pixels high in the end. At this size a row of a dozen digits still has 100 pixels for each, and
# a photograph is read in a quarter of a second.
LONGER_SIDE = 1600

# What people bring that Pillow knows by another name or not at all, by the first bytes of the file.
_OTHER_FORMATS = {
    b"BM": "a BMP",
    b"II*\x00": "a TIFF",
    b"MM\x00*": "a TIFF",
    b"%PDF": "a PDF",
    b"<svg": "an SVG",
    b"<?xml": "an XML or SVG file",
    b"PK\x03\x04": "a ZIP or office file",
}
_OTHER_BRANDS = {b"avif": "an AVIF", b"heic": "a HEIC", b"heix": "a HEIC", b"mif1": "a HEIC"}

# What Pillow raises for a file that is cut off or damaged, wherever the damage lies.
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, KeyError, struct.error, zlib.error)


class PictureError(Exception):
    """A file can't be read as a picture; the message says why, what to do and what was received."""


class Picture(NamedTuple):
    """A picture, upright.

    Attributes:
        image: in mode L, RGB or RGBA, with a longer side of at most 1600 pixels.
        size: width and height of the picture in the file, upright, in pixels.
    """

    image: Image.Image
    size: tuple[int, int]

    def in_file(self, box: Box) -> Box:
        """A box in pixels of `image`, given in pixels of the picture in the file, upright."""
        across, down = self.size[0] / self.image.width, self.size[1] / self.image.height
        left, top = round(box.x * across), round(box.y * down)
        right, bottom = round((box.x + box.width) * across), round((box.y + box.height) * down)
        return Box(left, top, right - left, bottom - top)


def open_picture(source: bytes | Path, name: str | None = None) -> Picture:
    """Opens a PNG, JPEG, WebP or GIF, whatever its name ends in.

    The size of the file and the number of its pixels are checked before anything is decoded. The orientation in EXIF is
    applied, 16 bits are scaled to 8, CMYK becomes RGB, and of an animation the first frame is taken.

    Args:
        source: the bytes of a file, or its path.
        name: what an error message calls it; by default the name of the file, or "The picture".

    Raises:
        PictureError: it is too large, no such picture, or damaged.
    """
    name = name or (source.name if isinstance(source, Path) else "The picture")
    data = _read(source, name)
    try:
        with _opened(data, name) as image:
            _check_pixels(image.size, name)
            return _upright(image)
    except _DAMAGED as error:
        raise PictureError(
            f"{name} is damaged or cut off. Save or send it again. Received: {len(data):,} bytes ({error})"
        ) from error


def _read(source: bytes | Path, name: str) -> bytes:
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        if size > MOST_BYTES:
            raise PictureError(
                f"{name} is too large. Save it smaller. Expected: at most {MOST_BYTES // 1024**2} MB. "
                f"Received: {size / 1024**2:.1f} MB"
            )
        return source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise PictureError(
            f"{name} can't be opened. Check its name and its permissions. Received: {error.strerror}"
        ) from error


def _opened(data: bytes, name: str) -> Image.Image:
    """The picture with its header read and nothing decoded."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of a picture too large above 89 megapixels and raises above 179; here 50 is the limit.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise PictureError(_too_many_pixels(name, "more than 89 megapixels")) from error
    except Image.UnidentifiedImageError as error:
        raise PictureError(
            f"{name} is no picture that can be read here. Save it as PNG, JPEG, WebP or GIF. "
            f"Received: {_description(data)}"
        ) from error


def _check_pixels(size: tuple[int, int], name: str) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise PictureError(_too_many_pixels(name, f"{size[0]} × {size[1]} = {size[0] * size[1] / 1e6:.1f} megapixels"))


def _too_many_pixels(name: str, received: str) -> str:
    return (
        f"{name} is too large. Save it smaller. Expected: at most {MOST_PIXELS // 10**6} megapixels. "
        f"Received: {received}"
    )


def _description(data: bytes) -> str:
    """What a file that is no picture for us seems to be."""
    if not data:
        return "an empty file"
    if data[4:8] == b"ftyp" and data[8:12] in _OTHER_BRANDS:
        return _OTHER_BRANDS[data[8:12]]
    for beginning, description in _OTHER_FORMATS.items():
        if data.startswith(beginning):
            return description
    return f"{len(data):,} bytes beginning with {data[:8].hex(' ')}"


def _upright(image: Image.Image) -> Picture:
    width, height = image.size
    longer = max(width, height)
    if longer > LONGER_SIDE:
        # A JPEG is decoded at a half, a quarter or an eighth of its size, in a fraction of the time and memory.
        image.draft(None, (width * LONGER_SIDE // longer, height * LONGER_SIDE // longer))
    image.load()
    turned = image.getexif().get(ExifTags.Base.Orientation, 1) in range(5, 9)
    ImageOps.exif_transpose(image, in_place=True)
    image = _in_8_bits(image)
    image.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.BOX)
    return Picture(image, (height, width) if turned else (width, height))


def _in_8_bits(image: Image.Image) -> Image.Image:
    """The picture in mode L, RGB or RGBA."""
    if image.mode in ("I;16", "I"):
        # Pillow would cut these off at 255, where 16 bits reach to 65,535.
        values = np.asarray(image)
        grey = Image.fromarray((values >> 8).astype(np.uint8))
        if "transparency" not in image.info:
            return grey
        alpha = Image.fromarray((values != image.info["transparency"]).astype(np.uint8) * 255)
        return Image.merge("RGBA", (grey, grey, grey, alpha))
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")
