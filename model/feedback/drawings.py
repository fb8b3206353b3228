"""Drawings that a visitor has labelled, kept in a small SQLite file, for training."""

import io
import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

from model.feedback.database import transaction
from model.images import NUM_CLASSES, SIZE

_TABLE = "drawings (number INTEGER PRIMARY KEY AUTOINCREMENT, image BLOB NOT NULL, label INTEGER NOT NULL)"
_SHAPE = (SIZE, SIZE)


class DrawingsError(Exception):
    """The file with the drawings can't be read or written."""


@dataclass(frozen=True)
class Drawing:
    """A drawing that is kept, or was.

    Attributes:
        number: in the order in which they came, from 1.
        image: uint8 (28, 28) in 0..255 as bytes, row by row.
        label: the digit that it is.
    """

    number: int
    image: bytes
    label: int

    @property
    def pixels(self) -> np.ndarray:
        """Its image, uint8 (28, 28) in 0..255."""
        return np.frombuffer(self.image, np.uint8).reshape(_SHAPE)


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

    def add(self, image: np.ndarray, label: int) -> Drawing:
        """Keeps a drawing.

        Args:
            image: uint8 (28, 28) in 0..255, as the network saw it.
            label: the digit that it is.

        Returns:
            What is kept, by which it can be removed.

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
            return _insert(database, image.tobytes(), label)

    def remove(self, drawings: Iterable[Drawing]) -> list[Drawing]:
        """Removes those drawings that are still there, all or none.

        In a new file, their numbers may belong to other drawings, which stay.

        Returns:
            Those removed.

        Raises:
            DrawingsError: the file can't be written.
        """
        delete = "DELETE FROM drawings WHERE number = ? AND image = ? AND label = ?"
        with self._database() as database:
            return [drawing for drawing in drawings if database.execute(delete, astuple(drawing)).rowcount]

    def remove_all(self, last: int) -> list[Drawing]:
        """Removes all drawings up to a number, so that one that comes meanwhile stays.

        Returns:
            Those removed, the oldest first.

        Raises:
            DrawingsError: the file can't be written, or is damaged.
        """
        with self._database() as database:
            delete = "DELETE FROM drawings WHERE number <= ? RETURNING number, image, label"
            rows = database.execute(delete, (last,)).fetchall()
            return sorted(self._checked(rows), key=lambda drawing: drawing.number)

    def put_back(self, drawings: Iterable[Drawing]) -> list[Drawing]:
        """Keeps removed drawings again, in their old places.

        Returns:
            The drawings as they are kept now: in a new file, one whose number is taken gets another.

        Raises:
            DrawingsError: the file can't be written.
        """
        insert = "INSERT OR IGNORE INTO drawings (number, image, label) VALUES (?, ?, ?)"
        with self._database() as database:
            return [
                drawing
                if database.execute(insert, astuple(drawing)).rowcount
                else _insert(database, drawing.image, drawing.label)
                for drawing in drawings
            ]

    def count(self) -> int:
        """How many are kept.

        Raises:
            DrawingsError: the file can't be read.
        """
        if not self._path.exists():
            return 0
        with self._database(writes=False) as database:
            return database.execute("SELECT count(*) FROM drawings").fetchone()[0]

    def newest(self, most: int) -> list[Drawing]:
        """At most so many drawings, the newest first.

        Raises:
            DrawingsError: the file can't be read, or is damaged.
        """
        if not self._path.exists():
            return []
        with self._database(writes=False) as database:
            rows = database.execute(
                "SELECT number, image, label FROM drawings ORDER BY number DESC LIMIT ?", (most,)
            ).fetchall()
        return self._checked(rows)

    def still_there(self, drawings: Iterable[Drawing]) -> list[Drawing]:
        """Those of some drawings that are kept, in the same order.

        Raises:
            DrawingsError: the file can't be read.
        """
        if not self._path.exists():
            return []
        select = "SELECT 1 FROM drawings WHERE number = ? AND image = ? AND label = ?"
        with self._database(writes=False) as database:
            return [drawing for drawing in drawings if database.execute(select, astuple(drawing)).fetchone()]

    def to_npz(self) -> bytes:
        """All drawings as MNIST's own npz file has them: x_train, uint8 (n, 28, 28), and y_train, uint8 (n,).

        Raises:
            DrawingsError: the file can't be read.
        """
        rows: list[tuple] = []
        if self._path.exists():
            with self._database(writes=False) as database:
                rows = database.execute("SELECT number, image, label FROM drawings ORDER BY number").fetchall()
        drawings = self._checked(rows)
        images = np.frombuffer(b"".join(drawing.image for drawing in drawings), np.uint8).reshape(-1, *_SHAPE)
        file = io.BytesIO()
        labels = np.array([drawing.label for drawing in drawings], np.uint8)
        np.savez_compressed(file, x_train=images, y_train=labels)
        return file.getvalue()

    def _checked(self, rows: Iterable[tuple]) -> list[Drawing]:
        """The rows of the file as drawings.

        Raises:
            DrawingsError: one is none.
        """
        drawings = [Drawing(*row) for row in rows]
        if any(not _is_drawing(drawing.image, drawing.label) for drawing in drawings):
            raise self._failed("it holds something else than labelled drawings")
        return drawings

    def _database(self, writes: bool = True) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self._path, _TABLE, self._failed, writes)

    def _failed(self, problem: str) -> DrawingsError:
        return DrawingsError(
            f"The drawings at {self._path} can't be used ({problem}). Move that file away, or name another one in the "
            f"environment variable DIGITS_DRAWINGS."
        )


def _insert(database: sqlite3.Connection, image: bytes, label: int) -> Drawing:
    """Keeps a drawing under a new number."""
    number = database.execute("INSERT INTO drawings (image, label) VALUES (?, ?)", (image, label)).lastrowid
    assert number is not None  # an INSERT always gives one
    return Drawing(number, image, label)
