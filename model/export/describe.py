"""Makes the card of a trained network: scores, size, layers, recipe and origin."""

import os
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version

import keras
import numpy as np

from model.data.label_errors import LABEL_ERRORS
from model.data.mnist import MNIST_SHA256, TrainingData, digest
from model.evaluation import scores as evaluate
from model.evaluation.calibration import calibration_error, reliability
from model.images import REFUSAL_LEVEL
from model.reading.card import (
    Calibration,
    Card,
    DrawingScores,
    FileSizes,
    LabelErrors,
    LayerRow,
    Member,
    Parameters,
    Readout,
    Taught,
)
from model.reading.history import History
from model.recipes import Lesson, Recipe


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained network with its recipe and history.

    Attributes:
        network: as it was trained, without readout.
        recipe: how it was trained; of an ensemble that of its first member.
        history: of its training.
        layers: as `describe_layers` or `describe_members` gives them.
        members: of an ensemble; empty otherwise.
        lesson: of a training that was watched.
        taught: what it was taught afterwards.
    """

    network: keras.Model
    recipe: Recipe
    history: History
    layers: tuple[LayerRow, ...]
    members: tuple[Member, ...] = ()
    lesson: Lesson | None = None
    taught: Taught | None = None

    @property
    def learning_rate(self) -> float:
        """With which it was trained: constant, or the peak of the schedule."""
        chosen = self.lesson.learning_rate if self.lesson else None
        return self.recipe.learning_rate if chosen is None else chosen


@dataclass(frozen=True, eq=False)
class Answers:
    """What the saved network answered, as `Classifier.classify` gives it.

    Attributes:
        test: of the test set, given as scans: float32 (n, 10) in 0..1.
        validation: of the images held out, given as scans: float32 (m, 10) in 0..1.
        test_as_drawings: of the test set, given as drawings: float32 (n, 10) and (n,) in 0..1; None for a network that
            does not tell them from scans.
    """

    test: np.ndarray
    validation: np.ndarray
    test_as_drawings: tuple[np.ndarray, np.ndarray] | None


def describe(
    trained: Trained,
    data: TrainingData,
    answers: Answers,
    readout: Readout | None,
    files: FileSizes,
) -> Card:
    """The card of a trained network.

    Args:
        trained: the network and how it came about.
        data: on which it was trained and is scored.
        answers: of the saved network.
        readout: with which it was exported, if it has one.
        files: their sizes.
    """
    labels, read = data.test.labels, answers.test.argmax(axis=1)
    matrix = evaluate.confusion_matrix(labels, read)
    return Card(
        test=evaluate.scores(labels, answers.test),
        label_errors=_label_errors(data, read),
        per_class=tuple(evaluate.per_class(matrix)),
        confusion_matrix=tuple(map(tuple, matrix.tolist())),
        calibration=_calibration(labels, answers.test),
        parameters=_parameters(trained.network),
        recipe=trained.recipe,
        learning_rate=trained.learning_rate,
        training_seconds=round(sum(row.seconds for row in trained.history), 1),
        cpu_cores=trained.members[0].cpu_cores if trained.members else usable_cores(),
        versions=_versions(),
        data_sha256=data.sha256,
        layers=trained.layers,
        validation=evaluate.scores(data.validation.labels, answers.validation),
        files=files,
        extra_images=len(data.extra.labels) if data.extra else 0,
        extra_sha256=digest(data.extra) if data.extra else None,
        readout=readout,
        test_as_drawings=_drawing_scores(labels, *answers.test_as_drawings) if answers.test_as_drawings else None,
        members=trained.members,
        lesson=trained.lesson,
        taught=trained.taught,
    )


def usable_cores() -> int:
    """How many CPU cores this process may use: `taskset` makes them fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _label_errors(data: TrainingData, read: np.ndarray) -> LabelErrors:
    known = list(LABEL_ERRORS) if data.sha256 == MNIST_SHA256 else []
    return LabelErrors(len(known), int(np.isin(known, np.flatnonzero(read != data.test.labels)).sum()))


def _parameters(network: keras.Model) -> Parameters:
    total = network.count_params()
    trainable = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    return Parameters(total, trainable, total - trainable)


def _versions() -> dict[str, str]:
    packages = ("tensorflow", "keras", "numpy", "ai-edge-litert")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}


def _drawing_scores(labels: np.ndarray, digits: np.ndarray, non_digit: np.ndarray) -> DrawingScores:
    refused = float((non_digit > REFUSAL_LEVEL).mean())
    return DrawingScores(**asdict(evaluate.scores(labels, digits)), refused=refused)


def _calibration(labels: np.ndarray, probabilities: np.ndarray) -> Calibration:
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    return Calibration(calibration_error(confidence, right), tuple(reliability(confidence, right)))


def describe_layers(model: keras.Model) -> tuple[LayerRow, ...]:
    """The layers of a network, the input first."""
    rows = [LayerRow("input", "Input", "", tuple(model.input_shape[1:]), 0)]
    rows += [
        LayerRow(layer.name, type(layer).__name__, _detail(layer), tuple(layer.output.shape[1:]), layer.count_params())
        for layer in model.layers
    ]
    return tuple(rows)


def _detail(layer: keras.Layer) -> str:
    """What a reader wants to know about a layer besides its type and shape."""
    config = layer.get_config()
    names = {"relu": "ReLU", "selu": "SELU", "softmax": "softmax", "linear": ""}
    activation = names.get(config.get("activation", "linear"), "")
    match layer:
        case keras.layers.Conv2D():
            kernel = " × ".join(map(str, config["kernel_size"]))
            detail = f"conv {kernel}, {config['filters']}"
        case keras.layers.Dense():
            detail = f"dense {config['units']}"
        case keras.layers.MaxPooling2D():
            detail = f"max-pool {config['pool_size'][0]}"
        case keras.layers.BatchNormalization():
            detail = "batch norm" if config["axis"] in (-1, 3) else f"batch norm (axis {config['axis']})"
        case keras.layers.ZeroPadding2D():
            detail = f"zero-pad {layer.padding[0][0]}"
        case keras.layers.Dropout():
            detail = f"dropout {config['rate']}"
        case keras.layers.GlobalAveragePooling2D():
            detail = "global average"
        case keras.layers.Activation():
            return activation
        case _:
            detail = type(layer).__name__.lower()
    return f"{detail}, {activation}" if activation else detail


def describe_members(ensemble: keras.Model, count: int, network: str) -> tuple[LayerRow, ...]:
    """The layers of an ensemble of so many networks, as `describe_layers` gives those of one: its members are one."""
    shape = tuple(ensemble.output_shape[1:])
    return (
        LayerRow("input", "Input", "", tuple(ensemble.input_shape[1:]), 0),
        LayerRow("members", "Functional", f"{count} networks like {network}", shape, ensemble.count_params()),
        LayerRow("mean", "Average", "mean of their probabilities", shape, 0),
    )
