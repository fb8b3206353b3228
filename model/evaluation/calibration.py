"""Calibration: temperature scaling, the expected calibration error, and the threshold for refusing non-digits."""

import numpy as np

from model.reading.card import ReliabilityBin

# The quantile of the normal distribution that leaves 2.5 % above it.
_TWO_SIDED = 1.959964


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities from logits, along the last axis: floats (n, k) in 0..1, each row summing to 1."""
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature that gives the least cross-entropy when it divides the logits of held-out images.

    One number for all classes never changes which is the most probable (Guo et al., "On Calibration of Modern Neural
    Networks", 2017).

    Args:
        logits: floats (n, k).
        labels: integers (n,) in 0..k - 1.

    Returns:
        The temperature, in 0.2..5, to half a percent.
    """
    logits = logits.astype(np.float64)

    def cross_entropy(temperature: float) -> float:
        true = softmax(logits / temperature)[np.arange(len(labels)), labels]
        return float(-np.log(np.maximum(true, 1e-30)).mean())

    candidates = np.exp(np.arange(np.log(0.2), np.log(5), 0.005))
    return float(min(candidates, key=cross_entropy))


def reliability(confidence: np.ndarray, right: np.ndarray, bins: int = 15) -> list[ReliabilityBin]:
    """Confidence against accuracy in bins of equal width; empty bins are left out.

    Args:
        confidence: floats (n,) in 0..1, the probability of the digit read.
        right: bools (n,), whether it was the true one.
        bins: how many.

    Returns:
        The bins, from the least confidence.
    """
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        ReliabilityBin(
            confidence=float(confidence[number == index].mean()),
            accuracy=float(right[number == index].mean()),
            images=int((number == index).sum()),
        )
        for index in np.unique(number)
    ]


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 15) -> float:
    """The expected calibration error: the mean gap between confidence and accuracy, weighted by the images of a bin.

    Args:
        confidence: floats (n,) in 0..1.
        right: bools (n,).
        bins: of equal width.

    A network that always says 75 % and is right half of the time:

    >>> calibration_error(np.full(4, 0.75), np.array([True, False, True, False]))
    0.25
    """
    rows = reliability(confidence, right, bins)
    return sum(abs(row.confidence - row.accuracy) * row.images for row in rows) / len(confidence)


def wilson_interval(share: float, count: int) -> tuple[float, float]:
    """The interval that holds the true share with a confidence of 95 %, whichever it is.

    Wilson's score interval: "Probable inference, the law of succession, and statistical inference", 1927.

    Args:
        share: what was observed, 0..1.
        count: of how many; at least one.

    Five of ten:

    >>> [round(end, 2) for end in wilson_interval(0.5, 10)]
    [0.24, 0.76]
    """
    spread = _TWO_SIDED**2 / count
    middle = (share + spread / 2) / (1 + spread)
    half = _TWO_SIDED * (share * (1 - share) / count + spread / 4 / count) ** 0.5 / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def refusal_threshold(digit_scores: np.ndarray, share: float) -> float:
    """The threshold above which scores are refused, such that a given share of true digits is refused.

    Args:
        digit_scores: floats (n,), how little each of n true digits looks like one.
        share: of the digits that may be refused, 0..1.
    """
    return float(np.quantile(digit_scores, 1 - share))


def area_under_roc(digit_scores: np.ndarray, other_scores: np.ndarray) -> float:
    """The probability that a non-digit scores higher than a digit, ties counting half (Mann-Whitney).

    Args:
        digit_scores: floats (n,), of digits.
        other_scores: floats (m,), of what is not a digit.

    >>> area_under_roc(np.array([0.1, 0.2, 0.6]), np.array([0.5, 0.9]))
    0.8333333333333334
    """
    below = np.searchsorted(np.sort(digit_scores), other_scores, side="left")
    up_to = np.searchsorted(np.sort(digit_scores), other_scores, side="right")
    return float((below + up_to).mean() / 2 / len(digit_scores))
