"""Charts as SVG within the page: they follow its colours and its language, and can be read on a phone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

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


def loss_curve(history: History) -> Markup:
    """The loss of training and validation over the epochs, on a logarithmic axis."""
    curves = {name: [getattr(row, name) for row in history] for name in ("loss", "val_loss")}
    return _curves("loss", curves, lambda power: f"{10.0**power:g}")


def accuracy_curve(history: History) -> Markup:
    """The accuracy of training and validation over the epochs, by the logarithm of what is read wrong."""
    curves = {name: [1 - getattr(row, name) for row in history] for name in ("accuracy", "val_accuracy")}
    return _curves("accuracy", curves, lambda power: f"{100 - 100 * 10.0**power:g} %")


def _curves(name: str, curves: dict[str, list[float]], label: Callable[[int], str]) -> Markup:
    """Two curves over the epochs, that of training first; a decade of the values has a line and a label."""
    # Where all is read right there is no logarithm; a thousandth of a percent is drawn.
    powers = {key: [log10(max(value, 1e-5)) for value in values] for key, values in curves.items()}
    everything = [power for values in powers.values() for power in values]
    low, high = floor(min(everything)), ceil(max(everything))
    epochs = len(next(iter(curves.values())))
    across = Scale(1, max(2, epochs), _LEFT, _WIDTH - _RIGHT)
    up = Scale(min(low, high - 1), high, _HEIGHT - _BOTTOM, _TOP)
    # What is better is above: of losses, the small ones are below.
    if name == "accuracy":
        up = Scale(up.high, up.low, up.start, up.end)
    return render(
        "curves",
        name=name,
        width=_WIDTH,
        height=_HEIGHT,
        left=_LEFT,
        right=_WIDTH - _RIGHT,
        bottom=_HEIGHT - _BOTTOM,
        rows=[(up(power), label(power)) for power in range(low, high + 1)],
        columns=[(across(epoch), epoch) for epoch in _ticks(epochs)],
        lines=[
            (kind, " ".join(f"{across(epoch)},{up(power)}" for epoch, power in enumerate(values, 1)))
            for kind, values in zip(("training", "validation"), powers.values(), strict=True)
        ],
        last=[_value_of(name, values[-1]) for values in curves.values()],
    )


def _value_of(name: str, value: float) -> str:
    """The value of a curve at its end: a loss, or an accuracy by what is read wrong."""
    return f"{value:.3f}" if name == "loss" else percent(1 - value, 2)


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
