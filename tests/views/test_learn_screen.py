"""The screen Learn, run by Streamlit's own AppTest, with a process that only pretends to train."""

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from helpers import app, click, command, errors, send, shown
from learning.test_classroom import once
from streamlit.testing.v1 import AppTest

from model.learning.classroom import Classroom, LearningError
from model.learning.messages import Failed, Prepare, SetDrawing
from model.learning.recording import load_recording
from model.reading import store
from model.recipes import Lesson
from views import classroom as views_classroom
from views import watch_run
from views.visitor import COOKIE

PRETEND = (sys.executable, "-m", "tests.learning.pretend")


@pytest.fixture
def room(copied_networks, monkeypatch) -> Iterator[Classroom]:
    """The room of the app, in which visitors may train."""
    room = Classroom(store.TRAINED, command=PRETEND)
    monkeypatch.setenv("DIGITS_TRAINING", "on")
    monkeypatch.setenv("DIGITS_KEEPING", "on")
    monkeypatch.setattr(views_classroom.visitor, "is_operator", lambda: False)
    monkeypatch.setattr(views_classroom, "Classroom", lambda *arguments, **settings: room)
    views_classroom.classroom.clear()
    yield room
    room.close()
    views_classroom.classroom.clear()


def press(test: AppTest, key: str) -> AppTest:
    (button,) = [each for each in test.button if each.key == key]
    return button.click().run()


def has_button(test: AppTest, key: str) -> bool:
    return any(each.key == key for each in test.button)


def finished(test: AppTest, room: Classroom) -> AppTest:
    """The screen after a whole run."""
    press(test, "run-start")
    once(room, lambda status: status.run > 0 and not status.is_busy)
    return test.run()


def test_opening_the_screen_prepares_what_is_chosen(room):
    test = app("Learn").run()
    assert errors(test) == ""
    assert once(room, lambda status: status.ready is not None).ready.network == "small"
    test.session_state["lesson network"] = "classic"
    test.run()
    assert once(room, lambda status: status.ready is not None and status.ready.network == "classic")


def test_a_run_shows_curves_wall_matrix_and_can_be_looked_back_on(room):
    test = finished(app("Learn").run(), room)
    html = shown(test, "run")
    assert html.count("<polyline") == 4
    assert len(re.findall(r'<div class="wall".*?</div>', html)[0].split("<i")) - 1 == 100
    assert html.count('<td class="') == 100
    (slider,) = [each for each in test.select_slider if each.key == "moment"]
    first = slider.set_value(slider.options[0] if isinstance(slider.options[0], int) else 0).run()
    assert shown(first, "run") != html


def test_the_visitors_drawing_is_read_in_each_snapshot(room, seven):
    test = app(canvas=seven).run()
    test.session_state.view = "Learn"
    test.run()
    assert "Your drawing" in shown(finished(test, room), "run")


def test_a_run_can_be_paused_and_stopped_only_by_who_started_it(room):
    ann, ben = app("Learn").run(), app("Learn").run()
    ann.session_state["lesson seed"] = 10  # this one goes on until it is stopped
    press(ann.run(), "run-start")
    once(room, lambda status: status.state == "training" and status.snapshots > 0)
    ann.run()
    ben.run()
    assert has_button(ann, "run-pause")
    assert has_button(ann, "run-stop")
    assert not has_button(ben, "run-start")
    assert not has_button(ben, "run-pause")
    assert "Someone else is training" in "".join(html.proto.body for html in ben.get("html"))
    assert shown(ben, "run")
    press(ann, "run-pause")
    once(room, lambda status: status.state == "paused")
    press(ann.run(), "run-go-on")
    once(room, lambda status: status.state == "training")
    press(ann.run(), "run-stop")
    once(room, lambda status: not status.is_busy)
    assert has_button(ann.run(), "discard")
    assert not has_button(ben.run(), "discard")


def test_who_started_a_run_is_known_again_by_the_cookie_and_others_are_not(room, cookies):
    cookies[COOKIE] = "ann's"
    finished(app("Learn").run(), room)
    assert has_button(app("Learn").run(), "discard")
    cookies[COOKIE] = "ben's"
    assert not has_button(app("Learn").run(), "discard")


def test_an_empty_pad_in_another_tab_takes_no_drawing_away(room, seven, cookies, monkeypatch):
    cookies[COOKIE] = "ann's"
    test = app(canvas=seven).run()
    test.session_state.view = "Learn"
    test.run()
    once(room, lambda status: status.state == "ready")
    sent = []
    monkeypatch.setattr(room, "_send", sent.append)
    app("Learn").run()
    assert not any(isinstance(command, SetDrawing) for command in sent)
    test.run()
    assert [command.image is None for command in sent if isinstance(command, SetDrawing)] == [False]


def test_a_result_is_kept_under_a_name_that_can_be_one(room):
    test = finished(app("Learn").run(), room)
    for name in ("../up", "classic", ""):
        test.session_state["keep name"] = name
        keep = next(each for each in test.button if each.label == "Keep")
        keep.click().run()
        assert any("Not a free name" in warning.value for warning in test.warning), name
    test.session_state["keep name"] = "mine"
    next(each for each in test.button if each.label == "Keep").click().run()
    once(room, lambda status: status.kept == "mine")
    test.run()
    assert any("mine" in each.value for each in test.success)
    assert (store.TRAINED / "mine").is_dir()
    assert not has_button(test, "discard")


@pytest.mark.parametrize("keeping", ["off", None])
def test_who_may_not_keep_networks_here_can_still_take_them_along(room, monkeypatch, for_guests, keeping):
    test = finished(app("Learn").run(), room)
    keep = next(each for each in test.button if each.label == "Keep")
    monkeypatch.setenv("DIGITS_KEEPING", keeping) if keeping else monkeypatch.delenv("DIGITS_KEEPING")
    test.session_state["keep name"] = "mine"
    keep.click().run()  # a click that came too late
    assert not (store.TRAINED / "mine").exists()
    assert not room.status().is_busy
    assert not any(each.label == "Keep" for each in test.button)
    assert {each.proto.label for each in test.get("download_button")} == {".keras", ".tflite"}


def test_a_result_that_is_discarded_is_gone(room):
    test = finished(app("Learn").run(), room)
    folder = room.result(test.session_state["visitor_secret"]).folder
    press(test, "discard")
    assert not folder.exists()
    assert not has_button(test.run(), "discard")


@pytest.mark.parametrize(("seed", "said"), [(11, "The disk is full"), (12, "ended unexpectedly"), (13, "ten minutes")])
def test_a_run_that_fails_says_why_and_another_can_begin(room, seed, said):
    test = app("Learn").run()
    test.session_state["lesson seed"] = seed
    press(test.run(), "run-start")
    once(room, lambda status: status.problem is not None)
    test.run()
    assert any(said in warning.value for warning in test.warning)
    test.session_state["lesson seed"] = 1
    assert shown(finished(test.run(), room), "run")


def test_drawings_are_collected_with_what_they_were_read_as_and_can_be_taken_away(room, seven):
    test = app(canvas=seven).run()
    test.session_state.view, test.session_state.learnt = "Learn", "Teach"
    test.run()
    (start,) = [each for each in test.button if each.key == "teach-start"]
    assert start.disabled
    test = click(test, "teach", "add 1")
    html = shown(test, "teach")
    assert "A 1, read as 7" in html
    assert "1 of 5 drawings" in html
    assert "data-takes-drawing" in html  # so the page clears the pad
    test = click(command(test, "clear-pad"), "teach", "add 2")
    assert any("Draw something first" in warning.value for warning in test.warning)
    assert "A 1" not in shown(click(test, "teach", "remove 0"), "teach")


def test_after_a_wrong_reading_what_it_was_leads_to_teaching_it(room, seven):
    test = app(canvas=seven).run()
    assert 'data-value="teach"' not in shown(test, "truth")
    test = click(test, "truth", "1")
    test = click(test, "truth", "teach")
    assert test.session_state.view == "Learn"
    assert "A 1, read as 7" in shown(test, "teach")


@pytest.mark.parametrize(
    ("training", "has_tensorflow", "said"), [("off", True, "TRAINING=on"), ("on", False, "pip install")]
)
def test_where_nobody_may_train_the_screen_says_why_and_plays_a_recorded_run(
    monkeypatch, training, has_tensorflow, said
):
    monkeypatch.setenv("DIGITS_TRAINING", training)
    monkeypatch.setattr(views_classroom, "find_spec", lambda name: has_tensorflow or None)
    test = app("Learn").run()
    assert errors(test) == ""
    assert said in test.info[0].value
    assert shown(test, "run")
    assert not has_button(test, "run-start")


def test_others_than_who_sits_at_the_server_may_train_only_if_the_operator_allows_it(monkeypatch, for_guests):
    monkeypatch.delenv("DIGITS_TRAINING")
    test = app("Learn").run()
    assert "TRAINING=on" in test.info[0].value


def test_a_damaged_recording_gets_a_message(monkeypatch, tmp_path):
    monkeypatch.setattr(watch_run, "RECORDING", tmp_path / "missing.npz")
    assert "recorded run at" in errors(app("Learn").run())


def test_the_recorded_run_reaches_what_the_screen_promises():
    snapshots = load_recording(watch_run.RECORDING)
    assert snapshots[-1].step == snapshots[-1].steps
    assert snapshots[-1].validation_accuracy >= 0.985
    assert snapshots[0].validation_accuracy < 0.3


def test_two_visitors_with_different_choices_leave_the_process_at_rest(room, monkeypatch):
    ann, ben = app("Learn").run(), app("Learn").run()
    ben.session_state["lesson network"] = "classic"
    ben.run()
    assert once(room, lambda status: status.ready is not None and status.ready.network == "classic")
    sent = []
    monkeypatch.setattr(room, "_send", sent.append)
    for _ in range(3):
        ann.run()
        ben.run()
    assert not any(isinstance(command, Prepare) for command in sent)


def test_what_could_not_be_prepared_for_one_visitor_does_not_end_the_run_of_another(room):
    room.start("Ann", Lesson(seed=10))
    once(room, lambda status: status.state == "training")
    room._receive(Failed("An ensemble can't be taught.", Path("ensemble")))
    assert room.status().is_busy
    with pytest.raises(LearningError):
        room.start("Ben", Lesson())
    room.stop("Ann")
    once(room, lambda status: not status.is_busy)
    assert room.result("Ann") is not None


def test_who_wants_what_could_not_be_prepared_reads_why_and_nobody_else_does(room, copied_networks):
    shutil.copytree(copied_networks / "compact", copied_networks / "damaged")
    ann, ben = app("Learn", learnt="Teach", network="damaged").run(), app("Learn").run()
    once(room, lambda status: status.state == "ready")
    room.open("damaged")
    once(room, lambda status: status.problem == "unprepared")
    cara = app("Learn", learnt="Teach", network="damaged").run()  # who comes later
    for test in (ann.run(), cara):
        assert any("The network is damaged" in warning.value for warning in test.warning)
    assert not ben.run().warning


def test_who_watches_a_run_that_fails_reads_that_it_did_and_not_why(room):
    room.start("Ann", Lesson(seed=11))
    once(room, lambda status: status.problem is not None)
    (warning,) = app("Learn").run().warning
    assert warning.value == r"The training failed\."  # as Markdown


def test_the_operator_may_stop_a_run_whose_owner_is_gone(room, monkeypatch):
    room.start("someone", Lesson(seed=10))
    once(room, lambda status: status.state == "training" and status.snapshots > 0)
    assert not has_button(app("Learn").run(), "run-stop")
    monkeypatch.setattr(views_classroom.visitor, "is_operator", lambda: True)
    press(app("Learn").run(), "run-stop")
    assert not once(room, lambda status: not status.is_busy).is_busy


@pytest.mark.parametrize("value", ["add 99", "add x", "remove -1", "remove 7", "else"])
def test_a_value_that_no_button_has_changes_nothing(room, seven, value):
    test = app(canvas=seven).run()
    test.session_state.view, test.session_state.learnt = "Learn", "Teach"
    test = send(test.run(), "teach", "clicked", value)
    assert errors(test) == ""
    assert "0 of 5 drawings" in shown(test, "teach")


def test_a_run_whose_loss_is_no_number_is_shown_all_the_same(room):
    test = app("Learn").run()
    finished(test, room)
    room._snapshots[-1] = replace(room._snapshots[-1], loss=float("nan"), validation_loss=float("inf"))
    assert errors(test.run()) == ""
    assert "<b>–</b>" in shown(test, "run")
