"""How well pictures of many kinds are read: rows, ruled paper, frames, forms, signs, sheets on tables, and others.

    python -m benchmarks.pictures --strokes digits.jsonl --sheets errors

The pictures are those of `tests/made_pictures.py`, with the digits of a file of pen strokes (`benchmarks.pen_files`):
300 of all kinds, and 200 photographed pages of one to five rows. Digits that the network misreads when they stand alone
are left out, so that what is measured is whether digits are found and put in order.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.pen_files import read_samples
from benchmarks.pens import Condition, draw_sample
from benchmarks.records import read_records, write_records
from model.contact_sheet import Tile, contact_sheet, fitted, in_rows
from model.reading.classifier import Classifier, load_classifier
from model.synthesis.strokes import Stroke
from tests.made_pictures import KINDS, Hand, Made, made_page

SCORES = Path(__file__).with_suffix(".csv")
PICTURES, PAGES = 300, 200
# The pen with which a digit is read alone, in pixels of the pad.
_PEN = 16
PAPERS = ("plain", "ruled", "squared")
_TILE, _SHEET_WIDTH, _MOST_ERRORS = (200, 150), 1300, 60


@dataclass(frozen=True)
class Score:
    """How well the pictures of a kind were read.

    Attributes:
        kind: of the pictures.
        pictures: how many there are.
        right: how many were read wholly right.
        rows: how many rows they have.
        rows_right: how many of these were read wholly right.
    """

    kind: str
    pictures: int
    right: int
    rows: int
    rows_right: int


def read_scores() -> list[Score]:
    """The scores that were recorded, of the shipped `compact`."""
    return read_records(SCORES, Score)


def hand_of(strokes: Path, classifier: Classifier | None) -> Hand:
    """A hand that writes the digits of a file of pen strokes, each time any of them.

    Args:
        strokes: the file.
        classifier: only digits that it reads right alone, on the pad, are written; None for all digits.

    Raises:
        OSError, ValueError: the file is missing or damaged.
    """
    samples: dict[str, list[Sequence[Stroke]]] = defaultdict(list)
    for sample in read_samples(strokes):
        drawing = draw_sample(sample, Condition(width=_PEN), np.random.default_rng(0))
        if classifier is None or classifier.read(drawing, several=False).text == sample.label:
            samples[sample.label].append(sample.strokes)

    def write(rng: np.random.Generator, digit: str) -> Sequence[Stroke]:
        return samples[digit][rng.integers(len(samples[digit]))]

    return write


def measure(
    classifier: Classifier, kind: str, make: Callable[[np.random.Generator], Made], count: int
) -> tuple[Score, list[tuple[Made, str]]]:
    """Reads so many pictures of a kind, each by a seed of its own. A sign may also be read as a "?".

    Returns:
        The score, and the pictures that were read wrong, with what was read.
    """
    rows = rows_right = 0
    errors = []
    for seed in range(count):
        made = make(np.random.default_rng([seed, 7]))
        read = classifier.read(made.image, any_way_up=True).text
        wanted, found = made.text.split("\n"), read.split("\n")
        rows += len(wanted)
        if read in (made.text, made.text_without_signs):
            rows_right += len(wanted)
            continue
        if len(wanted) == len(found):
            rows_right += sum(map(str.__eq__, wanted, found))
        errors.append((made, read))
    return Score(kind, count, count - len(errors), rows, rows_right), errors


def draw_errors(errors: Sequence[tuple[Made, str]]) -> Image.Image:
    """A contact sheet of what was read wrong."""
    tiles = [
        Tile(fitted(made.image.convert("RGB"), _TILE, as_it_is=True), f"{made.text!r} read as {read!r}")
        for made, read in errors[:_MOST_ERRORS]
    ]
    return contact_sheet(in_rows(tiles, _SHEET_WIDTH // (_TILE[0] + 8)))


def _by(make: Callable[[np.random.Generator, Hand], Made], hand: Hand) -> Callable[[np.random.Generator], Made]:
    return lambda rng: make(rng, hand)


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(description="Measures how pictures of many kinds are read.")
    parser.add_argument("--strokes", type=Path, required=True, help="digits: JSON lines (plain or gzip) or UNIPEN")
    parser.add_argument("--network", default="compact", help="a folder in model/trained, or its path (%(default)s)")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER", help="where to save contact sheets of the errors")
    parser.add_argument("--record", action="store_true", help="keep the scores in benchmarks/pictures.csv")
    parser.add_argument("--all", action="store_true", help="also with digits that the network misreads when alone")
    options = parser.parse_args()

    classifier = load_classifier(options.network)
    hand = hand_of(options.strokes, None if options.all else classifier)
    makes: dict[str, Callable[[np.random.Generator], Made]] = {}
    for kind, make in KINDS.items():
        makes[kind] = _by(make, hand)
    for paper in PAPERS:
        makes[f"pages, {paper}"] = partial(made_page, hand=hand, paper=paper)
    if options.sheets:
        options.sheets.mkdir(parents=True, exist_ok=True)
    print(f"{'kind':18} pictures   right    rows   right")
    scores = []
    for kind, make_one in makes.items():
        count = ceil(PAGES / len(PAPERS)) if kind.startswith("pages") else ceil(PICTURES / len(KINDS))
        score, errors = measure(classifier, kind, make_one, count)
        scores.append(score)
        shares = f"{score.right / score.pictures:8.1%}{score.rows:8}{score.rows_right / score.rows:8.1%}"
        print(f"{kind:18}{score.pictures:9}{shares}", flush=True)
        if options.sheets and errors:
            name = f"{kind.replace(', ', '-').replace(' ', '-')}.png"
            draw_errors(errors).quantize(64).save(options.sheets / name)
    if options.record:
        write_records(SCORES, scores)


if __name__ == "__main__":
    main()
