"""A picture of the pen drawings that a network reads wrong: what it saw, what was drawn and what it read.

python -m benchmarks.pen_errors assets/pen-errors.png --strokes pendigits-orig.tra
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.pen_files import Sample, read_samples
from benchmarks.pens import Condition, draw_sample
from model.classifier import Classifier, Digit, load_classifier
from model.preprocess import FIELD

_ZOOM, _COLUMNS, _GAP, _CAPTION = 3, 12, 10, 34
_GROUND, _INK, _GREY = 255, 20, 110


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
    """A sheet of the errors, dark ink on white; below each what was drawn, what was read, and with what probability."""
    side = FIELD * _ZOOM
    width, height = side + _GAP, side + _CAPTION
    sheet = Image.new("L", (width * _COLUMNS, height * max(1, -(-len(errors) // _COLUMNS))), _GROUND)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(12)
    for place, (label, digit) in enumerate(errors):
        left, top = place % _COLUMNS * width, place // _COLUMNS * height
        ink = Image.fromarray(np.rint(255 * digit.image).astype(np.uint8))
        sheet.paste(_INK, (left + _GAP // 2, top), ink.resize((side, side), Image.Resampling.NEAREST))
        caption = f"{label} read {digit.label}\n{100 * digit.probability:.0f} %"
        draw.multiline_text((left + width // 2, top + side), caption, _GREY, font, "ma", 2, "center")
    return sheet


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
