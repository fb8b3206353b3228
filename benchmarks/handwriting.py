"""How well a network reads real handwriting: digits, whole numbers, and what it should refuse.

    python -m benchmarks.handwriting pendigits-orig.tes folder-of-scans scans.zip --sheets errors

Each argument is a data set of handwriting (a ruler), and its labels say what it measures: single digits, numbers, or
symbols that are not digits. A file of pen strokes (`benchmarks.pen_files`) is drawn with several pens: digits and
symbols as large as people draw them on the pad, numbers as they were written, 120 pixels high. Scans are read as they
are, as in the app; they lie in folders, or in folders of a zip file, which are named after their labels.
"""

import argparse
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.pen_files import Sample, read_samples
from benchmarks.pens import Condition, draw_sample
from model.contact_sheet import Tile, contact_sheet, fitted, in_rows
from model.evaluation.calibration import area_under_roc
from model.images import PAD_SIZE
from model.reading.card import Card
from model.reading.classifier import Classifier, load_classifier
from model.reading.handwriting_scores import HandwritingScores
from model.reading.ink import Drawing
from model.reading.pictures import SUFFIXES, open_picture
from model.reading.reading import Reading
from model.synthesis.strokes import draw_strokes

# The pens, in pixels: for what is as large as a person draws a digit on the pad, and for numbers, which are smaller.
PENS = (8, 12, 20, 30, 36)
NUMBER_PENS = (4, 9, 16)
NUMBER_HEIGHT = 120
_AS_SCANNED = "as scanned"
# Width and height of an image on a sheet of errors; more errors than these are left out.
_TILE, _NUMBER_TILE = (84, 84), (210, 84)
_MOST_ERRORS, _SHEET_WIDTH = 240, 1300


@dataclass(frozen=True)
class Scan:
    """One scanned picture, with its file's content."""

    label: str
    writer: str
    content: bytes


@dataclass(frozen=True, eq=False)
class Ruler:
    """What people wrote, with the labels that it should be read as.

    Attributes:
        name: of its file or folder, with blanks for underscores.
        samples: strokes or scans.
    """

    name: str
    samples: Sequence[Sample | Scan]

    @property
    def kind(self) -> str:
        """What it measures: "digits", "numbers" or "symbols"."""
        labels = {sample.label for sample in self.samples}
        if not all(label.isascii() and label.isdigit() for label in labels):
            return "symbols"
        return "digits" if all(len(label) == 1 for label in labels) else "numbers"

    @property
    def conditions(self) -> dict[str, float]:
        """The pens by the name of the condition; scans have one condition, and no pen."""
        if isinstance(self.samples[0], Scan):
            return {_AS_SCANNED: 0}
        return {f"pen {pen}": pen for pen in (NUMBER_PENS if self.kind == "numbers" else PENS)}


@dataclass(frozen=True, eq=False)
class Read:
    """What was read of one sample."""

    label: str
    drawing: Drawing
    reading: Reading

    @property
    def is_counted(self) -> bool:
        """Whether as many digits were found as there are."""
        return len(self.reading.digits) == len(self.label)

    @property
    def guess(self) -> str:
        """What would have been read if nothing were refused."""
        return "".join(str(digit.label) for digit in self.reading.digits)

    @property
    def is_refused(self) -> bool:
        """Whether something in it was refused."""
        return "?" in self.reading.text

    @property
    def is_taken_for_a_digit(self) -> bool:
        """Whether a digit was read in it at all."""
        return any(digit.is_digit for digit in self.reading.digits)

    @property
    def non_digit(self) -> float:
        """How little what was found in it looks like a digit, 0..1: that of its most digit-like part."""
        return min((digit.non_digit for digit in self.reading.digits), default=1.0)


def open_ruler(path: Path, left_out: Sequence[str] = ()) -> Ruler:
    """Reads a ruler, whichever of the kinds it is, without the samples of some labels.

    Raises:
        OSError, ValueError, zipfile.BadZipFile: it is missing, damaged, or holds no samples.
    """
    samples: Sequence[Sample | Scan]
    if path.is_dir():
        samples = [
            Scan(file.parent.name, _writer(file), file.read_bytes())
            for file in sorted(path.rglob("*"))
            if file.suffix.lower() in SUFFIXES
        ]
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            samples = [
                Scan(Path(name).parent.name, _writer(Path(name)), archive.read(name))
                for name in sorted(archive.namelist())
                if Path(name).suffix.lower() in SUFFIXES
            ]
    else:
        samples = read_samples(path)
    samples = [sample for sample in samples if sample.label not in left_out]
    if not samples:
        raise ValueError(f"{path} holds no handwriting. Expected: pen strokes, or scans in folders with their labels.")
    return Ruler(path.name.split(".")[0].replace("_", " "), samples)


def _writer(file: Path) -> str:
    """The writer of a scan: what stands before the first underscore in the name of its file, if there is one."""
    writer, underscore, _ = file.stem.partition("_")
    return writer if underscore else ""


def draw_number(sample: Sample, pen: float) -> np.ndarray:
    """Draws a number as it was written, 120 pixels high on a pad as wide as needed: uint8 (280, w) in 0..255."""
    points = np.concatenate(sample.strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = NUMBER_HEIGHT / max(float(high[1] - low[1]), 1e-9)
    margin = (PAD_SIZE - NUMBER_HEIGHT) / 2
    width = round((high[0] - low[0]) * scale + 2 * margin)
    return draw_strokes([(stroke - low) * scale + margin for stroke in sample.strokes], pen, (width, PAD_SIZE))


def read_ruler(ruler: Ruler, classifier: Classifier, pen: float) -> Iterator[Read]:
    """Reads all samples of a ruler as the app does: what is drawn as on the pad, scans as uploaded pictures.

    Args:
        ruler: what people wrote.
        classifier: the network.
        pen: its width in pixels; scans need none.
    """
    rng = np.random.default_rng(0)
    drawing: Drawing
    for sample in ruler.samples:
        if isinstance(sample, Scan):
            drawing, several = open_picture(sample.content).image, True
        elif ruler.kind == "numbers":
            drawing, several = draw_number(sample, pen), True
        else:
            drawing, several = draw_sample(sample, Condition(width=pen), rng), False
        reading = classifier.read(drawing, several, any_way_up=isinstance(sample, Scan))
        yield Read(sample.label, drawing, reading)


def summarize(ruler: Ruler, condition: str, read: Sequence[Read]) -> HandwritingScores:
    """The scores of a ruler under one condition."""
    is_symbols = ruler.kind == "symbols"

    def share(of: Sequence[bool]) -> float:
        return float(np.mean(of))

    return HandwritingScores(
        ruler=ruler.name,
        condition=condition,
        samples=len(read),
        writers=len({sample.writer for sample in ruler.samples}),
        right=None if is_symbols else share([each.reading.text == each.label for each in read]),
        right_unrefused=None if is_symbols else share([each.guess == each.label for each in read]),
        refused=share([not each.is_taken_for_a_digit if is_symbols else each.is_refused for each in read]),
        miscounted=None if is_symbols else share([not each.is_counted for each in read]),
    )


def is_wrong(ruler: Ruler, read: Read) -> bool:
    """Whether a sample was read as something else than it is, or not refused although it is no digit."""
    return read.is_taken_for_a_digit if ruler.kind == "symbols" else read.reading.text != read.label


def draw_errors(ruler: Ruler, read: Sequence[Read]) -> Image.Image:
    """A contact sheet of what was read wrong, by label, with what was read and how sure the network was."""
    size = _NUMBER_TILE if ruler.kind == "numbers" else _TILE
    wrong = sorted((each for each in read if is_wrong(ruler, each)), key=lambda each: (each.label, each.reading.text))
    tiles = [Tile(fitted(_picture(each.drawing), size), _caption(each)) for each in wrong[:_MOST_ERRORS]]
    return contact_sheet(in_rows(tiles, _SHEET_WIDTH // (size[0] + 8)))


def _picture(drawing: Drawing) -> Image.Image:
    return Image.fromarray(drawing) if isinstance(drawing, np.ndarray) else drawing


def _caption(read: Read) -> str:
    digits = read.reading.digits
    if not digits:
        return f"{read.label}: nothing"
    sure = min((1 - digit.non_digit if digit.is_digit else digit.non_digit) * digit.probability for digit in digits)
    best = f" ({read.guess})" if read.is_refused else ""
    return f"{read.label}: {read.reading.text}{best} {sure:.0%}"


def print_row(scores: HandwritingScores) -> None:
    """Prints the scores of one condition."""
    shares = (scores.right, scores.right_unrefused, scores.refused, scores.miscounted)
    cells = "".join(f"{'' if share is None else f'{share:.2%}':>12}" for share in shares)
    print(f"{scores.ruler:24} {scores.condition:12} {scores.samples:7} {scores.writers:7}{cells}", flush=True)


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(description="Measures how a network reads real handwriting.")
    parser.add_argument("rulers", type=Path, nargs="+", metavar="RULER", help="pen strokes, or scans (folder or zip)")
    parser.add_argument("--network", default="compact", help="a folder in model/trained, or its path (%(default)s)")
    parser.add_argument("--without", nargs="*", default=[], metavar="LABEL", help="labels to leave out")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER", help="where to save contact sheets of the errors")
    parser.add_argument("--record", action="store_true", help="put the scores into the network's card, metrics.json")
    options = parser.parse_args()

    classifier = load_classifier(options.network)
    rulers = [open_ruler(path, options.without) for path in options.rulers]
    if options.sheets:
        options.sheets.mkdir(parents=True, exist_ok=True)
    print(f"{'ruler':24} {'condition':12} samples writers       right   unrefused     refused  miscounted")
    scores: list[HandwritingScores] = []
    non_digit: dict[str, dict[str, list[float]]] = {"digits": {}, "symbols": {}}
    for ruler in rulers:
        for condition, pen in ruler.conditions.items():
            read = list(read_ruler(ruler, classifier, pen))
            scores.append(summarize(ruler, condition, read))
            print_row(scores[-1])
            if ruler.kind in non_digit:
                non_digit[ruler.kind].setdefault(ruler.name, []).extend(each.non_digit for each in read)
            if options.sheets:
                name = f"{ruler.name} {condition}.png".replace(" ", "-")
                draw_errors(ruler, read).quantize(16).save(options.sheets / name, optimize=True)
    for symbols, of_symbols in non_digit["symbols"].items():
        for digits, of_digits in non_digit["digits"].items():
            area = area_under_roc(np.array(of_digits), np.array(of_symbols))
            print(f"area under the ROC curve, all pens: {symbols} against {digits}: {area:.4f}")
    if options.record:
        replace(Card.load(classifier.folder), handwriting=tuple(scores)).save(classifier.folder)


if __name__ == "__main__":
    main()
