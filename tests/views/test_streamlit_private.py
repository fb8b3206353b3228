"""What the program uses of Streamlit without its promise: each test names what an upgrade has broken."""

from streamlit import net_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.web import cli

from scripts.running import ROOT

MODULES = ("streamlit.runtime", "streamlit.proto", "streamlit.web", "streamlit.net_util", "streamlit.components.v1")


def test_a_run_of_the_page_still_knows_whether_back_or_forward_led_to_it():
    assert "is_history_navigation" in ScriptRunContext.__dataclass_fields__


def test_streamlit_still_asks_for_its_address_with_get_external_ip():
    assert callable(net_util.get_external_ip)


def test_a_visit_still_asks_with_rerun_script_and_ends_with_script_finished():
    assert "query_string" in BackMsg().rerun_script.DESCRIPTOR.fields_by_name
    assert "script_finished" in ForwardMsg.DESCRIPTOR.fields_by_name


def test_the_command_line_still_runs_an_app():
    assert "run" in cli.main.commands


def test_no_other_module_touches_what_is_private():
    for path in [*(ROOT / "views").glob("*.py"), *(ROOT / "scripts").glob("*.py"), ROOT / "app.py"]:
        if path.name != "streamlit_private.py":
            code = path.read_text()
            assert not any(name in code for name in MODULES), path
            assert "from streamlit import net_util" not in code, path
