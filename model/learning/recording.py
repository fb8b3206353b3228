"""A run that was recorded: its snapshots in one npz file, to be played where nothing can be trained."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from model.data.mnist import ASSETS, DataError
from model.images import NUM_CLASSES
from model.learning.messages import Snapshot

RECORDING = ASSETS / "recorded-run.npz"
_WITHOUT_DRAWING = np.zeros(NUM_CLASSES, np.float32)


def save_recording(snapshots: Sequence[Snapshot], path: Path) -> None:
    """Saves the snapshots of a run, at least one, as an array for each of their attributes."""
    columns = {
        field.name: np.array([_stored(getattr(snapshot, field.name)) for snapshot in snapshots])
        for field in fields(Snapshot)
    }
    file = io.BytesIO()
    np.savez_compressed(file, **columns)  # type: ignore[arg-type]  # its stub takes allow_pickle for one of them
    path.write_bytes(file.getvalue())


def load_recording(path: Path) -> list[Snapshot]:
    """Reads the snapshots of a run that was recorded.

    Raises:
        DataError: the file is missing or damaged.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            columns = {field.name: archive[field.name] for field in fields(Snapshot)}
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(f"The recorded run at {path} is missing or damaged ({error}).") from error
    snapshots = []
    for number in range(len(columns["step"])):
        row = {name: column[number] for name, column in columns.items()}
        values = {name: value if value.ndim else value.item() for name, value in row.items()}
        if not values["probabilities"].any():
            values["probabilities"] = None
        snapshots.append(Snapshot(**values))
    return snapshots


def _stored(value: object) -> object:
    return _WITHOUT_DRAWING if value is None else value
