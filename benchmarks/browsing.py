"""Times the Mistakes screen in a real Chromium: python -m benchmarks.browsing

It starts the app, and prints how long a warm server takes to the first gallery, how long a click on a filter takes to
the new gallery (from the pointer event to the changed page, by the page's own clock), how the server's memory grows
over many changes, and what ten people get who browse at once, each of whom looks at a gallery for two to four seconds
before the next click.
"""

import argparse
import random
import tempfile
import threading
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page

from scripts.running import RunningApp, crowd, running_app, running_chromium, spread

# Clicks a cell of the matrix, and waits for the frame in which the gallery has changed.
_CLICK = """cell => new Promise((resolve, reject) => {
    const gallery = document.querySelector(".st-key-mistakes-gallery");
    const before = gallery.querySelector(".gallery").innerHTML;
    const started = performance.now();
    const observer = new MutationObserver(() => {
        if ((gallery.querySelector(".gallery")?.innerHTML ?? before) === before) return;
        observer.disconnect();
        requestAnimationFrame(() => resolve(performance.now() - started));
    });
    observer.observe(gallery, { childList: true, subtree: true, characterData: true });
    document.querySelector(`.matrix [data-value="${cell}"]`).click();
    setTimeout(() => { observer.disconnect(); reject(new Error("no new gallery in 10 s")); }, 10000);
})"""

_LOOK = (2000, 4000)  # ms that a visitor looks at a gallery


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browsing", description=__doc__.split("\n")[0])
    parser.add_argument("--changes", type=int, default=200, help="filter changes over which memory is watched")
    parser.add_argument("--visitors", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder) / "log") as app:
        with running_chromium() as browser:
            _open(browser, app.url)  # warms the server
            first = [_open(browser, app.url)[1] for _ in range(5)]
            print(f"first gallery on a warm server: median {median(first):.2f} s of {len(first)}")
            _watch_one(browser, app, options.changes)
        _watch_many(app.url, options.visitors)


def _open(browser: Browser, url: str) -> tuple[Page, float]:
    """A new visitor's page, and the seconds from the request to the first gallery."""
    page = browser.new_context().new_page()
    page.goto(f"{url}/?view=Mistakes", wait_until="commit")
    page.locator(".gallery img").first.wait_for()
    return page, page.evaluate("performance.now() / 1000")


def _change_filters(page: Page, changes: int) -> list[float]:
    """Clicks the cells of the matrix's diagonal in turn; milliseconds each."""
    values = page.locator(".matrix button:not(:disabled)").evaluate_all("all => all.map(cell => cell.dataset.value)")
    diagonal = [value for value in values if value[0] == value[1]]
    return [page.evaluate(_CLICK, diagonal[step % len(diagonal)]) for step in range(changes)]


def _watch_one(browser: Browser, app: RunningApp, changes: int) -> None:
    page, _ = _open(browser, app.url)
    _change_filters(page, 10)
    before = _memory(app.pid)
    times = _change_filters(page, changes)
    print(f"filter click to new gallery: {spread(times)}")
    print(f"server memory over them: {before:.0f} MB, then {_memory(app.pid) - before:+.1f} MB")


def _watch_many(url: str, visitors: int) -> None:
    """Each visitor has their own Chromium, and looks at each gallery for a while."""
    times: list[float] = []

    def browse(browser: Browser, together: threading.Barrier) -> None:
        page, _ = _open(browser, url)
        together.wait()
        for _ in range(20):
            times.extend(_change_filters(page, 1))
            page.wait_for_timeout(random.uniform(*_LOOK))

    crowd(visitors, browse)
    print(f"{visitors} people at once: {spread(times)} of {20 * visitors} clicks")


def _memory(pid: int) -> float:
    """The resident memory of a process in MB, on Linux."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
