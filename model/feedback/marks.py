"""What people think of test images that are read wrong, kept in a small SQLite file."""

import csv
import io
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, cast, get_args

from model.feedback.database import transaction

Verdict = Literal["model wrong", "label wrong", "cannot tell"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
_TABLE = (
    "votes (image INTEGER NOT NULL, visitor TEXT NOT NULL, verdict TEXT NOT NULL, time REAL NOT NULL, "
    "PRIMARY KEY (image, visitor))"
)
# Those which say that the label is no fair measure of a network.
DOUBTFUL: tuple[Verdict, ...] = ("label wrong", "cannot tell")


class MarksError(Exception):
    """The file with the marks can't be read or written, or an imported table holds no marks."""


class Marks:
    """One verdict an image and visitor, in a file; of several, the last one given holds.

    Args:
        path: of the SQLite file, made when the first mark is put.
        images: how many test images there are.
        visitor: who marks; so are the marks told apart that can be taken out again.
    """

    def __init__(self, path: Path, images: int, visitor: str = ""):
        self._path = path
        self._images = images
        self._visitor = visitor

    def all(self) -> dict[int, Verdict]:
        """The marks by index into the test set, in its order.

        Raises:
            MarksError: the file can't be read.
        """
        return self._read("")

    def _read(self, where: str, *values: str) -> dict[int, Verdict]:
        """The marks that a clause chooses."""
        if not self._path.exists():
            return {}
        with self._database(writes=False) as database:
            # Of the rows of a group, SQLite takes the one with the largest time.
            rows = database.execute(
                f"SELECT image, verdict, max(time) FROM votes {where} GROUP BY image ORDER BY image", values
            )
            marks = {image: verdict for image, verdict, _ in rows}
        try:
            for image, verdict in marks.items():
                self._check(image, verdict or "")  # the table of another program may hold NULL
        except (ValueError, TypeError) as error:
            raise self._failed(str(error)) from error
        return marks

    def own(self) -> dict[int, Verdict]:
        """The visitor's own marks, as `all` tells those of everybody.

        Raises:
            MarksError: the file can't be read.
        """
        return self._read("WHERE visitor = ?", self._visitor)

    def put(self, verdicts: Mapping[int, Verdict | None]) -> None:
        """Adds marks, all or none; None takes one away.

        Raises:
            ValueError: an index or a verdict is unknown.
            MarksError: the file can't be written.
        """
        for image, verdict in verdicts.items():
            self._check(image, verdict)
        now = time.time()
        with self._database() as database:
            for image, verdict in verdicts.items():
                if verdict is None:
                    own = (image, self._visitor)
                    database.execute("DELETE FROM votes WHERE image = ? AND visitor = ?", own)
                else:
                    vote = (image, self._visitor, verdict, now)
                    database.execute("INSERT OR REPLACE INTO votes VALUES (?, ?, ?, ?)", vote)

    def visitors(self) -> list[tuple[str, int, float]]:
        """Who has marked how many images, and when last, in seconds since 1970; the last one first.

        Raises:
            MarksError: the file can't be read.
        """
        if not self._path.exists():
            return []
        with self._database(writes=False) as database:
            return database.execute(
                "SELECT visitor, count(*), max(time) FROM votes GROUP BY visitor ORDER BY max(time) DESC"
            ).fetchall()

    def remove(self, visitor: str) -> int:
        """Takes all marks of a visitor out, and tells how many there were.

        Raises:
            MarksError: the file can't be written.
        """
        with self._database() as database:
            return database.execute("DELETE FROM votes WHERE visitor = ?", (visitor,)).rowcount

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

    @contextmanager
    def _database(self, writes: bool = True) -> Iterator[sqlite3.Connection]:
        with transaction(self._path, _TABLE, self._failed, writes) as database:
            # Before marks had visitors, they were in a table of that name.
            if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'marks'").fetchone():
                database.execute("INSERT OR IGNORE INTO votes SELECT image, '', verdict, 0 FROM marks")
                database.execute("DROP TABLE marks")
            yield database

    def _failed(self, problem: str) -> MarksError:
        return MarksError(
            f"The marks at {self._path} can't be used ({problem}). Move that file away, or name another one in the "
            f"environment variable DIGITS_MARKS."
        )


class OwnMarks(Marks):
    """The marks of one visitor, which nobody else sees.

    Args:
        marks: by index into the test set; they are changed in place.
        images: how many test images there are.
    """

    def __init__(self, marks: dict[int, Verdict], images: int):
        super().__init__(Path(), images)
        self._marks = marks

    def all(self) -> dict[int, Verdict]:
        """The marks by index into the test set, in its order."""
        return dict(sorted(self._marks.items()))

    def own(self) -> dict[int, Verdict]:
        """All of them."""
        return self.all()

    def put(self, verdicts: Mapping[int, Verdict | None]) -> None:
        """Adds marks, all or none; None takes one away.

        Raises:
            ValueError: an index or a verdict is unknown.
        """
        for image, verdict in verdicts.items():
            self._check(image, verdict)
        for image, verdict in verdicts.items():
            if verdict is None:
                self._marks.pop(image, None)
            else:
                self._marks[image] = verdict
