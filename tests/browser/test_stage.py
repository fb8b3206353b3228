"""The stage: pad, answer and bars alone, on a projector and on a phone."""

import io
import re

import numpy as np
import pytest
from helpers import (
    DESKTOP,
    SEVEN,
    answer,
    button,
    canvas,
    choose_in_menu,
    draw,
    draw_by_touch,
    expect_reading,
    ink,
    on_phone,
    wait_until_stage_is_kept,
)
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from scripts.running import running_app, wait_until_settled

NEEDS_NO_SCROLLING = "document.querySelector('.stMain').scrollHeight <= window.innerHeight"


def test_the_stage_has_nothing_but_pad_digit_bars_and_the_last_drawings(page: Page):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("s")
    page.locator(".stage-bar").wait_for()
    expect(page.get_by_role("radiogroup")).to_have_count(0)
    wait_until_settled(page)
    assert canvas(page).bounding_box()["height"] == pytest.approx(0.68 * 720, abs=1)
    for _ in range(3):
        draw(page)
        expect_reading(page, "7")
        wait_until_settled(page)
        page.keyboard.press("Delete")
        expect_reading(page, "")
    expect(page.locator(".history li b")).to_have_text(["7"] * 3)
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    assert float(answer(page).evaluate("digit => getComputedStyle(digit).fontSize").rstrip("px")) >= 150
    assert page.evaluate(NEEDS_NO_SCROLLING)
    page.keyboard.press("Escape")
    expect(page.get_by_role("radiogroup", name="View")).to_be_visible()
    expect_reading(page, "7")
    expect(page).not_to_have_url(re.compile("stage=on"))
    page.go_back()
    expect(page.locator(".st-key-stage")).to_be_visible()


@on_phone
def test_the_stage_fits_a_phone_and_is_drawn_on_with_a_finger(page: Page):
    page.get_by_role("button", name="Stage").tap()
    page.locator(".stage-bar").wait_for()
    wait_until_settled(page)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth <= window.innerWidth")
    pad = canvas(page).bounding_box()
    assert pad["x"] >= 0
    assert pad["x"] + pad["width"] <= page.viewport_size["width"]
    draw_by_touch(page)
    expect_reading(page, "7")
    page.locator(".truth [data-value='7']").tap()
    expect(page.locator(".truth [data-value=right] b")).to_have_text("1")
    page.get_by_role("button", name="Leave the stage").tap()
    expect(page.get_by_role("radiogroup", name="View")).to_be_visible()


# Sends all but the first message that gives back what the tab kept of the stage.
LOSES_FIRST_MESSAGE = """
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (message) {
        const givesBack = !window.lost && new TextDecoder().decode(message).includes("score");
        if (givesBack) window.lost = true;
        else send.call(this, message);
    };
"""


@pytest.mark.parametrize("script", [LOSES_FIRST_MESSAGE], ids=["loses the first"])
def test_a_tab_gives_back_the_last_drawings_until_the_server_has_taken_them(page: Page):
    page.keyboard.press("s")
    page.locator(".stage-bar").wait_for()
    wait_until_settled(page)
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    page.keyboard.press("Delete")
    expect(page.locator(".history li b")).to_have_text(["7"])
    wait_until_stage_is_kept(page)
    page.reload()
    page.locator(".stage-bar").wait_for()
    expect(page.locator(".history li b")).to_have_text(["7"])
    assert page.evaluate("window.lost")
    # It is given back once, as is seen by a strip of two after the next drawing.
    wait_until_settled(page)
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    page.keyboard.press("Delete")
    expect(page.locator(".history li b")).to_have_text(["7", "7"])


def test_a_drawing_goes_to_the_stage_and_comes_back(page: Page):
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    page.keyboard.press("s")
    page.locator(".stage-bar").wait_for()
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
    page.get_by_text("Similar", exact=True).click()
    page.locator(".similar button").first.click()
    expect(page.get_by_text("test images are read wrong")).to_be_visible()


def test_chinese_stays_chinese_on_the_stage(page: Page):
    choose_in_menu(page, "中文")
    page.keyboard.press("s")
    page.locator(".stage-bar").wait_for()
    wait_until_settled(page)
    expect_reading(page, "")
    expect(answer(page)).to_contain_text("写一个数字")
    draw(page)
    expect_reading(page, "7")
    expect(page.locator(".sure")).to_contain_text("把握")
    expect(button(page, "clear-pad")).to_contain_text("清除")
    assert page.evaluate("document.documentElement.lang") == "zh"


def test_the_history_shows_what_was_right_and_wrong_and_the_score_can_be_reset(page: Page):
    page.keyboard.press("s")
    page.locator(".stage-bar").wait_for()
    for key in ("y", "x", None):
        draw(page)
        expect_reading(page, "7")
        wait_until_settled(page)
        if key:
            page.keyboard.press(key)
            expect(page.locator(".truth [aria-pressed=true]")).to_have_count(1)
        page.keyboard.press("Delete")
        expect_reading(page, "")
    expect(page.locator(".history li")).to_have_text(["7", "7✗", "7✓"])
    expect(page.locator(".score")).to_contain_text("1 of 2 right")
    page.get_by_role("button", name="Reset the score").click()
    expect(page.locator(".score")).to_have_count(0)
    expect(page.locator(".history li")).to_have_text(["7", "7✗", "7✓"])


def test_keys_show_both_networks_or_the_layers_live_in_the_place_of_the_bars(page: Page):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("s")
    page.locator(".stage-bar").wait_for()
    page.keyboard.press("c")
    names = page.locator(".st-key-reading .side-by-side thead th")
    expect(names).to_have_text(["compact", "classic"])
    draw(page)
    expect_reading(page, "7")
    expect(page.locator(".side-by-side tbody tr").nth(7).locator(".best")).to_have_count(2)
    assert page.evaluate(NEEDS_NO_SCROLLING)
    page.keyboard.press("l")
    sheets = page.locator(".st-key-reading .maps img")
    expect(sheets).to_have_count(6)
    assert page.evaluate(NEEDS_NO_SCROLLING)
    before = sheets.first.get_attribute("src")
    draw(page, [(60, 140), (180, 140)])
    expect(sheets.first).not_to_have_attribute("src", before)
    page.keyboard.press("l")
    expect(page.locator(".bars li")).to_have_count(10)


def test_a_code_leads_phones_here_or_the_page_says_how_to_let_them_in(page: Page, browser: Browser, tmp_path):
    page.keyboard.press("s")
    page.locator(".stage-bar").wait_for()
    page.keyboard.press("q")
    dialog = page.get_by_role("dialog", name="Phones")
    expect(dialog).to_contain_text("make app HOST=0.0.0.0")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".st-key-stage")).to_be_visible()
    with running_app(tmp_path / "log", host="0.0.0.0") as app, browser.new_context(**DESKTOP) as context:
        other = context.new_page()
        other.goto(f"{app.url}/?stage=on")
        other.locator(".stage-bar").wait_for()
        other.keyboard.press("q")
        shown = other.get_by_role("dialog", name="Phones")
        expect(shown).to_contain_text(re.compile(r"http://\d+\.\d+\.\d+\.\d+:\d+"))
        code = Image.open(io.BytesIO(shown.locator("svg").screenshot()))
        assert 0.3 < np.mean(np.asarray(code.convert("L")) < 128) < 0.6


def test_a_key_leads_through_the_script_of_five_acts(page: Page):
    page.keyboard.press("s")
    page.locator(".stage-bar").wait_for()
    act = page.locator(".act")
    for number, parts in enumerate((".bars", ".bars", ".side-by-side", ".maps", ".overlay"), 1):
        page.keyboard.press("p")
        expect(act).to_contain_text(f"{number}/5")
        expect(page.locator(parts).first).to_be_visible()
    page.keyboard.press("p")
    expect(act).to_have_count(0)
    expect(page.locator(".overlay")).to_have_count(0)


def test_a_key_fills_the_screen_with_the_stage_and_again_leaves_it(page: Page):
    page.keyboard.press("s")
    page.locator(".stage-bar").wait_for()
    for filled in (True, False):
        page.keyboard.press("f")
        page.wait_for_function("filled => Boolean(document.fullscreenElement) === filled", arg=filled)


def test_a_key_leads_from_the_stage_to_the_screen_on_which_a_network_learns(page: Page):
    page.keyboard.press("s")
    page.locator(".stage-bar").wait_for()
    page.keyboard.press("t")
    expect(page.get_by_role("radio", name="Learn")).to_be_checked()
    expect(page.locator(".run .wall i")).to_have_count(100)
