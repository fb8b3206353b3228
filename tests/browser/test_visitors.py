"""What one test leaves in a tab, the next one does not find there."""

from helpers import DESKTOP, draw, empty, expect_reading, go_to, ink, wait_until
from playwright.sync_api import Page, expect

from scripts.running import wait_until_settled

FOUND = """() => ({
    cookie: /left=1/.test(document.cookie),
    stored: [localStorage.left ?? "", sessionStorage.left ?? "", sessionStorage.canvas ?? ""],
    size: [window.innerWidth, window.innerHeight],
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    forced: matchMedia("(forced-colors: active)").matches,
    online: navigator.onLine,
    history: history.length,
})"""


def test_a_tab_that_was_used_and_emptied_is_as_a_new_one(page: Page, app_url: str):
    new = page.evaluate(FOUND)
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    # The tab keeps the drawing.
    wait_until(page, lambda: page.evaluate(FOUND)["stored"][2])
    go_to(page, "Mistakes")
    page.locator(".gallery button").first.wait_for()
    page.evaluate("document.cookie = localStorage.left = sessionStorage.left = 'left=1'")
    page.emulate_media(color_scheme="dark", forced_colors="active")
    page.set_viewport_size({"width": 500, "height": 500})
    page.mouse.move(140, 140)
    page.mouse.down()
    page.context.set_offline(True)
    used = page.evaluate(FOUND)
    assert not any(used[name] == value for name, value in new.items())
    assert all(used["stored"])
    empty(page, app_url, DESKTOP)
    page.goto(app_url)
    page.locator("canvas.upper-canvas").wait_for()
    wait_until_settled(page)
    assert page.evaluate(FOUND) == new
    expect_reading(page, "")
    page.mouse.move(700, 400)
    page.mouse.move(300, 300, steps=8)
    wait_until_settled(page)
    assert ink(page) == 0
    page.go_back()
    assert page.url == "about:blank"
    expect(page.locator("canvas")).to_have_count(0)
