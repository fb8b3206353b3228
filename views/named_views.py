"""Named views: filters worth a look, and names of one's own for filters, which stand in the address."""

import streamlit as st

from model.feedback.marks import VERDICTS
from model.plain_text import one_line
from views.address import LONGEST_NAME, NO_FILTERS, choose
from views.clickable import clickable
from views.language import say
from views.rendering import render
from views.texts import TEXTS

# The fields of each view that differ from those of the gallery as it is found.
_READY: dict[str, dict[str, object]] = {
    "surest": {"probability": (90, 100)},
    "doubted": {"show": "all", "doubted": True, "order": "index"},
    "fours": {"true": [4, 9], "read": [4, 9]},
    "sevens": {"true": [7], "read": [1, 2]},
    "unsure": {"show": "unsure", "below": 60, "order": "unsure"},
    "marked": {"show": "all", "marked": list(VERDICTS), "order": "index"},
    "noted": {"show": "all", "noted": True, "order": "index"},
}
# Key of the field for a name of one's own.
_NAME = "name of view"


def title() -> str:
    """The name of the view that is shown, empty without one; that of a ready-made one in the visitor's language."""
    named: str = st.session_state.named
    return next((say(f"ready {name}") for name in _READY if named in TEXTS[f"ready {name}"]), named)


def menu() -> None:
    """Shows the ready-made views, a field for a name of one's own, and a button that copies the link."""
    state = st.session_state
    views = [(name, say(f"ready {name}"), say(f"ready {name}") == title()) for name in _READY]
    clickable(render("ready_views", views=views), "ready-views", _show)
    if state.get(_NAME) != title():
        state[_NAME] = title()
    st.text_input(
        say("name view"), key=_NAME, max_chars=LONGEST_NAME, on_change=_name, placeholder=say("name view hint")
    )
    clickable(render("copy_link"), "copy-link")


def show_title() -> None:
    """Shows the name of the view as the gallery's heading."""
    if named := title():
        st.html(render("named", title=named))


def _show(name: str) -> None:
    choose(**NO_FILTERS | _READY[name] | {"named": say(f"ready {name}")})


def _name() -> None:
    choose(named=one_line(st.session_state[_NAME]))
