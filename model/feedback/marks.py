"""What people think of test images that are read wrong, verdicts and notes, kept in a small SQLite file."""

import csv
import io
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast, get_args

from model.feedback.database import transaction
from model.plain_text import as_cell, from_cell, one_line

Verdict = Literal["model wrong", "label wrong", "cannot tell"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
_TABLE = (
    "votes (image INTEGER NOT NULL, visitor TEXT NOT NULL, verdict TEXT NOT NULL, time REAL NOT NULL, "
    "PRIMARY KEY (image, visitor))"
)
_NOTES_TABLE = (
    "notes (image INTEGER NOT NULL, visitor TEXT NOT NULL, note TEXT NOT NULL, time REAL NOT NULL, "
    "PRIMARY KEY (image, visitor))"
)
# Characters of a note.
LONGEST_NOTE = 200
# Those which say that the label is no fair measure of a network.
DOUBTFUL: tuple[Verdict, ...] = ("label wrong", "cannot tell")


class MarksError(Exception):
    """The file with the marks can't be read or written, or an imported table holds no marks."""


class Marks:
    """One verdict and one note per image and visitor, stored in SQLite; a later one replaces the earlier.

    Args:
        path: of the SQLite file, made when the first mark is put.
        images: how many test images there are.
        visitor: stored with each mark, so that one visitor's marks can be removed.
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
        return self._verdicts("")

    def own(self) -> dict[int, Verdict]:
        """The visitor's own marks, as `all` tells those of everybody.

        Raises:
            MarksError: the file can't be read.
        """
        return self._verdicts("WHERE visitor = ?", self._visitor)

    def others(self) -> dict[int, dict[Verdict, int]]:
        """By index, how many other people gave each verdict; those that nobody gave are left out.

        Raises:
            MarksError: the file can't be read.
        """
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
        """The notes by index into the test set, in its order; of several people's on one image, the last one.

        Raises:
            MarksError: the file can't be read.
        """
        return self._notes("")

    def own_notes(self) -> dict[int, str]:
        """The visitor's own notes, as `notes` tells those of everybody.

        Raises:
            MarksError: the file can't be read.
        """
        return self._notes("WHERE visitor = ?", self._visitor)

    def others_notes(self) -> dict[int, list[str]]:
        """By index, what other people have noted, in the order in which they wrote it.

        Raises:
            MarksError: the file can't be read.
        """
        notes: dict[int, list[str]] = {}
        rows = self._rows("SELECT image, note FROM notes WHERE visitor != ? ORDER BY time", self._visitor)
        with self._damage_is_told():
            for image, note in rows:
                self._check_note(image, note)
                notes.setdefault(image, []).append(note)
        return notes

    def put(self, verdicts: Mapping[int, Verdict | None], notes: Mapping[int, str] = MappingProxyType({})) -> None:
        """Adds marks and notes, all or none; None takes a mark away, and an empty text a note.

        Notes are kept on one line (`model.plain_text.one_line`).

        Raises:
            ValueError: an index or a verdict is unknown, or a note has more than LONGEST_NOTE characters.
            MarksError: the file can't be written.
        """
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

    def to_csv(self) -> str:
        """The marks and notes as a table with the columns index, mark and note, none of which is a formula.

        Raises:
            MarksError: the file can't be read.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["index", "mark", "note"])
        marks, notes = self.all(), self.notes()
        writer.writerows(
            (image, marks.get(image, ""), as_cell(notes.get(image, ""))) for image in sorted({*marks, *notes})
        )
        return text.getvalue()

    def from_csv(self, table: bytes) -> tuple[int, int]:
        """Adds the marks and notes of a table, all or none: any UTF-8 CSV with the columns index and mark.

        A column note may be missing. Rows without a mark leave the mark of their image as it is, and those without a
        note its note, so that an exported table of mistakes can be filled in and read back.

        Returns:
            How many marks and how many notes were read.

        Raises:
            MarksError: the table holds something else, or the file can't be written.
        """
        try:
            rows = csv.DictReader(io.StringIO(table.decode("utf-8-sig")), strict=True)
            if missing := {"index", "mark"} - set(rows.fieldnames or ()):
                raise ValueError(f"it has no column {' and no '.join(sorted(missing))}")
            verdicts, notes = {}, {}
            for row in rows:
                if row["mark"]:
                    verdicts[int(row["index"])] = cast(Verdict, row["mark"])
                if note := one_line(from_cell(row.get("note") or "")):
                    notes[int(row["index"])] = note
            self.put(verdicts, notes)  # which checks them
        except (ValueError, TypeError, csv.Error) as error:
            raise MarksError(f"This is no table of marks ({error}). Nothing was changed.") from error
        return len(verdicts), len(notes)

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

    def _checked(self, verdicts: Mapping[int, Verdict | None], notes: Mapping[int, str]) -> dict[int, str]:
        """Checks what is to be put, and gives the notes as they are kept."""
        for image, verdict in verdicts.items():
            self._check(image, verdict)
        kept = {image: one_line(note) for image, note in notes.items()}
        for image, note in kept.items():
            self._check_note(image, note)
        return kept

    def _check(self, image: int, verdict: str | None) -> None:
        if not 0 <= image < self._images:
            raise ValueError(f"there is no test image {image}")
        if verdict is not None and verdict not in VERDICTS:
            raise ValueError(f'"{verdict}" is not one of: {", ".join(VERDICTS)}')

    def _check_note(self, image: int, note: str) -> None:
        self._check(image, None)
        if len(note) > LONGEST_NOTE:
            raise ValueError(f"a note has at most {LONGEST_NOTE} characters, not {len(note)}")

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


class OwnMarks(Marks):
    """The marks and notes of one visitor, which nobody else sees.

    Args:
        marks: by index into the test set; they are changed in place.
        notes: by index, changed in place as well.
        images: how many test images there are.
    """

    def __init__(self, marks: dict[int, Verdict], notes: dict[int, str], images: int):
        super().__init__(Path(), images)
        self._own_marks, self._own_notes = marks, notes

    def all(self) -> dict[int, Verdict]:
        """The marks by index into the test set, in its order."""
        return dict(sorted(self._own_marks.items()))

    def own(self) -> dict[int, Verdict]:
        """All of them."""
        return self.all()

    def others(self) -> dict[int, dict[Verdict, int]]:
        """Nobody else's."""
        return {}

    def notes(self) -> dict[int, str]:
        """The notes by index into the test set, in its order."""
        return dict(sorted(self._own_notes.items()))

    def own_notes(self) -> dict[int, str]:
        """All of them."""
        return self.notes()

    def others_notes(self) -> dict[int, list[str]]:
        """Nobody else's."""
        return {}

    def put(self, verdicts: Mapping[int, Verdict | None], notes: Mapping[int, str] = MappingProxyType({})) -> None:
        """Adds marks and notes, all or none; None takes a mark away, and an empty text a note.

        Raises:
            ValueError: an index or a verdict is unknown, or a note has more than LONGEST_NOTE characters.
        """
        notes = self._checked(verdicts, notes)
        kept: tuple[tuple[dict, Mapping], ...] = ((self._own_marks, verdicts), (self._own_notes, notes))
        for own, values in kept:
            own.update(values)
            for image in [image for image in values if not own[image]]:
                del own[image]
