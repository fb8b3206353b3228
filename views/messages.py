"""What the page sends of a pad, checked before anything of it is used: a page may send anything."""

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from model.images import PAD_SIZE

# The widest pad in pixels, width and height. A larger picture is not from our own page.
LARGEST = (640, PAD_SIZE)
# Characters of a picture's data URL: more than noise on the widest pad takes.
_LONGEST = 1_000_000
# Far outside of every pad, so that the object that carries the revision is never seen.
_OUTSIDE = -10_000


@dataclass(frozen=True, eq=False)
class CanvasMessage:
    """What the canvas package sends after a change.

    Attributes:
        revision: of the pad on which it was drawn.
        objects: Fabric's objects, a stroke each.
        pixels: uint8 (280, width) in 0..255 of them.
    """

    revision: int
    objects: tuple[dict, ...]
    pixels: np.ndarray


@dataclass(frozen=True, eq=False)
class WatcherMessage:
    """What the watcher (`watch.js`) sends while the pen draws and when it is lifted.

    Attributes:
        canvas: the key of the canvas.
        revision: of the pad, as the page knew it then.
        number: grows from message to message.
        pen_down: whether the pen was drawing.
        kept: whether the picture was drawn before a reload of the page.
        pixels: uint8 (h, w) in 0..255, of half the pad's size; None when the pen is lifted, since the canvas sends its
            own then, and where the browser does not let the watcher see it.
    """

    canvas: str
    revision: int
    number: int
    pen_down: bool
    kept: bool
    pixels: np.ndarray | None


@dataclass(frozen=True)
class Command:
    """What a button of a pad, or the page itself, asks for.

    Attributes:
        pad: the number of the pad.
        number: of the command, from 1, in the order in which they were given.
        name: the value of the button; "redraw" where the canvas was mounted again.
    """

    pad: int
    number: int
    name: str


def revision_mark(revision: int) -> dict:
    """An object for the canvas that is never seen and comes back with each of its messages.

    The package tells nothing else of what it was given, so that only this shows whether a message was sent before or
    after the pad was changed from here.
    """
    place = {"left": _OUTSIDE, "top": -revision, "originX": "left", "originY": "top"}
    return {"type": "Rect", **place, "width": 1, "height": 1, "strokeWidth": 0}


def canvas_message(sent: Any) -> CanvasMessage | None:
    """Parses what the canvas sent; None if it is not a message or has no mark of a revision."""
    try:
        mark, *objects = sent["raw"]["objects"]
        if mark["left"] != _OUTSIDE or not all(isinstance(drawn, dict) for drawn in objects):
            return None
        return CanvasMessage(int(-mark["top"]), tuple(objects), _pixels(sent["data"]))
    except _NO_MESSAGE:
        return None


def watcher_message(sent: Any) -> WatcherMessage | None:
    """Parses what the watcher sent; None if it is not a message."""
    try:
        message = WatcherMessage(
            canvas=str(sent["canvas"]),
            revision=int(sent["revision"]),
            number=int(sent["number"]),
            pen_down=bool(sent["down"]),
            kept=bool(sent.get("kept")),
            pixels=None if sent["image"] is None else _pixels(sent["image"]),
        )
    except _NO_MESSAGE:
        return None
    # A pad can be filled again only with a picture of a pad.
    if message.kept and (message.pixels is None or message.pixels.shape[0] != PAD_SIZE):
        return None
    return message


def commands(sent: Any) -> list[Command]:
    """The latest commands of the page, the newest last; none where it sent anything else."""
    try:
        return [Command(int(one["pad"]), int(one["number"]), str(one["name"])) for one in sent]
    except _NO_MESSAGE:
        return []


# What a message of any other form or with a damaged picture raises.
_NO_MESSAGE = (
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    OverflowError,
    OSError,
    RecursionError,
    SyntaxError,
    Image.DecompressionBombError,
)


def _pixels(url: str) -> np.ndarray:
    """The PNG in a data URL as uint8 (h, w).

    Raises:
        ValueError: it is too large.
        Other errors of `_NO_MESSAGE`: it is no PNG, or damaged.
    """
    if len(url) > _LONGEST:
        raise ValueError(f"The picture is too long. Expected: at most {_LONGEST} characters. Received: {len(url)}")
    data = base64.b64decode(url.split(",", 1)[1], validate=True)
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        if image.width > LARGEST[0] or image.height > LARGEST[1]:
            raise ValueError(f"The picture is too large. Expected: at most {LARGEST}. Received: {image.size}")
        return np.asarray(image.convert("L"))
