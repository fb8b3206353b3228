"""The pad on the screen Learn: what is on it is read by the chosen network, and by the one that was just trained."""

import numpy as np
import streamlit as st

from model.images import REFUSAL_LEVEL, to_bytes
from model.reading.classifier import Classifier
from model.reading.reading import Digit
from views.address import waits
from views.classroom import classroom, me, network_of_mine
from views.language import say
from views.pad import FOR_A_DIGIT, current_pad, digit_on_pad, guard
from views.parts import side_by_side
from views.rendering import render

# A key of the session: whether a click beside the pad has changed what the whole page shows.
CHANGED = "learn changed"
# Whether the training was given what is on this session's pad.
_LOOKS = "drawing looks"


def show_pad(classifier: Classifier) -> None:
    """Shows the pad for one digit, which is that of the screen Draw, and what is read of it.

    Only this part runs again after a stroke.
    """
    guard(FOR_A_DIGIT, tell_width=False)
    _draw_and_read(classifier)


@st.fragment
def _draw_and_read(classifier: Classifier) -> None:
    # If a stroke and a click on another part of the page are sent together, Streamlit runs this part alone.
    if waits() or st.session_state.view != "Learn" or st.session_state.pop(CHANGED, False):
        st.rerun()
    receive()
    with st.container(key="pad"):
        current_pad(FOR_A_DIGIT).show(lambda: None, has_brushes=False)
    digit = digit_on_pad(classifier)
    _let_it_be_read(digit)
    with st.container(key="learn-reading"):
        if digit is None:
            st.html(render("prose", texts=[say("learn first")]))
        else:
            st.html(side_by_side(_columns(classifier, digit)))


def _let_it_be_read(digit: Digit | None) -> None:
    """Gives what is on the pad to the training.

    A pad that was empty all along takes nothing away: the visitor may have drawn something in another tab.
    """
    if digit is not None:
        classroom().look(me(), to_bytes(digit.image))
    elif st.session_state.get(_LOOKS):
        classroom().look(me(), None)
    st.session_state[_LOOKS] = digit is not None


def receive(obeys: bool = True) -> None:
    """Takes what the page has sent of the pad; without `obeys`, what is to be done to it waits."""
    current_pad(FOR_A_DIGIT).receive(lambda: None, obeys)


def _columns(classifier: Classifier, digit: Digit) -> dict[str, np.ndarray]:
    """The ten probabilities by the chosen network, and by the one that was just trained."""
    columns = {_heading(classifier.folder.name, digit.non_digit): digit.probabilities}
    if (own := network_of_mine()) is not None:
        probabilities, non_digit = own.classify(digit.image[np.newaxis], drawn=True)
        columns[_heading(say("just trained"), float(non_digit[0]))] = probabilities[0]
    return columns


def _heading(name: str, non_digit: float) -> str:
    """The name of a network, and a word where it refuses what is drawn."""
    return f"{name} ({say('no digit')})" if non_digit > REFUSAL_LEVEL else name
