"""Marks are kept, exported and imported; several visitors at once, or a kill, lose nothing."""

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from model.feedback.marks import LONGEST_NOTE, MarksError, OwnMarks
from model.feedback.stored_marks import StoredMarks
from scripts.marks import main
from scripts.running import ROOT


@pytest.fixture
def marks(tmp_path) -> StoredMarks:
    return StoredMarks(tmp_path / "new" / "marks.sqlite", images=10_000)


def test_without_a_file_there_are_no_marks_and_none_is_made(marks, tmp_path):
    assert marks.all() == {}
    assert list(tmp_path.iterdir()) == []


def test_a_mark_is_kept_changed_and_taken_away(marks):
    marks.put({7: "label wrong", 3: "cannot tell"})
    assert marks.all() == {3: "cannot tell", 7: "label wrong"}
    marks.put({7: "model wrong", 3: None})
    assert marks.all() == {7: "model wrong"}


def test_a_file_that_another_program_has_locked_is_reported_within_half_a_second(marks, tmp_path):
    marks.put({7: "label wrong"})
    with closing(sqlite3.connect(tmp_path / "new" / "marks.sqlite")) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        started = time.monotonic()
        with pytest.raises(MarksError, match="locked"):
            marks.all()
        assert time.monotonic() - started < 0.5
        other.rollback()
    assert marks.all() == {7: "label wrong"}


def test_an_unknown_image_or_verdict_is_refused_and_nothing_changes(marks):
    for verdicts in ({1: "label wrong", 10_000: "label wrong"}, {1: "label wrong", 2: "odd"}):
        with pytest.raises(ValueError, match=r"no test image 10000|not one of"):
            marks.put(verdicts)
    assert marks.all() == {}


def test_an_exported_table_brings_the_same_marks_back(marks, tmp_path):
    marks.put({7: "label wrong", 3: "cannot tell"})
    other = StoredMarks(tmp_path / "other.sqlite", images=10_000)
    assert other.from_csv(marks.to_csv().encode()) == (2, 0)
    assert other.all() == marks.all()


def test_a_table_of_images_of_which_some_are_marked_is_read(marks):
    assert marks.from_csv("\ufeffindex,true,mark\n1,4,\n2,4,label wrong\n".encode()) == (1, 0)
    assert marks.all() == {2: "label wrong"}


@pytest.mark.parametrize(
    "table",
    [b"", b"index,verdict\n1,label wrong\n", b"index,mark\nx,label wrong\n", b"index,mark\n1,odd\n", b"\xff\xfe\x00"],
)
def test_what_is_no_table_of_marks_is_refused_and_nothing_changes(marks, table):
    marks.put({7: "label wrong"})
    with pytest.raises(MarksError, match=r"no table of marks.*Nothing was changed"):
        marks.from_csv(table)
    assert marks.all() == {7: "label wrong"}


def test_a_damaged_file_gets_a_message_that_names_a_remedy(tmp_path):
    path = tmp_path / "marks.sqlite"
    path.write_bytes(b"damaged" * 500)
    with pytest.raises(MarksError, match="DIGITS_MARKS"):
        StoredMarks(path, images=10).all()


@pytest.mark.parametrize("row", [(3, "splendid"), (99_999, "model wrong"), (4, None)], ids=str)
def test_a_mark_that_nobody_could_have_put_makes_the_file_a_damaged_one(marks, tmp_path, row):
    marks.put({1: "model wrong"})
    path = tmp_path / "new" / "marks.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE loose AS SELECT * FROM votes")
        database.execute("DROP TABLE votes")
        database.execute("ALTER TABLE loose RENAME TO votes")
        database.execute("INSERT INTO votes VALUES (?, '', ?, 0)", row)
    database.close()
    with pytest.raises(MarksError, match="DIGITS_MARKS"):
        marks.all()


def test_of_several_visitors_marks_of_an_image_the_last_holds_and_each_takes_back_his_own(tmp_path):
    ann, bob = (StoredMarks(tmp_path / "marks.sqlite", 10_000, visitor) for visitor in ("Ann", "Bob"))
    ann.put({7: "label wrong", 8: "cannot tell"})
    bob.put({7: "model wrong"})
    assert ann.all() == bob.all() == {7: "model wrong", 8: "cannot tell"}
    bob.put({7: None, 8: None})
    assert ann.all() == {7: "label wrong", 8: "cannot tell"}


def test_others_opinions_are_told_apart_from_ones_own(tmp_path):
    ann, bob, cem = (StoredMarks(tmp_path / "marks.sqlite", 10_000, visitor) for visitor in ("Ann", "Bob", "Cem"))
    ann.put({7: "label wrong", 8: "cannot tell"}, {7: "looks like a 9"})
    bob.put({7: "label wrong"}, {7: "a 9", 5: "smudge"})
    cem.put({7: "model wrong"})
    assert ann.own() == {7: "label wrong", 8: "cannot tell"}
    assert ann.others() == {7: {"label wrong": 1, "model wrong": 1}}
    assert cem.others() == {7: {"label wrong": 2}, 8: {"cannot tell": 1}}
    assert (ann.own_notes(), ann.others_notes()) == ({7: "looks like a 9"}, {5: ["smudge"], 7: ["a 9"]})
    assert cem.others_notes() == {5: ["smudge"], 7: ["looks like a 9", "a 9"]}
    assert cem.notes() == {5: "smudge", 7: "a 9"}


def test_a_note_is_kept_on_one_line_changed_and_taken_away_and_leaves_the_mark(marks):
    marks.put({7: "label wrong"}, {7: " looks\nlike\x00 a 9 ", 3: "smudge"})
    assert marks.notes() == {3: "smudge", 7: "looks like a 9"}
    marks.put({}, {7: "a 9", 3: " "})
    assert marks.notes() == {7: "a 9"}
    assert marks.all() == {7: "label wrong"}


def test_a_note_that_is_too_long_or_on_no_image_is_refused_and_nothing_changes(marks):
    marks.put({}, {1: "é" * LONGEST_NOTE})
    for notes in ({2: "a", 3: "a" * (LONGEST_NOTE + 1)}, {2: "a", 10_000: "a"}):
        with pytest.raises(ValueError, match=r"at most 200 characters, not 201|no test image 10000"):
            marks.put({2: "label wrong"}, notes)
    assert (marks.all(), marks.notes()) == ({}, {1: "é" * LONGEST_NOTE})


def test_a_row_with_a_note_and_no_mark_is_kept_and_read_back(marks):
    marks.put({7: "label wrong"}, {3: "smudge"})
    assert marks.to_csv() == "index,mark,note\n3,,smudge\n7,label wrong,\n"
    other = OwnMarks({}, {}, 10_000)
    assert other.from_csv(marks.to_csv().encode()) == (1, 1)
    assert (other.all(), other.notes()) == (marks.all(), marks.notes())


@pytest.mark.parametrize("note", [None, 7, "a" * (LONGEST_NOTE + 1)], ids=["no text", "a number", "too long"])
def test_a_note_that_nobody_could_have_put_makes_the_file_a_damaged_one(marks, tmp_path, note):
    path = tmp_path / "new" / "marks.sqlite"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE notes (image, visitor, note, time)")
        database.execute("INSERT INTO notes VALUES (3, 'Ann', ?, 0)", (note,))
    for read in (marks.notes, marks.others_notes):
        with pytest.raises(MarksError, match="DIGITS_MARKS"):
            read()


def test_a_file_from_before_there_were_notes_is_read_and_takes_notes(tmp_path):
    path = tmp_path / "marks.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "CREATE TABLE votes (image INTEGER NOT NULL, visitor TEXT NOT NULL, verdict TEXT NOT NULL, "
            "time REAL NOT NULL, PRIMARY KEY (image, visitor))"
        )
        database.execute("INSERT INTO votes VALUES (7, 'Ann', 'label wrong', 1)")
    assert (StoredMarks(path, 10_000).all(), StoredMarks(path, 10_000).notes()) == ({7: "label wrong"}, {})
    StoredMarks(path, 10_000, "Ann").put({}, {7: "a 9"})
    assert (StoredMarks(path, 10_000).all(), StoredMarks(path, 10_000).notes()) == ({7: "label wrong"}, {7: "a 9"})


def test_all_marks_and_notes_of_one_visitor_can_be_taken_out(tmp_path, capsys):
    path = tmp_path / "marks.sqlite"
    StoredMarks(path, 10_000, "Ann").put({7: "label wrong"})
    StoredMarks(path, 10_000, "Ann").put({}, {8: "a 4"})
    StoredMarks(path, 10_000, "vandal").put(dict.fromkeys(range(10_000), "cannot tell"), {7: "ha"})
    assert [(visitor, count) for visitor, count, _ in StoredMarks(path, 10_000).visitors()] == [
        ("vandal", 10_001),
        ("Ann", 2),
    ]
    assert main([str(path), "--remove", "vandal"]) == 0
    printed = capsys.readouterr().out
    assert "Removed 10,001 marks and notes of 'vandal'." in printed
    assert "'Ann'" in printed
    assert StoredMarks(path, 10_000).all() == {7: "label wrong"}
    assert StoredMarks(path, 10_000).notes() == {8: "a 4"}


def test_marks_from_before_they_had_visitors_are_kept(tmp_path):
    path = tmp_path / "marks.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE marks (image INTEGER PRIMARY KEY, verdict TEXT NOT NULL)")
        database.execute("INSERT INTO marks VALUES (7, 'label wrong')")
    assert StoredMarks(path, 10_000).all() == {7: "label wrong"}
    StoredMarks(path, 10_000, "Ann").put({8: "cannot tell"})
    assert StoredMarks(path, 10_000).all() == {7: "label wrong", 8: "cannot tell"}


def test_ones_own_marks_are_in_no_file_and_follow_the_same_rules():
    kept, noted = {}, {}
    own = OwnMarks(kept, noted, images=10)
    own.put({7: "label wrong", 3: "cannot tell"}, {7: "a 9", 5: "a 6"})
    own.put({}, {5: ""})
    own.put({7: None})
    with pytest.raises(ValueError, match="no test image 10"):
        own.put({1: "label wrong", 10: "label wrong"})
    assert own.all() == kept == {3: "cannot tell"}
    assert own.notes() == own.own_notes() == noted == {7: "a 9"}
    assert (own.others(), own.others_notes()) == ({}, {})
    assert own.from_csv(b"index,mark\n4,model wrong\n") == (1, 0)
    assert own.to_csv() == "index,mark,note\n3,cannot tell,\n4,model wrong,\n7,,a 9\n"


def test_eight_visitors_who_mark_at_once_lose_nothing(marks):
    def visit(visitor: int) -> None:
        for step in range(25):
            marks.put({visitor * 100 + step: "model wrong"})

    visitors = [threading.Thread(target=visit, args=(visitor,)) for visitor in range(8)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert len(marks.all()) == 200


def test_a_killed_server_loses_no_mark_that_was_put(marks, tmp_path):
    path = tmp_path / "killed.sqlite"
    program = (
        "import sys; from pathlib import Path; from model.feedback.stored_marks import StoredMarks\n"
        "marks = StoredMarks(Path(sys.argv[1]), 10_000)\n"
        "for image in range(10_000):\n"
        "    marks.put({image: 'cannot tell'})\n"
        "    print(image, flush=True)\n"
    )
    command = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        for line in writer.stdout:
            if int(line) >= 20:
                writer.kill()
                break
        last = max([20, *map(int, writer.stdout)])
    kept = StoredMarks(path, images=10_000).all()
    assert set(range(last + 1)) <= set(kept)
