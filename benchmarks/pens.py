"""How well a network reads what people draw with a pen.

    python -m benchmarks.pens --strokes pendigits-orig.tra --network compact

Each sample is drawn as the pad draws it and read as the app reads it, with pens of several widths, in several sizes,
places and tilts; one of these is changed at a time, and at the end all at once. The files are public: UCI's "Pen-Based
Recognition of Handwritten Digits" has pendigits-orig.tra and pendigits-orig.tes (unpack them with gzip -d).
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.pen_files import Sample, read_samples
from model.data.mnist import read_split
from model.evaluation.calibration import area_under_roc, calibration_error, refusal_threshold
from model.images import PAD_SIZE, REFUSAL_LEVEL, scale
from model.reading.card import Card
from model.reading.classifier import Classifier, load_classifier
from model.reading.handwriting_scores import LetterScores, PenScores
from model.reading.reading import Reading
from model.synthesis.strokes import draw_strokes, place_strokes

WIDTHS = (8, 12, 20, 30, 36)
SIZES = (0.25, 0.35, 0.5, 0.65, 0.8, 0.9)
PLACES = ("centre", "corner", "anywhere")
TILTS = (-15, 0, 15)
_USUAL = "pen width 20"
# Ink keeps this far from the edge of the pad, in pixels.
_MARGIN = 4


@dataclass(frozen=True)
class Condition:
    """How samples are drawn.

    Attributes:
        width: of the pen, in pixels of the pad.
        size: the longer side of the box around the strokes, as a share of the pad; the ink is a pen width larger.
        place: "centre", "corner" (one of the four, at random) or "anywhere".
        tilt: clockwise, in degrees.
    """

    width: float = 20
    size: float = 0.65
    place: str = "centre"
    tilt: float = 0


@dataclass(frozen=True, eq=False)
class Result:
    """What a network read under one condition.

    Attributes:
        condition: its name, such as "pen width 8".
        predicted: int (n,), the digit read, -1 where none or several were.
        confidence: float (n,) in 0..1, the probability of the digit read.
        non_digit: float (n,) in 0..1, how little it looked like a digit; 1 where none or several were read.
    """

    condition: str
    predicted: np.ndarray
    confidence: np.ndarray
    non_digit: np.ndarray

    @property
    def refused(self) -> np.ndarray:
        """Whether the network refused it: bool (n,)."""
        return self.non_digit > REFUSAL_LEVEL


def conditions() -> dict[str, Condition | None]:
    """The conditions by name; None stands for a random one each time."""
    usual = Condition()
    named = {f"pen width {width}": replace(usual, width=width) for width in WIDTHS}
    named |= {f"digit size {size}": replace(usual, size=size) for size in SIZES}
    named |= {f"place {place}": replace(usual, place=place) for place in PLACES}
    named |= {f"tilt {tilt}": replace(usual, tilt=tilt) for tilt in TILTS}
    return {**named, "all at once": None}


def random_condition(rng: np.random.Generator) -> Condition:
    """Any width, size and tilt of the ranges listed, anywhere; the pen is at most 1/3.5 of the digit's size."""
    size = rng.uniform(SIZES[0], SIZES[-1])
    width = rng.uniform(WIDTHS[0], min(WIDTHS[-1], size * PAD_SIZE / 3.5))
    return Condition(width, size, "anywhere", rng.uniform(TILTS[0], TILTS[-1]))


def draw_sample(sample: Sample, condition: Condition, rng: np.random.Generator) -> np.ndarray:
    """Draws a sample on the pad.

    Args:
        sample: what to draw.
        condition: how to draw it.
        rng: picks the corner or the place.

    Returns:
        uint8 (280, 280) in 0..255, ink bright.
    """
    reach = _MARGIN + condition.width / 2
    height = min(condition.size * PAD_SIZE, PAD_SIZE - 2 * reach)
    strokes = place_strokes(sample.strokes, height, (0, 0), condition.tilt)
    points = np.concatenate(strokes)
    # Where the middle may be so that all ink lies within the margin; at the middle of the pad if it is too large.
    least, most = reach - points.min(axis=0), PAD_SIZE - reach - points.max(axis=0)
    middle = np.full(2, PAD_SIZE / 2)
    if condition.place != "centre":
        share = rng.uniform(size=2) if condition.place == "anywhere" else rng.integers(2, size=2)
        middle = np.where(least < most, least + share * (most - least), middle)
    return draw_strokes([stroke + middle for stroke in strokes], condition.width)


def measure(samples: Sequence[Sample], read: Callable[[np.ndarray], Reading], seed: int = 0) -> Iterator[Result]:
    """Reads all samples under each condition.

    Args:
        samples: what people drew.
        read: the app's own way from a drawing to a reading, `Classifier.read`; drawing takes many times as long, so
            nothing is gained by running the network in batches.
        seed: of corners, places and random conditions.

    Yields:
        One result a condition, as it is done.
    """
    for name, condition in conditions().items():
        rng = np.random.default_rng(seed)
        predicted, confidence, non_digit = np.full(len(samples), -1), np.zeros(len(samples)), np.ones(len(samples))
        for index, sample in enumerate(samples):
            digits = read(draw_sample(sample, condition or random_condition(rng), rng)).digits
            if len(digits) == 1:
                predicted[index], confidence[index] = digits[0].label, digits[0].probability
                non_digit[index] = digits[0].non_digit
        yield Result(name, predicted, confidence, non_digit)


def summarize(samples: Sequence[Sample], results: Sequence[Result]) -> PenScores:
    """The scores of a network, without those of letters."""
    people = len({sample.writer for sample in samples})
    scores = PenScores(len(samples), people, {result.condition: float(result.refused.mean()) for result in results})
    if not are_digits(samples):
        return scores
    labels = np.array([int(sample.label) for sample in samples])
    drawn = np.tile(labels, len(results))
    read = np.concatenate([result.predicted for result in results])
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (drawn[read >= 0], read[read >= 0]), 1)
    return replace(
        scores,
        accuracy={result.condition: float((result.predicted == labels).mean()) for result in results},
        calibration_error={
            result.condition: calibration_error(result.confidence, result.predicted == labels) for result in results
        },
        accuracy_a_digit={str(digit): float((read == drawn)[drawn == digit].mean()) for digit in np.unique(drawn)},
        confusion=tuple(map(tuple, confusion.tolist())),
    )


def mean_accuracy(samples: Sequence[Sample], classifier: Classifier) -> float:
    """The share of digits read right, 0..1: the mean over all conditions."""
    results = list(measure(samples, lambda drawing: classifier.read(drawing, several=False)))
    return float(np.mean(list(summarize(samples, results).accuracy.values())))


def letters_refused(
    digits: Sequence[Result], letters: Sequence[Result], scans: np.ndarray, drawings: np.ndarray
) -> LetterScores:
    """How well the network tells letters from digits, both drawn with the usual pen.

    Args:
        digits: what was read in digits.
        letters: what was read in letters.
        scans: how little MNIST's test digits look like digits, given as scans: floats (n,) in 0..1.
        drawings: the same, given as drawings.
    """
    of_digits = np.concatenate([result.non_digit for result in digits if result.condition == _USUAL])
    of_letters = np.concatenate([result.non_digit for result in letters if result.condition == _USUAL])
    stricter = refusal_threshold(of_digits, 0.01)

    def refused(non_digit: np.ndarray, threshold: float = REFUSAL_LEVEL) -> float:
        return float((non_digit > threshold).mean())

    return LetterScores(
        digits_refused=refused(of_digits),
        letters_refused=refused(of_letters),
        letters_refused_at_1_percent=refused(of_letters, stricter),
        area_under_roc=area_under_roc(of_digits, of_letters),
        mnist_scans_refused=refused(scans),
        mnist_drawings_refused=refused(drawings),
        mnist_scans_refused_at_1_percent=refused(scans, stricter),
        mnist_drawings_refused_at_1_percent=refused(drawings, stricter),
    )


def are_digits(samples: Sequence[Sample]) -> bool:
    """Whether all samples are labelled 0..9; of letters only the share refused is of interest."""
    return all(sample.label in "0123456789" for sample in samples)


def print_row(result: Result, samples: Sequence[Sample]) -> None:
    """Prints accuracy and share refused under one condition."""
    refused = f"{result.refused.mean():8.2%} refused"
    if are_digits(samples):
        labels = [int(sample.label) for sample in samples]
        print(f"{result.condition:18} {(result.predicted == labels).mean():8.2%} right {refused}", flush=True)
    else:
        print(f"{result.condition:18} {refused}", flush=True)


def print_digits(scores: PenScores) -> None:
    """Prints accuracy a digit and the confusion matrix over all conditions."""
    print("\nDrawn (row) and read (column), over all conditions:")
    print("   " + "".join(f"{digit:7}" for digit in range(10)) + "   right")
    for digit, row in enumerate(scores.confusion):
        share = scores.accuracy_a_digit.get(str(digit))
        print(f"{digit:3}" + "".join(f"{count:7}" for count in row) + ("" if share is None else f"{share:8.2%}"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures a network on what people drew with a pen.")
    parser.add_argument("--strokes", type=Path, required=True, help="JSON lines (plain or gzip) or UNIPEN")
    parser.add_argument("--network", default="compact", help="a folder in model/trained, or its path (%(default)s)")
    parser.add_argument("--letters", type=Path, help="drawings of letters, to see how many are refused")
    parser.add_argument("--json", type=Path, help="where to save the scores")
    parser.add_argument("--record", action="store_true", help="put the scores into the network's card, metrics.json")
    options = parser.parse_args()

    classifier = load_classifier(options.network)
    samples = read_samples(options.strokes)
    results = _measure_and_print(samples, classifier)
    scores = summarize(samples, results)
    if are_digits(samples):
        print_digits(scores)
    if options.letters:
        of_letters = _measure_and_print(read_samples(options.letters), classifier)
        images = scale(read_split("test").images)
        scans, drawings = (classifier.classify(images, drawn)[1] for drawn in (False, True))
        letters = letters_refused(results, of_letters, scans, drawings)
        scores = replace(scores, letters=letters)
        print("\n" + "\n".join(f"{name.replace('_', ' '):30} {value:.4f}" for name, value in asdict(letters).items()))
    if options.json:
        options.json.write_text(json.dumps(asdict(scores), indent=2) + "\n", encoding="utf-8")
    if options.record:
        replace(Card.load(classifier.folder), pens=scores).save(classifier.folder)


def _measure_and_print(samples: Sequence[Sample], classifier: Classifier) -> list[Result]:
    print(f"{len(samples)} samples by {len({sample.writer for sample in samples})} people")
    results = []
    for result in measure(samples, lambda drawing: classifier.read(drawing, several=False)):
        print_row(result, samples)
        results.append(result)
    return results


if __name__ == "__main__":
    main()
