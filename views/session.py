"""Names a session, and lets one run of its page at a time change marks, choices, the address and the pads.

With each message of the page, Streamlit begins a new run. The run before goes on beside it until it next asks something
of Streamlit, so that two quick clicks may be done at the same time.
"""

import secrets
import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import streamlit as st

# Keys of the session.
_NAME, _TURN = "session name", "turn"

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def name() -> str:
    """What tells this session from those of other tabs, and from those of the same tab with an earlier server."""
    return str(st.session_state.setdefault(_NAME, secrets.token_hex(4)))


def in_turn(change: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Makes a function that changes the session wait while another run of the visitor's page is in such a function."""

    @wraps(change)
    def waiting(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        # One of them may call another.
        with st.session_state.setdefault(_TURN, threading.RLock()):
            return change(*args, **kwargs)

    return waiting
