"""What every screen needs and Streamlit does not give: the language, keys, announcements, and what
stays when the server was gone."""

from pathlib import Path

import streamlit as st

from views import session, stage
from views.language import say

_KEY = "frame"
# A key of the session: whether what the tab kept was taken.
_RESTORED = "page restored"

_page = st.components.v2.component("page", js=(Path(__file__).parent / "page.js").read_text())


def furnish() -> None:
    """Gives the page what `page.js` does."""
    state = st.session_state
    data = {
        "language": state.language,
        "gone": say("gone"),
        "session": session.name(),
        "restored": state.get(_RESTORED, False),
    }
    _page(data=data, key=_KEY, height="content", on_kept_change=_restore, on_back_change=lambda: None)


@session.in_turn
def _restore() -> None:
    """Takes once what the tab has kept of the stage. The tab sends it again if a newer message ends this too early."""
    state = st.session_state
    kept = (state.get(_KEY) or {}).get("kept")
    if kept is not None and not state.get(_RESTORED):
        stage.restore(kept)
        state[_RESTORED] = True
