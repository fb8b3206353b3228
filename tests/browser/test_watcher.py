"""The reading follows the pen, and where it can't, everything goes on at the canvas package's own pace."""

import re

import pytest
from helpers import DESKTOP, SEVEN, canvas, draw, expect_reading, ink, on_both, on_screen, on_slow_server, wait_until
from playwright.sync_api import Browser, Page

from scripts.running import running_app, wait_until_settled

# In the browser: nothing to watch, pictures that can't be taken, pictures that stay blank, and no watcher at all.
OBSTACLES = {
    "closed shadow root": """
        const attach = Element.prototype.attachShadow;
        Element.prototype.attachShadow = function (options) {
            return attach.call(this, { ...options, mode: "closed" });
        };
    """,
    "unreadable canvas": """
        const read = HTMLCanvasElement.prototype.toDataURL;
        HTMLCanvasElement.prototype.toDataURL = function (...options) {
            if (new Error().stack.includes("picture")) throw new DOMException("no");
            return read.apply(this, options);
        };
    """,
    "blank pictures": """
        const paint = CanvasRenderingContext2D.prototype.drawImage;
        CanvasRenderingContext2D.prototype.drawImage = function (...what) {
            if (!new Error().stack.includes("picture")) paint.apply(this, what);
        };
    """,
    "no watcher": """
        const listen = window.addEventListener;
        window.addEventListener = function (name, ...rest) {
            if (!name.startsWith("pointer") || rest[1] !== true) listen.call(window, name, ...rest);
        };
    """,
}


def pen_down(page: Page, points: list[tuple[int, int]]) -> None:
    """Draws without lifting the pen."""
    for place, (x, y) in enumerate(on_screen(page, points)):
        page.mouse.move(x, y, steps=8)
        if place == 0:
            page.mouse.down()
    page.wait_for_timeout(100)  # the pen rests
    page.mouse.move(x, y + 1)


def test_the_reading_follows_the_pen_before_it_is_lifted(page: Page):
    pen_down(page, [(140, 40), (140, 240)])
    expect_reading(page, "1")
    page.mouse.up()
    expect_reading(page, "1")
    wait_until_settled(page)
    expect_reading(page, "1")


def test_strokes_drawn_in_quick_succession_are_all_kept(page: Page):
    for y in (60, 140, 220):
        draw(page, [(60, y), (220, y)])
    wait_until_settled(page)
    for left in (2, 1):
        before = ink(page)
        page.get_by_role("button", name="Undo").click()
        wait_until_settled(page)
        assert 0 < ink(page) < before, left
    page.get_by_role("button", name="Undo").click()
    expect_reading(page, "")


@on_both
def test_a_number_survives_a_reload(page: Page):
    page.get_by_text("Number", exact=True).click()
    page.locator(".st-key-canvas-wide").wait_for()
    wait_until_settled(page)
    draw(page, [(60, 70), (110, 70), (70, 200)])
    draw(page, [(200, 60), (200, 210)])
    expect_reading(page, "71")
    wait_until_settled(page)
    drawn = ink(page)
    page.reload()
    expect_reading(page, "71")
    wait_until_settled(page)
    assert abs(ink(page) - drawn) <= 0.01 * drawn


@on_slow_server
def test_a_stroke_drawn_before_a_slow_server_has_cleared_the_pad_is_kept(page: Page):
    wait_until_settled(page)
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    page.evaluate("window.delay = 6000")  # longer than `wait_until` waits
    page.get_by_role("button", name="Clear").click()
    wait_until(page, lambda: ink(page) == 0)
    draw(page, [(140, 40), (140, 240)])
    wait_until(page, lambda: ink(page) > 0)
    drawn = ink(page)
    page.evaluate("window.delay = 0")
    wait_until_settled(page)
    expect_reading(page, "1")
    assert ink(page) == drawn > 0


@on_both
def test_a_drawing_survives_a_reload_and_a_turn_of_the_phone_last_stroke_included(page: Page):
    draw(page, [(60, 70), (210, 70)])
    draw(page, [(210, 70), (120, 230)])
    expect_reading(page, "7")
    wait_until_settled(page)
    drawn = ink(page)
    size = page.viewport_size
    page.set_viewport_size({"width": size["height"], "height": size["width"]})
    page.wait_for_timeout(500)  # the width of a window counts once it stays
    assert ink(page) == drawn
    page.set_viewport_size(size)
    page.reload()
    expect_reading(page, "7")
    wait_until_settled(page)
    assert abs(ink(page) - drawn) <= 0.01 * drawn
    draw(page, [(90, 150), (220, 150)])
    expect_reading(page, "7")
    page.get_by_role("button", name="Clear").click()
    expect_reading(page, "")
    wait_until_settled(page)
    page.reload()
    page.locator("canvas.upper-canvas").wait_for()
    wait_until_settled(page)
    expect_reading(page, "")
    assert ink(page) == 0


def test_a_server_that_was_gone_comes_back_with_the_drawing(browser: Browser, tmp_path):
    with browser.new_context(**DESKTOP) as context:
        page = context.new_page()
        with running_app(tmp_path / "log") as app:
            page.goto(app.url)
            page.locator("canvas.upper-canvas").wait_for()
            wait_until_settled(page)
            draw(page)
            expect_reading(page, "7")
            wait_until_settled(page)
            drawn = ink(page)
        page.wait_for_timeout(1000)  # the page tries to connect, in vain
        with running_app(tmp_path / "log", int(app.url.rsplit(":", 1)[1])):
            page.locator("[data-test-connection-state=CONNECTED]").wait_for(timeout=20_000)
            page.wait_for_timeout(2000)  # the page has a new session by then: there is nothing to see of it
            wait_until_settled(page)
            expect_reading(page, "7")
            assert abs(ink(page) - drawn) <= 0.01 * drawn
            draw(page, [(90, 150), (220, 150)])
            wait_until_settled(page)
            assert ink(page) > drawn
            page.get_by_role("button", name="Clear").click()
            expect_reading(page, "")


def test_a_cable_pulled_for_a_moment_loses_nothing(page: Page):
    draw(page)
    expect_reading(page, "7")
    page.context.set_offline(True)
    before = ink(page)
    draw(page, [(90, 150), (220, 150)])
    wait_until(page, lambda: ink(page) > before)
    drawn = ink(page)
    page.context.set_offline(False)
    wait_until_settled(page)
    assert ink(page) == drawn
    expect_reading(page, "7")
    page.get_by_role("button", name="Clear").click()
    expect_reading(page, "")


def test_keys_clear_the_pad_and_bring_the_next_sample(page: Page):
    page.keyboard.press("n")
    expect_reading(page, re.compile(r"^\d$"))
    page.keyboard.press("Delete")
    expect_reading(page, "")


@pytest.mark.parametrize("obstacle", list(OBSTACLES))
def test_without_the_watcher_drawings_are_read_at_the_packages_pace(browser: Browser, app_url: str, obstacle: str):
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script(OBSTACLES[obstacle])
        page.goto(app_url)
        page.locator(".st-key-canvas").wait_for()
        page.wait_for_timeout(1500)  # without the watcher, nothing tells when the pad is settled
        place = page.locator(".st-key-canvas").bounding_box()
        for stroke, expected in ((SEVEN, "7"), ([(60, 150), (220, 150)], "7")):
            for step, (x, y) in enumerate(stroke):
                scale = place["height"] / 280
                page.mouse.move(place["x"] + scale * x, place["y"] + scale * y, steps=8)
                if step == 0:
                    page.mouse.down()
            page.mouse.up()
            page.wait_for_timeout(600)  # as above
            expect_reading(page, expected)
        page.get_by_role("button", name="Clear").click()
        expect_reading(page, "")


def test_a_click_that_draws_nothing_does_not_end_the_watch(page: Page):
    box = canvas(page).bounding_box()
    page.mouse.click(box["x"] + 100, box["y"] + 100, button="right")
    wait_until_settled(page)
    pen_down(page, [(140, 40), (140, 240)])
    expect_reading(page, "1")
    page.mouse.up()
