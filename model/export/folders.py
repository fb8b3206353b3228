"""Checks that a folder can be written or replaced, and replaces it in one step."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from model.reading.store import may_be_replaced

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]

# Bytes; a disk with less room is full.
_LEAST_ROOM = 1_000_000


class SaveError(Exception):
    """A trained network can't be saved where it should be, or is not what was trained once it is."""


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """Gives an empty folder to fill, which takes the place of `folder` once all is written.

    An error or an interruption leaves what was in `folder` untouched.

    Raises:
        SaveError: `folder` is there and holds something else than a trained network.
    """
    check_replaceable(folder)
    new, previous = _beside(folder)
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
        if folder.exists():
            shutil.rmtree(previous, ignore_errors=True)
            folder.rename(previous)
        new.rename(folder)
    except BaseException:
        if previous.exists() and not folder.exists():
            previous.rename(folder)
        raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(previous, ignore_errors=True)


@contextmanager
def claimed_folder(folder: Path) -> Iterator[None]:
    """Keeps a folder for this process alone, as long as it runs; a process that is killed gives it back, too.

    Raises:
        SaveError: another process has it, or nothing can be written beside it.
    """
    path = folder.with_name(folder.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = _locked_file(path)
    except OSError as error:
        raise SaveError(f"Can't write {path} ({error.strerror}). Clear the way, or save to another folder.") from error
    if file is None:
        raise SaveError(f"Another training is saving to {folder}. Wait until it is done, or save to another folder.")
    with file:
        try:
            yield
        finally:
            if fcntl is not None:
                path.unlink(missing_ok=True)
    if fcntl is None:  # Windows removes no file that is open
        path.unlink(missing_ok=True)


def _locked_file(path: Path) -> TextIO | None:
    """Opens a file and locks it as long as it is open; None where another process has it."""
    while True:
        file = path.open("w")
        if fcntl is None:
            return file
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(file.fileno()).st_ino == path.stat().st_ino:
                return file
        except BlockingIOError:
            file.close()
            return None
        except FileNotFoundError:
            pass
        file.close()  # the process that had it has removed it meanwhile: another file takes its place


def check_replaceable(folder: Path) -> None:
    """Makes sure that a folder can be made, or replaced by a trained network.

    Raises:
        SaveError: it is a file, a mount point, or a folder that holds something else; or nothing can be written beside
            it, where the new network is made.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise SaveError(f"Can't save to {folder}: it is a file. Name a folder with --out.")
        if folder.is_mount():
            raise SaveError(f"Can't replace {folder}: it is a mount point. Name a folder below it with --out.")
        if folder.exists() and not may_be_replaced(folder):
            raise SaveError(
                f"Won't replace {folder}: it holds something else than a trained network. "
                "Name another folder with --out."
            )
    except OSError as error:
        raise SaveError(f"Can't save to {folder} ({error.strerror}). Name another folder with --out.") from error
    for beside in _beside(folder):
        check_writable(beside)


def check_writable(folder: Path) -> None:
    """Makes sure that a folder can be made and written to; it is left as it was.

    Raises:
        SaveError: it can't, since a file or a permission is in the way, or no room is left.
    """
    try:
        path = folder.parent.resolve() / folder.name
        # A link to nowhere is in the way.
        existing = next((each for each in (path, *path.parents) if each.exists() or each.is_symlink()), path)
        # Below a name that nobody else has: two trainings may check the same folder at the same moment.
        with TemporaryDirectory(dir=existing, prefix="check.") as beside:
            trial = Path(beside) / path.relative_to(existing)
            trial.mkdir(parents=True, exist_ok=True)
            (trial / "file").write_bytes(bytes(_LEAST_ROOM))
    except OSError as error:
        raise SaveError(
            f"Can't write to {folder} ({error.strerror}). Clear the way, or name another folder with --out."
        ) from error


def _beside(folder: Path) -> tuple[Path, Path]:
    """Where a network is put together before it takes the place of a folder, and where the folder goes meanwhile."""
    return folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".previous")
