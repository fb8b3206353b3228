"""What the stage adds to the pad: the last drawings, the score, a QR code, other views of the answer, and a script."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from markupsafe import Markup

from model.images import SIZE
from model.reading.classifier import Classifier
from model.reading.reading import Digit
from views import layers, truth
from views.address import choose
from views.clickable import clickable
from views.parts import bars_by_network
from views.phones import address_for_phones, qr_code
from views.rendering import render

COMPARE, LAYERS = "compare", "layers"
# What stands in the place of the bars in each act of the script, from the first to the last, in which phones draw.
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


def bar() -> None:
    """The bar below pad and answer."""
    state = _state()
    right, wrong = truth.score()
    drawings = [(url, text, truth.was_right(judged)) for url, text, judged in st.session_state.get("history", ())]
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
    )
    clickable(shown, "stage-bar", state.do)


def in_place_of_bars(classifier: Classifier, digit: Digit | None) -> Markup | None:
    """Both networks side by side, or the layers at work, where the visitor wants one of them; None for the bars."""
    shown = _state().shown
    image = np.zeros((SIZE, SIZE), np.float32) if digit is None else digit.image
    if shown == COMPARE:
        return bars_by_network(image, is_blank=digit is None)
    if shown == LAYERS:
        return layers.sheets(classifier, image)
    return None


def _state() -> Stage:
    state: Stage = st.session_state.setdefault("on stage", Stage())
    return state
