"""Every touch of what Streamlit does not promise to keep. A test for each names it when an upgrade breaks it."""

from urllib.parse import urlencode

from streamlit import net_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web import cli
from websockets.sync.client import connect
from websockets.typing import Subprotocol


def history_was_used() -> bool:
    """Whether Back or Forward led to this run of the page; without it, they would only change the address."""
    return getattr(get_script_run_ctx(), "is_history_navigation", False)


def ask_no_outside_host() -> None:
    """Keeps Streamlit from asking an outside host for this computer's own address."""
    net_util.get_external_ip = lambda: None


def visit(address: str, view: str, patience: float) -> None:
    """Runs the page once, as the browser of a visitor does.

    Args:
        address: of the app, http://HOST:PORT.
        view: the screen.
        patience: how long to wait for each message, in seconds.

    Raises:
        OSError: the app can't be reached.
        TimeoutError: the screen takes too long.
        Exception: Streamlit's protocol has changed.
    """
    with connect(f"{address.replace('http', 'ws', 1)}/_stcore/stream", subprotocols=[Subprotocol("streamlit")]) as page:
        visit = BackMsg()
        visit.rerun_script.query_string = urlencode({"view": view})
        page.send(visit.SerializeToString())
        message = ForwardMsg()
        while message.WhichOneof("type") != "script_finished":
            message.ParseFromString(page.recv(patience))


def serve(app: str, **options: object) -> None:
    """Serves an app as `streamlit run` does, until it is stopped.

    Args:
        app: the path of its script.
        options: of the configuration, such as server_port for server.port.

    Raises:
        SystemExit: in the end.
    """
    flags = [part for name, value in options.items() for part in (f"--{name.replace('_', '.', 1)}", str(value))]
    cli.main(["run", app, *flags], prog_name="streamlit")
