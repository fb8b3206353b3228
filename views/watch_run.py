"""A run as one watches it: curves, a wall of test images, the confusion matrix, and the visitor's own drawing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from markupsafe import Markup

from model.data.mnist import DataError
from model.images import NUM_CLASSES, REFUSAL_LEVEL
from model.learning.classroom import Classroom, LearningError, Status
from model.learning.messages import WALL, Snapshot
from model.learning.recording import RECORDING, load_recording
from model.learning.wall import wall_of
from views import charts, results
from views.address import WATCH
from views.classroom import classroom, is_mine, may_steer, me, problem, steering
from views.clickable import clickable
from views.language import literal, say
from views.lesson import chosen, next_training
from views.parts import bars, percent, png_url, stop_with, test_set
from views.rendering import render

# Seconds from look to look: at a run that goes on, while something gets ready, and where nothing happens.
_LIVE, _SOON, _IDLE = 0.28, 0.7, 2.0
# Points of a curve, and columns and rows of the wall.
_POINTS, _WALL_SIDE = 160, isqrt(WALL)
# The height of a curve, in pixels, and the smallest share of wrong images that it shows: between two snapshots there
# are few images, and often none of them is wrong.
_CURVE_HEIGHT, _LEAST = 200, 1e-3
# Keys of the session: the moment that is looked at, the run that it is of, and when a recording began.
_MOMENT, _RUN, _BEGAN = "moment", "moment of run", "recording began"


def show_run() -> None:
    """Shows the run that goes on, or the last one, and what can be done with it."""
    state = st.session_state
    status = classroom().status()
    if state.get(_RUN) != status.run:
        state[_RUN] = status.run
        state.pop(_MOMENT, None)
    is_under_way = status.is_busy or status.state in ("starting", "preparing")
    every = _LIVE if status.state == "training" else _SOON if is_under_way else _IDLE
    _hang_wall()
    results.show(status)
    st.fragment(_follow, run_every=every)(status)


def _follow(at_first: Status) -> None:
    """Follows the run; the whole page runs again where there is something else to do than to look.

    Args:
        at_first: what there was when the whole page ran.
    """
    room = classroom()
    status = room.status()
    if _kind(status) != _kind(at_first):
        st.rerun()
    _controls(room, status)
    snapshots = room.snapshots()
    if not snapshots:
        st.html(render("run_invitation", text=say(f"invitation {st.session_state.learnt}")))
        return
    place = len(snapshots) - 1
    if not status.is_busy and len(snapshots) > 1:
        place = _choose_moment(snapshots)
    _show(snapshots, place, is_own=is_mine(status))


def _kind(status: Status) -> tuple[object, ...]:
    """What of a status needs the whole page."""
    return status.state, status.run, status.owner, status.is_busy, status.problem, status.message, status.kept


def _controls(room: Classroom, status: Status) -> None:
    """The buttons of the run, and a word on its state."""
    with st.container(key="run-controls", horizontal=True, vertical_alignment="center"):
        if not status.is_busy and st.session_state.learnt == WATCH:
            _button("start", "play_arrow", type="primary")
        elif status.is_busy and status.state in ("training", "paused") and may_steer(status):
            if status.state == "paused":
                _button("go on", "play_arrow")
            else:
                _button("pause", "pause")
            _button("stop", "stop")
        st.html(render("run_state", text=_word(status), state=status.state))
    if text := st.session_state.pop("run problem", None):
        st.warning(text, icon=":material/warning:")
    if reason := _reason(status):
        st.warning(literal(reason), icon=":material/warning:")


def _reason(status: Status) -> str | None:
    """Why something has failed, if that concerns this visitor. What the process says of it is for who asked for it."""
    if status.problem is None or (status.problem == "unprepared" and status.unprepared != next_training()):
        return None
    is_for_me = status.asker in (None, me()) or status.state == "off"
    return (status.message if is_for_me else "") or say(f"run ended {status.problem}")


def _button(what: str, icon: str, **settings: Any) -> None:
    key = f"run-{what.replace(' ', '-')}"
    st.button(say(f"run {what}"), key=key, on_click=_do, args=(what,), icon=f":material/{icon}:", **settings)


def _do(what: str) -> None:
    """Does what a button asks for."""
    room = classroom()
    try:
        match what:
            case "start":
                room.start(me(), chosen())
            case "pause":
                room.pause(steering(room.status()))
            case "go on":
                room.go_on(steering(room.status()))
            case "stop":
                room.stop(steering(room.status()))
    except LearningError as error:
        st.session_state["run problem"] = problem(error)


def _word(status: Status) -> str:
    """What the process does, and whose run it is."""
    if status.state in ("training", "paused") and not is_mine(status):
        return say("run of another")
    return say(f"run is {status.state}")


def _choose_moment(snapshots: Sequence[Snapshot]) -> int:
    """Lets the visitor go back through a run; the place of the snapshot that they look at."""
    places = range(len(snapshots))
    if st.session_state.get(_MOMENT, 0) not in places:
        st.session_state.pop(_MOMENT, None)
    return st.select_slider(
        say("moment"),
        places,
        places[-1],
        key=_MOMENT,
        persist_state="session",
        # Streamlit tells the moments apart by these texts.
        format_func=lambda place: f"{snapshots[place].seconds:.1f} s · {snapshots[place].step:,}",
        help=say("moment hint"),
    )


def show_recorded() -> None:
    """Plays the recorded run once in its own time, and again on demand."""
    try:
        snapshots = _recording(str(RECORDING))
    except DataError as error:
        stop_with(error)
    _hang_wall()
    began = st.session_state.setdefault(_BEGAN, time.monotonic())
    is_over = time.monotonic() - began > snapshots[-1].seconds
    st.fragment(_play, run_every=None if is_over else _LIVE)(snapshots, is_over)


@st.cache_resource(show_spinner=False)
def _recording(path: str) -> list[Snapshot]:
    """The recorded run, read once."""
    return load_recording(Path(path))


def _play(snapshots: Sequence[Snapshot], was_over: bool) -> None:
    state = st.session_state
    if st.button(say("again"), icon=":material/replay:"):
        state[_BEGAN] = time.monotonic()
    seconds = time.monotonic() - state[_BEGAN]
    if (seconds > snapshots[-1].seconds) != was_over:
        st.rerun()  # what is over is looked at no more
    place = sum(snapshot.seconds <= seconds for snapshot in snapshots) - 1
    _show(snapshots, max(0, place), is_own=False)


@dataclass(frozen=True)
class Wall:
    """The test images that are watched: their labels, integers (100,), and all of them as one picture."""

    labels: np.ndarray
    url: str


@st.cache_resource(show_spinner=False)
def wall() -> Wall:
    """The wall of test images.

    Raises:
        DataError: the data file is missing or damaged.
    """
    test = test_set()
    chosen = wall_of(test)
    tiles = test.images[chosen].reshape(_WALL_SIDE, _WALL_SIDE, *test.images.shape[1:])
    rows, columns, height, width = tiles.shape
    picture = tiles.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)
    return Wall(test.labels[chosen], png_url(picture))


def _hang_wall() -> None:
    """Gives the page the picture of the wall, once and not with each look; a message ends it if the data is damaged."""
    try:
        st.html(render("wall_style", url=wall().url))
    except DataError as error:
        stop_with(error)


def _show(snapshots: Sequence[Snapshot], place: int, is_own: bool) -> None:
    """Shows a moment of a run.

    Args:
        snapshots: of the run so far, from its first step.
        place: of the one that is looked at.
        is_own: whether the drawing is this visitor's.
    """
    now, until = snapshots[place], snapshots[: place + 1]
    labels = wall().labels
    shown = render(
        "run",
        figures=_figures(now),
        progress=f"{now.step / now.steps:.2%}",
        loss=_curve("loss", until, now),
        accuracy=_curve("accuracy", until, now),
        wall=[(int(label), int(read)) for label, read in zip(labels, now.predicted, strict=True)],
        right=int((labels == now.predicted).sum()),
        confusion=_confusion(now.confusion),
        validation=f"{int(np.trace(now.confusion)):,}",
        of=f"{int(now.confusion.sum()):,}",
        drawing=None if now.probabilities is None else _drawing(now, is_own),
    )
    clickable(shown, "run")


def _figures(now: Snapshot) -> list[tuple[str, str]]:
    """The numbers of a moment, each with its name."""
    return [
        (say("on validation"), percent(now.validation_accuracy, 2)),
        (say("images seen"), f"{now.images:,}"),
        (say("images a second"), f"{now.images_per_second:,.0f}"),
        (say("seconds"), f"{now.seconds:.1f} s"),
        (say("seconds left"), f"{now.seconds_left:.0f} s"),
    ]


def _curve(name: str, until: Sequence[Snapshot], now: Snapshot) -> Markup:
    """A curve over the images that were seen, with room for those that will be."""
    per_step = now.images / max(1, now.step)
    whole = max(1, round(per_step * now.steps))
    ticks = [(share * whole / 4, f"{share * whole / 4 / 1000:.0f}k") for share in range(5)]
    measured = [
        each
        for earlier, each in zip([None, *until], until, strict=False)
        if earlier is None or each.validation_step != earlier.validation_step
    ]
    return charts.curves(
        name,
        charts.Axis(0, whole, ticks, say("images seen")),
        charts.Curve([each.images for each in until], [getattr(each, name) for each in until]),
        charts.Curve(
            [each.validation_step * per_step for each in measured],
            [getattr(each, f"validation_{name}") for each in measured],
        ),
        most=_POINTS,
        least=_LEAST,
        height=_CURVE_HEIGHT,
    )


def _confusion(counts: np.ndarray) -> list[list[tuple[int, float]]]:
    """The rows of the matrix: each count with how strong its colour is, 0..1."""
    strongest = max(1, int((counts - np.diag(np.diag(counts))).max()))
    sums = np.maximum(1, counts.sum(axis=1))

    def cell(actual: int, read: int) -> tuple[int, float]:
        count = int(counts[actual, read])
        share = count / sums[actual] if actual == read else (count / strongest) ** 0.5
        return count, round(float(share), 2)

    return [[cell(actual, read) for read in range(NUM_CLASSES)] for actual in range(NUM_CLASSES)]


def _drawing(now: Snapshot, is_own: bool) -> tuple[str, str, Markup]:
    """Whose drawing it is, what is read, and the bars."""
    assert now.probabilities is not None
    read = "?" if now.non_digit > REFUSAL_LEVEL else str(int(now.probabilities.argmax()))
    return say("your drawing" if is_own else "their drawing"), read, bars(now.probabilities)
