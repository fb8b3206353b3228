"""The drawing pad: the canvas with its controls, and the drawing kept through reruns and changes of view."""

import base64
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from model.data import DataError
from model.strokes import PAD_SIZE
from views.parts import png_url, test_set
from views.texts import say
from views.watcher import Watched, alike, watch

# Seconds after which a watcher that said nothing is not waited for.
_WATCHER_PATIENCE = 1.0

# Keeps a page margin on each side of a pad on a phone.
_MARGIN = 40

# Makes the canvas fit for touch and for keyboards, and tells how wide the window is; see the file.
_pad_guard = st.components.v2.component("pad_guard", js=(Path(__file__).parent / "pad.js").read_text())


@dataclass
class Pad:
    """What is on a pad. The canvas forgets it when it leaves the page, so it is kept in the session.

    Attributes:
        key: of the canvas.
        width: in pixels; all pads are 280 high.
        objects: Fabric's objects, which the canvas draws again.
        pixels: uint8 (280, width) or (280, width, 4) of them, which the canvas does not send again by itself; None if
            there are none.
        revision: counts how often something was put on the pad from here.
        outdated: the PNG that the canvas gives until it has drawn what was put on it; None if it is up to date.
        received: the last PNG that the canvas sent.
        watched: the last picture that the watcher sent, which is newer than the canvas's.
        watched_at: when it came, in seconds of the server's clock.
        is_watched: whether the watcher sees what the canvas sends; where it does not, the canvas's pictures count.
        initial_objects: those that were put on it from here.
        on_stage: whether it was last shown on the stage.
        unseen: a picture that the canvas sent while the pen was down, to be compared when it is lifted.
    """

    key: str
    width: int = PAD_SIZE
    objects: list[dict] = field(default_factory=list)
    pixels: np.ndarray | None = None
    revision: int = 0
    outdated: bytes | None = None
    received: bytes | None = None
    watched: Watched | None = None
    watched_at: float = 0.0
    is_watched: bool = True
    unseen: np.ndarray | None = None
    initial_objects: list[dict] = field(default_factory=list)
    on_stage: bool = False

    def put(self, objects: list[dict], pixels: np.ndarray | None) -> None:
        """Replaces what is on the pad."""
        self.objects, self.pixels = objects, pixels
        self.watched = self.unseen = None
        self._draw_again()
        # Nothing has been sent where the pad is not on the page.
        sent = st.session_state[self.key]["drawing"]["data"] if self.key in st.session_state else None
        self.outdated = _png(sent) if sent else None

    def put_image(self, image: np.ndarray) -> None:
        """Replaces what is on the pad by an image of MNIST's size, uint8 (28, 28)."""
        factor = PAD_SIZE // image.shape[0]
        large = np.kron(image, np.ones((factor, factor), np.uint8))
        self.put([_picture(large)], large)

    def undo(self) -> None:
        """Takes the last stroke back."""
        self.put(self.objects[:-1], self.pixels if len(self.objects) > 1 else None)

    def show(self, on_gone: Callable[[], None], on_stage: bool) -> np.ndarray | None:
        """Shows the canvas with its controls.

        Args:
            on_gone: is called before what is on the pad is cleared or gives way to a sample.
            on_stage: whether it stands alone and large, without the choice of a brush.

        Returns:
            What is drawn, uint8 (280, width) or (280, width, 4); None before the first stroke.
        """
        state = st.session_state
        state.setdefault("brush", 20)
        if self.key not in state or self.on_stage != on_stage:
            self.on_stage = on_stage
            self._draw_again()  # the canvas is made anew
        untouched = self.revision == 1 and self.received is None and not self.objects
        clearable = not self.initial_objects
        watched = watch(self.key, self.revision, blank=not self.objects, untouched=untouched, clearable=clearable)
        if watched is not None and watched.kept:
            if untouched:
                self.width = watched.pixels.shape[1]
                self.put([_picture(watched.pixels)], watched.pixels)
            watched = None
        canvas = st_canvas(
            stroke_width=state.brush,
            stroke_color="#fff",
            background_color="#000",
            width=self.width,
            height=PAD_SIZE,
            # The canvas draws this again whenever it changes, which the revision makes sure of.
            initial_drawing={"objects": self.initial_objects, "revision": self.revision},
            return_image_data=True,
            key=self.key,
        )
        sent = canvas.image_bytes
        if sent is not None and sent not in (self.outdated, self.received):
            objects = canvas.json_data["objects"]
            was_cleared = bool(self.objects) and not objects
            self.outdated, self.received, self.objects = None, sent, objects
            if was_cleared:  # by the page itself, at a click on Clear
                on_gone()
                self.pixels = self.unseen = None
            else:
                self._take_canvas(canvas.image_data)
        if watched is not None and (self.watched is None or watched.number > self.watched.number):
            self._take_watched(watched)
        self._controls(on_gone)
        return self.pixels

    def _take_canvas(self, pixels: np.ndarray) -> None:
        """Takes a picture that the canvas sent; while the pen is down the watcher's is newer."""
        recent = time.monotonic() - self.watched_at < _WATCHER_PATIENCE
        if self.watched is not None and self.watched.pen_down and self.is_watched and recent:
            self.unseen = pixels
            return
        self.is_watched = self.watched is None or alike(self.watched.pixels, pixels)
        # The same strokes need not be read twice.
        if self.watched is None or not self.is_watched or self.watched.pen_down:
            self.pixels = pixels

    def _take_watched(self, watched: Watched) -> None:
        """Takes a picture that the watcher sent."""
        self.watched, self.watched_at = watched, time.monotonic()
        if self.is_watched:
            self.pixels = watched.pixels
        if self.unseen is not None and not watched.pen_down:
            unseen, self.unseen = self.unseen, None
            self._take_canvas(unseen)

    def _draw_again(self) -> None:
        self.initial_objects = self.objects
        self.revision += 1

    def _controls(self, on_gone: Callable[[], None]) -> None:
        empty = not self.objects

        def clear() -> None:
            on_gone()
            self.put([], None)

        with st.container(horizontal=True, gap="small"):
            st.button(
                say("clear"),
                key="clear-pad",
                on_click=clear,
                icon=":material/delete:",
                shortcut="Delete",
                disabled=empty,
            )
            st.button(say("undo"), on_click=self.undo, icon=":material/undo:", shortcut="Mod+Z", disabled=empty)
            if self.width == PAD_SIZE:
                st.button(
                    say("sample"),
                    on_click=self._put_sample,
                    args=(on_gone,),
                    icon=":material/casino:",
                    shortcut="N",
                    help=say("sample hint"),
                )
        if error := st.session_state.pop("sample_error", None):
            st.error(str(error), icon=":material/error:")
        if not self.on_stage:
            st.slider(say("brush"), 8, 36, key="brush", persist_state="session")

    def _put_sample(self, on_gone: Callable[[], None]) -> None:
        try:
            test = test_set()
        except DataError as error:
            st.session_state.sample_error = error
            return
        on_gone()
        self.put_image(test.images[random.randrange(len(test.labels))])


def current_pad(key: str, width: int = PAD_SIZE) -> Pad:
    """The visitor's pad of that key, with what is on it."""
    return st.session_state.setdefault(f"pad {key}", Pad(key, width))


def guard(pad_key: str, tell_width: bool) -> int | None:
    """Takes the canvas's own toolbar away, and gives it a name and a focus ring.

    Args:
        pad_key: the key of the canvas.
        tell_width: whether the width of the window is wanted.

    Returns:
        The window's width in pixels; None before it is known.
    """
    data = {"canvas": pad_key, "label": say("pad"), "tellWidth": tell_width}
    return _pad_guard(data=data, key="pad_guard", height="content", on_width_change=lambda: None).width


def fitting_width(window: int | None, wanted: int) -> int:
    """The width of a pad that fits the window, in pixels.

    Args:
        window: its width in pixels, None before it is known.
        wanted: the width where there is room.
    """
    return wanted if window is None else max(PAD_SIZE, min(wanted, window - _MARGIN))


def _picture(pixels: np.ndarray) -> dict:
    """Fabric's object for an image that covers the pad, uint8 (280, width)."""
    return {"type": "Image", "left": 0, "top": 0, "originX": "left", "originY": "top", "src": png_url(pixels)}


def _png(data_url: str) -> bytes:
    return base64.b64decode(data_url.split(",", 1)[1])
