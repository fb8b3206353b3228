"""Whose turn it is, what is trained, and what came of it: one training at a time, which everybody may watch."""

import re
import shutil
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from model.images import NUM_CLASSES, SIZE
from model.learning.messages import (
    Command,
    Ended,
    Failed,
    Finished,
    Keep,
    Kept,
    Pause,
    Prepare,
    Report,
    Result,
    Resume,
    SetDrawing,
    Snapshot,
    Start,
    State,
    StateChanged,
    Stop,
    Teach,
)
from model.learning.process import COMMAND, TrainingProcess
from model.reading.store import TRAINED
from model.recipes import FLAGS_OF_FOLDER, Lesson

# Letters, digits, and dashes within.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?")
# At most this many snapshots, a kilobyte each, are kept of a run; beyond that, every second one is dropped.
_MOST_SNAPSHOTS = 1200
# Visitors whose results are kept; then the oldest goes.
_MOST_RESULTS = 20
_FEWEST_DRAWINGS, _MOST_DRAWINGS = 1, 1000

Problem = Literal["unprepared", "failed", "idle", "memory", "died"]


class LearningError(Exception):
    """What a visitor asked for can't be done.

    Attributes:
        reason: "busy" (another training runs), "not yours" (someone else started it), "name" (invalid or already
            taken), "no result" (nothing was trained), "drawings" (wrong shape, dtype, count or labels), or "process"
            (it can't be started).
    """

    def __init__(self, reason: str, message: str):
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Status:
    """What there is to see, at one moment.

    Attributes:
        state: of the training process; "off" where there is none.
        ready: the lesson that can begin at once, or the name of the network that can be taught at once; None where
            there is none.
        run: the number of the last run, counted from 1; 0 before the first.
        owner: the visitor who started it; None before the first.
        lesson: of that run; None where a network is taught.
        snapshots: how many there are of that run.
        is_busy: whether it still runs, or a network is being saved.
        problem: why what was asked for could not be prepared ("unprepared") or was not done ("failed"), or why the
            process came to an end: it was "idle" for long, took too much "memory" or "died"; None where all is well.
        message: of what failed; empty otherwise.
        unprepared: the lesson, or the name of the network, that could not be prepared; None where that is no problem.
        asker: the visitor who had asked for what was not done; None where nothing failed.
        kept: the name of the network that was saved last; None before that.
    """

    state: State | Literal["off"] = "off"
    ready: Lesson | str | None = None
    run: int = 0
    owner: str | None = None
    lesson: Lesson | None = None
    snapshots: int = 0
    is_busy: bool = False
    problem: Problem | None = None
    message: str = ""
    unprepared: Lesson | str | None = None
    asker: str | None = None
    kept: str | None = None


class Classroom:
    """The one training of a server. Threads of all visitors may use it at once.

    Args:
        trained: where networks are kept.
        command: that starts the training process.
    """

    def __init__(self, trained: Path = TRAINED, command: Sequence[str] = COMMAND):
        self._trained = trained
        self._command = tuple(command)
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._process: TrainingProcess | None = None
        self._scratch: tempfile.TemporaryDirectory | None = None
        self._status = Status()
        self._snapshots: list[Snapshot] = []
        self._results: dict[str, Result] = {}
        # Whose result is being kept, and where.
        self._kept_of: str | None = None
        self._kept_at: Path | None = None
        # What the process was last asked to prepare.
        self._asked: Lesson | str | None = None
        # Whose drawing it has.
        self._drawer: str | None = None

    @property
    def pid(self) -> int | None:
        """Of the training process; None where there is none."""
        with self._lock:
            return self._process.pid if self._process else None

    # What everybody may do.

    def status(self) -> Status:
        """What there is to see now."""
        with self._lock:
            return replace(self._status, snapshots=len(self._snapshots))

    def snapshots(self) -> list[Snapshot]:
        """All snapshots of the last run, from its first step. Of a long run, only every second, fourth and so on."""
        with self._lock:
            return list(self._snapshots)

    def result(self, visitor: str) -> Result | None:
        """What came of the visitor's own last run; None where that is kept, discarded, or was never there."""
        with self._lock:
            return self._results.get(visitor)

    def open(self, what: Lesson | str | None = None) -> None:
        """Starts the training process if there is none, and prepares what comes next unless a training runs.

        Args:
            what: a lesson, or the name of a network that is to be taught.

        Raises:
            LearningError: the process can't be started ("process").
        """
        with self._lock:
            self._start_process()
            if what is not None and not self._status.is_busy and what not in (self._status.ready, self._asked):
                self._asked = what
                self._send(Prepare(self._trained / what if isinstance(what, str) else what))

    def wait_for_change(self, seen: Status, timeout: float) -> Status:
        """Blocks until the status differs from `seen`, for at most `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.status() != seen, timeout)
            return self.status()

    # What a visitor may do when it is their turn.

    def start(self, visitor: str, lesson: Lesson) -> None:
        """Trains a lesson.

        Raises:
            LearningError: another training runs ("busy"), or the process can't be started ("process").
        """
        with self._lock:
            self._send(Start(lesson, self._begin(visitor, lesson)))

    def teach(self, visitor: str, network: str, images: np.ndarray, labels: np.ndarray) -> None:
        """Trains a saved network further on drawings.

        Args:
            visitor: whose turn it is.
            network: its name.
            images: as the network sees them, uint8 (n, 28, 28) in 0..255.
            labels: integers (n,) in 0..9.

        Raises:
            LearningError: as for `start`; or these are no drawings ("drawings").
        """
        check_drawings(images, labels)
        with self._lock:
            folder = self._begin(visitor, None)
            self._send(Teach(self._trained / network, images, labels.astype(np.uint8), folder))

    def look(self, visitor: str, image: np.ndarray | None) -> None:
        """Gives the visitor's drawing, uint8 (28, 28) in 0..255, to be read in each snapshot, or takes it away.

        While someone else's training runs, nothing changes.
        """
        with self._lock:
            if self._process and (not self._status.is_busy or self._status.owner == visitor):
                self._drawer = visitor
                self._send(SetDrawing(image))

    def pause(self, visitor: str) -> None:
        """Lets the visitor's training wait.

        Raises:
            LearningError: it is someone else's ("not yours").
        """
        self._ask(visitor, Pause())

    def go_on(self, visitor: str) -> None:
        """Lets it go on; otherwise as `pause`."""
        self._ask(visitor, Resume())

    def stop(self, visitor: str) -> None:
        """Ends it early; what it has learnt is its result. Otherwise as `pause`."""
        self._ask(visitor, Stop())

    # What becomes of a result.

    def keep(self, visitor: str, name: str) -> None:
        """Saves the visitor's result as a network of that name; `Status.kept` tells when that is done.

        Raises:
            LearningError: there is no result ("no result"), the name can't be used ("name"), or a training runs
                ("busy").
        """
        with self._lock:
            if (result := self._results.get(visitor)) is None:
                raise LearningError("no result", "There is nothing to keep. Train a network first.")
            self.check_name(name)
            if self._status.is_busy:
                raise LearningError("busy", "A training runs. Keep the network once it is over.")
            self._start_process()
            self._asked = None  # saving discards whatever was prepared
            self._status = replace(_without_problem(self._status), is_busy=True)
            self._kept_of, self._kept_at = visitor, self._trained / name
            self._send(Keep(result, self._kept_at))

    def check_name(self, name: str) -> None:
        """Makes sure that a network can be kept under a name.

        Raises:
            LearningError: it has other characters than letters, digits and dashes, or is taken ("name").
        """
        if not _NAME.fullmatch(name):
            raise LearningError(
                "name",
                f"Not a name for a network. Expected: up to 40 letters, digits and dashes. Received: {name[:60]!r}",
            )
        taken = {path.name.lower() for path in self._trained.iterdir()} if self._trained.is_dir() else set()
        if name.lower() in taken | set(FLAGS_OF_FOLDER):
            raise LearningError("name", f"There is a network of that name already. Received: {name}")

    def discard(self, visitor: str) -> None:
        """Throws the visitor's result away, if there is one that is not being kept."""
        with self._lock:
            if self._kept_of != visitor:
                self._drop(visitor)

    def close(self) -> None:
        """Ends the training process, and removes what was not kept."""
        with self._lock:
            process = self._process
        if process:
            process.end()
        with self._lock:
            self._results.clear()
            if self._scratch:
                self._scratch.cleanup()
                self._scratch = None

    # Within.

    def _drop(self, visitor: str) -> None:
        if (result := self._results.pop(visitor, None)) is not None:
            shutil.rmtree(result.folder, ignore_errors=True)

    def _begin(self, visitor: str, lesson: Lesson | None) -> Path:
        """Begins a visitor's turn. Returns the folder for what comes of it; the lock must be held."""
        if self._status.is_busy:
            raise LearningError("busy", "A training runs already. Begin once it is over.")
        self._start_process()
        assert self._scratch is not None
        if self._drawer != visitor:
            self._send(SetDrawing(None))  # nobody watches someone else's drawing unawares
        try:
            Path(self._scratch.name).mkdir(exist_ok=True)  # a system may clear what is old
            folder = Path(tempfile.mkdtemp(dir=self._scratch.name))
        except OSError as error:
            raise LearningError("process", f"The training can't be started ({error.strerror}).") from error
        self._snapshots.clear()
        self._asked = None
        status = _without_problem(self._status)
        self._status = replace(status, run=status.run + 1, owner=visitor, lesson=lesson, is_busy=True)
        return folder

    def _ask(self, visitor: str, command: Command) -> None:
        with self._lock:
            if self._status.owner != visitor:
                raise LearningError("not yours", "Someone else has started this training.")
            if self._status.is_busy:
                self._send(command)

    def _send(self, command: Command) -> None:
        assert self._process is not None
        self._process.send(command)

    def _start_process(self) -> None:
        if self._process is not None:
            return
        if self._scratch is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="digits-learning-", ignore_cleanup_errors=True)
        try:
            self._process = TrainingProcess(self._receive, [*self._command, "--scratch", self._scratch.name])
        except OSError as error:
            raise LearningError("process", f"The training can't be started ({error.strerror}).") from error
        self._status = replace(_without_problem(self._status), state="starting", ready=None)

    def _receive(self, report: Report) -> None:
        """Takes a report of the process, in the thread that reads them."""
        with self._changed:
            status = self._status
            match report:
                case Snapshot():
                    # A drawing that changes during a pause is read again at the same step.
                    if self._snapshots and self._snapshots[-1].step == report.step:
                        self._snapshots.pop()
                    self._snapshots.append(report)
                    if len(self._snapshots) > _MOST_SNAPSHOTS:
                        del self._snapshots[1:-1:2]
                case StateChanged(state, ready):
                    if state == "ready" and status.problem == "unprepared":
                        status = _without_problem(status)
                    self._status = replace(status, state=state, ready=_named(ready))
                case Finished(result):
                    self._status = replace(status, is_busy=False)
                    self._take(result)
                case Kept(folder):
                    self._status = replace(status, is_busy=False, kept=folder.name)
                    if self._kept_of:
                        self._drop(self._kept_of)
                    self._kept_of = self._kept_at = None
                case Failed(message, None):
                    status = replace(_without_problem(status), problem="failed", message=message)
                    self._status = replace(status, is_busy=False, asker=self._kept_of or status.owner)
                    self._kept_of = self._kept_at = None
                case Failed(message, unprepared):
                    status = replace(_without_problem(status), problem="unprepared", message=message)
                    self._status = replace(status, unprepared=_named(unprepared))
                case Ended(reason):
                    self._process = self._asked = None
                    if reason != "failed":  # that was reported
                        problem = None if reason == "asked" else reason
                        status = replace(_without_problem(status), problem=problem)
                    self._status = replace(status, state="off", ready=None, is_busy=False)
                    self._sweep()
            self._changed.notify_all()

    def _sweep(self) -> None:
        """Removes what a process that died while it saved a network has left beside the network's folder."""
        if self._kept_at is not None:
            shutil.rmtree(self._kept_at.with_name(f"{self._kept_at.name}.new"), ignore_errors=True)
            with suppress(OSError):
                self._kept_at.with_name(f"{self._kept_at.name}.lock").unlink(missing_ok=True)
            self._kept_of = self._kept_at = None

    def _take(self, result: Result) -> None:
        """Takes what came of a run, in place of the visitor's last result."""
        assert self._status.owner is not None
        self._drop(self._status.owner)
        self._results[self._status.owner] = result
        if len(self._results) > _MOST_RESULTS:
            self._drop(next(iter(self._results)))


def _without_problem(status: Status) -> Status:
    return replace(status, problem=None, message="", unprepared=None, asker=None)


def _named(what: Lesson | Path | None) -> Lesson | str | None:
    """What the process tells of, with a network's name in place of its folder."""
    return what.name if isinstance(what, Path) else what


def check_drawings(images: np.ndarray, labels: np.ndarray) -> None:
    """Makes sure that a network can be taught with drawings.

    Raises:
        LearningError: they are of another form than `Classroom.teach` takes ("drawings").
    """
    count = len(images)
    if (
        images.dtype != np.uint8
        or images.shape != (count, SIZE, SIZE)
        or labels.shape != (count,)
        or not _FEWEST_DRAWINGS <= count <= _MOST_DRAWINGS
        or not all(label in range(NUM_CLASSES) for label in labels.tolist())
    ):
        raise LearningError(
            "drawings",
            f"Not labelled drawings. Expected: uint8 (n, 28, 28) with n in 1..1,000, and n digits. "
            f"Received: {images.dtype} {images.shape}, labels {labels.shape}",
        )
