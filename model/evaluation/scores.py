"""Scores of a network from true labels and its probabilities."""

import numpy as np

from model.images import NUM_CLASSES
from model.reading.card import DigitScores, Scores


def accuracy(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The share of images whose most probable digit is the true one.

    Args:
        labels: integers (n,) in 0..9.
        probabilities: floats (n, 10) in 0..1.

    >>> certain = np.eye(NUM_CLASSES)[[7, 2, 1, 0]]
    >>> accuracy(np.array([7, 2, 1, 6]), certain)
    0.75
    """
    return float((probabilities.argmax(axis=1) == labels).mean())


def cross_entropies(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Each image's negative natural logarithm of the true digit's probability, which is clipped at 1e-7 as in Keras.

    Args:
        labels: integers (n,) in 0..9.
        probabilities: floats (n, 10) in 0..1.

    Returns:
        float64 (n,), in nats.
    """
    true = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return -np.log(np.clip(true, 1e-7, 1.0))


def cross_entropy(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The mean of `cross_entropies`."""
    return float(cross_entropies(labels, probabilities).mean())


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Counts images by their true digit (row) and the digit read (column).

    Args:
        labels: integers (n,) in 0..9.
        predicted: integers (n,) in 0..9.

    Returns:
        int64 (10, 10), summing to n.

    >>> matrix = confusion_matrix(np.array([7, 7, 1]), np.array([7, 1, 1]))
    >>> int(matrix[7, 1])
    1
    """
    matrix = np.zeros((NUM_CLASSES, NUM_CLASSES), np.int64)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


def per_class(matrix: np.ndarray) -> list[DigitScores]:
    """Support, precision, recall and F1 of each digit; a share of nothing is 0.

    Args:
        matrix: int64 (10, 10), a confusion matrix with the true digits as rows.

    Returns:
        The scores in the order of the digits.
    """
    hits, support, read = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    precision = hits / np.maximum(read, 1)
    recall = hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(support + read, 1)
    return [
        DigitScores(digit, int(support[digit]), float(precision[digit]), float(recall[digit]), float(f1[digit]))
        for digit in range(len(matrix))
    ]


def scores(labels: np.ndarray, probabilities: np.ndarray) -> Scores:
    """Accuracy, loss, and how many of how many were read wrong.

    Args:
        labels: integers (n,) in 0..9.
        probabilities: floats (n, 10) in 0..1.
    """
    return Scores(
        accuracy=accuracy(labels, probabilities),
        loss=cross_entropy(labels, probabilities),
        errors=int((probabilities.argmax(axis=1) != labels).sum()),
        images=len(labels),
    )
