"""The stage: pad, answer and bars alone, on a projector and on a phone."""

import numpy as np
import pytest
from helpers import SEVEN, answer, button, canvas, draw, draw_by_touch, expect_reading, ink, on_phone
from playwright.sync_api import Page, expect

from scripts.running import wait_until_settled


def test_the_stage_has_nothing_but_pad_digit_bars_and_the_last_drawings(page: Page):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("s")
    page.locator(".st-key-stage").wait_for()
    expect(page.get_by_role("radiogroup")).to_have_count(0)
    wait_until_settled(page)
    assert canvas(page).bounding_box()["height"] == pytest.approx(0.68 * 720, abs=1)
    for _ in range(3):
        draw(page, 1.75 * SEVEN)
        expect_reading(page, "7")
        wait_until_settled(page)
        page.keyboard.press("Delete")
        expect_reading(page, "")
    expect(page.locator(".history li")).to_have_text(["7"] * 3)
    draw(page, 1.75 * SEVEN)
    expect_reading(page, "7")
    wait_until_settled(page)
    assert float(answer(page).evaluate("digit => getComputedStyle(digit).fontSize").rstrip("px")) >= 150
    assert page.evaluate("document.querySelector('.stMain').scrollHeight <= window.innerHeight")
    page.keyboard.press("Escape")
    expect(page.get_by_role("radiogroup", name="View")).to_be_visible()
    expect_reading(page, "7")
    page.go_back()
    expect(page.locator(".st-key-stage")).to_be_visible()


@on_phone
def test_the_stage_fits_a_phone_and_is_drawn_on_with_a_finger(page: Page):
    page.get_by_role("button", name="Stage").tap()
    page.locator(".st-key-stage").wait_for()
    wait_until_settled(page)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth <= window.innerWidth")
    pad = canvas(page).bounding_box()
    assert pad["x"] >= 0
    assert pad["x"] + pad["width"] <= page.viewport_size["width"]
    draw_by_touch(page, 1.2 * SEVEN)
    expect_reading(page, "7")
    page.locator(".truth [data-value='7']").tap()
    expect(page.locator(".truth [data-value=right] b")).to_have_text("1")
    page.get_by_role("button", name="Leave the stage").tap()
    expect(page.get_by_role("radiogroup", name="View")).to_be_visible()


def test_a_drawing_goes_to_the_stage_and_comes_back(page: Page):
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    page.keyboard.press("s")
    page.locator(".st-key-stage").wait_for()
    wait_until_settled(page)
    assert ink(page) > 0
    page.keyboard.press("Escape")
    expect(page.get_by_role("radiogroup", name="View")).to_be_visible()
    wait_until_settled(page)
    assert ink(page) > 0


def test_the_stage_opens_and_closes_with_a_number_of_several_digits_on_the_pad(page: Page):
    page.get_by_text("Number", exact=True).click()
    page.locator(".st-key-canvas-wide").wait_for()
    wait_until_settled(page)
    for across in (0, 250):
        draw(page, SEVEN + np.array([across, 0]))
        wait_until_settled(page)
    expect_reading(page, "77")
    page.keyboard.press("s")
    page.get_by_role("button", name="Leave the stage").wait_for()
    expect_reading(page, "77")
    page.keyboard.press("Escape")
    page.locator(".st-key-stage").wait_for(state="detached")
    page.get_by_role("button", name="Similar test images").click()
    expect(page.get_by_text("test images are read wrong")).to_be_visible()


def test_chinese_stays_chinese_on_the_stage(page: Page):
    page.get_by_text("中文", exact=True).click()
    page.keyboard.press("s")
    page.locator(".st-key-stage").wait_for()
    wait_until_settled(page)
    expect_reading(page, "")
    expect(answer(page)).to_contain_text("写一个数字")
    draw(page, 1.75 * SEVEN)
    expect_reading(page, "7")
    expect(page.locator(".sure")).to_contain_text("把握")
    expect(button(page, "clear-pad")).to_contain_text("清除")
    assert page.evaluate("document.documentElement.lang") == "zh"
