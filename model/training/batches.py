"""The batches of a training run: MNIST, synthetic images and kept drawings, shuffled and warped."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from model.data.mnist import Split, joined
from model.images import NON_DIGIT, NUM_CLASSES, as_drawings
from model.recipes import Recipe
from model.synthesis.non_digits import synthetic_non_digits
from model.synthesis.pen_styles import synthetic_digits
from model.training.augmentation import Warp


def synthetic_images(training: Split, recipe: Recipe) -> Split | None:
    """The recipe's synthetic digits and non-digits, the latter with the label 10; None where it has none."""
    if not recipe.synthetic_batch:
        return None
    digits, labels = synthetic_digits(recipe.pen_digits, recipe.seed)
    others, _ = synthetic_non_digits(recipe.non_digits, recipe.seed, training)
    return Split(np.concatenate([digits, others]), np.append(labels, np.full(len(others), NON_DIGIT, np.uint8)))


def training_batches(
    mnist: Split,
    recipe: Recipe,
    first_epoch: int = 0,
    classes: int = NUM_CLASSES,
    synthetic: Split | None = None,
    extra: Split | None = None,
) -> tf.data.Dataset:
    """The batches of all epochs from `first_epoch` on, one epoch after the other.

    Each has `batch_size` images of MNIST, of which an epoch uses every one once, and `synthetic_batch` of the synthetic
    ones behind them. Order, warps and what is given as a drawing depend on the seed, the epoch and the step alone, so
    that a resumed run sees what an uninterrupted one would.

    Args:
        mnist: MNIST's images.
        recipe: how to make batches of them.
        first_epoch: counted from 0.
        classes: how many the network tells apart.
        synthetic: synthetic images, as `synthetic_images` gives them.
        extra: drawings that are used like MNIST's images, but always given as drawings.

    Returns:
        A dataset of (float32 (b, 28, 28, 1) in 0..1, or -0.5..0.5 for a drawing; targets float32 (b, classes), one-hot
        but for label smoothing).
    """

    def order(epoch: tf.Tensor) -> tf.data.Dataset:
        seed = tf.stack([tf.constant(recipe.seed, tf.int64), epoch])
        shuffled = tf.random.experimental.stateless_shuffle(tf.range(len(examples.labels)), seed)
        batches = tf.data.Dataset.from_tensor_slices(shuffled).batch(recipe.batch_size)
        return batches.enumerate().map(lambda step, chosen: (tf.random.fold_in(seed, step), chosen))

    def part(split: Split) -> Callable[[tf.Tensor, tf.Tensor, Warp | None], tuple[tf.Tensor, tf.Tensor]]:
        images, labels = tf.constant(split.images), tf.constant(_targets(split.labels, classes, recipe.label_smoothing))

        def take(seed: tf.Tensor, chosen: tf.Tensor, warp: Warp | None) -> tuple[tf.Tensor, tf.Tensor]:
            inputs = tf.cast(tf.gather(images, chosen)[..., tf.newaxis], tf.float32) / 255.0
            return warp(inputs, seed) if warp else inputs, tf.gather(labels, chosen)

        return take

    warp = Warp()
    examples = joined(mnist, extra)
    always_drawn = tf.constant(np.arange(len(examples.labels)) >= len(mnist.labels))
    take_examples = part(examples)
    take_synthetic = part(synthetic) if synthetic else None
    synthetic_count = len(synthetic.labels) if synthetic else 0

    def batches(first: int, last: int, mnist_warp: Warp | None) -> tf.data.Dataset:
        def batch(seed: tf.Tensor, chosen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            images, labels = take_examples(seed, chosen, mnist_warp)
            drawn = tf.gather(always_drawn, chosen)
            seed, choice_seed, drawn_seed = tf.unstack(tf.random.split(seed, 3))
            if take_synthetic:
                chosen = tf.random.stateless_uniform(
                    (recipe.synthetic_batch,), choice_seed, 0, synthetic_count, dtype=tf.int32
                )
                more_images, more_labels = take_synthetic(seed, chosen, warp)
                images, labels = tf.concat([images, more_images], 0), tf.concat([labels, more_labels], 0)
                drawn = tf.pad(drawn, [[0, recipe.synthetic_batch]], constant_values=True)
            if recipe.drawn_share:
                drawn |= tf.random.stateless_uniform(tf.shape(drawn), drawn_seed) < recipe.drawn_share
                images = tf.where(drawn[:, tf.newaxis, tf.newaxis, tf.newaxis], as_drawings(images), images)
            return images, labels

        return tf.data.Dataset.range(first, last).flat_map(order).map(batch, num_parallel_calls=2)

    warped_epochs = 0 if recipe.augment == "none" else recipe.epochs - round(recipe.epochs * recipe.unwarped_share)
    unwarped_from = max(first_epoch, warped_epochs)
    warped = batches(first_epoch, unwarped_from, warp)
    everything = warped.concatenate(batches(unwarped_from, recipe.epochs, None)).prefetch(8)
    # There is nothing for autotune to choose. Its thread, which must end before the run does, wakes after 10 ms doubled
    # again and again: an epoch of 24 s seemed to take 41.
    options = tf.data.Options()
    options.autotune.enabled = False
    return everything.with_options(options)


def _targets(labels: np.ndarray, classes: int, smoothing: float) -> np.ndarray:
    """What the network should answer, float32 (n, classes); a digit's smoothing is spread over the ten digits alone.

    Spread over the eleventh class too, it would blur the border to non-digits: the area under the ROC curve of people's
    letters falls from 0.9996 to 0.9967.
    """
    one_hot = np.eye(classes, dtype=np.float32)[labels]
    digits = np.arange(classes) < NUM_CLASSES
    share = (smoothing * digits[labels]).astype(np.float32)[:, np.newaxis]
    return one_hot * (1 - share) + share / NUM_CLASSES * digits
