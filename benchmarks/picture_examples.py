"""Draws what a picture may show, and what is not read: python -m benchmarks.picture_examples assets/pictures.png

The digits are synthetic (`model.synthesis.pen_styles`). Beneath each picture stands what `compact` reads in it.
"""

import argparse
from pathlib import Path

import numpy as np

from model.contact_sheet import Tile, contact_sheet, fitted, in_rows
from model.reading.classifier import load_classifier
from model.synthesis.pen_styles import synthesize_strokes
from model.synthesis.strokes import Stroke
from tests.made_pictures import KINDS, NOT_READ

_TILE, _COLUMNS = (220, 150), 5
_SEED = 2


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.picture_examples", description=__doc__.split(":")[0])
    parser.add_argument("file", type=Path, help="the PNG to write")
    options = parser.parse_args()
    classifier = load_classifier()

    def hand(rng: np.random.Generator, digit: str) -> list[Stroke]:
        return synthesize_strokes(rng, int(digit))[2]

    tiles = []
    for kind, make in (KINDS | NOT_READ).items():
        made = make(np.random.default_rng(_SEED), hand)
        read = classifier.read(made.image, any_way_up=True).text.replace("\n", " / ")
        tiles.append(
            Tile(fitted(made.image.convert("RGB"), _TILE, as_it_is=True), f"{kind}:\nread as {read or 'blank'}")
        )
    contact_sheet(in_rows(tiles, _COLUMNS)).quantize(64).save(options.file)


if __name__ == "__main__":
    main()
