"""Any drawing becomes the image that MNIST's makers would have made of it; MNIST itself is the oracle."""

import numpy as np
import pytest
from helpers import ink_box
from PIL import Image

from model.reading.classifier import load_classifier
from model.reading.ink import Box, to_ink
from model.reading.preprocessing import preprocess
from model.reading.thinning import thin
from model.synthesis.pen_styles import synthesize_strokes
from model.synthesis.strokes import draw_strokes, place_strokes


def moved_and_enlarged(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A 28 x 28 image ten times as large, somewhere on a sheet of 400 x 420, white on black."""
    sheet = np.zeros((420, 400), np.uint8)
    top, left = rng.integers(0, 140), rng.integers(0, 120)
    sheet[top : top + 280, left : left + 280] = np.kron(image, np.ones((10, 10), np.uint8))
    return sheet


def test_an_enlarged_inverted_and_moved_test_digit_comes_back_as_it_was(test_set):
    rng = np.random.default_rng(0)
    drawings = [255 - moved_and_enlarged(image, rng) for image in test_set.images[:500]]
    differences = [
        np.abs(preprocess(drawing) - image / 255).mean()
        for drawing, image in zip(drawings, test_set.images[:500], strict=True)
    ]
    # Those drawn with an uncommonly thick pen are thinned.
    untouched = [_is_untouched(drawing) for drawing in drawings]
    assert np.mean(untouched) > 0.7
    assert np.mean(np.compress(untouched, differences)) < 0.002
    assert np.mean(differences) < 0.01


def _is_untouched(drawing: np.ndarray) -> bool:
    ink = to_ink(drawing)
    box = ink_box(ink)
    ink = ink[box.y : box.y + box.height, box.x : box.x + box.width]
    return thin(ink) is ink


def test_a_test_digit_itself_comes_back_as_it_was(test_set):
    differences = [np.abs(preprocess(image) - image / 255).mean() for image in test_set.images[:500]]
    assert np.mean(differences) < 0.002


@pytest.fixture
def forms(seven) -> dict[str, np.ndarray | Image.Image]:
    """The same 7 in all forms that a drawing may have."""
    full, none = np.full_like(seven, 255), np.zeros_like(seven)
    dark = 255 - seven
    return {
        "white on black": seven,
        "black on white": dark,
        "grey on white": 255 - seven // 3,
        "RGB": np.dstack([dark] * 3),
        "blue on yellow": np.where(seven[..., None] > 127, [20, 20, 160], [250, 240, 120]).astype(np.uint8),
        "RGBA, opaque": np.dstack([seven, seven, seven, full]),
        "white on nothing": np.dstack([full, full, full, seven]),
        "black on nothing": np.dstack([none, none, none, seven]),
        "Pillow L": Image.fromarray(seven),
        "Pillow RGB": Image.fromarray(dark).convert("RGB"),
        "Pillow 1": Image.fromarray(dark).convert("1"),
        "Pillow P with transparency": Image.fromarray(np.dstack([none, none, none, seven])).quantize(8),
        "Pillow LA": Image.fromarray(np.dstack([none, seven]), "LA"),
    }


def test_the_form_of_the_drawing_makes_no_difference(forms, seven):
    expected = preprocess(seven)
    for name, drawing in forms.items():
        assert np.abs(preprocess(drawing) - expected).mean() < 0.02, name


def test_ink_on_a_sheet_with_a_transparent_surround_is_read_as_on_the_sheet(seven):
    sheet = np.zeros((400, 400, 4), np.uint8)
    sheet[60:340, 60:340] = np.dstack([255 - seven] * 3 + [np.full_like(seven, 255)])
    assert np.abs(preprocess(sheet) - preprocess(seven)).mean() < 0.02


def test_the_image_is_float32_28_by_28_from_0_to_1(seven):
    image = preprocess(seven)
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    assert (image.min(), image.max()) == (0.0, 1.0)


@pytest.mark.parametrize("size", [(280, 280), (1000, 400), (40, 60)])
def test_the_longer_side_is_20_pixels_whatever_the_drawing_measures(size, seven):
    drawing = np.asarray(Image.fromarray(seven).resize(size, Image.Resampling.BILINEAR))
    box = ink_box(preprocess(drawing))
    assert max(box.width, box.height) in (19, 20)


def test_the_centre_of_mass_is_at_the_centre_as_in_mnist(test_set):
    def centers(images: np.ndarray) -> np.ndarray:
        weights = images.reshape(len(images), -1).astype(float)
        return weights @ np.indices((28, 28)).reshape(2, -1).T / weights.sum(axis=1, keepdims=True)

    rng = np.random.default_rng(1)
    ours = centers(np.array([preprocess(moved_and_enlarged(image, rng)) for image in test_set.images[:200]]))
    theirs = centers(test_set.images[:200])
    assert np.abs(ours.mean(axis=0) - theirs.mean(axis=0)).max() < 0.05
    assert np.abs(ours - 14).max() < 1.0


@pytest.mark.parametrize("background", [0, 128, 255])
def test_a_blank_sheet_gives_none(background):
    assert preprocess(np.full((280, 280), background, np.uint8)) is None
    assert preprocess(np.full((280, 280, 4), background, np.uint8)) is None


def test_paper_with_nothing_but_noise_gives_none():
    noise = np.random.default_rng(0).normal(235, 3, (280, 280)).clip(0, 255).astype(np.uint8)
    assert preprocess(noise) is None


def test_noise_in_the_paper_does_not_move_the_ink_box(seven):
    noise = np.random.default_rng(0).normal(0, 4, seven.shape)
    noisy = np.clip(245 - seven * 0.8 + noise, 0, 255).astype(np.uint8)
    found, expected = ink_box(to_ink(noisy)), ink_box(to_ink(seven))
    assert np.abs(np.subtract(found, expected)).max() <= 2


@pytest.mark.parametrize(("x", "y"), [(0, 0), (279, 279), (140, 0)])
def test_ink_at_the_edge_of_the_pad_is_kept(x, y):
    box = ink_box(to_ink(draw_strokes([np.array([[140, 140], [x, y]])], 20)))
    assert box.x <= x <= box.x + box.width
    assert box.y <= y <= box.y + box.height


def test_a_single_pixel_of_ink_is_no_error():
    drawing = np.zeros((50, 50), np.uint8)
    drawing[20, 30] = 255
    assert ink_box(to_ink(drawing)) == Box(30, 20, 1, 1)
    assert preprocess(drawing).max() == 1.0


@pytest.mark.parametrize("line", [[[10, 140], [270, 140]], [[140, 10], [140, 270]]])
def test_a_line_across_the_pad_keeps_its_shape(line):
    image = preprocess(draw_strokes([np.array(line)], 8))
    box = ink_box(image)
    assert max(box.width, box.height) == 20
    assert min(box.width, box.height) <= 2


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((28, 28), np.float32),
        np.zeros((28, 28, 2), np.uint8),
        np.zeros((0, 28), np.uint8),
        np.zeros(28, np.uint8),
    ],
    ids=["float", "two channels", "empty", "one axis"],
)
def test_an_array_that_is_no_drawing_is_refused_with_its_form(wrong):
    with pytest.raises(ValueError, match="Received: "):
        preprocess(wrong)


def with_specks(drawing: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A drawing with ten specks of dust, of one to three pixels, at random places."""
    speckled = drawing.copy()
    for x, y, side in zip(rng.integers(3, 275, 10), rng.integers(3, 275, 10), rng.integers(1, 4, 10), strict=True):
        speckled[y : y + side, x : x + side] = 255
    return speckled


def test_one_road_leads_from_a_drawing_to_the_network_for_pad_command_line_and_synthesis():
    """Of a digit in one piece all are to get the same pixels, whatever lies beside it."""
    rng, classifier = np.random.default_rng(5), load_classifier()
    for _ in range(40):
        _, _, strokes = synthesize_strokes(rng, label=int(rng.choice([0, 1, 2, 3, 6, 8])))
        drawing = with_specks(draw_strokes(place_strokes(strokes, 180, (140, 140)), 20), rng)
        expected = preprocess(drawing)
        on_pad, by_command = (classifier.read(drawing, several=several).digits for several in (False, True))
        assert np.array_equal(on_pad[0].image, expected)
        if len(by_command) == 1:
            assert np.array_equal(by_command[0].image, expected)


def test_specks_change_nothing(seven):
    assert np.array_equal(preprocess(with_specks(seven, np.random.default_rng(0))), preprocess(seven))
