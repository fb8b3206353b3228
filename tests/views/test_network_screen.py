"""The Network screen, run by Streamlit's own AppTest."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from helpers import app, click, errors, shown

from benchmarks.runs import read_rows
from model.evaluation.ingredients import read_ingredients
from model.reading import store
from model.reading.card import Card, Member
from model.reading.history import HISTORY, read_history
from scripts.ingredients import ingredients
from views.architecture import stages_of
from views.glossary import TERMS
from views.network_texts import NETWORK_TEXTS


def test_the_network_screen_shows_all_that_was_measured():
    table = "\n".join(each.value for each in app("Network").run().markdown)
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
    assert any("| 4, 5, 6 |" in each.value for each in app("Network").run().markdown)


def test_the_story_is_of_the_drawing_on_the_pad_or_of_a_test_image(seven):
    test = app("Network").run()
    assert 'data-value="own"' not in shown(test, "story-subject")
    before = shown(test, "story-layers")
    test = click(test, "story-subject", "3")
    assert re.search(r'data-value="3" aria-pressed="true"', shown(test, "story-subject"))
    assert shown(test, "story-layers") != before
    test = app(canvas=seven).run()
    test.session_state.view = "Network"
    assert re.search(r'data-value="own" aria-pressed="true"', shown(test.run(), "story-subject"))


def test_each_kernel_can_be_chosen_and_each_layer_is_explained():
    test = app("Network").run()
    assert shown(test, "story-kernels").count("data-value") == 48
    test = click(test, "story-kernels", "5")
    assert "Kernel 6" in shown(test, "story-kernel")
    layers = Card.load(store.TRAINED / "compact").layers
    for place, layer in {layer.type: (place, layer) for place, layer in enumerate(layers)}.values():
        html = shown(click(test, "story-layers", str(place)), "story-layers")
        detail = html[html.index('class="layer"') :]
        assert layer.detail in detail
        assert f"Parameters: {layer.parameters:,}" in detail
        assert re.search("<p>.{20,}</p>", detail)  # a sentence on what it does


@pytest.mark.parametrize("name", ["compact", "classic"])
def test_each_layer_is_in_one_stage_in_its_order(name):
    layers = Card.load(store.TRAINED / name).layers
    places = [place for stage in stages_of(layers) for place, _ in stage.layers]
    assert places == list(range(len(layers)))


def test_the_story_of_the_articles_network_has_its_own_kernels_and_ten_logits():
    test = app("Network", network="classic").run()
    assert shown(test, "story-kernels").count("data-value") == 32
    (end,) = [html.proto.body for html in test.get("html") if 'class="logits"' in html.proto.body]
    assert end.count('class="value"') == 20  # ten logits, ten probabilities
    assert errors(test) == ""


def test_every_term_is_explained_in_both_languages_and_listed():
    for language in ("en", "zh"):
        test = app("Network", language=language).run()
        (listed,) = [html.proto.body for html in test.get("html") if "<dl" in html.proto.body]
        for term in TERMS:
            meaning = NETWORK_TEXTS[f"meaning {term}"][language == "zh"]
            assert meaning in listed.replace("&#39;", "'")


def test_curves_and_counts_are_those_of_the_network():
    test = app("Network").run()
    learning, reliability = shown(test, "learning"), shown(test, "reliability")
    card = Card.load(store.TRAINED / "compact")
    last = read_history(store.TRAINED / "compact")[-1]
    assert f"<b>{100 * last.val_accuracy:.2f} %</b>" in learning
    assert learning.count("<polyline") == 4
    for each in card.calibration.reliability:
        assert f">{each.images:,}</text>" in reliability
    assert reliability.count('class="interval"') == len(card.calibration.reliability)


@pytest.mark.parametrize("content", [None, b"garbage", b"epoch,loss\n1,x\n"])
@pytest.mark.parametrize("has_digests", [True, False])
def test_without_a_history_the_remedy_is_named_and_all_else_is_shown(copied_networks, content, has_digests):
    folder = copied_networks / "compact"
    if not has_digests:
        replace(Card.load(folder), sha256={}).save(folder)
    (folder / HISTORY).unlink() if content is None else (folder / HISTORY).write_bytes(content)
    test = app("Network").run()
    assert errors(test) == ""
    (warning,) = [each.value.replace("\\", "") for each in test.warning]
    assert HISTORY in warning
    assert "git checkout" in warning
    assert shown(test, "ingredients")


def test_what_the_ingredients_brought_is_what_the_runs_say():
    assert read_ingredients() == ingredients(read_rows())


def test_what_lies_within_the_spread_of_the_whole_recipe_is_not_set_off():
    html = shown(app("Network").run(), "ingredients")
    whole, *others = read_ingredients()
    beyond = [each for each in others if not whole.fewest_errors <= each.test_errors <= whole.most_errors]
    assert html.count("<li>") == len(others)
    assert len(beyond) < len(others)
    assert html.count('class="clear"') == len(beyond) + sum(
        each.pen_errors > 1.5 * whole.pen_errors for each in others if each.pen_errors is not None
    )
