"""Serves the app, warm before the first visitor, and tells its addresses: python -m scripts.serve [HOST [PORT]]"""

import gc
import os
import socket
import sys
import threading
import time
import urllib.request
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.middleware import Middleware

from scripts.cookie import VisitorCookie
from scripts.curtain import Curtain
from scripts.gate import Gate
from views.address import VIEWS
from views.phones import addresses
from views.streamlit_private import ask_no_outside_host, held_uploads, tell_the_end_of_each_run, visit

APP = Path(__file__).resolve().parent.parent / "app.py"
_PATIENCE = 60.0  # seconds


def warm(address: str) -> None:
    """Visits each screen once, as a browser would, so that no visitor waits for imports and networks.

    Raises:
        OSError: the app can't be reached.
        TimeoutError: a screen takes too long.
        Exception: an upgrade of Streamlit has changed what its pages send.
    """
    for view in VIEWS:
        if view == "Learn":
            continue  # it would start the process that trains
        visit(address, view, _PATIENCE)


class PromptServer(uvicorn.Server):
    """Sends each answer at once. asyncio would see to that, but not for a socket that Streamlit has bound.

    Without TCP_NODELAY, Nagle's algorithm keeps a message back until the browser has acknowledged the one before, which
    it does after 40 ms: every second reading would come that much later.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen on sockets, whose connections take the option over from them."""
        for listening in sockets or ():
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await super().startup(sockets)


def main(arguments: list[str]) -> None:
    """Runs the command line until it is stopped.

    Raises:
        SystemExit: the address can't be had, and in the end.
    """
    host, port = [*arguments, *["127.0.0.1", "8501"][len(arguments) :]]
    path = os.environ.get("DIGITS_PATH", "").strip("/")
    found = [f"{address}/{path}".rstrip("/") for address in addresses(host, int(port))]
    _require_free(host, int(port))
    ask_no_outside_host()
    tell_the_end_of_each_run()
    uvicorn.Server = PromptServer  # type: ignore[misc]  # Streamlit makes its server of this class
    threading.Thread(target=_announce, args=(found,), daemon=True).start()
    options = {
        "server.address": host,
        "server.port": int(port),
        "server.baseUrlPath": path,
        "logger.hideWelcomeMessage": True,
    }
    if os.environ.get("DIGITS_FRAMES"):
        # In a frame of another site, the browser keeps no other cookie, and uploads need it.
        options["server.xsrfCookieSameSite"] = "none"
    st.App(APP, middleware=[gate(host), Middleware(VisitorCookie, path=f"/{path}"), Middleware(Curtain)]).run(
        config=options
    )


def gate(host: str) -> Middleware:
    """What stands before the app, which listens at a host, as the operator's environment wants it."""
    return Middleware(
        Gate,
        hosts=[host, *os.environ.get("DIGITS_HOSTS", "").replace(",", " ").split()],
        most_visitors=int(os.environ.get("DIGITS_VISITORS", "200")),
        frames=os.environ.get("DIGITS_FRAMES", "'self'"),
        metrics=os.environ.get("DIGITS_METRICS") == "on",
        uploads=held_uploads,
    )


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(f"Can't serve at {host}:{port} ({error.strerror}). Choose another port: make app PORT=8600")


def _announce(found: list[str]) -> None:
    """Warms the server once it answers, and tells the addresses."""
    while not _answers(found[0]):
        time.sleep(0.05)
    try:
        warm(found[0])
    except Exception as error:  # whatever it is: the app runs, and says so
        print(f"\n  The screens could not be opened in advance ({error!r}); the first visitor waits for them.")
    # What was loaded stays: the garbage collector, which holds up every visitor while it looks at all objects, need not
    # look at these again.
    gc.collect()
    gc.freeze()
    print(f"\n  Ready: {found[0]}")
    for address in found[1:]:
        print(f"  For phones on the same network: {address}")
    print("  Ctrl-C stops it.\n", flush=True)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    main(sys.argv[1:])
