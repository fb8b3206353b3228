"""Messages over a pipe between the server and the training process, one pickle behind the other.

Only these two processes, of the same program and user, hold the ends of the pipe: nothing that a visitor sends is ever
unpickled.
"""

import pickle
import threading
from contextlib import suppress
from typing import IO, Any


class GarbledError(EOFError):
    """What came can't be understood, and so nothing that comes after it: the other side is of another version."""


class Channel:
    """A pipe for each direction. Several threads may send at once; one receives.

    Args:
        incoming: from which messages come.
        outgoing: to which they go.
    """

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]):
        self._incoming = incoming
        self._outgoing = outgoing
        self._lock = threading.Lock()

    def send(self, message: Any) -> None:
        """Sends a message, which is lost if the other side has ended: `receive` tells of that."""
        # A broken pipe, or one that is closed here.
        with suppress(OSError, ValueError), self._lock:
            pickle.dump(message, self._outgoing)
            self._outgoing.flush()

    def receive(self) -> Any:
        """Waits for a message.

        Raises:
            EOFError: the other side has ended, perhaps within a message.
            GarbledError: what came can't be understood.
        """
        try:
            return pickle.load(self._incoming)
        except OSError as error:
            raise EOFError(f"the other side has ended ({error})") from error
        except (ValueError, pickle.UnpicklingError, AttributeError, ImportError, TypeError) as error:
            if "truncated" in str(error):
                raise EOFError(f"the other side has ended within a message ({error})") from error
            raise GarbledError(f"the other side is not understood ({error})") from error
