"""All that the app says stands in one place, in two languages that say the same."""

import ast
import re
import string

import pytest
from streamlit.testing.v1 import AppTest

from model.reading.pictures import MESSAGES
from scripts.running import ROOT
from views.address import VIEWS
from views.language import literal
from views.texts import TEXTS

SCREENS = [*sorted(path for path in (ROOT / "views").glob("*.py") if "texts" not in path.name), ROOT / "app.py"]
TEMPLATES = sorted((ROOT / "views" / "templates").glob("*.html"))
# What Streamlit shows beside the first argument of most of its functions; all else are keys and sizes.
SHOWN = {"label", "help", "placeholder", "body"}
SHOWS_NOTHING = {"space", "fragment", "container", "columns"}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _beginnings(name: str) -> list[str]:
    """What is left of a name without its last words, the shortest first."""
    words = name.split(" ")
    return [" ".join(words[:count]) for count in range(1, len(words))]


def test_each_text_is_used_somewhere():
    code = "".join(path.read_text() for path in [*SCREENS, *TEMPLATES, ROOT / "model" / "feedback" / "marks.py"])
    for name in TEXTS:
        # As in f"view {view}", with what there is of words before and in the place.
        before = [*_beginnings(name), *_beginnings(name.removeprefix("about "))] or [name]
        family = f"({'|'.join(map(re.escape, before))})"
        named = f"""["']{re.escape(name)}["']|f["']{family} {{|'{family} ' ~|(choose_one|_choice)\\("{family}", """
        assert re.search(named, code), name


def test_each_text_has_the_same_places_for_values_in_both_languages():
    for name, (english, chinese) in TEXTS.items():
        assert places(english) == places(chinese), name


def test_each_reason_why_a_picture_cant_be_read_is_told_in_both_languages_in_english_as_on_the_command_line():
    for reason, english in MESSAGES.items():
        assert TEXTS[f"picture {reason}"][0] == english
        assert places(english) == places(TEXTS[f"picture {reason}"][1])


def test_a_text_from_outside_shows_as_it_is():
    assert literal("*a*_b_ [c](http://d) $e$ #7.png") == r"\*a\*\_b\_ \[c\]\(http\:\/\/d\) \$e\$ \#7\.png"


def test_no_value_is_put_into_code_where_what_escapes_it_would_show():
    for text in (text for pair in TEXTS.values() for text in pair):
        assert not any("{" in code for code in text.split("`")[1::2]), text


def test_no_english_text_fixes_the_article_before_a_digit():
    for name, (english, _) in TEXTS.items():
        if name not in ("a digit", "an eight"):
            assert not re.search(r"\ban? \{(digit|label|actual|guess|read)\b|\bit was an?$", english), name


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


@pytest.mark.parametrize("view", VIEWS)
def test_each_screen_runs_in_chinese(view):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    app.query_params.update({"view": view, "language": "zh"})
    app.run()
    assert not app.exception
    assert app.session_state.language == "zh"
