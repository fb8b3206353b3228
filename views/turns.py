"""Lets one run of a visitor's page at a time change marks, choices, the address and the pads.

With each message of the page, Streamlit begins a new run. The run before goes on beside it until it next asks something
of Streamlit, so that two quick clicks may be done at the same time.
"""

import threading

import streamlit as st


def in_turn() -> threading.RLock:
    """A lock that the visitor's other runs wait for; to be used in a with statement around what changes the session."""
    return st.session_state.setdefault("turn", threading.RLock())
