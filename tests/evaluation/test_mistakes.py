"""What a network answered on the test set is filtered, ranked, counted and compared."""

import numpy as np
import pytest
from scipy import stats

from model.evaluation.mistakes import Comparison, Filters, Results


@pytest.fixture
def results() -> Results:
    """Six images: index 1 is a 4 read as 9 (90 %), 3 a 4 read as 7 (60 %), 5 a 2 read as 7 (99 %)."""
    return answers([1, 9, 4, 7, 2, 7], [0.8, 0.9, 0.7, 0.6, 0.95, 0.99])


def answers(read: list[int], sure: list[float]) -> Results:
    probabilities = np.full((6, 10), 0.001, np.float32)
    probabilities[range(6), read] = sure
    return Results(np.array([1, 4, 4, 4, 2, 2]), probabilities)


def test_the_images_read_wrong_are_shown_unless_others_are_asked_for(results):
    assert results.select(Filters(), "index").tolist() == [1, 3, 5]
    assert results.select(Filters("all"), "index").tolist() == [0, 1, 2, 3, 4, 5]


def test_those_read_right_but_unsure_lie_below_the_chosen_probability(results):
    assert results.select(Filters("unsure", unsure_below=0.9), "index").tolist() == [0, 2]
    assert results.select(Filters("unsure", unsure_below=0.75), "index").tolist() == [2]


def test_filters_for_the_true_digit_and_the_digit_read_combine(results):
    assert results.select(Filters(actual=(4,)), "confident").tolist() == [1, 3]
    assert results.select(Filters(actual=(4, 0)), "confident").tolist() == [1, 3]
    assert results.select(Filters(read=(7,)), "confident").tolist() == [5, 3]
    assert results.select(Filters(actual=(4,), read=(7,)), "confident").tolist() == [3]
    assert results.select(Filters(actual=(0,)), "confident").tolist() == []


def test_a_range_of_probabilities_includes_both_its_ends(results):
    assert results.select(Filters("all", probability=(0.6, 0.8)), "index").tolist() == [0, 2, 3]
    assert results.select(Filters("all", probability=(0.9, 0.95)), "index").tolist() == [1, 4]


def test_images_are_counted_by_confidence_and_those_on_an_edge_in_the_upper_bin(results):
    right, wrong = results.by_confidence(np.arange(6), bins=10)
    assert right.tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1]
    assert wrong.tolist() == [0, 0, 0, 0, 0, 0, 1, 0, 0, 2]
    right, wrong = results.by_confidence(np.array([0, 3]), bins=2)
    assert (right.tolist(), wrong.tolist()) == ([0, 1], [0, 1])
    assert results.by_confidence(np.array([], int), bins=2)[0].tolist() == [0, 0]


def test_places_searched_for_are_found_in_the_order_given(results):
    assert results.select(Filters("all", indices=(4, 1)), "index").tolist() == [1, 4]
    assert results.select(Filters("all", indices=(4, 1)), "given").tolist() == [4, 1]
    assert results.select(Filters(indices=(4, 1)), "given").tolist() == [1]
    assert results.select(Filters("all", indices=()), "given").tolist() == []


def test_each_order_puts_first_what_it_says(results):
    assert results.select(Filters(), "confident").tolist() == [5, 1, 3]
    assert results.select(Filters(), "unsure").tolist() == [3, 1, 5]
    assert results.select(Filters("all"), "margin").tolist() == [3, 2, 0, 1, 4, 5]
    # All true digits of those read wrong have the same probability; of those read right, the least sure loses most.
    assert results.select(Filters("all"), "loss").tolist() == [1, 3, 5, 2, 0, 4]


def test_the_confusion_matrix_has_true_digits_as_rows(results):
    assert results.confusion[4, 9] == results.confusion[4, 7] == results.confusion[2, 7] == 1
    assert results.confusion.sum() == 6


def test_images_left_out_do_not_count_in_the_accuracy(results):
    assert results.accuracy() == 0.5
    assert results.accuracy(frozenset({1, 3})) == 0.75
    assert results.accuracy(frozenset(range(6))) == 0.0


def test_two_networks_are_compared_image_by_image(results):
    comparison = Comparison(results, answers([1, 4, 9, 7, 2, 2], [0.9] * 6))
    assert comparison.counts() == {"both": 1, "first": 2, "second": 1, "neither": 2}
    assert results.select(Filters("all"), "index", comparison.where("second")).tolist() == [2]


@pytest.mark.parametrize(("first", "second"), [(3, 3), (1, 5), (0, 10), (40, 61)])
def test_mcnemars_exact_test_is_the_binomial_test_that_scipy_gives(first, second):
    def network(wrong: slice) -> Results:
        labels = np.zeros(2000, int)
        probabilities = np.zeros((2000, 10), np.float32)
        probabilities[:, 0] = 1
        probabilities[wrong] = np.eye(10)[1]
        return Results(labels, probabilities)

    comparison = Comparison(network(slice(0, first)), network(slice(first, first + second)))
    assert comparison.p_value() == pytest.approx(stats.binomtest(first, first + second).pvalue)


def test_mcnemars_test_bears_thousands_of_disagreements():
    right, wrong = np.eye(10, dtype=np.float32)[np.zeros(3000, int)], np.eye(10, dtype=np.float32)[np.ones(3000, int)]
    labels = np.zeros(3000, int)
    assert Comparison(Results(labels, right), Results(labels, wrong)).p_value() < 1e-300


def test_answers_to_another_number_of_images_are_refused():
    with pytest.raises(ValueError, match=r"Expected: \(3, 10\).*Received: \(2, 10\)"):
        Results(np.zeros(3, int), np.zeros((2, 10), np.float32))
