"""Each command that a message or a document names is one that works."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import train
from model.data.mnist import DataError, read_split
from model.evaluation.neighbours import load_neighbours
from model.export.folders import check_replaceable
from model.predict import main
from model.reading import store
from model.reading.card import Card
from model.reading.classifier import Classifier, load_classifier
from model.reading.history import HISTORY
from model.reading.store import NetworkError, digests_of, load_test_probabilities
from scripts.running import ROOT
from views.texts import TEXTS

_COMMAND = re.compile(r"python train\.py((?: --[a-z-]+(?: (?!--)(?:'[^']*'|[^\s`,)]+))?)*)")


def accepted(text: str) -> list[Path]:
    """The folders into which the commands of train.py in a text train, each of which it accepts."""
    outs = []
    for flags in _COMMAND.findall(text):
        _, others = train.parse_arguments(shlex.split(flags.rstrip(".").replace("{folder}", "FOLDER")))
        check_replaceable(others.out)
        outs.append(others.out)
    return outs


@pytest.fixture
def trained(tmp_path, monkeypatch) -> Path:
    """The folder of the trained networks: the shipped ones, and "my own" one, each to be damaged."""
    folder = Path(shutil.copytree(store.TRAINED, tmp_path / "trained"))
    shutil.copytree(folder / "compact", folder / "my own")
    monkeypatch.setattr(store, "TRAINED", folder)
    monkeypatch.setattr(train, "TRAINED", folder)
    return folder


@pytest.fixture
def elsewhere(trained, tmp_path, monkeypatch) -> None:
    """A working directory in which no other test reads: where a command would train is looked at by writing there."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ["compact", "classic", "small", "ensemble", "foo", "my own"])
def test_a_missing_network_can_be_trained_as_the_message_says(trained, name):
    shutil.rmtree(trained / name, ignore_errors=True)
    with pytest.raises(NetworkError, match=f"No network at {trained / name}") as error:
        load_classifier(name)
    assert accepted(str(error.value)) == [trained / name]


def test_a_network_that_no_recipe_trains_is_reported_with_those_there_are(trained):
    with pytest.raises(NetworkError, match=r"or use one of those there are: compact, classic, my own\.$"):
        load_classifier("foo")


@pytest.mark.parametrize("name", ["compact", "my own"])
@pytest.mark.parametrize("file", ["model.tflite", "metrics.json", "neighbours.npz", "test_probabilities.npy"])
@pytest.mark.parametrize("content", [None, b"damaged"])
def test_a_damaged_network_can_be_trained_anew_as_the_message_says(trained, name, file, content):
    path = trained / name / file
    path.unlink() if content is None else path.write_bytes(content)
    load = {
        "model.tflite": Classifier,
        "metrics.json": Card.load,
        "neighbours.npz": load_neighbours,
        "test_probabilities.npy": load_test_probabilities,
    }[file]
    with pytest.raises(NetworkError) as error:
        load(trained / name)
    assert accepted(str(error.value)) == [trained / name]


@pytest.mark.parametrize("file", ["model.tflite", "neighbours.npz", "test_probabilities.npy"])
def test_one_changed_byte_and_another_networks_file_are_noticed(trained, file):
    load = {
        "model.tflite": Classifier,
        "neighbours.npz": load_neighbours,
        "test_probabilities.npy": load_test_probabilities,
    }[file]
    path = trained / "my own" / file
    content = path.read_bytes()
    for changed in (content[:-1] + bytes([content[-1] ^ 1]), (trained / "classic" / file).read_bytes()):
        path.write_bytes(changed)
        with pytest.raises(NetworkError, match=rf"{file} is damaged, or of another network") as error:
            load(trained / "my own")
        assert accepted(str(error.value)) == [trained / "my own"]
    path.write_bytes(content)
    load(trained / "my own")


def test_the_shipped_cards_tell_the_digest_of_each_file(trained):
    for name in ("compact", "classic"):
        assert Card.load(trained / name).sha256 == digests_of(trained / name)


@pytest.mark.usefixtures("elsewhere")
def test_a_folder_of_something_else_is_not_recommended_to_be_replaced(tmp_path, capsys):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.png").write_bytes(b"")
    for path in (tmp_path / "photos", tmp_path / "photos" / "cat.png", tmp_path / "photos" / "cat.png" / "below"):
        assert main(["--network", str(path), str(ROOT / "assets/draw.png")]) == 2
        assert [out.name for out in accepted(capsys.readouterr().err)] == ["FOLDER"]


def test_a_network_outside_of_the_trained_ones_is_trained_where_it_is_missing(trained, tmp_path, capsys):
    assert main(["--network", str(tmp_path / "elsewhere" / "compact"), "assets/draw.png"]) == 2
    assert accepted(capsys.readouterr().err) == [tmp_path / "elsewhere" / "compact"]


@pytest.mark.parametrize("name", ["classic", "my own"])
def test_the_command_beside_a_missing_history_writes_it(trained, name):
    (trained / name / HISTORY).unlink()
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    test.query_params["view"], test.query_params["network"] = "Network", name
    (warning,) = [each.value.replace(":small[]", "").replace("\\", "") for each in test.run().warning]
    assert trained / name in accepted(warning)


@pytest.mark.usefixtures("elsewhere")
def test_missing_data_has_a_command_that_train_knows(tmp_path):
    with pytest.raises(DataError) as error:
        read_split("train", tmp_path / "absent.npz")
    assert len(accepted(str(error.value))) == 1


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    "path",
    ["README.md", "README.zh-CN.md", "docs/stage.md", "docs/training.md", "CHANGELOG.md", "Makefile", "train.py"],
)
def test_every_command_in_a_document_is_one_that_train_knows(path):
    text = (ROOT / path).read_text()
    for placeholder, value in (("NAME", "small"), ("ADDRESS", "127.0.0.1:6379 --members 5")):
        text = text.replace(f" {placeholder}`", f" {value}`")
    assert accepted(text)


@pytest.mark.usefixtures("elsewhere")
def test_every_command_in_the_apps_texts_is_one_that_train_knows():
    texts = " ".join(text for pair in TEXTS.values() for text in pair)
    assert accepted(texts)
