"""The images read wrong are found, filtered and ranked."""

import numpy as np
import pytest

from model.mistakes import Results


@pytest.fixture
def results() -> Results:
    """Six images: index 1 is a 4 read as 9 (90 %), 3 a 4 read as 7 (60 %), 5 a 2 read as 7 (99 %)."""
    read = [1, 9, 4, 7, 2, 7]
    probabilities = np.full((6, 10), 0.001, np.float32)
    probabilities[range(6), read] = [0.8, 0.9, 0.8, 0.6, 0.8, 0.99]
    return Results(np.array([1, 4, 4, 4, 2, 2]), probabilities)


def test_the_most_confident_mistake_comes_first(results):
    assert results.mistakes().tolist() == [5, 1, 3]


def test_by_index_they_keep_the_order_of_the_test_set(results):
    assert results.mistakes(order="index").tolist() == [1, 3, 5]


def test_filters_for_the_true_digit_and_the_digit_read_combine(results):
    assert results.mistakes(actual=4).tolist() == [1, 3]
    assert results.mistakes(read=7).tolist() == [5, 3]
    assert results.mistakes(actual=4, read=7).tolist() == [3]
    assert results.mistakes(actual=0).tolist() == []


def test_answers_to_another_number_of_images_are_refused():
    with pytest.raises(ValueError, match=r"Expected: \(3, 10\).*Received: \(2, 10\)"):
        Results(np.zeros(3, int), np.zeros((2, 10), np.float32))
