"""The one training of this server, and whether its visitors may use it."""

import atexit
import os
from importlib.util import find_spec
from pathlib import Path

import streamlit as st

from model.learning.classroom import Classroom, Status
from model.reading import store
from views import visitor


@st.cache_resource(show_spinner=False)
def classroom() -> Classroom:
    """The training that all visitors of the server share."""
    room = Classroom(store.TRAINED, may_keep=os.environ.get("DIGITS_KEEPING") != "off")
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


def me() -> str:
    """What tells this visitor from all others."""
    return visitor.number()


def is_mine(status: Status) -> bool:
    """Whether this visitor started the last run."""
    return status.owner == me()


def folder_of_mine() -> Path | None:
    """The folder of the network that this visitor has just trained; None without one."""
    result = classroom().result(me())
    return None if result is None else result.folder
