"""Images that are not digits, made by our own code: what an eleventh output, "none", is trained on.

Letters and symbols, scribbles and shapes, and digits made wrong. Whatever a person might read as a digit is left out,
since a single such image teaches the network to refuse real ones. A contact sheet with a row for each kind:

    python -m model.synthesis.non_digits --sheet non_digits.png
"""

import argparse
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from model.contact_sheet import Tile, contact_sheet
from model.data.mnist import Split, read_split
from model.images import NUM_CLASSES, PAD_SIZE, SIZE, to_bytes
from model.reading.preprocessing import preprocess
from model.synthesis import glyphs, scribbles
from model.synthesis.letters import LETTERS, draw_letter
from model.synthesis.strokes import Stroke, draw_strokes, place_strokes

# Each kind's share of the images, in percent. Letters have the most, since that is what people try first.
SHARES: dict[str, int] = {
    "letter": 36,
    "font letter": 18,
    "font symbol": 6,
    "zigzag": 3,
    "spiral": 2,
    "tangle": 4,
    "hatching": 2,
    "crossed lines": 1,
    "line": 3,
    "parallel lines": 1,
    "wave": 1,
    "dot": 2,
    "dots": 1,
    "filled": 1,
    "blot": 2,
    "polygon": 2,
    "star": 1,
    "arrow": 1,
    "face": 1,
    "house": 1,
    "heart": 1,
    "sun": 1,
    "stick man": 1,
    "mirrored": 2,
    "turned": 1,
    "overlaid": 2,
    "pair": 3,
}
# Digits that are none any more when mirrored left to right. A mirrored 2 is an S or a 5, a 5 a 2, a 6 a d, and many a
# 4 stays one.
_MIRRORED = (3, 7, 9)
# A turned 3 is never a digit. Each of the others may still be one when it is turned: a 2 passes for an 8, a 4 and a 5
# for themselves, a crossed 7 for a 4, a 6 for a 9.
_TURNED = 3
# Of each of two overlaid digits, at least this share of the ink lies two pixels or more from the other's: else the two
# look like one digit drawn twice.
_LEAST_OWN_INK = 0.55


def synthetic_non_digits(count: int, seed: int, digits: Split) -> tuple[np.ndarray, np.ndarray]:
    """Makes images of things that are not digits, normalised as any drawing is.

    Args:
        count: how many; the kinds have the shares of `SHARES`, in random order.
        seed: the same seed, count and digits give the same images.
        digits: MNIST's training images, for the kinds that are made from digits.

    Returns:
        The images, uint8 (count, 28, 28) in 0..255 with bright ink, and the kind of each, str (count,).
    """
    rng = np.random.default_rng(seed)
    kinds = rng.permutation(_kinds_by_share(count))
    return _images(kinds, rng, digits), kinds


def _kinds_by_share(count: int) -> np.ndarray:
    """The kinds in the order of `SHARES`, each as often as its share of the count says, rounded."""
    bounds = np.rint(np.cumsum([0, *SHARES.values()]) / sum(SHARES.values()) * count).astype(int)
    return np.repeat(list(SHARES), np.diff(bounds))


def _images(kinds: Sequence[str] | np.ndarray, rng: np.random.Generator, digits: Split) -> np.ndarray:
    """One normalised image of each kind named, uint8 (n, 28, 28) in 0..255."""
    by_label = [digits.images[digits.labels == label] for label in range(NUM_CLASSES)]
    images = np.empty((len(kinds), SIZE, SIZE), np.uint8)
    for place, kind in enumerate(kinds):
        while (image := preprocess(_draw(kind, rng, by_label))) is None:
            pass  # it was taken for an empty sheet of paper, and is drawn again
        images[place] = to_bytes(image)
    return images


def _draw(kind: str, rng: np.random.Generator, by_label: list[np.ndarray]) -> np.ndarray:
    """A drawing of one kind, uint8 (h, w) in 0..255, ink bright."""
    match kind:
        case "letter":
            letter = rng.choice(list(LETTERS))
            return _pen_drawing(draw_letter(letter, rng), rng, 0.03, 0.25, tilt=10)
        case "font letter":
            return glyphs.draw_glyph(rng.choice(list(glyphs.LETTERS)), rng)
        case "font symbol":
            return glyphs.draw_glyph(rng.choice(list(glyphs.SYMBOLS)), rng)
        case "dot" | "filled":
            return _filled(kind, rng)
        case "mirrored" | "turned" | "overlaid" | "pair":
            return _MADE_WRONG[kind](rng, by_label)
        case _:
            make, thinnest, thickest = _SCRIBBLES[kind]
            return _pen_drawing(make(rng), rng, thinnest, thickest)


# The strokes of a kind, and the thinnest and thickest pen for it as shares of its size: thicker, its gaps would close.
_SCRIBBLES: dict[str, tuple[Callable[[np.random.Generator], list[Stroke]], float, float]] = {
    "zigzag": (scribbles.zigzag, 0.03, 0.14),
    "spiral": (scribbles.spiral, 0.03, 0.09),
    "tangle": (scribbles.tangle, 0.03, 0.09),
    "blot": (scribbles.tangle, 0.28, 0.45),
    "hatching": (scribbles.hatching, 0.03, 0.12),
    "crossed lines": (scribbles.crossed_lines, 0.03, 0.2),
    "line": (scribbles.line, 0.03, 0.5),
    "parallel lines": (scribbles.parallel_lines, 0.03, 0.15),
    "wave": (scribbles.wave, 0.03, 0.15),
    "dots": (scribbles.dots, 0.08, 0.25),
    "polygon": (scribbles.polygon, 0.03, 0.12),
    "star": (scribbles.star, 0.03, 0.1),
    "arrow": (scribbles.arrow, 0.03, 0.16),
    "face": (scribbles.face, 0.03, 0.1),
    "house": (scribbles.house, 0.03, 0.12),
    "heart": (scribbles.heart, 0.03, 0.12),
    "sun": (scribbles.sun, 0.03, 0.1),
    "stick man": (scribbles.stick_man, 0.03, 0.1),
}


def _pen_drawing(
    strokes: list[Stroke], rng: np.random.Generator, thinnest: float, thickest: float, tilt: float = 0
) -> np.ndarray:
    """Strokes drawn on the pad at a random size with a random pen: uint8 (280, 280) in 0..255.

    Args:
        strokes: paths in any unit.
        rng: where size, pen and tilt come from.
        thinnest: the pen's least width, as a share of the drawing's size.
        thickest: the pen's greatest width, likewise.
        tilt: the greatest turn either way, in degrees.
    """
    share = np.exp(rng.uniform(np.log(thinnest), np.log(thickest)))
    # Pens of the pad are 6 to 40 pixels wide, drawings fill 0.25 to 0.8 of it.
    size = rng.uniform(max(0.25 * PAD_SIZE, 6 / share), min(0.8 * PAD_SIZE, 40 / share))
    middle = (PAD_SIZE / 2, PAD_SIZE / 2)
    placed = place_strokes(strokes, size, middle, rng.uniform(-tilt, tilt))
    # A mouse trembles more than a pen does.
    tremor = size * rng.uniform(0, 0.008)
    placed = [stroke + rng.normal(0, tremor, stroke.shape) for stroke in placed]
    return draw_strokes(placed, share * size)


def _filled(kind: str, rng: np.random.Generator) -> np.ndarray:
    """A filled ellipse or rectangle, never much taller than wide: that would be a thick 1."""
    canvas = Image.new("L", (120, 120))
    height = rng.uniform(40, 90)
    width = min(height * np.exp(rng.uniform(-0.15, 0.5)), 100)
    box = (60 - width / 2, 60 - height / 2, 60 + width / 2, 60 + height / 2)
    draw = ImageDraw.Draw(canvas)
    (draw.ellipse if kind == "dot" else draw.rectangle)(box, fill=255)
    return np.asarray(canvas.rotate(rng.uniform(-15, 15), Image.Resampling.BILINEAR))


def _one_of(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return images[rng.integers(len(images))]


def _mirrored(rng: np.random.Generator, by_label: list[np.ndarray]) -> np.ndarray:
    return _one_of(by_label[rng.choice(_MIRRORED)], rng)[:, ::-1]


def _turned(rng: np.random.Generator, by_label: list[np.ndarray]) -> np.ndarray:
    return np.rot90(_one_of(by_label[_TURNED], rng), int(rng.integers(1, 4)))


def _overlaid(rng: np.random.Generator, by_label: list[np.ndarray]) -> np.ndarray:
    while True:
        # Without 0, 1 and 7, which make a slashed 0, a crossed 7, or another digit.
        first, second = rng.choice([2, 3, 4, 5, 6, 8, 9], 2, replace=False)
        # Room around them, so that the shift cuts nothing off and wraps nothing round.
        a, b = (np.pad(_one_of(by_label[label], rng), 6) for label in (first, second))
        b = np.roll(b, rng.integers(-6, 7, 2), axis=(0, 1))
        if min(_own_ink(a, b), _own_ink(b, a)) >= _LEAST_OWN_INK:
            return np.maximum(a, b)


def _own_ink(image: np.ndarray, other: np.ndarray) -> float:
    """The share of an image's ink that lies two pixels or more from another's."""
    near = np.asarray(Image.fromarray(other).filter(ImageFilter.MaxFilter(3)))
    return float(((image > 127) & (near <= 127)).sum() / (image > 127).sum())


def _pair(rng: np.random.Generator, by_label: list[np.ndarray]) -> np.ndarray:
    """Two digits side by side, squeezed towards the shape of one."""
    first, second = (_one_of(by_label[label], rng) for label in rng.integers(NUM_CLASSES, size=2))
    both = np.concatenate(
        [_columns_with_ink(first), np.zeros((SIZE, rng.integers(0, 4)), np.uint8), _columns_with_ink(second)], axis=1
    )
    # Magnified before it is squeezed, so that thin strokes stay whole.
    size = (round(both.shape[1] * 3 * rng.uniform(0.6, 1)), SIZE * 3)
    # With background all round: ink along the border would be taken for the uneven background of a photograph.
    return np.pad(np.asarray(Image.fromarray(both).resize(size, Image.Resampling.BICUBIC)), 3)


def _columns_with_ink(image: np.ndarray) -> np.ndarray:
    columns = np.flatnonzero((image > 63).any(axis=0))
    return image[:, columns[0] : columns[-1] + 1]


_MADE_WRONG = {"mirrored": _mirrored, "turned": _turned, "overlaid": _overlaid, "pair": _pair}


def draw_sheet(seed: int, digits: Split, columns: int = 24) -> Image.Image:
    """A contact sheet with a row for each kind.

    Args:
        seed: of the images.
        digits: MNIST's training images.
        columns: how many images of a kind.
    """
    rng = np.random.default_rng(seed)
    return contact_sheet(
        [[Tile(image, kind) for image in _images([kind] * columns, rng, digits)] for kind in SHARES], 2
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="A contact sheet of images that are not digits, a row for each kind.")
    parser.add_argument("--sheet", required=True, metavar="FILE", help="the PNG to write")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    draw_sheet(arguments.seed, read_split("train")).save(arguments.sheet)


if __name__ == "__main__":
    main()
