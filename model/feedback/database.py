"""Small SQLite files for what people tell the app: several visitors at once, or a kill, lose nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

# Writers wait for each other this long, in seconds, before SQLite gives up.
_PATIENCE = 10.0


@contextmanager
def transaction(path: Path, table: str, failed: Callable[[str], Exception]) -> Iterator[sqlite3.Connection]:
    """A connection of its own for each use, with one transaction: SQLite's own locks do the rest.

    What was written is on the disk when it ends. Threads and processes may use the same file at once.

    Args:
        path: of the file, made if it is missing.
        table: the name of its only table with its columns, as in CREATE TABLE.
        failed: makes the exception to raise, from what is wrong.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=_PATIENCE)) as database, database:
            database.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            yield database
    except (sqlite3.Error, OSError) as error:
        raise failed(str(error)) from error
