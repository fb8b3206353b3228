"""What people think of test images: one's own marks, those of others, the votes on labels, and notes."""

from dataclasses import dataclass, field

import streamlit as st

from model.data.label_errors import LABEL_ERRORS
from model.feedback.marks import VERDICTS, MarksError, Verdict
from views.language import literal, say
from views.parts import require_marks

# What stands on an image whose label is doubted, and on one with a note.
DOUBTED, NOTED = "⚑", "✎"


@dataclass(frozen=True)
class Badge:
    """A sign on an image, and what it says.

    Attributes:
        sign: the number of a verdict's key, or another sign.
        text: the same in words.
        kind: "own" for the visitor's mark, which is filled; "other" for what other people think, which is outlined;
            "noted".
    """

    sign: str
    text: str
    kind: str


@dataclass(frozen=True)
class Opinions:
    """What people think, by index into the test set.

    Attributes:
        marks: the last one on each image.
        own: the visitor's own marks.
        others: how many other people gave each verdict.
        notes: the last one on each image.
        own_notes: the visitor's own ones.
        others_notes: all of other people's.
    """

    marks: dict[int, Verdict] = field(default_factory=dict)
    own: dict[int, Verdict] = field(default_factory=dict)
    others: dict[int, dict[Verdict, int]] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    own_notes: dict[int, str] = field(default_factory=dict)
    others_notes: dict[int, list[str]] = field(default_factory=dict)

    def badges(self, index: int) -> list[Badge]:
        """What stands on an image of the gallery."""
        badges = []
        if own := self.own.get(index):
            badges.append(Badge(key_of(own), say("marked by you", verdict=say(own)), "own"))
        badges += self.others_badges(index)
        if index in LABEL_ERRORS:
            badges.append(Badge(DOUBTED, say("label doubted"), "other"))
        if index in self.notes:
            badges.append(Badge(NOTED, say("has a note"), "noted"))
        return badges

    def others_badges(self, index: int) -> list[Badge]:
        """How other people have marked an image, in the order of the keys."""
        counts = self.others.get(index, {})
        return [
            Badge(key_of(verdict), say("marked by others", verdict=say(verdict), count=counts[verdict]), "other")
            for verdict in VERDICTS
            if verdict in counts
        ]


def key_of(verdict: Verdict) -> str:
    """The key that marks an image so."""
    return str(VERDICTS.index(verdict) + 1)


def verdict_of(text: str) -> Verdict | None:
    """The verdict of that name; None for any other text."""
    return next((verdict for verdict in VERDICTS if verdict == text), None)


def read() -> Opinions:
    """What people think; a message says what is wrong with the file of marks."""
    marks = require_marks()
    try:
        return Opinions(
            marks.all(), marks.own(), marks.others(), marks.notes(), marks.own_notes(), marks.others_notes()
        )
    except MarksError as error:
        st.warning(literal(str(error)), icon=":material/warning:")
        return Opinions()
