"""Figures of a training run, drawn by matplotlib without pyplot, so that no state is left behind in the process."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from model.data.mnist import Split
from model.images import SIZE
from model.reading.card import LayerRow, ReliabilityBin
from model.reading.history import History

INK = "#1f2937"
MUTED = "#6b7280"
TRAINING, VALIDATION = "#6b7280", "#c2410c"
RIGHT, WRONG = "#15803d", "#b91c1c"
# In a grid of images: width and height of an image with its label, in sides of an image; that side, and the height of
# the grid's title, in inches.
_CELL, _SIDE, _TITLE = (1.15, 1.3), 1.2, 0.5
# Layers that keep the shape of the tensor and are named beside the one before them.
_BESIDE = ("BatchNormalization", "Activation", "Dropout")


def learning_curves(history: History) -> Figure:
    """Loss and accuracy of training and validation over the epochs.

    Args:
        history: of the run.
    """
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    epochs = [row.epoch for row in history]
    for axes, name in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        marker = "o" if len(epochs) == 1 else None
        for key, label, color in ((name, "training", TRAINING), (f"val_{name}", "validation", VALIDATION)):
            axes.plot(epochs, [getattr(row, key) for row in history], label=label, color=color, marker=marker)
        axes.set_xlabel("epoch")
        axes.set_title(name.capitalize())
        axes.grid(alpha=0.25)
        axes.legend(frameon=False)
        if name == "loss":
            axes.set_yscale("log")  # the last epochs would all lie on the axis otherwise
    return figure


def image_grid(test: Split, predicted: np.ndarray, chosen: np.ndarray, title: str, columns: int = 8) -> Figure:
    """Test images titled with what they are and what was read.

    Args:
        test: the test set.
        predicted: integers (n,), the digit read in each test image.
        chosen: indices of the images to show.
        title: of the whole figure.
        columns: images a row.
    """
    rows = max(1, -(-len(chosen) // columns))
    width, height = columns * _CELL[0], rows * _CELL[1]
    figure = Figure(figsize=(_SIDE * width, _SIDE * height + _TITLE))
    figure.suptitle(title, color=INK)
    # One pair of axes for all images, since each would take matplotlib a twentieth of a second.
    axes = figure.add_axes((0, 0, 1, _SIDE * height / (_SIDE * height + _TITLE)))
    for place, index in enumerate(chosen):
        x, y = place % columns * _CELL[0] + 0.075, place // columns * _CELL[1] + 0.25
        actual, read = int(test.labels[index]), int(predicted[index])
        axes.imshow(test.images[index], cmap="gray", vmin=0, vmax=255, extent=(x, x + 1, y + 1, y), aspect="auto")
        label, color = f"Actual: {actual} Pred: {read}", RIGHT if actual == read else WRONG
        axes.text(x + 0.5, y - 0.05, label, fontsize=8, color=color, ha="center")
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    return figure


def confusion_matrix(matrix: np.ndarray) -> Figure:
    """The confusion matrix as a square of counts.

    Args:
        matrix: integers (10, 10), true digits as rows, digits read as columns.
    """
    figure = Figure(figsize=(6, 6), layout="constrained")
    axes: Axes = figure.subplots()
    mistakes = matrix - np.diag(np.diag(matrix))
    # The few mistakes get the colours; the thousand correct ones of each digit would drown them.
    strongest = max(1, int(mistakes.max()))
    axes.imshow(mistakes, cmap="Oranges", vmin=0, vmax=strongest)
    for (actual, read), count in np.ndenumerate(matrix):
        if count:
            light = mistakes[actual, read] > 0.6 * strongest
            axes.text(read, actual, str(count), ha="center", va="center", fontsize=9, color="white" if light else INK)
    axes.set_xticks(range(len(matrix)))
    axes.set_yticks(range(len(matrix)))
    axes.set_xlabel("digit read")
    axes.set_ylabel("actual digit")
    axes.set_title("Confusion matrix of the test set")
    return figure


def reliability(rows: Sequence[ReliabilityBin]) -> Figure:
    """The reliability diagram: how often the network is right where it is so sure.

    Args:
        rows: its bins; at least one.
    """
    figure = Figure(figsize=(4.6, 4.4), layout="constrained")
    axes: Axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--", label="as it should be")
    most = max(row.images for row in rows)
    axes.scatter(
        [row.confidence for row in rows],
        [row.accuracy for row in rows],
        s=[20 + 180 * row.images / most for row in rows],
        color=VALIDATION,
        zorder=3,
        label="test images, by number",
    )
    axes.set_xlabel("probability of the digit read")
    axes.set_ylabel("share read right")
    axes.set_xlim(0, 1.03)
    axes.set_ylim(-0.03, 1.05)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
    return figure


def architecture(title: str, layers: Sequence[LayerRow]) -> Figure:
    """A network as the row of its tensors, each a stack of maps, with the layers between them.

    Args:
        title: of the figure.
        layers: the network's layers in order; the first is the input.
    """
    stages: list[tuple[list[str], tuple[int, ...]]] = []
    padding: list[str] = []
    for layer in layers:
        name = layer.detail or layer.type.lower()
        if layer.type == "ZeroPadding2D":
            padding = [name]
        elif layer.type in _BESIDE:
            stages[-1][0].append(name)
        else:
            stages.append(([*padding, name], layer.output_shape))
            padding = []
    figure = Figure(figsize=(1.6 * len(stages), 3.2), layout="constrained", facecolor="white")
    axes: Axes = figure.subplots()
    axes.set_xlim(-0.65, len(stages) - 0.35)
    axes.set_ylim(-1.12, 0.72)
    axes.axis("off")
    axes.set_title(title, color=INK, fontsize=12)
    width = 0.72
    for position, (operations, shape) in enumerate(stages):
        _draw_tensor(axes, position, shape, width)
        axes.text(position, -0.56, " × ".join(map(str, shape)), ha="center", fontsize=10, color=INK, weight="bold")
        axes.text(
            position, -0.66, "\n".join(operations), ha="center", va="top", fontsize=9, color=MUTED, linespacing=1.35
        )
        if position:
            axes.add_patch(
                FancyArrowPatch(
                    (position - 0.6, 0.1), (position - 0.39, 0.1), arrowstyle="-|>", mutation_scale=9, color=MUTED
                )
            )
    return figure


def _draw_tensor(axes: Axes, position: float, shape: tuple[int, ...], width: float) -> None:
    """A stack of maps for (h, w, channels), a column for (units,)."""
    aspect = 1.6 / (2.85 / 1.84)  # a data unit's width over its height on paper, so that maps come out square
    if len(shape) == 1:
        height = 0.3 * np.log10(shape[0])
        axes.add_patch(
            Rectangle((position - 0.05, 0.1 - height / 2), 0.1, height, facecolor="#fed7aa", edgecolor=INK, lw=0.9)
        )
        return
    side = width * (0.2 + 0.65 * shape[0] / SIZE)
    sheets = 1 if shape[2] == 1 else min(7, 2 + shape[2] // 40)
    step = 0.024
    for sheet in reversed(range(sheets)):
        shift = (sheet - (sheets - 1) / 2) * step
        axes.add_patch(
            Rectangle(
                (position - side / 2 + shift, 0.1 - side * aspect / 2 + shift * aspect),
                side,
                side * aspect,
                facecolor="#ffedd5",
                edgecolor=INK,
                lw=0.9,
            )
        )
