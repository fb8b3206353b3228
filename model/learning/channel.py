"""Messages over a pipe between the server and the training process, one pickle behind the other.

Only these two processes, of the same program and user, hold the ends of the pipe: nothing that a visitor sends is ever
unpickled.
"""

import pickle
import threading
from typing import IO, Any


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

    def send(self, message: Any) -> bool:
        """Sends a message. Returns whether the other side can still get it."""
        try:
            with self._lock:
                pickle.dump(message, self._outgoing)
                self._outgoing.flush()
        except (OSError, ValueError):  # a broken pipe, or one that is closed here
            return False
        return True

    def receive(self) -> Any:
        """Waits for a message.

        Raises:
            EOFError: the other side has ended, perhaps within a message.
        """
        try:
            return pickle.load(self._incoming)
        # The last ones come from another version of the program at the other end.
        except (OSError, ValueError, pickle.UnpicklingError, AttributeError, ImportError, TypeError) as error:
            raise EOFError(f"the other side has ended ({error})") from error
