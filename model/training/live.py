"""The training process of the app: python -m model.training.live

The app starts it and talks to it over stdin and stdout, in the messages of `model.learning.messages`. It ends with the
app, however that ends, and after a time in which nothing was asked of it.
"""

import argparse
import os
import queue
import shutil
import signal
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from model.data.mnist import MNIST_PATH, DataError
from model.learning.channel import Channel, GarbledError
from model.learning.messages import Command, Failed, StateChanged
from model.learning.process import FAILED_STATUS, IDLE_STATUS, MEMORY_STATUS

# Below that of the app, whose pad stays quick.
_NICENESS = 10
# Seconds; a step, or LiteRT's converter, comes to its end before that.
_LAST_PATIENCE = 15.0


class Inbox:
    """The commands that have come and were not taken yet.

    Args:
        channel: from which they come. Once the app has ended, this process is interrupted as by Ctrl-C.
        idle: seconds without a command after which `wait` raises TimeoutError.

    Attributes:
        has_app_ended: whether it has. The process is interrupted, too, by what it does not understand.
    """

    def __init__(self, channel: Channel, idle: float):
        self.idle = idle
        self.has_app_ended = False
        self._channel = channel
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()

    def open(self) -> None:
        """Begins to receive, in a thread of its own."""
        threading.Thread(target=self._receive, daemon=True).start()

    def wait(self, seconds: float | None = None) -> Command:
        """Waits for the next command, for so many seconds; by default, for `idle`.

        Raises:
            TimeoutError: none came.
        """
        patience = self.idle if seconds is None else max(0.0, seconds)
        try:
            return self._commands.get(timeout=patience)
        except queue.Empty:
            raise TimeoutError(f"Nothing was asked for {patience:.0f} s.") from None

    def next(self) -> Command | None:
        """The next command, if one has come."""
        try:
            return self._commands.get_nowait()
        except queue.Empty:
            return None

    def _receive(self) -> None:
        try:
            while True:
                self._commands.put(self._channel.receive())
        except EOFError as error:
            self.has_app_ended = not isinstance(error, GarbledError)
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(_LAST_PATIENCE)
            os._exit(1)


def main(arguments: list[str] | None = None) -> int:
    """Runs the process. Returns its exit status, which says why it ended (`model.learning.process`)."""
    parser = argparse.ArgumentParser(prog="python -m model.training.live", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=MNIST_PATH, metavar="FILE", help="as for train.py (%(default)s)")
    parser.add_argument("--idle", type=float, default=600, metavar="SECONDS", help="then it ends (%(default)s)")
    parser.add_argument("--memory", type=float, default=2000, metavar="MB", help="it may take (%(default)s)")
    parser.add_argument("--scratch", type=Path, metavar="FOLDER", help="it goes with the app")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    # Python can't end while a thread reads its own stdin.
    channel = Channel(os.fdopen(os.dup(sys.stdin.fileno()), "rb"), _private_stdout())
    if find_spec("resource"):  # on Windows the memory is not limited
        threading.Thread(target=_watch_memory, args=(options.memory,), daemon=True).start()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    inbox = Inbox(channel, options.idle)
    try:
        inbox.open()
        channel.send(StateChanged("starting"))
        # Importing TensorFlow takes seconds. The app is told before, and the inbox notices meanwhile if it ends.
        from model.training.lessons import Trainer

        Trainer(channel, inbox, options.data).work()
    except TimeoutError:
        return IDLE_STATUS
    except DataError as error:
        channel.send(Failed(str(error)))
        return FAILED_STATUS
    except KeyboardInterrupt:
        # The app removes it by itself, unless it was killed.
        if options.scratch and inbox.has_app_ended:
            shutil.rmtree(options.scratch, ignore_errors=True)
    return 0


def _private_stdout() -> BinaryIO:
    """The pipe to the app. What libraries print is redirected to stderr, so that it can't corrupt the messages."""
    pipe = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(pipe, "wb")


def _watch_memory(most: float) -> None:
    """Ends the process once it has taken more than so many MB.

    A limit of the address space would not do: TensorFlow reserves twice what it uses.
    """
    import resource

    unit = 1e6 if sys.platform == "darwin" else 1e3
    while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit <= most:
        time.sleep(0.2)
    os._exit(MEMORY_STATUS)


if __name__ == "__main__":
    sys.exit(main())
