"""People watch a network learn, and teach it: with real trainings, in an app of their own that may be changed."""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from browser.test_accessibility import expect_nothing_serious
from helpers import DESKTOP, draw, go_to, images_seen, wait_until
from playwright.sync_api import Browser, Page, expect

from scripts.running import ROOT, RunningApp, running_app, wait_until_settled

# A training on a busy machine takes a while.
_PATIENCE = 240_000  # ms
pytestmark = pytest.mark.timeout(900)
# Something that is no digit, and is read as one or refused.
ODD = np.array([(70, 60), (70, 150), (205, 150), (205, 60), (190, 240)], float)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The app in a copy of the program, in which visitors may train and keep networks."""
    root = tmp_path_factory.mktemp("learning") / "digits"
    unneeded = shutil.ignore_patterns(".*", "tests", "benchmarks", "__pycache__", "*.sqlite")
    shutil.copytree(ROOT, root, ignore=unneeded)
    shutil.copytree(ROOT / ".streamlit", root / ".streamlit")
    # With a priority below the app's, a training almost stands still while other tests keep all cores busy.
    training = root / "model" / "training" / "live.py"
    text, replaced = re.subn(r"^_NICENESS = \d+$", "_NICENESS = 0", training.read_text(), flags=re.MULTILINE)
    assert replaced == 1
    training.write_text(text)
    # With a token, nobody here is the operator, who could stop the runs of all visitors.
    allowed = {"DIGITS_TRAINING": "on", "DIGITS_KEEPING": "on", "DIGITS_TOKEN": "secret"}
    with running_app(root.parent / "log", root=root, PYTHONPATH=str(root), **allowed) as app:
        yield app


@pytest.fixture
def learner(browser: Browser, app: RunningApp) -> Iterator[Page]:
    """A visitor on the screen, once the training process is ready."""
    with browser.new_context(**DESKTOP) as context:
        page = context.new_page()
        page.goto(f"{app.url}/?view=Learn")
        page.locator("canvas.upper-canvas").wait_for()
        expect(page.locator(".run-state")).to_have_class(re.compile("ready|idle"), timeout=_PATIENCE)
        yield page


def children_of(process: int) -> list[int]:
    """The processes that a process has started."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]


def test_a_network_learns_before_ones_eyes_is_looked_back_on_kept_and_used(learner: Page, browser: Browser, app):
    page = learner
    draw(page)
    wait_until_settled(page)
    page.get_by_role("button", name="Start").click()
    page.locator(".run").wait_for(timeout=_PATIENCE)
    bars = page.locator(".run .bars .value")
    early, first_bars = images_seen(page), bars.all_inner_texts()
    wait_until(page, lambda: images_seen(page) > early + 2000)
    assert bars.all_inner_texts() != first_bars  # the drawing's
    points = page.locator(".run polyline.training").first
    assert len(points.get_attribute("points").split()) > 3
    with browser.new_context(**DESKTOP) as context:
        other = context.new_page()
        other.goto(f"{app.url}/?view=Learn")
        expect(other.locator(".run-state")).to_have_text("Someone else is training a network; you are watching.")
        expect(other.locator(".wall i")).to_have_count(100)
        expect(other.get_by_role("button", name="Stop")).to_have_count(0)
    page.reload()  # who started it is known again
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Stop").click()
    page.locator(".st-key-result").wait_for(timeout=_PATIENCE)
    page.reload()  # and keeps what came of it
    page.locator(".st-key-result").wait_for()
    at_the_end = page.locator(".numbers").inner_text()
    page.get_by_role("slider", name="Go back through the run").press("Home")
    expect(page.locator(".numbers")).not_to_have_text(at_the_end)
    expect(page.locator(".numbers dd").first).to_have_text(re.compile(r"^[012]?\d\.\d+ %$"))  # it knew nothing yet
    expect(page.locator(".st-key-learn-reading th")).to_contain_text(["compact", "just trained"])
    page.get_by_text("What to train").click()
    expect(page.get_by_text("What data is worth")).to_be_visible()
    expect_nothing_serious(page)
    page.get_by_label("Keep it under a name").fill("mine")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_text("Kept as mine").wait_for(timeout=_PATIENCE)
    page.get_by_role("button", name="Draw with it").click()
    expect(page.get_by_role("button", name="mine", exact=True)).to_be_visible()
    expect(page.locator("[data-reading]")).to_have_attribute("data-reading", re.compile(r"[\d?]"))
    go_to(page, "Network")
    expect(page.locator(".networks")).to_contain_text("mine")


def test_five_drawings_teach_it_to_read_the_sixth_and_one_click_takes_that_back(learner: Page):
    page = learner
    page.get_by_text("Teach it", exact=True).click()
    rng = np.random.default_rng(1)
    for number in range(5):
        draw(page, ODD + rng.normal(0, 6, ODD.shape))
        wait_until_settled(page)
        page.get_by_role("button", name="it was a 7").click()
        expect(page.locator(".examples li")).to_have_count(number + 1)
        wait_until_settled(page)
    expect_nothing_serious(page, ".st-key-learn-side")
    page.get_by_role("button", name="Teach compact").click()
    page.locator(".st-key-result").wait_for(timeout=_PATIENCE)
    rows = page.locator(".scores tbody tr")
    expect(rows.first).to_contain_text("5 of 5")
    expect(rows).to_have_count(4)
    draw(page, ODD + rng.normal(0, 6, ODD.shape))
    wait_until_settled(page)
    seven = page.locator(".side-by-side tbody tr").nth(7).locator("td")
    expect(seven.nth(1).locator(".best")).to_have_count(1)
    expect(seven.nth(0).locator(".best")).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(page.locator(".st-key-result")).to_have_count(0)


def test_a_server_that_is_stopped_leaves_no_training_process(browser: Browser, tmp_path: Path):
    with running_app(tmp_path / "log", DIGITS_TRAINING="on") as app, browser.new_context(**DESKTOP) as context:
        page = context.new_page()
        page.goto(f"{app.url}/?view=Learn")
        wait_until(page, lambda: children_of(app.pid))
        (training,) = children_of(app.pid)
        os.kill(app.pid, signal.SIGKILL)
        wait_until(page, lambda: not Path(f"/proc/{training}").exists())
