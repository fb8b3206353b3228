"""A run can be repeated, stopped and resumed without a difference; these train tiny networks for seconds."""

import keras
import numpy as np
import pytest

from model.checkpoint import ResumeError, Unfinished
from model.data import Split
from model.recipes import RECIPES, Recipe
from model.training import build_optimizer, train, training_batches, with_synthetic

TINY = RECIPES["classic"].changed(epochs=3, batch_size=32, optimizer="adam")


@pytest.fixture(scope="module")
def data(test_set) -> Split:
    return Split(test_set.images[:160], test_set.labels[:160])


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


@pytest.fixture
def interrupted(monkeypatch):
    """Makes the next run stop in its second epoch."""

    def interrupt(run):
        fit = keras.Sequential.fit

        def interrupted_fit(self, *args, callbacks, **kwargs):
            return fit(self, *args, callbacks=[*callbacks, StopAfter(1)], **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(keras.Sequential, "fit", interrupted_fit)
            with pytest.raises(KeyboardInterrupt):
                run()

    return interrupt


@pytest.mark.parametrize("schedule", ["constant", "one-cycle"])
def test_a_resumed_run_ends_as_an_uninterrupted_one(tmp_path, data, interrupted, schedule):
    recipe = Recipe("classic", 3, 32, "adam", schedule, 0.2, augment="light")
    whole, history = train(recipe, data, Unfinished(tmp_path / "whole"), "data", verbose=0)
    cut = Unfinished(tmp_path / "cut")
    interrupted(lambda: train(recipe, data, cut, "data", verbose=0))
    resumed, resumed_history = train(recipe, data, cut, "data", resume=True, verbose=0)
    assert [row["epoch"] for row in resumed_history] == [1, 2, 3]
    assert resumed_history[-1]["loss"] == pytest.approx(history[-1]["loss"], rel=1e-3)
    for ours, theirs in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        assert np.abs(ours - theirs).max() < 1e-3


def test_resuming_nothing_says_so(tmp_path, data):
    with pytest.raises(ResumeError, match=r"No unfinished run in .*Start one without --resume"):
        train(TINY, data, Unfinished(tmp_path / "none"), "data", resume=True, verbose=0)


@pytest.mark.parametrize("change", [{"seed": 5}, {"batch_size": 16}, {"epochs": 9}])
def test_resuming_another_run_is_refused(tmp_path, data, interrupted, change):
    unfinished = Unfinished(tmp_path / "run")
    interrupted(lambda: train(TINY, data, unfinished, "data", verbose=0))
    with pytest.raises(ResumeError, match="is another one"):
        train(TINY.changed(**change), data, unfinished, "data", resume=True, verbose=0)


def test_resuming_on_other_data_is_refused(tmp_path, data, interrupted):
    unfinished = Unfinished(tmp_path / "run")
    interrupted(lambda: train(TINY, data, unfinished, "data", verbose=0))
    with pytest.raises(ResumeError, match="is another one"):
        train(TINY, data, unfinished, "other data", resume=True, verbose=0)


def test_a_damaged_state_says_so(tmp_path, data, interrupted):
    unfinished = Unfinished(tmp_path / "run")
    interrupted(lambda: train(TINY, data, unfinished, "data", verbose=0))
    (tmp_path / "run" / "latest.weights.h5").write_bytes(b"not a weights file")
    with pytest.raises(ResumeError, match=r"damaged .*Start anew without --resume"):
        train(TINY, data, unfinished, "data", resume=True, verbose=0)


def test_the_learning_rate_rises_to_its_peak_and_ends_at_zero():
    recipe = Recipe("compact", 10, 128, "adam", "one-cycle", 0.1, augment="light")
    schedule = build_optimizer(recipe, steps_per_epoch=100)._learning_rate
    rates = np.array([float(schedule(step)) for step in range(0, 1001, 10)])
    assert rates.argmax() == 20
    assert rates.max() == pytest.approx(recipe.learning_rate)
    assert rates[0] < rates.max() / 10
    assert rates[-1] == pytest.approx(0, abs=1e-8)


def test_a_networks_synthetic_images_follow_the_real_ones(data):
    recipe = Recipe("pen", 1, 32, "adam", "one-cycle", 0.1, augment="strong", pen_digits=20, non_digits=30)
    mixed = with_synthetic(data, recipe)
    assert np.array_equal(mixed.images[: len(data.labels)], data.images)
    assert sorted(mixed.labels[len(data.labels) : -30]) == sorted([*range(10)] * 2)
    assert set(mixed.labels[-30:]) == {10}


def test_adadelta_has_the_articles_learning_rate_of_1():
    optimizer = build_optimizer(RECIPES["classic"], steps_per_epoch=1)
    assert type(optimizer).__name__ == "Adadelta"
    assert float(optimizer.learning_rate) == 1.0


def test_every_epoch_has_each_image_once_in_an_order_of_its_own(data):
    recipe = TINY.changed(epochs=2)
    batches = [labels.numpy() for _, labels in training_batches(data, recipe)]
    epochs = np.concatenate(batches).argmax(axis=1).reshape(2, len(data.labels))
    assert sorted(epochs[0]) == sorted(epochs[1]) == sorted(data.labels)
    assert not np.array_equal(epochs[0], epochs[1])


def test_the_batches_of_a_later_epoch_are_the_same_when_training_begins_there(data):
    recipe = Recipe("classic", 2, 32, "adam", "constant", 0.2, augment="light")
    whole = list(training_batches(data, recipe))
    later = list(training_batches(data, recipe, first_epoch=1))
    assert len(later) == len(whole) // 2
    for (images, labels), (expected_images, expected_labels) in zip(later, whole[len(later) :], strict=True):
        assert np.array_equal(images, expected_images)
        assert np.array_equal(labels, expected_labels)


@pytest.mark.parametrize("change", [{"epochs": 0}, {"batch_size": 0}, {"epochs": -3}])
def test_a_recipe_without_epochs_or_images_is_refused(change):
    with pytest.raises(ValueError, match="must be at least 1"):
        TINY.changed(**change)
