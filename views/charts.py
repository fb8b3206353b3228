"""Charts as SVG within the page: they follow its colours and its language, and can be read on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from markupsafe import Markup

from model.evaluation.calibration import wilson_interval
from model.reading.card import ReliabilityBin
from model.reading.history import History
from views.language import say
from views.parts import percent
from views.rendering import render

# The size of a chart, and the margins around its plot, in pixels; the page scales it to the room that there is.
_WIDTH, _HEIGHT = 440, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 12, 42
# The height of the bars for the numbers of images, below a reliability diagram.
_COUNTS = 44


@dataclass(frozen=True)
class Scale:
    """Where values lie along an axis: `low` at `start` and `high` at `end`, in pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


@dataclass(frozen=True)
class Axis:
    """The horizontal axis: where it begins and ends, the places that are named, and its own name."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    name: str


@dataclass(frozen=True)
class Curve:
    """The values of a curve at places along the horizontal axis."""

    places: Sequence[float]
    values: Sequence[float]


def loss_curve(history: History) -> Markup:
    """The loss of training and validation over the epochs, on a logarithmic axis."""
    return curves("loss", *_over_epochs(history, "loss"))


def accuracy_curve(history: History) -> Markup:
    """The accuracy of training and validation over the epochs, by the logarithm of what is read wrong."""
    return curves("accuracy", *_over_epochs(history, "accuracy"))


def _over_epochs(history: History, name: str) -> tuple[Axis, Curve, Curve]:
    epochs = [row.epoch for row in history]
    axis = Axis(1, max(2, len(epochs)), [(epoch, str(epoch)) for epoch in _ticks(len(epochs))], say("epoch axis"))
    training, validation = ([getattr(row, key) for row in history] for key in (name, f"val_{name}"))
    return axis, Curve(epochs, training), Curve(epochs, validation)


def curves(
    name: str,
    axis: Axis,
    training: Curve,
    validation: Curve,
    *,
    most: int | None = None,
    least: float = 1e-5,
    height: int = _HEIGHT,
) -> Markup:
    """Two curves; a power of ten of the values has a line and a label.

    Args:
        name: "loss", or "accuracy", which is drawn by the logarithm of what is read wrong.
        axis: of what they are drawn over.
        training, validation: the curves.
        most: how many values of a curve are drawn, evenly chosen; all of them if None.
        least: the smallest value that is drawn; smaller ones are drawn as this one.
        height: of the chart, in pixels.
    """
    is_loss = name == "loss"
    # A loss that grew beyond all numbers can't be drawn.
    points = [
        [
            (place, log10(max(value if is_loss else 1 - value, least)))
            for place, value in zip(curve.places, curve.values, strict=True)
            if isfinite(value)
        ]
        for curve in (training, validation)
    ]
    powers = [power for each in points for _, power in each] or [0.0]
    low, high = floor(min(powers)), ceil(max(powers))
    low = min(low, high - 1)
    # What is better is above: small losses are below.
    across, up = Scale(axis.low, axis.high, _LEFT, _WIDTH - _RIGHT), Scale(low, high, height - _BOTTOM, _TOP)
    if not is_loss:
        up = Scale(high, low, up.start, up.end)
    lines = []
    for kind, each in zip(("training", "validation"), points, strict=True):
        chosen = [*each[:: 1 if most is None else max(1, len(each) // most)], *each[-1:]]
        lines.append((kind, " ".join(f"{across(place)},{up(power)}" for place, power in chosen)))
    return render(
        "curves",
        name=name,
        width=_WIDTH,
        height=height,
        left=_LEFT,
        right=_WIDTH - _RIGHT,
        bottom=height - _BOTTOM,
        rows=[
            (up(power), f"{10.0**power:g}" if is_loss else f"{100 - 100 * 10.0**power:g} %")
            for power in range(low, high + 1)
        ],
        columns=[(across(place), label) for place, label in axis.ticks],
        axis=axis.name,
        lines=lines,
        last=[_value_of(name, curve.values[-1]) if curve.values else "" for curve in (training, validation)],
    )


def _value_of(name: str, value: float) -> str:
    if not isfinite(value):
        return "–"
    return f"{value:.3f}" if name == "loss" else percent(value, 2)


def _ticks(epochs: int) -> list[int]:
    """Some epochs, evenly spaced, to be named below a chart."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if epochs / step <= 8)
    return [1, *range(step, epochs + 1, step)] if step > 1 else list(range(1, epochs + 1))


def reliability(bins: Sequence[ReliabilityBin]) -> Markup:
    """The reliability diagram: how often the network is right where it is so sure, with intervals and counts.

    Args:
        bins: from the least confidence; at least one.
    """
    bottom = _HEIGHT - _BOTTOM
    across, up = Scale(0, 1, _LEFT, _WIDTH - _RIGHT), Scale(0, 1, bottom, _TOP)
    most = log10(1 + max(each.images for each in bins))
    points = []
    for each in bins:
        low, high = wilson_interval(each.accuracy, each.images)
        points.append(
            {
                "x": across(each.confidence),
                "y": up(each.accuracy),
                "low": up(low),
                "high": up(high),
                "count": f"{each.images:,}",
                "bar": round(_COUNTS * log10(1 + each.images) / most, 1),
                "hint": say(
                    "bin",
                    confidence=percent(each.confidence),
                    accuracy=percent(each.accuracy),
                    images=each.images,
                    low=percent(low),
                    high=percent(high),
                ),
            }
        )
    return render(
        "reliability",
        width=_WIDTH,
        height=_HEIGHT + _COUNTS + 30,
        left=_LEFT,
        right=_WIDTH - _RIGHT,
        top=_TOP,
        bottom=bottom,
        base=_HEIGHT + _COUNTS + 24,
        ticks=[(across(share / 5), up(share / 5), f"{20 * share} %") for share in range(6)],
        points=points,
    )
