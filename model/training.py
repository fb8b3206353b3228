"""Training: batches, schedule, fit, and going on with an interrupted run."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from model.augment import Warp
from model.batch_norm import settle_batch_norms, with_fused_batch_norms
from model.checkpoint import Checkpoint, Unfinished
from model.data import NUM_CLASSES, Split, as_drawings, digest, hold_out, joined, scale
from model.network import NETWORKS, NON_DIGIT
from model.non_digits import synthetic_non_digits
from model.pen_styles import synthetic_digits
from model.recipes import Recipe

# Over how many batches the means and variances of the batch norms are estimated in the end.
_SETTLING_BATCHES = 100
# TensorFlow's name for the rewrite of a graph.
_BFLOAT16 = "auto_mixed_precision_onednn_bfloat16"


class EpochSeeds(keras.callbacks.Callback):
    """Sets the state of each random layer from the seed and the epoch: Keras does not save it with the weights.

    Without it a resumed run would go on with the dropout masks of the first epoch.
    """

    def __init__(self, seed: int):
        super().__init__()
        self._seed = seed

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        for number, layer in enumerate(self.model.layers):
            if generator := getattr(layer, "seed_generator", None):
                generator.state.assign(np.random.SeedSequence([self._seed, epoch, number]).generate_state(2))


class TimeLeft(keras.callbacks.Callback):
    """Prints after each epoch how long the rest of the run will take; the progress bar knows only its own epoch."""

    def __init__(self, epochs: int):
        super().__init__()
        self._epochs = epochs
        self._started = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        left = (self._epochs - epoch - 1) * (time.perf_counter() - self._started)
        if left:
            print(f" - about {left / 60:.0f} min left" if left >= 90 else f" - about {left:.0f} s left", flush=True)


def build_optimizer(recipe: Recipe, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    """The optimizer with its learning-rate schedule.

    Raises:
        ValueError: the recipe names no known optimizer.
    """
    rate: float | keras.optimizers.schedules.LearningRateSchedule = recipe.learning_rate
    if recipe.schedule == "one-cycle":
        steps = recipe.epochs * steps_per_epoch
        warmup = max(1, steps // 5)
        rate = keras.optimizers.schedules.CosineDecay(
            rate / 25, max(1, steps - warmup), warmup_target=rate, warmup_steps=warmup
        )
    match recipe.optimizer:
        case "adadelta":
            return keras.optimizers.Adadelta(rate)
        case "rmsprop":
            return keras.optimizers.RMSprop(rate)
        case "adam":
            # The second moment is averaged over 100 steps and not 1,000: a short run changes its mind faster.
            return keras.optimizers.Adam(rate, beta_2=0.99)
    raise ValueError(f"Unknown optimizer. Expected: adadelta, rmsprop or adam. Received: {recipe.optimizer}")


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
    drawings: int = 0,
) -> tf.data.Dataset:
    """The batches of all epochs from `first_epoch` on, one epoch after the other.

    Each has `batch_size` images of MNIST, of which an epoch uses every one once, and `synthetic_batch` of the synthetic
    ones behind them. Order, warps and what is given as a drawing depend on the seed, the epoch and the step alone, so
    that a resumed run sees what an uninterrupted one would.

    Args:
        mnist: MNIST's images; the last of them may be drawings.
        recipe: how to make batches of them.
        first_epoch: counted from 0.
        classes: how many the network tells apart.
        synthetic: synthetic images, as `synthetic_images` gives them.
        drawings: how many of the images, at their end, are drawings and always given as such.

    Returns:
        A dataset of (float32 (b, 28, 28, 1) in 0..1, or -0.5..0.5 for a drawing; targets float32 (b, classes), one-hot
        but for label smoothing).
    """

    def order(epoch: tf.Tensor) -> tf.data.Dataset:
        seed = tf.stack([tf.constant(recipe.seed, tf.int64), epoch])
        shuffled = tf.random.experimental.stateless_shuffle(tf.range(len(mnist.labels)), seed)
        batches = tf.data.Dataset.from_tensor_slices(shuffled).batch(recipe.batch_size)
        return batches.enumerate().map(lambda step, chosen: (tf.random.fold_in(seed, step), chosen))

    def part(split: Split) -> Callable[[tf.Tensor, tf.Tensor, Warp | None], tuple[tf.Tensor, tf.Tensor]]:
        images, labels = tf.constant(split.images), tf.constant(_targets(split.labels, classes, recipe.label_smoothing))

        def take(seed: tf.Tensor, chosen: tf.Tensor, warp: Warp | None) -> tuple[tf.Tensor, tf.Tensor]:
            inputs = tf.cast(tf.gather(images, chosen)[..., tf.newaxis], tf.float32) / 255.0
            return warp(inputs, seed) if warp else inputs, tf.gather(labels, chosen)

        return take

    warp = Warp()
    take_mnist = part(mnist)
    take_synthetic = part(synthetic) if synthetic else None

    def batches(first: int, last: int, mnist_warp: Warp | None) -> tf.data.Dataset:
        def batch(seed: tf.Tensor, chosen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            images, labels = take_mnist(seed, chosen, mnist_warp)
            drawn = chosen >= len(mnist.labels) - drawings
            seed, choice_seed, drawn_seed = tf.unstack(tf.random.split(seed, 3))
            if take_synthetic:
                chosen = tf.random.stateless_uniform(
                    (recipe.synthetic_batch,), choice_seed, 0, len(synthetic.labels), dtype=tf.int32
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

    Spread over the eleventh class too, it would blur what is no digit: the area under the ROC curve of people's letters
    falls from 0.9996 to 0.9967.
    """
    one_hot = np.eye(classes, dtype=np.float32)[labels]
    digits = np.arange(classes) < NUM_CLASSES
    share = (smoothing * digits[labels]).astype(np.float32)[:, np.newaxis]
    return one_hot * (1 - share) + share / NUM_CLASSES * digits


@contextmanager
def bfloat16_allowed(wanted: bool) -> Iterator[None]:
    """Lets TensorFlow compute convolutions in bfloat16, if this processor does that faster; weights stay float32.

    Measured on one core of an Intel Xeon with AMX: 57 instead of 120 ms a step of compact. Afterwards all is computed
    in float32 again, as in the exported network.
    """
    try:
        processor = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        processor = ""
    allowed = wanted and ("avx512_bf16" in processor or "amx_bf16" in processor)
    tf.config.optimizer.set_experimental_options({_BFLOAT16: allowed})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({_BFLOAT16: False})


def train(
    recipe: Recipe,
    data: Split,
    unfinished: Unfinished,
    data_sha256: str,
    resume: bool = False,
    verbose: int = 1,
    extra: Split | None = None,
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Trains a network from the start, or from where an interrupted run stopped.

    After each epoch the state of the run is kept in `unfinished`; the caller discards it once the result is safe.

    Args:
        recipe: what to train and how.
        data: the training images; the recipe's share of them, at their end, is held out for validation.
        unfinished: where the state of the run is kept.
        data_sha256: identifies the data, so that a run is not resumed on other data.
        resume: whether to go on with the run that is kept there.
        verbose: 1 for Keras's progress bar, 2 for a line an epoch, 0 for nothing.
        extra: more images to train on, of which none is held out.

    Returns:
        The model after the last epoch, and the history, a row an epoch with the keys epoch, loss, accuracy, val_loss,
        val_accuracy and seconds. The seconds of all rows are what the whole run took, the making of synthetic images
        and the settling of batch norms included.

    Raises:
        ResumeError: `resume` is asked for and there is nothing to resume.
        KeyboardInterrupt: the run was stopped; the last finished epoch is kept.
    """
    keras.utils.set_random_seed(recipe.seed)
    training, validation = hold_out(data, recipe.validation_count(len(data.labels)))
    training = joined(training, extra)
    steps_per_epoch = -(-len(training.labels) // recipe.batch_size)
    model = with_fused_batch_norms(NETWORKS[recipe.network](recipe.activation))
    classes = model.output_shape[-1]
    if verbose:
        model.summary()
    model.compile(
        optimizer=build_optimizer(recipe, steps_per_epoch), loss="categorical_crossentropy", metrics=["accuracy"]
    )
    identity = {
        **asdict(recipe),
        "data_sha256": data_sha256,
        "extra_sha256": digest(extra) if extra else None,
    }
    checkpoint = Checkpoint(unfinished, identity, steps_per_epoch)
    first_epoch = checkpoint.restore(model) if resume else 0
    if verbose and first_epoch:
        print(f"Going on after epoch {first_epoch} of {recipe.epochs}")
    synthetic = synthetic_images(training, recipe)
    drawings = len(extra.labels) if extra else 0
    if first_epoch < recipe.epochs:
        with bfloat16_allowed(recipe.bfloat16):
            model.fit(
                training_batches(training, recipe, first_epoch, classes, synthetic, drawings),
                shuffle=False,  # done by training_batches
                initial_epoch=first_epoch,
                epochs=recipe.epochs,
                steps_per_epoch=steps_per_epoch,
                validation_data=(scale(validation.images), keras.utils.to_categorical(validation.labels, classes)),
                validation_batch_size=500,
                callbacks=[EpochSeeds(recipe.seed), checkpoint, *([TimeLeft(recipe.epochs)] if verbose else [])],
                verbose=verbose,
            )
    if recipe.bfloat16:
        started = time.perf_counter()
        one_more = replace(recipe, epochs=recipe.epochs + 1)
        batches = training_batches(training, one_more, recipe.epochs, classes, synthetic, drawings)
        settle_batch_norms(model, batches.take(_SETTLING_BATCHES))
        checkpoint.history[-1]["seconds"] += time.perf_counter() - started
    return model, checkpoint.history
