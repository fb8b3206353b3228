"""What people think of test images that are read wrong, kept in a small SQLite file."""

import csv
import io
import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, cast, get_args

from model.feedback.database import transaction

Verdict = Literal["model wrong", "label wrong", "cannot tell"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
# Those which say that the label is no fair measure of a network.
DOUBTFUL: tuple[Verdict, ...] = ("label wrong", "cannot tell")


class MarksError(Exception):
    """The file with the marks can't be read or written, or an imported table holds no marks."""


class Marks:
    """One verdict an image, shared by all visitors; the last one given holds.

    Args:
        path: of the SQLite file, made when the first mark is put.
        images: how many test images there are.
    """

    def __init__(self, path: Path, images: int):
        self._path = path
        self._images = images

    def all(self) -> dict[int, Verdict]:
        """The marks by index into the test set, in its order.

        Raises:
            MarksError: the file can't be read.
        """
        if not self._path.exists():
            return {}
        with self._database(writes=False) as database:
            marks = dict(database.execute("SELECT image, verdict FROM marks ORDER BY image"))
        try:
            for image, verdict in marks.items():
                self._check(image, verdict or "")  # the table of another program may hold NULL
        except (ValueError, TypeError) as error:
            raise self._failed(str(error)) from error
        return marks

    def put(self, verdicts: Mapping[int, Verdict | None]) -> None:
        """Adds marks, all or none; None takes one away.

        Raises:
            ValueError: an index or a verdict is unknown.
            MarksError: the file can't be written.
        """
        for image, verdict in verdicts.items():
            self._check(image, verdict)
        with self._database() as database:
            for image, verdict in verdicts.items():
                if verdict is None:
                    database.execute("DELETE FROM marks WHERE image = ?", (image,))
                else:
                    database.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (image, verdict))

    def to_csv(self) -> str:
        """The marks as a table with the columns index and mark.

        Raises:
            MarksError: the file can't be read.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["index", "mark"])
        writer.writerows(self.all().items())
        return text.getvalue()

    def from_csv(self, table: bytes) -> int:
        """Adds the marks of a table, all or none: any UTF-8 CSV with the columns index and mark.

        Rows without a mark are passed over, so that an exported table of mistakes can be filled in and read back.

        Returns:
            How many marks were read.

        Raises:
            MarksError: the table holds something else, or the file can't be written.
        """
        try:
            rows = csv.DictReader(io.StringIO(table.decode("utf-8-sig")), strict=True)
            if missing := {"index", "mark"} - set(rows.fieldnames or ()):
                raise ValueError(f"it has no column {' and no '.join(sorted(missing))}")
            verdicts = {int(row["index"]): cast(Verdict, row["mark"]) for row in rows if row["mark"]}
            self.put(verdicts)  # which checks them
        except (ValueError, TypeError, csv.Error) as error:
            raise MarksError(f"This is no table of marks ({error}). Nothing was changed.") from error
        return len(verdicts)

    def _check(self, image: int, verdict: str | None) -> None:
        if not 0 <= image < self._images:
            raise ValueError(f"there is no test image {image}")
        if verdict is not None and verdict not in VERDICTS:
            raise ValueError(f'"{verdict}" is not one of: {", ".join(VERDICTS)}')

    def _database(self, writes: bool = True) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self._path, "marks (image INTEGER PRIMARY KEY, verdict TEXT NOT NULL)", self._failed, writes)

    def _failed(self, problem: str) -> MarksError:
        return MarksError(
            f"The marks at {self._path} can't be used ({problem}). Move that file away, or name another one in the "
            f"environment variable DIGITS_MARKS."
        )
