"""Times how long a warm server takes until a visitor can draw, in a real Chromium: python -m benchmarks.opening

The time is the page's own, from the click on a link to the first frame in which the pad is in view and takes a pen. A
new visitor's browser has nothing of the app; one who comes again has its scripts and styles.
"""

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page

from benchmarks.records import read_records, write_records
from scripts.running import running_app, running_chromium

OPENING = Path(__file__).with_suffix(".csv")
# Milliseconds from the click on a link until the pad is what a pen would hit, and is listened to.
_TIME = """() => new Promise((resolve, reject) => {
    const isDrawable = () => {
        const pad = document.querySelector(".st-key-canvas")?.getBoundingClientRect();
        const hit = pad && document.elementFromPoint(pad.x + pad.width / 2, pad.y + pad.height / 2);
        const detail = {};
        window.dispatchEvent(new CustomEvent("is-pad-settled", { detail })); // watch.js answers
        return detail.settled && hit?.shadowRoot?.querySelector("canvas.upper-canvas");
    };
    const look = () => {
        if (isDrawable()) resolve(performance.now());
        else if (performance.now() > 30000) reject(new Error("no pad in 30 s"));
        else requestAnimationFrame(look);
    };
    look();
})"""


@dataclass(frozen=True)
class Opening:
    """How long pages took to open, in milliseconds.

    Attributes:
        visitor: who opened them.
        pages: how many.
        median: of all pages.
        longest: of any.
    """

    visitor: str
    pages: int
    median: int
    longest: int


def read_openings() -> list[Opening]:
    """The figures that were recorded."""
    return read_records(OPENING, Opening)


def time_to_pad(page: Page, url: str) -> float:
    """Opens the app in a page; the milliseconds until the pad can be drawn on."""
    page.goto(url, wait_until="commit")
    return page.evaluate(_TIME)


def _measure(browser: Browser, url: str, pages: int) -> list[Opening]:
    times: dict[str, list[float]] = {"a new visitor": [], "one who comes again": []}
    for _ in range(pages):
        with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
            page = context.new_page()
            for taken in times.values():
                taken.append(time_to_pad(page, url))
    return [Opening(who, pages, round(median(taken)), round(max(taken))) for who, taken in times.items()]


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.opening", description=__doc__.split("\n")[0])
    parser.add_argument("--pages", type=int, default=20, help="pages of each kind of visitor")
    parser.add_argument("--record", action="store_true", help=f"keep the figures in benchmarks/{OPENING.name}")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder) / "log") as app,
        running_chromium() as browser,
    ):
        time_to_pad(browser.new_page(), app.url)  # Chromium itself is warm after that
        openings = _measure(browser, app.url, options.pages)
    for opening in openings:
        print(f"pad drawable for {opening.visitor}: median {opening.median} ms, longest {opening.longest} ms")
    if options.record:
        write_records(OPENING, openings)


if __name__ == "__main__":
    main()
