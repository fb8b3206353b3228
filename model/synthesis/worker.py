"""Calls a function in a process of its own, beside what this one does.

`multiprocessing` would import the running script again, which would then need a guard, and its process would answer
Ctrl-C with a traceback of its own.
"""

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def called_beside(function: Callable, *arguments: Any) -> Iterator[Callable[[], Any]]:
    """Calls a function in a new process, which ends with the block at the latest.

    Args:
        function: of a module that can be imported by its name.
        arguments: of the function; they and its answer can be pickled.

    Yields:
        A function that waits for the answer and returns it.

    Raises:
        ChildProcessError: the process ended without an answer; its own error is on stderr.
    """

    def failed() -> ChildProcessError:
        status = process.wait()
        return ChildProcessError(
            f"The process that called {function.__name__} ended with status {status} and no answer."
        )

    command = [sys.executable, "-m", "model.synthesis.worker"]
    # In a session of its own, where the terminal's Ctrl-C does not reach it.
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        answers = process.stdout

        def answer() -> Any:
            try:
                return pickle.load(answers)
            except (EOFError, pickle.UnpicklingError) as error:
                raise failed() from error

        try:
            try:
                pickle.dump((function, arguments), process.stdin)
                process.stdin.close()
            except BrokenPipeError as error:  # more than a pipe holds was still to come
                with suppress(BrokenPipeError):
                    process.stdin.close()
                raise failed() from error
            yield answer
        finally:
            process.kill()


def main() -> None:
    """Makes the call that stands on stdin, and writes the answer to stdout."""
    function, arguments = pickle.load(sys.stdin.buffer)
    pickle.dump(function(*arguments), sys.stdout.buffer)


if __name__ == "__main__":
    main()
