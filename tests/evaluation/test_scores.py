"""The scores are right on cases that can be counted by hand, and equal scikit-learn's on random ones."""

import numpy as np
import pytest
from sklearn import metrics

from model.evaluation import scores as evaluate
from model.reading.card import DigitScores

LABELS = np.array([0, 0, 1, 2])
PROBABILITIES = np.eye(10)[[0, 1, 1, 2]] * 0.8 + 0.02


def test_accuracy_is_the_share_read_right():
    assert evaluate.accuracy(LABELS, PROBABILITIES) == 0.75


def test_cross_entropy_is_the_mean_negative_logarithm_of_the_true_probability():
    assert evaluate.cross_entropy(LABELS, PROBABILITIES) == pytest.approx(-(3 * np.log(0.82) + np.log(0.02)) / 4)


def test_a_true_digit_with_probability_0_costs_no_infinity():
    assert evaluate.cross_entropy(np.array([1]), np.eye(10)[[0]]) == pytest.approx(-np.log(1e-7))


def test_the_confusion_matrix_has_true_digits_as_rows():
    matrix = evaluate.confusion_matrix(LABELS, PROBABILITIES.argmax(axis=1))
    assert matrix.shape == (10, 10)
    assert matrix[0, 1] == 1
    assert matrix[1, 0] == 0
    assert matrix.sum() == 4


def test_precision_recall_and_f1_of_a_class():
    rows = evaluate.per_class(evaluate.confusion_matrix(LABELS, PROBABILITIES.argmax(axis=1)))
    assert rows[0] == DigitScores(digit=0, support=2, precision=1.0, recall=0.5, f1=pytest.approx(2 / 3))
    assert rows[1] == DigitScores(digit=1, support=1, precision=0.5, recall=1.0, f1=pytest.approx(2 / 3))


def test_a_digit_that_never_occurs_has_scores_of_0():
    rows = evaluate.per_class(evaluate.confusion_matrix(LABELS, PROBABILITIES.argmax(axis=1)))
    assert rows[9] == DigitScores(digit=9, support=0, precision=0.0, recall=0.0, f1=0.0)


def test_random_answers_get_the_scores_that_scikit_learn_gives():
    rng = np.random.default_rng(7)
    probabilities = rng.dirichlet(np.ones(10), 500)
    labels = rng.integers(0, 10, 500)
    predicted = probabilities.argmax(axis=1)
    assert evaluate.accuracy(labels, probabilities) == metrics.accuracy_score(labels, predicted)
    assert evaluate.cross_entropy(labels, probabilities) == pytest.approx(metrics.log_loss(labels, probabilities))
    matrix = evaluate.confusion_matrix(labels, predicted)
    assert np.array_equal(matrix, metrics.confusion_matrix(labels, predicted))
    theirs = metrics.precision_recall_fscore_support(labels, predicted)
    ours = [
        [getattr(row, name) for row in evaluate.per_class(matrix)] for name in ("precision", "recall", "f1", "support")
    ]
    assert np.allclose(ours, theirs)
