"""Drawings are kept with their labels and come out as MNIST's own files do; several at once lose nothing."""

import io
import sqlite3
import threading
import time
from contextlib import closing

import numpy as np
import pytest

from model.feedback import database
from model.feedback.drawings import Drawing, Drawings, DrawingsError


@pytest.fixture
def drawings(tmp_path) -> Drawings:
    return Drawings(tmp_path / "new" / "drawings.sqlite")


def image(value: int) -> np.ndarray:
    return np.full((28, 28), value, np.uint8)


def test_without_a_file_there_are_no_drawings_and_none_is_made(drawings, tmp_path):
    assert drawings.count() == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("row", [(b"short", 3), (bytes(784), 12)], ids=["image", "label"])
def test_a_row_that_is_no_labelled_drawing_makes_the_file_a_damaged_one(drawings, tmp_path, row):
    drawings.add(image(7), 7)
    with closing(sqlite3.connect(tmp_path / "new" / "drawings.sqlite")) as file, file:
        file.execute("INSERT INTO drawings (image, label) VALUES (?, ?)", row)
    for use in (drawings.to_npz, lambda: drawings.newest(9), lambda: drawings.remove_all(9)):
        with pytest.raises(DrawingsError, match="DIGITS_DRAWINGS"):
            use()
    assert drawings.count() == 2


def test_drawings_come_out_in_mnists_form_and_those_removed_do_not(drawings):
    kept = [drawings.add(image(value), value % 10) for value in (7, 13, 255)]
    drawings.remove([kept[1]])
    assert drawings.count() == 2
    with np.load(io.BytesIO(drawings.to_npz())) as archive:
        assert archive["x_train"].dtype == archive["y_train"].dtype == np.uint8
        assert np.array_equal(archive["x_train"], [image(7), image(255)])
        assert archive["y_train"].tolist() == [7, 5]


def test_a_number_is_never_given_twice(drawings):
    first = drawings.add(image(1), 1)
    drawings.remove([first])
    assert drawings.add(image(2), 2).number != first.number


def test_the_newest_drawings_come_first_and_look_as_they_were_drawn(drawings):
    for value in (1, 2, 3):
        drawings.add(image(value), value)
    assert [drawing.label for drawing in drawings.newest(2)] == [3, 2]
    assert np.array_equal(drawings.newest(1)[0].pixels, image(3))


def test_what_was_removed_is_put_back_in_its_old_place(drawings):
    kept = [drawings.add(image(value), value) for value in (1, 2, 3)]
    assert drawings.remove(kept[:2]) == kept[:2]
    assert drawings.remove(kept[:1]) == []
    assert drawings.still_there(kept) == kept[2:]
    assert drawings.put_back(kept[:2]) == kept[:2]
    assert drawings.newest(9) == kept[::-1]


def test_all_are_removed_but_those_that_came_meanwhile(drawings):
    seen = [drawings.add(image(value), value) for value in (1, 2)]
    came = drawings.add(image(3), 3)
    assert drawings.remove_all(seen[-1].number) == seen
    assert drawings.newest(9) == [came]


def test_in_a_new_file_the_number_of_a_lost_drawing_harms_no_other_one(drawings, tmp_path):
    lost = drawings.add(image(1), 1)
    (tmp_path / "new" / "drawings.sqlite").unlink()
    other = drawings.add(image(2), 2)
    assert other.number == lost.number
    assert drawings.still_there([lost]) == drawings.remove([lost]) == []
    (back,) = drawings.put_back([lost])
    assert (back.image, back.label) == (lost.image, lost.label)
    assert drawings.newest(9) == [back, other]


def test_a_file_that_another_program_locks_gets_a_message_and_nothing_is_lost(drawings, tmp_path, monkeypatch):
    monkeypatch.setattr(database, "_PATIENCE_TO_WRITE", 0.05)
    kept = [drawings.add(image(value), value) for value in (1, 2)]
    with closing(sqlite3.connect(tmp_path / "new" / "drawings.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        for change in (lambda: drawings.remove(kept), lambda: drawings.remove_all(9), lambda: drawings.put_back(kept)):
            with pytest.raises(DrawingsError, match="locked"):
                change()
    assert drawings.newest(9) == kept[::-1]


def test_a_file_that_cant_be_written_gets_a_message_at_once(drawings, tmp_path, monkeypatch):
    path = tmp_path / "new" / "drawings.sqlite"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE something (else_ TEXT)")
    connect = sqlite3.connect
    monkeypatch.setattr(
        database.sqlite3, "connect", lambda path, timeout: connect(f"file:{path}?mode=ro", timeout=timeout, uri=True)
    )
    began = time.monotonic()
    with pytest.raises(DrawingsError, match="readonly"):
        drawings.add(image(1), 1)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("pixels", "label"),
    [(image(1), 10), (image(1), -1), (image(1)[:27], 1), (image(1).astype(float), 1)],
)
def test_what_is_no_labelled_drawing_is_refused(drawings, pixels, label):
    with pytest.raises(ValueError, match="Not a labelled drawing"):
        drawings.add(pixels, label)
    assert drawings.count() == 0


def test_of_ten_visitors_at_once_no_drawing_is_lost(drawings):
    threads = [threading.Thread(target=lambda n=n: drawings.add(image(n), n)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawings.count() == 10


def test_a_damaged_file_gets_a_message_that_names_a_remedy(tmp_path):
    path = tmp_path / "drawings.sqlite"
    path.write_bytes(b"not a database" * 100)
    drawings, drawing = Drawings(path), Drawing(1, image(1).tobytes(), 1)
    for use in (
        drawings.count,
        drawings.to_npz,
        lambda: drawings.newest(1),
        lambda: drawings.still_there([drawing]),
        lambda: drawings.add(image(1), 1),
        lambda: drawings.remove([drawing]),
        lambda: drawings.put_back([drawing]),
    ):
        with pytest.raises(DrawingsError, match=r"Move that file away.*DIGITS_DRAWINGS"):
            use()
