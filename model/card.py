"""What `metrics.json` tells of a trained network: scores, size, layers, recipe and origin."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version

import keras
import numpy as np

from model import evaluate
from model.calibration import calibration_error, reliability
from model.data import LABEL_ERRORS, MNIST_SHA256, TrainingData, digest
from model.recipes import Recipe


def describe(
    model: keras.Model,
    recipe: Recipe,
    history: Sequence[dict[str, float]],
    data: TrainingData,
    probabilities: np.ndarray,
) -> dict:
    """Scores, size, recipe and origin of a trained network.

    Args:
        model: the network.
        recipe: how it was trained.
        history: a row an epoch, as `model.training.train` returns it.
        data: on which it was trained and is scored.
        probabilities: floats (n, 10) in 0..1, its answers on the test set.
    """
    labels = data.test.labels
    matrix = evaluate.confusion_matrix(labels, probabilities.argmax(axis=1))
    errors = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    label_errors = list(LABEL_ERRORS) if data.sha256 == MNIST_SHA256 else []
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    return {
        "network": recipe.network,
        "test": evaluate.scores(labels, probabilities),
        "label_errors": {"known": len(label_errors), "read_otherwise": int(np.isin(label_errors, errors).sum())},
        "per_class": evaluate.per_class(matrix),
        "confusion_matrix": matrix.tolist(),
        "calibration": _calibration(labels, probabilities),
        "parameters": {
            "total": model.count_params(),
            "trainable": trainable,
            "non_trainable": model.count_params() - trainable,
        },
        "recipe": {**asdict(recipe), "learning_rate": recipe.learning_rate},
        "seed": recipe.seed,
        "training_seconds": round(sum(row["seconds"] for row in history), 1),
        "cpu_cores": _usable_cores(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("tensorflow", "keras", "numpy", "ai-edge-litert")},
        },
        "data_sha256": data.sha256,
        "extra_images": len(data.extra.labels) if data.extra else 0,
        "extra_sha256": digest(data.extra) if data.extra else None,
    }


def _usable_cores() -> int | None:
    """How many CPU cores this process may use: `taskset` makes them fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _calibration(labels: np.ndarray, probabilities: np.ndarray) -> dict:
    """The expected calibration error on the test set, and the reliability diagram's bins."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    return {"test_error": calibration_error(confidence, right), "reliability": reliability(confidence, right)}


def describe_layers(model: keras.Model) -> list[dict]:
    """The layers of a network, the input first: name, type, detail, output_shape (without batch), parameters."""
    rows = [{"name": "input", "type": "Input", "detail": "", "output_shape": list(model.input_shape[1:])}]
    rows += [
        {
            "name": layer.name,
            "type": type(layer).__name__,
            "detail": _detail(layer),
            "output_shape": list(layer.output.shape[1:]),
        }
        for layer in model.layers
    ]
    parameters = [0, *(layer.count_params() for layer in model.layers)]
    return [{**row, "parameters": count} for row, count in zip(rows, parameters, strict=True)]


def _detail(layer: keras.Layer) -> str:
    """What a person wants to know of a layer beside its type and shape."""
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


def describe_members(committee: keras.Model, count: int, network: str) -> list[dict]:
    """The layers of a committee of so many networks, as `describe_layers` gives those of one: its members are one."""
    return [
        {
            "name": "input",
            "type": "Input",
            "detail": "",
            "output_shape": list(committee.input_shape[1:]),
            "parameters": 0,
        },
        {
            "name": "members",
            "type": "Functional",
            "detail": f"{count} networks like {network}",
            "output_shape": list(committee.output_shape[1:]),
            "parameters": committee.count_params(),
        },
        {
            "name": "mean",
            "type": "Average",
            "detail": "mean of their probabilities",
            "output_shape": list(committee.output_shape[1:]),
            "parameters": 0,
        },
    ]
