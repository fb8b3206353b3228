"""What one test leaves in a tab, the next one does not find there; and what a page is sent, it can show."""

from helpers import DESKTOP, draw, empty, expect_reading, go_to, ink, wait_until
from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from benchmarks.visitor import visiting
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


def test_a_message_that_the_page_may_have_is_sent_whole(app_url: str, monkeypatch):
    messages = []
    with visiting(app_url, view="Mistakes") as visitor:
        note = visitor._note
        monkeypatch.setattr(visitor, "_note", lambda message: (messages.append(message), note(message)))
        visitor.run(view="Mistakes")
        # What a page says that it has, which may be gone when the answer comes.
        has = [message.hash for message in messages if message.hash]
        messages.clear()
        again = BackMsg()
        again.rerun_script.query_string = "view=Mistakes"
        again.rerun_script.cached_message_hashes.extend(has)
        visitor.page.send(again.SerializeToString())
        while (message := visitor._next()).WhichOneof("type") != "script_finished":
            messages.append(message)
    kinds = [message.WhichOneof("type") for message in messages]
    assert kinds.count("delta") > 20
    assert "ref_hash" not in kinds
