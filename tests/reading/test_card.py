"""The card of a network is written and read without loss, and what is wrong with a damaged one is said."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from model.reading import card as cards
from model.reading import store
from model.reading.card import Card
from model.reading.store import NetworkError


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the shipped compact network, to be damaged."""
    return Path(shutil.copytree(store.TRAINED / "compact", tmp_path / "compact"))


def change(folder: Path, path: str, value: Any) -> None:
    """Puts a value at a place of a card, such as "test.accuracy"; None takes away what is there."""
    file = folder / "metrics.json"
    values = json.loads(file.read_text())
    *parents, last = path.split(".")
    place = values
    for name in parents:
        place = place[int(name) if name.isdigit() else name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    file.write_text(json.dumps(values))


@pytest.mark.parametrize("name", ["compact", "classic"])
def test_a_shipped_card_is_of_todays_form_and_is_written_as_it_was_read(name):
    text = (store.TRAINED / name / "metrics.json").read_text()
    card = Card.load(store.TRAINED / name)
    assert card.version == cards.VERSION
    assert card.to_json() == text


def test_a_saved_card_is_the_same_when_it_is_loaded(tmp_path):
    card = Card.load(store.TRAINED / "compact")
    card.save(tmp_path)
    assert Card.load(tmp_path) == card


@pytest.mark.parametrize("content", ["", "{", "[]", "3", "null", "{}", json.dumps({"network": "compact"})])
def test_what_is_no_card_is_called_damaged(folder, content):
    (folder / "metrics.json").write_text(content)
    with pytest.raises(NetworkError, match=r"damaged.*Train one with"):
        Card.load(folder)


def test_a_missing_card_says_so(folder):
    (folder / "metrics.json").unlink()
    with pytest.raises(NetworkError, match=r"No scores at .*Train one with"):
        Card.load(folder)


@pytest.mark.parametrize("path", ["test", "test.accuracy", "recipe.epochs", "files.litert", "numbers.all.numbers"])
def test_a_card_that_lacks_something_names_it(folder, path):
    change(folder, path, None)
    with pytest.raises(NetworkError, match=rf"damaged \(it lacks {path}\). Train one with"):
        Card.load(folder)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("test", 0.99, "test is wrong; expected: an object, received: 0.99"),
        ("test.accuracy", "high", "test.accuracy is wrong; expected: a number, received: 'high'"),
        ("test.accuracy", True, "test.accuracy is wrong; expected: a number, received: True"),
        ("test.loss", float("nan"), "test.loss is wrong; expected: a number, received: nan"),
        ("test.errors", 1.5, "test.errors is wrong; expected: an integer, received: 1.5"),
        ("test.errors", True, "test.errors is wrong; expected: an integer, received: True"),
        ("recipe.augment", "bend", "recipe.augment is wrong; expected: none or warp, received: 'bend'"),
        ("recipe.bfloat16", 1, "recipe.bfloat16 is wrong; expected: true or false, received: 1"),
        ("recipe.optimizer", 1, "recipe.optimizer is wrong; expected: text, received: 1"),
        ("layers", {}, "layers is wrong; expected: a list, received: {}"),
        ("layers.1.output_shape", ["x"], "layers[1].output_shape[0] is wrong; expected: an integer, received: 'x'"),
        ("pens.accuracy", [], "pens.accuracy is wrong; expected: an object, received: []"),
        ("extra_sha256", 3, "extra_sha256 is wrong; expected: text, received: 3"),
        ("version", "1", "version is wrong; expected: an integer, received: '1'"),
    ],
)
def test_a_value_of_another_type_is_told_with_its_place(folder, path, value, expected):
    change(folder, path, value)
    with pytest.raises(NetworkError) as error:
        Card.load(folder)
    assert f"damaged ({expected}). Train one with" in str(error.value)


def test_a_card_of_a_newer_version_says_that_the_program_is_too_old(folder):
    change(folder, "version", cards.VERSION + 1)
    with pytest.raises(NetworkError, match=r"by a newer version of this program. Update it, .*Received: version 2$"):
        Card.load(folder)


def test_what_is_unknown_is_left_out_and_what_a_card_may_lack_has_its_default(folder):
    before = Card.load(folder)
    change(folder, "colour", "green")
    change(folder, "recipe.colour", "green")
    for path in ("members", "extra_images", "recipe.bfloat16", "numbers"):
        change(folder, path, None)
    card = Card.load(folder)
    assert "green" not in card.to_json()
    assert (card.members, card.extra_images, card.numbers) == ((), 0, None)
    assert card.recipe == before.recipe.changed(bfloat16=False)


def test_a_card_of_before_there_were_versions_is_read_as_one_of_today(folder):
    today = Card.load(folder)
    change(folder, "version", None)
    change(folder, "learning_rate", None)
    change(folder, "recipe.learning_rate", 0.005)
    change(folder, "files", {"model.keras": today.files.keras, "model.tflite": today.files.litert})
    assert Card.load(folder) == today


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("recipe.learning_rate", None, "it lacks learning_rate"),
        ("files", {"model.keras": 1}, "it lacks model.tflite"),
        ("files", 3, "recipe or files: "),
    ],
)
def test_a_damaged_card_of_before_there_were_versions_says_so(folder, path, value, reason):
    change(folder, "version", None)
    change(folder, "recipe.learning_rate", 0.005)
    change(folder, "files", {"model.keras": 1, "model.tflite": 1})
    change(folder, path, value)
    with pytest.raises(NetworkError, match=f"damaged \\({reason}"):
        Card.load(folder)
