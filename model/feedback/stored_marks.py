"""The marks and notes of all visitors, kept in a small SQLite file."""

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import cast

from model.feedback.database import transaction
from model.feedback.marks import Marks, MarksError, Verdict

_TABLE = (
    "votes (image INTEGER NOT NULL, visitor TEXT NOT NULL, verdict TEXT NOT NULL, time REAL NOT NULL, "
    "PRIMARY KEY (image, visitor))"
)
_NOTES_TABLE = (
    "notes (image INTEGER NOT NULL, visitor TEXT NOT NULL, note TEXT NOT NULL, time REAL NOT NULL, "
    "PRIMARY KEY (image, visitor))"
)


class StoredMarks(Marks):
    """Marks and notes that are stored in SQLite, with who put them and when.

    Args:
        path: of the SQLite file, made when the first mark is put.
        images: how many test images there are.
        visitor: stored with each mark, so that one visitor's marks can be removed.
    """

    def __init__(self, path: Path, images: int, visitor: str = ""):
        super().__init__(images)
        self._path = path
        self._visitor = visitor

    def all(self) -> dict[int, Verdict]:
        return self._verdicts("")

    def own(self) -> dict[int, Verdict]:
        return self._verdicts("WHERE visitor = ?", self._visitor)

    def others(self) -> dict[int, dict[Verdict, int]]:
        rows = self._rows(
            "SELECT image, verdict, count(*) FROM votes WHERE visitor != ? GROUP BY image, verdict", self._visitor
        )
        counts: dict[int, dict[Verdict, int]] = {}
        with self._damage_is_told():
            for image, verdict, count in rows:
                self._check(image, verdict or "")
                counts.setdefault(image, {})[verdict] = count
        return counts

    def notes(self) -> dict[int, str]:
        return self._notes("")

    def own_notes(self) -> dict[int, str]:
        return self._notes("WHERE visitor = ?", self._visitor)

    def others_notes(self) -> dict[int, list[str]]:
        notes: dict[int, list[str]] = {}
        rows = self._rows("SELECT image, note FROM notes WHERE visitor != ? ORDER BY time", self._visitor)
        with self._damage_is_told():
            for image, note in rows:
                self._check_note(image, note)
                notes.setdefault(image, []).append(note)
        return notes

    def put(self, verdicts: Mapping[int, Verdict | None], notes: Mapping[int, str] = MappingProxyType({})) -> None:
        notes = self._checked(verdicts, notes)
        now = time.time()
        with self._database() as database:
            for table, column, values in (("votes", "verdict", verdicts), ("notes", "note", notes)):
                for image, value in values.items():
                    if value:
                        row = (image, self._visitor, value, now)
                        insert = f"INSERT OR REPLACE INTO {table} (image, visitor, {column}, time) VALUES (?, ?, ?, ?)"
                        database.execute(insert, row)
                    else:
                        own = (image, self._visitor)
                        database.execute(f"DELETE FROM {table} WHERE image = ? AND visitor = ?", own)

    def visitors(self) -> list[tuple[str, int, float]]:
        """Who has put how many marks and notes, and when last, in seconds since 1970; the last one first.

        Raises:
            MarksError: the file can't be read.
        """
        return self._rows(
            "SELECT visitor, count(*), max(time) "
            "FROM (SELECT visitor, time FROM votes UNION ALL SELECT visitor, time FROM notes) "
            "GROUP BY visitor ORDER BY max(time) DESC"
        )

    def remove(self, visitor: str) -> int:
        """Takes all marks and notes of a visitor out, and tells how many there were.

        Raises:
            MarksError: the file can't be written.
        """
        with self._database() as database:
            deletions = (f"DELETE FROM {table} WHERE visitor = ?" for table in ("votes", "notes"))
            return sum(database.execute(deletion, (visitor,)).rowcount for deletion in deletions)

    def _verdicts(self, where: str, *values: str) -> dict[int, Verdict]:
        """The marks that a clause chooses."""
        marks = self._last("votes", "verdict", where, *values)
        with self._damage_is_told():
            for image, verdict in marks.items():
                self._check(image, verdict or "")  # the table of another program may hold NULL
        return cast(dict[int, Verdict], marks)

    def _notes(self, where: str, *values: str) -> dict[int, str]:
        """The notes that a clause chooses."""
        notes = self._last("notes", "note", where, *values)
        with self._damage_is_told():
            for image, note in notes.items():
                self._check_note(image, note)
        return notes

    def _last(self, table: str, column: str, where: str, *values: str) -> dict[int, str]:
        """By index, the last value of a column among the rows that a clause chooses."""
        # Of the rows of a group, SQLite takes the one with the largest time.
        query = f"SELECT image, {column}, max(time) FROM {table} {where} GROUP BY image ORDER BY image"
        return {image: value for image, value, _ in self._rows(query, *values)}

    def _rows(self, query: str, *values: str) -> list[tuple]:
        """What a query finds; nothing where there is no file yet."""
        if not self._path.exists():
            return []
        with self._database(writes=False) as database:
            return database.execute(query, values).fetchall()

    @contextmanager
    def _damage_is_told(self) -> Iterator[None]:
        """What nobody could have put makes the file a damaged one."""
        try:
            yield
        except (ValueError, TypeError) as error:
            raise self._failed(str(error)) from error

    @contextmanager
    def _database(self, writes: bool = True) -> Iterator[sqlite3.Connection]:
        with transaction(self._path, _TABLE, self._failed, writes) as database:
            database.execute(f"CREATE TABLE IF NOT EXISTS {_NOTES_TABLE}")
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
