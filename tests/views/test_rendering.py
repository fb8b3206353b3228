"""HTML comes from templates, and names from outside are shown as they are, in HTML and in Markdown."""

import ast
import re
import time

import numpy as np
import pytest
from jinja2 import UndefinedError

from scripts.running import ROOT
from views.language import literal, say_html
from views.parts import bars
from views.rendering import render

NASTY = "a|b<i>\"&'_*`\nend"


def test_what_is_put_into_a_template_is_escaped_and_html_is_not():
    shown = render("maps", figures=[(NASTY, "data:,")])
    assert "<i>" not in shown
    assert "a|b&lt;i&gt;&#34;&amp;&#39;_*`\nend" in shown
    assert say_html("not sure", label="<i>", first="9 %").endswith("<b>&lt;i&gt;</b> with 9 %")


def test_a_value_that_a_template_lacks_is_an_error():
    with pytest.raises(UndefinedError):
        render("maps")


def test_a_name_in_markdown_formats_nothing_and_ends_no_cell():
    assert literal(NASTY) == r"a\|b\<i\>\"\&\'\_\*\` end"


@pytest.mark.parametrize("path", sorted((ROOT / "views").glob("*.py")), ids=lambda path: path.stem)
def test_no_code_builds_html(path):
    if path.name == "texts.py":
        return  # some texts emphasise a word
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not re.search(r"</|<(div|span|button|img|t|li|ol|p )", node.value)


def test_the_bars_that_follow_the_pen_are_rendered_in_less_than_a_millisecond():
    probabilities = np.full(10, 0.1, np.float32)
    bars(probabilities)
    started = time.process_time()
    for _ in range(50):
        bars(probabilities)
    assert (time.process_time() - started) / 50 < 0.001
