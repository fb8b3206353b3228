"""Faint pencil is read where the paper's grain allows, and an empty sheet stays blank."""

import io

import numpy as np
import pytest
from helpers import plain_digit
from PIL import Image

from model.reading.classifier import load_classifier
from model.reading.preprocessing import preprocess
from model.synthesis.strokes import draw_strokes, place_strokes

SIDE = 600


def digit(number: int) -> np.ndarray:
    """The ink of a digit in the middle of a sheet, float (600, 600) in 0..1."""
    return draw_strokes(place_strokes(plain_digit(number), 270, (SIDE / 2, SIDE / 2)), 8, (SIDE, SIDE)) / 255


def photographed(paper: np.ndarray, grain: float = 2.0) -> Image.Image:
    """A photograph of a sheet whose lightness is a share of 235, lit from the left, with grain, as a JPEG."""
    lit = 235 * paper * (1 - 0.2 * np.arange(SIDE) / SIDE)
    noisy = lit + np.random.default_rng(0).normal(0, grain, lit.shape)
    file = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=85)
    return Image.open(file)


def clouds(cells: int, strength: float) -> np.ndarray:
    """Paper that is lighter and darker in patches, so many of them a side."""
    patches = np.random.default_rng(1).normal(128, 40, (cells, cells)).clip(0, 255).astype(np.uint8)
    smooth = Image.fromarray(patches).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return 1 + strength * (np.asarray(smooth) / 40 - 3.2)


def soft_shadow() -> np.ndarray:
    across = np.arange(SIDE) / SIDE
    return np.ones((SIDE, 1)) * (1 - 0.3 / (1 + np.exp((0.6 - across) * 100)))


def stain() -> np.ndarray:
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    return 1 - 0.05 * (np.hypot(x, y) < 90)


@pytest.mark.parametrize("number", range(10))
def test_pencil_of_4_percent_contrast_is_read_on_clean_paper(number):
    scan = np.rint(250 * (1 - 0.04 * digit(number))).astype(np.uint8)
    assert load_classifier().read(scan).text == str(number)


@pytest.mark.parametrize("number", range(10))
def test_pencil_of_5_percent_contrast_is_read_in_a_photograph(number):
    assert load_classifier().read(photographed(1 - 0.05 * digit(number))).text == str(number)


@pytest.mark.parametrize("contrast", [0.03, 0.05])
def test_pencil_that_the_grain_hides_is_no_ink(contrast):
    assert preprocess(photographed(1 - contrast * digit(5), grain=12)) is None


BLANK = {
    "even": lambda: np.ones((SIDE, SIDE)),
    "wavy": lambda: clouds(6, 0.02),
    "patchy": lambda: clouds(12, 0.02),
    "crumpled": lambda: clouds(25, 0.02),
    "rough": lambda: clouds(60, 0.04),
    "shaded": soft_shadow,
    "stained": stain,
}


@pytest.mark.parametrize("paper", BLANK.values(), ids=BLANK)
def test_an_empty_sheet_stays_blank(paper):
    assert preprocess(photographed(paper())) is None
