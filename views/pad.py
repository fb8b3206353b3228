"""The drawing pad: the canvas with its controls, and the drawing kept through reruns and changes of view."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import streamlit as st
from markupsafe import Markup
from streamlit_drawable_canvas import st_canvas

from model.data.mnist import DataError
from model.images import PAD_SIZE
from model.reading.classifier import Classifier
from model.reading.reading import Digit
from views.clickable import clickable
from views.language import literal, say
from views.messages import canvas_message, commands, revision_mark, watcher_message
from views.pad_state import PadState, next_number
from views.parts import png_url, test_set
from views.rendering import render
from views.session import in_turn

_HERE = Path(__file__).parent
_WATCHER = "pad_watcher"
# The key of the canvas for one digit.
FOR_A_DIGIT = "canvas"
# Widths of the pen, in pixels of the canvas.
BRUSHES = {"thin": 10, "medium": 20, "thick": 32}
# Keeps a page margin on each side of a pad on a phone.
_MARGIN = 40

# Makes the canvas fit for touch and for keyboards, and tells how wide the window is; see the file.
_pad_guard = st.components.v2.component("pad_guard", js=(_HERE / "pad.js").read_text())
# Tells what is on the canvas sooner than the package does; see the file.
_watcher = st.components.v2.component("pad_watcher", js=(_HERE / "watch.js").read_text())


@dataclass
class Pad:
    """A visitor's pad. The canvas forgets its drawing when it leaves the page, so it is kept in the session.

    Attributes:
        key: of the canvas.
        width: in pixels; all pads are 280 high.
        state: what is on it.
        has_brushes: whether it was last shown with a choice of brushes.
        number: tells it from all other pads.
        done: how many commands of its buttons were done.
    """

    key: str
    width: int = PAD_SIZE
    state: PadState = field(default_factory=PadState)
    has_brushes: bool = True
    number: int = field(default_factory=next_number)
    done: int = 0
    _sent: dict[str, object] = field(default_factory=dict)
    _answered: int = 0

    @property
    def picture(self) -> tuple[int, int]:
        """Names what is on the pad, among all pads."""
        return self.number, self.state.picture

    @in_turn
    def put_image(self, image: np.ndarray) -> None:
        """Replaces what is on the pad by an image of MNIST's size, uint8 (28, 28)."""
        factor = PAD_SIZE // image.shape[0]
        large = np.kron(image, np.ones((factor, factor), np.uint8))
        self.state.put((_picture(large),), large)

    @in_turn
    def receive(self, on_gone: Callable[[], None], obeys: bool = True) -> None:
        """Takes what the page has sent since the last run.

        Args:
            on_gone: is called before what is on the pad is cleared or gives way to a sample.
            obeys: whether commands are done that came with it; otherwise they wait for the next time.
        """
        # Each look at what a component has sent takes Streamlit a third of a millisecond.
        watcher, canvas = (st.session_state.get(key) or {} for key in (_WATCHER, self.key))
        if self._is_new(_WATCHER, watcher) and (watched := watcher_message(self._sent[_WATCHER])) is not None:
            self._answered = watched.number
            if watched.canvas == self.key and not watched.kept:
                self.state.take_watcher(watched)
            elif (
                watched.kept
                and watched.pixels is not None
                and watched.revision == self.state.revision
                and self.state.untouched
            ):
                self.width = watched.pixels.shape[1]
                self.state.put((_picture(watched.pixels),), watched.pixels)
        if self._is_new(self.key, canvas) and (drawn := canvas_message(self._sent[self.key])) is not None:
            was_cleared = self.state.take_canvas(drawn)
            if was_cleared:
                on_gone()
        for command in commands(watcher.get("commands")) if obeys else ():
            if command.pad == self.number and command.number > self.done:
                self._do(command.name, on_gone)
                self.done = command.number

    def _is_new(self, key: str, state: Mapping[str, object]) -> bool:
        """Whether the page has sent a new drawing under a key of the session, which is then in `_sent`."""
        sent = state.get("drawing")
        is_new = sent is not None and sent != self._sent.get(key)
        self._sent[key] = sent
        return is_new

    def show(self, on_gone: Callable[[], None], has_brushes: bool) -> np.ndarray | None:
        """Shows the canvas with its tools.

        Args:
            on_gone: is called before what is on the pad is cleared or gives way to a sample.
            has_brushes: whether there is a choice of brushes: on the screen Draw, but not on its stage.

        Returns:
            What is drawn, uint8 (h, w); None before the first stroke.
        """
        state = st.session_state
        state.setdefault("brush", BRUSHES["medium"])
        if self.key not in state or self.has_brushes != has_brushes:  # it was on another screen
            self.has_brushes = has_brushes
            self.state.draw_again()
        st_canvas(
            stroke_width=state.brush,
            stroke_color="#fff",
            background_color="#000",
            width=self.width,
            height=PAD_SIZE,
            # The canvas draws this again whenever it changes, and keeps what was drawn since as long as it does not.
            initial_drawing={"objects": [revision_mark(self.state.revision), *self.state.initial]},
            return_image_data=True,
            key=self.key,
        )
        self._watch()
        self._show_tools(on_gone, has_brushes)
        if error := state.pop("sample_error", None):
            st.error(literal(str(error)), icon=":material/error:")
        return self.state.pixels

    def _watch(self) -> None:
        """Lets the page send what is on the canvas."""
        data = {
            "canvas": self.key,
            "revision": self.state.revision,
            "loaded": self.state.loaded,
            # A command has the number of its pad, and its own in the order in which they were given.
            "pad": self.number,
            "done": self.done,
            # The page may clear the canvas by itself only down to what was put on it from here.
            "clearable": not self.state.initial,
            # A drawing that the tab has kept is wanted only on a pad that knows nothing better.
            "untouched": self.state.untouched,
            # The page sends the next picture once it knows that this one has come.
            "answered": self._answered,
        }
        _watcher(
            data=data,
            key=_WATCHER,
            height="content",
            on_drawing_change=lambda: None,
            on_commands_change=lambda: None,
        )

    def _show_tools(self, on_gone: Callable[[], None], has_brushes: bool) -> None:
        """Shows the tools of the canvas. The page sends a command in place of a click on one, where it can."""

        def clicked(name: str) -> None:
            self.receive(on_gone)
            self._do(name, on_gone)

        state = st.session_state
        clickable(_tools(str(state.language), state.brush, self._takes_samples, has_brushes), "pad-tools", clicked)

    @property
    def _takes_samples(self) -> bool:
        """Whether it is the pad for one digit."""
        return self.key == FOR_A_DIGIT

    def _do(self, command: str, on_gone: Callable[[], None]) -> None:
        """Does what a button or the page asks for."""
        match command:
            case "clear-pad":
                on_gone()
                self.state.clear()
            case "undo-pad":
                self.state.undo()
            case "redo-pad":
                self.state.redo()
            case "redraw":
                self.state.draw_again()
            case "sample" if self._takes_samples:
                on_gone()
                self._put_sample()
            case _ if command.removeprefix("brush-") in map(str, BRUSHES.values()):
                st.session_state.brush = int(command.removeprefix("brush-"))

    def _put_sample(self) -> None:
        try:
            test = test_set()
        except DataError as error:
            st.session_state.sample_error = error
            return
        self.put_image(test.images[random.randrange(len(test.labels))])


@lru_cache(maxsize=64)
def _tools(language: str, brush: int, takes_samples: bool, has_brushes: bool) -> Markup:
    """The tools in a language; kept, since hardly a stroke changes them."""

    def tool(name: str, text: str, keys: str, hint: str) -> tuple[str, str, str, str]:
        return name, text, keys, f"{hint} ({keys.split()[0].replace('Mod', 'Ctrl')})"

    # None is ever disabled: a key right after a stroke or another key comes before the server knows of that.
    return render(
        "tools",
        first=[
            tool("clear-pad", say("clear"), "Delete Backspace", say("clear")),
            tool("undo-pad", say("undo"), "Mod+z", say("undo")),
        ],
        more=[
            tool("redo-pad", say("redo"), "Mod+y Mod+Shift+z", say("redo")),
            *([tool("sample", say("sample"), "n", say("sample hint"))] if takes_samples else []),
        ],
        brushes=[(width, say(f"brush {name}")) for name, width in BRUSHES.items()] if has_brushes else [],
        brush=brush,
    )


def current_pad(key: str, width: int = PAD_SIZE) -> Pad:
    """The visitor's pad of that key, with what is on it."""
    return st.session_state.setdefault(f"pad {key}", Pad(key, width))


def digit_on_pad(classifier: Classifier) -> Digit | None:
    """What a network reads of what is on the pad for one digit; None for a blank one."""
    pixels = current_pad(FOR_A_DIGIT).state.pixels
    if pixels is None:
        return None
    digits = classifier.read(pixels, several=False).digits
    return digits[0] if digits else None


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
