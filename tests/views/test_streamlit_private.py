"""What the program uses of Streamlit without its promise: each test names what an upgrade has broken."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import pytest
from streamlit import net_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner.script_runner import ScriptRunnerEvent
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from scripts.running import ROOT
from views import streamlit_private
from views.streamlit_private import tell_the_end_of_each_run

MODULES = ("streamlit.runtime", "streamlit.proto", "streamlit.web", "streamlit.net_util", "streamlit.components.v1")


def test_a_run_of_the_page_still_knows_whether_back_or_forward_led_to_it():
    assert "is_history_navigation" in ScriptRunContext.__dataclass_fields__


def test_streamlit_still_asks_for_its_address_with_get_external_ip():
    assert callable(net_util.get_external_ip)


def test_a_visit_still_asks_with_rerun_script_and_ends_with_script_finished():
    assert "query_string" in BackMsg().rerun_script.DESCRIPTOR.fields_by_name
    assert "script_finished" in ForwardMsg.DESCRIPTOR.fields_by_name


def test_what_the_server_holds_of_uploads_is_known_by_session_and_file(monkeypatch: pytest.MonkeyPatch):
    manager = MemoryUploadedFileManager("/upload")
    monkeypatch.setattr(streamlit_private, "get_instance", lambda: Mock(uploaded_file_mgr=manager))
    manager.add_file("ann", UploadedFileRec("1", "seven.png", "image/png", b"12345"))
    assert streamlit_private.held_uploads() == {"ann": {"1": 5}}
    manager.remove_session_files("ann")
    assert streamlit_private.held_uploads() == {}


PATCHED = ("_create_scriptrunner", "_handle_scriptrunner_event_on_event_loop")


@pytest.mark.parametrize("is_patched", [True, False], ids=["patched", "as Streamlit is"])
def test_the_end_of_a_run_is_told_though_a_fragment_runs_already(monkeypatch: pytest.MonkeyPatch, is_patched: bool):
    for name in PATCHED:
        monkeypatch.setattr(AppSession, name, getattr(AppSession, name))
    monkeypatch.setattr(app_session, "ScriptRunner", Mock(side_effect=lambda **_: Mock()))
    if is_patched:
        tell_the_end_of_each_run()

    async def end_of_a_run_after_the_start_of_the_next() -> int:
        session = Mock(_scriptrunner=None, _event_loop=asyncio.get_running_loop())
        session._script_event_loop.is_closed.return_value = False
        AppSession._create_scriptrunner(session, Mock())
        first = session._scriptrunner
        AppSession._create_scriptrunner(session, Mock())
        second = session._scriptrunner
        for event in (ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS, ScriptRunnerEvent.SHUTDOWN):
            AppSession._handle_scriptrunner_event_on_event_loop(session, first, event)
        assert session._scriptrunner is second
        return session._create_script_finished_message.call_count

    # In a thread of its own, since Playwright leaves a running event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        told = thread.submit(asyncio.run, end_of_a_run_after_the_start_of_the_next()).result()
    # Once Streamlit tells it by itself, the patch can go.
    assert told == is_patched


def test_no_other_module_touches_what_is_private():
    for path in [*(ROOT / "views").glob("*.py"), *(ROOT / "scripts").glob("*.py"), ROOT / "app.py"]:
        if path.name != "streamlit_private.py":
            code = path.read_text()
            assert not any(name in code for name in MODULES), path
            assert "from streamlit import net_util" not in code, path
