"""train.py as a person runs it: what it prints, saves and refuses, on a data set of a few hundred images."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from model.classifier import load_classifier
from model.data import ASSETS, scale
from model.saving import SaveError, check_replaceable, replaced_folder
from scripts.running import ROOT
from train import parse_arguments

FILES = {
    "confusion_matrix.png",
    "history.csv",
    "learning_curves.svg",
    "metrics.json",
    "mistakes.png",
    "model.keras",
    "model.tflite",
    "neighbours.npz",
    "reliability.svg",
    "samples.png",
    "test_probabilities.npy",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory, test_set) -> Path:
    path = tmp_path_factory.mktemp("data") / "small.npz"
    images, labels = test_set
    np.savez(path, x_train=images[:640], y_train=labels[:640], x_test=images[-100:], y_test=labels[-100:])
    return path


def command(*flags: str | Path) -> list[str]:
    return [sys.executable, "train.py", *map(str, flags)]


def run(*flags: str | Path) -> subprocess.CompletedProcess:
    return subprocess.run(command(*flags), cwd=ROOT, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, data) -> tuple[Path, str]:
    """The folder of a network trained for two epochs, and what was printed."""
    out = tmp_path_factory.mktemp("trained") / "mine"
    extra = data.with_name("extra.npz")
    np.savez(extra, x_train=np.zeros((5, 28, 28), np.uint8), y_train=np.arange(5))
    flags = ("--network", "classic", "--optimizer", "adam", "--epochs", 2, "--extra", extra)
    result = run(*flags, "--data", data, "--out", out)
    assert result.returncode == 0, result.stderr
    return out, result.stdout


def test_all_files_are_saved_and_no_traces_are_left(trained):
    out, _ = trained
    assert {path.name for path in out.iterdir()} == FILES
    assert [path.name for path in out.parent.iterdir()] == ["mine"]


def test_shapes_counts_summary_and_test_scores_are_printed(trained):
    _, printed = trained
    assert "Training images (640, 28, 28), of which the last 128 are held out" in printed
    assert "Drawings to train on as well (5, 28, 28)" in printed
    assert "Test images (100, 28, 28)" in printed
    assert "1,886,250" in printed
    assert "val_accuracy" in printed
    assert re.search(r"Test loss: \d+\.\d{4}\nTest accuracy: \d+\.\d\d% \(\d+ of 100 read wrong\)", printed)


def test_the_metrics_hold_scores_recipe_and_origin(trained, data):
    metrics = json.loads((trained[0] / "metrics.json").read_text())
    probabilities = np.load(trained[0] / "test_probabilities.npy")
    labels = np.load(data)["y_test"]
    assert probabilities.shape == (100, 10)
    assert metrics["test"]["accuracy"] == pytest.approx(np.mean(probabilities.argmax(axis=1) == labels))
    assert metrics["test"]["errors"] == np.sum(probabilities.argmax(axis=1) != labels)
    assert metrics["parameters"] == {"total": 1_886_250, "trainable": 1_886_210, "non_trainable": 40}
    assert metrics["recipe"]["name"] == "article"
    assert metrics["recipe"]["epochs"] == 2
    assert metrics["recipe"]["optimizer"] == "adam"
    assert metrics["seed"] == metrics["recipe"]["seed"]
    assert len(metrics["per_class"]) == 10
    assert {"precision", "recall"} <= metrics["per_class"][0].keys()
    assert metrics["versions"]["keras"] == keras.__version__
    assert re.fullmatch(r"[0-9a-f]{64}", metrics["data_sha256"])
    assert metrics["extra_images"] == 5
    assert re.fullmatch(r"[0-9a-f]{64}", metrics["extra_sha256"])
    assert metrics["training_seconds"] > 0
    assert metrics["label_errors"] == {"known": 0, "read_otherwise": 0}  # it was no MNIST


def test_the_history_has_a_row_for_each_epoch(trained):
    with (trained[0] / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= rows[0].keys()


def test_keras_and_litert_give_the_saved_probabilities(trained, data):
    images = scale(np.load(data)["x_test"])
    saved = np.load(trained[0] / "test_probabilities.npy")
    by_keras = keras.models.load_model(trained[0] / "model.keras").predict(images, verbose=0)
    by_litert = load_classifier(str(trained[0])).probabilities(images)
    assert np.abs(by_keras - saved).max() < 1e-4
    assert np.abs(by_litert - saved).max() < 1e-6


def test_the_saved_keras_file_has_no_optimizer(trained):
    assert getattr(keras.models.load_model(trained[0] / "model.keras"), "optimizer", None) is None
    assert (trained[0] / "model.keras").stat().st_size < 1.1 * 4 * 1_886_250


def test_a_picture_of_the_architecture_is_in_assets(trained):
    picture = (ASSETS / "architecture-classic.svg").read_text()
    assert picture.lstrip().startswith("<?xml")
    assert "3168" in picture


def test_ctrl_c_keeps_the_old_network_and_resume_ends_the_run(tmp_path, data):
    out = tmp_path / "net"
    flags = ("--network", "classic", "--epochs", 12, "--batch-size", 8, "--data", data, "--out", out)
    out.mkdir()
    (out / "metrics.json").write_text("the old network")
    # A shell lets its background jobs ignore Ctrl-C, and they hand that on; a handler of our own is not handed on.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command(*flags), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, inherited)
    state = tmp_path / "net.unfinished" / "latest.weights.h5"
    deadline = time.monotonic() + 120
    while not state.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert re.search(r"Stopped. \d finished epochs? (is|are) kept in .*; --resume goes on from there", errors)
    assert "Traceback" not in errors
    assert (out / "metrics.json").read_text() == "the old network"
    resumed = run(*flags, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "Going on after epoch" in resumed.stdout
    assert {path.name for path in out.iterdir()} == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["net"]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--data", "absent.npz"], "No data file at absent.npz"),
        (["--extra", "absent.npz"], "No data file at absent.npz. Name an npz file with the drawings that you kept"),
        (["--resume", "--out", "absent"], "No unfinished run in"),
        (["--out", "tests"], "it holds something else than a trained network"),
        (["--out", "Makefile"], "it is a file"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(flags, message):
    result = run("--epochs", 1, *flags)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_an_error_while_saving_leaves_the_old_network(tmp_path):
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "metrics.json").write_text("old")

    def interrupted() -> None:
        with replaced_folder(folder) as new:
            (new / "metrics.json").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (folder / "metrics.json").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["net"]


def test_a_new_network_replaces_the_old_one_whole(tmp_path):
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "metrics.json").write_text("old")
    (folder / "left-over").write_text("old")
    with replaced_folder(folder) as new:
        (new / "metrics.json").write_text("new")
    assert [path.name for path in folder.iterdir()] == ["metrics.json"]
    assert (folder / "metrics.json").read_text() == "new"


def test_a_folder_of_something_else_is_not_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(SaveError, match="holds something else"):
        check_replaceable(tmp_path)


def test_the_defaults_of_classic_are_the_articles():
    recipe, flags = parse_arguments(["--network", "classic"])
    assert (recipe.optimizer, recipe.learning_rate, recipe.batch_size, recipe.epochs) == ("adadelta", 1.0, 64, 50)
    assert (recipe.activation, recipe.schedule, recipe.augment) == ("relu", "constant", "none")
    assert recipe.validation_count(60_000) == 12_000
    assert flags.out.name == "classic"


@pytest.mark.parametrize(
    ("flags", "recipe", "network", "folder"),
    [
        ("", "standard", "compact", "compact"),
        ("--recipe fast", "fast", "small", "fast"),
        ("--recipe article", "article", "classic", "classic"),
        ("--network compact", "standard", "compact", "compact"),
        ("--network classic --recipe article", "article", "classic", "classic"),
    ],
)
def test_a_recipe_is_chosen_by_its_name_or_its_network(flags, recipe, network, folder):
    chosen, others = parse_arguments(flags.split())
    assert (chosen.name, chosen.network, others.out.name) == (recipe, network, folder)


def test_a_recipe_and_the_network_of_another_are_refused(capsys):
    with pytest.raises(SystemExit):
        parse_arguments(["--recipe", "fast", "--network", "classic"])
    assert "Expected: --network small. Received: --network classic" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ("--members 1", "at least 2 members. Received: --members 1"),
        ("--ray 127.0.0.1:6379", "Say how many with --members"),
    ],
)
def test_a_committee_that_is_none_is_refused(flags, message, capsys):
    with pytest.raises(SystemExit):
        parse_arguments(flags.split())
    assert message in capsys.readouterr().err


def test_a_committee_has_a_folder_of_its_own():
    assert parse_arguments(["--members", "3"])[1].out.name == "committee"


def test_flags_change_the_recipe():
    network = ["--network", "compact", "--activation", "selu", "--optimizer", "rmsprop"]
    recipe, flags = parse_arguments([*network, "--epochs", "2", "--batch-size", "32", "--seed", "7", "--out", "x"])
    assert (recipe.epochs, recipe.batch_size, recipe.optimizer) == (2, 32, "rmsprop")
    assert (recipe.activation, recipe.seed, flags.out.name) == ("selu", 7, "x")


def test_help_comes_without_tensorflow():
    environment = {**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}
    result = subprocess.run(command("--help"), cwd=ROOT, capture_output=True, text=True, env=environment)
    assert result.returncode == 0
    assert "--resume" in result.stdout
    assert "tensorflow" not in result.stderr
