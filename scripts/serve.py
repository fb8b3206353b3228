"""Serves the app, warm before the first visitor, and tells its addresses: python -m scripts.serve [HOST [PORT]]"""

import socket
import sys
import threading
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from streamlit import net_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web import cli
from websockets.sync.client import connect

from views.address import VIEWS

APP = Path(__file__).resolve().parent.parent / "app.py"
_EVERYWHERE = "0.0.0.0"
_PATIENCE = 60.0  # seconds


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


def warm(address: str) -> None:
    """Visits each screen once, as a browser would, so that no visitor waits for imports and networks.

    Raises:
        OSError: the app can't be reached.
        TimeoutError: a screen takes too long.
    """
    for view in VIEWS:
        with connect(f"{address.replace('http', 'ws', 1)}/_stcore/stream", subprotocols=["streamlit"]) as page:
            visit = BackMsg()
            visit.rerun_script.query_string = urlencode({"view": view})
            page.send(visit.SerializeToString())
            message = ForwardMsg()
            while message.WhichOneof("type") != "script_finished":
                message.ParseFromString(page.recv(_PATIENCE))


def main(arguments: list[str]) -> None:
    """Runs the command line until it is stopped.

    Raises:
        SystemExit: the address can't be had, and in the end.
    """
    host, port = [*arguments, *["127.0.0.1", "8501"][len(arguments) :]]
    found = addresses(host, int(port))
    _require_free(host, int(port))
    # To tell its own address, and whether a page is its own, Streamlit would ask an outside host.
    net_util.get_external_ip = lambda: None
    threading.Thread(target=_announce, args=(found,), daemon=True).start()
    options = {"server.address": host, "server.port": port, "logger.hideWelcomeMessage": "true"}
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    cli.main(["run", str(APP), *flags], prog_name="streamlit")


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
    warm(found[0])
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
