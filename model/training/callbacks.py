"""Keras callbacks for a training run."""

import time

import keras
import numpy as np


class EpochSeeds(keras.callbacks.Callback):
    """Seeds each random layer from the run's seed and the epoch.

    Keras does not save the state of random layers with the weights. Without this callback, a resumed run would use the
    dropout masks of the first epoch.
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
