"""A run that was stopped is resumed without a difference, and never as another one."""

import re
import shutil
from collections.abc import Callable

import h5py
import keras
import numpy as np
import pytest
from helpers import TINY

from model.data.mnist import Split, digest
from model.recipes import Recipe
from model.training.checkpoint import ResumeError, Unfinished
from model.training.fit import train
from train import parse_arguments


class StopAfter(keras.callbacks.Callback):
    """Interrupts as Ctrl-C does, some steps into the epoch after the given one."""

    def __init__(self, epochs: int):
        super().__init__()
        self._epochs = epochs

    def on_train_batch_begin(self, batch, logs=None):
        if batch == 2 and self.params_epoch == self._epochs:
            raise KeyboardInterrupt

    def on_epoch_begin(self, epoch, logs=None):
        self.params_epoch = epoch


def interrupt(*_, **__) -> None:
    raise KeyboardInterrupt


def interrupted_in_second_epoch(run: Callable[[], object]) -> None:
    """Makes a run stop in its second epoch."""
    fit = keras.Sequential.fit

    def interrupted_fit(self, *args, callbacks, **kwargs):
        return fit(self, *args, callbacks=[*callbacks, StopAfter(1)], **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.Sequential, "fit", interrupted_fit)
        with pytest.raises(KeyboardInterrupt):
            run()


@pytest.mark.parametrize("schedule", ["constant", "one-cycle"])
def test_a_resumed_run_ends_as_an_uninterrupted_one(tmp_path, data, schedule):
    recipe = Recipe("classic", 3, 32, "adam", schedule, 0.2, augment="warp", unwarped_share=1 / 3, drawn_share=0.5)
    whole, history = train(recipe, data, Unfinished(tmp_path / "whole"), verbose=0)
    cut = Unfinished(tmp_path / "cut")
    interrupted_in_second_epoch(lambda: train(recipe, data, cut, verbose=0))
    resumed, resumed_history = train(recipe, data, cut, resume=True, verbose=0)
    assert [row.epoch for row in resumed_history] == [1, 2, 3]
    assert resumed_history[-1].loss == pytest.approx(history[-1].loss, rel=1e-3)
    for ours, theirs in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        assert np.abs(ours - theirs).max() < 1e-3


def test_resuming_nothing_says_so(tmp_path, data):
    with pytest.raises(ResumeError, match=r"No unfinished run in .*Start one without --resume"):
        train(TINY, data, Unfinished(tmp_path / "none"), resume=True, verbose=0)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory, data) -> Unfinished:
    """A run of TINY that was stopped in its second epoch."""
    unfinished = Unfinished(tmp_path_factory.mktemp("stopped") / "run")
    interrupted_in_second_epoch(lambda: train(TINY, data, unfinished, verbose=0))
    return unfinished


@pytest.fixture
def kept(tmp_path, stopped) -> Unfinished:
    """A copy of it, to be changed."""
    return Unfinished(shutil.copytree(stopped.folder, tmp_path / "run"))


@pytest.mark.parametrize(
    ("changes", "lines", "flags"),
    [
        ({"seed": 5}, ["seed: kept 1, requested 5"], "--seed 1"),
        ({"batch_size": 16}, ["batch_size: kept 32, requested 16"], "--batch-size 32"),
        (
            {"epochs": 9, "activation": "selu"},
            ["epochs: kept 3, requested 9", "activation: kept relu, requested selu"],
            "--epochs 3, --activation relu",
        ),
    ],
)
def test_resuming_another_run_is_refused_with_the_settings_that_differ_alone(data, kept, changes, lines, flags):
    with pytest.raises(ResumeError) as error:
        train(TINY.changed(**changes), data, kept, resume=True, verbose=0)
    first, *differences, last = str(error.value).splitlines()
    assert first == f"The unfinished run in {kept.folder} is another one:"
    assert sorted(differences) == sorted(f"  {line}" for line in lines)
    assert last == f"To resume it, give {flags} instead. To start again, leave --resume out."


def test_the_flags_that_are_to_be_given_instead_bring_the_kept_run_back(data, kept):
    requested = "--network small --epochs 7 --seed 4"
    with pytest.raises(ResumeError) as error:
        train(parse_arguments(requested.split())[0], data, kept, resume=True, verbose=0)
    assert "network: kept classic, requested small" in str(error.value)
    flags = re.search("give (.*) instead", str(error.value))[1].replace(",", "")
    assert parse_arguments(f"{requested} {flags}".split())[0] == TINY


def test_a_run_that_no_flags_give_any_more_can_only_be_started_anew(data, kept):
    with h5py.File(kept.folder / "checkpoint.weights.h5", "a") as file:
        run = file["run"].asstr()[()]
        file["run"][()] = run.replace('"label_smoothing": 0.0', '"label_smoothing": 0.5')
    with pytest.raises(ResumeError) as error:
        train(TINY, data, kept, resume=True, verbose=0)
    assert str(error.value).splitlines()[1:] == [
        "  label_smoothing: kept 0.5, requested 0.0",
        "No flags give the kept settings. To start again, leave --resume out.",
    ]


def test_resuming_on_other_data_is_refused(data, kept):
    with pytest.raises(ResumeError) as error:
        train(TINY, data._replace(sha256="other data"), kept, resume=True, verbose=0)
    assert str(error.value).splitlines()[1:] == [
        "  SHA-256 of --data: kept data, requested other data",
        "To resume it, give its own --data instead. To start again, leave --resume out.",
    ]


def test_resuming_with_other_extra_drawings_is_refused(tmp_path, data):
    unfinished = Unfinished(tmp_path / "run")
    extra = Split(data.training.images[:3], data.training.labels[:3])
    interrupted_in_second_epoch(lambda: train(TINY, data._replace(extra=extra), unfinished, verbose=0))
    other = Split(data.training.images[:3], data.training.labels[1:4])
    with pytest.raises(ResumeError, match=f"kept {digest(extra)}, requested {digest(other)}\nTo .* its own --extra"):
        train(TINY, data._replace(extra=other), unfinished, resume=True, verbose=0)


def test_resuming_with_extra_drawings_that_it_began_without_is_refused(data, kept):
    extra = Split(data.training.images[:3], data.training.labels[:3])
    with pytest.raises(ResumeError, match=f"kept nothing, requested {digest(extra)}\nTo resume it, give no --extra"):
        train(TINY, data._replace(extra=extra), kept, resume=True, verbose=0)


def test_a_run_stopped_while_its_batch_norms_settle_settles_them_when_resumed(tmp_path, data, monkeypatch):
    recipe = Recipe("small", 1, 32, "adam", "one-cycle", 0.2, augment="none", bfloat16=True)
    whole, history = train(recipe, data, Unfinished(tmp_path / "whole"), verbose=0)
    cut = Unfinished(tmp_path / "cut")

    with monkeypatch.context() as patch:
        patch.setattr("model.training.fit.settle_batch_norms", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(recipe, data, cut, verbose=0)
    resumed, resumed_history = train(recipe, data, cut, resume=True, verbose=0)
    assert len(history) == len(resumed_history) == 1
    for ours, theirs in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        assert np.abs(ours - theirs).max() < 1e-3


def test_a_fresh_run_stopped_in_its_first_epoch_leaves_nothing_of_a_former_run_to_resume(data, kept, monkeypatch):
    monkeypatch.setattr(keras.Sequential, "fit", interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(TINY.changed(seed=2), data, kept, verbose=0)
    assert kept.describe() == "No epoch was finished; there is nothing to resume."
    with pytest.raises(ResumeError, match="No unfinished run"):
        train(TINY.changed(seed=2), data, kept, resume=True, verbose=0)


def test_a_stop_while_the_state_is_written_leaves_that_of_the_epoch_before_whole(data, kept, monkeypatch):
    before = (kept.folder / "checkpoint.weights.h5").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(h5py.Group, "__setitem__", interrupt)  # the weights are written by then, the rest is not
        with pytest.raises(KeyboardInterrupt):
            train(TINY, data, kept, resume=True, verbose=0)
    assert (kept.folder / "checkpoint.weights.h5").read_bytes() == before
    assert [row.epoch for row in train(TINY, data, kept, resume=True, verbose=0)[1]] == [1, 2, 3]


def test_a_damaged_state_says_so(data, kept):
    (kept.folder / "checkpoint.weights.h5").write_bytes(b"not a weights file")
    with pytest.raises(ResumeError, match=r"damaged .*Start again without --resume"):
        train(TINY, data, kept, resume=True, verbose=0)


def test_a_run_whose_last_epoch_is_finished_says_that_its_network_is_still_to_be_saved(tmp_path, data):
    unfinished = Unfinished(tmp_path / "run")
    train(TINY, data, unfinished, verbose=0)
    assert unfinished.describe().startswith("The last epoch is finished, and all is kept in ")
    assert unfinished.describe().endswith("; --resume saves the network.")
