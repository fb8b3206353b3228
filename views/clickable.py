"""HTML with parts that can be clicked: one element for a whole gallery or table, where widgets would be a hundred."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from views.session import in_turn

_clickable = st.components.v2.component(
    "clickable", js=(Path(__file__).parent / "clickable.js").read_text(), isolate_styles=False
)


def clickable(
    html: Markup, key: str, on_click: Callable[[str], None] | None = None, reveals: str | None = None
) -> None:
    """Shows HTML in which buttons with a `data-value` can be clicked, and with a `data-key` be pressed by that key.

    It may hold SVG, which Streamlit's own HTML leaves out.

    What is written into a field with a `data-text` stays in the session under the key of the element: `written` is a
    dict with `field`, the field's `data-text`, and `text`.

    Args:
        html: what to show.
        key: of the element.
        on_click: gets the value of the button, before the page runs again; None where there is no button.
        reveals: a CSS selector of what is scrolled into view by a click.
    """

    def clicked() -> None:
        # A second click may come when the element is gone from the page.
        value = (st.session_state.get(key) or {}).get("clicked")
        if on_click is not None and value is not None:
            in_turn(on_click)(value)

    _clickable(
        data={"html": html, "reveals": reveals},
        key=key,
        height="content",
        on_clicked_change=clicked,
        on_written_change=lambda: None,
    )
