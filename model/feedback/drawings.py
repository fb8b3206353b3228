"""Drawings that a visitor has labelled, kept in a small SQLite file, for training."""

import io
import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

from model.feedback.database import transaction
from model.images import NUM_CLASSES, SIZE

_TABLE = "drawings (number INTEGER PRIMARY KEY AUTOINCREMENT, image BLOB NOT NULL, label INTEGER NOT NULL)"
_SHAPE = (SIZE, SIZE)


class DrawingsError(Exception):
    """The file with the drawings can't be read or written."""


def _is_drawing(image: object, label: object) -> bool:
    """Whether a row of the file is a labelled drawing."""
    return isinstance(image, bytes) and len(image) == _SHAPE[0] * _SHAPE[1] and label in range(NUM_CLASSES)


class Drawings:
    """Drawings with their labels, of all visitors, in the order in which they came.

    Args:
        path: of the SQLite file, made when the first drawing is kept.
    """

    def __init__(self, path: Path):
        self._path = path

    def add(self, image: np.ndarray, label: int) -> int:
        """Keeps a drawing.

        Args:
            image: uint8 (28, 28) in 0..255, as the network saw it.
            label: the digit that it is.

        Returns:
            Its number, by which it can be removed.

        Raises:
            ValueError: the image or the label is not of that kind.
            DrawingsError: the file can't be written.
        """
        if image.shape != _SHAPE or image.dtype != np.uint8 or label not in range(NUM_CLASSES):
            raise ValueError(
                f"Not a labelled drawing. Expected: uint8 {_SHAPE}, 0..9. "
                f"Received: {image.dtype} {image.shape}, {label}"
            )
        with self._database() as database:
            insert = "INSERT INTO drawings (image, label) VALUES (?, ?)"
            number = database.execute(insert, (image.tobytes(), label)).lastrowid
        assert number is not None  # an INSERT always gives one
        return number

    def remove(self, number: int) -> None:
        """Forgets a drawing, if it is there.

        Raises:
            DrawingsError: the file can't be written.
        """
        with self._database() as database:
            database.execute("DELETE FROM drawings WHERE number = ?", (number,))

    def count(self) -> int:
        """How many are kept.

        Raises:
            DrawingsError: the file can't be read.
        """
        if not self._path.exists():
            return 0
        with self._database(writes=False) as database:
            return database.execute("SELECT count(*) FROM drawings").fetchone()[0]

    def to_npz(self) -> bytes:
        """All drawings as MNIST's own npz file has them: x_train, uint8 (n, 28, 28), and y_train, uint8 (n,).

        Raises:
            DrawingsError: the file can't be read.
        """
        with self._database(writes=False) as database:
            rows = database.execute("SELECT image, label FROM drawings ORDER BY number").fetchall()
        if any(not _is_drawing(image, label) for image, label in rows):
            raise self._failed("it holds something else than labelled drawings")
        images = np.frombuffer(b"".join(image for image, _ in rows), np.uint8).reshape(-1, *_SHAPE)
        file = io.BytesIO()
        np.savez_compressed(file, x_train=images, y_train=np.array([label for _, label in rows], np.uint8))
        return file.getvalue()

    def _database(self, writes: bool = True) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self._path, _TABLE, self._failed, writes)

    def _failed(self, problem: str) -> DrawingsError:
        return DrawingsError(
            f"The drawings at {self._path} can't be used ({problem}). Move that file away, or name another one in the "
            f"environment variable DIGITS_DRAWINGS."
        )
