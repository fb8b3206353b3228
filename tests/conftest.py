"""What several test files share: the MNIST test set, a drawn seven, trained networks, a running app, a browser."""

import os
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from model.data import Split, read_split
from model.strokes import draw_strokes
from scripts.running import chromium, running_app, running_chromium

SEVEN = np.array([[60, 70], [210, 70], [120, 230]], float)

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def test_set() -> Split:
    return read_split("test")


@pytest.fixture(scope="session")
def seven() -> np.ndarray:
    """A 7 on the pad, white on black, uint8 (280, 280)."""
    return draw_strokes([SEVEN], 20)


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, started on a free port."""
    folder = tmp_path_factory.mktemp("app")
    os.environ["DIGITS_MARKS"] = str(folder / "marks.sqlite")
    os.environ["DIGITS_DRAWINGS"] = str(folder / "drawings.sqlite")
    with running_app(folder / "log") as app:
        yield app.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if chromium() is None:
        if os.environ.get("CI"):
            pytest.fail("No Chromium. Install one with: apt-get install chromium")
        pytest.skip("No Chromium. Install one with: apt-get install chromium")
    with running_chromium() as browser:
        yield browser


@pytest.fixture(params=[DESKTOP], ids=["desktop"])
def page(request: pytest.FixtureRequest, browser: Browser, app_url: str) -> Iterator[Page]:
    """The Draw screen of a new visitor; at the end no error was logged and no outside host was asked."""
    context = browser.new_context(**request.param)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: errors.append(request.url) if _is_outside(request.url, app_url) else None)
    page.goto(app_url)
    page.locator("canvas.upper-canvas").wait_for()
    yield page
    context.close()
    assert errors == []


def _is_outside(url: str, app_url: str) -> bool:
    return not url.startswith((app_url, app_url.replace("http", "ws"), "data:", "blob:"))


on_phone = pytest.mark.parametrize("page", [PHONE], ids=["phone"], indirect=True)
on_both = pytest.mark.parametrize("page", [DESKTOP, PHONE], ids=["desktop", "phone"], indirect=True)


def go_to(page: Page, view: str) -> None:
    page.get_by_text(view, exact=True).first.click()


def draw(page: Page, stroke=SEVEN) -> None:
    """Draws a stroke with the mouse, in pixels of the pad."""
    box = page.locator("canvas.upper-canvas").bounding_box()
    (x, y), *rest = stroke
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.down()
    for x, y in rest:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
    page.mouse.up()


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
