"""What every screen needs and Streamlit does not give: the language, keys, announcements."""

from pathlib import Path

import streamlit as st

_page = st.components.v2.component("page", js=(Path(__file__).parent / "page.js").read_text())


def furnish() -> None:
    """Gives the page what `page.js` does."""
    _page(data={"language": st.session_state.language}, key="page", height="content")
