"""The drawings that a visitor has kept: they see them, delete any, and take a deletion back."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import streamlit as st

from model.feedback.drawings import Drawing, Drawings, DrawingsError
from views import visitor
from views.clickable import clickable
from views.language import a_digit, literal, say
from views.parts import png_url
from views.rendering import render

DRAWINGS_PATH = Path(__file__).resolve().parent.parent / "drawings.sqlite"
# So many are shown, the newest.
MOST_SHOWN = 60
# What the buttons send, the first with a drawing's number after it.
_DELETE, _DELETE_ALL, _TAKE_BACK = "delete", "delete-all", "take-back"
# Keys of the session.
_KEPT, _ERROR = "kept drawings", "drawings error"


@dataclass
class Kept:
    """What a visitor has kept, and what they have deleted of it.

    Attributes:
        own: the drawings that they kept, the oldest first; some may be in the file no longer.
        deleted: what each deletion took away, the last one last.
        is_open: whether they look at them.
    """

    own: list[Drawing] = field(default_factory=list)
    deleted: list[list[Drawing]] = field(default_factory=list)
    is_open: bool = False

    def add(self, image: np.ndarray, label: int) -> Drawing:
        """Keeps a drawing, uint8 (28, 28) in 0..255, with the digit that it is.

        Raises:
            DrawingsError: the file can't be written.
        """
        drawing = _file().add(image, label)
        self.own.append(drawing)
        return drawing

    def listed(self, sees_all: bool) -> tuple[list[Drawing], int]:
        """The newest drawings that the visitor may see, the newest first, and how many there are in all.

        Args:
            sees_all: whether they see those of all visitors, or their own alone.

        Raises:
            DrawingsError: the file can't be read, or is damaged.
        """
        if sees_all:
            return _file().newest(MOST_SHOWN) if self.is_open else [], _file().count()
        own = _file().still_there(reversed(self.own)) if self.own else []
        return own[:MOST_SHOWN], len(own)

    def still_kept(self) -> list[Drawing]:
        """Those of the visitor's own drawings that are in the file.

        Raises:
            DrawingsError: the file can't be read.
        """
        return _file().still_there(self.own) if self.own else []

    def do(self, value: str, listed: Sequence[Drawing], sees_all: bool) -> None:
        """Does what a button asks for.

        Args:
            value: of the button; a page may send anything.
            listed: the drawings that the visitor was shown, the newest first; they may delete no other one.
            sees_all: whether they see those of all visitors.

        Raises:
            DrawingsError: the file can't be written, and nothing has changed.
        """
        deleted: list[Drawing] = []
        match value.split():
            case [verb, number] if verb == _DELETE:
                deleted = _file().remove([drawing for drawing in listed if str(drawing.number) == number])
            case [verb] if verb == _DELETE_ALL and listed:
                # What others have kept since then stays.
                deleted = _file().remove_all(listed[0].number) if sees_all else _file().remove(self.own)
            case [verb] if verb == _TAKE_BACK and self.deleted:
                put_back = _file().put_back(self.deleted[-1])
                formerly = self.deleted.pop()
                self.own += [
                    now for now, before in zip(put_back, formerly, strict=True) if before in self.own and now != before
                ]
        if deleted:
            self.deleted.append(deleted)


def of_visitor() -> Kept:
    """What the visitor of this session has kept."""
    kept: Kept = st.session_state.setdefault(_KEPT, Kept())
    return kept


def remove(drawing: Drawing) -> None:
    """Keeps a drawing no longer; nothing happens if it was deleted.

    Raises:
        DrawingsError: the file can't be written.
    """
    _file().remove([drawing])


def tell(error: DrawingsError) -> None:
    """Has the page say what went wrong."""
    st.session_state[_ERROR] = error


def look() -> tuple[list[Drawing], int]:
    """The newest drawings that the visitor may see, and how many there are in all; a message if they can't be read."""
    try:
        return of_visitor().listed(visitor.is_operator())
    except DrawingsError as error:
        tell(error)
        return [], 0


def show(listed: Sequence[Drawing], count: int, on_stage: bool) -> None:
    """Shows the drawings, if the visitor looks at them, and what went wrong with them.

    Args:
        listed: those that they may see, the newest first.
        count: how many there are in all.
        on_stage: whether this is the stage, where only the latter is shown.
    """
    kept, sees_all = of_visitor(), visitor.is_operator()
    if (error := st.session_state.pop(_ERROR, None)) is not None:
        st.error(literal(str(error)), icon=":material/error:")
    if on_stage or not kept.is_open:
        return

    def clicked(value: str) -> None:
        try:
            kept.do(value, listed, sees_all)
        except DrawingsError as error:
            tell(error)

    one, many = ("kept one", "kept many") if sees_all else ("own kept one", "own kept many")
    text = say("kept none") if count == 0 else say(one if count == 1 else many, count=count)
    page = render(
        "kept",
        text=text,
        count=count,
        drawings=[(drawing.number, drawing.label, a_digit(drawing.label), _url(drawing.image)) for drawing in listed],
        deleted=len(kept.deleted[-1]) if kept.deleted else 0,
    )
    with st.container(key="kept"):
        clickable(page, "kept-drawings", clicked)
        # Those of all visitors are not for each of them.
        if sees_all and count:
            st.download_button(
                say("export drawings"),
                _file().to_npz,
                "drawings.npz",
                "application/octet-stream",
                on_click="ignore",
                icon=":material/download:",
            )


@lru_cache(maxsize=1024)
def _url(image: bytes) -> str:
    """The picture of a drawing; kept, since it is shown again after each stroke."""
    return png_url(Drawing(0, image, 0).pixels)


def _file() -> Drawings:
    """The drawings kept in the file that DIGITS_DRAWINGS names, or else in drawings.sqlite."""
    return Drawings(Path(os.environ.get("DIGITS_DRAWINGS") or DRAWINGS_PATH))
