"""The state of an unfinished training run, kept after each epoch in one file."""

import json
import shutil
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import h5py
import keras

from model.data.mnist import TrainingData, digest
from model.reading.history import Epoch
from model.recipes import Recipe, flags_of


class ResumeError(Exception):
    """There is nothing to resume, or it belongs to another run."""


@dataclass(frozen=True)
class RunIdentity:
    """What identifies a run. Only a run with the same identity can resume it.

    Attributes:
        recipe: what is trained and how.
        data_sha256: of the file with the training images.
        extra_sha256: of the extra drawings; None where there are none.
    """

    recipe: Recipe
    data_sha256: str
    extra_sha256: str | None

    @classmethod
    def of(cls, recipe: Recipe, data: TrainingData) -> "RunIdentity":
        """The identity of a run of a recipe on some data."""
        return cls(recipe, data.sha256, digest(data.extra) if data.extra else None)

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the recipe and the SHA-256 of the data, by name."""
        return {**asdict(self.recipe), "data_sha256": self.data_sha256, "extra_sha256": self.extra_sha256}


# What a person calls these settings of a run; all others go by their own names.
_CALLED = {"data_sha256": "SHA-256 of --data", "extra_sha256": "SHA-256 of --extra"}


def check_same_run(what: str, kept: Mapping[str, Any], requested: Mapping[str, Any]) -> None:
    """Checks that an unfinished run has the requested settings.

    Args:
        what: the beginning of the message.
        kept: the settings by name: those of a `Recipe`, and the SHA-256 of the data.
        requested: the requested settings.

    Raises:
        ResumeError: some differ; the message names these alone.
    """
    different = [name for name in {**kept, **requested} if kept.get(name) != requested.get(name)]
    if not different:
        return
    lines = [
        f"  {_CALLED.get(name, name)}: kept {_shown(kept.get(name))}, requested {_shown(requested.get(name))}"
        for name in different
    ]
    way_back = f"{_way_back(kept, different)} To start again, leave --resume out."
    raise ResumeError("\n".join([f"{what}:", *lines, way_back]))


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _way_back(kept: Mapping[str, Any], different: Collection[str]) -> str:
    """How to resume an unfinished run, in a sentence."""
    flags = flags_of(kept, different)
    if flags is None:
        return "No flags give the kept settings."
    if "data_sha256" in different:
        flags.append("its own --data")
    if "extra_sha256" in different:
        flags.append("its own --extra" if kept.get("extra_sha256") else "no --extra")
    return f"To resume it, give {', '.join(flags)} instead."


@dataclass(frozen=True)
class _Run:
    """The part of a checkpoint that is not weights.

    Attributes:
        settings: of the run, as `RunIdentity.settings` gives them; of an older program perhaps fewer or more.
        history: of its finished epochs.
    """

    settings: dict[str, Any]
    history: list[Epoch]

    def to_json(self) -> str:
        return json.dumps({"settings": self.settings, "history": [asdict(row) for row in self.history]})

    @classmethod
    def from_json(cls, text: str) -> "_Run":
        values = json.loads(text)
        return cls(values["settings"], [Epoch(**row) for row in values["history"]])


class Unfinished:
    """The folder in which an unfinished run is kept.

    One file holds the weights, the optimizer's state, the history and what identifies the run, and is replaced in one
    step: they can't come from different runs or epochs. Keras's own `BackupAndRestore` writes weights and epoch as two
    files in place, and no history, so that a kill at the wrong moment repeats an epoch.

    Args:
        folder: made by the first save.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._checkpoint = folder / "checkpoint.weights.h5"

    @property
    def started(self) -> bool:
        """Whether there is a finished epoch to go on after."""
        return self._checkpoint.is_file()

    def describe(self) -> str:
        """How far the run came and how to go on with it, in a sentence."""
        try:
            run = self._read()
        except FileNotFoundError:
            return "No epoch was finished; there is nothing to resume."
        except _DAMAGED as error:
            return f"The run in {self.folder} is damaged ({error}); it can't be resumed."
        epochs = len(run.history)
        if epochs == run.settings.get("epochs"):
            return f"The last epoch is finished, and all is kept in {self.folder}; --resume saves the network."
        noun = "epoch is" if epochs == 1 else "epochs are"
        return f"{epochs} finished {noun} kept in {self.folder}; --resume goes on from there."

    def save(self, model: keras.Model, history: list[Epoch], identity: RunIdentity) -> None:
        """Keeps the state after an epoch.

        Args:
            model: compiled, with its optimizer.
            history: of the run so far.
            identity: of the run.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.folder / "new.weights.h5"
        model.save_weights(new)
        with h5py.File(new, "a") as file:
            file[_RUN] = _Run(identity.settings, history).to_json()
        new.replace(self._checkpoint)

    def restore(self, model: keras.Model, identity: RunIdentity) -> list[Epoch]:
        """Puts the kept state into a compiled model.

        Args:
            model: compiled as that of the run that is kept.
            identity: of the run that is to go on.

        Returns:
            The history of the finished epochs.

        Raises:
            ResumeError: no run is kept here, it is damaged, or it is another one.
        """
        try:
            run = self._read()
            check_same_run(f"The unfinished run in {self.folder} is another one", run.settings, identity.settings)
            model.optimizer.build(model.trainable_variables)
            model.load_weights(self._checkpoint)
        except FileNotFoundError:
            raise ResumeError(f"No unfinished run in {self.folder}. Start one without --resume.") from None
        except _DAMAGED as error:
            raise ResumeError(
                f"The unfinished run in {self.folder} is damaged ({error}). Start again without --resume."
            ) from error
        return run.history

    def discard(self) -> None:
        """Deletes the state, if there is any."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self) -> _Run:
        if not self._checkpoint.is_file():  # h5py's own error would also stand for a damaged file
            raise FileNotFoundError(self._checkpoint)
        with h5py.File(self._checkpoint) as file:
            return _Run.from_json(file[_RUN].asstr()[()])


# Where the part that is not weights stands in the file; Keras looks only for the layers and the optimizer.
_RUN = "run"
# Each was seen for a truncated, empty or foreign file.
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError)


class Recorder(keras.callbacks.Callback):
    """Collects the history of a run.

    Args:
        clock: tells the seconds, from any start.

    Attributes:
        history: of the run so far.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter):
        super().__init__()
        self._clock = clock
        # The first epoch's time begins here, so that it has what is prepared before it.
        self._last_row = clock()
        self.history: list[Epoch] = []

    def add_seconds(self, seconds: float) -> None:
        """Adds what was done after the last epoch to its time."""
        self.history[-1] = replace(self.history[-1], seconds=self.history[-1].seconds + seconds)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        now = self._clock()
        scores = {name: float((logs or {})[name]) for name in ("loss", "accuracy", "val_loss", "val_accuracy")}
        self.history.append(Epoch(epoch=epoch + 1, seconds=now - self._last_row, **scores))
        self._last_row = now


class Checkpoint(Recorder):
    """Collects the history of a run and keeps its state in `unfinished` after each epoch.

    Args:
        unfinished: where to.
        identity: of the run.
    """

    def __init__(self, unfinished: Unfinished, identity: RunIdentity):
        super().__init__()
        self._unfinished = unfinished
        self._identity = identity

    def restore(self, model: keras.Model) -> int:
        """Goes on with the run that is kept; see `Unfinished.restore`.

        Returns:
            The number of finished epochs.
        """
        self.history = self._unfinished.restore(model, self._identity)
        return len(self.history)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        super().on_epoch_end(epoch, logs)
        self._unfinished.save(self.model, self.history, self._identity)
