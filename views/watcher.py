"""What is on the pad while the pen draws, sooner than the canvas package tells."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

_KEY = "pad_watcher"
# The widest pad, twice over for dense screens; anything larger is not from our own page.
_LARGEST = (1280, 560)
# Pictures are compared at this size, width and height: larger than a stroke's edge, smaller than a stroke.
_COMPARED = (80, 35)
_DIFFERENT = 100

_watcher = st.components.v2.component("pad_watcher", js=(Path(__file__).parent / "watch.js").read_text())


@dataclass(frozen=True, eq=False)
class Watched:
    """What was on the canvas at a moment.

    Attributes:
        number: grows with each picture; the time at which it was taken, in milliseconds by the browser's clock.
        revision: of the pad, as the page knew it then.
        pen_down: whether the pen was drawing.
        kept: whether it was drawn before the page was loaded anew.
        pixels: uint8 (h, w) in 0..255, of half the pad's size while the pen is down.
    """

    number: int
    revision: int
    pen_down: bool
    kept: bool
    pixels: np.ndarray


def watch(canvas: str, revision: int, blank: bool, untouched: bool, clearable: bool) -> Watched | None:
    """Watches a pad.

    Args:
        canvas: the key of the canvas.
        revision: of what was put on it from here, which pictures taken before don't show.
        blank: whether nothing is on it.
        untouched: whether the visitor has not drawn on it yet; then a drawing that the tab has kept is wanted.
        clearable: whether the page may clear the pad by itself: what was put on it from here is nothing.

    Returns:
        The newest picture; None before the first, or where the browser does not let it be taken.
    """
    # The page sends the next picture once it knows that this one has come.
    before = _parse(st.session_state.get(_KEY))
    data = {
        "canvas": canvas,
        "revision": revision,
        "blank": blank,
        "untouched": untouched,
        "clearable": clearable,
        "answered": before.number if before else 0,
    }
    _watcher(data=data, key=_KEY, height="content", on_drawing_change=lambda: None)
    return before if before and before.revision == revision else None


def alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two pictures of a pad, uint8 (h, w) or (h, w, 4) and of any size, show the same strokes."""
    small = [np.asarray(Image.fromarray(pixels).convert("L").resize(_COMPARED)).astype(int) for pixels in (one, other)]
    return bool(np.abs(small[0] - small[1]).max() < _DIFFERENT)


def _parse(state: object) -> Watched | None:
    """Makes a picture of what the page sent, which may be anything."""
    try:
        sent = state["drawing"]
        png = base64.b64decode(sent["image"].split(",", 1)[1], validate=True)
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            if image.width > _LARGEST[0] or image.height > _LARGEST[1]:
                return None
            pixels = np.asarray(image.convert("L"))
        return Watched(
            number=int(sent["number"]),
            revision=int(sent["revision"]),
            pen_down=bool(sent["down"]),
            kept=bool(sent.get("kept")),
            pixels=pixels,
        )
    except (AttributeError, KeyError, IndexError, TypeError, ValueError, OSError):
        return None
