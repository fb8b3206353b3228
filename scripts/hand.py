"""A hand that draws on the pad in a real browser, as people do: with mouse, finger or stylus, at a hand's speed."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from playwright.sync_api import Page

from model.images import PAD_SIZE
from model.synthesis.pen_styles import synthesize_strokes
from model.synthesis.strokes import Stroke, place_strokes
from scripts.running import box_of

Tool = Literal["mouse", "touch", "pen"]
TOOLS: tuple[Tool, ...] = ("mouse", "touch", "pen")

# How often the browser tells where the pen is, in ms: most mice, screens and tablets do 60 times a second or more.
_INTERVAL = 14
# Time for a stroke in ms: some, and some more for each pixel of the pad, at about a person's speed for large writing.
_SHORTEST, _PER_PIXEL = 90, 0.5
# Which part of its movement a pen has made when it is lifted at speed: just after the middle it is fastest.
_CUT = 0.6


def minimum_jerk(share: float) -> float:
    """How far a hand has come after a share of its time, both in 0..1 (Flash and Hogan 1985)."""
    return share**3 * (10 - 15 * share + 6 * share**2)


def progress(share: float, ends_at_speed: bool) -> float:
    """How far along its stroke a pen is after a share of its time, both in 0..1.

    Args:
        share: of the time.
        ends_at_speed: whether the pen is lifted while it still moves fast.
    """
    return minimum_jerk(_CUT * share) / minimum_jerk(_CUT) if ends_at_speed else minimum_jerk(share)


def a_digit(rng: np.random.Generator, center: tuple[float, float] = (140, 140), height: float = 170) -> list[Stroke]:
    """The strokes of a digit of any kind and style, in pixels of the pad."""
    _, _, strokes = synthesize_strokes(rng)
    return place_strokes(strokes, height * rng.uniform(0.8, 1.15), center, rng.uniform(-8, 8))


class Hand:
    """Draws on the pad of a page.

    Args:
        page: on which a pad is.
        tool: with what it draws.
        rng: decides how fast each stroke is, and which end at speed.
    """

    def __init__(self, page: Page, tool: Tool, rng: np.random.Generator):
        self._page = page
        self._tool = tool
        self._rng = rng
        self._session = page.context.new_cdp_session(page)

    def draw(self, strokes: Sequence[Stroke], pause: tuple[float, float] = (60, 200)) -> None:
        """Draws strokes, half of them ending at speed.

        Args:
            strokes: float (k, 2) each, in pixels of the pad.
            pause: the least and the longest time between two strokes, in ms.
        """
        for number, stroke in enumerate(strokes):
            if number:
                self._page.wait_for_timeout(self._rng.uniform(*pause))
            self._draw_one(np.asarray(stroke, float), bool(self._rng.random() < 0.5))

    def _draw_one(self, stroke: Stroke, ends_at_speed: bool) -> None:
        box = box_of(self._page.locator("canvas.upper-canvas"))
        on_page = np.array([box["x"], box["y"]]) + stroke * box["height"] / PAD_SIZE
        lengths = np.array([0.0, *np.cumsum([np.hypot(*(after - before)) for before, after in pairwise(stroke)])])
        duration = (_SHORTEST + _PER_PIXEL * lengths[-1]) * self._rng.uniform(0.6, 1.6)
        steps = max(2, round(duration / _INTERVAL))
        self._send("down", on_page[0])
        for step in range(1, steps + 1):
            self._page.wait_for_timeout(_INTERVAL)
            along = progress(step / steps, ends_at_speed) * lengths[-1]
            place = np.array([np.interp(along, lengths, on_page[:, axis]) for axis in (0, 1)])
            self._send("move", place)
        self._send("up", on_page[-1])

    def _send(self, what: Literal["down", "move", "up"], place: np.ndarray) -> None:
        """Has Chromium make real events of the tool, by its own protocol."""
        x, y = map(float, place)
        if self._tool == "touch":
            kind = {"down": "touchStart", "move": "touchMove", "up": "touchEnd"}[what]
            points = [] if what == "up" else [{"x": x, "y": y}]
            self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            return
        kind = {"down": "mousePressed", "move": "mouseMoved", "up": "mouseReleased"}[what]
        event = {
            "type": kind,
            "x": x,
            "y": y,
            "button": "left",
            "buttons": int(what != "up"),
            "pointerType": self._tool,
        }
        self._session.send("Input.dispatchMouseEvent", event | ({} if what == "move" else {"clickCount": 1}))
