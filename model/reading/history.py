"""The history of a training run: a row for each epoch, saved as a CSV file."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from model.reading.store import NetworkError, read_file, remedy

HISTORY = "history.csv"


@dataclass(frozen=True)
class Epoch:
    """What one epoch of training gave.

    Attributes:
        epoch: its number, counted from 1.
        loss, accuracy: on the training images, as Keras averages them over the epoch.
        val_loss, val_accuracy: on the validation split, after the epoch.
        seconds: what it took.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float


History = Sequence[Epoch]


def write_history(history: History, path: Path) -> None:
    """Writes a row for each epoch, under the names of `Epoch`'s attributes."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Epoch)])
        writer.writeheader()
        for row in history:
            writer.writerow({name: value if name == "epoch" else f"{value:.6g}" for name, value in asdict(row).items()})


def read_history(folder: Path) -> list[Epoch]:
    """Reads the history of a trained network.

    Args:
        folder: what `train.py` saved.

    Raises:
        NetworkError: the file is missing or damaged.
    """
    path = folder / HISTORY
    try:
        rows = list(csv.DictReader(io.StringIO(read_file(folder, HISTORY).decode())))
        if not rows:
            raise ValueError("it has no epoch")
        return [Epoch(epoch=int(row.pop("epoch")), **{name: float(text) for name, text in row.items()}) for row in rows]
    except FileNotFoundError:
        raise NetworkError(f"No history at {path}. {remedy(folder)}.") from None
    except (TypeError, ValueError, LookupError) as error:
        raise NetworkError(f"The history at {path} is damaged ({error}). {remedy(folder)}.") from error


def mean_history(histories: Sequence[History]) -> list[Epoch]:
    """The mean of several runs epoch by epoch, save for the seconds, which are their sum."""
    means = []
    for rows in zip(*histories, strict=True):
        mean = {name: sum(getattr(row, name) for row in rows) / len(rows) for name in _AVERAGED}
        means.append(Epoch(epoch=rows[0].epoch, seconds=sum(row.seconds for row in rows), **mean))
    return means


_AVERAGED = ("loss", "accuracy", "val_loss", "val_accuracy")
