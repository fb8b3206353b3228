"""Times the pad in a real Chromium, from pointer events to new bars: python -m benchmarks.latency

All times are the page's own: from the pointer event to the frame in which bars or the picture beside them have changed.
A stroke takes a quarter of a second. One visitor draws again at once; where there are many, each looks at what was read
for one and a half to four and a half seconds, as people do, so that they are not in step.
"""

import argparse
import random
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Browser, Page

from scripts.running import crowd, running_app, running_chromium, spread

# Notes when pointer events come and when the page has changed after them.
_NOTES = """
window.notes = { pointermove: 0, pointerup: 0, changed: 0 };
for (const name of ["pointermove", "pointerup"]) {
    window.addEventListener(name, () => { window.notes[name] = performance.now(); }, true);
}
new MutationObserver((changes) => {
    const shows = (node) => node.querySelector?.(":scope > .answer") ?? node.parentElement?.closest(".answer");
    if (changes.some((change) => shows(change.target))) {
        requestAnimationFrame(() => { window.notes.changed = performance.now(); });
    }
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""
_SETTLED = 500  # ms after which nothing changes any more
_LOOK = (1000, 4000)  # ms more that a visitor among many looks at a reading, by chance


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__.split("\n")[0])
    parser.add_argument("--strokes", type=int, default=20, help="strokes a visitor draws")
    parser.add_argument("--visitors", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder) / "log") as app:
        with running_chromium() as browser:
            page = _open(browser, app.url)
            print(f"pen movement to new bars: {spread(_move(page, 4 * options.strokes))}")
            lifted, lost = _draw(page, options.strokes)
            print(f"pen lifted to new bars: {spread(lifted)}, {lost} strokes lost")
        _crowd(app.url, options.visitors, options.strokes)


def _open(browser: Browser, url: str) -> Page:
    page = browser.new_page()
    page.goto(url)
    page.locator("canvas.upper-canvas").wait_for()
    page.evaluate(_NOTES)
    page.wait_for_timeout(1000)
    return page


def _move(page: Page, movements: int) -> list[float]:
    """Draws one long stroke with rests; for each movement the ms until the page changed."""
    box = page.locator("canvas.upper-canvas").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    times = []
    for step in range(movements):
        page.wait_for_timeout(150)
        across, down = step % 20, step // 20
        page.mouse.move(box["x"] + 20 + 12 * (across if down % 2 == 0 else 19 - across), box["y"] + 20 + 50 * down)
        page.wait_for_timeout(300)
        moved, changed = page.evaluate("[notes.pointermove, notes.changed]")
        if changed > moved:
            times.append(changed - moved)
    page.mouse.up()
    page.wait_for_timeout(_SETTLED)
    page.get_by_role("button", name="Clear").click()
    page.wait_for_timeout(_SETTLED)
    return times


def _draw(page: Page, strokes: int, look: tuple[int, int] = (0, 0)) -> tuple[list[float], int]:
    """Draws so many ones, each on an empty pad; the ms from pen-up to the last change, and how many were not read."""
    box = page.locator("canvas.upper-canvas").bounding_box()
    times, lost = [], 0
    page.wait_for_timeout(random.uniform(*look))
    for stroke in range(strokes):
        x = box["x"] + 100 + 4 * (stroke % 20)
        page.mouse.move(x, box["y"] + 50)
        page.mouse.down()
        for step in range(1, 11):
            page.wait_for_timeout(20)
            page.mouse.move(x, box["y"] + 50 + 18 * step)
        page.mouse.up()
        page.wait_for_timeout(_SETTLED + random.uniform(*look))
        lifted, changed = page.evaluate("[notes.pointerup, notes.changed]")
        heading = page.locator(".st-key-prediction").get_by_role("heading")
        if changed > lifted and heading.count() and heading.inner_text() == "1":
            times.append(changed - lifted)
        else:
            lost += 1
        # A lost stroke leaves nothing to clear.
        if page.get_by_role("button", name="Clear").is_enabled():
            page.get_by_role("button", name="Clear").click()
        page.wait_for_timeout(_SETTLED)
    return times, lost


def _crowd(url: str, visitors: int, strokes: int) -> None:
    """Each visitor draws in a Chromium of his own, all at once."""
    times: list[float] = []
    lost: list[int] = []

    def visit(browser: Browser, together: threading.Barrier) -> None:
        page = _open(browser, url)
        together.wait()
        drawn, missing = _draw(page, strokes, _LOOK)
        times.extend(drawn)
        lost.append(missing)

    crowd(visitors, visit)
    print(f"{visitors} visitors at once, pen lifted to new bars: {spread(times)}, {sum(lost)} strokes lost")


if __name__ == "__main__":
    main()
