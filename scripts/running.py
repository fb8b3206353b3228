"""Starts the app and a Chromium for tests, measurements and screenshots, and summarises times."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, FloatRect, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
# Works in a container, asks no outside host, and leaves out what is of no use here.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The page of the address bar's suggestions takes a third of the work for each window. These take the place of what
    # Playwright disables, so the part of that list that matters here is repeated.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,PaintHolding,HttpsUpgrades,"
    "LensOverlay,MediaRouter,OptimizationHints,NetworkTimeServiceQuerying",
]
_PATIENCE = 30.0
_IS_SETTLED = """() => {
    const detail = {};
    window.dispatchEvent(new CustomEvent("is-pad-settled", { detail }));
    const isShown = !document.documentElement.classList.contains("opening");
    return isShown && detail.settled && document.querySelector("[data-test-script-state=notRunning]") !== null;
}"""


@dataclass(frozen=True)
class RunningApp:
    """An app that answers, and has shown each screen once.

    Attributes:
        url: its address.
        pid: of the server's process.
    """

    url: str
    pid: int


def chromium() -> str | None:
    """The path of an installed Chromium or Chrome; None if there is none."""
    return shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")


def box_of(canvas: Locator) -> FloatRect:
    """Where a canvas is on the page, in pixels.

    Raises:
        LookupError: it is not shown.
    """
    if (box := canvas.bounding_box()) is None:
        raise LookupError("The canvas is not shown.")
    return box


def wait_until_settled(page: Page) -> None:
    """Waits until what was done to the pad is read, on the canvas, and kept in the tab, and the page is at rest."""
    page.wait_for_timeout(50)  # the page handles first what was sent to it just now
    page.wait_for_function(_IS_SETTLED)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A Chromium without a window, closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def running_app(
    log: Path, port: int | None = None, host: str = "127.0.0.1", root: Path = ROOT, **environment: str
) -> Iterator[RunningApp]:
    """The app, started on this computer and stopped at the end.

    Args:
        log: the file for what it prints.
        port: any that is free, if None.
        host: where it listens.
        root: the folder of the program.
        environment: variables for it, besides those of this process.

    Raises:
        RuntimeError: it does not start.
    """
    if port is None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "scripts.serve", host, str(port)]
    with log.open("w") as output:
        server = subprocess.Popen(
            command,
            cwd=root,
            env=os.environ | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        deadline = time.monotonic() + _PATIENCE
        while "Ready: " not in log.read_text():
            if time.monotonic() > deadline or server.poll() is not None:
                raise RuntimeError(f"The app did not start:\n{log.read_text()}")
            time.sleep(0.05)
        yield RunningApp(url, server.pid)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def crowd(visitors: int, visit: Callable[[Browser, threading.Barrier], None]) -> None:
    """Lets several people visit at once, each with their own Chromium.

    Args:
        visitors: how many.
        visit: what each does; the barrier lets all go on together once each has come to it.

    Raises:
        Exception: what the first of them came upon; the others are then let go.
    """
    together = threading.Barrier(visitors, timeout=10 * _PATIENCE)

    def come() -> None:
        try:
            with running_chromium() as browser:
                visit(browser, together)
        except BaseException:
            together.abort()
            raise

    with ThreadPoolExecutor(visitors) as threads:
        visits = [threads.submit(come) for _ in range(visitors)]
    errors = [error for visit in visits if (error := visit.exception()) is not None]
    if errors:
        # A broken barrier only says that another visitor has failed.
        raise min(errors, key=lambda error: isinstance(error, threading.BrokenBarrierError))


def spread(times: list[float]) -> str:
    """Median, 95th percentile and number of times in milliseconds; there must be at least two."""
    return f"median {median(times):.0f} ms, 95th percentile {quantiles(times, n=20)[-1]:.0f} ms ({len(times)})"
