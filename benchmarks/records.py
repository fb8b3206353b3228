"""Figures that a benchmark keeps: a CSV file with a row for each record, an instance of a dataclass."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

Record = TypeVar("Record")


def read_records(path: Path, kind: type[Record]) -> list[Record]:
    """Reads records.

    Args:
        path: of the file.
        kind: the dataclass; its attributes are of type str, int or float.
    """
    types = {field.name: field.type for field in fields(kind)}  # type: ignore[arg-type]
    with path.open(newline="", encoding="utf-8") as file:
        return [kind(**{name: types[name](text) for name, text in row.items()}) for row in csv.DictReader(file)]  # type: ignore[operator]


def write_records(path: Path, records: Sequence[Any]) -> None:
    """Writes records, at least one, in place of those before."""
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.DictWriter(file, [field.name for field in fields(records[0])], lineterminator="\n")
        lines.writeheader()
        lines.writerows(map(asdict, records))
