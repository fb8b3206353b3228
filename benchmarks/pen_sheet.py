"""The contact sheet of the synthetic pen styles: a row a digit, one sample a style, with its name.

python -m benchmarks.pen_sheet assets/pen-styles.png
"""

import argparse
import textwrap
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model.pen_prototypes import PROTOTYPES
from model.pen_styles import vary
from model.strokes import draw_strokes, place_strokes

_CELL, _DIGIT, _CAPTION, _PEN = 96, 58, 44, 4.5
_INK, _GREY = 20, 110


def draw_sheet(seed: int = 3) -> Image.Image:
    """Draws the sheet, dark ink on white; the seed varies the samples."""
    rng = np.random.default_rng(seed)
    columns = max(map(len, PROTOTYPES.values()))
    sheet = Image.new("L", (_CELL // 2 + _CELL * columns, (_CELL + _CAPTION) * len(PROTOTYPES)), 255)
    pen, small, large = ImageDraw.Draw(sheet), ImageFont.load_default(12), ImageFont.load_default(30)
    for digit, styles in PROTOTYPES.items():
        top = digit * (_CELL + _CAPTION)
        pen.text((_CELL // 4, top + _CELL // 2), str(digit), _GREY, large, anchor="mm")
        for column, (name, style) in enumerate(styles.items()):
            left = _CELL // 2 + column * _CELL
            strokes = place_strokes(vary(rng, style), _DIGIT, (_CELL / 2, _CELL / 2))
            ink = Image.fromarray(draw_strokes(strokes, _PEN, (_CELL, _CELL)))
            sheet.paste(_INK, (left, top), ink)
            caption = textwrap.fill(name, 15)
            pen.multiline_text((left + _CELL // 2, top + _CELL - 8), caption, _GREY, small, "ma", 2, "center")
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description="Draws the contact sheet of the synthetic pen styles.")
    parser.add_argument("file", type=Path, help="where to save it, as PNG")
    # Sixteen greys are enough for ink and captions, and halve the file.
    draw_sheet().quantize(16).save(parser.parse_args().file, optimize=True)


if __name__ == "__main__":
    main()
