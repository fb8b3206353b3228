"""Training: batches, schedule, fit, and going on with an interrupted run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import keras
import tensorflow as tf

from model.data.mnist import TrainingData
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
    keras.utils.set_random_seed(recipe.seed)
    training, validation, extra = data.training, data.validation, data.extra
    drawings = len(extra.labels) if extra else 0
    steps_per_epoch = -(-(len(training.labels) + drawings) // recipe.batch_size)
    model = with_fused_batch_norms(NETWORKS[recipe.network](recipe.activation))
    classes = model.output_shape[-1]
    if verbose:
        model.summary()
    model.compile(
        optimizer=build_optimizer(recipe, steps_per_epoch), loss="categorical_crossentropy", metrics=["accuracy"]
    )
    checkpoint = Checkpoint(unfinished, RunIdentity.of(recipe, data))
    first_epoch = checkpoint.restore(model) if resume else 0
    if verbose and first_epoch:
        print(f"Going on after epoch {first_epoch} of {recipe.epochs}")
    if verbose and recipe.synthetic_batch:
        print(f"Making {recipe.pen_digits + recipe.non_digits:,} synthetic images ...", flush=True)
    synthetic = synthetic_images(training, recipe)
    if first_epoch < recipe.epochs:
        with bfloat16_allowed(recipe.bfloat16):
            model.fit(
                training_batches(training, recipe, first_epoch, classes, synthetic, extra),
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
        if verbose:
            print("Settling the batch norms ...", flush=True)
        started = time.perf_counter()
        one_more = replace(recipe, epochs=recipe.epochs + 1)
        batches = training_batches(training, one_more, recipe.epochs, classes, synthetic, extra)
        settle_batch_norms(model, batches.take(_SETTLING_BATCHES))
        checkpoint.add_seconds(time.perf_counter() - started)
    return model, checkpoint.history
