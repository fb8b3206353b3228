"""Small SQLite files for what people tell the app: several visitors at once, or a kill, lose nothing."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

# So long, in seconds, SQLite waits for others to write before it gives up: a page waits for what it reads, and each
# writer is done within milliseconds.
_PATIENCE_TO_READ, _PATIENCE_TO_WRITE = 0.4, 3.0
# The bits of SQLite's error codes that tell the kind of error.
_PRIMARY = 0xFF


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
                _keep_a_write_ahead_log(database, patience)
            database.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            yield database
    except (sqlite3.Error, OSError) as error:
        raise failed(str(error)) from error


def _keep_a_write_ahead_log(database: sqlite3.Connection, patience: float) -> None:
    """Lets the file have a write-ahead log, with which who reads waits for nobody who writes.

    SQLite does not wait by itself for others who do the same to a new file at this moment.

    Args:
        database: a connection to the file.
        patience: how long to try, in seconds.

    Raises:
        sqlite3.OperationalError: others have kept it locked all the time, or it can't be written.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
