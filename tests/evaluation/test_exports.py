"""Filtered test images leave as a table and as a contact sheet."""

import csv
import io

import numpy as np
import pytest
from PIL import Image

from model.data.mnist import Split
from model.evaluation.exports import SHEET_IMAGES, sheet_of, to_csv
from model.evaluation.mistakes import Results
from model.feedback.marks import OwnMarks
from model.feedback.stored_marks import StoredMarks

IMAGES = 700
TEST = Split(np.full((IMAGES, 28, 28), 255, np.uint8), np.arange(IMAGES) % 10)
RESULTS = Results(TEST.labels, np.eye(10, dtype=np.float32)[(np.arange(IMAGES) + 1) % 10] * 0.9 + 0.01)


def rows_of(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table)))


def test_the_table_has_a_row_an_image_with_ten_probabilities_and_the_mark():
    rows = rows_of(to_csv(RESULTS, np.array([12, 3]), {3: "label wrong"}, {12: "a 2, or 3?"}))
    assert [row["index"] for row in rows] == ["12", "3"]
    assert [(row["true"], row["read"], row["mark"]) for row in rows] == [("2", "3", ""), ("3", "4", "label wrong")]
    assert [row["note"] for row in rows] == ["a 2, or 3?", ""]
    np.testing.assert_allclose([float(rows[0][f"p{digit}"]) for digit in range(10)], RESULTS.probabilities[12])


def sheet(indices: np.ndarray) -> Image.Image:
    return Image.open(io.BytesIO(sheet_of(TEST, RESULTS, indices)))


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet may calculate a cell."""
    return bool(cell) and cell[0] in "=+-@＝＋－＠"


NOTES = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "'=1+1",
    "''-1",
    "＝1",
    "'tis a 7",
    "a - b",
    '"quoted", and\ttabbed',
    "7 或 1？",
]


@pytest.mark.parametrize("note", NOTES)
def test_no_cell_is_a_formula_in_a_spreadsheet_and_a_note_is_read_back_as_it_was_written(note, tmp_path):
    marks = StoredMarks(tmp_path / "marks.sqlite", 10_000)
    with pytest.raises(ValueError, match="is not one of"):
        marks.put({3: "=1+1"})
    marks.put({3: "label wrong"}, {3: note})
    of_marks, of_images = marks.to_csv(), to_csv(RESULTS, np.array([12, 3]), marks.all(), marks.notes())
    for table in (of_marks, of_images):
        assert not [cell for row in csv.reader(io.StringIO(table)) for cell in row if is_formula(cell)]
        other = OwnMarks({}, {}, 10_000)
        assert other.from_csv(table.encode()) == (1, 1)
        assert other.notes() == marks.notes() == {3: " ".join(note.split())}


def test_the_sheet_grows_with_its_images_up_to_a_limit():
    one, row, full = (sheet(np.arange(count)) for count in (1, 12, IMAGES))
    assert one.width < row.width == full.width
    assert one.height == row.height
    assert full.height < (SHEET_IMAGES // 12 + 1) * row.height


def test_an_empty_choice_gives_an_empty_sheet():
    assert sheet(np.array([], int)).size > (0, 0)
    assert to_csv(RESULTS, np.array([], int), {}, {}).count("\n") == 1
