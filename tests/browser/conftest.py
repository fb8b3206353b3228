"""Fixtures for tests in a real Chromium: a running app, a browser, and its pages."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from helpers import DESKTOP, PATIENCE, PHONE, empty
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from scripts.running import chromium, running_app, running_chromium

expect.set_options(timeout=1000 * PATIENCE)


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, started on a free port."""
    folder = tmp_path_factory.mktemp("app")
    os.environ["DIGITS_MARKS"] = str(folder / "marks.sqlite")
    os.environ["DIGITS_DRAWINGS"] = str(folder / "drawings.sqlite")
    os.environ["DIGITS_TRAINING"] = "off"  # tests of what trains have an app of their own
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


# Streamlit may mount the canvas again between two quick changes. What the package was about to draw on the old one then
# throws this; the drawing is put on the new one.
CANVAS_GONE = "Cannot read properties of undefined (reading 'clearRect')"


@pytest.fixture
def address() -> str:
    """What stands behind the app's address when a page is opened; a test's own parameter of this name takes its place.

    A page load takes two seconds of a core: a test that is about another screen does not open the Draw screen before.
    """
    return ""


@pytest.fixture
def script() -> str:
    """JavaScript that runs on `page` before the app's own; a test's own parameter of this name takes its place."""
    return ""


@pytest.fixture(scope="session")
def kept_tabs() -> dict[str, Page]:
    """Tabs that wait for their next visitor, by the settings of their contexts."""
    return {}


@contextmanager
def tab(request: pytest.FixtureRequest, settings: dict[str, Any], script: str) -> Iterator[Page]:
    """A tab in which nobody seems to have been: a new one, or one that a test before left, without what it left there.

    In a tab that has shown the app before, Chromium has the app's scripts and styles at hand, and loads it with little
    more than half the work.
    """
    browser, app_url, kept = (request.getfixturevalue(name) for name in ("browser", "app_url", "kept_tabs"))
    kind, failed = repr(settings), request.session.testsfailed
    page = kept.pop(kind, None) or browser.new_context(**settings).new_page()
    try:
        with page.add_init_script(script):
            yield page
        if settings in (DESKTOP, PHONE) and request.session.testsfailed == failed:
            empty(page, app_url, settings)
            kept[kind] = page
    finally:
        if kept.get(kind) is not page:
            page.context.close()


@contextmanager
def visitor(
    request: pytest.FixtureRequest, address: str, settings: dict[str, Any], errors: list[str], script: str
) -> Iterator[Page]:
    """A screen of a new visitor; what is logged as an error and outside hosts that are asked are collected."""
    app_url = request.getfixturevalue("app_url")
    watches: dict[str, Callable[..., None]] = {
        "console": lambda message: errors.append(message.text) if _counts(message) else None,
        "pageerror": lambda error: errors.append(error.message) if error.message != CANVAS_GONE else None,
        "request": lambda request: errors.append(request.url) if _is_outside(request.url, app_url) else None,
    }
    with tab(request, settings, script) as page:
        for event, watch in watches.items():
            page.on(event, watch)
        page.goto(f"{app_url}/{address}")
        if "view=" not in address:
            page.locator("canvas.upper-canvas").wait_for()
            # A key is lost that comes before its button.
            for button in (
                ".tools [data-value=clear-pad]",
                ":is(.st-key-stage-button button, .stage-bar [data-value=leave])",
            ):
                page.locator(button).first.wait_for(state="attached")
        page.locator(".announcement").wait_for(state="attached")  # from then on the page listens to keys
        page.locator("html:not(.opening)").wait_for(state="attached")  # and from then on it is shown
        yield page
        for event, watch in watches.items():
            page.remove_listener(event, watch)


@pytest.fixture(params=[DESKTOP], ids=["desktop"])
def page(request: pytest.FixtureRequest, address: str, script: str) -> Iterator[Page]:
    """A page on which no error may be logged and no outside host asked."""
    errors: list[str] = []
    with visitor(request, address, request.param, errors, script) as page:
        yield page
    assert errors == []


@pytest.fixture
def plain_page(request: pytest.FixtureRequest, address: str, script: str) -> Iterator[Page]:
    """A page whose console does not count, since Streamlit warns of a click on what is about to go."""
    with visitor(request, address, DESKTOP, [], script) as page:
        yield page


def _counts(message: ConsoleMessage) -> bool:
    # A click outside of the pad and the pad's own message in one go: `draw_and_read` expects that, and loses neither.
    is_expected = message.text.startswith("Unexpected state: Multiple different fragmentIds")
    return message.type in ("error", "warning") and not is_expected


def _is_outside(url: str, app_url: str) -> bool:
    return not url.startswith((app_url, app_url.replace("http", "ws"), "data:", "blob:"))
