"""The benchmark of watched trainings and of teaching: its drawings, its choice of styles, and what it measures."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers import plain_digit

from benchmarks.learning import read_lessons, read_pairs, watch
from benchmarks.pen_files import Sample
from benchmarks.pens import Condition
from benchmarks.styles import Style, chosen_styles, find_styles, image_of, read_as, redrawn
from model.learning.classroom import Classroom
from model.reading.classifier import load_classifier

SEVEN = Sample("7", "Ann", [100 * stroke for stroke in plain_digit(7)])


def style(writer: str, drawings: int, share: float) -> Style:
    return Style("file", writer, 7, "1", [SEVEN] * drawings, np.zeros(0), np.zeros(0), share)


def test_a_digit_drawn_again_is_another_drawing_of_the_same_digit():
    rng = np.random.default_rng(0)
    images = np.stack([image_of(redrawn(SEVEN, rng), Condition(), rng) for _ in range(20)])
    assert (read_as(load_classifier("compact"), images) == 7).all()
    assert len(np.unique(images, axis=0)) == 20


def test_a_style_is_what_is_misread_of_one_writers_drawings_of_one_digit(tmp_path):
    # Sevens that are said to be ones are surely misread; what is read right is no style.
    lines = [
        {"label": label, "writer": writer, "strokes": [stroke.tolist() for stroke in SEVEN.strokes]}
        for label, writer in (("1", "Ann"), ("1", "Ann"), ("7", "Ann"), ("4", "Bob"))
    ]
    path = tmp_path / "drawn.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    found = list(find_styles(path, load_classifier("compact")))
    assert [(each.writer, each.digit, each.read, len(each.samples)) for each in found] == [
        ("Ann", 1, "7", 2),
        ("Bob", 4, "7", 1),
    ]
    for each in found:
        assert each.share > 0.9
        together = np.concatenate([each.learn, each.judge])
        assert together.shape == (25, 28, 28)
        assert len(np.unique(together, axis=0)) == 25


def test_styles_of_several_drawings_come_first_and_each_writer_once_before_any_twice():
    styles = [style("Ann", 1, 0.9), style("Bob", 2, 0.5), style("Bob", 1, 1.0), style("Cem", 1, 0.95)]
    chosen = [(each.writer, len(each.samples)) for each in chosen_styles(styles, 4)]
    assert chosen == [("Bob", 2), ("Cem", 1), ("Ann", 1), ("Bob", 1)]
    assert len(chosen_styles(styles, 2)) == 2


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells what a process has taken")
def test_a_watched_training_is_measured_from_its_start(tmp_path):
    room = Classroom(tmp_path, command=(sys.executable, "-m", "tests.learning.pretend"))
    measured = watch(room, seed=1)
    room.close()
    assert (measured.snapshots, measured.after_5, measured.after_15, measured.test_accuracy) == (19, 0.8, 0.8, 0.99)
    assert 0 <= measured.first_step <= measured.run + 0.05  # rounded to a tenth of a second
    assert measured.run <= measured.result


def test_what_is_recorded_can_be_read():
    assert read_lessons()
    assert all(pair.judged == 20 for pair in read_pairs())
