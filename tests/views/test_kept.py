"""Kept drawings: a visitor sees his own, deletes any, and takes it back; the operator sees those of all."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from helpers import app, click, errors, send, shown
from streamlit.testing.v1 import AppTest

from model.feedback import database
from model.feedback.drawings import Drawing, Drawings
from views.kept import MOST_SHOWN


@pytest.fixture
def path(tmp_path, monkeypatch) -> Path:
    """Where drawings are kept meanwhile."""
    monkeypatch.setenv("DIGITS_DRAWINGS", str(tmp_path / "drawings.sqlite"))
    return tmp_path / "drawings.sqlite"


@pytest.fixture
def drawings(path) -> Drawings:
    return Drawings(path)


def of_someone_else(drawings: Drawings, label: int = 3) -> Drawing:
    return drawings.add(np.full((28, 28), label, np.uint8), label)


def keeping(seven: np.ndarray, **address: str) -> AppTest:
    """The app of a visitor who has a 7 on the pad, has said so, keeps it, and looks at what is kept."""
    test = app(canvas=seven, **address).run()
    for value in ("keep", "7", "show-kept"):
        click(test, "truth", value)
    return test


def offered(test: AppTest) -> list[int]:
    """The digits of the drawings that can be deleted, in their order."""
    return [
        int(label) for label in re.findall(r"<b>(\d)</b><button[^>]*data-value=\"delete ", shown(test, "kept-drawings"))
    ]


def entry(test: AppTest) -> str:
    """The text on the button that opens them; empty if there is none."""
    found = re.search(r'data-value="show-kept".*?>(.*?)<', shown(test, "truth"))
    return found[1] if found else ""


def test_a_guest_sees_and_deletes_only_what_he_kept_himself(drawings, seven, for_guests):
    theirs = of_someone_else(drawings)
    test = app(canvas=seven).run()
    assert entry(test) == ""
    test = keeping(seven)
    assert entry(test) == "Kept (1)"
    assert offered(test) == [7]
    assert "You have kept 1 drawing." in shown(test, "kept-drawings")
    assert not test.get("download_button")
    for value in (f"delete {theirs.number}", "delete", "delete x", f"delete {10**30}", "delete-all"):
        assert errors(send(test, "kept-drawings", "clicked", value)) == ""
        assert theirs in drawings.newest(9)
    assert drawings.count() == 1
    assert entry(test) == "Kept (0)"


def test_the_operator_sees_and_deletes_those_of_all_visitors(drawings, seven):
    theirs = of_someone_else(drawings)
    test = keeping(seven)
    assert offered(test) == [7, 3]
    click(test, "kept-drawings", f"delete {theirs.number}")
    assert offered(test) == [7]
    click(test, "kept-drawings", "take-back")
    assert offered(test) == [7, 3]
    of_someone_else(drawings, 5)  # while he looks at the other two
    click(test, "kept-drawings", "delete-all")
    assert offered(test) == [5]
    assert "2 deleted." in shown(test, "kept-drawings")
    click(test, "kept-drawings", "take-back")
    assert offered(test) == [5, 7, 3]


def test_a_deletion_is_taken_back_step_by_step(drawings, seven, for_guests):
    test = keeping(seven)
    (kept,) = drawings.newest(9)
    click(test, "kept-drawings", f"delete {kept.number}")
    assert (entry(test), drawings.count()) == ("Kept (0)", 0)
    click(test, "kept-drawings", "take-back")
    assert (entry(test), drawings.newest(9)) == ("Kept (1)", [kept])
    assert "Take back" not in shown(test, "kept-drawings")
    click(test, "kept-drawings", "delete-all")
    click(test, "kept-drawings", "take-back")
    assert drawings.newest(9) == [kept]


def test_a_verdict_on_a_deleted_drawing_can_still_be_taken_back_and_given_anew(drawings, seven, for_guests):
    test = keeping(seven)
    (kept,) = drawings.newest(9)
    click(test, "kept-drawings", f"delete {kept.number}")
    assert errors(click(test, "truth", "7")) == ""
    assert drawings.count() == 0
    click(test, "truth", "7")
    assert offered(test) == [7]
    # What comes back is the visitor's own, though no verdict holds it.
    click(test, "kept-drawings", "take-back")
    assert offered(test) == [7, 7]
    click(test, "truth", "7")
    assert drawings.newest(9) == [kept]


def test_a_drawing_that_the_operator_deleted_is_gone_for_its_visitor_without_an_error(drawings, seven, for_guests):
    test = keeping(seven)
    drawings.remove(drawings.newest(9))
    assert (errors(test.run()), entry(test)) == ("", "")
    assert errors(click(test, "truth", "7")) == ""


def test_in_a_new_file_a_visitor_sees_no_drawing_of_another_under_the_number_of_his_own(
    path, drawings, seven, for_guests
):
    test = keeping(seven)
    path.unlink()
    theirs = of_someone_else(drawings)
    assert offered(test.run()) == []
    assert errors(click(test, "truth", "7")) == ""  # takes the verdict back
    assert drawings.newest(9) == [theirs]


def test_a_locked_file_gets_a_message_and_nothing_is_lost(path, drawings, seven, for_guests, monkeypatch):
    monkeypatch.setattr(database, "_PATIENCE_TO_WRITE", 0.05)
    test = keeping(seven)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        click(test, "kept-drawings", "delete-all")
        assert "is locked" in errors(test)
        assert offered(test) == [7]
    click(test, "kept-drawings", "delete-all")
    assert (errors(test), drawings.count()) == ("", 0)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_damaged_file_gets_a_message_and_one_can_still_draw_and_judge(path, seven, language):
    path.write_bytes(b"not a database" * 100)
    test = app(canvas=seven, language=language).run()
    assert "Move that file away" in errors(test)
    click(test, "truth", "7")
    assert re.search(r'data-value="7"[^>]*aria-pressed="true"', shown(test, "truth"))


def test_of_many_drawings_the_newest_are_shown_and_all_are_deleted(drawings, seven):
    for _ in range(MOST_SHOWN + 3):
        of_someone_else(drawings)
    test = keeping(seven)
    assert entry(test) == f"Kept ({MOST_SHOWN + 4})"
    assert len(offered(test)) == MOST_SHOWN
    assert f"The newest {MOST_SHOWN} are shown." in shown(test, "kept-drawings")
    click(test, "kept-drawings", "delete-all")
    assert drawings.count() == 0
    click(test, "kept-drawings", "take-back")
    assert drawings.count() == MOST_SHOWN + 4


def test_the_stage_shows_nothing_of_what_is_kept(drawings, seven):
    of_someone_else(drawings)
    test = app(canvas=seven, stage="on").run()
    assert entry(test) == ""
