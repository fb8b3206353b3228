"""What people think of test images that are read wrong: verdicts and notes."""

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, cast, get_args

from model.plain_text import as_cell, from_cell, one_line

Verdict = Literal["model wrong", "label wrong", "cannot tell"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
# Characters of a note.
LONGEST_NOTE = 200
# Those which say that the label is no fair measure of a network.
DOUBTFUL: tuple[Verdict, ...] = ("label wrong", "cannot tell")


class MarksError(Exception):
    """The file with the marks can't be read or written, or an imported table holds no marks."""


class Marks(ABC):
    """One verdict and one note per image and visitor; a later one replaces the earlier.

    Args:
        images: how many test images there are.
    """

    def __init__(self, images: int):
        self._images = images

    @abstractmethod
    def all(self) -> dict[int, Verdict]:
        """The marks by index into the test set, in its order.

        Raises:
            MarksError: they can't be read. All that read marks or notes raise it.
        """

    @abstractmethod
    def own(self) -> dict[int, Verdict]:
        """The visitor's own marks, as `all` tells those of everybody."""

    @abstractmethod
    def others(self) -> dict[int, dict[Verdict, int]]:
        """By index, how many other people gave each verdict; those that nobody gave are left out."""

    @abstractmethod
    def notes(self) -> dict[int, str]:
        """The notes by index into the test set, in its order; of several people's on one image, the last one."""

    @abstractmethod
    def own_notes(self) -> dict[int, str]:
        """The visitor's own notes, as `notes` tells those of everybody."""

    @abstractmethod
    def others_notes(self) -> dict[int, list[str]]:
        """By index, what other people have noted, in the order in which they wrote it."""

    @abstractmethod
    def put(self, verdicts: Mapping[int, Verdict | None], notes: Mapping[int, str] = MappingProxyType({})) -> None:
        """Adds marks and notes, all or none; None takes a mark away, and an empty text a note.

        Notes are kept on one line (`model.plain_text.one_line`).

        Raises:
            ValueError: an index or a verdict is unknown, or a note has more than LONGEST_NOTE characters.
            MarksError: they can't be written.
        """

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


class OwnMarks(Marks):
    """The marks and notes of one visitor, which nobody else sees.

    Args:
        marks: by index into the test set; they are changed in place.
        notes: by index, changed in place as well.
        images: how many test images there are.
    """

    def __init__(self, marks: dict[int, Verdict], notes: dict[int, str], images: int):
        super().__init__(images)
        self._own_marks, self._own_notes = marks, notes

    def all(self) -> dict[int, Verdict]:
        return dict(sorted(self._own_marks.items()))

    def own(self) -> dict[int, Verdict]:
        return self.all()

    def others(self) -> dict[int, dict[Verdict, int]]:
        return {}

    def notes(self) -> dict[int, str]:
        return dict(sorted(self._own_notes.items()))

    def own_notes(self) -> dict[int, str]:
        return self.notes()

    def others_notes(self) -> dict[int, list[str]]:
        return {}

    def put(self, verdicts: Mapping[int, Verdict | None], notes: Mapping[int, str] = MappingProxyType({})) -> None:
        notes = self._checked(verdicts, notes)
        kept: tuple[tuple[dict, Mapping], ...] = ((self._own_marks, verdicts), (self._own_notes, notes))
        for own, values in kept:
            own.update(values)
            for image in [image for image in values if not own[image]]:
                del own[image]
