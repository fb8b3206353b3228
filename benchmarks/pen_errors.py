"""A picture of the pen drawings that a network reads wrong: what it saw, what was drawn and what it read.

python -m benchmarks.pen_errors assets/pen-errors.png --strokes pendigits-orig.tra
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.pen_files import Sample, read_samples
from benchmarks.pens import Condition, draw_sample
from model.contact_sheet import Tile, contact_sheet, in_rows
from model.images import to_bytes
from model.reading.classifier import Classifier, load_classifier
from model.reading.reading import Digit

_ZOOM, _COLUMNS = 3, 12


def find_errors(samples: Sequence[Sample], classifier: Classifier) -> list[tuple[str, Digit]]:
    """What was drawn and what was read instead, by the digit drawn; with the usual pen, in the middle of the pad."""
    rng = np.random.default_rng(0)
    read = [
        (sample.label, classifier.read(draw_sample(sample, Condition(), rng), several=False).digits)
        for sample in samples
    ]
    wrong = [(label, digits[0]) for label, digits in read if digits and str(digits[0].label) != label]
    return sorted(wrong, key=lambda error: (error[0], error[1].label))


def draw_errors(errors: Sequence[tuple[str, Digit]]) -> Image.Image:
    """A contact sheet of the errors: what the network saw, and what was drawn, what was read, and how sure it was."""
    tiles = [
        Tile(to_bytes(digit.image), f"{label} read {digit.label}\n{digit.probability:.0%}") for label, digit in errors
    ]
    return contact_sheet(in_rows(tiles, _COLUMNS), _ZOOM)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draws the pen drawings that a network reads wrong.")
    parser.add_argument("file", type=Path, help="where to save the picture, as PNG")
    parser.add_argument("--strokes", type=Path, required=True, help="JSON lines (plain or gzip) or UNIPEN")
    parser.add_argument("--network", default="compact", help="a folder in model/trained, or its path (%(default)s)")
    options = parser.parse_args()
    errors = find_errors(read_samples(options.strokes), load_classifier(options.network))
    draw_errors(errors).quantize(16).save(options.file, optimize=True)
    print(f"{len(errors)} errors")


if __name__ == "__main__":
    main()
