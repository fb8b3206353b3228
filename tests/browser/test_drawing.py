"""What a person draws is what is read, and is never lost: with every tool, on every pad, at any speed."""

import base64
import os
import re
import signal
from collections.abc import Callable

import numpy as np
import pytest
from helpers import (
    DESKTOP,
    SEVEN,
    button,
    canvas,
    draw,
    draw_by_touch,
    expect_reading,
    ink,
    on_screen,
    on_slow_server,
    wait_until,
    wait_until_stage_is_kept,
)
from playwright.sync_api import Browser, Page, expect

from model.reading.classifier import Classifier, load_classifier
from model.reading.pictures import open_picture
from scripts.hand import TOOLS, Hand, a_digit
from scripts.running import running_app, wait_until_settled

PADS = {"Digit": ".st-key-canvas", "Number": ".st-key-canvas-wide"}

# The canvas as a PNG.
PICTURE = """canvas => {
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    copy.getContext("2d").drawImage(canvas, 0, 0);
    return copy.convertToBlob().then(blob => new Promise(resolve => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result);
        reader.readAsDataURL(blob);
    }));
}"""


@pytest.fixture(scope="session")
def compact() -> Classifier:
    return load_classifier("compact")


def as_the_command_line_reads(page: Page, compact: Classifier) -> str:
    """What `python -m model.predict` makes of a picture of the pad."""
    url = page.locator("canvas.lower-canvas").last.evaluate(PICTURE)
    return compact.read(open_picture(base64.b64decode(url.split(",", 1)[1])).image).text


def undo_all(page: Page) -> None:
    """Takes all strokes back, by key."""
    while before := ink(page):
        page.keyboard.press("Control+z")
        wait_until(page, lambda before=before: ink(page) != before)


CLEARED: list[Callable[[Page], None]] = [
    lambda page: button(page, "clear-pad").click(),
    lambda page: page.keyboard.press("Delete"),
    undo_all,
]


@pytest.mark.parametrize("address", ["", "?source=Number", "?stage=on"], ids=["digit", "number", "stage"])
def test_drawings_by_a_hand_are_all_read_as_the_command_line_reads_the_pad(
    browser: Browser, app_url: str, compact, address
):
    rng = np.random.default_rng(len(address))
    with browser.new_context(**DESKTOP, has_touch=True) as context:
        page = context.new_page()
        page.goto(f"{app_url}/{address}")
        page.locator("canvas.upper-canvas").wait_for()
        for number in range(9):  # each tool with each way to clear
            hand = Hand(page, TOOLS[number % 3], rng)
            digits = [a_digit(rng, (x, 140), 120) for x in (110, 400)] if "Number" in address else [a_digit(rng)]
            for digit in digits:
                hand.draw(digit)
            wait_until_settled(page)
            expect_reading(page, as_the_command_line_reads(page, compact))
            CLEARED[number // 3 % 3](page)
            page.wait_for_timeout(rng.uniform(0, 150))


def test_a_stroke_that_ends_at_speed_and_a_click_on_clear_leave_the_next_digit_to_be_read(page: Page):
    for _ in range(5):
        begin, end, beyond = on_screen(page, [(60, 60), (90, 90), (200, 200)])
        page.mouse.move(*begin)
        page.mouse.down()
        page.mouse.move(*end)
        page.mouse.up()
        page.mouse.move(*beyond)
        button(page, "clear-pad").click()
        draw(page)
        expect_reading(page, "7")
        wait_until_settled(page)
        expect_reading(page, "7")
        page.keyboard.press("Delete")
        expect_reading(page, "")


@pytest.mark.parametrize("sources", [("Digit", "Number"), ("Number", "Digit")], ids="-".join)
def test_a_pad_never_shows_what_was_drawn_on_the_other_one(page: Page, sources):
    first, second = sources
    page.get_by_text(first, exact=True).click()
    page.locator(PADS[first]).wait_for()
    wait_until_settled(page)
    draw(page)
    expect_reading(page, "7")
    page.get_by_text(second, exact=True).click()
    page.locator(PADS[second]).wait_for()
    expect_reading(page, "")
    wait_until_settled(page)
    expect_reading(page, "")
    page.keyboard.press("y")
    expect(page.locator(".truth [data-value=right] b")).to_have_text("0")


@on_slow_server
@pytest.mark.parametrize(("delay", "pause"), [(300, 100), (600, 300)])
def test_two_quick_switches_of_the_pad_on_a_slow_connection_keep_the_drawing(plain_page: Page, delay, pause):
    page = plain_page
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    before = ink(page)
    page.evaluate("delay => { window.delay = delay; }", delay)
    page.get_by_text("Number", exact=True).click()
    page.wait_for_timeout(pause)
    page.get_by_text("Digit", exact=True).click()
    page.wait_for_timeout(4 * delay)  # until the answers to both clicks have come: there is nothing to see of them
    wait_until(page, lambda: ink(page) == pytest.approx(before, rel=0.01))
    expect_reading(page, "7")
    assert "source" not in page.url


@pytest.mark.parametrize("address", ["", "?source=Number", "?stage=on"], ids=["digit", "number", "stage"])
@pytest.mark.parametrize("pause", [0, 1000])
def test_a_reload_keeps_just_what_is_on_the_pad(plain_page: Page, pause):
    page = plain_page
    wait_until_settled(page)
    draw(page, SEVEN)
    wait_until(page, lambda: ink(page) > 0)
    page.wait_for_timeout(pause)
    drawn = ink(page)
    page.reload()
    expect_reading(page, re.compile("."))
    wait_until(page, lambda: abs(ink(page) - drawn) <= 0.01 * drawn)
    button(page, "clear-pad").click()
    wait_until(page, lambda: ink(page) == 0)
    page.wait_for_timeout(pause)
    page.reload()
    page.locator("canvas.upper-canvas").wait_for()
    wait_until_settled(page)
    expect_reading(page, "")
    assert ink(page) == 0


def test_on_the_stage_drawing_history_and_score_outlive_a_killed_server_and_the_page_says_that_it_is_gone(
    browser: Browser, tmp_path
):
    with browser.new_context(**DESKTOP) as context:
        page = context.new_page()
        gone = page.locator(".gone")

        def expect_all_back() -> None:
            expect_reading(page, "4")
            expect(page.locator(".history li")).to_have_text(["7✗", "7✓"])
            expect(page.locator(".score")).to_contain_text("1 of 2 right")

        with running_app(tmp_path / "log") as app:
            page.goto(f"{app.url}/?stage=on")
            page.locator("canvas.upper-canvas").wait_for()
            wait_until_settled(page)
            for key in "yx":
                draw(page)
                expect_reading(page, "7")
                wait_until_settled(page)
                page.keyboard.press(key)
                expect(page.locator(".truth [aria-pressed=true]")).to_have_count(1)
                page.keyboard.press("Delete")
                expect_reading(page, "")
            draw(page, [(130, 50), (60, 150), (220, 150)])
            expect_reading(page, re.compile("."))
            expect(page.locator(".history li")).to_have_count(2)
            wait_until_stage_is_kept(page)
            os.kill(app.pid, signal.SIGKILL)
            expect(gone).to_contain_text("The server does not answer", timeout=3000)
        # What is drawn meanwhile is read once the server is back, without another stroke.
        first = ink(page)
        draw(page, [(150, 90), (150, 240)])
        wait_until(page, lambda: ink(page) > first)
        drawn = ink(page)
        port = int(app.url.rsplit(":", 1)[1])
        with running_app(tmp_path / "log", port) as app:
            expect(gone).to_be_hidden(timeout=20_000)
            expect_all_back()
            assert abs(ink(page) - drawn) <= 0.01 * drawn
            page.reload()
            expect_all_back()
            wait_until_stage_is_kept(page)
            os.kill(app.pid, signal.SIGKILL)
            expect(gone).to_be_visible(timeout=3000)
        with running_app(tmp_path / "log", port):
            expect(gone).to_be_hidden(timeout=20_000)
            expect_all_back()


def test_a_drawing_stays_while_the_brush_changes_quickly(page: Page):
    wait_until_settled(page)
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    drawn = ink(page)
    for width in (10, 20, 32) * 5:
        button(page, f"brush-{width}").click()
    wait_until_settled(page)
    expect(button(page, "brush-32")).to_have_attribute("aria-pressed", "true")
    assert ink(page) == pytest.approx(drawn, rel=0.01)
    expect_reading(page, "7")
    expect(page.get_by_role("img", name="Drawing pad")).to_be_visible()
    expect(page.locator(".dc-toolbar")).to_be_hidden()


@pytest.mark.parametrize("tool", ["mouse", "pen"])
def test_a_stroke_of_mouse_or_stylus_right_after_one_of_a_finger_is_kept(browser: Browser, app_url: str, tool):
    with browser.new_context(**DESKTOP, has_touch=True) as context:
        page = context.new_page()
        page.goto(app_url)
        canvas(page)
        wait_until_settled(page)
        draw_by_touch(page, np.array([(130.0, 50.0), (60.0, 150.0), (220.0, 150.0)]))
        Hand(page, tool, np.random.default_rng(0)).draw([np.array([(150.0, 90.0), (150.0, 240.0)])])
        expect_reading(page, "4")
        wait_until_settled(page)
        page.reload()
        expect_reading(page, "4")
