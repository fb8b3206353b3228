"""Who the visitor is: the operator of the server, or one of its guests."""

import hmac
import os
import secrets

import streamlit as st

# Where a server listens for this computer alone, by Streamlit's option for that.
_LISTENS_AT, _THIS_COMPUTER = "server.address", ("127.0.0.1", "localhost", "::1")
# The headers by which a proxy tells for whom it asks.
_OF_PROXIES = ("x-forwarded", "forwarded", "x-real-ip")


def recognise() -> None:
    """Takes the operator's token from the address, where `?token=` holds what DIGITS_TOKEN says."""
    expected, given = os.environ.get("DIGITS_TOKEN", ""), st.query_params.get("token", "")
    if expected and hmac.compare_digest(given.encode(), expected.encode()):
        st.session_state.has_token = True


def is_operator() -> bool:
    """Whether the visitor runs the server: it serves this computer only, or the visitor has the operator's token."""
    # Behind a proxy, each visitor seems to come from this computer.
    is_proxied = any(name.lower().startswith(_OF_PROXIES) for name in st.context.headers)
    serves_this_computer = st.get_option(_LISTENS_AT) in _THIS_COMPUTER and not is_proxied
    return serves_this_computer or st.session_state.get("has_token", False)


def name() -> str:
    """What the visitor is called among others: a name of his own, or one that chance has given."""
    state = st.session_state
    guest = state.setdefault("guest", f"guest-{secrets.token_hex(3)}")
    return (state.get("visitor_name") or "").strip() or guest
