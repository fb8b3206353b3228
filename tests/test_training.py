"""A run can be repeated, stopped and resumed without a difference; these train tiny networks for seconds."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from model.checkpoint import ResumeError, Unfinished
from model.data import Split, scale
from model.recipes import RECIPES, Recipe
from model.training import (
    bfloat16_allowed,
    build_optimizer,
    synthetic_images,
    train,
    training_batches,
)

TINY = RECIPES["article"].changed(epochs=3, batch_size=32, optimizer="adam")


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
    recipe = Recipe("classic", 3, 32, "adam", schedule, 0.2, augment="warp", unwarped_share=1 / 3, drawn_share=0.5)
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


def test_resuming_with_other_extra_drawings_is_refused(tmp_path, data, interrupted):
    unfinished = Unfinished(tmp_path / "run")
    extra = Split(data.images[:3], data.labels[:3])
    interrupted(lambda: train(TINY, data, unfinished, "data", verbose=0, extra=extra))
    other = Split(data.images[:3], data.labels[1:4])
    with pytest.raises(ResumeError, match="is another one"):
        train(TINY, data, unfinished, "data", resume=True, verbose=0, extra=other)


def test_extra_drawings_are_trained_on_and_never_held_out(tmp_path, data, monkeypatch):
    seen = {}

    def fit(self, batches, validation_data, **kwargs):
        seen["training"] = np.concatenate([images for images, _ in batches])[..., 0]
        seen["validation"] = validation_data[0][..., 0]
        raise KeyboardInterrupt

    monkeypatch.setattr(keras.Sequential, "fit", fit)
    extra = Split(np.full((5, 28, 28), 255, np.uint8), np.arange(5, dtype=np.uint8))
    recipe = TINY.changed(epochs=1, drawn_share=0.5)
    with pytest.raises(KeyboardInterrupt):
        train(recipe, data, Unfinished(tmp_path / "run"), "data", verbose=0, extra=extra)
    held_out = TINY.validation_count(len(data.labels))
    assert len(seen["training"]) == len(data.labels) - held_out + 5
    assert (seen["training"] == 0.5).all(axis=(1, 2)).sum() == 5  # given as drawings, each of them
    assert np.array_equal(seen["validation"], scale(data.images[-held_out:])[..., 0])


def test_a_run_stopped_while_its_batch_norms_settle_settles_them_when_resumed(tmp_path, data, monkeypatch):
    recipe = Recipe("small", 1, 32, "adam", "one-cycle", 0.2, augment="none", bfloat16=True)
    whole, history = train(recipe, data, Unfinished(tmp_path / "whole"), "data", verbose=0)
    cut = Unfinished(tmp_path / "cut")

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("model.training.settle_batch_norms", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(recipe, data, cut, "data", verbose=0)
    resumed, resumed_history = train(recipe, data, cut, "data", resume=True, verbose=0)
    assert len(history) == len(resumed_history) == 1
    for ours, theirs in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        assert np.abs(ours - theirs).max() < 1e-3


def test_a_damaged_state_says_so(tmp_path, data, interrupted):
    unfinished = Unfinished(tmp_path / "run")
    interrupted(lambda: train(TINY, data, unfinished, "data", verbose=0))
    (tmp_path / "run" / "latest.weights.h5").write_bytes(b"not a weights file")
    with pytest.raises(ResumeError, match=r"damaged .*Start anew without --resume"):
        train(TINY, data, unfinished, "data", resume=True, verbose=0)


def test_the_learning_rate_rises_to_its_peak_and_ends_at_zero():
    recipe = Recipe("compact", 10, 128, "adam", "one-cycle", 0.1, augment="warp")
    schedule = build_optimizer(recipe, steps_per_epoch=100)._learning_rate
    rates = np.array([float(schedule(step)) for step in range(0, 1001, 10)])
    assert rates.argmax() == 20
    assert rates.max() == pytest.approx(recipe.learning_rate)
    assert rates[0] < rates.max() / 10
    assert rates[-1] == pytest.approx(0, abs=1e-8)


MIXED = Recipe(
    "compact", 2, 32, "adam", "one-cycle", 0.1, augment="none", pen_digits=20, non_digits=30, synthetic_batch=12
)


def test_the_synthetic_images_are_pen_digits_and_non_digits(data):
    synthetic = synthetic_images(data, MIXED)
    assert sorted(synthetic.labels[:20]) == sorted([*range(10)] * 2)
    assert set(synthetic.labels[20:]) == {10}


def test_each_batch_has_real_images_and_behind_them_synthetic_ones(data):
    synthetic = Split(np.full((50, 28, 28), 255, np.uint8), np.full(50, 10, np.uint8))
    images, labels = next(iter(training_batches(data, MIXED, classes=11, synthetic=synthetic)))
    assert images.shape == (32 + 12, 28, 28, 1)
    assert set(labels.numpy()[:32].argmax(axis=1)) <= set(range(10))
    assert set(labels.numpy()[32:].argmax(axis=1)) == {10}


def test_smoothing_spreads_a_digits_target_over_the_digits_and_leaves_non_digits_alone(data):
    synthetic = Split(np.zeros((50, 28, 28), np.uint8), np.full(50, 10, np.uint8))
    plain, smooth = (
        next(iter(training_batches(data, MIXED.changed(label_smoothing=smoothing), 0, 11, synthetic)))[1].numpy()
        for smoothing in (0.0, 0.2)
    )
    assert smooth[:32, :10] == pytest.approx(0.8 * plain[:32, :10] + 0.02)
    assert np.all(smooth[:32, 10] == 0)
    assert np.array_equal(smooth[32:], plain[32:])


def test_other_synthetic_images_are_drawn_in_each_epoch_and_the_same_after_a_resume(data):
    synthetic = synthetic_images(data, MIXED)
    whole = [images.numpy() for images, _ in training_batches(data, MIXED, classes=11, synthetic=synthetic)]
    later = [
        images.numpy() for images, _ in training_batches(data, MIXED, first_epoch=1, classes=11, synthetic=synthetic)
    ]
    assert not np.array_equal(whole[0][32:], whole[len(later)][32:])
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(later, whole[len(later) :], strict=True))


def test_adadelta_has_the_articles_learning_rate_of_1():
    optimizer = build_optimizer(RECIPES["article"], steps_per_epoch=1)
    assert type(optimizer).__name__ == "Adadelta"
    assert float(optimizer.learning_rate) == 1.0


def test_every_epoch_has_each_image_once_in_an_order_of_its_own(data):
    recipe = TINY.changed(epochs=2)
    batches = [labels.numpy() for _, labels in training_batches(data, recipe)]
    epochs = np.concatenate(batches).argmax(axis=1).reshape(2, len(data.labels))
    assert sorted(epochs[0]) == sorted(epochs[1]) == sorted(data.labels)
    assert not np.array_equal(epochs[0], epochs[1])


def test_the_batches_of_a_later_epoch_are_the_same_when_training_begins_there(data):
    recipe = Recipe("classic", 2, 32, "adam", "constant", 0.2, augment="warp", drawn_share=0.5)
    whole = list(training_batches(data, recipe))
    later = list(training_batches(data, recipe, first_epoch=1))
    assert len(later) == len(whole) // 2
    for (images, labels), (expected_images, expected_labels) in zip(later, whole[len(later) :], strict=True):
        assert np.array_equal(images, expected_images)
        assert np.array_equal(labels, expected_labels)


def test_images_are_not_warped_in_the_last_share_of_the_epochs_also_after_a_resume(data, monkeypatch):
    monkeypatch.setattr("model.augment.Warp.__call__", lambda self, images, seed: tf.ones_like(images))
    recipe = Recipe("classic", 8, len(data.labels), "adam", "constant", 0.2, augment="warp", unwarped_share=0.25)

    def are_warped(first_epoch: int) -> list[bool]:
        return [bool(images.numpy().min() == 1) for images, _ in training_batches(data, recipe, first_epoch)]

    assert are_warped(0) == [True] * 6 + [False] * 2
    assert are_warped(5) == [True] + [False] * 2
    assert are_warped(7) == [False]


def test_the_share_of_mnists_images_that_is_told_and_all_others_are_given_as_drawings(data):
    synthetic = synthetic_images(data, MIXED)

    def drawn(share: float, drawings: int = 0) -> np.ndarray:
        recipe = MIXED.changed(epochs=20, drawn_share=share)
        batches = training_batches(data, recipe, classes=11, synthetic=synthetic, drawings=drawings)
        return np.concatenate([images.numpy().min(axis=(1, 2, 3)) < 0 for images, _ in batches])

    count = len(data.labels)
    batches = -(-count // MIXED.batch_size) * 20
    synthetic_count = MIXED.synthetic_batch * batches
    assert drawn(0.0).sum() == 0
    assert drawn(0.25).sum() - synthetic_count == pytest.approx(0.25 * 20 * count, rel=0.1)
    assert drawn(1.0).all()
    assert drawn(0.25, drawings=count).all()


@pytest.mark.parametrize("change", [{"epochs": 0}, {"batch_size": 0}, {"epochs": -3}])
def test_a_recipe_without_epochs_or_images_is_refused(change):
    with pytest.raises(ValueError, match="must be at least 1"):
        TINY.changed(**change)


def test_bfloat16_is_allowed_for_training_alone_and_only_where_the_recipe_wants_it():
    def allowed() -> bool:
        return tf.config.optimizer.get_experimental_options().get("auto_mixed_precision_onednn_bfloat16", False)

    flags = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    with bfloat16_allowed(True):
        assert allowed() == ("avx512_bf16" in flags or "amx_bf16" in flags)
    assert not allowed()
    with bfloat16_allowed(False):
        assert not allowed()
