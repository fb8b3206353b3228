"""Training: batches, schedule, fit, and going on with an interrupted run."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import keras
import tensorflow as tf

from model.data.mnist import Split, TrainingData
from model.images import scale
from model.networks.architectures import NETWORKS
from model.networks.batch_norm import settle_batch_norms, with_fused_batch_norms
from model.reading.history import Epoch
from model.recipes import Recipe
from model.training.batches import synthetic_images, training_batches
from model.training.callbacks import EpochSeeds, TimeLeft
from model.training.checkpoint import Checkpoint, RunIdentity, Unfinished

# Batches over which the means and variances of the batch norms are estimated after the last epoch.
_SETTLING_BATCHES = 100
# TensorFlow's name for the rewrite of a graph.
_BFLOAT16 = "auto_mixed_precision_onednn_bfloat16"


def build_optimizer(
    recipe: Recipe, steps_per_epoch: int, learning_rate: float | None = None
) -> keras.optimizers.Optimizer:
    """The optimizer with its learning-rate schedule.

    Args:
        recipe: that names both.
        steps_per_epoch: from which follows how long the schedule is.
        learning_rate: constant, or the peak of the schedule; None for the recipe's own.

    Raises:
        ValueError: the recipe names no known optimizer.
    """
    peak = recipe.learning_rate if learning_rate is None else learning_rate
    rate: float | keras.optimizers.schedules.LearningRateSchedule = peak
    if recipe.schedule == "one-cycle":
        steps = recipe.epochs * steps_per_epoch
        warmup = max(1, steps // 5)
        rate = keras.optimizers.schedules.CosineDecay(
            peak / 25, max(1, steps - warmup), warmup_target=peak, warmup_steps=warmup
        )
    match recipe.optimizer:
        case "adadelta":
            return keras.optimizers.Adadelta(rate)
        case "rmsprop":
            return keras.optimizers.RMSprop(rate)
        case "adam":
            # The second moment is averaged over 100 steps instead of 1,000, since gradients change fast in a short run.
            return keras.optimizers.Adam(rate, beta_2=0.99)
    raise ValueError(f"Unknown optimizer. Expected: adadelta, rmsprop or adam. Received: {recipe.optimizer}")


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


class Run:
    """A training run that can begin: a compiled network, and what it is trained and validated on.

    Args:
        recipe: what to train and how.
        data: on which it is trained and validated; the test set is not touched.
        learning_rate: constant, or the peak of the schedule; None for the recipe's own.

    Attributes:
        recipe: what is trained and how.
        model: compiled, with the initial weights of the recipe's seed.
        steps_per_epoch: how many batches an epoch has.
    """

    def __init__(self, recipe: Recipe, data: TrainingData, learning_rate: float | None = None):
        self.recipe = recipe
        self._data = data
        self._synthetic: Split | None = None
        keras.utils.set_random_seed(recipe.seed)
        drawings = len(data.extra.labels) if data.extra else 0
        self.steps_per_epoch = -(-(len(data.training.labels) + drawings) // recipe.batch_size)
        self.model = with_fused_batch_norms(NETWORKS[recipe.network](recipe.activation))
        self.model.compile(
            optimizer=build_optimizer(recipe, self.steps_per_epoch, learning_rate),
            loss="categorical_crossentropy",
            metrics=["accuracy"],
        )

    @property
    def classes(self) -> int:
        """How many the network tells apart."""
        return self.model.output_shape[-1]

    def add_synthetic(self, synthetic: Split | None) -> None:
        """Adds the images that `synthetic_images` makes, or others that take their place."""
        self._synthetic = synthetic

    def batches(self, first_epoch: int = 0, epochs: int | None = None) -> tf.data.Dataset:
        """The batches from `first_epoch` on, counted from 0; `epochs` stands in for the recipe's number of them."""
        recipe = self.recipe.changed(epochs=epochs)
        return training_batches(
            self._data.training, recipe, first_epoch, self.classes, self._synthetic, self._data.extra
        )

    def fit(
        self,
        batches: tf.data.Dataset,
        callbacks: Sequence[keras.callbacks.Callback],
        first_epoch: int = 0,
        verbose: int = 0,
    ) -> None:
        """Trains on the batches from `first_epoch` on, as `batches` gives them, to the recipe's last epoch."""
        self._fit(batches, callbacks, first_epoch, self.recipe.epochs, self.steps_per_epoch, verbose)

    def rehearse(self, batches: tf.data.Dataset) -> None:
        """Makes a step and validates, so that all that TensorFlow compiles is compiled; the weights change."""
        self._fit(batches, [], 0, epochs=1, steps_per_epoch=1, verbose=0)

    def _fit(
        self,
        batches: tf.data.Dataset,
        callbacks: Sequence[keras.callbacks.Callback],
        first_epoch: int,
        epochs: int,
        steps_per_epoch: int,
        verbose: int,
    ) -> None:
        validation = self._data.validation
        with bfloat16_allowed(self.recipe.bfloat16):
            self.model.fit(
                batches,
                shuffle=False,  # done by training_batches
                initial_epoch=first_epoch,
                epochs=epochs,
                steps_per_epoch=steps_per_epoch,
                validation_data=(
                    scale(validation.images),
                    keras.utils.to_categorical(validation.labels, self.classes),
                ),
                validation_batch_size=500,
                callbacks=[EpochSeeds(self.recipe.seed), *callbacks],
                verbose=verbose,
            )

    def settle(self, batches: int = _SETTLING_BATCHES) -> None:
        """Estimates the statistics of the batch norms in float32, if training in bfloat16 may have left them off.

        Args:
            batches: over how many they are estimated.
        """
        if self.recipe.bfloat16:
            epochs = self.recipe.epochs
            settle_batch_norms(self.model, self.batches(epochs, epochs + 1).take(batches))


def train(
    recipe: Recipe,
    data: TrainingData,
    unfinished: Unfinished,
    resume: bool = False,
    verbose: int = 1,
) -> tuple[keras.Model, list[Epoch]]:
    """Trains a network from the start, or from where an interrupted run stopped.

    After each epoch the state of the run is kept in `unfinished`; the caller discards it once the result is safe.

    Args:
        recipe: what to train and how.
        data: on which it is trained and validated; the test set is not touched.
        unfinished: where the state of the run is kept.
        resume: whether to go on with the run that is kept there.
        verbose: 1 for Keras's progress bar, 2 for a line an epoch, 0 for nothing.

    Returns:
        The model after the last epoch, and the history. The seconds of all epochs are what the whole run took, with
        the making of synthetic images and the settling of batch norms.

    Raises:
        ResumeError: `resume` is asked for and there is nothing to resume.
        KeyboardInterrupt: the run was stopped; the last finished epoch is kept.
    """
    if not resume:
        unfinished.discard()  # or a stop in the first epoch would leave another run's state to be resumed
    run = Run(recipe, data)
    if verbose:
        run.model.summary()
    checkpoint = Checkpoint(unfinished, RunIdentity.of(recipe, data))
    first_epoch = checkpoint.restore(run.model) if resume else 0
    if verbose and first_epoch:
        print(f"Going on after epoch {first_epoch} of {recipe.epochs}")
    if verbose and recipe.synthetic_batch:
        print(f"Making {recipe.pen_digits + recipe.non_digits:,} synthetic images ...", flush=True)
    run.add_synthetic(synthetic_images(data.training, recipe))
    if first_epoch < recipe.epochs:
        callbacks = [checkpoint, *([TimeLeft(recipe.epochs)] if verbose else [])]
        run.fit(run.batches(first_epoch), callbacks, first_epoch, verbose)
    if recipe.bfloat16:
        if verbose:
            print("Settling the batch norms ...", flush=True)
        started = time.perf_counter()
        run.settle()
        checkpoint.add_seconds(time.perf_counter() - started)
    return run.model, checkpoint.history
