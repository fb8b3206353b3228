"""Marks are kept, exported and imported; several visitors at once, or a kill, lose nothing."""

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from model.feedback.marks import Marks, MarksError, OwnMarks
from scripts.marks import main
from scripts.running import ROOT


@pytest.fixture
def marks(tmp_path) -> Marks:
    return Marks(tmp_path / "new" / "marks.sqlite", images=10_000)


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
    other = Marks(tmp_path / "other.sqlite", images=10_000)
    assert other.from_csv(marks.to_csv().encode()) == 2
    assert other.all() == marks.all()


def test_a_table_of_images_of_which_some_are_marked_is_read(marks):
    assert marks.from_csv("\ufeffindex,true,mark\n1,4,\n2,4,label wrong\n".encode()) == 1
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
        Marks(path, images=10).all()


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
    ann, bob = (Marks(tmp_path / "marks.sqlite", 10_000, visitor) for visitor in ("Ann", "Bob"))
    ann.put({7: "label wrong", 8: "cannot tell"})
    bob.put({7: "model wrong"})
    assert ann.all() == bob.all() == {7: "model wrong", 8: "cannot tell"}
    bob.put({7: None, 8: None})
    assert ann.all() == {7: "label wrong", 8: "cannot tell"}


def test_all_marks_of_one_visitor_can_be_taken_out(tmp_path, capsys):
    path = tmp_path / "marks.sqlite"
    Marks(path, 10_000, "Ann").put({7: "label wrong"})
    Marks(path, 10_000, "vandal").put(dict.fromkeys(range(10_000), "cannot tell"))
    assert [(visitor, count) for visitor, count, _ in Marks(path, 10_000).visitors()] == [
        ("vandal", 10_000),
        ("Ann", 1),
    ]
    assert main([str(path), "--remove", "vandal"]) == 0
    printed = capsys.readouterr().out
    assert "Removed 10,000 marks of 'vandal'." in printed
    assert "'Ann'" in printed
    assert Marks(path, 10_000).all() == {7: "label wrong"}


def test_marks_from_before_they_had_visitors_are_kept(tmp_path):
    path = tmp_path / "marks.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE marks (image INTEGER PRIMARY KEY, verdict TEXT NOT NULL)")
        database.execute("INSERT INTO marks VALUES (7, 'label wrong')")
    assert Marks(path, 10_000).all() == {7: "label wrong"}
    Marks(path, 10_000, "Ann").put({8: "cannot tell"})
    assert Marks(path, 10_000).all() == {7: "label wrong", 8: "cannot tell"}


def test_ones_own_marks_are_in_no_file_and_follow_the_same_rules():
    kept = {}
    own = OwnMarks(kept, images=10)
    own.put({7: "label wrong", 3: "cannot tell"})
    own.put({7: None})
    with pytest.raises(ValueError, match="no test image 10"):
        own.put({1: "label wrong", 10: "label wrong"})
    assert own.all() == kept == {3: "cannot tell"}
    assert own.from_csv(b"index,mark\n4,model wrong\n") == 1
    assert own.to_csv() == "index,mark\n3,cannot tell\n4,model wrong\n"


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
        "import sys; from pathlib import Path; from model.feedback.marks import Marks\n"
        "marks = Marks(Path(sys.argv[1]), 10_000)\n"
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
    kept = Marks(path, images=10_000).all()
    assert set(range(last + 1)) <= set(kept)
