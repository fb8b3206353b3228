"""Finds the signs among the digits of a row by their shape and their place: point, comma, colon, minus and slash."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.reading.components import Runs

# Lengths are shares of the height of the digits beside a sign, unless they are in widths of the pen. Heights are
# measured from the top of these digits downward.
# What is at least this share of the tallest component's height is a digit, not a sign beside one.
_DIGIT = 0.5
# A dot is between so many pen widths long.
LEAST_DOT = 0.7
_MOST_DOT = 4.5
# A dot is no longer than this.
_LONGEST_DOT = 0.35
# A dot is at most this many times as wide as high.
_DOT_ASPECT = 1.7
# A point or a comma has its middle below this height.
_LOW = 0.7
# A comma is at least this many times as long as wide, or ends below that height.
_COMMA_ASPECT = 1.35
_HANGING = 1.1
# The dots of a colon are no further from one another sideways than this.
_ASIDE = 0.2
# A minus is at least this many times as long as high.
_BAR_ASPECT = 2.2
# The length of a minus, and the height of its middle, lie between these.
_BAR_LENGTH = (0.2, 1.3)
_BAR_MIDDLE = (0.25, 0.75)
# At most this share of its columns has a digit above or below it.
_BAR_COVERED = 0.2
# A slash leans to the right by at least this, in pixels sideways a pixel upward.
_LEANING = 0.47
# A slash longer than this leans by at least that.
_LONG = 1.25
_LONG_LEANING = 0.3
# Its ink reaches at most this many pen widths away from a straight line.
_BENT = 0.9
# Its ink has at most this many times the area of that line.
_SLASH_INK = 1.5


@dataclass(frozen=True)
class FoundSign:
    """What has the shape and the place of a sign.

    Attributes:
        components: of which it consists.
        text: the sign as a character.
    """

    components: tuple[int, ...]
    text: str


class _Place(NamedTuple):
    """A component's size and place, as shares of the height of the digits beside it."""

    width: float
    height: float
    middle: float
    bottom: float


def find_signs(runs: Runs, boxes: np.ndarray, pen: float) -> list[FoundSign]:
    """Finds the signs of a row.

    Args:
        runs: the ink; the components of the row are numbered as the boxes are.
        boxes: int (n, 4), left, top, right and bottom of each component of one row, from left to right.
        pen: the mean width of the strokes, in pixels.
    """
    widths, heights = (boxes[:, 2:] - boxes[:, :2]).T
    is_digit = heights >= _DIGIT * heights.max()
    digits = np.flatnonzero(is_digit)
    # What is as high as a digit can only be a slash, which leans and has little ink.
    areas = np.bincount(runs.components, runs.ends - runs.starts)
    may_be_slash = (widths - pen >= _LONG_LEANING * heights) & (areas <= _SLASH_INK * pen * np.hypot(widths, heights))
    may_be_sign = ~is_digit | may_be_slash
    signs: list[FoundSign] = []
    dots: list[tuple[int, _Place]] = []
    for component in np.flatnonzero(may_be_sign).tolist():
        box = boxes[component]
        before, after = digits[digits < component], digits[digits > component]
        beside = boxes[np.concatenate([before[-1:], after[:1]])]
        if not len(beside):
            continue
        place = _placed(box, beside)
        size = max(box[2] - box[0], box[3] - box[1])
        if _is_dot(place) and LEAST_DOT <= size / pen <= _MOST_DOT:
            if len(before) and len(after):
                dots.append((component, place))
        elif _is_bar(place) and _covered(box, beside) <= _BAR_COVERED:
            signs.append(FoundSign((component,), "-"))
        elif len(before) and len(after) and component in digits and _is_slash(runs, component, box, place, pen):
            signs.append(FoundSign((component,), "/"))
    return signs + _signs_of_dots(dots, boxes)


def _placed(box: np.ndarray, beside: np.ndarray) -> _Place:
    top, bottom = beside[:, 1].mean(), beside[:, 3].mean()
    left, upper, right, lower = (box - (0, top, 0, top)) / (bottom - top)
    return _Place(right - left, lower - upper, (upper + lower) / 2, lower)


def _signs_of_dots(dots: list[tuple[int, _Place]], boxes: np.ndarray) -> list[FoundSign]:
    """Colons of two dots each, then points and commas; other dots are no signs."""
    signs = []
    # More than two dots in a row are a stroke in pieces.
    numbers = np.array([component for component, _ in dots])
    follow = [np.count_nonzero(np.abs(numbers - number) <= 2) for number in numbers]
    dots = [dot for dot, near in zip(dots, follow, strict=True) if near <= 2]
    while dots:
        component, place = dots.pop(0)
        if dots and dots[0][0] == component + 1:
            other = dots[0][1]
            apart = abs(boxes[component, [0, 2]].mean() - boxes[component + 1, [0, 2]].mean())
            height = np.ptp(boxes[component, [1, 3]]) / place.height
            if apart <= _ASIDE * height and abs(place.middle - other.middle) > max(place.height, other.height):
                dots.pop(0)
                signs.append(FoundSign((component, component + 1), ":"))
                continue
        if place.middle >= _LOW:
            is_comma = place.height > _COMMA_ASPECT * place.width or place.bottom > _HANGING
            signs.append(FoundSign((component,), "," if is_comma else "."))
    return signs


def _is_dot(place: _Place) -> bool:
    return max(place.width, place.height) <= _LONGEST_DOT and place.width <= _DOT_ASPECT * place.height


def _is_bar(place: _Place) -> bool:
    return (
        place.width >= _BAR_ASPECT * place.height
        and _BAR_LENGTH[0] <= place.width <= _BAR_LENGTH[1]
        and _BAR_MIDDLE[0] <= place.middle <= _BAR_MIDDLE[1]
    )


def _covered(box: np.ndarray, others: np.ndarray) -> float:
    """The largest share of a box's columns that one of the others shares."""
    shared = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    return float(shared.max() / (box[2] - box[0]))


def _is_slash(runs: Runs, component: int, box: np.ndarray, place: _Place, pen: float) -> bool:
    """Whether a component as tall as a digit is a straight line that leans far to the right."""
    width, height = box[2] - box[0], box[3] - box[1]
    leaning = (width - pen) / height
    if leaning < (_LONG_LEANING if place.height >= _LONG else _LEANING):
        return False
    own = runs.components == component
    middles = (runs.starts[own] + runs.ends[own]) / 2
    # From the lower left corner to the upper right one.
    line = box[2] - pen / 2 - (runs.rows[own] - box[1]) * (width - pen) / max(height - 1, 1)
    return bool(np.abs(middles - line).max() <= _BENT * pen)
