"""What is on a pad, by the messages of its page. It uses no Streamlit, so that tests can send messages in any order.

Two parts of the page send messages. The canvas package sends its objects and its pixels after each change: they are
complete, and late. The watcher sends pixels while the pen draws: they are early, and may lack the end of a stroke. So
the watcher's pixels count until the canvas's come, and the canvas's count as soon as the pen is up. Messages may be
late and may replace each other on the way, but the last one of each part always arrives, and the canvas sends one
after the last change. So in the end what is on the canvas counts.
"""

import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from views.messages import CanvasMessage, WatcherMessage

# Steps that can be undone. A step takes a few kilobytes of the server's memory.
LONGEST_HISTORY = 50
# Seconds after which a pen that the watcher saw drawing counts as lifted: the watcher sends at least as often.
_WATCHER_PATIENCE = 1.0

# No two pads share one, nor do two runs of the server, so that a message of another pad is never taken.
_numbers = itertools.count(secrets.randbelow(2**30))

Objects = tuple[dict, ...]


def next_number() -> int:
    """A number that was given to nothing else."""
    return next(_numbers)


@dataclass(frozen=True)
class _Step:
    """What was on the pad after a change.

    Attributes:
        number: of this step; no other of the pad has it.
        objects: Fabric's.
    """

    number: int
    objects: Objects


@dataclass
class PadState:
    """The drawing on a pad, with the steps that led to it.

    Attributes:
        pixels: uint8 (h, w) in 0..255, what is to be read; None while nothing is on the pad.
        revision: names what was put on the canvas from here; a new one each time.
        initial: the objects that were put on the canvas with this revision.
        loaded: whether the canvas has confirmed that it drew them; a remounted canvas does so at its next change.
        now: seconds of a clock.
    """

    pixels: np.ndarray | None = None
    revision: int = field(default_factory=next_number)
    initial: Objects = ()
    loaded: bool = True
    now: Callable[[], float] = time.monotonic
    _history: list[_Step] = field(default_factory=lambda: [_Step(0, ())])
    _place: int = 0
    _last_number: int = 0
    # Whether the watcher has seen ink that the canvas has not sent yet.
    _is_ahead: bool = False
    _watched: WatcherMessage | None = None
    _watched_at: float = 0.0
    # What the canvas sent while the pen was down; it counts if the watcher then has no picture.
    _waiting: np.ndarray | None = None

    @property
    def objects(self) -> Objects:
        """Fabric's objects on the pad, a stroke or a picture each."""
        return self._history[self._place].objects

    @property
    def picture(self) -> int:
        """Names what is on the pad: a new number with each stroke, and the former one again after Undo and Redo."""
        return self._last_number + 1 if self._is_ahead else self._history[self._place].number

    @property
    def untouched(self) -> bool:
        """Whether nothing was ever on the pad."""
        return self._history == [_Step(0, ())]

    def take_canvas(self, message: CanvasMessage) -> bool:
        """Takes a message of the canvas.

        Returns:
            Whether the page itself has cleared the pad since the last one.
        """
        if message.revision != self.revision:
            return False
        was_cleared = self._take_objects(message.objects)
        if self._pen_is_down():
            self._waiting = message.pixels
        else:
            self._waiting = None
            self.pixels = message.pixels if message.objects else None
        return was_cleared

    def take_watcher(self, message: WatcherMessage) -> None:
        """Takes a message of the watcher."""
        before = self._watched
        if message.revision != self.revision or (before is not None and message.number <= before.number):
            return
        self._watched, self._watched_at = message, self.now()
        if message.pixels is not None:
            self.pixels = message.pixels
            self._is_ahead = True
        elif self._waiting is not None:
            self.pixels = self._waiting
        if not message.pen_down:
            self._waiting = None

    def put(self, objects: Objects, pixels: np.ndarray | None) -> None:
        """Replaces what is on the pad, as a step that can be undone.

        Args:
            objects: Fabric's objects.
            pixels: uint8 (280, width) of them; None if there are none.
        """
        self._step(objects)
        self._draw(pixels)

    def clear(self) -> None:
        """Takes everything off the pad, as a step that can be undone."""
        if self.objects:
            self.put((), None)

    def undo(self) -> None:
        """Takes the last step back, if there is one."""
        self._go(self._place - 1)

    def redo(self) -> None:
        """Takes the step that was taken back last, if there is one."""
        self._go(self._place + 1)

    def draw_again(self) -> None:
        """Has a remounted canvas draw what is on the pad."""
        self._draw(self.pixels)

    def _go(self, place: int) -> None:
        if 0 <= place < len(self._history):
            self._place = place
            # The canvas sends the pixels once it has drawn the objects.
            self._draw(self.pixels if self.objects else None)

    def _draw(self, pixels: np.ndarray | None) -> None:
        self.pixels = pixels
        self.initial = self.objects
        self.revision = next_number()
        self.loaded = False
        self._watched = self._waiting = None
        self._is_ahead = False

    def _pen_is_down(self) -> bool:
        watched = self._watched
        return watched is not None and watched.pen_down and self.now() - self._watched_at < _WATCHER_PATIENCE

    def _take_objects(self, objects: Objects) -> bool:
        """Makes steps of what is new among the objects; whether the pad was cleared before that."""
        if not self.loaded:
            # The canvas gives objects that it has drawn values that they did not have.
            self._history[self._place] = replace(self._history[self._place], objects=objects[: len(self.objects)])
            self.loaded = True
        known = self.objects
        was_cleared = objects[: len(known)] != known
        if was_cleared:
            self._step(())
            known = ()
        # Several strokes may come with one message.
        for count in range(len(known) + 1, len(objects) + 1):
            self._step((*known, *objects[len(known) : count]))
        return was_cleared

    def _step(self, objects: Objects) -> None:
        del self._history[self._place + 1 :]
        self._last_number += 1
        self._is_ahead = False
        self._history.append(_Step(self._last_number, objects))
        del self._history[: -LONGEST_HISTORY - 1]
        self._place = len(self._history) - 1
