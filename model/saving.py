"""Saving a trained network: files for Keras and LiteRT, scores, figures; all together or not at all."""

import csv
import io
import json
import os
import platform
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from model import evaluate, figures
from model.classifier import Classifier
from model.data import ASSETS, Split, hold_out, scale
from model.network import NETWORKS
from model.recipes import Recipe

# Keras and LiteRT sum in another order; a larger difference than this means that they hold different networks.
LARGEST_DIFFERENCE = 1e-4


class SaveError(Exception):
    """A trained network can't be saved where it should be, or is not what was trained once it is."""


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """Gives an empty folder to fill, which takes the place of `folder` once all is written.

    An error or an interruption leaves what was in `folder` untouched.

    Raises:
        SaveError: `folder` is there and holds something else than a trained network.
    """
    check_replaceable(folder)
    new, previous = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".previous")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
        if folder.exists():
            shutil.rmtree(previous, ignore_errors=True)
            folder.rename(previous)
        new.rename(folder)
    except BaseException:
        if previous.exists() and not folder.exists():
            previous.rename(folder)
        raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(previous, ignore_errors=True)


def check_replaceable(folder: Path) -> None:
    """Makes sure that a folder may be replaced by a trained network.

    Raises:
        SaveError: it is a file, or a folder that holds something else.
    """
    if folder.exists() and not folder.is_dir():
        raise SaveError(f"Can't save to {folder}: it is a file. Name a folder with --out.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "metrics.json").is_file():
        raise SaveError(
            f"Won't replace {folder}: it holds something else than a trained network. Name another folder with --out."
        )


def save_network(
    model: keras.Model,
    recipe: Recipe,
    history: Sequence[dict[str, float]],
    training: Split,
    test: Split,
    data_sha256: str,
    folder: Path,
) -> dict:
    """Saves a trained network, reloads it, scores it on the test set, and writes scores and figures beside it.

    Args:
        model: the trained network.
        recipe: how it was trained.
        history: a row an epoch, as `model.training.train` returns it.
        training: the training images, from which the recipe held its share out.
        test: the test set.
        data_sha256: of the file the data came from.
        folder: where to; a trained network that is there already is replaced.

    Returns:
        The scores and all else that goes into `metrics.json`.

    Raises:
        SaveError: the folder holds something else, or the reloaded files disagree with each other.
    """
    with replaced_folder(folder) as new:
        _save_model(model, recipe, new)
        probabilities = _agreed_probabilities(new, scale(test.images))
        held_out = hold_out(training, recipe.validation_count(len(training.labels)))[1]
        validation = Classifier(new).probabilities(scale(held_out.images))
        metrics = _metrics(model, recipe, history, test, probabilities, data_sha256)
        metrics["validation"] = evaluate.scores(held_out.labels, validation)
        metrics["files"] = {name: (new / name).stat().st_size for name in ("model.keras", "model.tflite")}
        np.save(new / "test_probabilities.npy", probabilities)
        _write_history(history, new / "history.csv")
        (new / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
        for name, figure in _figures(test, probabilities).items():
            figure.savefig(new / f"{name}.png", dpi=90)
        with _reproducible_svg(recipe.network):
            figures.learning_curves(history).savefig(new / "learning_curves.svg", metadata={"Date": None})
    _save_architecture(recipe.network, metrics["layers"])
    return metrics


def _save_model(model: keras.Model, recipe: Recipe, folder: Path) -> None:
    # A copy that was never compiled: it has no optimizer, whose state is twice the size of the network.
    bare = NETWORKS[recipe.network](recipe.activation)
    bare.set_weights(model.get_weights())
    bare.save(folder / "model.keras")
    bare.export(str(folder / "model.tflite"), format="litert", verbose=False)


def _agreed_probabilities(folder: Path, images: np.ndarray) -> np.ndarray:
    """What both saved files, reloaded, make of the images (n, 28, 28, 1): LiteRT's float32 (n, 10)."""
    by_keras = keras.models.load_model(folder / "model.keras").predict(images, batch_size=250, verbose=0)
    by_litert = Classifier(folder).probabilities(images)
    difference = float(np.abs(by_keras - by_litert).max())
    if not difference < LARGEST_DIFFERENCE:
        raise SaveError(
            f"The saved network reads otherwise in Keras than in LiteRT; nothing was replaced. "
            f"Expected: probabilities within {LARGEST_DIFFERENCE}. Received: a difference of {difference:.2g}"
        )
    return by_litert


def _metrics(
    model: keras.Model,
    recipe: Recipe,
    history: Sequence[dict[str, float]],
    test: Split,
    probabilities: np.ndarray,
    data_sha256: str,
) -> dict:
    matrix = evaluate.confusion_matrix(test.labels, probabilities.argmax(axis=1))
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    return {
        "network": recipe.network,
        "test": evaluate.scores(test.labels, probabilities),
        "per_class": evaluate.per_class(matrix),
        "confusion_matrix": matrix.tolist(),
        "parameters": {
            "total": model.count_params(),
            "trainable": trainable,
            "non_trainable": model.count_params() - trainable,
        },
        "layers": describe_layers(model),
        "recipe": {**asdict(recipe), "learning_rate": recipe.learning_rate},
        "seed": recipe.seed,
        "training_seconds": round(sum(row["seconds"] for row in history), 1),
        "cpu_cores": os.cpu_count(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("tensorflow", "keras", "numpy", "ai-edge-litert")},
        },
        "data_sha256": data_sha256,
    }


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


def _write_history(history: Sequence[dict[str, float]], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds"])
        writer.writeheader()
        writer.writerows(
            {name: value if name == "epoch" else f"{value:.6g}" for name, value in row.items()} for row in history
        )


def _figures(test: Split, probabilities: np.ndarray) -> dict[str, Figure]:
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != test.labels)
    worst_first = wrong[np.argsort(-confidence[wrong], kind="stable")][:48]
    count = len(test.labels)
    return {
        "samples": figures.image_grid(test, predicted, np.arange(min(24, count)), "The first images of the test set"),
        "mistakes": figures.image_grid(
            test, predicted, worst_first, f"Read wrong: {len(wrong)} of {count:,}, the most confident first"
        ),
        "confusion_matrix": figures.confusion_matrix(evaluate.confusion_matrix(test.labels, predicted)),
    }


def _reproducible_svg(salt: str) -> AbstractContextManager:
    """Makes matplotlib write the same SVG file each time, and its text as text."""
    return rc_context({"svg.hashsalt": salt, "svg.fonttype": "none"})


def _save_architecture(network: str, layers: list[dict]) -> None:
    """Draws the architecture into `assets/`, unless the same picture is there already or it can't be written."""
    picture = io.StringIO()
    figure = figures.architecture(network, layers)
    with _reproducible_svg(network):
        figure.savefig(picture, format="svg", metadata={"Date": None})
    path = ASSETS / f"architecture-{network}.svg"
    try:
        if not path.exists() or path.read_text(encoding="utf-8") != picture.getvalue():
            path.write_text(picture.getvalue(), encoding="utf-8")
    except OSError as error:
        print(f"No picture of the architecture at {path}: {error.strerror}")
