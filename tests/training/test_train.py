"""train.py as a person runs it: what it prints and saves, on a data set of a few hundred images."""

import csv
import re
import subprocess
from pathlib import Path

import keras
import numpy as np
import pytest
from helpers import FILES, train_command

from model.data.mnist import ASSETS
from model.images import scale
from model.reading.card import Card, FileSizes, LabelErrors, Parameters
from model.reading.classifier import load_classifier
from model.reading.store import TRAINED
from model.recipes import RECIPES
from scripts.running import ROOT


def shipped_files() -> dict[Path, bytes]:
    """What is in the two folders in which training could change something that is shipped."""
    return {path: path.read_bytes() for folder in (ASSETS, TRAINED) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def trained(tmp_path_factory, data_file) -> tuple[Path, str, dict[Path, bytes]]:
    """The folder of a network trained for two epochs, what was printed, and the shipped files before that."""
    out = tmp_path_factory.mktemp("trained") / "mine"
    extra = data_file.with_name("extra.npz")
    np.savez(extra, x_train=np.zeros((5, 28, 28), np.uint8), y_train=np.arange(5))
    flags = ("--network", "classic", "--activation", "selu", "--optimizer", "adam", "--epochs", 2, "--extra", extra)
    before = shipped_files()
    command = train_command(*flags, "--data", data_file, "--out", out)
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return out, result.stdout, before


def test_all_files_are_saved_and_no_traces_are_left(trained):
    out = trained[0]
    assert {path.name for path in out.iterdir()} == FILES
    assert [path.name for path in out.parent.iterdir()] == ["mine"]


def test_each_step_of_saving_is_told_after_the_last_epoch(trained):
    printed = trained[1]
    *_, after = printed.partition("Epoch 2/2")
    assert re.findall(r".* \.\.\.$", after, re.MULTILINE) == [
        "Exporting for LiteRT ...",
        "Comparing Keras and LiteRT on 100 test images ...",
        "Scoring 100 test images ...",
        "Finding similar images among 640 training images ...",
        "Drawing the figures ...",
    ]


def test_shapes_counts_summary_and_test_scores_are_printed(trained):
    printed = trained[1]
    assert "Training images (640, 28, 28), of which the last 128 are held out" in printed
    assert "Drawings to train on as well (5, 28, 28)" in printed
    assert "Test images (100, 28, 28)" in printed
    assert "1,886,250" in printed
    assert "val_accuracy" in printed
    assert re.search(r"Test loss: \d+\.\d{4}\nTest accuracy: \d+\.\d\d% \(\d+ of 100 read wrong\)", printed)


def test_the_card_holds_scores_recipe_and_origin(trained, data_file):
    card = Card.load(trained[0])
    probabilities = np.load(trained[0] / "test_probabilities.npy")
    labels = np.load(data_file)["y_test"]
    assert probabilities.shape == (100, 10)
    assert card.test.accuracy == pytest.approx(np.mean(probabilities.argmax(axis=1) == labels))
    assert card.test.errors == np.sum(probabilities.argmax(axis=1) != labels)
    assert card.parameters == Parameters(total=1_886_250, trainable=1_886_210, non_trainable=40)
    assert card.recipe == RECIPES["classic"].changed(epochs=2, optimizer="adam", activation="selu")
    assert card.learning_rate == card.recipe.learning_rate
    assert card.seeds == (1,)
    assert [row.digit for row in card.per_class] == list(range(10))
    assert card.versions["keras"] == keras.__version__
    assert re.fullmatch(r"[0-9a-f]{64}", card.data_sha256)
    assert card.extra_images == 5
    assert re.fullmatch(r"[0-9a-f]{64}", card.extra_sha256)
    assert card.training_seconds > 0
    assert card.label_errors == LabelErrors(known=0, read_otherwise=0)  # it was no MNIST
    assert card.files == FileSizes(*((trained[0] / name).stat().st_size for name in ("model.keras", "model.tflite")))


def test_the_history_has_a_row_for_each_epoch(trained):
    with (trained[0] / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= rows[0].keys()


def test_keras_and_litert_give_the_saved_probabilities(trained, data_file):
    images = scale(np.load(data_file)["x_test"])
    saved = np.load(trained[0] / "test_probabilities.npy")
    by_keras = keras.models.load_model(trained[0] / "model.keras").predict(images, verbose=0)
    by_litert = load_classifier(str(trained[0])).probabilities(images)
    assert np.abs(by_keras - saved).max() < 1e-4
    assert np.abs(by_litert - saved).max() < 1e-6


def test_the_saved_keras_file_has_no_optimizer(trained):
    assert getattr(keras.models.load_model(trained[0] / "model.keras"), "optimizer", None) is None
    assert (trained[0] / "model.keras").stat().st_size < 1.1 * 4 * 1_886_250


def test_training_writes_its_pictures_beside_the_network_and_changes_no_shipped_file(trained):
    picture = (trained[0] / "architecture.svg").read_text()
    assert picture.lstrip().startswith("<?xml")
    assert "3168" in picture
    assert trained[2] == shipped_files()
