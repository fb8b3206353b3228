"""What the visitor says of a reading: a count of right and wrong, and drawings kept with the digit that they are."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import lru_cache

import streamlit as st
from markupsafe import Markup

from model.feedback.drawings import Drawing, DrawingsError
from model.images import NUM_CLASSES, to_bytes
from model.reading.reading import Digit, Reading
from views import kept, teach
from views.address import TEACH, choose
from views.classroom import why_off
from views.clickable import clickable
from views.language import a_digit, say
from views.rendering import render

RIGHT, WRONG = "right", "wrong"
# What the switch sends that has drawings kept, the button that shows them, and the one that leads to teaching.
_KEEP, _SHOW_KEPT, _TEACH = "keep", "show-kept", "teach"
# A key of the session.
_EARLIER = "earlier score"


@dataclass(frozen=True)
class Verdict:
    """What was said of a reading.

    Attributes:
        value: RIGHT, WRONG, or the digit that it is said to be.
        was_right: whether it was read right.
        drawing: as what it was kept, None if it was not.
        counts: whether it is part of the score.
    """

    value: str
    was_right: bool
    drawing: Drawing | None
    counts: bool = True


def ask(reading: Reading, judged: Hashable, may_be_kept: bool, on_stage: bool) -> None:
    """Lets the visitor say whether a reading is right, or what the drawing is; nobody has to.

    Args:
        reading: of what is on the pad or in the picture.
        judged: names that reading: a verdict is on this one alone.
        may_be_kept: whether it is a drawing of one digit, so that it can be trained on.
        on_stage: whether it stands on the stage, where nobody looks at what is kept.
    """
    said = _said().get(judged)
    drawings, count = kept.look() if may_be_kept and not on_stage else ([], 0)
    of_visitor = kept.of_visitor()
    shown = _buttons(
        str(st.session_state.language),
        None if said is None else said.value,
        bool(reading.digits),
        score(),
        may_be_kept,
        _keeps(),
        # Also where all are deleted, so that this can be taken back.
        count if may_be_kept and not on_stage and (count or of_visitor.deleted) else None,
        of_visitor.is_open,
        may_be_kept and _can_be_taught(said),
    )
    clickable(shown, "truth", lambda value: _take(value, reading, judged, may_be_kept))
    if may_be_kept:
        kept.show(drawings, count, on_stage)


@lru_cache(maxsize=256)
def _buttons(
    language: str,
    said: str | None,
    can_be_judged: bool,
    counts: tuple[int, int],
    may_be_kept: bool,
    keeps: bool,
    kept_count: int | None,
    shows_kept: bool,
    can_be_taught: bool,
) -> Markup:
    """What can be said; kept, since most strokes change nothing of it."""
    judgements = ((RIGHT, "✓", "y", "right hint"), (WRONG, "✗", "x", "wrong hint"))
    return render(
        "truth",
        said=said,
        can_be_judged=can_be_judged,
        judgements=[
            (value, sign, key, say(hint, count=count), count)
            for (value, sign, key, hint), count in zip(judgements, counts, strict=True)
        ],
        may_be_kept=may_be_kept,
        digits=[(str(digit), say("it was hint", digit=a_digit(digit))) for digit in range(NUM_CLASSES)],
        keeps=keeps,
        kept_count=kept_count,
        shows_kept=shows_kept,
        can_be_taught=can_be_taught,
    )


def _can_be_taught(said: Verdict | None) -> bool:
    """Whether a digit was misread and the visitor has said which it is."""
    return said is not None and not said.was_right and said.value not in (RIGHT, WRONG) and why_off() is None


def _keeps() -> bool:
    """Whether the visitor has drawings kept."""
    return bool(st.session_state.get("keep"))


def score() -> tuple[int, int]:
    """How many readings were said to be right, and how many wrong, since the score was reset."""
    counted = [verdict.was_right for verdict in _said().values() if verdict.counts]
    right, wrong = st.session_state.get(_EARLIER, (0, 0))
    return right + sum(counted), wrong + len(counted) - sum(counted)


def reset_score() -> None:
    """Begins to count again."""
    said = _said()
    said.update({judged: replace(verdict, counts=False) for judged, verdict in said.items()})
    set_earlier_score(0, 0)


def set_earlier_score(right: int, wrong: int) -> None:
    """Counts on from a score: how many readings were said to be right, and how many wrong."""
    st.session_state[_EARLIER] = right, wrong


def restore(judged: Hashable, was_right: bool) -> None:
    """Takes a verdict that is part of an earlier score."""
    _said()[judged] = Verdict(RIGHT if was_right else WRONG, was_right, None, counts=False)


def was_right(judged: Hashable) -> bool | None:
    """Whether a reading was said to be right; None if nothing was said of it."""
    verdict = _said().get(judged)
    return None if verdict is None else verdict.was_right


def _said() -> dict[Hashable, Verdict]:
    """What the visitor said, by what it was said of."""
    said: dict[Hashable, Verdict] = st.session_state.setdefault("said", {})
    return said


def _take(value: str, reading: Reading, judged: Hashable, may_be_kept: bool) -> None:
    """Takes a verdict, in place of the one that was given on the same reading; the same one again is taken back."""
    state = st.session_state
    if value == _KEEP:
        state.keep = not _keeps()
        return
    if value == _TEACH:
        if not (verdict := _said().get(judged)) or not reading.digits or not _can_be_taught(verdict):
            return
        digit = reading.digits[0]
        teach.add(digit.image, int(verdict.value), digit.label if digit.is_digit else None)
        choose(view="Learn", learnt=TEACH)
        return
    if value == _SHOW_KEPT:
        kept.of_visitor().is_open = not kept.of_visitor().is_open
        return
    # Once a newer click has come, Streamlit may end a callback wherever it looks into the session. So it looks there
    # before it keeps the drawing: else that could be kept and never be taken back.
    said, keeps, of_visitor = _said(), _keeps(), kept.of_visitor()
    try:
        taken_back = _take_back(said, judged)
        if taken_back == value or not reading.digits:
            return
        was_right = value in (RIGHT, reading.text)
        drawing = None
        if may_be_kept and keeps and (label := _label(value, reading.digits[0])) is not None:
            drawing = of_visitor.add(to_bytes(reading.digits[0].image), label)
    except DrawingsError as error:
        kept.tell(error)
        return
    said[judged] = Verdict(value, was_right, drawing)


def _take_back(said: dict[Hashable, Verdict], judged: Hashable) -> str | None:
    """Takes back what was said of this reading; what that was, None for nothing."""
    if (verdict := said.get(judged)) is None:
        return None
    if verdict.drawing is not None:
        kept.remove(verdict.drawing)
    del said[judged]
    return verdict.value


def _label(value: str, digit: Digit) -> int | None:
    """The digit that a drawing is said to be; None where only that it was misread."""
    if value == RIGHT:
        return digit.label if digit.is_digit else None
    return None if value == WRONG else int(value)
