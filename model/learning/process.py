"""The training process as the app sees it: start it, talk to it, notice its end."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from model.learning.channel import Channel
from model.learning.messages import Command, Ended, Report

_ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "model.training.live")
# With these the process ends where nothing was asked of it for a time, where it took too much memory, and after it has
# reported why it can't begin.
IDLE_STATUS, MEMORY_STATUS, FAILED_STATUS = 75, 76, 77
_REASONS = {IDLE_STATUS: "idle", MEMORY_STATUS: "memory", FAILED_STATUS: "failed"}
# Seconds that it has to end by itself.
_PATIENCE = 3.0


class TrainingProcess:
    """A process that trains. It ends when this one does, however that ends: then its stdin is closed.

    Args:
        receive: is called with each report, from a thread of its own; the last one is `Ended`.
        command: how it is started.

    Raises:
        OSError: it can't be started.
    """

    def __init__(self, receive: Callable[[Report], None], command: Sequence[str] = COMMAND):
        # In a session of its own, where the terminal's Ctrl-C does not reach it.
        self._process = subprocess.Popen(
            command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin = self._process.stdin
        self._channel = Channel(self._process.stdout, self._stdin)
        self._is_asked = False
        self._reader = threading.Thread(target=self._receive, args=(receive,), daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, command: Command) -> None:
        """Asks for something. If the process has ended, `Ended` is reported, and nothing else."""
        self._channel.send(command)

    def end(self) -> None:
        """Ends it, and waits until it is gone and that was reported; it is killed if it does not end by itself."""
        self._is_asked = True
        self._wait_for_end()
        self._reader.join()

    def _wait_for_end(self) -> int:
        """Closes its stdin, by which it ends, or else kills it. Returns its exit status."""
        self._close_stdin()
        try:
            return self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _close_stdin(self) -> None:
        with suppress(OSError):  # it has ended, and did not hear all
            self._stdin.close()

    def _receive(self, receive: Callable[[Report], None]) -> None:
        try:
            while True:
                receive(self._channel.receive())
        except EOFError:
            # It may run on, where what it said was not understood: it is then of another version of the program.
            status = self._wait_for_end()
            assert self._process.stdout is not None
            self._process.stdout.close()
            reason = "asked" if self._is_asked else _REASONS.get(status, "died")
            receive(Ended(reason, status))  # type: ignore[arg-type]
