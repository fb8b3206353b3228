"""Temperature, calibration error and threshold do what their names say."""

import numpy as np
import pytest
from sklearn import metrics

from model.evaluation.calibration import (
    area_under_roc,
    calibration_error,
    fit_temperature,
    refusal_threshold,
    reliability,
    softmax,
)


def test_softmax_sums_to_1_and_survives_large_logits():
    probabilities = softmax(np.array([[1000.0, 1000.0], [0.0, np.log(3)]]))
    assert probabilities == pytest.approx(np.array([[0.5, 0.5], [0.25, 0.75]]))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_spoilt_the_logits_is_found(temperature):
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20_000, 10))
    labels = (softmax(logits).cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    assert fit_temperature(logits * temperature, labels) == pytest.approx(temperature, rel=0.05)


def test_the_calibration_error_is_the_gap_between_confidence_and_accuracy():
    confidence = np.array([0.9] * 10 + [0.5] * 10)
    right = np.array([True] * 8 + [False] * 2 + [True] * 5 + [False] * 5)
    assert calibration_error(confidence, right) == pytest.approx((10 * 0.1 + 10 * 0.0) / 20)


def test_the_reliability_diagram_has_a_row_for_each_bin_with_images():
    rows = reliability(np.array([0.05, 0.95, 1.0]), np.array([False, True, True]), bins=10)
    assert [row.images for row in rows] == [1, 2]
    assert [row.accuracy for row in rows] == [0.0, 1.0]
    assert rows[1].confidence == pytest.approx(0.975)


def test_the_threshold_refuses_the_share_asked_for():
    scores = np.random.default_rng(0).normal(size=10_000)
    assert np.mean(scores > refusal_threshold(scores, 0.01)) == pytest.approx(0.01, abs=0.001)


def test_the_area_under_the_roc_curve_is_the_one_that_scikit_learn_gives():
    rng = np.random.default_rng(0)
    digits, others = rng.integers(0, 6, 40), rng.integers(3, 9, 30)
    is_other = np.repeat([False, True], [len(digits), len(others)])
    theirs = metrics.roc_auc_score(is_other, np.concatenate([digits, others]))
    assert area_under_roc(digits, others) == pytest.approx(theirs)
