"""The test images that pass a filter, as a table and as a contact sheet."""

import csv
import io
from collections.abc import Mapping

import numpy as np

from model.contact_sheet import Tile, contact_sheet, in_rows
from model.data.mnist import Split
from model.evaluation.mistakes import Results
from model.images import NUM_CLASSES
from model.plain_text import as_cell

# Images on a contact sheet: what fits the width of A4 and opens at once in a viewer.
SHEET_IMAGES = 600
_COLUMNS = 12
_ZOOM = 3


def to_csv(results: Results, indices: np.ndarray, marks: Mapping[int, str], notes: Mapping[int, str]) -> str:
    """One row per image, with the columns index, true, read, p0 to p9, mark and note, none of which is a formula.

    Args:
        results: what the network answered.
        indices: into the test set, in the order of the rows.
        marks: what people think, by index.
        notes: what they have noted, by index.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["index", "true", "read", *(f"p{digit}" for digit in range(NUM_CLASSES)), "mark", "note"])
    for index in map(int, indices):
        probabilities = (f"{probability:.6g}" for probability in results.probabilities[index])
        said = (marks.get(index, ""), as_cell(notes.get(index, "")))
        writer.writerow([index, results.labels[index], results.predicted[index], *probabilities, *said])
    return text.getvalue()


def sheet_of(test: Split, results: Results, indices: np.ndarray) -> bytes:
    """A contact sheet of test images, each with its index, true digit, digit read and probability beneath.

    Args:
        test: the test set.
        results: what the network answered.
        indices: into the test set; only the first `SHEET_IMAGES` of them are drawn.

    Returns:
        A PNG.
    """
    tiles = [
        Tile(
            test.images[index],
            f"{index}\n{results.labels[index]} as {results.predicted[index]}, {results.confidence[index]:.0%}",
        )
        for index in map(int, indices[:SHEET_IMAGES])
    ]
    file = io.BytesIO()
    contact_sheet(in_rows(tiles, _COLUMNS), _ZOOM).save(file, "PNG")
    return file.getvalue()
