"""The training process itself, on a few hundred images: one process serves all tests."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import learning.test_classroom
import numpy as np
import pytest
from helpers import FILES
from learning.test_classroom import SERVER, is_gone

from model.images import scale
from model.learning.classroom import Classroom
from model.learning.messages import Ended, Pause, Result, SetDrawing, StateChanged
from model.learning.process import COMMAND, IDLE_STATUS, MEMORY_STATUS, TrainingProcess
from model.reading.card import Card
from model.reading.classifier import Classifier
from model.recipes import RECIPES, Lesson
from model.training import lessons, live
from model.training.watching import Watcher
from scripts.running import ROOT

LESSON = Lesson(images=200, wrong_labels=0.1, learning_rate=0.004, seed=3)
DRAWING = np.eye(28, dtype=np.uint8) * 255
once = partial(learning.test_classroom.once, patience=120)  # TensorFlow takes its time


@pytest.fixture(scope="module")
def room(tmp_path_factory, data_file) -> Iterator[Classroom]:
    room = Classroom(tmp_path_factory.mktemp("trained"), command=[*COMMAND, "--data", str(data_file)])
    room.open(LESSON)
    yield room
    room.close()


@pytest.fixture(scope="module")
def trained(room) -> Classroom:
    """A room in which Ann has trained the lesson while her drawing was read."""
    once(room, lambda status: status.ready == LESSON)
    room.look("Ann", DRAWING)
    room.start("Ann", LESSON)
    once(room, lambda status: not status.is_busy)
    return room


@pytest.fixture(scope="module")
def result(trained, tmp_path_factory) -> Result:
    """What came of it, in a folder that is still there once Ann has kept it."""
    result = trained.result("Ann")
    folder = shutil.copytree(result.folder, tmp_path_factory.mktemp("result") / "copy")
    return replace(result, folder=folder)


@pytest.fixture(scope="module")
def kept(trained, result) -> Path:
    """The folder in which Ann has kept it."""
    trained.keep("Ann", "anns-first")
    once(trained, lambda status: not status.is_busy)
    return trained._trained / "anns-first"


def test_snapshots_tell_of_each_measure_from_the_first_step_to_the_last(trained):
    snapshots = trained.snapshots()
    first, last = snapshots[0], snapshots[-1]
    assert first.step == 1
    assert last.step == last.steps == 10  # two epochs of as many images as there are, five batches each
    assert last.images == 10 * 128
    assert last.seconds_left == 0
    assert [each.seconds for each in snapshots] == sorted(each.seconds for each in snapshots)
    for each in snapshots:
        assert each.confusion.sum() == 11  # the images that are held out of 640
        assert each.predicted.dtype == np.uint8
        assert each.probabilities.sum() == pytest.approx(1, abs=1e-4)
        assert each.images_per_second >= 0
    assert last.loss < first.loss
    assert (last.validation_step, first.validation_step) == (10, 1)
    assert last.validation_accuracy == np.trace(last.confusion) / 11


def test_the_result_reads_at_once_as_the_last_snapshot_did(trained, result, data_file):
    classifier = Classifier(result.folder)
    last = trained.snapshots()[-1]
    assert np.abs(classifier.probabilities(scale(DRAWING[np.newaxis])) - last.probabilities).max() < 0.02
    with np.load(data_file) as file:
        read = classifier.probabilities(scale(file["x_test"])).argmax(axis=1)
        assert result.test_errors == (read != file["y_test"]).sum()
    assert {path.name for path in result.folder.iterdir()} == {"model.keras", "model.tflite", "history.csv"}


def test_what_is_kept_is_a_whole_network_whose_card_tells_of_the_lesson(kept):
    assert {path.name for path in kept.iterdir()} == FILES
    card = Card.load(kept)
    assert card.lesson == LESSON
    assert card.learning_rate == 0.004
    assert card.recipe == LESSON.recipe()
    assert [path.name for path in kept.parent.iterdir()] == ["anns-first"]


def test_a_network_is_taught_drawings_and_its_card_tells_before_and_after(kept, room):
    drawings = np.stack([np.roll(DRAWING, shift, axis=1) for shift in range(5)])
    room.open("anns-first")
    assert once(room, lambda status: status.ready is not None).ready == "anns-first"
    room.teach("Bob", "anns-first", drawings, np.full(5, 7))
    once(room, lambda status: not status.is_busy)
    taught = room.result("Bob").taught
    assert (taught.network, taught.drawings, taught.after.drawings_right) == ("anns-first", 5, 5)
    assert taught.before.non_digits_refused is None  # it has no class for them
    read = Classifier(room.result("Bob").folder).probabilities(scale(drawings), drawn=True)
    assert (read.argmax(axis=1) == 7).all()
    room.keep("Bob", "bobs-7")
    once(room, lambda status: not status.is_busy)
    card = Card.load(kept.with_name("bobs-7"))
    assert (card.taught, card.lesson) == (taught, LESSON)


def test_a_training_waits_after_its_step_reads_a_new_drawing_meanwhile_and_stops(trained):
    trained.start("Cem", LESSON)
    trained.pause("Cem")
    once(trained, lambda status: status.state == "paused")
    paused = trained.snapshots()[-1]
    trained.look("Cem", DRAWING[::-1])
    once(trained, lambda _: trained.snapshots()[-1] is not paused)
    (only,) = trained.snapshots()
    assert only.step == paused.step == 1
    trained.stop("Cem")
    once(trained, lambda status: not status.is_busy)
    assert trained.snapshots()[-1].step < 10
    assert trained.result("Cem")


def test_a_pause_that_lasts_too_long_ends_the_training_and_keeps_what_it_has_learnt():
    asked = [Pause()]

    class Commands:
        idle = 0.3

        def next(self):
            return asked.pop() if asked else None

        def wait(self, seconds=None):
            time.sleep(min(seconds, 0.1))
            if seconds > 0.1:
                return SetDrawing(None)  # drawing does not prolong it
            raise TimeoutError

    sent = []
    observer = Mock(validate=lambda: (0.0, 0.0, np.zeros((10, 10))), read=lambda: (np.zeros(100), None, 0.0))
    watcher = Watcher(Mock(send=sent.append), Commands(), observer, batch_size=8, steps_per_epoch=5)
    watcher.set_params({"epochs": 1})
    watcher.set_model(Mock(stop_training=False))
    watcher.on_train_begin()
    watcher.on_train_batch_end(0, {"loss": 1.0, "accuracy": 0.5})
    assert watcher.model.stop_training
    assert StateChanged("paused") in sent


def test_a_network_is_never_taught_with_the_images_that_its_own_recipe_held_out(monkeypatch, data_file):
    given = []
    monkeypatch.setattr(lessons.tf.config.threading, "set_intra_op_parallelism_threads", lambda _: None)
    monkeypatch.setattr(lessons, "Teaching", lambda _, data: given.append(data))
    monkeypatch.setattr(lessons.Card, "load", lambda _: Mock(recipe=RECIPES["classic"]))
    lessons.Trainer(Mock(), Mock(), data_file)._prepare_teaching(Path("classic"))
    assert (len(given[0].training.labels), len(given[0].validation.labels)) == (512, 128)


def test_a_damaged_data_file_is_named_and_the_process_ends(tmp_path):
    damaged = tmp_path / "mnist.npz"
    damaged.write_bytes(b"no data")
    room = Classroom(tmp_path, command=[*COMMAND, "--data", str(damaged)])
    room.open(LESSON)
    status = once(room, lambda status: status.state == "off")
    assert status.problem == "failed"
    assert str(damaged) in status.message
    room.close()


def test_what_can_not_be_done_is_told_and_the_process_goes_on(trained):
    trained.teach("Dan", "absent", DRAWING[np.newaxis], np.array([1]))
    status = once(trained, lambda status: not status.is_busy)
    assert status.problem == "failed"
    assert "No scores at" in status.message
    assert status.state != "off"


def test_a_process_of_which_nothing_is_asked_ends_and_says_so():
    reports = []
    process = TrainingProcess(reports.append, [*COMMAND, "--idle", "0.1"])
    process._reader.join(60)
    assert reports[-1] == Ended("idle", IDLE_STATUS)


def test_a_process_ends_once_it_takes_too_much_memory(monkeypatch):
    used = [100, 100, 300]
    ends = []
    monkeypatch.setattr("resource.getrusage", lambda _: Mock(ru_maxrss=used.pop(0) * 1000))
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr("os._exit", ends.append)
    live._watch_memory(200)
    assert (used, ends) == ([], [MEMORY_STATUS])


def test_a_process_that_takes_too_much_memory_ends_and_says_so():
    reports = []
    process = TrainingProcess(reports.append, [*COMMAND, "--memory", "10"])
    process._reader.join(30)
    assert reports[-1] == Ended("memory", 76)


def test_a_server_that_is_killed_leaves_neither_process_nor_folder():
    program = SERVER.replace("status().snapshots < 19", 'status().state == "off"')
    with subprocess.Popen(
        [sys.executable, "-c", program, *COMMAND], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        pid, scratch, _ = server.stdout.readline().split()
        server.kill()
    deadline = time.monotonic() + 30
    while not (is_gone(int(pid)) and not Path(scratch).exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert is_gone(int(pid))
    assert not Path(scratch).exists()
