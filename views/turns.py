"""Lets one run of a visitor's page at a time change marks, choices, the address and the pads.

With each message of the page, Streamlit begins a new run. The run before goes on beside it until it next asks something
of Streamlit, so that two quick clicks may be done at the same time.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import streamlit as st

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def in_turn(change: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Makes a function that changes the session wait while another run of the visitor's page is in such a function."""

    @wraps(change)
    def waiting(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        # One of them may call another.
        with st.session_state.setdefault("turn", threading.RLock()):
            return change(*args, **kwargs)

    return waiting
