"""What a page sends of a pad is taken if it has the form that our own page gives it, and passed over otherwise."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from views.messages import Command, canvas_message, commands, revision_mark, watcher_message

BLANK = np.zeros((10, 10), np.uint8)


def data_url(pixels: np.ndarray, kind: str = "PNG") -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"


def from_watcher(pixels: np.ndarray = BLANK, **changes: object) -> dict:
    sent = {"canvas": "canvas", "revision": 2, "number": 5, "down": True, "image": data_url(pixels)}
    return sent | changes


def from_canvas(pixels: np.ndarray = BLANK, objects: object = (), **changes: object) -> dict:
    return {"raw": {"objects": [revision_mark(3), *objects]}, "data": data_url(pixels)} | changes


def test_a_picture_that_the_watcher_sends_is_taken_with_the_pad_that_it_shows(seven):
    message = watcher_message(from_watcher(seven))
    assert (message.canvas, message.revision, message.number, message.pen_down) == ("canvas", 2, 5, True)
    assert np.array_equal(message.pixels, seven)


def test_a_watcher_may_say_that_it_has_no_picture():
    assert watcher_message(from_watcher(image=None, down=False)).pixels is None


def test_what_the_canvas_sends_is_taken_with_the_revision_that_it_was_given(seven):
    coloured = np.dstack([seven] * 3 + [np.full_like(seven, 255)])
    message = canvas_message(from_canvas(coloured, [{"type": "Path"}]))
    assert message.revision == 3
    assert message.objects == ({"type": "Path"},)
    assert np.array_equal(message.pixels, seven)


DAMAGED = [
    {"image": "data:image/png;base64,AAAA"},
    {"image": "nothing"},
    {"image": 5},
    {"image": data_url(BLANK)[:-40]},
    {"image": data_url(BLANK, "BMP")},
    {"image": data_url(BLANK, "GIF")},
    {"image": data_url(np.zeros((281, 640), np.uint8))},
    {"image": data_url(np.zeros((280, 641), np.uint8))},
    {"image": "data:image/png;base64," + "A" * 2_000_000},
    {"number": "x"},
    {"number": float("inf")},
    {"revision": None},
    {"kept": True, "image": None},
    {"kept": True},
]


@pytest.mark.parametrize("sent", [None, {}, [], "x", 7, *(from_watcher(**damage) for damage in DAMAGED)])
def test_anything_else_that_a_page_may_send_as_the_watcher_is_passed_over(sent):
    assert watcher_message(sent) is None


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        {"raw": None, "data": None},
        from_canvas(raw={"objects": []}),
        from_canvas(raw={"objects": [{"type": "Path"}]}),
        from_canvas(raw={"objects": [{"left": -10_000, "top": "x"}]}),
        from_canvas(objects=["x"]),
        from_canvas(data=None),
        *(from_canvas(data=damage["image"]) for damage in DAMAGED if damage.get("image") is not None),
    ],
)
def test_anything_else_that_a_page_may_send_as_the_canvas_is_passed_over(sent):
    assert canvas_message(sent) is None


def test_commands_are_taken_in_their_order_and_anything_else_is_none():
    assert commands([{"pad": 3, "number": 1, "name": "undo-pad"}]) == [Command(3, 1, "undo-pad")]
    for sent in (None, [], 5, "x", [{}], [{"pad": 3, "number": "x", "name": ""}], [{"pad": 3}]):
        assert commands(sent) == []
