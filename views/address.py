"""What stands in the page's address, so that a link shows someone else the same, and Back and reload keep it.

Each value lives in the session under the key of its field, where the widget of that key finds it. Each such widget has
`persist_state="session"`: otherwise its value is lost with it, and the next one begins with None. Streamlit's own
binding of widgets to the address replaces it instead of adding to the browser's history, so that Back would leave the
app.
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from model.data.mnist import TEST_IMAGES
from model.feedback.marks import VERDICTS
from model.images import NUM_CLASSES
from model.plain_text import one_line
from model.reading.store import trained_networks
from views.language import LANGUAGES, browsers_language
from views.search import shortened
from views.session import in_turn
from views.streamlit_private import history_was_used

VIEWS = ("Draw", "Learn", "Mistakes", "Network")
WATCH, TEACH = LEARNT = ("Watch", "Teach")
SOURCES = ("Digit", "Number", "Picture")
PANELS = ("Matrix", "Image", "Digits", "Compare", "Reliability", "Marks")
SHOWN = ("wrong", "unsure", "all")
ORDERS = ("confident", "unsure", "loss", "margin", "index", "given")
WRONG = ("both", "first", "second", "neither")
UNMARKED = "unmarked"
MARKED = (UNMARKED, *VERDICTS)
SIZES = (64, 160)  # the smallest and the largest image of the gallery, in pixels
COLUMNS = ("digit", "support", "precision", "recall", "f1", "confusion")

ANY_PROBABILITY = (0, 100)  # percent
LONGEST_NAME = 40  # characters of the name of a view

# Keys of the session, with a blank in them so that no widget has one of these.
_CHOICES, _TOLD, _FILTERED = "address choices", "address told", "address filtered"

# The gallery as it is found by whoever comes first.
NO_FILTERS = {
    "show": "wrong",
    "below": 90,
    "true": [],
    "read": [],
    "probability": ANY_PROBABILITY,
    "marked": [],
    "doubted": False,
    "noted": False,
    "find": "",
    "order": "confident",
    "disagree": None,
    "page": 1,
}


@dataclass(frozen=True)
class Field:
    """One value in the address.

    Attributes:
        default: the value that is left out of the address.
        read: makes the value of its text, or raises ValueError.
        write: makes the text of a value.
        view: the only one whose address has it; None for all.
    """

    default: object
    read: Callable[[str], object]
    write: Callable[[Any], str] = str
    view: str | None = None


@in_turn
def follow() -> None:
    """Brings session and address together; to be called before anything is shown.

    The address wins where a link was opened, or Back or Forward was pressed; otherwise the visitor's choice does.
    """
    state, fields = st.session_state, _fields()
    given = st.query_params.to_dict()
    # Streamlit may end the run at any of these, and the next one must still find what was chosen.
    chosen = state.get(_CHOICES, {})
    state.update(chosen)
    state.pop(_CHOICES, None)
    if is_followed := "view" not in state or history_was_used():
        view = _read(fields["view"], given.get("view"))
        for name, field in fields.items():
            if field.view in (None, view):
                state[name] = _read(field, given.get(name))
    if state.view != "Draw":
        state.stage = False  # two steps Back at once may leave both the stage and its screen
    # A selectbox knows its choice by the text that it shows, which another language changes.
    is_translated = state.get("spoken") != state.get("language")
    state.spoken = state.get("language")
    for name, field in fields.items():
        value = _allowed(field, state.get(name, field.default))
        if is_translated or name not in state or value != state[name]:
            state[name] = value
    # Also a text that was typed, or made of marks: neither the field nor the address holds more.
    if state.find != (find := shortened(state.find)):
        state.find = find
    # The name of a view belongs to the filters that it was given for.
    filtered = {name: fields[name].write(state[name]) for name in NO_FILTERS if name != "page"}
    if filtered != state.get(_FILTERED) and not is_followed and "named" not in chosen:
        state.named = ""
    state[_FILTERED] = filtered
    wanted = {
        name: field.write(state[name])
        for name, field in fields.items()
        if field.view in (None, state.view) and state[name] != field.default
    }
    # What the browser gave may be older than what it was last sent, where two clicks come before an answer.
    if wanted != given or wanted != state.get(_TOLD, wanted):
        st.query_params.from_dict(wanted)
    state[_TOLD] = wanted


@in_turn
def choose(**values: object) -> None:
    """Sets fields from a callback; it shows when the whole page runs next, also where a fragment was clicked."""
    st.session_state.setdefault(_CHOICES, {}).update(values)


def waits() -> bool:
    """Whether something was chosen that the whole page has not shown yet."""
    return _CHOICES in st.session_state


def _fields() -> dict[str, Field]:
    networks = trained_networks()
    fields = {
        "language": Field(browsers_language(), _one_of(LANGUAGES)),
        "view": Field("Draw", _one_of(VIEWS)),
        "network": Field(networks[0] if networks else None, _one_of(networks)),
        "source": Field("Digit", _one_of(SOURCES), view="Draw"),
        "learnt": Field(WATCH, _one_of(LEARNT), view="Learn"),
        "stage": Field(False, _is_on, lambda on: "on", view="Draw"),
    }
    studies = {
        "panel": Field("Matrix", _one_of(PANELS)),
        "versus": Field(None, _one_of(networks)),
        "disagree": Field(NO_FILTERS["disagree"], _one_of(WRONG)),
        "show": Field(NO_FILTERS["show"], _one_of(SHOWN)),
        "below": Field(NO_FILTERS["below"], _number(10, 100)),
        "true": Field(NO_FILTERS["true"], _several(_number(0, NUM_CLASSES - 1)), _joined),
        "read": Field(NO_FILTERS["read"], _several(_number(0, NUM_CLASSES - 1)), _joined),
        "marked": Field(NO_FILTERS["marked"], _several(_one_of(MARKED)), _joined),
        "doubted": Field(NO_FILTERS["doubted"], _is_on, lambda on: "on"),
        "noted": Field(NO_FILTERS["noted"], _is_on, lambda on: "on"),
        "named": Field("", _name),
        "size": Field(96, _number(*SIZES)),
        "folded": Field(False, _is_on, lambda on: "on"),
        "probability": Field(NO_FILTERS["probability"], _percents, lambda ends: f"{ends[0]}-{ends[1]}"),
        "find": Field(NO_FILTERS["find"], str),
        "order": Field(NO_FILTERS["order"], _one_of(ORDERS)),
        "page": Field(NO_FILTERS["page"], _number(1, TEST_IMAGES)),
        "image": Field(None, _number(0, TEST_IMAGES - 1)),
        "other": Field(None, _number(0, NUM_CLASSES - 1)),
        "column": Field("digit", _one_of(COLUMNS)),
    }
    return fields | {name: Field(field.default, field.read, field.write, "Mistakes") for name, field in studies.items()}


def _allowed(field: Field, value: object) -> object:
    """The value if the address can hold it, or else the default: whatever a widget has made of it, the page goes on."""
    return value if value == field.default else _read(field, field.write(value))


def _read(field: Field, text: str | None) -> object:
    try:
        return field.default if text is None else field.read(text)
    except ValueError:
        return field.default


def _one_of(names: Container[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError(text)
        return text

    return read


def _several(read: Callable[[str], object]) -> Callable[[str], list[object]]:
    return lambda text: sorted({read(part) for part in text.split(",")}, key=str)


def _joined(values: Iterable[object]) -> str:
    return ",".join(map(str, values))


def _is_on(text: str) -> bool:
    return text == "on"


def _name(text: str) -> str:
    name = one_line(text)
    if len(name) > LONGEST_NAME:
        raise ValueError(text)
    return name


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return read


def _percents(text: str) -> tuple[int, int]:
    least, most = map(_number(0, 100), text.split("-"))
    if least > most:
        raise ValueError(text)
    return least, most
