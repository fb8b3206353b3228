"""Clear, Undo, Redo and Sample, by button and key, however quickly they follow one another or a stroke."""

import re

import pytest
from helpers import ONE, button, draw, expect_reading, ink, on_screen, on_slow_server, wait_until
from playwright.sync_api import Page, expect

from scripts.running import ROOT, wait_until_settled


def test_another_button_during_a_stroke_changes_nothing(page: Page):
    top, middle, below, bottom = on_screen(page, [(140, 50), (140, 140), (140, 160), (140, 230)])
    page.mouse.move(*top)
    page.mouse.down()
    page.mouse.move(*middle, steps=8)
    page.mouse.down(button="right")
    page.mouse.move(*below, steps=3)
    page.mouse.up(button="right")
    page.mouse.move(*bottom, steps=8)
    page.mouse.up()
    expect_reading(page, "1")
    wait_until_settled(page)
    assert ink(page) > 20 * 180
    page.keyboard.press("Delete")
    expect_reading(page, "")


def test_redo_right_after_undo_is_obeyed(page: Page):
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    before = ink(page)
    for _ in range(4):
        page.keyboard.press("Control+z")
        page.keyboard.press("Control+y")
        wait_until_settled(page)
        assert ink(page) == pytest.approx(before, rel=0.01)
        expect_reading(page, "7")


@on_slow_server
@pytest.mark.parametrize("key", ["Delete", "Backspace"])
def test_a_key_clears_the_pad_at_once_and_what_is_drawn_right_after_it_stays(page: Page, key):
    wait_until_settled(page)
    for fill in (lambda: draw(page), lambda: page.keyboard.press("n")):
        fill()
        wait_until_settled(page)
        page.evaluate("window.delay = 300")
        page.keyboard.press(key)
        draw(page, ONE)
        expect_reading(page, "1")
        wait_until_settled(page)
        expect_reading(page, "1")
        assert 0.9 < ink(page) / 4000 < 1.1  # the stroke of 180 x 20 pixels with its round ends, and nothing else
        page.evaluate("window.delay = 0")
        page.keyboard.press(key)
        expect_reading(page, "")


@on_slow_server
def test_a_stroke_begun_while_the_server_changes_the_pad_is_drawn_afterwards_to_its_end(page: Page):
    wait_until_settled(page)
    page.keyboard.press("n")
    expect_reading(page, re.compile("."))
    wait_until_settled(page)
    page.evaluate("window.delay = 200")
    page.keyboard.press("Delete")
    top, middle, bottom = on_screen(page, [(140, 50), (140, 140), (140, 230)])
    page.mouse.move(*top)
    page.mouse.down()
    page.mouse.move(*middle, steps=3)
    page.wait_for_timeout(1000)  # the server clears the pad under the pen
    page.mouse.move(*bottom, steps=3)
    page.mouse.up()
    expect_reading(page, "1")
    assert 0.9 < ink(page) / 4000 < 1.1


@on_slow_server
@pytest.mark.parametrize(
    ("keys", "left"),
    [(["Control+z"], 1), (["Delete"], 0), (["Control+z", "Control+z"], 0), (["Delete", "Control+z"], 2)],
)
def test_keys_that_come_while_a_stroke_waits_for_a_slow_server_are_obeyed_after_it(plain_page: Page, keys, left):
    page = plain_page
    lines = [[(x, 60), (x, 120)] for x in (60, 110, 160)]
    draw(page, lines[0])
    wait_until(page, lambda: ink(page) > 0)
    one = ink(page)
    wait_until_settled(page)
    draw(page, lines[1])
    wait_until_settled(page)
    page.evaluate("window.delay = 300")
    page.keyboard.press("Control+z")
    draw(page, lines[2])
    for key in keys:
        page.keyboard.press(key)
    wait_until_settled(page)
    assert round(ink(page) / one) == left


def test_undo_and_redo_go_through_strokes_clear_and_sample_alike(page: Page):
    draw(page, ONE)
    draw(page, [(130, 50), (60, 150), (220, 150)])
    expect_reading(page, "4")
    button(page, "clear-pad").click()
    expect_reading(page, "")
    button(page, "sample").click()
    wait_until_settled(page)
    expect_reading(page, re.compile("."))
    sample = page.locator(".seen img").get_attribute("src")
    page.keyboard.press("Delete")
    for text in (re.compile("."), "", "4", "1", ""):
        button(page, "undo-pad").click()
        expect_reading(page, text)
    for keys, text in (("Control+Shift+z", "1"), ("Control+y", "4"), ("Control+y", ""), ("Control+y", re.compile("."))):
        page.keyboard.press(keys)
        expect_reading(page, text)
    expect(page.locator(".seen img")).to_have_attribute("src", sample)


@on_slow_server
def test_each_of_several_quick_keys_is_obeyed_in_its_turn(page: Page):
    wait_until_settled(page)
    for x in (60, 110, 160, 210):
        draw(page, [(x, 60), (x, 220)])
    wait_until_settled(page)
    four = ink(page)
    page.evaluate("window.delay = 100")
    for key in ("Control+z", "Control+z", "Control+z", "n", "Delete", "Control+z", "Control+z"):
        page.keyboard.press(key)
    expect_reading(page, "1")
    wait_until(page, lambda: ink(page) == pytest.approx(four / 4, rel=0.05))


def test_undo_right_after_a_stroke_takes_that_stroke_back(page: Page):
    for _ in range(5):
        draw(page, ONE)
        expect_reading(page, "1")
        wait_until_settled(page)
        before = ink(page)
        draw(page, [(60, 40), (220, 40)])
        page.keyboard.press("Control+z")
        wait_until_settled(page)
        assert ink(page) == pytest.approx(before, rel=0.01)
        expect_reading(page, "1")
        page.keyboard.press("Backspace")
        expect_reading(page, "")


def test_keys_work_wherever_the_focus_is_but_in_a_text_field(plain_page: Page):
    page = plain_page
    for part in (".tabs button", ".brushes button", ".tools [data-value=sample]"):
        draw(page)
        expect_reading(page, "7")
        page.locator(part).first.focus()
        page.keyboard.press("Backspace")
        expect_reading(page, "")
    page.get_by_text("Mistakes", exact=True).first.click()
    page.locator(".st-key-filters button").first.click()
    field = page.get_by_role("textbox", name="Index")
    field.fill("7")
    field.press("Backspace")
    field.press("s")
    expect(field).to_have_value("s")
    expect(page.locator(".st-key-stage")).to_have_count(0)


# Without the timer that ends each hold after a while, only the server's answer can end one.
LONGEST_HOLD = re.search(r"LONGEST_HOLD = (\d+)", (ROOT / "views" / "watch.js").read_text())[1]
WITHOUT_TIMER = f"const later = setTimeout; setTimeout = (call, ms) => ms === {LONGEST_HOLD} ? 0 : later(call, ms);"


@pytest.mark.parametrize("script", [WITHOUT_TIMER], ids=["without timer"])
def test_a_key_on_a_blank_pad_holds_nothing_up(page: Page):
    wait_until_settled(page)
    for key in ("Control+z", "Delete"):
        page.keyboard.press(key)
        draw(page)
        expect_reading(page, "7")
        page.keyboard.press("Delete")
        expect_reading(page, "")
