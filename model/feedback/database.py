"""Small SQLite files for what people tell the app: several visitors at once, or a kill, lose nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

# So long, in seconds, SQLite waits for others to write before it gives up: a page waits for what it reads, and each
# writer is done within milliseconds.
_PATIENCE_TO_READ, _PATIENCE_TO_WRITE = 0.4, 3.0


@contextmanager
def transaction(
    path: Path, table: str, failed: Callable[[str], Exception], writes: bool = True
) -> Iterator[sqlite3.Connection]:
    """A connection of its own for each use, with one transaction: SQLite's own locks do the rest.

    What was written is on the disk when it ends. Threads and processes may use the same file at once.

    Args:
        path: of the file, made if it is missing.
        table: the name of its table with its columns, as in CREATE TABLE.
        failed: makes the exception to raise, from what is wrong.
        writes: whether it changes anything.
    """
    patience = _PATIENCE_TO_WRITE if writes else _PATIENCE_TO_READ
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=patience)) as database, database:
            if writes:
                # With a write-ahead log, who reads waits for nobody who writes.
                database.execute("PRAGMA journal_mode = WAL")
            database.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            yield database
    except (sqlite3.Error, OSError) as error:
        raise failed(str(error)) from error
