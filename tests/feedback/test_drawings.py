"""Drawings are kept with their labels and come out as MNIST's own files do; several at once lose nothing."""

import io
import sqlite3
import threading

import numpy as np
import pytest

from model.feedback.drawings import Drawings, DrawingsError


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
    with sqlite3.connect(tmp_path / "new" / "drawings.sqlite") as database:
        database.execute("INSERT INTO drawings (image, label) VALUES (?, ?)", row)
    database.close()
    with pytest.raises(DrawingsError, match="DIGITS_DRAWINGS"):
        drawings.to_npz()


def test_drawings_come_out_in_mnists_form_and_those_removed_do_not(drawings):
    numbers = [drawings.add(image(value), value % 10) for value in (7, 13, 255)]
    drawings.remove(numbers[1])
    assert drawings.count() == 2
    with np.load(io.BytesIO(drawings.to_npz())) as archive:
        assert archive["x_train"].dtype == archive["y_train"].dtype == np.uint8
        assert np.array_equal(archive["x_train"], [image(7), image(255)])
        assert archive["y_train"].tolist() == [7, 5]


def test_a_number_is_never_given_twice(drawings):
    first = drawings.add(image(1), 1)
    drawings.remove(first)
    assert drawings.add(image(2), 2) != first


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
    for use in (Drawings(path).count, Drawings(path).to_npz, lambda: Drawings(path).add(image(1), 1)):
        with pytest.raises(DrawingsError, match=r"Move that file away.*DIGITS_DRAWINGS"):
            use()
