"""The pad with mouse and touch: what is drawn is read, cleared, undone and kept."""

import re

from helpers import DESKTOP, canvas, draw, draw_by_touch, expect_reading, go_to, ink, on_both, on_phone
from playwright.sync_api import Browser, Page, expect

from scripts.running import wait_until_settled


@on_both
def test_a_seven_drawn_with_the_mouse_is_read_as_7(page: Page):
    draw(page)
    expect_reading(page, "7")
    expect(page.locator(".reading .bars li")).to_have_count(10)
    expect(page.locator(".seen img")).to_be_visible()


@on_phone
def test_a_seven_drawn_with_a_finger_on_a_phone_is_read_as_7(page: Page):
    draw_by_touch(page)
    expect_reading(page, "7")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@on_phone
def test_a_stroke_stays_whose_finger_the_system_takes_away(page: Page):
    draw_by_touch(page, end="touchCancel")
    expect_reading(page, "7")
    wait_until_settled(page)
    expect_reading(page, "7")
    assert ink(page) > 1000


def test_an_empty_pad_invites_to_draw(page: Page):
    expect(page.locator(".head")).to_contain_text("Draw a digit")
    expect_reading(page, "")


def test_clear_empties_the_pad_and_the_next_drawing_is_read_alone(page: Page):
    draw(page)
    expect_reading(page, "7")
    page.get_by_role("button", name="Clear").click()
    expect_reading(page, "")
    wait_until_settled(page)
    expect_reading(page, "")
    draw(page, [(140, 50), (140, 230)])
    expect_reading(page, "1")


def test_undo_takes_back_the_last_stroke_alone(page: Page):
    draw(page, [(140, 50), (140, 230)])
    expect_reading(page, "1")
    draw(page, [(130, 50), (60, 150), (220, 150)])
    expect_reading(page, "4")
    page.get_by_role("button", name="Undo").click()
    expect_reading(page, "1")
    page.keyboard.press("Control+z")
    expect_reading(page, "")


def test_a_drawing_survives_a_change_of_view_and_can_be_continued(page: Page):
    draw(page)
    expect_reading(page, "7")
    go_to(page, "Mistakes")
    page.locator(".st-key-mistakes-gallery img").first.wait_for()
    go_to(page, "Draw")
    expect_reading(page, "7")
    assert ink(page) > 0
    page.get_by_role("button", name="Undo").click()
    expect_reading(page, "")


def test_a_sample_is_a_test_digit_that_is_read_without_drawing(page: Page):
    page.get_by_role("button", name="Sample").click()
    expect_reading(page, re.compile(r"^\d$"))
    wait_until_settled(page)
    assert ink(page) > 100
    first = page.locator(".seen img").get_attribute("src")
    page.get_by_role("button", name="Sample").click()
    expect(page.locator(".seen img")).not_to_have_attribute("src", first)


def test_the_canvas_has_no_toolbar_that_could_wipe_the_drawing(page: Page):
    draw(page)
    canvas(page).hover()
    expect(page.locator(".dc-toolbar")).to_be_hidden()
    expect(page.get_by_role("img", name="Drawing pad")).to_be_visible()


@on_both
def test_a_number_is_read_digit_by_digit_with_a_box_and_bars_for_each(page: Page):
    page.get_by_text("Number", exact=True).click()
    # A narrow window is known to the server only a moment after the first pad has come.
    width = min(640, page.viewport_size["width"] - 40)
    expect(page.locator(".st-key-canvas-wide canvas.upper-canvas")).to_have_css("width", f"{width}px")
    canvas(page).hover()  # waits until the other pad has gone and this one keeps its place
    draw(page, [(50, 60), (50, 220)])
    draw(page, [(120, 70), (220, 70), (160, 220)])
    expect_reading(page, "17")
    expect(page.locator(".boxes .box")).to_have_count(2)
    page.get_by_role("group", name="Digits in reading order").get_by_text("7 ·").click()
    expect(page.locator(".reading .bars .best .digit")).to_have_text("7")
    assert canvas(page).bounding_box()["width"] <= page.viewport_size["width"] - 20


def test_a_scribble_is_not_read_as_a_digit_but_the_best_guess_is_told(page: Page):
    draw(page, [(20 + 24 * step, 40 if step % 2 else 240) for step in range(11)])
    expect_reading(page, "?")
    expect(page.locator(".sure")).to_contain_text("Not sure this is a digit. Best guess")
    best, accent = page.locator(".bars .best .bar"), "rgb(234, 88, 12)"
    expect(best).not_to_have_css("background-color", accent)
    page.get_by_role("button", name="Clear").click()
    draw(page)
    expect_reading(page, "7")
    expect(best).to_have_css("background-color", accent)


def test_two_visitors_draw_at_once_and_each_sees_his_own(page: Page, browser: Browser, app_url: str):
    with browser.new_context(**DESKTOP) as context:
        other = context.new_page()
        other.goto(app_url)
        other.locator("canvas.upper-canvas").wait_for()
        draw(page)
        draw(other, [(140, 50), (140, 230)])
        expect_reading(page, "7")
        expect_reading(other, "1")
