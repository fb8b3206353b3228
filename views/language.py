"""Says the app's texts in the visitor's language, and shows texts from outside as they are."""

import re

import streamlit as st
from markupsafe import Markup

from views.texts import TEXTS

LANGUAGES = {"en": "English", "zh": "中文"}


def say(name: str, /, **values: object) -> str:
    """The text of that name in the visitor's language, with values put into its places."""
    return _text(name).format(**values)


def say_html(name: str, /, **values: object) -> Markup:
    """A text that holds HTML; values that are put into its places are escaped."""
    return Markup(_text(name)).format(**values)


def _text(name: str) -> str:
    english, chinese = TEXTS[name]
    return chinese if st.session_state.get("language") == "zh" else english


def images(count: int) -> str:
    """So many images."""
    return say("one image" if count == 1 else "images", count=count)


def a_digit(digit: int) -> str:
    """The digit with the article that English puts before it: "a 7", but "an 8"."""
    return say("an eight" if digit == 8 else "a digit", digit=digit)


def literal(text: str) -> str:
    r"""A text from outside as Markdown that shows it as it is, and neither formats it nor takes it for a link.

    A line break becomes a blank, as in HTML, so that it ends no row of a table.

    >>> literal("my_7.png")
    'my\\_7\\.png'
    """
    escaped = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.splitlines()))
    return re.sub(r"(?<=\\-)(?=\\-)", _BETWEEN_HYPHENS, escaped)


# Streamlit turns two hyphens into a dash even where they are escaped, and nobody could copy a command's flags. Empty
# small type keeps them apart.
_BETWEEN_HYPHENS = ":small[]"


def browsers_language() -> str:
    """The language of the visitor's browser, if the app speaks it, or else English."""
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"
