"""Puts marks and notes on test images, and takes marks back."""

import streamlit as st

from model.feedback.marks import LONGEST_NOTE, MarksError, Verdict
from views import selection, session
from views.language import literal
from views.parts import require_marks

# The element that holds the field for a note.
IMAGE_HEAD = "image-head"
# Keys of the session: the steps that can be taken back, each a dict of what was there before, by index; what went
# wrong; and the note that was kept last.
_STEPS, _ERROR, _KEPT = "marked steps", "mark error", "kept note"


def mark(indices: list[int], verdict: Verdict | None) -> bool:
    """Marks images, all in one step, and tells whether they are; None takes their marks away."""
    # Once a newer click has come, Streamlit may end a callback wherever it looks into the session. So it looks there
    # before it puts the marks: else these could be put and never be taken back.
    marks, steps = require_marks(), st.session_state.setdefault(_STEPS, [])
    try:
        own = marks.own()
        marks.put(dict.fromkeys(indices, verdict))
    except MarksError as error:
        tell(error)
        return False
    if before := {index: own.get(index) for index in indices if own.get(index) != verdict}:
        steps.append(before)
    return True


def can_take_back() -> bool:
    """Whether there is a step to take back."""
    return bool(st.session_state.get(_STEPS))


def take_back() -> None:
    """Takes the last step back, all of its marks, and shows its images."""
    if steps := st.session_state.get(_STEPS):
        marks, before = require_marks(), steps[-1]
        try:
            marks.put(before)
        except MarksError as error:
            tell(error)
            return
        steps.pop()
        selection.select(list(before))


def field_of_note(index: int) -> str:
    """What the field for the note on an image is known by: it names the image, so that no note lands on another one.

    It also names the session. A page that meets a new server sends that what it sent to the last one, under which the
    visitor had another name.
    """
    return f"{index} {session.name()}"


@session.in_turn
def keep_note() -> None:
    """Keeps what was last written into the field for a note; to be called before the marks are read.

    This is no callback: a note is written by a click elsewhere, too, and that click could end the callback.
    """
    state = st.session_state
    written = (state.get(IMAGE_HEAD) or {}).get("written")
    if written is None or written == state.get(_KEPT):
        return
    index = int(written["field"].split()[0])
    if written["field"] == field_of_note(index):
        try:
            require_marks().put({}, {index: written["text"][:LONGEST_NOTE]})
        except MarksError as error:
            tell(error)
    state[_KEPT] = written


def tell(error: Exception) -> None:
    """Keeps what went wrong for the next run of the page, which shows it."""
    st.session_state[_ERROR] = str(error)


def show_error() -> None:
    """Shows what went wrong last."""
    if error := st.session_state.pop(_ERROR, None):
        st.error(literal(error), icon=":material/error:")
