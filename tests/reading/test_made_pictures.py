"""Pictures of each kind that people bring are read."""

import numpy as np
import pytest
from helpers import plain_digit
from made_pictures import KINDS, made_page

from model.reading.classifier import load_classifier
from model.synthesis.strokes import Stroke


def plain(rng: np.random.Generator, digit: str) -> list[Stroke]:
    return plain_digit(int(digit))


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_a_kind_are_read(kind):
    made = [KINDS[kind](np.random.default_rng(seed), plain) for seed in range(12)]
    read = [load_classifier().read(picture.image, any_way_up=True).text for picture in made]
    pairs = list(zip(made, read, strict=True))
    assert [
        (picture.text, text) for picture, text in pairs if text not in (picture.text, picture.text_without_signs)
    ] == []


@pytest.mark.parametrize("paper", ["plain", "ruled", "squared"])
def test_photographed_pages_are_read_row_by_row(paper):
    wanted, found = [], []
    for seed in range(8):
        made = made_page(np.random.default_rng(seed), plain, paper)
        wanted += made.text.split("\n")
        read = load_classifier().read(made.image).text.split("\n")
        found += read if len(read) == len(made.text.split("\n")) else [""] * len(made.text.split("\n"))
    assert np.mean([one == other for one, other in zip(wanted, found, strict=True)]) >= 0.95, list(
        zip(wanted, found, strict=True)
    )
