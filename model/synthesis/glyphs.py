"""Letters and symbols of the fonts that Matplotlib ships, bent into images that are not digits."""

from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

# Capitals that look like Latin ones are not repeated.
LETTERS = "AEFHKMNRVWXkmnvwx" + "LPTp" + "ΞΠωπ" + "ЖжДИШшЩщП"
SYMBOLS = "+=#%@*?<~€$×÷±≠≈≡√→←↔⇒⇐★☆♥♡♠♣☺☹✂✈✉✗✶❄♫☀☎⚓♛«…∀"
# These are drawn upright, in upright fonts, and thin: leaning or thick, a T is a 7, an L a 1, a "?" a 2.
UPRIGHT = frozenset("TLPp?√<*")
# These are drawn thin: their gaps would close, and what is left of a "$" is an 8.
THIN = frozenset("@%$€?☺☹☎⚓♛✂✈✉❄☀♫#ЖжЩщШш≠≈≡♡☆±÷")
# Every glyph above was looked at as 28 x 28. These were thought of and not taken: each may be read as what stands
# beside it, once its size and place no longer tell.
LEFT_OUT: dict[str, str] = {
    "OoDQUuCcaΩΘθΦφФфØø∅◇○□⌂∩∪()©": "a 0, closed, open or with a slash",
    "Iil|!/\\jtfr↑↓^Λλ∫[]{;:⊥✓": "a 1, with a flag, a base, a bar or a hook",
    "▲△Δ■": "a 1 or a 0, when the stretch makes them narrow; `model.synthesis.scribbles` has wide ones",
    "Zz≥≤ʒ£dΣ": "a 2",
    "}ЭэЗз∃ξζ": "a 3",
    "YyЧчЦцµμч¥hΨψ↗⚡": "a 4, open or closed",
    "Ss∑§": "a 5",
    "GbБбЬьσδe∈": "a 6",
    ">]¬τγJ": "a 7",
    "B&βВв∞αß": "an 8, upright or lying",
    "gqЯя9♀¶♪": "a 9",
    'ЮЫ"∥': "two digits that a wider pad would rightly read",
}
_LETTER_FONTS = ("cmr10", "cmb10", "cmss10", "cmti10", "cmtt10", "cmmi10")
_FONTS = (
    *(f"DejaVuSans{style}" for style in ("", "-Bold", "-Oblique", "-BoldOblique")),
    *(f"DejaVuSansMono{style}" for style in ("", "-Bold", "-Oblique")),
    *(f"DejaVuSerif{style}" for style in ("", "-Bold", "-Italic", "-BoldItalic")),
    *(f"STIXGeneral{style}" for style in ("", "Bol", "Italic", "BolIta")),
)
_FIELD = 84
_EXTENT = 54


def draw_glyph(char: str, rng: np.random.Generator) -> np.ndarray:
    """Draws a letter or symbol in one of the fonts that have it: slanted, turned, stretched, bent and thickened.

    Args:
        char: one of `LETTERS` or `SYMBOLS`.
        rng: where font and distortion come from.

    Returns:
        uint8 (84, 84) in 0..255, ink bright.
    """
    masks = _masks(char)
    image = _warp(masks[rng.integers(len(masks))], rng, strength=0.25 if char in UPRIGHT else 1.0)
    # A blur with a low threshold after it thickens and rounds; with a threshold of 0.5 it only rounds.
    radius = rng.uniform(0.3, 0.9) if char in THIN or char in UPRIGHT else rng.uniform(0.3, 2.8)
    level = rng.uniform(0.12, 0.5)
    blurred = np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255
    return (np.clip((blurred / blurred.max() - level) * 4 + 0.5, 0, 1) * 255).astype(np.uint8)


@cache
def _masks(char: str) -> list[np.ndarray]:
    """A character in each font that has it, the longer side of its ink being 54 pixels: uint8 (84, 84)."""
    names = (*_FONTS, *_LETTER_FONTS) if char.isascii() and char.isalpha() else _FONTS
    masks = []
    for name in names:
        if char in UPRIGHT and ("Obli" in name or "Ita" in name or name in ("cmti10", "cmmi10")):
            continue
        font = _font(name)
        mask = font.getmask(char)
        # A font draws the same box for all that it lacks, as it does for U+FFFF, which is no character.
        if mask.getbbox() is None or bytes(mask) == bytes(font.getmask("\uffff")):
            continue
        image = Image.new("L", (300, 300))
        ImageDraw.Draw(image).text((150, 150), char, fill=255, font=font, anchor="mm")
        ink = image.crop(image.getbbox())
        ink.thumbnail((_EXTENT, _EXTENT), Image.Resampling.BOX)
        field = Image.new("L", (_FIELD, _FIELD))
        field.paste(ink, ((_FIELD - ink.width) // 2, (_FIELD - ink.height) // 2))
        masks.append(np.asarray(field))
    return masks


@cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf", 120)


def _warp(image: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """A random slant, tilt, stretch and smooth bend of uint8 (n, n); at strength 0, none."""
    slant, tilt = strength * rng.uniform(-0.15, 0.3), strength * np.deg2rad(rng.uniform(-12, 12))
    stretch = np.exp(strength * rng.normal(0, 0.12))
    middle = (len(image) - 1) / 2
    y, x = np.mgrid[: len(image), : len(image)] - middle
    cos, sin = np.cos(tilt), np.sin(tilt)
    # Where in the source each pixel comes from.
    from_x, from_y = (cos * x + sin * y) * stretch, (cos * y - sin * x) / stretch
    from_x = from_x + slant * from_y
    bend, phase = strength * rng.uniform(0, 3.5, 2), rng.uniform(0, 2 * np.pi, 2)
    waves = rng.uniform(0.5, 1.2, 2) * 2 * np.pi / _EXTENT
    from_x, from_y = (
        from_x + bend[0] * np.sin(waves[0] * from_y + phase[0]),
        from_y + bend[1] * np.sin(waves[1] * from_x + phase[1]),
    )
    return _sample(image, from_x + middle, from_y + middle)


def _sample(image: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Reads uint8 (n, n) at the places x and y, bilinearly and 0 outside: uint8 of their shape."""
    padded = np.pad(image, 1).astype(np.float32)
    x, y = (np.clip(values + 1, 0, len(padded) - 1.001) for values in (x, y))
    left, top = x.astype(int), y.astype(int)
    x, y = x - left, y - top
    upper = padded[top, left] * (1 - x) + padded[top, left + 1] * x
    lower = padded[top + 1, left] * (1 - x) + padded[top + 1, left + 1] * x
    return (upper * (1 - y) + lower * y).astype(np.uint8)
