import gzip
import json

import numpy as np
import pytest
from helpers import ink_box

from benchmarks.pen_files import Sample, parse_unipen, read_samples
from benchmarks.pens import (
    Condition,
    Result,
    are_digits,
    conditions,
    draw_sample,
    letters_refused,
    measure,
    random_condition,
    summarize,
)
from model.reading.handwriting_scores import PenScores
from model.reading.ink import to_ink
from model.reading.normalization import normalize
from model.reading.preprocessing import candidates_of
from model.reading.reading import Digit, Reading

# A four of two strokes and a one, as UCI's files have them: y upward.
UNIPEN = """.VERSION 1.0
.COORD X Y
.SEGMENT DIGIT 0-1 ? "4"
.COMMENT 4 12 224
.PEN_DOWN
 100 400
 60 250
 220 250
.PEN_UP
.DT 100
.PEN_DOWN
 180 350
 175 120
.PEN_UP
.DT 151
.SEGMENT DIGIT 2 ? "1"
.COMMENT 1 7 225
.PEN_DOWN
 50 300
 50 100
.PEN_UP
.DT 100
"""
JSON_LINES = [
    {"label": "4", "writer": "12", "strokes": [[[100, 100], [60, 250], [220, 250]], [[180, 150], [175, 380]]]},
    {"label": 1, "writer": 7, "strokes": [[[50, 200], [50, 400]]]},
]
ONE = Sample("1", "ann", [np.array([[0.0, 0.0], [0.0, 10.0]])])
SEVEN = Sample("7", "ben", [np.array([[0.0, 0.0], [8.0, 0.0], [4.0, 10.0]])])


def reader(label: int, is_digit: bool = True):
    """A stand-in for `Classifier.read` that gives every drawing the same label."""

    def read(drawing: np.ndarray) -> Reading:
        (part,) = candidates_of(drawing, several=False)
        probabilities, image = np.eye(10, dtype=np.float32)[label], normalize(part.ink)
        return Reading((Digit(label, probabilities, part.box, part.ink, image, 0.0 if is_digit else 1.0),))

    return read


def shape(sample: Sample) -> list[list[list[float]]]:
    """Strokes relative to the sample's top left corner."""
    corner = np.concatenate(sample.strokes).min(axis=0)
    return [(stroke - corner).tolist() for stroke in sample.strokes]


@pytest.fixture
def files(tmp_path):
    text = "".join(json.dumps(line) + "\n" for line in JSON_LINES)
    (tmp_path / "plain.jsonl").write_text(text)
    (tmp_path / "packed.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "pendigits.tra").write_text(UNIPEN)
    return tmp_path


@pytest.mark.parametrize("name", ["packed.jsonl.gz", "pendigits.tra"])
def test_gzip_and_unipen_give_the_same_strokes_as_plain_json_lines(files, name):
    expected, read = read_samples(files / "plain.jsonl"), read_samples(files / name)
    assert [(sample.label, sample.writer) for sample in read] == [("4", "12"), ("1", "7")]
    assert [shape(sample) for sample in read] == [shape(sample) for sample in expected]


def test_unipen_counts_y_upward_and_a_sample_downward():
    four = next(parse_unipen(UNIPEN.splitlines()))
    assert four.strokes[0][0, 1] < four.strokes[0][1, 1]


def test_a_unipen_segment_without_points_is_left_out():
    empty = '.SEGMENT DIGIT 0 ? "5"\n.COMMENT 5 1 1\n'
    assert [sample.label for sample in parse_unipen((empty + UNIPEN).splitlines())] == ["4", "1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x1f\x9d\x90", "gzip -d"),
        (b"label,writer\n", "Expected: JSON lines or UNIPEN"),
        (b"", "no pen strokes"),
        (b'{"label": "1"}\n', "Line 1 is no drawing"),
        (b'.SEGMENT DIGIT 0 ? "5"\n.PEN_DOWN\nten 20\n', "Line 3 is no point"),
    ],
)
def test_a_file_that_holds_no_strokes_is_refused_with_what_was_expected(tmp_path, content, message):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_samples(path)


@pytest.mark.parametrize("size", [0.25, 0.8])
@pytest.mark.parametrize("width", [8, 36])
def test_the_ink_is_a_pen_width_larger_than_the_size_asked_for(size, width):
    drawing = draw_sample(SEVEN, Condition(width=width, size=size), np.random.default_rng(0))
    box = ink_box(to_ink(drawing))
    assert max(box.width, box.height) == pytest.approx(size * 280 + width, abs=2)


def test_ink_too_large_for_the_pad_is_made_to_fit():
    box = ink_box(to_ink(draw_sample(SEVEN, Condition(width=36, size=0.9), np.random.default_rng(0))))
    assert box.height == pytest.approx(280 - 8, abs=2)


@pytest.mark.parametrize("place", ["centre", "corner", "anywhere"])
@pytest.mark.parametrize("tilt", [-15, 15])
def test_all_ink_stays_on_the_pad(place, tilt):
    rng = np.random.default_rng(0)
    for _ in range(5):
        drawing = draw_sample(SEVEN, Condition(place=place, tilt=tilt), rng)
        assert max(drawing[0].max(), drawing[-1].max(), drawing[:, 0].max(), drawing[:, -1].max()) == 0


def test_a_sample_in_the_corner_touches_two_margins():
    box = ink_box(to_ink(draw_sample(ONE, Condition(size=0.35, place="corner"), np.random.default_rng(0))))
    assert min(box.x, 280 - box.x - box.width) == pytest.approx(4, abs=1)
    assert min(box.y, 280 - box.y - box.height) == pytest.approx(4, abs=1)


def test_a_random_condition_keeps_the_pen_below_two_sevenths_of_the_digit():
    rng = np.random.default_rng(0)
    drawn = [random_condition(rng) for _ in range(200)]
    assert all(condition.width <= condition.size * 280 / 3.5 for condition in drawn)
    assert all(abs(condition.tilt) <= 15 and 8 <= condition.width <= 36 for condition in drawn)


def test_every_condition_is_measured_and_the_scores_follow_from_what_was_read():
    samples = [ONE, SEVEN, ONE, ONE]
    summary = summarize(samples, list(measure(samples, reader(1))))
    assert list(summary.accuracy) == list(conditions())
    assert set(summary.accuracy.values()) == {0.75}
    assert summary.accuracy_a_digit == {"1": 1.0, "7": 0.0}
    assert summary.confusion[7][1] == len(conditions())
    assert summary.confusion[1][1] == 3 * len(conditions())
    assert set(summary.refused.values()) == {0.0}
    assert summary.writers == 2


def test_a_refused_digit_counts_as_refused_and_keeps_its_best_guess():
    summary = summarize([ONE], list(measure([ONE], reader(1, is_digit=False))))
    assert set(summary.refused.values()) == {1.0}
    assert set(summary.accuracy.values()) == {1.0}


def test_a_drawing_in_which_nothing_was_read_counts_as_wrong_and_refused():
    summary = summarize([ONE], list(measure([ONE], lambda drawing: Reading(()))))
    assert set(summary.accuracy.values()) == {0.0}
    assert set(summary.refused.values()) == {1.0}


def test_of_letters_only_the_share_refused_is_told():
    letters = [Sample("k", "ann", ONE.strokes)]
    assert not are_digits(letters)
    summary = summarize(letters, list(measure(letters, reader(1))))
    assert summary == PenScores(1, 1, dict.fromkeys(conditions(), 0.0))


def test_measuring_twice_with_one_seed_gives_the_same_drawings():
    def drawings(seed: int) -> list[np.ndarray]:
        seen = []
        list(measure([SEVEN], lambda drawing: seen.append(drawing) or Reading(()), seed))
        return seen

    assert all(map(np.array_equal, drawings(3), drawings(3)))
    assert not all(map(np.array_equal, drawings(3), drawings(4)))


def test_letters_are_told_from_digits_by_the_score_under_the_usual_pen():
    def result(non_digit: np.ndarray) -> Result:
        return Result("pen width 20", np.zeros(len(non_digit)), np.ones(len(non_digit)), non_digit)

    other = Result("pen width 8", np.zeros(1), np.ones(1), np.array([0.99]))
    digits, letters = np.linspace(0, 0.1, 1000), np.array([0.05, 0.2, 0.9, 0.95])
    scans, drawings = np.array([0.0, 0.0, 0.02, 0.3]), np.array([0.0, 0.6, 0.7, 0.8])
    told = letters_refused([result(digits), other], [result(letters)], scans, drawings)
    assert told.digits_refused == 0
    assert told.letters_refused == 0.5
    assert told.mnist_scans_refused == 0
    assert told.letters_refused_at_1_percent == 0.75
    assert told.mnist_scans_refused_at_1_percent == 0.25
    assert told.mnist_drawings_refused == told.mnist_drawings_refused_at_1_percent == 0.75
    assert told.area_under_roc == pytest.approx((0.5 + 3) / 4, abs=0.001)
