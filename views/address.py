"""What stands in the page's address, so that a link shows someone else the same, and Back and reload keep it.

Each value lives in the session under the key of its field, where widgets of that key find it. Streamlit's own binding
of widgets to the address replaces it instead of adding to the browser's history, so that Back would leave the app.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from model.classifier import trained_networks
from model.data import NUM_CLASSES, TEST_IMAGES
from views.texts import LANGUAGES, browsers_language

VIEWS = ("Draw", "Mistakes", "Network")
SOURCES = ("Digit", "Number", "Picture")
PANELS = ("Matrix", "Image", "Digits", "Compare", "Reliability", "Marks")
SHOWN = ("wrong", "unsure", "all")
ORDERS = ("confident", "unsure", "loss", "margin", "index", "given")
WRONG = ("both", "first", "second", "neither")
COLUMNS = ("digit", "support", "precision", "recall", "f1", "confusion")

# The gallery as it is found by whoever comes first.
NO_FILTERS = {
    "show": "wrong",
    "below": 90,
    "true": None,
    "read": None,
    "probability": (0, 100),
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
    write: Callable[[object], str] = str
    view: str | None = None


def follow() -> None:
    """Brings session and address together; to be called before anything is shown.

    The address wins where a link was opened, or Back or Forward was pressed; otherwise the visitor's choice does.
    """
    state, fields = st.session_state, _fields()
    given = st.query_params.to_dict()
    state.update(state.pop("chosen", {}))
    if "kept" not in state or _history_was_used():
        view = _read(fields["view"], given.get("view"))
        for name, field in fields.items():
            if field.view in (None, view):
                state[name] = _read(field, given.get(name))
    # A widget's value is lost with the widget, hence the copy.
    kept = state.setdefault("kept", {})
    for name, field in fields.items():
        kept[name] = state.setdefault(name, kept.get(name, field.default))
    wanted = {
        name: field.write(state[name])
        for name, field in fields.items()
        if field.view in (None, state.view) and state[name] != field.default
    }
    if wanted != given:
        st.query_params.from_dict(wanted)


def choose(**values: object) -> None:
    """Sets fields from a callback; it shows when the whole page runs next, also where a fragment was clicked."""
    st.session_state.setdefault("chosen", {}).update(values)


def _history_was_used() -> bool:
    # Streamlit does not tell otherwise. Without it, Back would change the address and nothing else.
    return getattr(get_script_run_ctx(), "is_history_navigation", False)


def _fields() -> dict[str, Field]:
    networks = trained_networks()
    fields = {
        "language": Field(browsers_language(), _one_of(LANGUAGES)),
        "view": Field("Draw", _one_of(VIEWS)),
        "network": Field(networks[0] if networks else None, _one_of(networks)),
        "source": Field("Digit", _one_of(SOURCES), view="Draw"),
        "stage": Field(False, _is_on, lambda on: "on", view="Draw"),
    }
    studies = {
        "panel": Field("Matrix", _one_of(PANELS)),
        "versus": Field(None, _one_of(networks)),
        "disagree": Field(NO_FILTERS["disagree"], _one_of(WRONG)),
        "show": Field(NO_FILTERS["show"], _one_of(SHOWN)),
        "below": Field(NO_FILTERS["below"], _number(10, 100)),
        "true": Field(NO_FILTERS["true"], _number(0, NUM_CLASSES - 1)),
        "read": Field(NO_FILTERS["read"], _number(0, NUM_CLASSES - 1)),
        "probability": Field(NO_FILTERS["probability"], _percents, lambda ends: f"{ends[0]}-{ends[1]}"),
        "find": Field(NO_FILTERS["find"], str),
        "order": Field(NO_FILTERS["order"], _one_of(ORDERS)),
        "page": Field(NO_FILTERS["page"], _number(1, TEST_IMAGES)),
        "image": Field(None, _number(0, TEST_IMAGES - 1)),
        "other": Field(None, _number(0, NUM_CLASSES - 1)),
        "column": Field("digit", _one_of(COLUMNS)),
    }
    return fields | {name: Field(field.default, field.read, field.write, "Mistakes") for name, field in studies.items()}


def _read(field: Field, text: str | None) -> object:
    try:
        return field.default if text is None else field.read(text)
    except ValueError:
        return field.default


def _one_of(names: object) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError(text)
        return text

    return read


def _is_on(text: str) -> bool:
    return text == "on"


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
