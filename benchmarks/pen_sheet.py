"""The contact sheet of the synthetic pen styles: a row a digit, one sample a style, with its name.

python -m benchmarks.pen_sheet assets/pen-styles.png
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from model.contact_sheet import Tile, contact_sheet
from model.synthesis.pen_prototypes import PROTOTYPES, Style
from model.synthesis.pen_styles import vary
from model.synthesis.strokes import draw_strokes, place_strokes

_SIDE, _DIGIT, _PEN = 88, 58, 4.5


def draw_sheet(seed: int = 3) -> Image.Image:
    """Draws the sheet; the seed varies the samples."""
    rng = np.random.default_rng(seed)

    def sample(style: Style) -> np.ndarray:
        return draw_strokes(place_strokes(vary(rng, style), _DIGIT, (_SIDE / 2, _SIDE / 2)), _PEN, (_SIDE, _SIDE))

    return contact_sheet(
        [
            [Tile(sample(style), f"{digit}: {name}") for name, style in styles.items()]
            for digit, styles in PROTOTYPES.items()
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Draws the contact sheet of the synthetic pen styles.")
    parser.add_argument("file", type=Path, help="where to save it, as PNG")
    # Sixteen greys are enough for ink and captions, and halve the file.
    draw_sheet().quantize(16).save(parser.parse_args().file, optimize=True)


if __name__ == "__main__":
    main()
