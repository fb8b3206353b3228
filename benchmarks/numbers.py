"""How well numbers of several digits are read, composed from what people draw with a pen.

    python -m benchmarks.numbers --strokes pendigits-orig.tra --network compact

Digits of one writer are set side by side on a wide pad: of different sizes, along a sloping line, with boxes that
overlap or stand wide apart, and with ink that never touches. Single digits on the usual pad are read too, to see how
many come apart. The files are those of `benchmarks.pens`.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.pen_files import Sample, read_samples
from benchmarks.pens import Condition, draw_sample
from model.contact_sheet import Tile, contact_sheet, fitted, in_rows
from model.reading.card import Card
from model.reading.classifier import load_classifier
from model.reading.handwriting_scores import NumberScores
from model.reading.reading import Reading
from model.synthesis.strokes import Stroke, draw_strokes, place_strokes

PAD = (840, 280)
LENGTHS = (2, 3, 4, 5)
PENS = (8.0, 20.0)
# The widths at which single digits are read.
SINGLE_PENS = (8, 12, 20, 30)
# Sizes of the digits of one number differ by up to this share, either way.
_SIZES_DIFFER = 0.25
# Gaps between neighbouring boxes of ink, as shares of a digit's size: below 0 they overlap.
_GAPS = (-0.15, 0.6)
# Degrees either way.
_SLOPE = 10.0
# Ink keeps this far from the ink of its neighbours and from the edge of the pad, in pixels.
_CLEARANCE, _MARGIN = 3, 4


@dataclass(frozen=True, eq=False)
class Number:
    """A number composed of samples.

    Attributes:
        text: its digits.
        drawing: uint8 (280, 840) in 0..255, ink bright.
    """

    text: str
    drawing: np.ndarray


def compose(samples: Sequence[Sample], rng: np.random.Generator) -> Number:
    """Sets samples side by side.

    Args:
        samples: the digits, from left to right.
        rng: where sizes, gaps, slope and pen come from.

    Returns:
        The number, as large as it was drawn or made smaller to fit the pad.
    """
    pen = rng.uniform(*PENS)
    size = rng.uniform(0.35, 0.7) * PAD[1]
    sizes = size * rng.uniform(1 - _SIZES_DIFFER, 1 + _SIZES_DIFFER, len(samples))
    gaps = rng.uniform(*_GAPS, len(samples))
    slope = np.tan(np.deg2rad(rng.uniform(-_SLOPE, _SLOPE)))
    shrink = 1.0
    while True:
        strokes = _set_side_by_side(samples, shrink * sizes, shrink * size * gaps, slope, pen)
        points = np.concatenate([stroke for digit in strokes for stroke in digit])
        low, high = points.min(axis=0), points.max(axis=0)
        room = np.array(PAD) - pen - 2 * _MARGIN
        fit = float((room / np.maximum(high - low, 1)).min())
        if fit >= 1:
            break
        shrink *= min(fit, 0.99)
    free = room - (high - low)
    shift = pen / 2 + _MARGIN - low + free * rng.uniform(size=2)
    placed = [stroke + shift for digit in strokes for stroke in digit]
    return Number("".join(sample.label for sample in samples), draw_strokes(placed, pen, PAD))


def _set_side_by_side(
    samples: Sequence[Sample], sizes: np.ndarray, gaps: np.ndarray, slope: float, pen: float
) -> list[list[Stroke]]:
    """The strokes of each digit, in pixels from anywhere; a digit whose ink would touch another's moves on."""
    digits: list[list[Stroke]] = []
    inks: list[np.ndarray] = []
    right = 0.0
    for sample, size, gap in zip(samples, sizes, gaps, strict=True):
        strokes = place_strokes(sample.strokes, size, (0, 0))
        points = np.concatenate(strokes)
        low, high = points.min(axis=0), points.max(axis=0)
        # Digits stand on the line, and boxes of ink are a pen wider than those of paths.
        x = right + gap + pen - low[0] if digits else -low[0]
        ink = _dense(strokes)
        shift = np.array([x, -slope * x - high[1]])
        while digits and _nearest(ink + shift, inks[-2:]) < pen + _CLEARANCE:
            shift += (1, -slope)
        digits.append([stroke + shift for stroke in strokes])
        inks.append(ink + shift)
        right = max(right, shift[0] + high[0])
    return digits


def _dense(strokes: Sequence[Stroke]) -> np.ndarray:
    """Points along the strokes, two pixels apart at most: float (k, 2)."""
    points = []
    for stroke in strokes:
        steps = np.ceil(np.hypot(*np.diff(stroke, axis=0).T) / 2).astype(int)
        points.append(stroke[:1])
        for start, end, count in zip(stroke, stroke[1:], steps, strict=False):
            points.append(start + (end - start) * np.linspace(0, 1, count + 1)[1:, np.newaxis])
    return np.concatenate(points)


def _nearest(ink: np.ndarray, others: Sequence[np.ndarray]) -> float:
    """The least distance of some points from others, in pixels."""
    other = np.concatenate(others)
    return float(np.sqrt(((ink[:, np.newaxis] - other) ** 2).sum(axis=2).min()))


def compose_numbers(samples: Sequence[Sample], count: int, seed: int = 0) -> Iterator[Number]:
    """Composes numbers of 2 to 5 digits, each of one writer where that one drew as many."""
    rng = np.random.default_rng(seed)
    writers: dict[str, list[Sample]] = {}
    for sample in samples:
        writers.setdefault(sample.writer, []).append(sample)
    names = sorted(writers)
    for index in range(count):
        length = LENGTHS[index % len(LENGTHS)]
        pool = writers[names[rng.integers(len(names))]]
        pool = pool if len(pool) >= length else list(samples)
        yield compose([pool[pick] for pick in rng.choice(len(pool), length, replace=False)], rng)


def measure_singles(
    samples: Sequence[Sample], read: Callable[[np.ndarray], Reading], width: float
) -> list[tuple[Number, str]]:
    """The single digits that were not read as exactly one digit, with the given pen width, and what was read."""
    rng = np.random.default_rng(0)
    apart = []
    for sample in samples:
        drawing = draw_sample(sample, Condition(width=width), rng)
        reading = read(drawing)
        if len(reading.digits) != 1:
            apart.append((Number(sample.label, drawing), reading.text))
    return apart


def summarize(texts: Sequence[str], read: Sequence[str]) -> dict[str, NumberScores]:
    """Scores by length, and of "all" numbers."""
    pairs = list(zip(texts, read, strict=True))
    by_length = {str(length): [pair for pair in pairs if len(pair[0]) == length] for length in LENGTHS}
    return {
        name: NumberScores(
            numbers=len(some),
            wholly_right=float(np.mean([text == got for text, got in some])),
            right_count=float(np.mean([len(text) == len(got) for text, got in some])),
        )
        for name, some in {**by_length, "all": pairs}.items()
        if some
    }


def print_table(scores: dict[str, NumberScores]) -> None:
    """Prints what `summarize` gives."""
    print("digits  numbers  wholly right  right count")
    for name, row in scores.items():
        print(f"{name:>6}  {row.numbers:7}  {row.wholly_right:12.2%}  {row.right_count:11.2%}")


def save_sheet(failures: Sequence[tuple[Number, str]], path: Path) -> None:
    """Saves a contact sheet of numbers and what was read in each, up to 120."""
    tiles = [
        Tile(fitted(Image.fromarray(number.drawing), (294, 94)), f"{number.text} read as {read}")
        for number, read in failures[:120]
    ]
    contact_sheet(in_rows(tiles, 5)).save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures how numbers of several digits are read.")
    parser.add_argument("--strokes", type=Path, required=True, help="JSON lines (plain or gzip) or UNIPEN")
    parser.add_argument("--network", default="compact", help="a folder in model/trained, or its path (%(default)s)")
    parser.add_argument("--numbers", type=int, default=1000, help="how many to compose (%(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--failures", type=Path, help="where to save a picture of the numbers read wrong")
    parser.add_argument("--record", action="store_true", help="put the scores into the network's card, metrics.json")
    options = parser.parse_args()

    samples = read_samples(options.strokes)
    classifier = load_classifier(options.network)
    texts, read, failures, seconds = [], [], [], 0.0
    for number in compose_numbers(samples, options.numbers, options.seed):
        start = time.perf_counter()
        text = classifier.read(number.drawing).text
        seconds += time.perf_counter() - start
        texts.append(number.text)
        read.append(text)
        if text != number.text:
            failures.append((number, text))
    scores = summarize(texts, read)
    print_table(scores)
    print(f"{1000 * seconds / len(texts):.1f} ms a number")
    for width in SINGLE_PENS:
        apart = measure_singles(samples, classifier.read, width)
        print(f"single digits not found to be one, pen width {width}: {len(apart)} of {len(samples)}", flush=True)
        failures += apart
    if options.record:
        replace(Card.load(classifier.folder), numbers=scores).save(classifier.folder)
    if options.failures:
        # Those of the wrong number of digits first.
        failures.sort(key=lambda failure: len(failure[0].text) == len(failure[1]))
        save_sheet(failures, options.failures)


if __name__ == "__main__":
    main()
