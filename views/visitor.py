"""Who the visitor is: the operator of the server, or one of its guests."""

import hashlib
import hmac
import os
import secrets

import streamlit as st

# Where a server listens for this computer alone, by Streamlit's option for that.
_LISTENS_AT, _THIS_COMPUTER = "server.address", ("127.0.0.1", "localhost")
# The cookie of `scripts.cookie`.
COOKIE = "digits-browser"
# Characters of a name.
LONGEST_NAME = 40
# The headers by which a proxy tells for whom it asks.
_OF_PROXIES = ("x-forwarded", "forwarded", "x-real-ip")


def recognise() -> None:
    """Takes the operator's token from the address, where `?token=` holds what DIGITS_TOKEN says."""
    expected, given = os.environ.get("DIGITS_TOKEN", ""), st.query_params.get("token", "")
    if expected and hmac.compare_digest(given.encode(), expected.encode()):
        st.session_state.has_token = True


def is_operator() -> bool:
    """Whether the visitor runs the server: they sit at its computer, or have the operator's token."""
    return is_at_the_server() or st.session_state.get("has_token", False)


def is_at_the_server() -> bool:
    """Whether the server serves this computer alone."""
    # Behind a proxy, each visitor seems to come from this computer. Some proxies don't tell that they are one, but a
    # server behind one has a name, or a token.
    is_proxied = any(name.lower().startswith(_OF_PROXIES) for name in st.context.headers)
    is_public = bool(os.environ.get("DIGITS_HOSTS") or os.environ.get("DIGITS_TOKEN"))
    return st.get_option(_LISTENS_AT) in _THIS_COMPUTER and not is_proxied and not is_public


def secret() -> str:
    """What nobody else knows, and tells this visitor from all others: in all tabs of a browser until it is closed, or
    where it takes no cookie, until the page is reloaded.
    """
    found = st.context.cookies.get(COOKIE) or st.session_state.setdefault("visitor_secret", secrets.token_hex(16))
    return str(found)


def number() -> str:
    """What tells this visitor from others of the same name; the secret can't be found out from it."""
    return hashlib.sha256(secret().encode()).hexdigest()[:6]


def name() -> str:
    """What the visitor's marks are kept under: the name that they gave, and what tells them from others of it."""
    return f"{(st.session_state.get('visitor_name') or '').strip() or 'guest'} {number()}"
