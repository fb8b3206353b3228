"""Pictures from elsewhere are opened upright, in 8 bits and within limits, or refused with a clear message."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageFilter
from pillow_heif import register_heif_opener

from model.reading.classifier import load_classifier
from model.reading.ink import Box, to_ink
from model.reading.pictures import FORMATS, LONGER_SIDE, MESSAGES, MOST_BYTES, PictureError, open_picture
from model.reading.preprocessing import preprocess

# The tests also write HEIC.
register_heif_opener()


def saved(image: Image.Image, file_format: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has no pixels."""
    header = b"IHDR" + struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    end = b"IDAT" + zlib.compress(b"")
    chunks = [
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in (header, end)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.fixture
def dark(seven) -> Image.Image:
    """A 7 in black on white."""
    return Image.fromarray(255 - seven)


@pytest.mark.parametrize("file_format", FORMATS)
def test_each_format_is_read_as_the_same_digit(file_format, dark, seven):
    picture = open_picture(saved(dark.convert("RGB"), file_format))
    assert picture.size == (280, 280)
    assert np.abs(preprocess(picture.image) - preprocess(seven)).mean() < 0.02


def test_cmyk_16_bit_palette_and_transparent_pictures_are_read_as_the_same_digit(dark, seven):
    sixteen = Image.fromarray((255 - seven).astype(np.uint16) * 257)
    clear = Image.new("RGBA", dark.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=Image.fromarray(seven))
    forms = {
        "CMYK": saved(dark.convert("CMYK"), "JPEG", quality=95),
        "16-bit": saved(sixteen, "PNG"),
        "palette": saved(dark.convert("P"), "PNG"),
        "1-bit": saved(dark.convert("1"), "PNG"),
        "transparent": saved(clear, "PNG"),
        "transparent palette": saved(clear.quantize(16), "PNG"),
        "1-bit BMP": saved(dark.convert("1"), "BMP"),
        "palette BMP": saved(dark.convert("P"), "BMP"),
        "24-bit BMP": saved(dark.convert("RGB"), "BMP"),
        "32-bit BMP": saved(dark.convert("RGBA"), "BMP"),
        "16-bit TIFF": saved(sixteen, "TIFF"),
        "CMYK TIFF": saved(dark.convert("CMYK"), "TIFF", compression="tiff_lzw"),
        "1-bit TIFF": saved(dark.convert("1"), "TIFF", compression="group4"),
        "transparent AVIF": saved(clear, "AVIF"),
    }
    for name, data in forms.items():
        assert np.abs(preprocess(open_picture(data).image) - preprocess(seven)).mean() < 0.02, name


@pytest.mark.parametrize(("orientation", "turn"), [(3, 180), (6, 90), (8, 270)])
def test_a_photo_is_turned_upright_by_its_exif(orientation, turn, seven):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stored = Image.fromarray(255 - seven).resize((560, 280)).rotate(turn, expand=True)
    picture = open_picture(saved(stored, "JPEG", exif=exif))
    assert picture.size == (560, 280)
    expected = preprocess(Image.fromarray(seven).resize((560, 280)))
    assert np.abs(preprocess(picture.image) - expected).mean() < 0.03


# pillow-heif writes no orientation that it would apply.
@pytest.mark.parametrize("file_format", ["TIFF", "AVIF"])
def test_other_formats_are_turned_upright_once(file_format, seven):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    stored = Image.fromarray(255 - seven).resize((560, 280)).rotate(90, expand=True)
    picture = open_picture(saved(stored, file_format, exif=exif))
    assert picture.size == picture.image.size == (560, 280)
    expected = preprocess(Image.fromarray(seven).resize((560, 280)))
    assert np.abs(preprocess(picture.image) - expected).mean() < 0.03


def test_of_a_tiff_of_several_pages_the_first_is_read(dark, seven):
    data = saved(dark, "TIFF", save_all=True, append_images=[Image.new("L", dark.size, 255)])
    assert np.abs(preprocess(open_picture(data).image) - preprocess(seven)).mean() < 0.02


def test_of_an_animation_the_first_frame_is_read(dark, seven):
    data = saved(dark, "GIF", save_all=True, append_images=[Image.new("L", dark.size, 255)])
    assert np.abs(preprocess(open_picture(data).image) - preprocess(seven)).mean() < 0.02


def test_a_large_picture_is_reduced_and_its_boxes_are_in_the_files_pixels(dark):
    picture = open_picture(saved(dark.resize((4000, 3000)), "JPEG"))
    assert max(picture.image.size) <= LONGER_SIDE
    assert picture.size == (4000, 3000)
    across, down = 4000 / picture.image.width, 3000 / picture.image.height
    assert picture.in_file(Box(10, 20, 30, 40)) == pytest.approx(
        (10 * across, 20 * down, 30 * across, 40 * down), abs=1
    )


def test_the_kind_is_told_by_the_content_and_not_by_the_name(tmp_path, dark):
    path = tmp_path / "seven.txt"
    path.write_bytes(saved(dark, "PNG"))
    assert open_picture(path).size == (280, 280)


def run_length_bmp(width: int, height: int) -> bytes:
    """A BMP with pixels in run lengths: one pixel, and the rest of each row left out."""
    palette, pixels = bytes(4 * 256), b"\1\0\0\0" * height
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(pixels), 0, 0, 0, 0)
    begin = 14 + len(header) + len(palette)
    return b"BM" + struct.pack("<IHHI", begin + len(pixels), 0, 0, begin) + header + palette + pixels


@pytest.mark.parametrize(
    ("data", "received"),
    [
        (saved(Image.new("F", (9, 9)), "TIFF"), r"TIFF \(32 bits\)"),
        (saved(Image.new("LAB", (9, 9)), "TIFF"), r"TIFF \(L\*a\*b\*\)"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?>\n<!-- drawn by hand -->\n<svg/>", "SVG"),
        (b"<?xml version='1.0'?><letter/>", "XML"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\3\4" + bytes(50), "ZIP"),
        (run_length_bmp(10_000_000, 2), r"BMP \(RLE\)"),
        (b"hello world", "11 bytes beginning with 68 65 6c"),
    ],
)
def test_what_is_no_such_picture_is_refused_with_the_name_of_what_it_is(data, received):
    with pytest.raises(PictureError, match=rf"Save it as PNG or JPEG. Received: {received}"):
        open_picture(data)


def test_an_empty_file_is_refused_as_empty():
    with pytest.raises(PictureError, match=r"The picture is empty. Save or send it again. Received: 0 bytes"):
        open_picture(b"")


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\nbroken",
        b"\xff\xd8\xff",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBP",
        b"BM",
        b"II*\0" + bytes(50),
        b"MM\0*" + bytes(50),
        b"\0\0\0\x18ftypheic" + bytes(50),
        b"\0\0\0\x18ftypavif" + bytes(50),
    ],
)
def test_a_picture_without_a_whole_header_is_refused_as_damaged(data):
    with pytest.raises(PictureError, match=rf"is damaged or cut off.*Received: {len(data)} bytes"):
        open_picture(data)


def test_a_refusal_tells_its_reason_and_the_values_in_its_message():
    with pytest.raises(PictureError) as refusal:
        open_picture(b"%PDF-1.7", "letter.pdf")
    assert refusal.value.reason == "format"
    assert refusal.value.values == {"name": "letter.pdf", "received": "PDF"}
    assert str(refusal.value) == MESSAGES["format"].format(**refusal.value.values)


def test_more_than_10_megabytes_are_refused_unread(tmp_path):
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(PictureError, match=r"large.png is too large.*at most 10 MB. Received: 10.1 MB"):
        open_picture(path)


@pytest.mark.parametrize("size", [(10_000, 2_001), (10_000, 10_000), (60_000, 60_000)])
def test_too_many_pixels_are_refused_undecoded(size):
    with pytest.raises(PictureError, match=r"too large.*at most 20 megapixels. Received: "):
        open_picture(png_header(*size))


@pytest.mark.parametrize(("file_format", "most"), [("JPEG", 50), ("WEBP", 16), ("GIF", 20), ("TIFF", 20)])
def test_each_format_has_its_limit(file_format, most):
    side = 10_000
    options = {"compression": "tiff_lzw"} if file_format == "TIFF" else {"quality": 1} if file_format == "JPEG" else {}
    just = Image.new("L", (side, most * 100 + 1), 255)
    with pytest.raises(PictureError, match=f"at most {most} megapixels"):
        open_picture(saved(just, file_format, **options))


def test_a_jpeg_of_very_many_scans_is_refused_undecoded():
    photo = saved(Image.new("L", (5000, 5000), 200), "JPEG", progressive=True)
    assert max(open_picture(photo).image.size) == LONGER_SIDE
    scan = photo[photo.rindex(b"\xff\xda") : -2]
    with pytest.raises(PictureError, match=r"Received: JPEG \(\d+ scans\)"):
        open_picture(photo[:-2] + 50 * scan + photo[-2:])


def test_a_phones_second_picture_and_film_behind_a_jpeg_change_neither_limit_nor_scans():
    photo = Image.new("RGB", (400, 300), (200, 180, 160))
    several = saved(photo, "MPO", save_all=True, append_images=[photo])
    assert Image.open(io.BytesIO(several)).format == "MPO"
    assert open_picture(several).size == (400, 300)
    large = saved(Image.new("L", (4000, 3000), 200), "JPEG")
    assert open_picture(large + np.random.default_rng(0).bytes(4_000_000)).size == (4000, 3000)
    # Many scans are found in an MPO, too.
    scan = several.index(b"\xff\xda")
    end = several.index(b"\xff\xd9", scan)
    wide = bytearray(several[:end] + 5000 * several[scan:end] + several[end:])
    frame = wide.index(b"\xff\xc0") + 5
    wide[frame : frame + 4] = struct.pack(">2H", 1000, 1000)
    with pytest.raises(PictureError, match=r"Received: JPEG \(5001 scans\)"):
        open_picture(bytes(wide))


def test_a_palette_picture_without_its_palette_is_refused():
    data = saved(Image.new("P", (9, 9), 3), "PNG")
    begin = data.index(b"PLTE") - 4
    length = struct.unpack(">I", data[begin : begin + 4])[0] + 12
    with pytest.raises(PictureError, match=r"is damaged or cut off"):
        open_picture(data[:begin] + data[begin + length :])


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_picture_cut_off_is_refused(file_format, dark):
    data = saved(dark.convert("RGB"), file_format)
    with pytest.raises(PictureError, match="The picture is "):
        open_picture(data[: len(data) // 2])


def test_a_missing_file_is_refused_by_its_name(tmp_path):
    with pytest.raises(PictureError, match=r"absent.png can't be opened"):
        open_picture(tmp_path / "absent.png")


def photographed(image: np.ndarray, rng: np.random.Generator, shadow: bool, board: bool = False) -> Image.Image:
    """A digit of MNIST as written on a sheet that is lit from one side and photographed, 700 x 700."""
    ink = np.zeros((700, 700))
    top, left = rng.integers(80, 270, 2)
    ink[top : top + 350, left : left + 350] = np.asarray(
        Image.fromarray(image).resize((350, 350), Image.Resampling.BICUBIC)
    )
    ink = np.clip((ink / 255 - 0.35) * 4, 0, 1)
    y, x = np.mgrid[:700, :700] / 700 - 0.5
    light = 180 + 100 * (x * np.cos(top) + y * np.sin(top))
    if shadow:
        edge = Image.fromarray(np.where(x + 0.3 * y > 0.1, 255, 165).astype(np.uint8)).filter(
            ImageFilter.GaussianBlur(10)
        )
        light = light * np.asarray(edge) / 255
    levels = 60 + 0.1 * light + 130 * ink if board else light * (1 - 0.6 * ink)
    return Image.fromarray((levels + rng.normal(0, 4, ink.shape)).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("kind", ["gradient", "shadow", "board"])
def test_a_photographed_digit_is_read_as_a_clean_one(kind, test_set):
    rng = np.random.default_rng(0)
    right = 0
    for image, label in zip(test_set.images[:20], test_set.labels[:20], strict=True):
        photo = photographed(image, rng, kind == "shadow", kind == "board")
        reading = load_classifier().read(open_picture(saved(photo, "JPEG", quality=60)).image)
        right += len(reading.digits) == 1 and reading.digits[0].label == label
    assert right >= 19


@pytest.mark.parametrize("shadow", [False, True])
def test_an_unevenly_lit_empty_sheet_has_no_ink(shadow):
    empty = np.zeros((28, 28), np.uint8)
    sheet = photographed(empty, np.random.default_rng(0), shadow)
    assert not to_ink(open_picture(saved(sheet, "JPEG", quality=60)).image).any()
