"""What every screen needs and Streamlit does not give: the language, keys, announcements, and what
stays when the server was gone."""

import secrets
from pathlib import Path

import streamlit as st

from views import stage
from views.language import say

_KEY = "frame"
# Keys of the session: its name, and whether what the tab kept was taken.
_SESSION, _RESTORED = "session name", "page restored"

_page = st.components.v2.component("page", js=(Path(__file__).parent / "page.js").read_text())


def furnish() -> None:
    """Gives the page what `page.js` does."""
    state = st.session_state
    session = state.setdefault(_SESSION, secrets.token_hex(4))
    data = {"language": state.language, "gone": say("gone"), "session": session}
    _page(data=data, key=_KEY, height="content", on_kept_change=_restore, on_back_change=lambda: None)


def _restore() -> None:
    """Takes once what the tab has kept of the stage."""
    state = st.session_state
    kept = (state.get(_KEY) or {}).get("kept")
    if kept is not None and not state.get(_RESTORED):
        state[_RESTORED] = True
        stage.restore(kept)
