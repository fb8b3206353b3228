"""The Network screen, run by Streamlit's own AppTest."""

import shutil
from dataclasses import replace
from pathlib import Path

from helpers import app

from model.reading import store
from model.reading.card import Card, Member


def test_the_network_screen_shows_all_that_was_measured():
    table = app("Network").run().markdown[0].value
    for name in ("compact", "classic"):
        card = Card.load(store.TRAINED / name)
        assert name in table
        assert f"{card.parameters.total:,}" in table
        assert f"{100 * card.test.accuracy:.2f} %" in table
    card = Card.load(store.TRAINED / "compact")
    assert f"{100 * card.test_as_drawings.accuracy:.2f} %" in table
    for score in card.handwriting:
        share = score.refused if score.right is None else score.right
        assert f" {score.ruler}\\, {score.condition} | {100 * share:.1f} % | – |" in table
    recipe = card.recipe
    assert f"warp, up to epoch {round(recipe.epochs * (1 - recipe.unwarped_share))}" in table
    assert ("on one core" if card.cpu_cores == 1 else f"on {card.cpu_cores} cores") in table


def test_an_ensemble_is_shown_with_the_seeds_of_its_members(copied_networks):
    folder = Path(shutil.copytree(copied_networks / "compact", copied_networks / "ensemble"))
    card = Card.load(folder)
    members = tuple(Member(seed, card.validation, card.test, 1.0, 1) for seed in (4, 5, 6))
    replace(card, members=members).save(folder)
    assert "| 4, 5, 6 |" in app("Network").run().markdown[0].value
