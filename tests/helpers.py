"""What several test files use: strokes, windows, and functions that use a page or a screen as a person does."""

import base64
import io
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from streamlit.testing.v1 import AppTest

from model.images import PAD_SIZE
from model.reading.components import INK_LEVEL
from model.reading.ink import Box
from model.recipes import RECIPES
from model.synthesis.pen_prototypes import PROTOTYPES
from model.synthesis.strokes import Stroke, smooth_path
from scripts.running import ROOT, box_of
from views.messages import revision_mark

ONE = [(140, 50), (140, 230)]
SEVEN = np.array([[60, 70], [210, 70], [120, 230]], float)

# What is in the folder of a saved network.
FILES = {
    "architecture.svg",
    "confusion_matrix.png",
    "history.csv",
    "learning_curves.svg",
    "metrics.json",
    "mistakes.png",
    "model.keras",
    "model.tflite",
    "neighbours.npz",
    "reliability.svg",
    "samples.png",
    "test_probabilities.npy",
}

# A run of seconds.
TINY = RECIPES["classic"].changed(epochs=3, batch_size=32, optimizer="adam")

# How many seconds a test waits for what should come: other tests, each with a server of its own, share the machine.
PATIENCE = 15.0

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}

# What the server sends comes as many milliseconds late as window.delay says, and in the same order.
SLOW_SERVER = """
    const queue = [];
    const listen = WebSocket.prototype.addEventListener;
    WebSocket.prototype.addEventListener = function (name, listener, ...rest) {
        const late = (event) => {
            queue.push(() => listener.call(this, event));
            setTimeout(() => queue.shift()(), window.delay ?? 0);
        };
        listen.call(this, name, name === "message" ? late : listener, ...rest);
    };
"""

on_slow_server = pytest.mark.parametrize("script", [SLOW_SERVER], ids=["slow server"])
on_phone = pytest.mark.parametrize("page", [PHONE], ids=["phone"], indirect=True)
on_both = pytest.mark.parametrize("page", [DESKTOP, PHONE], ids=["desktop", "phone"], indirect=True)


def empty(page: Page, app_url: str, settings: dict[str, Any]) -> None:
    """Takes from a tab all that a test may have left in it. It ends on a blank page, as a new tab begins."""
    page.context.set_offline(False)
    page.goto(f"{app_url}/_stcore/health")  # a page of the same origin, on which nothing runs
    page.evaluate("sessionStorage.clear(); localStorage.clear()")
    page.context.clear_cookies()
    page.context.clear_permissions()
    page.emulate_media(color_scheme="light", forced_colors="none")
    page.set_viewport_size(settings["viewport"])
    page.mouse.up()
    page.mouse.move(0, 0)
    page.goto("about:blank")
    chromium = page.context.new_cdp_session(page)
    chromium.send("Page.resetNavigationHistory")
    chromium.detach()


def answer(page: Page) -> Locator:
    """The element that tells what was read: `data-reading` has the text, empty for a blank pad."""
    return page.locator("[data-reading]")


def expect_reading(page: Page, text: str | re.Pattern) -> None:
    """Waits until that is read, and nothing else beside it; a blank pad is read as an empty text."""
    # While another pad takes the place of one, both are there for a moment, the new one first.
    expect(answer(page).first).to_have_attribute("data-reading", text)
    expect(answer(page)).to_have_count(1)


def go_to(page: Page, view: str) -> None:
    page.get_by_text(view, exact=True).first.click()


def choose_in_menu(page: Page, text: str) -> None:
    """Chooses a network or a language in the menu of the bar above."""
    page.get_by_test_id("stPopover").get_by_role("button").first.click()
    body = page.get_by_test_id("stPopoverBody")
    body.get_by_text(text, exact=True).click()
    page.keyboard.press("Escape")
    expect(body).to_have_count(0)


def canvas(page: Page) -> Locator:
    """The canvas to draw on, once there is no other beside it: while one pad takes another's place, both are there."""
    found = page.locator("canvas.upper-canvas")
    expect(found).to_have_count(1)
    return found


def on_screen(page: Page, stroke) -> list[tuple[float, float]]:
    """Where the points of a stroke, in pixels of the canvas, are in the window."""
    box = box_of(canvas(page))
    scale = box["height"] / PAD_SIZE
    return [(box["x"] + scale * x, box["y"] + scale * y) for x, y in stroke]


def draw(page: Page, stroke=SEVEN) -> None:
    """Draws a stroke with the mouse, in pixels of the canvas."""
    first, *rest = on_screen(page, stroke)
    page.mouse.move(*first)
    page.mouse.down()
    for x, y in rest:
        page.mouse.move(x, y, steps=8)
    page.mouse.up()


def draw_by_touch(page: Page, stroke=SEVEN, end: str = "touchEnd") -> None:
    """Draws a stroke with a finger: real touch events, by Chromium's own protocol."""
    stroke = np.array(on_screen(page, stroke))
    touch = page.context.new_cdp_session(page)
    points = [(stroke[i] * (1 - t) + stroke[i + 1] * t) for i in range(len(stroke) - 1) for t in (0, 0.25, 0.5, 0.75)]
    for kind, (x, y) in zip(["touchStart"] + ["touchMove"] * len(points), [*points, stroke[-1]], strict=True):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": end, "touchPoints": []})


def button(page: Page, name: str):
    """A tool of the pad: clear-pad, undo-pad, redo-pad, sample, brush-10 and others."""
    return page.locator(f".tools [data-value='{name}']")


def wait_until(page: Page, is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            pytest.fail(f"Not so after {PATIENCE:g} seconds")
        page.wait_for_timeout(50)


def wait_until_stage_is_kept(page: Page) -> None:
    """Waits until the tab has kept the strip and the score that the stage shows. It does so once a second."""
    page.wait_for_function(
        "sessionStorage.getItem('stage') === document.querySelector('.stage-bar').dataset.kept",
        timeout=1000 * PATIENCE,
    )


def images_seen(page: Page) -> int:
    """How many images the network that is watched has seen."""
    return int(page.locator(".numbers dd").nth(1).inner_text().replace(",", ""))


def ink(page: Page) -> int:
    """How many pixels of the canvas are white."""
    return page.locator("canvas.lower-canvas").last.evaluate(
        """canvas => {
            // A copy: reading a canvas often makes Chromium warn and slows it.
            const offscreen = new OffscreenCanvas(canvas.width, canvas.height);
            const copy = offscreen.getContext("2d", { willReadFrequently: true });
            copy.drawImage(canvas, 0, 0);
            const pixels = copy.getImageData(0, 0, canvas.width, canvas.height).data;
            return pixels.filter((value, i) => i % 4 === 0 && value > 200).length;
        }"""
    )


# A style of each digit that everybody reads.
PLAIN_STYLES = {
    0: "circle",
    1: "short flag",
    2: "flat base",
    3: "round",
    4: "closed",
    5: "without lifting",
    6: "curled stem",
    7: "plain",
    8: "straight crossing",
    9: "straight tail",
}


def plain_digit(number: int) -> list[Stroke]:
    """The strokes of a digit as everybody draws it: float (k, 2) each, x and y in 0..1, y downward."""
    strokes = PROTOTYPES[number][PLAIN_STYLES[number]].strokes
    return [smooth_path(stroke.control_points(0.5), np.flatnonzero(stroke.corners)) for stroke in strokes]


def ink_box(ink: np.ndarray) -> Box | None:
    """The bounding box of ink, float32 (h, w) in 0..1; None where there is none."""
    inked = ink > INK_LEVEL
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if rows.size == 0:
        return None
    return Box(int(columns[0]), int(rows[0]), int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1)


def app(view: str = "Draw", canvas: np.ndarray | None = None, **address: object) -> AppTest:
    """The app on one of its screens, opened by a link; `canvas` is what is drawn on the pad, uint8 (280, 280)."""
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    for key, value in {"view": view, **address}.items():
        test.query_params[key] = str(value)
    if canvas is not None:
        revision = test.run().session_state["pad canvas"].state.revision
        test.session_state["canvas"] = drawn(canvas, revision)
    return test


def drawn(pixels: np.ndarray, revision: int) -> dict:
    """What the canvas sends after a stroke; pixels are uint8 (280, 280)."""
    file = io.BytesIO()
    Image.fromarray(np.dstack([pixels] * 3 + [np.full_like(pixels, 255)])).save(file, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    return {"drawing": {"raw": {"objects": [revision_mark(revision), {"type": "Path"}]}, "data": url}}


def reading(test: AppTest) -> str:
    """What the page says that it reads; empty for a blank pad."""
    (text,) = re.findall(r'data-reading="(.*?)"', shown(test, "reading"))
    return text


def command(test: AppTest, name: str) -> AppTest:
    """The app after a tool of the pad was used, as the page tells of it."""
    pad = test.session_state["pad canvas"]
    test.session_state["pad_watcher"] = {"commands": [{"pad": pad.number, "number": pad.done + 1, "name": name}]}
    return test.run()


def shown(test: AppTest, key: str) -> str:
    """The HTML of a clickable element."""
    elements = (element.proto for element in test.get("bidi_component"))
    return next(json.loads(element.json)["html"] for element in elements if element.id.endswith(f"-{key}"))


def click(test: AppTest, key: str, value: str) -> AppTest:
    """The app after a click on a button of a clickable element."""
    assert f'data-value="{value}"' in shown(test, key)
    return send(test, key, "clicked", value)


def send(test: AppTest, key: str, event: str, value: object) -> AppTest:
    """The app after a component has sent an event, which AppTest has no means for."""
    (component,) = [each.proto.id for each in test.get("bidi_component") if each.proto.id.endswith(f"-{key}")]
    states = test._tree.get_widget_states()
    sent = json.dumps([{"event": event, "value": value}])
    states.widgets.add(id=f"$$STREAMLIT_INTERNAL_KEY_{component}__events", json_trigger_value=sent)
    return test._run(states)


def gallery(test: AppTest) -> list[tuple[int, int, int]]:
    """Index, true digit and digit read of each image in the gallery, in order."""
    found = re.findall(r'title="Test image (\d+): true (\d), read as (\d)', shown(test, "gallery"))
    return [tuple(map(int, image)) for image in found]


def errors(test: AppTest) -> str:
    """All messages of what went wrong on the page, as a visitor sees them."""
    assert not test.exception
    return "\n".join(as_shown(error.value) for error in test.error)


def as_shown(markdown: str) -> str:
    """The Markdown without what keeps other text in it from being formatted."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown.replace(":small[]", ""))


def encoded(picture: Image.Image, file_format: str = "PNG") -> bytes:
    file = io.BytesIO()
    picture.save(file, file_format)
    return file.getvalue()


def train_command(*flags: str | Path) -> list[str]:
    """train.py with these flags, as a person runs it."""
    return [sys.executable, "train.py", *map(str, flags)]
