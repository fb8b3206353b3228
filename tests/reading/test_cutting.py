"""Digits that touch are read one by one, and letters are not cut into digits."""

from collections.abc import Sequence

import numpy as np
import pytest
from helpers import plain_digit

from model.reading.classifier import load_classifier
from model.reading.components import label
from model.reading.cutting import are_digits_that_touch, find_parts, is_wide
from model.reading.ink import Box
from model.reading.segmentation import Candidate
from model.synthesis.letters import draw_letter
from model.synthesis.strokes import Stroke, draw_strokes, place_strokes

HEIGHT = 120


def digit(number: int) -> list[Stroke]:
    return place_strokes([path * (0.8, 1) for path in plain_digit(number)], HEIGHT, (0, 140))


def distance(one: Sequence[Stroke], other: Sequence[Stroke]) -> float:
    a, b = np.concatenate(list(one)), np.concatenate(list(other))
    return float(np.hypot(*(a[:, np.newaxis] - b).T).min())


def touching(number: str, pen: float) -> np.ndarray:
    """A number, each digit of which is moved to the left until it touches the one before."""
    strokes = before = [stroke + np.array([70, 0]) for stroke in digit(int(number[0]))]
    for name in number[1:]:
        right = max(stroke[:, 0].max() for stroke in before)
        moved = [stroke + np.array([right + 100, 0]) for stroke in digit(int(name))]
        while distance(before, moved) > 0.9 * pen:
            moved = [stroke - (1, 0) for stroke in moved]
        strokes, before = [*strokes, *moved], moved
    width = round(max(stroke[:, 0].max() for stroke in strokes)) + 70
    return draw_strokes(strokes, pen, (width, 280))


def parts_of(ink: np.ndarray) -> list[Candidate]:
    return find_parts(ink.astype(np.float32), Box(0, 0, ink.shape[1], ink.shape[0]))


@pytest.mark.parametrize("pen", [10, 16])
@pytest.mark.parametrize("number", ["30", "48", "25", "60", "17", "553", "8048"])
def test_digits_that_touch_are_read_one_by_one(number, pen):
    drawing = touching(number, pen)
    assert label(drawing > 0).max() == 1
    assert load_classifier().read(drawing).text == number


def test_each_digit_has_its_own_ink_in_its_own_box():
    drawing = touching("30", 10)
    three, zero = load_classifier().read(drawing).digits
    assert three.box.x < zero.box.x
    together = np.zeros(drawing.shape)
    for part in (three, zero):
        x, y, width, height = part.box
        assert part.ink.shape == (height, width)
        together[y : y + height, x : x + width] += part.ink
    # Nothing is lost and nothing is counted twice.
    np.testing.assert_allclose(together, drawing / 255, atol=0.11)


def test_letters_are_not_cut_into_digits():
    rng = np.random.default_rng(0)
    placed = [place_strokes(draw_letter(letter, rng), HEIGHT, (140, 140)) for letter in "MNWHKπ" for _ in range(10)]
    texts = [load_classifier().read(draw_strokes(strokes, 12)).text for strokes in placed]
    assert texts.count("?") >= 0.9 * len(texts)


def test_what_one_digit_may_be_is_never_cut():
    seven = draw_strokes([stroke + np.array([140, 0]) for stroke in digit(7)], 10)
    assert [part.label for part in load_classifier().read(seven).digits] == [7]


def test_what_is_narrow_is_one_digit():
    assert not is_wide(Box(0, 0, 70, 100))
    assert is_wide(Box(0, 0, 100, 100))


@pytest.fixture
def joined_frames() -> np.ndarray:
    """Two frames of lines 4 pixels thick, joined by a bridge."""
    ink = np.zeros((60, 100))
    for left in (0, 60):
        ink[:, left : left + 40] = 1
        ink[4:-4, left + 4 : left + 36] = 0
    ink[28:32, 40:60] = 1
    return ink


def test_a_cut_goes_where_it_crosses_one_stroke(joined_frames):
    parts = parts_of(joined_frames)
    best = max(parts[1:], key=lambda part: part.support)
    assert 40 <= best.box.width <= 60
    assert parts[0].support < best.support < 0


def test_the_more_strokes_a_cut_crosses_the_less_likely_it_is(joined_frames):
    once = max(part.support for part in parts_of(joined_frames))
    joined_frames[10:14, 40:60] = 1
    twice = max(part.support for part in parts_of(joined_frames))
    assert twice < once


def test_neighbouring_parts_have_all_the_ink_between_them(joined_frames):
    parts = parts_of(joined_frames)
    count = parts[0].components.stop
    for cut in range(1, count):
        halves = [part for part in parts if part.components in (range(cut), range(cut, count))]
        if len(halves) == 2:
            assert sum(part.ink.sum() for part in halves) == joined_frames.sum()


@pytest.mark.parametrize("strength", [1, 0.4, 0.12])
def test_faint_and_very_thin_strokes_are_cut_as_others_are(joined_frames, strength):
    hairlines = np.zeros((200, 300), np.float32)
    hairlines[20:180, [20, 80, 180, 240]] = hairlines[[20, 179], 20:81] = hairlines[[20, 179], 180:241] = strength
    hairlines[100, 80:180] = strength
    for ink in (strength * joined_frames, hairlines):
        assert len(parts_of(ink)) > 1


def test_what_no_line_crosses_cheaply_stays_whole():
    hatching = np.zeros((60, 100))
    hatching[::6] = hatching[1::6] = 1
    parts = parts_of(hatching)
    assert [part.components for part in parts] == [range(1)]


@pytest.mark.parametrize(
    ("labels", "probabilities", "heights", "alone", "beside_digits"),
    [
        ((3, 0), (0.99, 0.99), (100, 90), True, True),
        ((1, 7), (0.99, 0.99), (100, 90), True, True),
        ((1, 1), (0.99, 0.99), (100, 100), False, False),
        ((3, 0), (0.99, 0.9), (100, 100), False, True),
        ((3, 0), (0.99, 0.7), (100, 100), False, False),
        ((3, 0), (0.99, 0.99), (100, 50), False, False),
    ],
    ids=["digits", "a 1 among them", "only 1s", "a less probable one", "an improbable one", "a low one"],
)
def test_parts_are_digits_only_if_each_is_tall_and_probable(labels, probabilities, heights, alone, beside_digits):
    assert are_digits_that_touch(labels, probabilities, heights, alone=True) == alone
    assert are_digits_that_touch(labels, probabilities, heights, alone=False) == beside_digits


def test_a_large_picture_is_cut_as_a_small_one_is():
    small = touching("25", 10)
    large = np.kron(small, np.ones((5, 5), np.uint8))
    assert load_classifier().read(large).text == "25"
