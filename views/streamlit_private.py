"""Every touch of what Streamlit does not promise to keep. A test for each names it when an upgrade breaks it."""

from typing import Any
from urllib.parse import urlencode
from weakref import WeakSet

from streamlit import net_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner, ScriptRunnerEvent
from websockets.sync.client import connect
from websockets.typing import Subprotocol


def history_was_used() -> bool:
    """Whether Back or Forward led to this run of the page; without it, they would only change the address."""
    return getattr(get_script_run_ctx(), "is_history_navigation", False)


def ask_no_outside_host() -> None:
    """Keeps Streamlit from asking an outside host for this computer's own address."""
    net_util.get_external_ip = lambda: None


def held_uploads() -> dict[str, dict[str, int]]:
    """How many bytes each uploaded file has that the server holds, by session and file."""
    manager = get_instance().uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    with manager._lock:
        return {
            session: {file: len(record.data) for file, record in files.items()}
            for session, files in manager.file_storage.items()
        }


def tell_the_end_of_each_run() -> None:
    """Lets the browser know that the page has run, also where a fragment begins to run at the same moment.

    Each of the two then has a script runner of its own, and Streamlit ignores what the first still had to say: parts of
    the page that should have gone stay, such as the pad for a digit beside the one for a number. See
    https://github.com/streamlit/streamlit/issues/9921, which is mended only for a fragment that has gone.
    """
    create, handle = AppSession._create_scriptrunner, AppSession._handle_scriptrunner_event_on_event_loop
    ended: WeakSet[ScriptRunner] = WeakSet()

    def create_after(session: AppSession, *data: Any) -> None:
        # A runner that is told to stop is forgotten first, so this one has run to its end.
        if session._scriptrunner is not None:
            ended.add(session._scriptrunner)
        create(session, *data)

    def handle_all(session: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, *details: Any) -> None:
        is_late = sender in ended and event != ScriptRunnerEvent.SHUTDOWN
        handle(session, session._scriptrunner if is_late else sender, event, *details)

    AppSession._create_scriptrunner = create_after  # type: ignore[assignment, method-assign]
    AppSession._handle_scriptrunner_event_on_event_loop = handle_all  # type: ignore[assignment, method-assign]


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
