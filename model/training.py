"""Training: batches, schedule, fit, and resuming an interrupted run from its last finished epoch."""

import json
import shutil
import time
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from model.augment import Warp
from model.data import NUM_CLASSES, Split, hold_out, scale
from model.network import NETWORKS
from model.recipes import Recipe


class ResumeError(Exception):
    """There is nothing to resume, or it belongs to another run."""


class Checkpoint(keras.callbacks.Callback):
    """Keeps the state of a run after each finished epoch: weights, optimizer, history, recipe.

    Keras's own `BackupAndRestore` writes the weights and the epoch's number as two files in place and no history, so
    that a kill at the wrong moment repeats an epoch. Here the weights file alone tells the epoch (by the optimizer's
    step count) and every file is replaced in one step.

    Args:
        folder: where the state is kept; made by the first save.
        identity: what a run must have in common with the one it resumes: recipe and data, JSON-compatible.
        steps_per_epoch: training steps an epoch.
    """

    def __init__(self, folder: Path, identity: dict, steps_per_epoch: int):
        super().__init__()
        self._folder = folder
        self._identity = identity
        self._steps_per_epoch = steps_per_epoch
        self._epoch_started = 0.0
        self.history: list[dict[str, float]] = []

    @property
    def _weights_path(self) -> Path:
        return self._folder / "latest.weights.h5"

    @property
    def _run_path(self) -> Path:
        return self._folder / "run.json"

    def restore(self, model: keras.Model) -> int:
        """Puts the saved state into a compiled model.

        Returns:
            The number of finished epochs.

        Raises:
            ResumeError: no state is there, it is damaged, or it is another run's.
        """
        try:
            run = json.loads(self._run_path.read_text())
            if run["identity"] != self._identity:
                raise ResumeError(
                    f"The unfinished run in {self._folder} is another one. Resume it with its own flags, or start anew "
                    f"without --resume. Expected: {run['identity']}. Received: {self._identity}"
                )
            model.optimizer.build(model.trainable_variables)
            model.load_weights(self._weights_path)
        except FileNotFoundError:
            raise ResumeError(f"No unfinished run in {self._folder}. Start one without --resume.") from None
        except (OSError, ValueError, KeyError) as error:
            raise ResumeError(
                f"The unfinished run in {self._folder} is damaged ({error}). Start anew without --resume."
            ) from error
        epochs = int(model.optimizer.iterations) // self._steps_per_epoch
        self.history = run["history"][:epochs]
        return epochs

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._epoch_started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        row = {"epoch": epoch + 1, **{name: float(value) for name, value in (logs or {}).items()}}
        self.history.append({**row, "seconds": time.perf_counter() - self._epoch_started})
        self._folder.mkdir(parents=True, exist_ok=True)
        # The history first: one epoch too many in it is cut off by `restore`, one too few would be lost.
        new_run = self._folder / "new-run.json"
        new_run.write_text(json.dumps({"identity": self._identity, "history": self.history}))
        new_run.replace(self._run_path)
        new_weights = self._folder / "new.weights.h5"
        self.model.save_weights(new_weights)
        new_weights.replace(self._weights_path)

    def discard(self) -> None:
        """Deletes the state, if there is any."""
        shutil.rmtree(self._folder, ignore_errors=True)


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
        self._first_epoch = 0

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._started = time.perf_counter()
        self._first_epoch = -1

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        if self._first_epoch < 0:
            self._first_epoch = epoch

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        done = epoch + 1 - self._first_epoch
        left = (self._epochs - epoch - 1) * (time.perf_counter() - self._started) / done
        if left:
            print(f"about {left / 60:.0f} min left" if left >= 90 else f"about {left:.0f} s left", flush=True)


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


def training_batches(split: Split, recipe: Recipe, first_epoch: int = 0) -> tf.data.Dataset:
    """The batches of all epochs from `first_epoch` on, one epoch after the other.

    Order and warps depend on the seed, the epoch and the step alone, so that a resumed run sees what an uninterrupted
    one would.

    Returns:
        A dataset of (float32 (b, 28, 28, 1) in 0..1, one-hot float32 (b, 10)).
    """
    images = tf.constant(scale(split.images))
    labels = tf.one_hot(split.labels, NUM_CLASSES)
    warp = Warp() if recipe.augment else None

    def order(epoch: tf.Tensor) -> tf.data.Dataset:
        seed = tf.stack([tf.constant(recipe.seed, tf.int64), epoch])
        shuffled = tf.random.experimental.stateless_shuffle(tf.range(len(split.labels)), seed)
        batches = tf.data.Dataset.from_tensor_slices(shuffled).batch(recipe.batch_size)
        return batches.enumerate().map(lambda step, chosen: (tf.random.fold_in(seed, step), chosen))

    def batch(seed: tf.Tensor, chosen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        inputs = tf.gather(images, chosen)
        return warp(inputs, seed) if warp else inputs, tf.gather(labels, chosen)

    epochs = tf.data.Dataset.range(first_epoch, recipe.epochs)
    return epochs.flat_map(order).map(batch, num_parallel_calls=2).prefetch(8)


def train(
    recipe: Recipe, data: Split, state_folder: Path, data_sha256: str, resume: bool = False, verbose: int = 1
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Trains a network from the start, or from where an interrupted run stopped.

    After each epoch the state of the run is kept in `state_folder`; the caller removes it once the result is safe.

    Args:
        recipe: what to train and how.
        data: the training images; the recipe's share of them, at their end, is held out for validation.
        state_folder: where an unfinished run is kept.
        data_sha256: identifies the data, so that a run is not resumed on other data.
        resume: whether to go on with the run in `state_folder`.
        verbose: 1 for Keras's progress bar, 2 for a line an epoch, 0 for nothing.

    Returns:
        The model after the last epoch, and the history, a row an epoch with the keys epoch, loss, accuracy, val_loss,
        val_accuracy and seconds.

    Raises:
        ResumeError: `resume` is asked for and there is nothing to resume.
        KeyboardInterrupt: the run was stopped; the last finished epoch is kept.
    """
    keras.utils.set_random_seed(recipe.seed)
    training, validation = hold_out(data, round(len(data.labels) * recipe.validation_share))
    steps_per_epoch = -(-len(training.labels) // recipe.batch_size)
    model = NETWORKS[recipe.network](recipe.activation)
    model.compile(
        optimizer=build_optimizer(recipe, steps_per_epoch), loss="categorical_crossentropy", metrics=["accuracy"]
    )
    checkpoint = Checkpoint(state_folder, {**asdict(recipe), "data_sha256": data_sha256}, steps_per_epoch)
    if resume:
        first_epoch = checkpoint.restore(model)
    else:
        checkpoint.discard()
        first_epoch = 0
    if first_epoch < recipe.epochs:
        model.fit(
            training_batches(training, recipe, first_epoch),
            shuffle=False,  # done by training_batches
            initial_epoch=first_epoch,
            epochs=recipe.epochs,
            steps_per_epoch=steps_per_epoch,
            validation_data=(scale(validation.images), keras.utils.to_categorical(validation.labels, NUM_CLASSES)),
            validation_batch_size=500,
            callbacks=[EpochSeeds(recipe.seed), checkpoint, *([TimeLeft(recipe.epochs)] if verbose else [])],
            verbose=verbose,
        )
    return model, checkpoint.history
