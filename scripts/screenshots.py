"""Takes the documents' pictures of the running app, still and moving, in Chromium: python -m scripts.screenshots URL

The app must run at URL (make app). Chromium, a font for Chinese (Debian's fonts-noto-cjk, for one) and Playwright
(requirements-dev.txt) must be installed.
"""

import argparse
import io
from itertools import pairwise

from PIL import Image
from playwright.sync_api import Page

from model.data.mnist import ASSETS
from model.images import PAD_SIZE
from scripts.running import box_of, running_chromium

# A crossed seven, which most MNIST demos read as a 2: x and y in pixels of the pad.
CROSSED_SEVEN = [[(70, 70), (208, 66), (180, 130), (140, 225)], [(105, 150), (200, 140)]]
OPEN_FOUR = [[(90, 45), (80, 150), (205, 150)], [(180, 60), (172, 240)]]
SCRIBBLE = [[(50, 70), (230, 90), (60, 130), (220, 150), (70, 190), (230, 210)]]
_FRAME = (800, 450)
_FRAME_TIME = 90  # ms
_HOLD = 14  # frames
# Of the film of a training: the size of a frame, its time in ms, and how long TensorFlow may take to load.
_LEARNING_FRAME, _LEARNING_TIME, _READY = (880, 632), 500, 90_000


def draw(page: Page, strokes: list[list[tuple[int, int]]]) -> None:
    """Draws strokes with the mouse."""
    box = box_of(page.locator("canvas.upper-canvas"))
    scale = box["height"] / PAD_SIZE
    for (x, y), *rest in strokes:
        page.mouse.move(box["x"] + scale * x, box["y"] + scale * y)
        page.mouse.down()
        for x, y in rest:
            page.mouse.move(box["x"] + scale * x, box["y"] + scale * y, steps=12)
        page.mouse.up()


def film(page: Page) -> list[Image.Image]:
    """Draws on the stage and takes a frame after each step of the pen."""
    frames: list[Image.Image] = []

    def shoot() -> None:
        image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        frames.append(image.resize(_FRAME, Image.Resampling.LANCZOS))

    box = box_of(page.locator("canvas.upper-canvas"))
    scale = box["height"] / PAD_SIZE
    for strokes, truth in ((CROSSED_SEVEN, "7"), (OPEN_FOUR, "4"), (SCRIBBLE, None)):
        for stroke in strokes:
            points = [(box["x"] + scale * x, box["y"] + scale * y) for x, y in stroke]
            page.mouse.move(*points[0])
            page.mouse.down()
            for (x, y), (next_x, next_y) in pairwise(points):
                for step in range(1, 6):
                    page.mouse.move(x + (next_x - x) * step / 5, y + (next_y - y) * step / 5)
                    page.wait_for_timeout(_FRAME_TIME)
                    shoot()
            page.mouse.up()
        page.wait_for_timeout(500)
        if truth:
            page.keyboard.press(truth)
            page.wait_for_timeout(500)
        shoot()
        frames.extend([frames[-1]] * _HOLD)
        page.keyboard.press("Delete")
        page.wait_for_timeout(700)
    return frames


def film_learning(page: Page) -> list[Image.Image]:
    """Draws a seven, starts a training, and takes a frame every half a second until it is over."""
    draw(page, CROSSED_SEVEN)
    page.locator(".run-state.ready, .run-state.idle").wait_for(timeout=_READY)
    page.get_by_role("button", name="Start").click()
    page.locator(".run").wait_for()
    frames = []
    while not page.locator(".st-key-result").count():
        image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        frames.append(image.resize(_LEARNING_FRAME, Image.Resampling.LANCZOS))
        page.wait_for_timeout(_LEARNING_TIME)
    return frames + [frames[-1]] * 4


def save(frames: list[Image.Image], name: str, duration: int) -> None:
    """Saves frames as an animation, each for so many milliseconds."""
    first, *others = frames
    first.save(ASSETS / name, save_all=True, append_images=others, duration=duration, loop=0, quality=60, method=6)


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.screenshots")
    parser.add_argument("url")
    url = parser.parse_args().url
    with running_chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 704})
        page.goto(url)
        page.locator("canvas.upper-canvas").wait_for()
        draw(page, CROSSED_SEVEN)
        page.locator("[data-reading='7']").wait_for()
        page.mouse.move(5, 5)
        page.wait_for_timeout(1000)
        page.screenshot(path=ASSETS / "draw.png")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.get_by_text("Mistakes", exact=True).click()
        page.locator(".gallery button").nth(1).click()
        page.locator(".similar img").first.wait_for()
        page.mouse.move(5, 5)
        page.wait_for_timeout(1000)
        page.screenshot(path=ASSETS / "mistakes.png")
        stage = browser.new_page(viewport={"width": 1280, "height": 720})
        stage.goto(f"{url}/?stage=on")
        stage.locator("canvas.upper-canvas").wait_for()
        stage.wait_for_timeout(1000)
        save(film(stage), "stage.webp", _FRAME_TIME)
        learner = browser.new_page(viewport={"width": 1280, "height": 920})
        learner.goto(f"{url}/?view=Learn")
        learner.locator("canvas.upper-canvas").wait_for()
        save(film_learning(learner), "learn.webp", _LEARNING_TIME)


if __name__ == "__main__":
    main()
