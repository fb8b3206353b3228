"""What every screen needs and Streamlit does not give: a heading, the language, keys, announcements."""

from pathlib import Path

import streamlit as st

from views.rendering import render

_page = st.components.v2.component("page", js=(Path(__file__).parent / "page.js").read_text())


def furnish() -> None:
    """Gives the page a heading for screen readers, and what `page.js` does."""
    st.html(render("heading"))
    _page(data={"language": st.session_state.language}, key="page", height="content")
