"""The one training of this server, and whether its visitors may use it."""

import atexit
import os
from importlib.util import find_spec

import streamlit as st

from model.learning.classroom import Classroom, LearningError, Status
from model.reading import store
from model.reading.classifier import Classifier
from views import visitor
from views.language import say

# The key of the session for the network that was just trained, with its folder.
_OWN = "own network"


@st.cache_resource(show_spinner=False)
def classroom() -> Classroom:
    """The training that all visitors of the server share."""
    room = Classroom(store.TRAINED)
    atexit.register(room.close)
    return room


def why_off() -> str | None:
    """Why nobody can train here: "tensorflow" is not installed, or the "operator" has not allowed it; None if one can.

    Where the server serves this computer alone, training is allowed unless DIGITS_TRAINING=off; where it serves others,
    only with DIGITS_TRAINING=on.
    """
    wanted = os.environ.get("DIGITS_TRAINING") or ("on" if visitor.is_at_the_server() else "off")
    if wanted != "on":
        return "operator"
    return None if find_spec("tensorflow") else "tensorflow"


def may_keep() -> bool:
    """Whether this visitor may keep networks on the server: by default only where it serves this computer alone."""
    return (os.environ.get("DIGITS_KEEPING") or ("on" if visitor.is_at_the_server() else "off")) == "on"


def problem(error: LearningError) -> str:
    """Why something could not be done, in the visitor's language."""
    return say(f"problem {error.reason}")


def steering(status: Status) -> str:
    """In whose name this visitor pauses and stops a run: the operator may do so with any."""
    return status.owner if status.owner is not None and visitor.is_operator() else me()


def me() -> str:
    """What tells this visitor from all others."""
    return visitor.secret()


def is_mine(status: Status) -> bool:
    """Whether this visitor started the last run."""
    return status.owner == me()


def may_steer(status: Status) -> bool:
    """Whether this visitor may pause and stop the run."""
    return is_mine(status) or visitor.is_operator()


def network_of_mine() -> Classifier | None:
    """The network that this visitor has just trained, loaded once; None without one."""
    state, result = st.session_state, classroom().result(me())
    folder, network = state.get(_OWN, (None, None))
    if result is None:
        state.pop(_OWN, None)
        return None
    if folder != result.folder:
        try:
            network = Classifier(result.folder)
        except store.NetworkError:  # it was discarded meanwhile
            return None
        state[_OWN] = result.folder, network
    return network
