"""Each batch has the images it should, in an order that depends on seed and epoch alone."""

import numpy as np
import pytest
import tensorflow as tf
from helpers import TINY

from model.data.mnist import Split
from model.recipes import Recipe
from model.training.batches import synthetic_images, training_batches

MIXED = Recipe(
    "compact", 2, 32, "adam", "one-cycle", 0.1, augment="none", pen_digits=20, non_digits=30, synthetic_batch=12
)


def test_the_synthetic_images_are_pen_digits_and_non_digits(digits):
    synthetic = synthetic_images(digits, MIXED)
    assert sorted(synthetic.labels[:20]) == sorted([*range(10)] * 2)
    assert set(synthetic.labels[20:]) == {10}


def test_each_batch_has_real_images_and_behind_them_synthetic_ones(digits):
    synthetic = Split(np.full((50, 28, 28), 255, np.uint8), np.full(50, 10, np.uint8))
    images, labels = next(iter(training_batches(digits, MIXED, classes=11, synthetic=synthetic)))
    assert images.shape == (32 + 12, 28, 28, 1)
    assert set(labels.numpy()[:32].argmax(axis=1)) <= set(range(10))
    assert set(labels.numpy()[32:].argmax(axis=1)) == {10}


def test_smoothing_spreads_a_digits_target_over_the_digits_and_leaves_non_digits_alone(digits):
    synthetic = Split(np.zeros((50, 28, 28), np.uint8), np.full(50, 10, np.uint8))
    plain, smooth = (
        next(iter(training_batches(digits, MIXED.changed(label_smoothing=smoothing), 0, 11, synthetic)))[1].numpy()
        for smoothing in (0.0, 0.2)
    )
    assert smooth[:32, :10] == pytest.approx(0.8 * plain[:32, :10] + 0.02)
    assert np.all(smooth[:32, 10] == 0)
    assert np.array_equal(smooth[32:], plain[32:])


def test_other_synthetic_images_are_drawn_in_each_epoch_and_the_same_after_a_resume(digits):
    synthetic = synthetic_images(digits, MIXED)
    whole = [images.numpy() for images, _ in training_batches(digits, MIXED, classes=11, synthetic=synthetic)]
    later = [
        images.numpy() for images, _ in training_batches(digits, MIXED, first_epoch=1, classes=11, synthetic=synthetic)
    ]
    assert not np.array_equal(whole[0][32:], whole[len(later)][32:])
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(later, whole[len(later) :], strict=True))


def test_every_epoch_has_each_image_once_in_an_order_of_its_own(digits):
    recipe = TINY.changed(epochs=2)
    batches = [labels.numpy() for _, labels in training_batches(digits, recipe)]
    epochs = np.concatenate(batches).argmax(axis=1).reshape(2, len(digits.labels))
    assert sorted(epochs[0]) == sorted(epochs[1]) == sorted(digits.labels)
    assert not np.array_equal(epochs[0], epochs[1])


def test_the_batches_of_a_later_epoch_are_the_same_when_training_begins_there(digits):
    recipe = Recipe("classic", 2, 32, "adam", "constant", 0.2, augment="warp", drawn_share=0.5)
    whole = list(training_batches(digits, recipe))
    later = list(training_batches(digits, recipe, first_epoch=1))
    assert len(later) == len(whole) // 2
    for (images, labels), (expected_images, expected_labels) in zip(later, whole[len(later) :], strict=True):
        assert np.array_equal(images, expected_images)
        assert np.array_equal(labels, expected_labels)


def test_images_are_not_warped_in_the_last_share_of_the_epochs_also_after_a_resume(digits, monkeypatch):
    monkeypatch.setattr("model.training.augmentation.Warp.__call__", lambda self, images, seed: tf.ones_like(images))
    recipe = Recipe("classic", 8, len(digits.labels), "adam", "constant", 0.2, augment="warp", unwarped_share=0.25)

    def are_warped(first_epoch: int) -> list[bool]:
        return [bool(images.numpy().min() == 1) for images, _ in training_batches(digits, recipe, first_epoch)]

    assert are_warped(0) == [True] * 6 + [False] * 2
    assert are_warped(5) == [True] + [False] * 2
    assert are_warped(7) == [False]


def test_the_share_of_mnists_images_that_is_told_and_all_others_are_given_as_drawings(digits):
    synthetic = synthetic_images(digits, MIXED)

    def drawn(share: float, mnist: Split = digits, extra: Split | None = None) -> np.ndarray:
        recipe = MIXED.changed(epochs=20, drawn_share=share)
        batches = training_batches(mnist, recipe, classes=11, synthetic=synthetic, extra=extra)
        return np.concatenate([images.numpy().min(axis=(1, 2, 3)) < 0 for images, _ in batches])

    count = len(digits.labels)
    batches = -(-count // MIXED.batch_size) * 20
    synthetic_count = MIXED.synthetic_batch * batches
    assert drawn(0.0).sum() == 0
    assert drawn(0.25).sum() - synthetic_count == pytest.approx(0.25 * 20 * count, rel=0.1)
    assert drawn(1.0).all()
    first, others = Split(digits.images[:1], digits.labels[:1]), Split(digits.images[1:], digits.labels[1:])
    assert (~drawn(0.0001, first, others)).sum() == 20  # only the one image that is no drawing, once an epoch
