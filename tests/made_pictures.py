"""Pictures such as people bring, drawn by a seed: rows, ruled paper, forms, signs, sheets on tables, and others."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from model.synthesis.strokes import Stroke, draw_strokes

# Gives the strokes of a digit in some hand, in any unit, y downward.
Hand = Callable[[np.random.Generator, str], Sequence[Stroke]]
SIGNS = {
    ".": [[(0.02, 0.97), (0.05, 0.97)]],
    ",": [[(0.08, 0.92), (0.0, 1.12)]],
    "-": [[(0.0, 0.52), (0.45, 0.5)]],
    ":": [[(0.02, 0.3), (0.05, 0.3)], [(0.02, 0.85), (0.05, 0.85)]],
    "/": [[(0.0, 1.08), (0.6, -0.08)]],
}
PAPER = 255


@dataclass(frozen=True)
class Made:
    """A picture and what it says, a line a row."""

    image: Image.Image
    text: str

    @property
    def text_without_signs(self) -> str:
        """What it says, with a "?" for each sign."""
        return "".join("?" if character in SIGNS else character for character in self.text)


def number(rng: np.random.Generator, least: int = 1, most: int = 5) -> str:
    """Some digits."""
    return "".join(str(digit) for digit in rng.integers(0, 10, rng.integers(least, most + 1)))


def write(rng: np.random.Generator, hand: Hand, text: str, height: float, gap: tuple[float, float]) -> list[Stroke]:
    """The strokes of a row in pixels, from x = 0, its digits between y = 0 and the height.

    Args:
        rng: of the sizes and the gaps.
        hand: who writes.
        text: digits and signs.
        height: of the digits, in pixels.
        gap: the least and the widest between two characters, as shares of the height.
    """
    strokes: list[Stroke] = []
    right = 0.0
    for place, character in enumerate(text):
        own = [np.array(stroke, float) for stroke in (SIGNS.get(character) or hand(rng, character))]
        points = np.concatenate(own)
        low, high = points.min(axis=0), points.max(axis=0)
        if character in SIGNS:
            scale, shift = height, np.array([0.0, 0.0])
        else:
            # A 1 may lean; nothing is wider than it is high by much.
            size = height * rng.uniform(0.9, 1.0)
            scale = size / max(high[1] - low[1], (high[0] - low[0]) / 1.3, 1e-9)
            shift = np.array([-low[0] * scale, height - high[1] * scale])
        left = right + (height * rng.uniform(*gap) if place else 0)
        own = [stroke * scale + shift + (left, 0) for stroke in own]
        strokes += own
        right = max(right, max(float(stroke[:, 0].max()) for stroke in own))
    return strokes


def moved(strokes: Sequence[Stroke], x: float, y: float, slant: float = 0.0) -> list[Stroke]:
    """Strokes moved by x and y, and turned about their first point's origin by so many degrees, clockwise."""
    cos, sin = np.cos(np.deg2rad(slant)), np.sin(np.deg2rad(slant))
    return [stroke @ np.array([[cos, sin], [-sin, cos]]) + (x, y) for stroke in strokes]


def width_of(strokes: Sequence[Stroke]) -> float:
    """How far they reach to the right, in pixels."""
    return max(float(stroke[:, 0].max()) for stroke in strokes)


def sheet(strokes: Sequence[Stroke], pen: float, size: tuple[int, int], ink: int = 20) -> Image.Image:
    """A white sheet with strokes, in mode L."""
    inked = draw_strokes(strokes, pen, size).astype(float) / 255
    return Image.fromarray((PAPER + inked * (ink - PAPER)).astype(np.uint8))


def photo(rng: np.random.Generator, page: Image.Image, shadow: bool = True) -> Image.Image:
    """A photograph of a page: uneven light, a shadow, grain, and JPEG."""
    levels = np.asarray(page, float)
    height, width = levels.shape[:2]
    down, across = np.mgrid[:height, :width] / (height, width)[0]
    turn = rng.uniform(0, 2 * np.pi)
    light = rng.uniform(0.6, 0.85) + rng.uniform(0.05, 0.15) * (np.cos(turn) * across + np.sin(turn) * down)
    if shadow:
        edge = np.cos(turn + 1) * (across - rng.uniform(0.2, 0.8)) + np.sin(turn + 1) * (down - rng.uniform(0.2, 0.8))
        light *= 1 - rng.uniform(0, 0.3) / (1 + np.exp(-edge / 0.05))
    light = light if levels.ndim == 2 else light[..., np.newaxis]
    taken = np.clip(levels * light + rng.normal(0, rng.uniform(1, 4), levels.shape), 0, 255).astype(np.uint8)
    return as_jpeg(Image.fromarray(taken).filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9))))


def as_jpeg(image: Image.Image) -> Image.Image:
    """The image after it was saved as a JPEG."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return Image.open(file)


def ruled(image: Image.Image, spacing: float, level: int, squared: bool, thickness: int = 1) -> Image.Image:
    """A sheet with lines beneath its ink, in mode L."""
    lines = Image.new("L", image.size, PAPER)
    draw = ImageDraw.Draw(lines)
    for place in np.arange(spacing / 2, max(image.size), spacing):
        draw.line((0, place, image.width, place), fill=level, width=thickness)
        if squared:
            draw.line((place, 0, place, image.height), fill=level, width=thickness)
    return Image.fromarray(np.minimum(np.asarray(image), np.asarray(lines)))


def _rows(rng: np.random.Generator, hand: Hand) -> Made:
    """Rows of different length, level or slanted."""
    rows = [number(rng) for _ in range(rng.integers(2, 5))]
    height = rng.uniform(50, 90)
    pitch = height * rng.uniform(1.35, 2.2)
    slant = rng.uniform(-10, 10) if rng.random() < 0.5 else 0.0
    strokes: list[Stroke] = []
    for place, text in enumerate(rows):
        strokes += moved(write(rng, hand, text, height, (0.12, 0.45)), rng.uniform(0, 0.3) * height, place * pitch)
    strokes = moved(strokes, 0, 0, slant)
    return Made(_framed(rng, strokes, height * rng.uniform(0.05, 0.12)), "\n".join(rows))


def _cropped(strokes: Sequence[Stroke], pen: float, room: float, ink: int = 20) -> Image.Image:
    """A sheet with strokes, and so much room in pixels on each side of their paths."""
    points = np.concatenate(list(strokes))
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = (int(side) for side in np.ceil(high - low + 2 * room))
    return sheet(moved(strokes, *(room - low)), pen, (width, height), ink)


def _framed(
    rng: np.random.Generator, strokes: Sequence[Stroke], pen: float, margin: tuple[float, float] = (0.08, 0.3)
) -> Image.Image:
    """A sheet with strokes, and a margin of a share of their longer side."""
    longer = np.ptp(np.concatenate(list(strokes)), axis=0).max()
    return _cropped(strokes, pen, rng.uniform(*margin) * longer + pen)


def _one_row(rng: np.random.Generator, hand: Hand) -> tuple[Image.Image, str, float]:
    text, height = number(rng, 1, 5), rng.uniform(70, 150)
    strokes = write(rng, hand, text, height, (0.12, 0.5))
    return _framed(rng, strokes, height * rng.uniform(0.05, 0.12)), text, height


def _faint_lines(rng: np.random.Generator, hand: Hand) -> Made:
    """Ruled or squared paper as a scan shows it."""
    image, text, height = _one_row(rng, hand)
    lines = ruled(image, height * rng.uniform(0.25, 1.2), int(rng.integers(120, 236)), rng.random() < 0.5)
    return Made(lines, text)


def _edge_frame(rng: np.random.Generator, hand: Hand) -> Made:
    """A frame of one to three pixels around the picture, or a line along one edge."""
    image, text, _ = _one_row(rng, hand)
    draw, level, width = ImageDraw.Draw(image), int(rng.integers(0, 220)), int(rng.integers(1, 4))
    right, bottom = image.width - 1, image.height - 1
    if rng.random() < 0.5:
        draw.rectangle((0, 0, right, bottom), outline=level, width=width)
    else:
        x = 0 if rng.random() < 0.5 else right - width + 1
        draw.rectangle((x, 0, x + width - 1, bottom), fill=level)
    return Made(image, text)


def _form(rng: np.random.Generator, hand: Hand) -> Made:
    """Digits in boxes, apart or side by side."""
    text, height = number(rng, 2, 6), rng.uniform(50, 90)
    box, gap = height * rng.uniform(1.35, 1.7), height * rng.choice([0.0, 0.25])
    strokes: list[Stroke] = []
    for place, digit in enumerate(text):
        own = write(rng, hand, digit, height, (0, 0))
        wide = max(width_of(own), 1)
        own = [stroke * min(1, 0.8 * box / wide) for stroke in own]
        strokes += moved(own, 20 + place * (box + gap) + (box - width_of(own)) / 2, 20 + (box - height) / 2)
    image = sheet(strokes, height * rng.uniform(0.05, 0.1), (int(40 + len(text) * (box + gap)), int(40 + box)))
    draw, level, width = ImageDraw.Draw(image), int(rng.integers(0, 180)), int(rng.integers(1, 4))
    for place in range(len(text)):
        left = 20 + place * (box + gap)
        draw.rectangle((left, 20, left + box, 20 + box), outline=level, width=width)
    return Made(image, text)


def _underlined(rng: np.random.Generator, hand: Hand) -> Made:
    """A number with a line under it, or standing on one."""
    text, height = number(rng, 2, 5), rng.uniform(70, 120)
    strokes, pen = write(rng, hand, text, height, (0.15, 0.5)), height * rng.uniform(0.05, 0.1)
    y = height + (pen if rng.random() < 0.3 else height * rng.uniform(0.12, 0.3))
    line = np.array([[-0.2 * height, y], [width_of(strokes) + 0.2 * height, y + rng.uniform(-3, 3)]])
    return Made(_framed(rng, [*strokes, line], pen), text)


def _signs(rng: np.random.Generator, hand: Hand) -> Made:
    """A decimal number, a negative one, a time, a fraction with a slash, or a difference."""
    sign = str(rng.choice(list(SIGNS)))
    text = number(rng, 1, 2) + sign + number(rng, 1, 2)
    if sign == "-" and rng.random() < 0.5:
        text = sign + number(rng, 1, 3)
    height = rng.uniform(70, 140)
    strokes = write(rng, hand, text, height, (0.15, 0.35))
    return Made(_framed(rng, strokes, height * rng.uniform(0.06, 0.12)), text)


def _on_table(rng: np.random.Generator, hand: Hand) -> Made:
    """A sheet on a darker table, turned a little; at times a pen lies on the sheet."""
    page, text, height = _page(rng, hand)
    if rng.random() < 0.3:
        y = 0.75 * page.height
        ImageDraw.Draw(page).line((0.1 * page.width, y, 0.8 * page.width, y + 20), fill=60, width=int(0.15 * height))
    return Made(photo(rng, _laid(rng, page, rng.uniform(-8, 8), rng.uniform(0.35, 0.6)), shadow=False), text)


def _at_an_angle(rng: np.random.Generator, hand: Hand) -> Made:
    """A sheet at any angle on a table of any darkness."""
    page, text, _ = _page(rng, hand)
    return Made(photo(rng, _laid(rng, page, rng.uniform(-40, 40), rng.uniform(0.05, 0.6)), shadow=False), text)


def _objects(rng: np.random.Generator, hand: Hand) -> Made:
    """A sheet with a coin, a phone, a marker or a thumb on it."""
    page, text, height = _page(rng, hand)
    page = page.crop((0, 0, page.width, int(page.height + 2.5 * height)))
    page.paste(PAPER, (0, int(page.height - 2.5 * height), page.width, page.height))
    draw, fill = ImageDraw.Draw(page), int(rng.uniform(0.05, 0.4) * PAPER)
    x, y = rng.uniform(0.1, 0.4) * page.width, page.height - rng.uniform(1.8, 2.4) * height
    match rng.integers(0, 4):
        case 0:
            draw.ellipse((x, y, x + 1.2 * height, y + 1.2 * height), fill=fill)
        case 1:
            draw.rounded_rectangle((x, y, x + 2.5 * height, y + 1.4 * height), 0.1 * height, fill=fill)
        case 2:
            draw.line((x, y, x + 0.5 * page.width, y + height), fill=fill, width=int(0.4 * height))
        case _:
            draw.ellipse((x, y, x + 1.4 * height, y + 3 * height), fill=fill)
    return Made(photo(rng, page, shadow=False), text)


def _page(rng: np.random.Generator, hand: Hand) -> tuple[Image.Image, str, float]:
    """A sheet with a number on it, in mode L; what it says, and how high its digits are in pixels."""
    text, height = number(rng, 2, 5), rng.uniform(60, 110)
    strokes = write(rng, hand, text, height, (0.15, 0.4))
    size = (int(width_of(strokes) + rng.uniform(1.5, 4) * height), int(rng.uniform(3.5, 6) * height))
    place = [rng.uniform(0.4, 0.6) * (size[0] - width_of(strokes)), rng.uniform(0.3, 0.6) * (size[1] - height)]
    return sheet(moved(strokes, *place), height * rng.uniform(0.05, 0.09), size), text, height


def _laid(rng: np.random.Generator, page: Image.Image, angle: float, darkness: float) -> Image.Image:
    """A sheet turned counterclockwise by an angle, in degrees, on a table that has this share of its lightness."""
    turned = page.convert("LA").rotate(angle, Image.Resampling.BICUBIC, expand=True)
    around = (int(turned.width * rng.uniform(1.1, 1.4)), int(turned.height * rng.uniform(1.1, 1.4)))
    table = Image.new("L", around, int(PAPER * darkness))
    table.paste(
        turned.getchannel(0), ((around[0] - turned.width) // 2, (around[1] - turned.height) // 2), turned.getchannel(1)
    )
    return table


def _not_opaque(rng: np.random.Generator, hand: Hand) -> Made:
    """A screenshot with rounded corners, a shadow, or one pixel that is hardly transparent; thin strokes."""
    text, height = number(rng, 1, 4), rng.uniform(90, 160)
    strokes = write(rng, hand, text, height, (0.15, 0.5))
    image = _framed(rng, strokes, rng.uniform(1.5, 6))
    alpha = Image.new("L", image.size, 255)
    kind = rng.integers(0, 3)
    if kind == 0:
        alpha = Image.new("L", image.size, 0)
        ImageDraw.Draw(alpha).rounded_rectangle((0, 0, image.width - 1, image.height - 1), 16, fill=255)
    elif kind == 1:
        alpha.putpixel((3, 3), 254)
    else:
        margin = 30
        wide = Image.new("L", (image.width + 2 * margin, image.height + 2 * margin), 0)
        alpha = wide.copy()
        alpha.paste(110, (margin - 8, margin, margin + image.width + 8, margin + image.height + 16))
        alpha = alpha.filter(ImageFilter.GaussianBlur(8))
        alpha.paste(255, (margin, margin, margin + image.width, margin + image.height))
        wide.paste(image, (margin, margin))
        image = wide
    return Made(Image.merge("RGBA", (image, image, image, alpha)), text)


def _marker(rng: np.random.Generator, hand: Hand) -> Made:
    """A digit by a thick marker in a tight crop of a photo."""
    text, height = number(rng, 1, 1), rng.uniform(180, 300)
    strokes = write(rng, hand, text, height, (0, 0))
    pen = height * rng.uniform(0.17, 0.25)
    longer = np.ptp(np.concatenate(strokes), axis=0).max() + pen
    image = _cropped(strokes, pen, pen / 2 + rng.choice([0.02, 0.1]) * longer, ink=45)
    return Made(photo(rng, image, shadow=False), text)


def _neighbour(rng: np.random.Generator, hand: Hand) -> Made:
    """A crop of a number in which a part of the next digit is left."""
    text, height = number(rng, 1, 3), rng.uniform(80, 150)
    pen = height * rng.uniform(0.06, 0.1)
    strokes, beyond = (
        write(rng, hand, text, height, (0.2, 0.5)),
        write(rng, hand, str(rng.integers(0, 10)), height, (0, 0)),
    )
    start = width_of(strokes) + pen + height * rng.uniform(0.3, 0.6)
    size = (int(0.5 * height + start + rng.uniform(0.15, 0.4) * width_of(beyond)), int(1.8 * height))
    image = sheet(moved([*strokes, *moved(beyond, start, 0)], 0.5 * height, 0.4 * height), pen, size)
    return Made(photo(rng, image), text)


def _over_one_another(rng: np.random.Generator, hand: Hand) -> Made:
    """Two digits of which one lies over the other."""
    strokes = [*write(rng, hand, "3", 140, (0, 0)), *moved(write(rng, hand, "8", 140, (0, 0)), 45, 10)]
    return Made(_framed(rng, strokes, 10), "38")


def _light_table(rng: np.random.Generator, hand: Hand) -> Made:
    """A grey sheet on a table that is lighter, at an angle."""
    page, text, _ = _page(rng, hand)
    page = page.point(lambda level: level * 0.6)
    return Made(photo(rng, _laid(rng, page, 25, 0.95), shadow=False), text)


def _letters(rng: np.random.Generator, hand: Hand) -> Made:
    """Letters beside a digit."""
    drawn = [
        [(0.0, 1.0), (0.35, 0.0), (0.7, 1.0)],
        [(0.15, 0.6), (0.55, 0.6)],
        [(1.1, 0.0), (1.1, 1.0)],
        [(1.7, 0.0), (1.1, 0.55), (1.75, 1.0)],
    ]
    strokes = [np.array(stroke) * 120 for stroke in drawn]
    return Made(_framed(rng, [*strokes, *moved(write(rng, hand, "7", 120, (0, 0)), 260, 0)], 9), "??7")


KINDS: dict[str, Callable[[np.random.Generator, Hand], Made]] = {
    "rows": _rows,
    "faint lines": _faint_lines,
    "frames": _edge_frame,
    "forms": _form,
    "underlined": _underlined,
    "signs": _signs,
    "on a table": _on_table,
    "at an angle": _at_an_angle,
    "objects": _objects,
    "not opaque": _not_opaque,
    "marker": _marker,
    "neighbour": _neighbour,
}


# What is not read right, so far, or is no digit.
NOT_READ: dict[str, Callable[[np.random.Generator, Hand], Made]] = {
    "digits over one another": _over_one_another,
    "a table lighter than the sheet": _light_table,
    "letters": _letters,
}


def made_page(rng: np.random.Generator, hand: Hand, paper: str) -> Made:
    """A photographed page of 1 to 5 rows.

    Args:
        rng: of everything.
        hand: who writes.
        paper: "plain", "ruled" or "squared".
    """
    rows = [number(rng, 1, 6) for _ in range(rng.integers(1, 6))]
    height = rng.uniform(45, 75)
    pitch = height * rng.uniform(1.4, 2.0)
    strokes: list[Stroke] = []
    for place, text in enumerate(rows):
        strokes += moved(write(rng, hand, text, height, (0.12, 0.4)), rng.uniform(0, 0.5) * height, place * pitch)
    strokes = moved(strokes, 0, 0, rng.uniform(-6, 6))
    image = _framed(rng, strokes, rng.uniform(3, 6), (0.15, 0.3))
    if paper != "plain":
        image = ruled(image, rng.uniform(0.4, 1.2) * height, int(rng.integers(150, 225)), paper == "squared", 2)
    return Made(photo(rng, image), "\n".join(rows))
