"""Training: batches, schedule, fit, and going on with an interrupted run."""

import time
from dataclasses import asdict

import keras
import numpy as np
import tensorflow as tf

from model.augment import WARPS
from model.checkpoint import Checkpoint, Unfinished
from model.data import NUM_CLASSES, Split, hold_out, scale
from model.network import NETWORKS, NON_DIGIT
from model.non_digits import synthetic_non_digits
from model.pen_styles import synthetic_digits
from model.recipes import Recipe


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


def with_synthetic(training: Split, recipe: Recipe) -> Split:
    """The training images with the recipe's synthetic digits and non-digits behind them; these have the label 10."""
    images, labels = [training.images], [training.labels]
    if recipe.pen_digits:
        pen_images, pen_labels = synthetic_digits(recipe.pen_digits, recipe.seed)
        images.append(pen_images)
        labels.append(pen_labels)
    if recipe.non_digits:
        other_images, _ = synthetic_non_digits(recipe.non_digits, recipe.seed, training)
        images.append(other_images)
        labels.append(np.full(len(other_images), NON_DIGIT, np.uint8))
    return Split(np.concatenate(images), np.concatenate(labels))


def training_batches(split: Split, recipe: Recipe, first_epoch: int = 0, classes: int = NUM_CLASSES) -> tf.data.Dataset:
    """The batches of all epochs from `first_epoch` on, one epoch after the other.

    Order and warps depend on the seed, the epoch and the step alone, so that a resumed run sees what an uninterrupted
    one would.

    Returns:
        A dataset of (float32 (b, 28, 28, 1) in 0..1, one-hot float32 (b, classes)).
    """
    images = tf.constant(split.images)
    labels = tf.one_hot(split.labels, classes)
    warp = WARPS.get(recipe.augment)

    def order(epoch: tf.Tensor) -> tf.data.Dataset:
        seed = tf.stack([tf.constant(recipe.seed, tf.int64), epoch])
        shuffled = tf.random.experimental.stateless_shuffle(tf.range(len(split.labels)), seed)
        batches = tf.data.Dataset.from_tensor_slices(shuffled).batch(recipe.batch_size)
        return batches.enumerate().map(lambda step, chosen: (tf.random.fold_in(seed, step), chosen))

    def batch(seed: tf.Tensor, chosen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        inputs = tf.cast(tf.gather(images, chosen)[..., tf.newaxis], tf.float32) / 255.0
        return warp(inputs, seed) if warp else inputs, tf.gather(labels, chosen)

    epochs = tf.data.Dataset.range(first_epoch, recipe.epochs)
    return epochs.flat_map(order).map(batch, num_parallel_calls=2).prefetch(8)


def train(
    recipe: Recipe, data: Split, unfinished: Unfinished, data_sha256: str, resume: bool = False, verbose: int = 1
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

    Returns:
        The model after the last epoch, and the history, a row an epoch with the keys epoch, loss, accuracy, val_loss,
        val_accuracy and seconds.

    Raises:
        ResumeError: `resume` is asked for and there is nothing to resume.
        KeyboardInterrupt: the run was stopped; the last finished epoch is kept.
    """
    keras.utils.set_random_seed(recipe.seed)
    training, validation = hold_out(data, recipe.validation_count(len(data.labels)))
    training = with_synthetic(training, recipe)
    steps_per_epoch = -(-len(training.labels) // recipe.batch_size)
    model = NETWORKS[recipe.network](recipe.activation)
    classes = model.output_shape[-1]
    if verbose:
        model.summary()
    model.compile(
        optimizer=build_optimizer(recipe, steps_per_epoch), loss="categorical_crossentropy", metrics=["accuracy"]
    )
    checkpoint = Checkpoint(unfinished, {**asdict(recipe), "data_sha256": data_sha256}, steps_per_epoch)
    first_epoch = checkpoint.restore(model) if resume else 0
    if verbose and first_epoch:
        print(f"Going on after epoch {first_epoch} of {recipe.epochs}")
    if first_epoch < recipe.epochs:
        model.fit(
            training_batches(training, recipe, first_epoch, classes),
            shuffle=False,  # done by training_batches
            initial_epoch=first_epoch,
            epochs=recipe.epochs,
            steps_per_epoch=steps_per_epoch,
            validation_data=(scale(validation.images), keras.utils.to_categorical(validation.labels, classes)),
            validation_batch_size=500,
            callbacks=[EpochSeeds(recipe.seed), checkpoint, *([TimeLeft(recipe.epochs)] if verbose else [])],
            verbose=verbose,
        )
    return model, checkpoint.history
