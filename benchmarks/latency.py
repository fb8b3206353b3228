"""Times the pad in a real Chromium, from pointer events to new bars: python -m benchmarks.latency

All times are the page's own: from the pointer event to the frame in which bars or the picture beside them have changed
for the last time. Digits are drawn as people draw them (`scripts.hand`), with mouse, finger and stylus in turn. One
visitor draws again at once; where there are many, each looks at what was read for one and a half to four and a half
seconds, as people do, so that they are not in step. Last, one visitor draws while another trains `compact` and watches.

With --record, the figures are kept in `benchmarks/latency.csv`. Let nothing else run.
"""

import argparse
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import numpy as np
from playwright.sync_api import Browser, Page

from benchmarks.records import read_records, write_records
from scripts.hand import TOOLS, Hand, a_digit
from scripts.running import box_of, crowd, running_app, running_chromium

LATENCY = Path(__file__).with_suffix(".csv")

# Notes when pointer events come and when the page has changed after them.
_NOTES = """
window.notes = { pointermove: 0, pointerup: 0, changed: 0 };
for (const name of ["pointermove", "pointerup"]) {
    window.addEventListener(name, () => { window.notes[name] = performance.now(); }, true);
}
new MutationObserver((changes) => {
    const shows = (node) => node.querySelector?.(":scope > .reading") ?? node.parentElement?.closest(".reading");
    if (changes.some((change) => shows(change.target))) {
        requestAnimationFrame(() => { window.notes.changed = performance.now(); });
    }
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""
_SETTLED = 500  # ms after which nothing changes any more
_LOOK = (1000, 4000)  # ms more that a visitor among many looks at a reading, by chance


@dataclass(frozen=True)
class Latency:
    """How long bars took to come.

    Attributes:
        what: was timed.
        times: how often.
        median: of all times, in milliseconds.
        percentile_95: of them, in milliseconds.
    """

    what: str
    times: int
    median: int
    percentile_95: int

    def __str__(self) -> str:
        return f"{self.what}: median {self.median} ms, 95th percentile {self.percentile_95} ms ({self.times})"


def read_latencies() -> list[Latency]:
    """The figures that were recorded."""
    return read_records(LATENCY, Latency)


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__.split("\n")[0])
    parser.add_argument("--digits", type=int, default=20, help="digits a visitor draws")
    parser.add_argument("--visitors", type=int, default=10, help="at once, after the one; 0: none")
    parser.add_argument("--record", action="store_true", help=f"keep the figures in benchmarks/{LATENCY.name}")
    options = parser.parse_args()
    found: list[Latency] = []

    def note(what: str, times: Sequence[float]) -> None:
        found.append(Latency(what, len(times), round(median(times)), round(quantiles(times, n=20)[-1])))
        print(found[-1], flush=True)

    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder) / "log", DIGITS_TRAINING="on") as app:
        with running_chromium() as browser:
            page = _open(browser, app.url)
            note("pen moved", _move(page, 4 * options.digits))
            note("pen lifted", _all_read(*_draw(page, options.digits)))
            page.close()
        if options.visitors:
            note(f"pen lifted, {options.visitors} visitors at once", _crowd(app.url, options.visitors, options.digits))
        with running_chromium() as browser:
            page = _open(browser, app.url)
            note("pen lifted, before a training", _all_read(*_draw(page, options.digits)))
            watching = _train(browser, app.url)
            note("pen lifted, while another visitor trains", _all_read(*_draw(page, options.digits)))
            if watching.locator(".run-state").get_attribute("class") != "run-state training":
                raise RuntimeError("The training was over too early. Draw fewer digits.")
    if options.record:
        write_records(LATENCY, found)


def _train(browser: Browser, url: str) -> Page:
    """A page on which a training of `compact` runs, for at least forty seconds."""
    page = browser.new_page()
    page.goto(f"{url}/?view=Learn")
    page.get_by_text("What to train").click()
    page.get_by_test_id("stButtonGroup").get_by_text("compact", exact=True).click()
    page.locator(".run-state.ready").wait_for(timeout=120_000)
    page.get_by_role("button", name="Start").click()
    page.locator(".run-state.training").wait_for(timeout=120_000)
    return page


def _open(browser: Browser, url: str) -> Page:
    page = browser.new_page(has_touch=True)
    page.goto(url)
    page.locator("canvas.upper-canvas").wait_for()
    page.evaluate(_NOTES)
    page.wait_for_timeout(1000)
    return page


def _move(page: Page, movements: int) -> list[float]:
    """Draws one long stroke with rests; for each movement the ms until the page changed."""
    box = box_of(page.locator("canvas.upper-canvas"))
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


def _draw(page: Page, digits: int, seed: int = 0, look: tuple[int, int] = (0, 0)) -> tuple[list[float], int]:
    """Draws so many digits, each on an empty pad; the ms from pen-up to the last change, and how many were not read."""
    rng = np.random.default_rng(seed)
    times, lost = [], 0
    page.wait_for_timeout(rng.uniform(*look))
    for number in range(digits):
        Hand(page, TOOLS[number % len(TOOLS)], rng).draw(a_digit(rng))
        page.wait_for_timeout(_SETTLED + rng.uniform(*look))
        lifted, changed = page.evaluate("[notes.pointerup, notes.changed]")
        if changed > lifted and page.locator("[data-reading]").get_attribute("data-reading"):
            times.append(changed - lifted)
        else:
            lost += 1
        page.keyboard.press("Delete")
        page.wait_for_timeout(_SETTLED)
    return times, lost


def _all_read(times: list[float], lost: int) -> list[float]:
    """The times, if no digit was lost.

    Raises:
        RuntimeError: one was.
    """
    if lost:
        raise RuntimeError(f"{lost} digits were not read.")
    return times


def _crowd(url: str, visitors: int, digits: int) -> list[float]:
    """Each visitor draws in their own Chromium, all at once; the ms from pen-up to the last change."""
    times: list[float] = []
    lost: list[int] = []

    def visit(browser: Browser, together: threading.Barrier) -> None:
        page = _open(browser, url)
        drawn, missing = _draw(page, digits, together.wait(), _LOOK)
        times.extend(drawn)
        lost.append(missing)

    crowd(visitors, visit)
    return _all_read(times, sum(lost))


if __name__ == "__main__":
    main()
