from collections import Counter

import numpy as np
import pytest
from PIL import Image

from benchmarks.pen_sheet import draw_sheet
from model.data.mnist import ASSETS
from model.reading.preprocessing import preprocess
from model.synthesis.pen_prototypes import PROTOTYPES
from model.synthesis.pen_styles import synthesize_strokes, synthetic_digits, vary
from model.synthesis.strokes import draw_strokes, place_strokes


@pytest.fixture(scope="module")
def digits():
    return synthetic_digits(300, seed=4)


def test_each_digit_has_at_least_four_styles():
    assert sorted(PROTOTYPES) == list(range(10))
    assert all(len(styles) >= 4 for styles in PROTOTYPES.values())


def test_a_range_gives_both_ends_of_a_style():
    flag = PROTOTYPES[1]["long flag"].strokes[0]
    assert not np.array_equal(flag.start[0], flag.stop[0])
    assert np.array_equal(flag.start[1:], flag.stop[1:])
    assert flag.corners.tolist() == [False, True, False]


def test_synthetic_digits_are_uint8_images_with_labels(digits):
    images, labels = digits
    assert images.shape == (300, 28, 28)
    assert labels.shape == (300,)
    assert images.dtype == labels.dtype == np.uint8


def test_synthetic_digits_are_balanced_over_the_ten_labels(digits):
    assert np.bincount(digits[1]).tolist() == [30] * 10


def test_synthetic_digits_come_shuffled(digits):
    assert len(set(digits[1][:20].tolist())) > 4
    assert not np.array_equal(digits[1], np.arange(300) % 10)


def test_synthetic_digits_are_never_blank_and_reach_full_white(digits):
    images = digits[0]
    assert (images.reshape(300, -1).max(axis=1) == 255).all()
    share = (images > 127).mean(axis=(1, 2))
    assert share.min() > 0.01
    assert share.max() < 0.5


def test_synthetic_digits_are_normalised_as_mnist_is(digits):
    rows, columns = digits[0].sum(axis=2, dtype=float), digits[0].sum(axis=1, dtype=float)
    for profiles in (rows, columns):
        centres = profiles @ np.arange(28) / profiles.sum(axis=1)
        assert np.abs(centres - 14).max() < 1
    assert (np.maximum((rows > 0).sum(axis=1), (columns > 0).sum(axis=1)) == 20).all()


def test_the_same_seed_gives_the_same_digits_and_another_seed_others():
    images, labels = synthetic_digits(40, seed=1)
    again, labels_again = synthetic_digits(40, seed=1)
    assert np.array_equal(images, again)
    assert np.array_equal(labels, labels_again)
    assert not np.array_equal(images, synthetic_digits(40, seed=2)[0])


def test_no_digits_can_be_asked_for():
    images, labels = synthetic_digits(0, seed=0)
    assert images.shape == (0, 28, 28)
    assert labels.shape == (0,)


def test_strokes_of_a_given_digit_have_one_of_its_styles():
    label, name, strokes = synthesize_strokes(np.random.default_rng(0), 7)
    assert label == 7
    assert name in PROTOTYPES[7]
    assert all(stroke.ndim == 2 and stroke.shape[1] == 2 for stroke in strokes)


def test_strokes_of_any_digit_show_all_ten():
    rng = np.random.default_rng(0)
    assert {synthesize_strokes(rng)[0] for _ in range(100)} == set(range(10))


@pytest.mark.parametrize("digit", PROTOTYPES)
def test_each_style_stays_near_its_box_and_can_be_drawn(digit):
    rng = np.random.default_rng(digit)
    for style in PROTOTYPES[digit].values():
        for _ in range(3):
            strokes = vary(rng, style)
            points = np.concatenate(strokes)
            assert np.isfinite(points).all()
            assert np.abs(points - 0.5).max() < 1.2
            assert preprocess(draw_strokes(place_strokes(strokes, 100, (70, 70)), 8, (140, 140))) is not None


def test_the_contact_sheet_in_assets_shows_as_many_styles_as_there_are():
    path = ASSETS / "pen-styles.png"
    with Image.open(path) as sheet:
        assert sheet.size == draw_sheet().size
    assert path.stat().st_size < 150_000


def test_a_style_is_drawn_as_often_as_its_weight_says():
    rng = np.random.default_rng(0)
    drawn = Counter(synthesize_strokes(rng, 4)[1] for _ in range(6000))
    weights = {name: style.weight for name, style in PROTOTYPES[4].items()}
    assert min(weights.values()) < 1
    for name, weight in weights.items():
        assert drawn[name] == pytest.approx(6000 * weight / sum(weights.values()), rel=0.35)
