"""All that the app says stands in one place, in two languages that say the same."""

import ast
import re
import string

import pytest
from conftest import DESKTOP, draw
from playwright.sync_api import Browser, expect
from streamlit.testing.v1 import AppTest

from scripts.running import ROOT
from views.texts import TEXTS

SCREENS = [*sorted(path for path in (ROOT / "views").glob("*.py") if path.name != "texts.py"), ROOT / "app.py"]
# What Streamlit shows beside the first argument of most of its functions; all else are keys and sizes.
SHOWN = {"label", "help", "placeholder", "body"}
SHOWS_NOTHING = {"space", "fragment", "container", "columns"}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_each_text_is_used_somewhere():
    code = "".join(path.read_text() for path in [*SCREENS, ROOT / "model" / "marks.py"])
    code += (ROOT / "views" / "texts.py").read_text().split("TEXTS: ")[0]
    for name in TEXTS:
        family = re.escape(name.rpartition(" ")[0] or name)  # as in f"view {view}"
        assert re.search(f"""["']{re.escape(name)}["']|f["']{family} {{""", code), name


def test_each_text_has_the_same_places_for_values_in_both_languages():
    for name, (english, chinese) in TEXTS.items():
        assert places(english) == places(chinese), name


def test_no_chinese_text_was_left_in_english():
    for name, (english, chinese) in TEXTS.items():
        assert re.search(r"[\u4e00-\u9fff]", chinese) or english == chinese == "F1", name


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.name)
def test_no_screen_has_texts_of_its_own(path):
    for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
        if not (isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "st"):
            continue
        first = [] if call.func.attr in SHOWS_NOTHING else call.args[:1]
        shown = [*first, *(keyword.value for keyword in call.keywords if keyword.arg in SHOWN)]
        for text in shown:
            parts = text.values if isinstance(text, ast.JoinedStr) else [text]
            words = "".join(
                part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )
            assert not re.search(r"[a-z]{2}", re.sub(r"<[^>]*>|&\w+;", "", words)), (path.name, call.lineno, words)


@pytest.mark.parametrize("view", ["Draw", "Mistakes", "Network"])
def test_each_screen_runs_in_chinese(view):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    app.query_params.update({"view": view, "language": "zh"})
    app.run()
    assert not app.exception
    assert app.session_state.language == "zh"


def test_the_language_is_the_browsers_until_another_one_is_chosen(browser: Browser, app_url: str):
    with browser.new_context(**DESKTOP, locale="zh-CN") as context:
        page = context.new_page()
        page.goto(app_url)
        page.locator("canvas.upper-canvas").wait_for()
        expect(page.get_by_role("button", name="清除")).to_be_visible()
        draw(page)
        expect(page.get_by_text(re.compile("^把握"))).to_be_visible()
        page.get_by_text("English", exact=True).click()
        expect(page.get_by_role("button", name="Clear")).to_be_visible()
        expect(page.get_by_text(re.compile("% sure"))).to_be_visible()
        assert "language=en" in page.url
        page.get_by_text("Mistakes", exact=True).click()
        expect(page.get_by_text("test images are read wrong")).to_be_visible()
        page.reload()
        expect(page.get_by_text("test images are read wrong")).to_be_visible()
        page.get_by_text("中文", exact=True).click()
        expect(page.get_by_text("张测试图中读错")).to_be_visible()
        assert "language" not in page.url
