"""Rulers of handwriting are read as the app reads them, and each is scored by what its labels ask for."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from benchmarks import handwriting
from benchmarks.handwriting import Read, Ruler, Scan, draw_errors, draw_number, open_ruler, read_ruler, summarize
from benchmarks.pen_files import Sample
from model.reading.card import Card
from model.reading.classifier import load_classifier
from model.reading.ink import Box
from model.reading.reading import Digit, Reading

STROKES = [np.array([[0.0, 0.0], [8.0, 0.0], [4.0, 10.0]])]
SEVEN = Sample("7", "ann", STROKES)
SEVENTY_SEVEN = Sample("77", "ann", [*STROKES, STROKES[0] + [14, 0]])
HASH = Sample("#", "ben", [np.array([[x, 0.0], [x, 9.0]]) for x in (3.0, 6.0)])


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def reading(text: str, refused: str = "") -> Reading:
    """A reading of these digits; those of `refused` are refused."""
    image, box = np.zeros((28, 28), np.float32), Box(0, 0, 28, 28)
    probabilities = np.eye(10, dtype=np.float32)
    return Reading(
        tuple(
            Digit(int(digit), probabilities[int(digit)], box, image, image, 0.9 if digit in refused else 0.1)
            for digit in text
        )
    )


def scored(label: str, *readings: Reading):
    """The scores of samples of one label."""
    ruler = Ruler("ruler", [Sample(label, str(writer), STROKES) for writer in range(len(readings))])
    return summarize(ruler, "pen 20", [Read(label, np.zeros((28, 28), np.uint8), each) for each in readings])


def test_the_labels_say_what_a_ruler_measures():
    assert Ruler("a", [SEVEN]).kind == "digits"
    assert Ruler("a", [SEVEN, SEVENTY_SEVEN]).kind == "numbers"
    assert Ruler("a", [SEVEN, HASH]).kind == "symbols"


def test_a_digit_is_right_refused_or_read_as_several():
    scores = scored("7", reading("7"), reading("7", refused="7"), reading("71"), reading("1"))
    assert (scores.right, scores.right_unrefused, scores.refused, scores.miscounted) == (0.25, 0.5, 0.25, 0.25)
    assert (scores.samples, scores.writers) == (4, 4)


def test_a_number_is_right_only_as_a_whole():
    scores = scored("123", reading("123"), reading("123", refused="2"), reading("12"), reading("124"))
    assert (scores.right, scores.right_unrefused, scores.refused, scores.miscounted) == (0.25, 0.5, 0.25, 0.25)


def test_a_symbol_is_refused_where_no_digit_is_read_in_it():
    scores = scored("#", reading("1", refused="1"), reading("11", refused="1"), reading("17", refused="1"), Reading(()))
    assert scores.refused == 0.75
    assert (scores.right, scores.right_unrefused, scores.miscounted) == (None, None, None)


def test_what_looks_most_like_a_digit_counts_for_the_roc_curve():
    blank = np.zeros((28, 28), np.uint8)
    read = [Read("#", blank, each) for each in (reading("1"), reading("12", refused="1"), Reading(()))]
    assert [each.non_digit for each in read] == [0.1, 0.1, 1.0]


def test_scans_are_read_from_a_folder_and_from_a_zip_file_alike(tmp_path):
    picture = png(np.full((9, 9), 255, np.uint8))
    (tmp_path / "scans" / "3").mkdir(parents=True)
    (tmp_path / "scans" / "3" / "w00_01.png").write_bytes(picture)
    (tmp_path / "scans" / "README.md").write_text("not a scan")
    with zipfile.ZipFile(tmp_path / "scans.zip", "w") as archive:
        archive.writestr("scans/3/w00_01.png", picture)
        archive.writestr("scans/README.md", "not a scan")
    for name in ("scans", "scans.zip"):
        ruler = open_ruler(tmp_path / name)
        assert ruler.name == "scans"
        assert ruler.samples == [Scan("3", "w00", picture)]
        assert list(ruler.conditions) == ["as scanned"]


def test_a_ruler_without_samples_is_refused_with_what_was_expected(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="Expected: pen strokes, or scans in folders"):
        open_ruler(tmp_path / "empty")


@pytest.mark.parametrize("pen", [4, 16])
def test_a_number_is_drawn_120_pixels_high_with_its_own_spacing(pen):
    inked = draw_number(SEVENTY_SEVEN, pen) > 127
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    assert np.ptp(rows) == pytest.approx(120 + pen, abs=2)
    assert np.ptp(columns) == pytest.approx(120 * 22 / 10 + pen, abs=2)
    assert inked.shape[0] == 280


def test_the_apps_own_network_reads_a_digit_a_number_and_a_scan(seven):
    classifier = load_classifier("compact")
    scan = Ruler("scans", [Scan("7", "", png(255 - np.kron(seven, np.ones((4, 4), np.uint8))))])
    for ruler, pen in ((Ruler("a", [SEVEN]), 20), (Ruler("a", [SEVENTY_SEVEN]), 9), (scan, 0)):
        (read,) = read_ruler(ruler, classifier, pen)
        assert read.reading.text == read.label


def test_the_sheet_shows_each_error_and_nothing_else():
    ruler = Ruler("ruler", [SEVEN] * 3)
    blank = np.zeros((28, 28), np.uint8)
    right, wrong = Read("7", blank, reading("7")), Read("7", blank, reading("1"))
    assert draw_errors(ruler, [right]).width < draw_errors(ruler, [right, wrong]).width
    assert draw_errors(ruler, [right, wrong]).size == draw_errors(ruler, [wrong]).size
    assert draw_errors(ruler, [Read("7", blank, Reading(()))]).size == draw_errors(ruler, [wrong]).size


def test_scores_and_sheets_are_recorded_and_printed(tmp_path, monkeypatch, capsys):
    classifier = load_classifier("compact")
    (tmp_path / "my_scans" / "7").mkdir(parents=True)
    (tmp_path / "my_scans" / "7" / "a_1.png").write_bytes(png(np.full((9, 9), 255, np.uint8)))
    saved: list[Card] = []
    monkeypatch.setattr(Card, "save", lambda card, folder: saved.append(card))
    monkeypatch.setattr(
        "sys.argv", ["handwriting", str(tmp_path / "my_scans"), "--record", "--sheets", str(tmp_path / "sheets")]
    )
    handwriting.main()
    assert [score.ruler for score in saved[0].handwriting] == ["my scans"]
    assert saved[0].test == Card.load(classifier.folder).test
    assert "my scans" in capsys.readouterr().out
    assert [file.name for file in (tmp_path / "sheets").iterdir()] == ["my-scans-as-scanned.png"]
