"""The bar above every screen: the app's name, the screens, and a menu with the networks and the languages."""

import streamlit as st

from model.data.mnist import ASSETS
from model.reading import store
from model.reading.card import Card
from views import named_views
from views.address import VIEWS, choose
from views.language import LANGUAGES, literal, say
from views.parts import choose_one, data_url
from views.rendering import render
from views.texts import TEXTS

_NETWORK = "menu-network"


def page_title() -> str:
    """What a bookmark is called: the app's name, after that of the view where it has one."""
    named = named_views.title() if st.session_state.view == "Mistakes" else ""
    return f"{named} · {say('title')}" if named else say("title")


def show() -> None:
    """Shows the bar."""
    with st.container(key="header", horizontal=True, vertical_alignment="center", wrap=False):
        show_name()
        choose_one("view", VIEWS)
        network = st.session_state.network
        with st.popover(literal(network or say("menu")), icon=":material/tune:", help=say("menu"), key="menu"):
            if network is not None:
                _choose_network()
            st.segmented_control(
                say("language"),
                list(LANGUAGES),
                key="language",
                persist_state="session",
                required=True,
                format_func=LANGUAGES.__getitem__,
            )


def show_name() -> None:
    """Shows the app's name alone, which is the heading of every screen."""
    st.html(render("heading", icon=_icon()))


def _choose_network() -> None:
    """Lets the visitor choose a network; the choice holds for all screens and stands in the address."""
    names = store.trained_networks()
    st.session_state[_NETWORK] = st.session_state.network
    st.radio(
        say("network"),
        names,
        key=_NETWORK,
        captions=[_about(name) for name in names],
        format_func=literal,
        on_change=lambda: choose(network=st.session_state[_NETWORK]),
    )


def _about(name: str) -> str:
    """What to know of a network before one chooses it."""
    try:
        card = Card.load(store.TRAINED / name)
    except store.NetworkError:
        return ""
    special = say(f"special {name}") if f"special {name}" in TEXTS else ""
    refuses = card.readout is not None and card.readout.threshold is not None
    return say("refuses" if refuses else "accepts", special=special, count=_rounded(card.parameters.total))


def _rounded(count: int) -> str:
    """A number in words' length.

    >>> _rounded(298_859), _rounded(1_886_250)
    ('299 k', '1.9 M')
    """
    return f"{count / 1e6:.1f} M" if count >= 1e6 else f"{count / 1e3:.0f} k"


@st.cache_resource(show_spinner=False)
def _icon() -> str:
    return data_url((ASSETS / "icon.png").read_bytes(), "png")
