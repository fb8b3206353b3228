"""How well a network reads handwriting, as the benchmarks measured it: parts of a network's card."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LetterScores:
    """How well people's letters are separated from their digits, both drawn with the usual pen (`benchmarks.pens`).

    Shares are 0..1. Those "at 1 percent" are refused by a threshold that refuses 1 % of the digits drawn, all others by
    the network's own.

    Attributes:
        digits_refused, letters_refused: of what people drew.
        area_under_roc: of these digits against these letters, 0..1.
        mnist_scans_refused, mnist_drawings_refused: of MNIST's test images, given as scans and as drawings.
    """

    digits_refused: float
    letters_refused: float
    letters_refused_at_1_percent: float
    area_under_roc: float
    mnist_scans_refused: float
    mnist_drawings_refused: float
    mnist_scans_refused_at_1_percent: float
    mnist_drawings_refused_at_1_percent: float


@dataclass(frozen=True)
class PenScores:
    """How well a network reads what people draw with a pen (`benchmarks.pens`).

    Attributes:
        samples, writers: how many drawings by how many people.
        refused: the share taken for no digit, 0..1, by the name of the condition.
        accuracy: the share of which the best guess is right, refused or not, 0..1, by condition; with all that follows,
            empty where the samples are not all digits.
        calibration_error: the expected calibration error, 0..1, by condition.
        accuracy_a_digit: 0..1, by digit, over all conditions.
        confusion: counts over all conditions, 10 rows (drawn) of 10 columns (read).
        letters: how well letters are separated from digits; None where no letters were given.
    """

    samples: int
    writers: int
    refused: dict[str, float]
    accuracy: dict[str, float] = field(default_factory=dict)
    calibration_error: dict[str, float] = field(default_factory=dict)
    accuracy_a_digit: dict[str, float] = field(default_factory=dict)
    confusion: tuple[tuple[int, ...], ...] = ()
    letters: LetterScores | None = None


@dataclass(frozen=True)
class NumberScores:
    """How well numbers of several digits are read (`benchmarks.numbers`).

    Attributes:
        numbers: how many there are.
        wholly_right: the share with each digit right, 0..1.
        right_count: the share with the right number of digits, 0..1.
    """

    numbers: int
    wholly_right: float
    right_count: float


@dataclass(frozen=True)
class HandwritingScores:
    """How well a network reads what people wrote (`benchmarks.handwriting`). Shares are 0..1.

    Attributes:
        ruler: the name of the file or folder.
        condition: the pen with which strokes were drawn, or "as scanned".
        samples, writers: how many by how many people.
        right: the share read right; this and those below are None for symbols, which are to be refused.
        right_unrefused: the share that would be right if nothing were refused.
        refused: the share in which a digit was refused; of symbols those in which no digit was read.
        miscounted: the share in which more or fewer digits were found than there are.
    """

    ruler: str
    condition: str
    samples: int
    writers: int
    right: float | None
    right_unrefused: float | None
    refused: float
    miscounted: float | None
