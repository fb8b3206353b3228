"""The batches of a training run: MNIST, synthetic images and kept drawings, shuffled and warped."""

import numpy as np
import tensorflow as tf

from model.data.mnist import Split, joined
from model.images import NON_DIGIT, NUM_CLASSES, as_drawings
from model.recipes import Recipe
from model.synthesis.non_digits import synthetic_non_digits
from model.synthesis.pen_styles import synthetic_digits
from model.synthesis.worker import called_beside
from model.training.augmentation import Warp


def synthetic_images(training: Split, recipe: Recipe) -> Split | None:
    """The recipe's synthetic digits and non-digits, the latter with the label 10; None where it has none."""
    if not recipe.synthetic_batch:
        return None
    # Each kind takes a minute or two on a core.
    with called_beside(synthetic_non_digits, recipe.non_digits, recipe.seed, training) as non_digits:
        digits, labels = synthetic_digits(recipe.pen_digits, recipe.seed)
        others, _ = non_digits()
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

    A batch has `batch_size` images of MNIST, followed by `synthetic_batch` synthetic ones. An epoch uses each image of
    MNIST once. The order, the warps and which images are given as drawings depend on the seed, the epoch and the step
    alone, so that a resumed run gets the same batches as an uninterrupted one.

    Args:
        mnist: MNIST's images.
        recipe: how to make batches of them.
        first_epoch: counted from 0.
        classes: the number of the network's classes.
        synthetic: synthetic images, as `synthetic_images` gives them.
        extra: drawings that were kept, used like MNIST's images, but always given as drawings.

    Returns:
        A dataset of (float32 (b, 28, 28, 1) in 0..1, or -0.5..0.5 for a drawing; targets float32 (b, classes), one-hot
        but for label smoothing).
    """

    warp = None if recipe.augment == "none" else Warp()
    mixer = _Mixer(recipe, classes, mnist, extra, synthetic)
    warped_epochs = recipe.epochs - round(recipe.epochs * recipe.unwarped_share) if warp else 0
    unwarped_from = max(first_epoch, warped_epochs)
    warped = mixer.epochs(first_epoch, unwarped_from, warp)
    everything = warped.concatenate(mixer.epochs(unwarped_from, recipe.epochs, None)).prefetch(8)
    # Nothing is left for autotune to choose, and the end of an epoch waits for its thread, which sleeps for 10, 20,
    # 40 ms and so on: an epoch of 24 s took 41.
    options = tf.data.Options()
    options.autotune.enabled = False
    return everything.with_options(options)


class _Pool:
    """Images with their targets, from which batches are taken."""

    def __init__(self, split: Split, recipe: Recipe, classes: int) -> None:
        self.count = len(split.labels)
        self._images = tf.constant(split.images)
        self._targets = tf.constant(_targets(split.labels, classes, recipe.label_smoothing))

    def take(self, chosen: tf.Tensor, warp: Warp | None, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The images of these numbers, float32 (b, 28, 28, 1) in 0..1, warped by the seed, and their targets."""
        images = tf.cast(tf.gather(self._images, chosen)[..., tf.newaxis], tf.float32) / 255.0
        return warp(images, seed) if warp else images, tf.gather(self._targets, chosen)


class _Mixer:
    """Makes batches of MNIST's images, drawings that were kept, and synthetic images."""

    def __init__(
        self, recipe: Recipe, classes: int, mnist: Split, extra: Split | None, synthetic: Split | None
    ) -> None:
        self._recipe = recipe
        self._examples = _Pool(joined(mnist, extra), recipe, classes)
        self._is_extra = tf.constant(np.arange(self._examples.count) >= len(mnist.labels))
        self._synthetic = _Pool(synthetic, recipe, classes) if synthetic else None
        self._synthetic_warp = Warp()

    def epochs(self, first: int, last: int, warp: Warp | None) -> tf.data.Dataset:
        """The batches of the epochs `first` to `last` - 1; the warp is that of MNIST and the kept drawings."""
        steps = tf.data.Dataset.range(first, last).flat_map(self._steps)
        return steps.map(lambda seed, chosen: self._batch(seed, chosen, warp), num_parallel_calls=2)

    def _steps(self, epoch: tf.Tensor) -> tf.data.Dataset:
        """For each step of an epoch, its seed and the numbers of the examples that it uses."""
        seed = tf.stack([tf.constant(self._recipe.seed, tf.int64), epoch])
        shuffled = tf.random.experimental.stateless_shuffle(tf.range(self._examples.count), seed)
        batches = tf.data.Dataset.from_tensor_slices(shuffled).batch(self._recipe.batch_size)
        return batches.enumerate().map(lambda step, chosen: (tf.random.fold_in(seed, step), chosen))

    def _batch(self, seed: tf.Tensor, chosen: tf.Tensor, warp: Warp | None) -> tuple[tf.Tensor, tf.Tensor]:
        images, targets = self._examples.take(chosen, warp, seed)
        drawn = tf.gather(self._is_extra, chosen)
        seed, choice_seed, drawn_seed = tf.unstack(tf.random.split(seed, 3))
        if self._synthetic:
            shape = (self._recipe.synthetic_batch,)
            chosen = tf.random.stateless_uniform(shape, choice_seed, 0, self._synthetic.count, dtype=tf.int32)
            more_images, more_targets = self._synthetic.take(chosen, self._synthetic_warp, seed)
            images, targets = tf.concat([images, more_images], 0), tf.concat([targets, more_targets], 0)
            drawn = tf.pad(drawn, [[0, self._recipe.synthetic_batch]], constant_values=True)
        if self._recipe.drawn_share:
            drawn |= tf.random.stateless_uniform(tf.shape(drawn), drawn_seed) < self._recipe.drawn_share
            images = tf.where(drawn[:, tf.newaxis, tf.newaxis, tf.newaxis], as_drawings(images), images)
        return images, targets


def _targets(labels: np.ndarray, classes: int, smoothing: float) -> np.ndarray:
    """Targets with label smoothing over the ten digits alone, float32 (n, classes).

    With smoothing over the eleventh class too, digits and non-digits are harder to separate: the area under the ROC
    curve of people's letters falls from 0.9996 to 0.9967.
    """
    one_hot = np.eye(classes, dtype=np.float32)[labels]
    digits = np.arange(classes) < NUM_CLASSES
    share = (smoothing * digits[labels]).astype(np.float32)[:, np.newaxis]
    return one_hot * (1 - share) + share / NUM_CLASSES * digits
