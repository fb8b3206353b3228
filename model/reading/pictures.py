"""Picture files from elsewhere: opened within limits, turned upright, in 8 bits, and small enough to read quickly."""

import io
import logging
import math
import re
import stat
import struct
import warnings
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import ExifTags, Image, ImageOps

from model.reading.ink import Box

# Pillow warns of damage that it can do without, and of more than 89 megapixels, which `_check` refuses. To ignore that
# for each picture would not do, since several threads read pictures at once.
warnings.filterwarnings("ignore", module=r"PIL\.")

# The formats that are read, as Pillow calls them, and how the names of such files end. pillow-heif reads HEIC, in which
# iPhones save photos.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
SUFFIXES = (".avif", ".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
# Ten megabytes of 10**6 bytes: so does Streamlit's uploader count them, except on Windows.
MOST_BYTES = 10_000_000
# What is accepted takes at most 300 MB and 2 s (`python -m benchmarks.faults`). A pixel takes most of a WebP, and least
# of a JPEG, which is decoded at a fraction of its size.
MOST_PIXELS = {"JPEG": 50_000_000, "WEBP": 16_000_000}
MOST_PIXELS_ELSEWHERE = 20_000_000
# A JPEG's pixels are decoded again in each of its scans: a photo has ten at most, and a file of 400 kB may have 400.
_MOST_PIXELS_IN_SCANS = 600_000_000
_SCAN, _END_OF_IMAGE = b"\xda", b"\xd9"
# A byte of 255 is one of the data if 0 comes next; restarts and the like are no segments.
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
# What is read is 20 pixels high in the end. At this size a row of a dozen digits still has 100 pixels for each, and
# a photograph is read in a quarter of a second.
LONGER_SIDE = 1600
# Why a picture can't be read, by the reason of a PictureError. views/texts.py has the Chinese text for each reason.
MESSAGES = {
    "bytes": "{name} is too large. Save it smaller. Expected: at most {most} MB. Received: {received} MB",
    "pixels": "{name} is too large. Save it smaller. Expected: at most {most} megapixels. "
    "Received: {received} megapixels",
    "empty": "{name} is empty. Save or send it again. Received: 0 bytes",
    "format": "{name} is no picture that can be read here. Save it as PNG or JPEG. Received: {received}",
    "unknown": "{name} is no picture that can be read here. Save it as PNG or JPEG. "
    "Received: {size:,} bytes beginning with {beginning}",
    "damaged": "{name} is damaged or cut off. Save or send it again. Received: {size:,} bytes ({error})",
    "unopened": "{name} can't be opened. Check its name and its permissions. Received: {error}",
}
# How files begin: those that can be read, and others that people bring.
_READABLE = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_OTHER_FORMATS = {b"%PDF": "PDF", b"PK\x03\x04": "ZIP", b"<?xml": "XML"}
# Which kinds of files of ISO/IEC 14496-12 are pictures: AVIF, which Pillow reads, and what pillow-heif reads.
_AVIF = (b"avif", b"avis")
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
# An SVG's root element comes within so many bytes, after comments and declarations.
_SVG_BEGINS = 1000
# Pillow's modes that have no largest value, or no conversion.
_NOT_IN_8_BITS = {"I": "32 bits", "F": "32 bits", "LAB": "L*a*b*"}
# A BMP's numbers for pixels in run lengths: RLE8 and RLE4.
_RUN_LENGTHS = (1, 2)
# What Pillow raises for a file that is cut off or damaged, wherever the damage lies.
_DAMAGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


# What Pillow logs of a damaged file, it also raises.
logging.getLogger("PIL").addHandler(logging.NullHandler())


class PictureError(Exception):
    """A file can't be read as a picture; the English message says why, what to do and what was received.

    Attributes:
        reason: a key of MESSAGES.
        values: what stands in the places of that message.
    """

    def __init__(self, reason: str, /, **values: object):
        super().__init__(MESSAGES[reason].format(**values))
        self.reason = reason
        self.values = values


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
    """Opens a picture of one of the FORMATS, whatever its name ends in.

    The size of the file and the number of its pixels are checked before anything is decoded. The orientation in EXIF is
    applied, 16 bits are scaled to 8, CMYK becomes RGB, and the first frame or page is taken.

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
            _check(image, data, name)
            return _upright(image)
    except _DAMAGED as error:
        raise PictureError("damaged", name=name, size=len(data), error=str(error)) from error


def too_many_bytes(name: str, size: int) -> PictureError:
    """The error for a file of more than MOST_BYTES bytes; `size` is in bytes."""
    # Rounded up, so that a byte too many is not "10.0 of at most 10".
    received = f"{math.ceil(size / 10**5) / 10:,.1f}"
    return PictureError("bytes", name=name, most=MOST_BYTES // 10**6, received=received)


def _read(source: bytes | Path, name: str) -> bytes:
    if isinstance(source, bytes):
        if len(source) > MOST_BYTES:
            raise too_many_bytes(name, len(source))
        return source
    try:
        status = source.stat()
        if not stat.S_ISREG(status.st_mode):
            # A pipe would be waited for, and a device may have no end.
            raise PictureError("unopened", name=name, error="Not a regular file")
        if status.st_size > MOST_BYTES:
            raise too_many_bytes(name, status.st_size)
        with source.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise PictureError("unopened", name=name, error=getattr(error, "strerror", None) or str(error)) from error
    if len(data) > MOST_BYTES:
        # The system does not tell the size of all files.
        raise too_many_bytes(name, len(data))
    return data


def _opened(data: bytes, name: str) -> Image.Image:
    """The picture with its header read and nothing decoded."""
    formats = [each for each in FORMATS if each != "HEIF"]
    if _brand(data) in _HEIF:
        # Imported where a picture needs it: few do, and it takes 0.1 s.
        from pillow_heif import register_heif_opener

        register_heif_opener()
        formats = ["HEIF"]
    try:
        return Image.open(io.BytesIO(data), formats=formats)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(name, MOST_PIXELS_ELSEWHERE, "> 179") from error
    except Image.UnidentifiedImageError as error:
        raise _no_picture(data, name) from error


def _brand(data: bytes) -> bytes:
    """Which kind of file of ISO/IEC 14496-12 it is; empty for others."""
    return data[8:12] if data[4:8] == b"ftyp" else b""


def _check(image: Image.Image, data: bytes, name: str) -> None:
    """Refuses what would take too long or too much memory to decode."""
    # With a second picture for other devices, as phones add it, Pillow calls a JPEG an MPO.
    kind = "JPEG" if image.format == "MPO" else str(image.format)
    width, height = image.size
    most = MOST_PIXELS.get(kind, MOST_PIXELS_ELSEWHERE)
    if width * height > most:
        raise _too_many_pixels(name, most, f"{width} × {height} = {width * height / 1e6:.1f}")
    if image.mode in _NOT_IN_8_BITS:
        raise PictureError("format", name=name, received=f"{kind} ({_NOT_IN_8_BITS[image.mode]})")
    if kind == "JPEG" and (scans := _scans(data)) * width * height > _MOST_PIXELS_IN_SCANS:
        raise PictureError("format", name=name, received=f"JPEG ({scans} scans)")
    # Pillow decodes these in Python, pixel by pixel: a file of 1 kB with 50 megapixels takes 5 s.
    if kind == "BMP" and image.info["compression"] in _RUN_LENGTHS:
        raise PictureError("format", name=name, received="BMP (RLE)")


def _scans(data: bytes) -> int:
    """How many scans the first picture of a JPEG has."""
    scans, place = 0, 2
    while (found := _MARKER.search(data, place)) is not None and found[1] != _END_OF_IMAGE:
        scans += found[1] == _SCAN
        # A marker begins a segment, whose length comes next.
        place = found.end() + int.from_bytes(data[found.end() : found.end() + 2], "big")
    return scans


def _too_many_pixels(name: str, most: int, received: str) -> PictureError:
    return PictureError("pixels", name=name, most=most // 10**6, received=received)


def _no_picture(data: bytes, name: str) -> PictureError:
    """The error for a file that Pillow does not know, by what it seems to be."""
    if not data:
        return PictureError("empty", name=name)
    if (
        data.startswith(_READABLE)
        or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")
        or _brand(data) in (*_AVIF, *_HEIF)
    ):
        # Pillow's words without the address of an object in them.
        return PictureError("damaged", name=name, size=len(data), error="cannot identify image file")
    if b"<svg" in data[:_SVG_BEGINS]:
        return PictureError("format", name=name, received="SVG")
    for beginning, received in _OTHER_FORMATS.items():
        if data.startswith(beginning):
            return PictureError("format", name=name, received=received)
    return PictureError("unknown", name=name, size=len(data), beginning=data[:8].hex(" "))


def _upright(image: Image.Image) -> Picture:
    width, height = image.size
    # Pillow turns a TIFF by itself.
    orientation = 1 if image.format == "TIFF" else image.getexif().get(ExifTags.Base.Orientation, 1)
    longer = max(width, height)
    if longer > LONGER_SIDE:
        # A JPEG is decoded at a half, a quarter or an eighth of its size, in a fraction of the time and memory.
        image.draft(None, (width * LONGER_SIDE // longer, height * LONGER_SIDE // longer))
    image.load()
    # Reduced before it is copied: 50 megapixels take 200 MB each time.
    image = _reducible(image)
    image.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.BOX)
    image.getexif()[ExifTags.Base.Orientation] = orientation
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return Picture(image, (height, width) if orientation in range(5, 9) else (width, height))


def _reducible(image: Image.Image) -> Image.Image:
    """The picture in a mode in which pixels can be averaged, with 8 bits a channel."""
    if image.mode.startswith("I;16"):
        # Pillow would cut these off at 255, where 16 bits reach to 65,535.
        values = np.asarray(image)
        grey = Image.fromarray((values >> 8).astype(np.uint8))
        if "transparency" not in image.info:
            return grey
        alpha = Image.fromarray((values != image.info["transparency"]).astype(np.uint8) * 255)
        return Image.merge("RGBA", (grey, grey, grey, alpha))
    if image.mode == "1":
        return image.convert("L")
    # A palette, or a colour of a PNG that stands for transparency.
    if image.mode in ("P", "PA") or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image
