"""What was read in a drawing: digits and signs, in rows."""

from dataclasses import dataclass, field
from itertools import groupby, pairwise, product
from math import cos, radians, sin
from statistics import median

import numpy as np

from model.images import REFUSAL_LEVEL
from model.reading.ink import Box

# A gap in a row is a space if it is this many times as wide as the row's digits are high, ...
_SPACE = 1.2
# ... and this many times as wide as the row's other gaps.
_WIDER = 2.0


@dataclass(frozen=True, eq=False)
class Digit:
    """One digit found in a drawing.

    Attributes:
        label: the most probable digit, 0..9.
        probabilities: float32 (10,) in 0..1, summing to 1: those of the digits, given that it is one.
        box: where its ink is in the drawing, in pixels.
        ink: float32 (box.height, box.width) in 0..1, its own, without that of other digits in the same box.
        image: float32 (28, 28) in 0..1, what the network saw.
        non_digit: the probability of the class "not a digit", 0..1; always 0 from a network without that class.
        line: in which row of the drawing it stands, counted from the top.
    """

    label: int
    probabilities: np.ndarray
    box: Box
    ink: np.ndarray
    image: np.ndarray
    non_digit: float
    line: int = 0

    @property
    def is_digit(self) -> bool:
        """Whether the network takes it for a digit at all."""
        return self.non_digit <= REFUSAL_LEVEL

    @property
    def probability(self) -> float:
        """That of the label, 0..1."""
        return float(self.probabilities[self.label])

    @property
    def runner_up(self) -> int:
        """The second most probable digit."""
        return int(np.argsort(self.probabilities)[-2])


@dataclass(frozen=True)
class Sign:
    """A sign beside digits.

    Attributes:
        text: the sign as a character, such as "." or "-".
        box: where its ink is in the drawing, in pixels.
        line: in which row of the drawing it stands, counted from the top.
    """

    text: str
    box: Box
    line: int = 0


@dataclass(frozen=True)
class Reading:
    """What was read in a drawing.

    Attributes:
        digits: in reading order, none for a blank drawing.
        signs: among them, in reading order.
        turned: by how many degrees the picture was turned counterclockwise to be read, 0..359.
        ink: float32 (h, w) in 0..1, what was taken for ink in the picture as it was; None where nothing was read.
    """

    digits: tuple[Digit, ...]
    signs: tuple[Sign, ...] = ()
    turned: int = 0
    ink: np.ndarray | None = field(default=None, compare=False, repr=False)

    @property
    def text(self) -> str:
        """All of it, a line a row; a "?" stands for what is not a digit, a blank for a wide gap."""
        parts: list[Digit | Sign] = [*self.digits, *self.signs]
        parts.sort(key=lambda part: (part.line, sum(_span(part.box, _direction(self.turned)))))
        rows = groupby(parts, key=lambda part: part.line)
        return "\n".join(_text_of_row(list(row), self.turned) for _, row in rows)


def turned_back(box: Box, shape: tuple[int, ...], degrees: int) -> Box:
    """A box in a picture that was turned around its middle, in the picture as it was.

    Args:
        box: in the turned picture, which has room for all of it.
        shape: height and width of the picture as it was.
        degrees: by how many it was turned counterclockwise.

    >>> turned_back(Box(x=0, y=30, width=20, height=10), shape=(100, 50), degrees=90)
    Box(x=10, y=0, width=10, height=20)
    """
    height, width = shape
    right, down = _direction(degrees)
    # Half the size of the turned picture.
    half = np.array([abs(right) * width + abs(down) * height, abs(down) * width + abs(right) * height]) / 2
    corners = np.array(list(product((box.x, box.x + box.width), (box.y, box.y + box.height)))) - half
    corners = corners @ np.array([[right, down], [-down, right]]) + (width / 2, height / 2)
    left, top = np.clip(np.round(corners.min(axis=0)), 0, (width - 1, height - 1)).astype(int)
    far, low = np.clip(np.round(corners.max(axis=0)), (left + 1, top + 1), (width, height)).astype(int)
    return Box(int(left), int(top), int(far - left), int(low - top))


def _direction(degrees: int) -> tuple[float, float]:
    """Where a row runs, right and downward, in a picture that has to be turned counterclockwise by so many degrees."""
    return round(cos(radians(degrees)), 9), round(sin(radians(degrees)), 9)


def _span(box: Box, direction: tuple[float, float]) -> tuple[float, float]:
    """Where a box begins and ends along a direction, in pixels."""
    ends = [
        direction[0] * x + direction[1] * y for x, y in product((box.x, box.x + box.width), (box.y, box.y + box.height))
    ]
    return min(ends), max(ends)


def _text_of_row(parts: list[Digit | Sign], turned: int) -> str:
    right, down = _direction(turned)
    height = max(bottom - top for top, bottom in (_span(part.box, (-down, right)) for part in parts))
    spans = [_span(part.box, (right, down)) for part in parts]
    gaps = [right[0] - left[1] for left, right in pairwise(spans)]
    text = [_character(parts[0])]
    for place, (gap, part) in enumerate(zip(gaps, parts[1:], strict=True)):
        others = gaps[:place] + gaps[place + 1 :]
        if gap > _SPACE * height and (not others or gap > _WIDER * median(others)):
            text.append(" ")
        text.append(_character(part))
    return "".join(text)


def _character(part: Digit | Sign) -> str:
    if isinstance(part, Sign):
        return part.text
    return str(part.label) if part.is_digit else "?"
