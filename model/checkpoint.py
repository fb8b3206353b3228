"""The state of an unfinished training run, kept after each epoch."""

import json
import shutil
import time
from pathlib import Path

import keras


class ResumeError(Exception):
    """There is nothing to resume, or it belongs to another run."""


class Unfinished:
    """The folder in which an unfinished run is kept: weights with the optimizer's state, history and identity.

    Keras's own `BackupAndRestore` writes the weights and the epoch's number as two files in place and no history, so
    that a kill at the wrong moment repeats an epoch. Here each file is replaced in one step, and the weights file
    alone tells how many epochs are done, by the optimizer's step count.

    Args:
        folder: made by the first save.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._weights = folder / "latest.weights.h5"
        self._run = folder / "run.json"

    @property
    def started(self) -> bool:
        """Whether there is a finished epoch to go on after."""
        return self._weights.is_file()

    def describe(self) -> str:
        """How far the run came and how to go on with it, in a sentence."""
        if not self.started:
            return "No epoch was finished; there is nothing to resume."
        epochs = len(json.loads(self._run.read_text())["history"])
        noun = "epoch is" if epochs == 1 else "epochs are"
        return f"{epochs} finished {noun} kept in {self.folder}; --resume goes on from there."

    def save(self, model: keras.Model, history: list[dict[str, float]], identity: dict) -> None:
        """Keeps the state after an epoch.

        Args:
            model: compiled, with its optimizer.
            history: a row an epoch.
            identity: what a run must have in common with one that goes on with it, JSON-compatible.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        # The history first: one epoch too many in it is cut off by `restore`, one too few would be lost.
        new_run, new_weights = self.folder / "new-run.json", self.folder / "new.weights.h5"
        new_run.write_text(json.dumps({"identity": identity, "history": history}))
        new_run.replace(self._run)
        model.save_weights(new_weights)
        new_weights.replace(self._weights)

    def restore(self, model: keras.Model, identity: dict, steps_per_epoch: int) -> list[dict[str, float]]:
        """Puts the kept state into a compiled model.

        Args:
            model: compiled as that of the run that is kept.
            identity: as given to `save`.
            steps_per_epoch: training steps an epoch.

        Returns:
            The history, a row for each finished epoch.

        Raises:
            ResumeError: no run is kept here, it is damaged, or it is another one.
        """
        try:
            run = json.loads(self._run.read_text())
            if run["identity"] != identity:
                raise ResumeError(
                    f"The unfinished run in {self.folder} is another one. Resume it with its own flags, or start anew "
                    f"without --resume. Expected: {run['identity']}. Received: {identity}"
                )
            model.optimizer.build(model.trainable_variables)
            model.load_weights(self._weights)
        except FileNotFoundError:
            raise ResumeError(f"No unfinished run in {self.folder}. Start one without --resume.") from None
        except (OSError, ValueError, KeyError) as error:
            raise ResumeError(
                f"The unfinished run in {self.folder} is damaged ({error}). Start anew without --resume."
            ) from error
        return run["history"][: int(model.optimizer.iterations) // steps_per_epoch]

    def discard(self) -> None:
        """Deletes the state, if there is any."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Checkpoint(keras.callbacks.Callback):
    """Collects the history of a run and keeps its state in `unfinished` after each epoch.

    Args:
        unfinished: where to.
        identity: as `Unfinished.save` takes it.
        steps_per_epoch: training steps an epoch.
    """

    def __init__(self, unfinished: Unfinished, identity: dict, steps_per_epoch: int):
        super().__init__()
        self._unfinished = unfinished
        self._identity = identity
        self._steps_per_epoch = steps_per_epoch
        # The first epoch's time begins here, so that it has what is prepared before it.
        self._last_row = time.perf_counter()
        self.history: list[dict[str, float]] = []

    def restore(self, model: keras.Model) -> int:
        """Goes on with the run that is kept; see `Unfinished.restore`.

        Returns:
            The number of finished epochs.
        """
        self.history = self._unfinished.restore(model, self._identity, self._steps_per_epoch)
        return len(self.history)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        row = {"epoch": epoch + 1, **{name: float(value) for name, value in (logs or {}).items()}}
        now = time.perf_counter()
        self.history.append({**row, "seconds": now - self._last_row})
        self._last_row = now
        self._unfinished.save(self.model, self.history, self._identity)
