"""A training run in parts: its images, its optimizer and schedule, and what it tells."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import TINY

from model.data.mnist import Split
from model.images import scale
from model.recipes import RECIPES, Recipe
from model.training.checkpoint import Unfinished
from model.training.fit import bfloat16_allowed, build_optimizer, train


def test_extra_drawings_are_trained_on_and_never_held_out(tmp_path, data, digits, monkeypatch):
    seen = {}

    def fit(self, batches, validation_data, **kwargs):
        seen["training"] = np.concatenate([images for images, _ in batches])[..., 0]
        seen["validation"] = validation_data[0][..., 0]
        raise KeyboardInterrupt

    monkeypatch.setattr(keras.Sequential, "fit", fit)
    extra = Split(np.full((5, 28, 28), 255, np.uint8), np.arange(5, dtype=np.uint8))
    recipe = TINY.changed(epochs=1, drawn_share=0.5)
    with pytest.raises(KeyboardInterrupt):
        train(recipe, data._replace(extra=extra), Unfinished(tmp_path / "run"), verbose=0)
    assert len(seen["training"]) == 160 - 32 + 5
    assert (seen["training"] == 0.5).all(axis=(1, 2)).sum() == 5  # given as drawings, each of them
    assert np.array_equal(seen["validation"], scale(digits.images[-32:])[..., 0])


def test_what_takes_long_beside_the_epochs_is_told(tmp_path, data, capsys):
    recipe = Recipe(
        "compact",
        1,
        80,
        "adam",
        "one-cycle",
        0.2,
        "none",
        pen_digits=20,
        non_digits=10,
        synthetic_batch=4,
        bfloat16=True,
    )
    train(recipe, data, Unfinished(tmp_path / "told"), verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines.index("Making 30 synthetic images ...") < lines.index("Settling the batch norms ...")
    train(recipe, data, Unfinished(tmp_path / "silent"), verbose=0)
    assert capsys.readouterr().out == ""


def test_the_learning_rate_rises_to_its_peak_and_ends_at_zero():
    recipe = Recipe("compact", 10, 128, "adam", "one-cycle", 0.1, augment="warp")
    schedule = build_optimizer(recipe, steps_per_epoch=100)._learning_rate
    rates = np.array([float(schedule(step)) for step in range(0, 1001, 10)])
    assert rates.argmax() == 20
    assert rates.max() == pytest.approx(recipe.learning_rate)
    assert rates[0] < rates.max() / 10
    assert rates[-1] == pytest.approx(0, abs=1e-8)


def test_adadelta_has_the_articles_learning_rate_of_1():
    optimizer = build_optimizer(RECIPES["classic"], steps_per_epoch=1)
    assert type(optimizer).__name__ == "Adadelta"
    assert float(optimizer.learning_rate) == 1.0


@pytest.mark.parametrize("change", [{"epochs": 0}, {"batch_size": 0}, {"epochs": -3}])
def test_a_recipe_without_epochs_or_images_is_refused(change):
    with pytest.raises(ValueError, match="must be at least 1"):
        TINY.changed(**change)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_numpy_does_not_take_is_refused(seed):
    with pytest.raises(ValueError, match=f"seed must be in 0..4294967295. Received: {seed}"):
        TINY.changed(seed=seed)


def test_bfloat16_is_allowed_for_training_alone_and_only_where_the_recipe_wants_it():
    def allowed() -> bool:
        return tf.config.optimizer.get_experimental_options().get("auto_mixed_precision_onednn_bfloat16", False)

    flags = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    with bfloat16_allowed(True):
        assert allowed() == ("avx512_bf16" in flags or "amx_bf16" in flags)
    assert not allowed()
    with bfloat16_allowed(False):
        assert not allowed()
