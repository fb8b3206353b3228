"""The test images that pass a filter, as a table and as a contact sheet."""

import csv
import io
from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model.data import NUM_CLASSES, Split
from model.marks import Verdict
from model.mistakes import Results

# As many as a sheet of A4 width holds and a viewer opens at once.
SHEET_IMAGES = 600
_COLUMNS = 12
_TILE = 84
_CAPTION = 34
_MARGIN = 12


def to_csv(results: Results, indices: np.ndarray, marks: Mapping[int, Verdict]) -> str:
    """A row an image with the columns index, true, read, p0 to p9, and mark.

    Args:
        results: what the network answered.
        indices: into the test set, in the order of the rows.
        marks: what people think, by index.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["index", "true", "read", *(f"p{digit}" for digit in range(NUM_CLASSES)), "mark"])
    for index in map(int, indices):
        probabilities = (f"{probability:.6g}" for probability in results.probabilities[index])
        writer.writerow([index, results.labels[index], results.predicted[index], *probabilities, marks.get(index, "")])
    return text.getvalue()


def contact_sheet(test: Split, results: Results, indices: np.ndarray) -> bytes:
    """The images, each with its index, true digit, digit read and probability beneath.

    Args:
        test: the test set.
        results: what the network answered.
        indices: into the test set; only the first `SHEET_IMAGES` of them are drawn.

    Returns:
        A PNG.
    """
    indices = indices[:SHEET_IMAGES]
    columns = min(_COLUMNS, max(1, len(indices)))
    rows = -(-len(indices) // columns)
    cell_width, cell_height = _TILE + _MARGIN, _TILE + _CAPTION + _MARGIN
    sheet = Image.new("L", (columns * cell_width + _MARGIN, max(1, rows) * cell_height + _MARGIN), 255)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(13)
    for place, index in enumerate(map(int, indices)):
        x = _MARGIN + place % columns * cell_width
        y = _MARGIN + place // columns * cell_height
        image = Image.fromarray(test.images[index]).resize((_TILE, _TILE), Image.Resampling.NEAREST)
        sheet.paste(image, (x, y))
        draw.text((x, y + _TILE + 1), f"{index}", 0, font)
        caption = f"{results.labels[index]} as {results.predicted[index]}, {results.confidence[index]:.0%}"
        draw.text((x, y + _TILE + 16), caption, 0, font)
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()
