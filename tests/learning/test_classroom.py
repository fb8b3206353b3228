"""The life of the training process as visitors see it, with a process that only pretends to train."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from learning.pretend import DIES, ENDLESS, FAILS, GOES_IDLE, snapshot

from model.learning import classroom
from model.learning.classroom import Classroom, LearningError, Status
from model.learning.messages import Ended
from model.learning.process import TrainingProcess
from model.recipes import Lesson
from scripts.running import ROOT

PRETEND = (sys.executable, "-m", "tests.learning.pretend")
DRAWING = np.full((28, 28), 255, np.uint8)


def once(room: Classroom, condition: Callable[[Status], bool], patience: float = 20) -> Status:
    """The status once it is so; `patience` is in seconds."""
    deadline = time.monotonic() + patience
    while not condition(status := room.status()):
        assert time.monotonic() < deadline, status
        room.wait_for_change(status, 1)
    return status


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # A process that nobody has waited for yet is a zombie.
    return Path(f"/proc/{pid}/stat").exists() and ") Z " in Path(f"/proc/{pid}/stat").read_text()


@pytest.fixture
def room(tmp_path) -> Iterator[Classroom]:
    (tmp_path / "trained" / "mine").mkdir(parents=True)
    room = Classroom(tmp_path / "trained", command=PRETEND)
    yield room
    room.close()


@pytest.fixture
def trained(room) -> Classroom:
    """A room in which Ann has a result."""
    room.start("Ann", Lesson())
    once(room, lambda status: not status.is_busy)
    return room


def test_the_process_starts_when_the_screen_opens_and_prepares_the_lesson(room):
    assert room.status() == Status()
    room.open(Lesson(seed=5))
    assert once(room, lambda status: status.state == "ready").ready == Lesson(seed=5)


def test_all_snapshots_of_a_run_are_kept_in_their_order_and_the_next_run_begins_anew(trained):
    assert [each.step for each in trained.snapshots()] == list(range(1, 20))
    assert trained.status().snapshots == 19
    trained.start("Bob", Lesson(seed=ENDLESS))
    status = once(trained, lambda status: status.snapshots == 19)
    assert (status.run, status.owner, status.lesson) == (2, "Bob", Lesson(seed=ENDLESS))


def test_a_long_run_keeps_its_first_and_last_snapshots_and_fewer_in_between(room, monkeypatch):
    monkeypatch.setattr(classroom, "_MOST_SNAPSHOTS", 10)
    for step in range(1, 100):
        room._receive(snapshot(step))
    steps = [each.step for each in room.snapshots()]
    assert 5 <= len(steps) <= 10
    assert (steps[0], steps[-1]) == (1, 99)
    assert steps == sorted(steps)


def test_only_one_training_runs_at_a_time_and_others_watch_it(room):
    room.start("Ann", Lesson(seed=ENDLESS))
    with pytest.raises(LearningError, match="A training runs already") as error:
        room.start("Bob", Lesson())
    assert error.value.reason == "busy"
    for ask in (room.pause, room.go_on, room.stop):
        with pytest.raises(LearningError, match="Someone else"):
            ask("Bob")
    assert once(room, lambda status: status.snapshots > 3).owner == "Ann"


def test_a_training_is_paused_goes_on_and_is_stopped_by_whoever_started_it(room):
    room.start("Ann", Lesson(seed=ENDLESS))
    room.pause("Ann")
    assert once(room, lambda status: status.state == "paused").is_busy
    room.go_on("Ann")
    once(room, lambda status: status.state == "training")
    room.stop("Ann")
    once(room, lambda status: not status.is_busy)
    assert room.result("Ann").test_accuracy == 0.99
    assert room.result("Bob") is None


def test_the_drawing_is_read_in_snapshots_unless_someone_elses_training_runs(room):
    room.start("Ann", Lesson(seed=ENDLESS))
    once(room, lambda status: status.snapshots == 19)
    room.look("Bob", DRAWING)
    room.look("Ann", DRAWING)
    once(room, lambda status: status.snapshots > 19)
    assert [each.probabilities is None for each in room.snapshots()] == [True] * 19 + [False]


def test_a_run_does_not_read_the_drawing_of_whoever_came_before(room):
    room.open()
    room.look("Ann", DRAWING)
    room.start("Bob", Lesson())
    once(room, lambda status: not status.is_busy)
    assert all(each.probabilities is None for each in room.snapshots())
    room.look("Bob", DRAWING)
    room.start("Bob", Lesson())
    once(room, lambda status: not status.is_busy)
    assert all(each.probabilities is not None for each in room.snapshots())


def test_what_failed_is_told_and_the_process_goes_on(room):
    room.start("Ann", Lesson(seed=FAILS))
    status = once(room, lambda status: not status.is_busy)
    assert (status.problem, status.message, status.asker) == ("failed", "The disk is full.", "Ann")
    room.open(Lesson(seed=5))
    assert once(room, lambda status: status.state == "ready").message == "The disk is full."  # still to be read
    room.start("Ann", Lesson())
    assert once(room, lambda status: not status.is_busy).problem is None


def test_what_could_not_be_prepared_is_told_until_something_else_is_ready(room):
    room.open("damaged")
    status = once(room, lambda status: status.problem is not None)
    assert (status.problem, status.message, status.unprepared) == ("unprepared", "The network is damaged.", "damaged")
    room.open(Lesson())
    assert once(room, lambda status: status.state == "ready").problem is None


def test_a_process_that_is_not_understood_is_ended_and_told_of(room, monkeypatch):
    monkeypatch.setattr("model.learning.process._PATIENCE", 0.5)
    room.open()
    pid = room.pid
    room.open("garbled")
    assert once(room, lambda status: status.state == "off").problem == "died"
    assert is_gone(pid)
    room.open(Lesson())
    once(room, lambda status: status.state == "ready")


def test_a_folder_for_results_that_the_system_has_cleared_is_made_again(trained):
    shutil.rmtree(trained.result("Ann").folder.parent)
    trained.start("Ann", Lesson())
    once(trained, lambda status: not status.is_busy)
    assert trained.result("Ann").folder.is_dir()


def test_a_result_that_is_being_kept_can_not_be_discarded(trained):
    trained.keep("Ann", "endless")
    trained.discard("Ann")
    assert trained.result("Ann").folder.exists()


def test_a_drawing_that_changes_in_a_pause_is_read_in_the_same_snapshot(room):
    for probabilities in (None, np.ones(10)):
        room._receive(snapshot(3, probabilities))
    (only,) = room.snapshots()
    assert only.probabilities is not None


@pytest.mark.parametrize(("seed", "problem"), [(DIES, "died"), (GOES_IDLE, "idle")])
def test_a_process_that_ended_is_told_of_and_another_takes_its_place(room, seed, problem):
    room.start("Ann", Lesson(seed=seed))
    status = once(room, lambda status: status.state == "off")
    assert (status.problem, status.is_busy) == (problem, False)
    room.start("Ann", Lesson())
    once(room, lambda status: not status.is_busy)
    assert room.result("Ann")


def test_a_process_that_is_killed_in_a_training_ends_it(room):
    room.start("Ann", Lesson(seed=ENDLESS))
    once(room, lambda status: status.snapshots == 19)
    os.kill(room.pid, signal.SIGKILL)
    assert once(room, lambda status: not status.is_busy).problem == "died"
    assert len(room.snapshots()) == 19


def test_a_process_that_is_killed_while_it_saves_leaves_no_half_of_a_network(trained, tmp_path):
    trained.keep("Ann", "endless")
    half = tmp_path / "trained" / "endless.new"
    deadline = time.monotonic() + 20
    while not half.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(trained.pid, signal.SIGKILL)
    assert once(trained, lambda status: not status.is_busy).problem == "died"
    assert [path.name for path in half.parent.iterdir()] == ["mine"]
    assert trained.result("Ann")  # it can be kept again


def test_a_process_that_can_not_be_started_is_told_of(tmp_path):
    room = Classroom(tmp_path, command=["/no/such/program"])
    with pytest.raises(LearningError, match="can't be started") as error:
        room.open()
    assert error.value.reason == "process"
    room.close()


def test_a_result_is_kept_under_a_name_and_belongs_to_its_visitor_until_then(trained, tmp_path):
    folder = trained.result("Ann").folder
    with pytest.raises(LearningError, match="nothing to keep"):
        trained.keep("Bob", "new")
    with pytest.raises(LearningError, match="of that name already"):
        trained.keep("Ann", "mine")
    trained.keep("Ann", "new-7")
    assert once(trained, lambda status: not status.is_busy).kept == "new-7"
    assert (tmp_path / "trained" / "new-7").is_dir()
    assert trained.result("Ann") is None
    assert not folder.exists()


@pytest.mark.parametrize(
    "name", ["compact", "Compact", "small", "ensemble", "mine", "MINE", "", "a b", "../x", "a.new", "-a", "é", "x" * 41]
)
def test_a_network_is_never_kept_over_another_or_under_what_is_no_name(tmp_path, name):
    (tmp_path / "mine").mkdir()
    with pytest.raises(LearningError) as error:
        Classroom(tmp_path).check_name(name)
    assert error.value.reason == "name"


def test_a_result_that_is_discarded_or_replaced_leaves_no_files(trained):
    first = trained.result("Ann").folder
    trained.start("Ann", Lesson())
    once(trained, lambda status: not status.is_busy)
    second = trained.result("Ann").folder
    assert not first.exists()
    assert (second / "model.tflite").exists()
    trained.discard("Ann")
    assert not second.exists()
    assert trained.result("Ann") is None


def test_of_many_visitors_the_oldest_result_goes(trained, monkeypatch):
    monkeypatch.setattr(classroom, "_MOST_RESULTS", 1)
    trained.start("Bob", Lesson())
    once(trained, lambda status: not status.is_busy)
    assert trained.result("Ann") is None
    assert trained.result("Bob")


def test_closing_ends_the_process_and_removes_what_was_not_kept(trained):
    pid, scratch = trained.pid, trained.result("Ann").folder.parent
    trained.close()
    assert is_gone(pid)
    assert not scratch.exists()
    assert trained.status().state == "off"
    assert trained.status().problem is None


def test_a_process_that_does_not_end_by_itself_is_killed(monkeypatch):
    monkeypatch.setattr("model.learning.process._PATIENCE", 0.2)
    reports = []
    process = TrainingProcess(reports.append, [*PRETEND, "--deaf"])
    process.end()
    assert is_gone(process.pid)
    assert reports == [Ended("asked", -signal.SIGKILL)]


@pytest.mark.parametrize(
    "change",
    [
        {"images": DRAWING},
        {"images": DRAWING[np.newaxis].astype(float)},
        {"labels": np.array([10])},
        {"labels": np.array([], int)},
        {"images": np.zeros((0, 28, 28), np.uint8), "labels": np.array([], int)},
    ],
)
def test_a_network_is_taught_with_labelled_drawings_only(room, change):
    drawings = {"images": DRAWING[np.newaxis], "labels": np.array([7])} | change
    with pytest.raises(LearningError) as error:
        room.teach("Ann", "mine", **drawings)
    assert error.value.reason == "drawings"
    assert not room.status().is_busy


@pytest.mark.parametrize(
    "change",
    [
        {"network": "ensemble"},
        {"images": 99},
        {"images": 59_001},
        {"optimizer": "sgd"},
        {"activation": "tanh"},
        {"learning_rate": 0.0},
        {"wrong_labels": 1.1},
        {"seed": -1},
    ],
)
def test_a_lesson_that_can_not_be_watched_is_refused(change):
    with pytest.raises(ValueError, match="can't be watched"):
        replace(Lesson(), **change)


SERVER = """
import sys, time
from model.learning.classroom import Classroom
from model.recipes import Lesson
room = Classroom(command=sys.argv[1:])
room.start("Ann", Lesson(seed=10))
while room.status().snapshots < 19:
    time.sleep(0.01)
print(room.pid, room._scratch.name, "tensorflow" in sys.modules, flush=True)
time.sleep(60)
"""


def test_a_server_that_is_killed_leaves_no_process_and_never_imports_tensorflow():
    command = [sys.executable, "-c", SERVER, *PRETEND]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        pid, scratch, imports_tensorflow = server.stdout.readline().split()
        server.kill()
    shutil.rmtree(scratch)  # which the real process does
    deadline = time.monotonic() + 10
    while not is_gone(int(pid)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert is_gone(int(pid))
    assert imports_tensorflow == "False"
