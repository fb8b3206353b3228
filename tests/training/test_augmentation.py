"""The warp changes an image within its bounds and by its seed alone."""

import numpy as np
import pytest
import tensorflow as tf

from model.images import scale
from model.training.augmentation import Warp

SEED = tf.constant([1, 2], tf.int32)
NOTHING = Warp(rotation=0, shift=0, log_scale=0, shear=0, bend=0, threshold=0, contrast=1)


@pytest.fixture(scope="module")
def digits(test_set) -> np.ndarray:
    return scale(test_set.images[:64])


def center(images: np.ndarray) -> np.ndarray:
    """The centre of mass of each image: (n, 2), (y, x) in pixels."""
    weights = np.asarray(images)[..., 0]
    total = weights.sum(axis=(1, 2))
    return np.stack([np.einsum("nij,ij->n", weights, grid) / total for grid in np.indices((28, 28))], axis=1)


def test_a_warp_of_nothing_changes_nothing(digits):
    assert np.asarray(NOTHING(digits, SEED)) == pytest.approx(digits, abs=1e-5)


def test_the_same_seed_gives_the_same_warp_and_another_another(digits):
    warp = Warp()
    assert np.array_equal(warp(digits, SEED), warp(digits, SEED))
    assert not np.array_equal(warp(digits, SEED), warp(digits, SEED + 1))


def test_warped_images_keep_form_and_range(digits):
    warped = np.asarray(Warp()(digits, SEED))
    assert warped.shape == digits.shape
    assert warped.dtype == np.float32
    assert warped.min() >= 0
    assert warped.max() <= 1


def test_a_shift_moves_by_no_more_than_its_bound(digits):
    moved = np.asarray(Warp(0, 2.0, 0, 0, 0, 0, 1)(digits, SEED))
    distance = np.abs(center(moved) - center(digits))
    assert 1.5 < distance.max() < 2.1


def test_a_turn_keeps_the_ink_and_the_centre(digits):
    turned = np.asarray(Warp(15, 0, 0, 0, 0, 0, 1)(digits, SEED))
    assert turned.sum() == pytest.approx(digits.sum(), rel=0.02)
    assert np.abs(turned - digits).mean() > 0.01


def test_a_larger_scale_spreads_and_a_smaller_gathers_the_ink(digits):
    scaled = np.asarray(Warp(0, 0, 0.2, 0, 0, 0, 1)(digits, SEED)).sum(axis=(1, 2, 3)) / digits.sum(axis=(1, 2, 3))
    assert np.exp(-0.42) < scaled.min() < 0.85
    assert 1.15 < scaled.max() < np.exp(0.42)


def test_the_threshold_varies_the_thickness_of_the_pen(digits):
    ink = np.asarray(Warp(0, 0, 0, 0, 0, 0.3, 1.7)(digits, SEED)).sum(axis=(1, 2, 3)) / digits.sum(axis=(1, 2, 3))
    assert ink.min() < 0.9
    assert ink.max() > 1.1
