"""What is read is what is on the pad, in whatever order and however late the page's messages come."""

import random
from dataclasses import dataclass, field

import numpy as np
import pytest

from views.messages import CanvasMessage, WatcherMessage
from views.pad_state import LONGEST_HISTORY, PadState

CANVAS = "canvas"
DELAY = 0.25  # seconds, the longest that a message takes
# What a browser may do to the watcher: all is well, it sees nothing and does not notice, it notices, it never starts.
WATCHERS = ["well", "blind", "gives up", "silent"]


def stroke(number: int) -> dict:
    return {"type": "Path", "number": number}


def seen(objects: tuple[dict, ...], lacks: int = 0) -> np.ndarray:
    """A picture of strokes: a row for each, of which the last may lack its end."""
    pixels = np.zeros((2 * LONGEST_HISTORY, 8), np.uint8)
    for place, drawn in enumerate(objects):
        pixels[place] = drawn["number"] % 255 + 1
        pixels[place, 8 - lacks * (place == len(objects) - 1) :] = 0
    return pixels


def canvas(state: PadState, *numbers: int) -> CanvasMessage:
    objects = tuple(map(stroke, numbers))
    return CanvasMessage(state.revision, objects, seen(objects))


def after(state: PadState, *numbers: int) -> int:
    """The number of the picture once the canvas has sent these strokes."""
    state.take_canvas(canvas(state, *numbers))
    return state.picture


def test_each_stroke_makes_another_picture_and_undo_and_redo_lead_back_to_the_same():
    state = PadState()
    pictures = [state.picture, after(state, 1), after(state, 1, 2)]
    state.undo()
    assert state.picture == pictures[1]
    state.redo()
    assert state.picture == pictures[2]
    state.undo()
    pictures.append(after(state, 1, 3))
    state.clear()
    pictures.append(state.picture)
    assert len(set(pictures)) == len(pictures)


def test_a_stroke_under_way_is_the_picture_that_the_canvas_tells_of_once_it_is_ended():
    state = PadState()
    before = after(state, 1)
    state.take_watcher(watcher(state, 1, 1, 2))
    under_way = state.picture
    state.take_watcher(watcher(state, 2, 1, 2, down=False))
    assert state.picture == under_way != before
    assert after(state, 1, 2) == under_way


def watcher(state: PadState, number: int, *numbers: int, down: bool = True, revision: int | None = None):
    objects = tuple(map(stroke, numbers))
    return WatcherMessage(CANVAS, revision or state.revision, number, down, False, seen(objects))


def shows(state: PadState, *numbers: int) -> bool:
    return np.array_equal(state.pixels, seen(tuple(map(stroke, numbers))))


@dataclass
class Page:
    """A page with a pad, as `watch.js` and the canvas package make it, with a connection that delays what it sends.

    As Streamlit does, it sends the newest message of each part, so that older ones may never arrive.
    """

    state: PadState
    kind: str
    chance: random.Random
    time: float = 0.0
    drawn: tuple[dict, ...] = ()
    revision: int = 0
    number: int = 0
    strokes: int = 0
    on_its_way: list[tuple[float, object]] = field(default_factory=list)

    def __post_init__(self):
        self.state.now = lambda: self.time
        self.revision = self.state.revision

    def wait(self, seconds: float) -> None:
        """Lets time pass; what has arrived is taken, of each part the newest alone."""
        self.time += seconds
        arrived = [message for time, message in self.on_its_way if time <= self.time]
        self.on_its_way = [sent for sent in self.on_its_way if sent[0] > self.time]
        newest = {type(message): message for message in arrived}
        if watched := newest.get(WatcherMessage):
            self.state.take_watcher(watched)
        if told := newest.get(CanvasMessage):
            self.state.take_canvas(told)
        for message in arrived:
            if callable(message):
                message()

    def send(self, message: object) -> None:
        """Sends a message; one never overtakes another."""
        earliest = max([self.time, *(time for time, _ in self.on_its_way)])
        self.on_its_way.append((max(earliest, self.time + self.chance.uniform(0.01, DELAY)), message))

    def tell(self) -> None:
        self.send(CanvasMessage(self.revision, self.drawn, seen(self.drawn)))

    def watch(self, down: bool, picture: np.ndarray | None) -> None:
        if self.kind == "silent" or (self.kind == "gives up" and down):
            return
        self.number += 1
        if picture is not None:
            picture = {"well": picture, "blind": np.zeros_like(picture), "gives up": None}[self.kind]
        self.send(WatcherMessage(CANVAS, self.revision, self.number, down, False, picture))

    def draw(self) -> None:
        """A stroke with up to three pictures, and perhaps one that lacks what the pen did last."""
        self.strokes += 1
        drawn = (*self.drawn, stroke(self.strokes))
        for _ in range(self.chance.randrange(4)):
            self.watch(True, seen(drawn, lacks=4))
            self.wait(self.chance.uniform(0, 0.1))
        self.drawn = drawn
        self.watch(False, self.chance.choice([None, seen(drawn, lacks=0), seen(drawn, lacks=6)]))
        self.tell()

    def clear(self) -> None:
        if not self.state.initial and not self.on_its_way:
            self.drawn = ()
            self.tell()
        else:
            self.change(self.state.clear)

    def clear_and_undo(self) -> None:
        before = self.drawn
        self.clear()
        if before:
            self.change(self.state.undo)
            assert self.drawn == before

    def sample(self) -> None:
        self.strokes += 1
        objects = (stroke(self.strokes),)
        self.change(lambda: self.state.put(objects, seen(objects)))

    def change(self, change) -> None:
        """Sends a command, which comes after all that was sent before it; strokes are held until it is done."""
        self.send(change)
        while self.on_its_way:
            self.wait(0.02)
        self.revision, self.drawn = self.state.revision, self.state.objects
        self.wait(self.chance.uniform(0, 0.05))
        self.tell()
        self.wait(DELAY)


@pytest.mark.parametrize("kind", WATCHERS)
def test_one_second_after_the_last_change_what_was_read_is_what_is_on_the_pad(kind):
    for seed in range(300):
        page = Page(PadState(), kind, random.Random(seed))
        acts = [page.draw] * 4 + [
            page.clear,
            page.clear_and_undo,
            page.sample,
            lambda page=page: page.change(page.state.undo),
            lambda page=page: page.change(page.state.redo),
            lambda page=page: page.change(page.state.draw_again),
        ]
        for _ in range(page.chance.randrange(1, 15)):
            page.chance.choice(acts)()
            page.wait(page.chance.choice([0, 0.02, 0.1, 0.4]))
        page.wait(1.0)
        if page.drawn:
            assert np.array_equal(page.state.pixels, seen(page.drawn)), (kind, seed)
        else:
            assert page.state.pixels is None, (kind, seed)
        assert page.state.objects == page.drawn, (kind, seed)


def test_the_reading_follows_the_pen_while_it_draws():
    state = PadState()
    state.take_watcher(watcher(state, 1, 7))
    assert shows(state, 7)


def test_a_stroke_that_ends_at_speed_is_read_whole_and_so_is_the_next_drawing():
    state = PadState()
    half = seen((stroke(1),), lacks=5)
    state.take_watcher(WatcherMessage(CANVAS, state.revision, 1, False, False, half))
    state.take_canvas(canvas(state, 1))
    assert shows(state, 1)
    state.take_canvas(canvas(state))
    assert state.pixels is None
    state.take_watcher(watcher(state, 2, 2, down=False))
    state.take_canvas(canvas(state, 2))
    assert shows(state, 2)


def test_a_canvas_that_tells_of_the_stroke_before_does_not_interrupt_the_pen():
    state = PadState()
    state.take_watcher(watcher(state, 1, 1, 2))
    state.take_canvas(canvas(state, 1))
    assert shows(state, 1, 2)


def test_a_watcher_that_gives_up_while_the_pen_is_down_leaves_the_canvas_to_be_read():
    state = PadState()
    state.take_watcher(watcher(state, 1, 1))
    state.take_canvas(canvas(state, 1, 2))
    state.take_watcher(WatcherMessage(CANVAS, state.revision, 2, False, False, None))
    assert shows(state, 1, 2)


def test_a_pen_that_was_never_seen_to_be_lifted_holds_the_canvas_up_for_a_second_at_most():
    clock = 0.0
    state = PadState(now=lambda: clock)
    state.take_watcher(watcher(state, 1, 1))
    clock = 1.1
    state.take_canvas(canvas(state, 1, 2))
    assert shows(state, 1, 2)


def test_messages_of_another_pad_are_never_taken():
    state, other = PadState(), PadState()
    assert state.revision != other.revision
    state.take_watcher(watcher(other, 1, 7))
    state.take_canvas(canvas(other, 7))
    assert state.pixels is None
    assert state.untouched


def test_a_message_sent_before_the_pad_was_changed_from_here_is_too_late():
    state = PadState()
    before = canvas(state, 1)
    picture = watcher(state, 1, 1)
    state.put((stroke(9),), seen((stroke(9),)))
    state.take_canvas(before)
    state.take_watcher(picture)
    assert shows(state, 9)


def test_each_stroke_is_a_step_also_when_several_come_with_one_message():
    state = PadState()
    state.take_canvas(canvas(state, 1, 2, 3))
    for left in ((1, 2), (1,), ()):
        state.undo()
        assert state.objects == tuple(map(stroke, left))
    state.undo()
    assert state.objects == ()
    for count in (1, 2, 3):
        state.redo()
        assert len(state.objects) == count
    state.redo()
    assert state.objects == tuple(map(stroke, (1, 2, 3)))


@pytest.mark.parametrize("by_page", [True, False])
def test_clear_and_sample_can_be_undone_and_redone(by_page):
    state = PadState()
    state.take_canvas(canvas(state, 1))
    if by_page:
        assert state.take_canvas(canvas(state))
    else:
        state.put((), None)
    assert state.pixels is None
    state.put((stroke(9),), seen((stroke(9),)))
    state.undo()
    assert state.objects == ()
    state.undo()
    state.take_canvas(canvas(state, 1))
    assert shows(state, 1)
    state.redo()
    state.redo()
    assert state.objects == (stroke(9),)


def test_a_new_stroke_ends_what_could_be_redone():
    state = PadState()
    state.take_canvas(canvas(state, 1, 2))
    state.undo()
    state.take_canvas(canvas(state, 1))
    state.take_canvas(canvas(state, 1, 3))
    state.redo()
    assert state.objects == tuple(map(stroke, (1, 3)))
    state.undo()
    assert state.objects == (stroke(1),)


def test_objects_that_the_canvas_gives_back_with_other_values_are_no_new_step():
    state = PadState()
    state.put(({"type": "Image"},), seen((stroke(5),)))
    state.take_canvas(CanvasMessage(state.revision, (stroke(5),), seen((stroke(5),))))
    state.undo()
    assert state.objects == ()


def test_a_canvas_mounted_anew_goes_on_with_what_was_drawn():
    state = PadState()
    state.take_canvas(canvas(state, 1))
    state.draw_again()
    assert state.initial == (stroke(1),)
    assert shows(state, 1)
    assert not state.take_canvas(canvas(state, 1, 2))
    state.undo()
    assert state.objects == (stroke(1),)


def test_the_history_is_bounded_and_keeps_the_latest_steps():
    state = PadState()
    for count in range(1, LONGEST_HISTORY + 20):
        state.take_canvas(canvas(state, *range(count)))
    for _ in range(LONGEST_HISTORY):
        state.undo()
    assert len(state.objects) == 19
    state.undo()
    assert len(state.objects) == 19
