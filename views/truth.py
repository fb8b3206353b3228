"""What the visitor says of a reading: a count of right and wrong, and drawings kept with the digit that they are."""

import html
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from model.classifier import Digit, Reading
from model.data import NUM_CLASSES
from model.drawings import Drawings, DrawingsError
from views.clickable import clickable
from views.texts import say

DRAWINGS_PATH = Path(__file__).resolve().parent.parent / "drawings.sqlite"
RIGHT, WRONG = "right", "wrong"


@dataclass(frozen=True)
class Verdict:
    """What was said of the drawing on the pad.

    Attributes:
        value: RIGHT, WRONG, or the digit that it is said to be.
        was_right: whether it was read right.
        number: by which it is kept, None if it is not.
    """

    value: str
    was_right: bool
    number: int | None


def ask(reading: Reading, may_be_kept: bool) -> None:
    """Lets the visitor say whether a reading is right, or what the drawing is; nobody has to.

    Args:
        reading: what is on the pad, as it was read.
        may_be_kept: whether it is a drawing of one digit, so that it can be trained on.
    """
    state = st.session_state
    said = state.get("said")
    tally = state.setdefault("tally", {RIGHT: 0, WRONG: 0})

    def button(value: str, text: str, key: str, name: str) -> str:
        pressed = str(said is not None and said.value == value).lower()
        return (
            f'<button type="button" data-value="{value}" data-key="{key}" aria-pressed="{pressed}" '
            f'title="{html.escape(name)} ({key.upper()})" aria-label="{html.escape(name)}"'
            f"{'' if reading.digits else ' disabled'}>{text}</button>"
        )

    judgement = "".join(
        button(value, f"{sign} <span>{say(value)}</span> <b>{tally[value]}</b>", key, say(hint, count=tally[value]))
        for value, sign, key, hint in ((RIGHT, "✓", "y", "right hint"), (WRONG, "✗", "x", "wrong hint"))
    )
    names = map(str, range(NUM_CLASSES))
    digits = "".join(button(name, name, name, say("it was hint", digit=name)) for name in names)
    digits = f'<span class="digits"><span>{say("it was a")}</span>{digits}</span>' if may_be_kept else ""
    kept = f'<span class="note">{say("kept tag")}</span>' if may_be_kept and state.get("keep") else ""
    shown = f'<div class="truth">{judgement}{digits}{kept}</div>'
    clickable(shown, "truth", lambda value: _take(value, reading, may_be_kept))
    if error := state.pop("drawings_error", None):
        st.error(error, icon=":material/error:")


def keep_choice() -> None:
    """Lets the visitor choose whether drawings are kept, which they are not unless he does; and take them along."""
    drawings = _drawings()
    with st.container(key="keeping"):
        st.toggle(
            say("keep"),
            key="keep",
            persist_state="session",
            help=say("keep hint"),
        )
        try:
            count = drawings.count()
        except DrawingsError as error:
            st.error(str(error), icon=":material/error:")
            return
        notes = [] if st.session_state.keep else [say("kept off")]
        if count or st.session_state.keep:
            notes.append(say({0: "kept none", 1: "kept one"}.get(count, "kept many"), count=count))
        st.caption(" ".join(notes))
        if count:
            st.download_button(
                say("export drawings"),
                drawings.to_npz,
                "drawings.npz",
                "application/octet-stream",
                on_click="ignore",
                icon=":material/download:",
            )


def forget_verdict() -> None:
    """To be called when another drawing takes the place of the one on the pad."""
    st.session_state.said = None


def _drawings() -> Drawings:
    """The drawings kept in the file that DIGITS_DRAWINGS names, or else in drawings.sqlite."""
    return Drawings(Path(os.environ.get("DIGITS_DRAWINGS", DRAWINGS_PATH)))


def _take(value: str, reading: Reading, may_be_kept: bool) -> None:
    """Takes a verdict, in place of the one that was given on the same drawing; the same one again is taken back."""
    state = st.session_state
    try:
        taken_back = _take_back()
        if taken_back == value or not reading.digits:
            return
        was_right = value in (RIGHT, reading.text)
        number = None
        if may_be_kept and state.get("keep") and (label := _label(value, reading.digits[0])) is not None:
            number = _drawings().add(np.rint(255 * reading.digits[0].image).astype(np.uint8), label)
    except DrawingsError as error:
        state.drawings_error = str(error)
        return
    state.tally[RIGHT if was_right else WRONG] += 1
    state.said = Verdict(value, was_right, number)


def _take_back() -> str | None:
    """Takes back what was said of this drawing; what that was, None for nothing."""
    state = st.session_state
    if (said := state.get("said")) is None:
        return None
    if said.number is not None:
        _drawings().remove(said.number)
    state.tally[RIGHT if said.was_right else WRONG] -= 1
    state.said = None
    return said.value


def _label(value: str, digit: Digit) -> int | None:
    """The digit that a drawing is said to be; None where only that it was misread."""
    if value == RIGHT:
        return digit.label if digit.is_digit else None
    return None if value == WRONG else int(value)
