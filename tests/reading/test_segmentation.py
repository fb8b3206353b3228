"""Ink is split into digits in reading order, and what belongs to one digit stays together."""

import time
import tracemalloc

import numpy as np
import pytest
from helpers import ink_box
from PIL import Image

from model.reading.classifier import load_classifier
from model.reading.components import find_boxes, find_runs
from model.reading.ink import Box, to_ink
from model.reading.segmentation import Candidate, choose, find_candidates, whole
from model.synthesis.strokes import Stroke, draw_strokes

PAD = (840, 280)
ZERO = [np.array([[50 + 30 * np.sin(turn), 70 - 50 * np.cos(turn)] for turn in np.linspace(0, 2 * np.pi, 30)])]
ONE = [np.array([[0.0, 20.0], [0.0, 120.0]])]
SEVEN = [np.array([[0.0, 20.0], [60.0, 20.0], [20.0, 120.0]])]
FIVE_WITH_LOOSE_BAR = [
    np.array([[10.0, 30.0], [10.0, 65.0], [45.0, 65.0], [55.0, 95.0], [35.0, 120.0], [0.0, 115.0]]),
    np.array([[30.0, 22.0], [70.0, 16.0]]),
]
FOUR_IN_TWO_STROKES = [
    np.array([[20.0, 20.0], [0.0, 80.0], [32.0, 82.0]]),
    np.array([[50.0, 60.0], [44.0, 130.0]]),
]
SEVEN_WITH_LOOSE_BAR = [*SEVEN, np.array([[0.0, 72.0], [22.0, 72.0]])]


def circle(x: float, y: float, radius: float) -> Stroke:
    turns = np.linspace(0, 2 * np.pi, 24)
    return np.stack([x + radius * np.cos(turns), y + radius * np.sin(turns)], axis=1)


EIGHT_OF_TWO_CIRCLES = [circle(40, 44, 22), circle(36, 102, 26)]
SLASHED_ZERO = [*ZERO, np.array([[38.0, 90.0], [62.0, 50.0]])]
MANY_STROKES = {
    "5 with a loose bar": FIVE_WITH_LOOSE_BAR,
    "4 in two strokes": FOUR_IN_TWO_STROKES,
    "crossed 7": SEVEN_WITH_LOOSE_BAR,
    "8 of two circles": EIGHT_OF_TWO_CIRCLES,
    "slashed 0": SLASHED_ZERO,
}


def moved(strokes: list[Stroke], x: float, y: float = 0, size: float = 1) -> list[Stroke]:
    return [stroke * size + (x, y) for stroke in strokes]


def split(drawing: np.ndarray) -> list[Candidate]:
    """The digits that geometry finds if the network calls everything a digit."""
    candidates = find_candidates(to_ink(drawing))
    return [candidates[index] for index in choose(candidates, lambda which: np.ones(len(which)))]


def drawn(*digits: list[Stroke], width: float = 8) -> np.ndarray:
    return draw_strokes([stroke for digit in digits for stroke in digit], width, PAD)


def boxes_alone(*digits: list[Stroke]) -> list[Box]:
    """The box of each digit when it is drawn alone."""
    return [ink_box(to_ink(drawn(digit))) for digit in digits]


@pytest.mark.parametrize("name", MANY_STROKES)
def test_a_digit_of_strokes_that_do_not_touch_stays_one(name):
    digit = moved(MANY_STROKES[name], 300, 60)
    assert len(find_candidates(to_ink(drawn(digit)))) == 3, "the strokes touch"
    assert [found.box for found in split(drawn(digit))] == boxes_alone(digit)


@pytest.mark.parametrize("name", MANY_STROKES)
def test_a_digit_of_strokes_that_do_not_touch_stays_one_among_others(name):
    digits = [moved(ZERO, 100, 40), moved(MANY_STROKES[name], 210, 40), moved(ONE, 320, 40)]
    assert [found.box for found in split(drawn(*digits))] == boxes_alone(*digits)


@pytest.mark.parametrize("lean", [0.0, 0.15])
def test_a_four_whose_first_stroke_ends_halfway_down_the_second_stays_one(lean):
    bowl = np.array([[0.0, 20.0], [0.0, 62.0], [12.0, 72.0], [36.0, 60.0]])
    stem = np.array([[48.0, 18.0], [48.0, 130.0]])
    leaning = [stroke + np.outer(130 - stroke[:, 1], [lean, 0]) for stroke in (bowl, stem)]
    assert len(split(drawn(moved(leaning, 100, 60)))) == 1
    assert len(split(drawn(moved(SEVEN, 20, 60), moved(leaning, 120, 60), moved(ONE, 260, 60)))) == 3


def test_a_small_digit_on_the_line_of_a_tall_one_stays_a_digit():
    assert len(split(drawn(moved(ZERO, 100, 108, 0.7), moved(ONE, 190, 60)))) == 2


def test_a_scan_of_one_bit_with_broken_strokes_is_one_digit():
    rng = np.random.default_rng(0)
    inked = np.array(Image.fromarray(drawn(moved(SEVEN, 100, 60), width=8)).resize((280, 93))) > 127
    inked[::7] = False  # each stroke is broken into pieces
    inked &= rng.random(inked.shape) > 0.1
    page = np.where(inked, 0, 255).astype(np.uint8)
    assert len(find_candidates(to_ink(page))) == 1


def test_digits_side_by_side_are_found_from_left_to_right_with_their_boxes():
    digits = [moved(SEVEN, 500, 50), moved(ZERO, 50, 60), moved(ONE, 400, 40), moved(ZERO, 220, 50)]
    found = split(drawn(*digits))
    assert [digit.box for digit in found] == [boxes_alone(*digits)[index] for index in (1, 3, 2, 0)]


def test_two_ones_close_together_are_two():
    assert len(split(drawn(moved(ONE, 100), moved(ONE, 130)))) == 2


@pytest.mark.parametrize("slope", [-20, 20])
def test_a_slanted_line_is_read_from_left_to_right(slope):
    digits = [
        moved(digit, x, 75 + (x - 150) * np.tan(np.deg2rad(slope)), 0.6)
        for digit, x in zip((SEVEN, ONE, FIVE_WITH_LOOSE_BAR, ZERO), (0, 80, 120, 190), strict=True)
    ]
    assert [found.box for found in split(drawn(*digits))] == boxes_alone(*digits)


def test_each_digit_shows_its_own_ink_only_where_boxes_overlap():
    digits = [moved(SEVEN, 100, 50), moved(ONE, 158, 92, 0.8)]
    first, second = split(drawn(*digits))
    assert second.box.x < first.box.x + first.box.width
    for found, digit in zip((first, second), digits, strict=True):
        alone = to_ink(drawn(digit))
        expected = alone[found.box.y : found.box.y + found.box.height, found.box.x : found.box.x + found.box.width]
        assert found.ink.dtype == np.float32
        assert np.abs(found.ink - expected).max() < 0.11


def test_digits_of_half_and_double_size_are_digits():
    digits = [moved(ZERO, 20, 60), moved(SEVEN, 150, 5, 1.9), moved(ZERO, 290, 110, 0.9), moved(ONE, 420, 60, 1.2)]
    assert [found.box for found in split(drawn(*digits))] == boxes_alone(*digits)


def test_digits_far_apart_are_found():
    digits = [moved(ZERO, -10, 10), moved(SEVEN, 770, 140)]
    assert [found.box for found in split(drawn(*digits))] == boxes_alone(*digits)


@pytest.mark.parametrize("count", range(1, 13))
def test_1_to_12_digits_are_found(count):
    digits = [
        moved((ZERO, ONE, SEVEN)[index % 3], 68 * index + (0, 30, 10)[index % 3], 50, 0.8) for index in range(count)
    ]
    assert [found.box for found in split(drawn(*digits))] == boxes_alone(*digits)


def test_specks_and_dabs_of_the_pen_are_ignored():
    digit = moved(SEVEN, 300, 60)
    drawing = drawn(digit, [np.array([[500.0, 100.0]])]).copy()
    rng = np.random.default_rng(0)
    drawing[rng.integers(0, 280, 300), rng.integers(400, 840, 300)] = 255
    assert [found.box for found in split(drawing)] == boxes_alone(digit)
    (dab,) = split(drawn([np.array([[500.0, 100.0]])], width=20))
    assert dab.box.width == pytest.approx(20, abs=2)


def test_specks_inside_a_digits_box_are_not_in_its_ink():
    drawing = drawn(moved(ZERO, 300, 60)).copy()
    clean = split(drawing)[0].ink
    drawing[129:132, 349:352] = 255
    assert np.array_equal(split(drawing)[0].ink, clean)


@pytest.mark.parametrize("turns", range(4))
def test_the_edge_of_a_sheet_beside_a_digit_is_no_stroke(turns):
    scan = draw_strokes(moved(SEVEN, 70, 40), 12, (200, 200)).copy()
    box = ink_box(to_ink(np.rot90(scan, turns)))
    scan[3:190, 196:198] = 200
    ink = to_ink(np.rot90(scan, turns))
    for candidates in (find_candidates(ink), whole(ink)):
        assert [candidate.box for candidate in candidates] == [box]


def test_a_one_by_the_same_pen_near_the_edge_is_a_digit():
    digits = moved(SEVEN, 700, 60), moved(ONE, 832, 60)
    assert [found.box for found in split(drawn(*digits, width=4))] == [
        ink_box(to_ink(drawn(digit, width=4))) for digit in digits
    ]


def test_strokes_of_a_digit_that_meet_outside_of_the_scan_are_read_as_that_digit():
    nine = [np.array([[134, 70], [110, 40], [60, 60], [90, 96], [134, 70], [136, 180], [90, 230], [24, 120]], float)]
    scan = draw_strokes(nine, 9, (180, 240))[:180]
    candidates = find_candidates(to_ink(scan))
    assert [list(candidate.components) for candidate in candidates] == [[0], [0, 1], [1]]
    assert load_classifier().read(scan).text == "9"


def test_digits_side_by_side_that_the_edge_cuts_stay_apart():
    digits = moved(SEVEN, 300, 165), moved(FIVE_WITH_LOOSE_BAR, 400, 165)
    assert [found.box for found in split(drawn(*digits))] == boxes_alone(*digits)


def test_a_blank_drawing_has_no_candidates():
    blank = np.zeros((280, 840), np.float32)
    assert find_candidates(blank) == []
    assert whole(blank) == []


def test_the_network_decides_where_geometry_does_not():
    # A bent line and a straight one: the strokes of a 4, or two digits.
    lines = [np.array([[20.0, 20.0], [0.0, 80.0], [32.0, 82.0]]), np.array([[46.0, 32.0], [44.0, 130.0]])]
    candidates = find_candidates(to_ink(drawn(moved(lines, 300, 60))))
    assert [list(candidate.components) for candidate in candidates] == [[0], [0, 1], [1]]
    assert choose(candidates, np.array([1.0, 0.02, 1.0]).take) == [0, 2]
    assert choose(candidates, np.array([0.02, 1.0, 1.0]).take) == [1]


def test_the_network_classifies_once_and_only_what_may_be_in_the_answer():
    asked = []
    candidates = find_candidates(to_ink(drawn(*(moved(ONE, 100 + 25 * place, 60) for place in range(6)))))
    probabilities = np.array([1.0 if len(candidate.components) == 1 else 0.1 for candidate in candidates])

    def classify(which: list[int]) -> np.ndarray:
        asked.extend(which)
        return probabilities[which]

    chosen = choose(candidates, classify)
    assert [list(candidates[index].components) for index in chosen] == [[place] for place in range(6)]
    assert set(chosen) <= set(asked)
    assert len(asked) == len(set(asked)) < len(candidates)


def test_the_bar_between_two_digits_joins_the_one_that_looks_right_with_it():
    def candidate(start: int, stop: int, support: float) -> Candidate:
        return Candidate(range(start, stop), Box(0, 0, 9, 9), np.ones((9, 9), np.float32), support, False)

    candidates = [candidate(0, 1, 0), candidate(0, 2, 4), candidate(1, 2, 0), candidate(1, 3, 4), candidate(2, 3, 0)]
    assert choose(candidates, np.array([0.9, 0.9, 0.1, 0.2, 0.9]).take) == [1, 4]
    assert choose(candidates, np.array([0.9, 0.2, 0.1, 0.9, 0.9]).take) == [0, 3]


def test_ink_that_touches_only_at_a_corner_is_one_piece():
    ink = np.zeros((20, 20), np.float32)
    ink[2:10, 2:10] = ink[10:18, 10:18] = 1
    (candidate,) = find_candidates(ink)
    assert candidate.box == Box(2, 2, 16, 16)


def test_ink_at_the_right_edge_does_not_join_ink_at_the_left_edge_a_row_below():
    ink = np.zeros((40, 60), np.float32)
    ink[0:20, 50:60] = ink[20:40, 0:10] = 1
    assert [candidate.box for candidate in find_candidates(ink) if len(candidate.components) == 1] == [
        Box(0, 20, 10, 20),
        Box(50, 0, 10, 20),
    ]


def test_components_are_those_of_a_flood_fill():
    rng = np.random.default_rng(0)
    for density in (0.2, 0.35, 0.5):
        inked = rng.random((12, 14)) < density
        found = [
            Box(left, top, right - left, bottom - top) for left, top, right, bottom in find_boxes(find_runs(inked))
        ]
        assert set(found) == flood_fill_boxes(inked)


def flood_fill_boxes(inked: np.ndarray) -> set[Box]:
    left = {(int(y), int(x)) for y, x in np.argwhere(inked)}
    boxes = set()
    while left:
        piece, edge = set(), [left.pop()]
        while edge:
            y, x = edge.pop()
            piece.add((y, x))
            near = {(y + down, x + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} & left
            left -= near
            edge += near
        rows, columns = zip(*piece, strict=True)
        boxes.add(
            Box(min(columns), min(rows), max(columns) - min(columns) + 1, max(rows) - min(rows) + 1),
        )
    return boxes


def test_single_test_digits_enlarged_are_never_split(test_set):
    network = load_classifier()
    for image in test_set.images[:500]:
        assert len(network.read(np.kron(image, np.ones((10, 10), np.uint8))).digits) == 1


def test_hatching_of_a_hundred_strokes_is_read_in_bounded_time():
    strokes = [np.array([[20.0 + 8 * index, 40.0], [24.0 + 8 * index, 240.0]]) for index in range(100)]
    start = time.perf_counter()
    assert len(find_candidates(to_ink(drawn(strokes, width=3)))) <= 160
    assert time.perf_counter() - start < 1


def test_a_classifier_reads_several_digits_or_takes_all_ink_for_one():
    drawing = drawn(moved(SEVEN, 100, 60), moved(ONE, 230, 60), moved(FIVE_WITH_LOOSE_BAR, 300, 60), width=12)
    network = load_classifier()
    reading = network.read(drawing)
    assert reading.text == "715"
    assert [digit.box.x for digit in reading.digits] == sorted(digit.box.x for digit in reading.digits)
    (one,) = network.read(drawing, several=False).digits
    assert one.box == ink_box(to_ink(drawing))


@pytest.mark.parametrize("kind", ["dashes", "dots", "bars"])
def test_a_page_full_of_marks_costs_little(kind):
    image = np.full((1600, 1600), 255, np.uint8)
    width, height, pitch = {"dashes": (12, 1, 7), "dots": (3, 3, 9), "bars": (24, 24, 34)}[kind]
    for top in range(0, 1600 - height, pitch):
        for left in range(0, 1600 - width, width + 5):
            image[top : top + height, left : left + width] = 0
    started = time.process_time()
    tracemalloc.start()
    load_classifier().read(image)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 300e6
    assert time.process_time() - started < 6


def test_a_blob_among_many_marks_at_the_edges_is_read_without_an_error():
    rng = np.random.default_rng(0)
    image = np.zeros((1000, 1000), np.uint8)
    for _ in range(240):
        top = int(rng.integers(5, 960))
        left = int(rng.choice([5, 30, 965, 985]))
        image[top : top + 30, left : left + 2] = 255
    image[500:520, 500:520] = 255
    load_classifier().read(image)
