"""The images that are not digits: seeded, well formed, in their shares, and with no look-alike among them."""

import numpy as np
import pytest

from model.data.mnist import Split, read_split
from model.reading.preprocessing import preprocess
from model.synthesis import glyphs, non_digits, scribbles
from model.synthesis.letters import LETTERS, draw_letter

# The letters that look like no digit in any hand.
UNLIKE_ANY_DIGIT = set("kmnvwxAEFHKMNRVWX")
# Those that resemble a digit in print, and in handwriting have a stroke that no digit has.
TOLD_BY_A_STROKE = set("GQUacdy∞Δ")


@pytest.fixture(scope="module")
def digits() -> Split:
    split = read_split("train")
    return Split(split.images[:2000], split.labels[:2000])


@pytest.fixture(scope="module")
def made(digits: Split) -> tuple[np.ndarray, np.ndarray]:
    return non_digits.synthetic_non_digits(300, 7, digits)


def test_the_same_seed_gives_the_same_images(digits, made):
    images, kinds = non_digits.synthetic_non_digits(300, 7, digits)
    np.testing.assert_array_equal(images, made[0])
    np.testing.assert_array_equal(kinds, made[1])


def test_another_seed_gives_other_images(digits, made):
    assert not np.array_equal(non_digits.synthetic_non_digits(300, 8, digits)[0], made[0])


def test_the_images_have_mnists_form(made):
    images, kinds = made
    assert images.shape == (300, 28, 28)
    assert images.dtype == np.uint8
    assert len(kinds) == 300


def test_no_image_is_blank_and_each_has_full_ink(made):
    assert (made[0].max(axis=(1, 2)) == 255).all()


def test_every_image_is_normalised_as_a_drawing_is(made):
    # Normalising again moves nothing: the ink is 20 pixels long already. Specks that touch INK_LEVEL are the exception.
    again = np.stack([np.rint(255 * preprocess(image)) for image in made[0]])
    assert (np.abs(again - made[0]).max(axis=(1, 2)) <= 1).mean() > 0.9


def test_digits_side_by_side_have_ground_all_round_and_so_are_not_taken_for_a_photograph(digits):
    rng = np.random.default_rng(0)
    by_label = [digits.images[digits.labels == label] for label in range(10)]
    for _ in range(200):
        pair = non_digits._pair(rng, by_label)
        assert not np.concatenate([pair[0], pair[-1], pair[:, 0], pair[:, -1]]).any()


def test_every_kind_has_its_share():
    kinds = non_digits._kinds_by_share(14_000).tolist()
    total = sum(non_digits.SHARES.values())
    assert total == 100
    assert {kind: kinds.count(kind) for kind in non_digits.SHARES} == {
        kind: share * 140 for kind, share in non_digits.SHARES.items()
    }


def test_any_count_is_met():
    assert [len(non_digits._kinds_by_share(count)) for count in (0, 1, 7, 333)] == [0, 1, 7, 333]


@pytest.mark.parametrize("kind", non_digits.SHARES)
def test_every_kind_can_be_drawn(kind, digits):
    images = non_digits._images([kind] * 5, np.random.default_rng(3), digits)
    assert (images.max(axis=(1, 2)) == 255).all()


def test_no_glyph_that_looks_like_a_digit_is_used():
    left_out = set("".join(glyphs.LEFT_OUT)) | set("0123456789")
    assert not left_out & set(glyphs.LETTERS + glyphs.SYMBOLS)
    assert not left_out & set(LETTERS) - TOLD_BY_A_STROKE


def test_the_letters_that_look_like_no_digit_are_drawn_by_hand_and_from_fonts():
    assert set(LETTERS) >= UNLIKE_ANY_DIGIT
    assert set(glyphs.LETTERS) >= UNLIKE_ANY_DIGIT
    assert all(len(LETTERS[letter]) >= 2 for letter in UNLIKE_ANY_DIGIT)


def test_every_latin_letter_is_either_drawn_or_left_out_for_a_reason():
    latin = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    assert latin <= set(glyphs.LETTERS) | set("".join(glyphs.LEFT_OUT))


def test_several_fonts_have_each_glyph():
    assert {char: fonts for char in glyphs.LETTERS + glyphs.SYMBOLS if (fonts := len(glyphs._masks(char))) < 4} == {}


def test_a_glyph_that_no_font_has_is_not_drawn_as_an_empty_box():
    assert glyphs._masks("中") == []


def test_a_letter_has_the_strokes_of_one_of_its_styles():
    rng = np.random.default_rng(0)
    counts = {len(draw_letter("E", rng)) for _ in range(30)}
    assert counts == {style.count(";") + 1 for style in LETTERS["E"]}


def test_a_line_never_stands():
    rng = np.random.default_rng(0)
    for _ in range(300):
        (path,) = scribbles.line(rng)
        across, down = np.abs(path[-1] - path[0])
        assert np.degrees(np.arctan2(down, across)) <= 20.01


def test_a_dot_or_a_filled_pad_is_never_as_slim_as_a_one():
    rng = np.random.default_rng(0)
    for kind in ("dot", "filled"):
        for _ in range(100):
            inked = non_digits._filled(kind, rng) > 127
            assert inked.any(axis=1).sum() <= 1.3 * inked.any(axis=0).sum()


def test_the_contact_sheet_has_a_row_for_each_kind(digits):
    one, two = (non_digits.draw_sheet(0, digits, columns) for columns in (1, 2))
    assert one.height == two.height > len(non_digits.SHARES) * 2 * 28
    assert two.width > 1.8 * one.width
