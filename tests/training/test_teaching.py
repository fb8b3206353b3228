"""train.py teaches a network drawings, and what a watched training is made of."""

import numpy as np
import pytest
from helpers import FILES

from model.data.mnist import Split
from model.images import scale
from model.reading.card import Card
from model.reading.classifier import Classifier
from model.recipes import RECIPES, Lesson
from model.training.lessons import images_of
from model.training.watching import _Means
from train import main

DRAWING = np.eye(28, dtype=np.uint8) * 255


@pytest.fixture(scope="module")
def base(tmp_path_factory, data_file):
    """The folder of a network that knows little, beside a file with five drawings that it misreads."""
    folder = tmp_path_factory.mktemp("teaching") / "base"
    assert main(["--network", "small", "--epochs", "1", "--data", str(data_file), "--out", str(folder)]) == 0
    images = np.stack([np.roll(DRAWING, shift, axis=1) for shift in range(5)])
    label = Classifier(folder).probabilities(scale(images), drawn=True).max(axis=0).argmin()
    np.savez(folder.with_name("drawings.npz"), x_train=images, y_train=np.full(5, label))
    return folder


def test_train_py_teaches_drawings_and_saves_another_network(base, data_file, capsys):
    before, taught = Classifier(base), base.with_name("taught")
    drawings = base.with_name("drawings.npz")
    flags = ["--teach", drawings, "--from", base, "--data", data_file, "--out", taught]
    assert main(list(map(str, flags))) == 0
    printed = capsys.readouterr().out
    assert "Drawings read right: 0 of 5 before, 5 after" in printed
    assert "Test accuracy: " in printed
    assert {path.name for path in taught.iterdir()} == FILES
    with np.load(drawings) as file:
        images, labels = scale(file["x_train"]), file["y_train"]
    assert (before.probabilities(images, drawn=True).argmax(axis=1) != labels).all()
    assert (Classifier(taught).probabilities(images, drawn=True).argmax(axis=1) == labels).all()
    assert len((taught / "history.csv").read_text().splitlines()) == 3
    card = Card.load(taught)
    assert card.recipe == Card.load(base).recipe
    assert (card.taught.network, card.taught.drawings) == ("base", 5)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--teach", "absent.npz", "--out", "new"], "No data file at absent.npz"),
        (["--teach", "drawings.npz", "--from", "absent", "--out", "new"], "No scores at"),
        (["--teach", "drawings.npz", "--from", "base", "--out", "base"], "would replace the one that it begins with"),
    ],
)
def test_what_can_not_be_taught_is_said_in_one_line(base, data_file, monkeypatch, capsys, flags, message):
    monkeypatch.chdir(base.parent)
    assert main([*flags, "--data", str(data_file)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "flags",
    [
        ["--teach", "a.npz"],
        ["--from", "compact"],
        *(
            ["--teach", "a.npz", "--out", "b", *more]
            for more in (["--resume"], ["--seed", "0"], ["--network", "classic"])
        ),
    ],
)
def test_flags_that_do_not_go_with_teach_are_refused(flags, capsys):
    with pytest.raises(SystemExit):
        main(flags)
    assert "--teach" in capsys.readouterr().err


def test_a_lesson_has_as_many_images_as_it_says_repeated_and_with_its_share_of_wrong_labels():
    images = np.zeros((1000, 28, 28), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = np.arange(1000) % 256, np.arange(1000) // 256
    training = Split(images, (np.arange(1000) % 10).astype(np.uint8))
    made = images_of(Lesson(images=200, wrong_labels=0.25, seed=4), training)
    assert made.images.shape == images.shape
    assert np.array_equal(made.images[:200], images[:200])
    assert np.array_equal(made.images[:200], made.images[800:])
    assert np.array_equal(made.labels[:200], made.labels[800:])
    assert (made.labels[:200] != training.labels[:200]).sum() == 50
    assert made.labels.max() <= 9
    again = images_of(Lesson(images=200, wrong_labels=0.25, seed=5), training)
    assert (made.labels != again.labels).any()
    assert np.array_equal(images_of(Lesson(), training).labels, training.labels)


@pytest.mark.parametrize("network", ["small", "compact", "classic"])
def test_a_watched_training_is_short_and_holds_out_a_thousand_images(network):
    recipe = Lesson(network, optimizer="rmsprop", activation="selu", seed=9).recipe()
    assert recipe.validation_count(60_000) == 1000
    assert (recipe.epochs, recipe.optimizer, recipe.activation, recipe.seed) == (2, "rmsprop", "selu", 9)
    assert recipe.batch_size == RECIPES[network].batch_size


def test_means_since_the_last_snapshot_come_from_means_since_the_epoch_began():
    means = _Means()
    means.add(2, 1.0, 0.5)  # 1.0 and 1.0
    assert means.last == (1.0, 0.5)
    means.add(4, 0.75, 0.75)  # two steps of 0.5 more
    assert means.last == (0.5, 1.0)
    means.begin_epoch()
    means.add(1, 0.25, 0.75)
    assert means.last == (0.25, 0.75)
