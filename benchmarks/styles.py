"""Styles of single writers that a network misreads: drawings to learn from, and drawings to judge by."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.pen_files import Sample, read_samples
from benchmarks.pens import Condition, draw_sample
from model.images import NON_DIGIT, REFUSAL_LEVEL, scale, to_bytes
from model.reading.classifier import Classifier
from model.reading.preprocessing import preprocess

_LEARN, _JUDGE = 5, 20
# The misread drawings of a style are drawn again so often in all; of these, the misread ones count.
_REDRAWN = 120


@dataclass(frozen=True, eq=False)
class Style:
    """Misread drawings of one digit by one writer.

    Attributes:
        file, writer, digit, read: as in `benchmarks.learning.Pair`.
        samples: what the writer drew.
        learn: drawings to learn from, uint8 (5, 28, 28).
        judge: drawings to judge by, bent in other ways, uint8 (20, 28, 28).
        share: which share of all that was drawn again is misread, 0..1.
    """

    file: str
    writer: str
    digit: int
    read: str
    samples: Sequence[Sample]
    learn: np.ndarray
    judge: np.ndarray
    share: float


def redrawn(sample: Sample, rng: np.random.Generator) -> Sample:
    """What the same hand draws next: slanted, stretched, turned and bent a little."""
    points = np.concatenate(sample.strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    size = max(float((high - low).max()), 1e-9)
    angle, shear = np.deg2rad(rng.uniform(-6, 6)), rng.uniform(-0.08, 0.08)
    stretch = np.exp(rng.uniform(-0.08, 0.08))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    change = turn @ np.array([[stretch, 0], [shear, 1]])
    waves = np.arange(1, 4)
    amplitudes, phases = rng.normal(0, 0.02, (2, 3)), rng.uniform(0, 2 * np.pi, (2, 3))

    def again(stroke: np.ndarray) -> np.ndarray:
        own = (stroke - (low + high) / 2) / size
        bends = [
            (amplitudes[axis] * np.sin(np.pi * waves * own[:, 1 - axis, np.newaxis] + phases[axis])).sum(axis=1)
            for axis in (0, 1)
        ]
        return (own + np.stack(bends, axis=1)) @ change * size

    return replace(sample, strokes=[again(stroke) for stroke in sample.strokes])


def image_of(sample: Sample, condition: Condition, rng: np.random.Generator) -> np.ndarray:
    """What the network sees of a drawing: uint8 (28, 28)."""
    image = preprocess(draw_sample(sample, condition, rng))
    assert image is not None  # each sample has ink
    return to_bytes(image)


def read_as(classifier: Classifier, images: np.ndarray) -> np.ndarray:
    """The digits read in drawings, uint8 (n, 28, 28), with 10 for what is refused: int (n,)."""
    digits, non_digit = classifier.classify(scale(images), drawn=True)
    return np.where(non_digit > REFUSAL_LEVEL, NON_DIGIT, digits.argmax(axis=1))


def find_styles(path: Path, classifier: Classifier) -> Iterator[Style]:
    """The styles in a file of strokes that have drawings enough that are misread."""
    rng = np.random.default_rng(0)
    groups: dict[tuple[str, int, int], list[Sample]] = defaultdict(list)
    for sample in read_samples(path):
        read = int(read_as(classifier, image_of(sample, Condition(), rng)[np.newaxis])[0])
        if read != int(sample.label):
            groups[sample.writer, int(sample.label), read].append(sample)
    for (writer, digit, read), samples in groups.items():
        rng = np.random.default_rng(1)
        learn, learn_share = _misread(samples, digit, classifier, rng)
        judge, judge_share = _misread(samples, digit, classifier, rng)
        if len(learn) >= _LEARN and len(judge) >= _JUDGE:
            name = "refused" if read == NON_DIGIT else str(read)
            share = min(learn_share, judge_share)
            yield Style(path.name, writer, digit, name, samples, learn[:_LEARN], judge[:_JUDGE], share)


def _misread(
    samples: Sequence[Sample], digit: int, classifier: Classifier, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """What is misread of drawings that are drawn again, uint8 (n, 28, 28), and which share that is."""
    images = np.stack(
        [
            image_of(
                redrawn(samples[number % len(samples)], rng),
                Condition(width=rng.uniform(12, 28), size=rng.uniform(0.45, 0.75)),
                rng,
            )
            for number in range(_REDRAWN)
        ]
    )
    is_wrong = read_as(classifier, images) != digit
    return images[is_wrong], float(is_wrong.mean())


def chosen_styles(styles: Sequence[Style], count: int) -> list[Style]:
    """Those of several drawings first, then those that are misread most surely; of each writer one, then more."""
    ranked = sorted(styles, key=lambda style: (len(style.samples) == 1, -style.share))
    seen: set[tuple[str, str]] = set()
    first: list[Style] = []
    more: list[Style] = []
    for style in ranked:
        (more if (style.file, style.writer) in seen else first).append(style)
        seen.add((style.file, style.writer))
    return [*first, *more][:count]
