"""What the stage adds to the pad: the last drawings, the score, a QR code, other views of the answer, and a script."""

import json
import re
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from markupsafe import Markup

from model.images import SIZE, to_bytes
from model.reading.classifier import Classifier
from model.reading.reading import Digit
from views import layers, session, truth
from views.address import choose
from views.clickable import clickable
from views.parts import bars_by_network, png_url
from views.phones import address_for_phones, qr_code
from views.rendering import render

# Drawings on the strip.
_HISTORY = 10
# What the tab may give back of one: a small picture, what was read, and a score.
_PICTURE, _TEXT = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]{1,4000}"), re.compile(r"[0-9?.,:/\- \n]{1,60}")
_HIGHEST = 10**6
# Names, with its number, what was said of such a drawing.
_KEPT = "kept by the tab"
COMPARE, LAYERS = "compare", "layers"
# What stands in the place of the bars in each act of the script, from the first to the last, when phones draw.
_ACTS = (None, None, COMPARE, LAYERS, None)


@dataclass
class Stage:
    """What a visitor has on the stage.

    Attributes:
        shown: COMPARE or LAYERS in the place of the bars; None for the bars.
        has_code: whether the QR code is shown.
        act: of the script, from 1; 0 while nobody is led through it.
    """

    shown: str | None = None
    has_code: bool = False
    act: int = 0

    def do(self, value: str) -> None:
        """Does what a button of the bar asks for."""
        match value:
            case "leave":
                choose(stage=False)
            case "learn":
                choose(stage=False, view="Learn")
            case "code":
                self.has_code = not self.has_code
            case "reset":
                truth.reset_score()
            case "act":
                self.act = (self.act + 1) % (len(_ACTS) + 1)
                self.shown = _ACTS[self.act - 1] if self.act else None
                self.has_code = self.act == len(_ACTS)
            case _:
                self.shown = None if self.shown == value else value


def remember(image: np.ndarray, text: str, judged: Hashable) -> None:
    """Puts a drawing on the strip of the last ones.

    Args:
        image: float32 (28, 28) in 0..1, what the network saw of it.
        text: as what it was read.
        judged: names that reading, for a verdict on it.
    """
    _history().appendleft((png_url(to_bytes(image)), text, judged))


def restore(sent: object) -> None:
    """Takes the last drawings and the score from the tab, which keeps them for a server that was gone. A call that was
    ended early may be made again.

    Args:
        sent: what the page sent; anything but what `bar` gave it is passed over.
    """
    try:
        kept = json.loads(str(sent))
        drawings = [
            (url, text, was_right)
            for url, text, was_right in kept["drawings"][:_HISTORY]
            if _PICTURE.fullmatch(url) and _TEXT.fullmatch(text) and was_right in (True, False, None)
        ]
        right, wrong = map(int, kept["score"])
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return
    if not (0 <= right <= _HIGHEST and 0 <= wrong <= _HIGHEST):
        return
    for number, (*_, was_right) in enumerate(drawings):
        if was_right is not None:
            truth.restore((_KEPT, number), was_right)
    truth.set_earlier_score(right, wrong)
    earlier = [(url, text, (_KEPT, number)) for number, (url, text, _) in enumerate(drawings)]
    history = _history()
    # Where the strip is full, what was drawn meanwhile stays.
    history.extend([each for each in earlier[: _HISTORY - len(history)] if each not in history])


def _history() -> deque[tuple[str, str, Hashable]]:
    """The last drawings, the newest first: each as a PNG in a data URL, as what it was read, and what names that."""
    history: deque[tuple[str, str, Hashable]] = st.session_state.setdefault("history", deque(maxlen=_HISTORY))
    return history


def _judged_history() -> list[tuple[str, str, bool | None]]:
    """The last drawings, the newest first, and whether each was said to be read right; None where nothing was said."""
    return [(url, text, truth.was_right(judged)) for url, text, judged in _history()]


def bar() -> None:
    """The bar below pad and answer."""
    state = _state()
    right, wrong = truth.score()
    drawings = _judged_history()
    address = address_for_phones() if state.has_code else None
    shown = render(
        "stage_bar",
        drawings=drawings,
        right=right,
        judged=right + wrong,
        # The key and the value of each button.
        views=[("c", COMPARE, state.shown == COMPARE), ("l", LAYERS, state.shown == LAYERS)],
        has_code=state.has_code,
        code=qr_code(address) if address else None,
        address=address,
        act=state.act,
        acts=len(_ACTS),
        # What the tab is to keep, and in which session it was shown.
        session=session.name(),
        kept=json.dumps({"drawings": drawings, "score": (right, wrong)}),
    )
    clickable(shown, "stage-bar", state.do)


def in_place_of_bars(classifier: Classifier, digit: Digit | None) -> Markup | None:
    """Both networks side by side, or the layers at work, where the visitor wants one of them; None for the bars."""
    shown = _state().shown
    if shown == COMPARE:
        return bars_by_network(None if digit is None else digit.image)
    if shown == LAYERS:
        return layers.sheets(classifier, np.zeros((SIZE, SIZE), np.float32) if digit is None else digit.image)
    return None


def _state() -> Stage:
    state: Stage = st.session_state.setdefault("on stage", Stage())
    return state
