"""Filtered test images leave as a table and as a contact sheet."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.data.mnist import Split
from model.evaluation.exports import SHEET_IMAGES, sheet_of, to_csv
from model.evaluation.mistakes import Results
from model.feedback.marks import Marks

IMAGES = 700
TEST = Split(np.full((IMAGES, 28, 28), 255, np.uint8), np.arange(IMAGES) % 10)
RESULTS = Results(TEST.labels, np.eye(10, dtype=np.float32)[(np.arange(IMAGES) + 1) % 10] * 0.9 + 0.01)


def test_the_table_has_a_row_an_image_with_ten_probabilities_and_the_mark():
    rows = list(csv.DictReader(io.StringIO(to_csv(RESULTS, np.array([12, 3]), {3: "label wrong"}))))
    assert [row["index"] for row in rows] == ["12", "3"]
    assert [(row["true"], row["read"], row["mark"]) for row in rows] == [("2", "3", ""), ("3", "4", "label wrong")]
    np.testing.assert_allclose([float(rows[0][f"p{digit}"]) for digit in range(10)], RESULTS.probabilities[12])


def sheet(indices: np.ndarray) -> Image.Image:
    return Image.open(io.BytesIO(sheet_of(TEST, RESULTS, indices)))


def test_no_cell_is_a_formula_in_a_spreadsheet():
    marks = Marks(Path("unused"), 10_000)
    with pytest.raises(ValueError, match="is not one of"):
        marks.put({3: "=1+1"})
    table = to_csv(RESULTS, np.array([12, 3]), {3: "label wrong"})
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+-@" and cell]


def test_the_sheet_grows_with_its_images_up_to_a_limit():
    one, row, full = (sheet(np.arange(count)) for count in (1, 12, IMAGES))
    assert one.width < row.width == full.width
    assert one.height == row.height
    assert full.height < (SHEET_IMAGES // 12 + 1) * row.height


def test_an_empty_choice_gives_an_empty_sheet():
    assert sheet(np.array([], int)).size > (0, 0)
    assert to_csv(RESULTS, np.array([], int), {}).count("\n") == 1
