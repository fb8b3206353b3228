"""Takes the README's pictures of the running app, in Chromium: python -m scripts.screenshots URL

The app must run at URL (make app); Chromium must be installed, and Playwright (requirements-dev.txt).
"""

import argparse

from playwright.sync_api import Page

from model.data import ASSETS
from scripts.running import running_chromium

# A crossed seven, which most MNIST demos read as a 2: x and y in pixels of the pad.
CROSSED_SEVEN = [[(70, 70), (208, 66), (180, 130), (140, 225)], [(105, 150), (200, 140)]]


def draw(page: Page, strokes: list[list[tuple[int, int]]]) -> None:
    """Draws strokes with the mouse."""
    box = page.locator("canvas.upper-canvas").bounding_box()
    for (x, y), *rest in strokes:
        page.mouse.move(box["x"] + x, box["y"] + y)
        page.mouse.down()
        for x, y in rest:
            page.mouse.move(box["x"] + x, box["y"] + y, steps=12)
        page.mouse.up()


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.screenshots")
    parser.add_argument("url")
    url = parser.parse_args().url
    with running_chromium() as browser:
        page = browser.new_page(viewport={"width": 1180, "height": 640})
        page.goto(url)
        page.locator("canvas.upper-canvas").wait_for()
        draw(page, CROSSED_SEVEN)
        page.locator(".st-key-prediction").get_by_role("heading").wait_for()
        page.mouse.move(5, 5)
        page.wait_for_timeout(1000)
        page.screenshot(path=ASSETS / "draw.png")
        page.set_viewport_size({"width": 1280, "height": 1100})
        page.get_by_text("Mistakes", exact=True).click()
        page.locator(".gallery button").nth(1).click()
        page.locator(".similar img").first.wait_for()
        page.mouse.move(5, 5)
        page.wait_for_timeout(1000)
        page.screenshot(path=ASSETS / "mistakes.png")


if __name__ == "__main__":
    main()
