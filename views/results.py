"""What came of the visitor's own run: its scores, and what becomes of the network."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from model.data.mnist import TEST_IMAGES
from model.learning.classroom import LearningError, Status
from model.learning.messages import Result
from model.reading.card import TaughtScores
from views.address import choose
from views.classroom import classroom, may_keep, me, problem
from views.language import literal, say
from views.parts import percent
from views.rendering import render

# The key of the session under which the name stands that a network is to be kept under.
_NAME = "keep name"


def show(status: Status) -> None:
    """Shows the result of this visitor's run, if there is one, and what they kept last."""
    if status.kept and st.session_state.get("kept last") == status.kept:
        st.success(say("kept as", name=literal(status.kept)), icon=":material/check_circle:")
        st.button(say("open kept"), on_click=choose, kwargs={"view": "Draw", "network": status.kept})
    result = classroom().result(me())
    if result is None:
        return
    with st.container(key="result", border=True):
        st.html(render("result", rows=_rows(result), taught=result.taught is not None))
        _offer(result, status)


def _rows(result: Result) -> list[tuple[str, ...]]:
    """The scores of a network: each with its name, and where it was taught with what it was before."""
    if result.taught is None:
        return [
            (say("row accuracy"), percent(result.test_accuracy, 2)),
            (say("row wrong"), say("of", part=result.test_errors, whole=TEST_IMAGES)),
            (say("row time"), f"{result.seconds:.0f} s"),
        ]
    taught = result.taught

    def row(name: str, value: Callable[[TaughtScores], str]) -> tuple[str, str, str]:
        return say(name), value(taught.before), value(taught.after)

    rows: list[tuple[str, ...]] = [
        row("your drawings right", lambda scores: say("of", part=scores.drawings_right, whole=taught.drawings)),
        row("row accuracy", lambda scores: percent(scores.test_accuracy, 2)),
        row("digits refused", lambda scores: percent(scores.digits_refused, 2)),
    ]
    if taught.after.non_digits_refused is not None:
        rows.append(row("non-digits refused", _non_digits))
    return rows


def _non_digits(scores: TaughtScores) -> str:
    return "–" if scores.non_digits_refused is None else percent(scores.non_digits_refused)


def _offer(result: Result, status: Status) -> None:
    """The buttons: keep it under a name, take it along, or discard it."""
    room = classroom()
    with st.container(key="result-offers", horizontal=True, vertical_alignment="bottom"):
        if may_keep():
            st.text_input(say("keep as"), key=_NAME, max_chars=40, placeholder=say("keep example"), width=220)
            st.button(say("keep network"), on_click=_keep, icon=":material/save:", disabled=status.is_busy)
        for name in ("model.keras", "model.tflite"):
            st.download_button(
                name.removeprefix("model"),
                partial(_content, result.folder / name),
                name,
                "application/octet-stream",
                on_click="ignore",
                icon=":material/download:",
            )
        st.button(
            say("undo teaching" if result.taught else "discard"),
            key="discard",
            on_click=room.discard,
            args=(me(),),
            icon=":material/delete:",
            disabled=status.is_busy,
        )
    if text := st.session_state.pop("keep problem", None):
        st.warning(text, icon=":material/warning:")


def _content(path: Path) -> bytes:
    """What a file of the result holds.

    Raises:
        OSError: the result was kept or discarded meanwhile. The browser then shows that the download has failed.
    """
    return path.read_bytes()


def _keep() -> None:
    """Keeps the network under the name that was typed, where this visitor may."""
    state = st.session_state
    if not may_keep():
        return
    name = (state.get(_NAME) or "").strip()
    try:
        classroom().keep(me(), name)
    except LearningError as error:
        state["keep problem"] = problem(error)
    else:
        state["kept last"] = name
