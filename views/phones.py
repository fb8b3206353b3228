"""By which address phones reach the app, and a QR code of it."""

import socket
from urllib.parse import urlsplit

import segno
import streamlit as st
from markupsafe import Markup

_EVERYWHERE = "0.0.0.0"
# Streamlit's options for where the server listens.
_HOST, _PORT = "server.address", "server.port"
_THIS_COMPUTER = ("localhost", "127.0.0.1", "::1")


def addresses(host: str, port: int) -> list[str]:
    """Where the app is found: on this computer, and behind it on others where it listens for them.

    >>> addresses("127.0.0.1", 8501)
    ['http://127.0.0.1:8501']
    """
    if host != _EVERYWHERE:
        return [f"http://{host}:{port}"]
    found = [f"http://127.0.0.1:{port}"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Chooses the network card and sends nothing; the address is one that nobody has (RFC 5737).
            probe.connect(("192.0.2.1", 9))
            found.append(f"http://{probe.getsockname()[0]}:{port}")
        except OSError:
            pass  # in no network
    return found


def address_for_phones() -> str | None:
    """The app's address for others; None where the server listens for this computer alone, or is in no network."""
    page = urlsplit(st.context.url or "")
    if page.hostname not in (None, *_THIS_COMPUTER):
        return f"{page.scheme}://{page.netloc}{page.path}"
    host, port = str(st.get_option(_HOST)), int(st.get_option(_PORT))
    others = addresses(host, port)[1:]
    return f"{others[0]}{page.path}" if others else None


def qr_code(address: str) -> Markup:
    """The QR code of an address as SVG, dark on light, which fills the room that it has."""
    return Markup(segno.make(address, error="m").svg_inline(omitsize=True, border=2, dark="#000", light="#fff"))
