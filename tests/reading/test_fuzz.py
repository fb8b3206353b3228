"""Damaged pictures of all formats are opened or refused with a message: no other error, no warning, no long wait."""

import io
import time

import numpy as np
import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from model.reading.pictures import PictureError, open_picture

_TRIALS = 500
_MOST_SECONDS = 2.0


def _seeds() -> dict[str, bytes]:
    register_heif_opener()
    rng = np.random.default_rng(0)
    colours = Image.fromarray(rng.integers(0, 255, (6, 8, 3), np.uint8)).resize((40, 30))
    clear = colours.convert("RGBA")
    clear.putalpha(colours.getchannel(0))
    kinds: dict[str, tuple[Image.Image, str, dict[str, object]]] = {
        "JPEG": (colours, "JPEG", {}),
        "progressive JPEG": (colours, "JPEG", {"progressive": True}),
        "PNG": (clear, "PNG", {}),
        "palette PNG": (clear.quantize(9), "PNG", {}),
        "16-bit PNG": (Image.fromarray(rng.integers(0, 65_535, (30, 40), np.uint16)), "PNG", {}),
        "GIF": (colours.quantize(9), "GIF", {"save_all": True, "append_images": [colours.quantize(4)]}),
        "WebP": (clear, "WEBP", {"quality": 50}),
        "lossless WebP": (colours, "WEBP", {"lossless": True}),
        "BMP": (colours, "BMP", {}),
        "TIFF": (colours, "TIFF", {"compression": "tiff_lzw"}),
        "AVIF": (colours, "AVIF", {}),
        "HEIC": (colours, "HEIF", {}),
    }
    files = {}
    for name, (image, file_format, options) in kinds.items():
        file = io.BytesIO()
        image.save(file, file_format, **options)
        files[name] = file.getvalue()
    return files


SEEDS = _seeds()


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """The data with some bytes changed, cut, repeated or put elsewhere."""
    values = bytearray(data)
    for _ in range(rng.integers(1, 6)):
        # Most of what can go wrong is in the header.
        place = int(len(values) * rng.random() ** 2)
        length = int(rng.integers(1, 9))
        match rng.integers(0, 6):
            case 0:
                values[place : place + length] = rng.bytes(length)
            case 1:
                values[place : place + 1] = bytes([int(rng.choice([0, 1, 127, 128, 255]))])
            case 2:
                del values[place : place + length]
            case 3:
                values[place:place] = values[place : place + 4 * length]
            case 4:
                del values[max(1, place) :]
            case _:
                other = int(len(values) * rng.random())
                values[place : place + length] = values[other : other + length]
    return bytes(values)


def outcome(data: bytes) -> str:
    """The mode of a picture, or the message that it is none."""
    try:
        return open_picture(data).image.mode
    except PictureError as error:
        return str(error)


@pytest.mark.parametrize("kind", SEEDS)
def test_a_damaged_file_is_a_picture_or_a_message(kind):
    assert open_picture(SEEDS[kind]).size == (40, 30)
    rng = np.random.default_rng(list(SEEDS).index(kind))
    for _ in range(_TRIALS):
        started = time.process_time()
        said = outcome(mutated(SEEDS[kind], rng))
        assert said in ("L", "RGB", "RGBA") or "Received: " in said
        assert time.process_time() - started < _MOST_SECONDS
