import numpy as np
import pytest

from benchmarks.numbers import PAD, compose, compose_numbers, measure_singles, print_table, summarize
from benchmarks.pen_files import Sample
from model.reading.ink import Box, to_ink
from model.reading.reading import Digit, Reading
from model.reading.segmentation import find_candidates

ONE = Sample("1", "ann", [np.array([[0.0, 0.0], [0.0, 10.0]])])
SEVEN = Sample("7", "ann", [np.array([[0.0, 0.0], [8.0, 0.0], [4.0, 10.0]])])
ZERO = Sample("0", "ben", [np.array([[4.0, 0.0], [8.0, 5.0], [4.0, 10.0], [0.0, 5.0], [4.0, 0.0]])])


@pytest.mark.parametrize("seed", range(8))
def test_digits_of_a_number_stand_side_by_side_on_the_pad_and_do_not_touch(seed):
    number = compose([SEVEN, ONE, ZERO, SEVEN, ONE], np.random.default_rng(seed))
    assert number.text == "71071"
    assert number.drawing.shape == PAD[::-1]
    border = (number.drawing[0], number.drawing[-1], number.drawing[:, 0], number.drawing[:, -1])
    assert max(edge.max() for edge in border) == 0
    assert sum(len(found.components) == 1 for found in find_candidates(to_ink(number.drawing))) == 5


def test_a_number_is_of_one_writer_where_that_one_drew_enough():
    ann = [Sample(label, "ann", ONE.strokes) for label in "12345"]
    ben = [Sample(label, "ben", ONE.strokes) for label in "678"]
    for number in compose_numbers(ann + ben, 40):
        assert len(number.text) > len(ben) or set(number.text) <= set("12345") or set(number.text) <= set("678")


def test_numbers_are_of_2_to_5_digits_in_equal_shares():
    lengths = [len(number.text) for number in compose_numbers([ONE, SEVEN, ZERO, ONE, SEVEN], 8)]
    assert lengths == [2, 3, 4, 5, 2, 3, 4, 5]


def test_composing_twice_with_one_seed_gives_the_same_numbers():
    samples = [ONE, SEVEN, ZERO, ZERO, ONE, SEVEN]
    first, second, other = (list(compose_numbers(samples, 4, seed)) for seed in (3, 3, 4))
    assert all(np.array_equal(a.drawing, b.drawing) for a, b in zip(first, second, strict=True))
    assert not all(np.array_equal(a.drawing, b.drawing) for a, b in zip(first, other, strict=True))


def test_single_digits_of_which_not_one_is_found_are_told():
    digit = Digit(
        1, np.eye(10, dtype=np.float32)[1], Box(0, 0, 28, 28), np.zeros((28, 28)), np.zeros((28, 28), np.float32), 0.0
    )
    readings = iter([Reading(()), Reading((digit,)), Reading((digit, digit))])
    apart = measure_singles([ONE, SEVEN, ZERO], lambda drawing: next(readings), 12)
    assert [(number.text, read) for number, read in apart] == [("1", ""), ("0", "11")]


def test_the_table_tells_numbers_wholly_right_from_those_of_the_right_count(capsys):
    print_table(summarize(["12", "34", "567", "8901", "23456"], ["12", "35", "5", "8901", "23456"]))
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert rows[0] == ["2", "2", "50.00%", "100.00%"]
    assert rows[1] == ["3", "1", "0.00%", "0.00%"]
    assert rows[-1] == ["all", "5", "60.00%", "80.00%"]
