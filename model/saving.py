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
from model.calibration import area_under_roc, calibration_error, fit_temperature, refusal_threshold, reliability
from model.classifier import Classifier, load_metrics
from model.data import ASSETS, LABEL_ERRORS, MNIST_SHA256, NUM_CLASSES, Split, TrainingData, digest, hold_out, scale
from model.neighbours import find_neighbours
from model.network import NETWORKS, committee, logits_of, non_digit_scores, refuses, with_insight, with_readout
from model.non_digits import synthetic_non_digits
from model.pen_styles import synthetic_digits
from model.recipes import Recipe

# Keras and LiteRT sum in another order; a larger difference than this means that they hold different networks.
LARGEST_DIFFERENCE = 1e-4

# The share of MNIST's held-out digits that may be refused; more would be noticed, fewer would let letters through.
MNIST_DIGITS_REFUSED = 0.003
_HELD_OUT_SYNTHETIC = 4000
_HELD_OUT_SEED = 1_000_003


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
    data: TrainingData,
    folder: Path,
) -> dict:
    """Saves a trained network, reloads it, scores it on the test set, and writes scores and figures beside it.

    Args:
        model: the trained network.
        recipe: how it was trained.
        history: a row an epoch, as `model.training.train` returns it.
        data: on which it was trained, and from which the recipe held its share out.
        folder: where to; a trained network that is there already is replaced.

    Returns:
        The scores and all else that goes into `metrics.json`.

    Raises:
        SaveError: the folder holds something else, or the reloaded files disagree with each other.
    """
    # A copy that was never compiled has no optimizer, whose state is twice the size of the network.
    bare = NETWORKS[recipe.network](recipe.activation)
    bare.set_weights(model.get_weights())
    facts = {"layers": describe_layers(bare)}
    metrics = _save(bare, refuses(bare), recipe, history, data, facts, folder)
    _save_architecture(recipe.network, metrics["layers"])
    return metrics


def save_committee(folders: Sequence[Path], recipe: Recipe, data: TrainingData, folder: Path) -> dict:
    """Saves saved networks as one that answers with the calibrated mean of their probabilities.

    Args:
        folders: of the members, as `save_network` fills them.
        recipe: how the first of them was trained; the others differ in the seed alone.
        data: on which they were trained.
        folder: as for `save_network`.

    Returns:
        As `save_network`; the history is the mean of the members', save for the seconds, which are their sum.

    Raises:
        SaveError: as for `save_network`.
    """
    members, histories, facts = [], [], []
    for member_folder in folders:
        member = NETWORKS[recipe.network](recipe.activation)
        member.set_weights(keras.models.load_model(member_folder / "model.keras").get_weights())
        members.append(member)
        histories.append(_read_history(member_folder / "history.csv"))
        metrics = load_metrics(member_folder)
        facts.append({name: metrics[name] for name in ("seed", "validation", "test", "training_seconds")})
    history = [
        {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
        | {"epoch": rows[0]["epoch"], "seconds": sum(row["seconds"] for row in rows)}
        for rows in zip(*histories, strict=True)
    ]
    bare = committee(members)
    layers = [
        {"name": "input", "type": "Input", "detail": "", "output_shape": list(bare.input_shape[1:]), "parameters": 0},
        {
            "name": "members",
            "type": "Functional",
            "detail": f"{len(members)} networks like {recipe.network}",
            "output_shape": list(bare.output_shape[1:]),
            "parameters": bare.count_params(),
        },
        {
            "name": "mean",
            "type": "Average",
            "detail": "mean of their probabilities",
            "output_shape": list(bare.output_shape[1:]),
            "parameters": 0,
        },
    ]
    return _save(bare, True, recipe, history, data, {"layers": layers, "members": facts}, folder)


def _save(
    bare: keras.Model,
    calibrated: bool,
    recipe: Recipe,
    history: Sequence[dict[str, float]],
    data: TrainingData,
    facts: dict,
    folder: Path,
) -> dict:
    held_out = hold_out(data.training, recipe.validation_count(len(data.training.labels)))[1]
    readout = fit_readout(bare, held_out) if calibrated else {}
    exported = with_readout(bare, readout["temperature"], readout.get("threshold")) if calibrated else bare
    with replaced_folder(folder) as new:
        exported.save(new / "model.keras")
        with_insight(exported).export(str(new / "model.tflite"), format="litert", verbose=False)
        probabilities, non_digit = _agreed_answers(new, scale(data.test.images))
        metrics = _metrics(bare, recipe, history, data, probabilities) | facts
        metrics["validation"] = evaluate.scores(held_out.labels, Classifier(new).probabilities(scale(held_out.images)))
        if readout:
            metrics["readout"] = {**readout, "test_digits_refused": float((non_digit > 0.5).mean())}
        metrics["files"] = {name: (new / name).stat().st_size for name in ("model.keras", "model.tflite")}
        np.save(new / "test_probabilities.npy", probabilities)
        find_neighbours(Classifier(new), data.training.images, data.test.images).save(new)
        _write_history(history, new / "history.csv")
        (new / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
        for name, figure in _figures(data.test, probabilities).items():
            figure.savefig(new / f"{name}.png", dpi=90)
        with _reproducible_svg(recipe.network):
            figures.learning_curves(history).savefig(new / "learning_curves.svg", metadata={"Date": None})
            figures.reliability(metrics["calibration"]["reliability"]).savefig(
                new / "reliability.svg", metadata={"Date": None}
            )
    return metrics


def fit_readout(network: keras.Model, held_out: Split) -> dict[str, float]:
    """Fits temperature and threshold of a network on images that it was not trained on.

    Args:
        network: with a layer "logits"; one of ten classes has no threshold, and knows nothing of synthetic images.
        held_out: MNIST's validation images; synthetic digits and non-digits of another seed are added to them.

    Returns:
        temperature and threshold, as `model.network.with_readout` takes them; and what follows from the threshold:
        the shares of MNIST digits, pen digits and non-digits refused, and the area under the ROC curve.
    """

    def logits(images: np.ndarray) -> np.ndarray:
        return logits_of(network).predict(scale(images), batch_size=250, verbose=0)

    mnist = logits(held_out.images)
    if not refuses(network):
        return {"temperature": fit_temperature(mnist, held_out.labels)}
    pen_images, pen_labels = synthetic_digits(_HELD_OUT_SYNTHETIC, _HELD_OUT_SEED)
    other_images, _ = synthetic_non_digits(_HELD_OUT_SYNTHETIC, _HELD_OUT_SEED, held_out)
    pens, others = logits(pen_images), logits(other_images)
    digits = np.concatenate([mnist, pens])[:, :NUM_CLASSES]
    threshold = refusal_threshold(non_digit_scores(mnist), MNIST_DIGITS_REFUSED)
    scores = {name: non_digit_scores(values) for name, values in (("mnist", mnist), ("pens", pens), ("others", others))}
    return {
        "temperature": fit_temperature(digits, np.concatenate([held_out.labels, pen_labels])),
        "threshold": threshold,
        "mnist_digits_refused": float((scores["mnist"] > threshold).mean()),
        "pen_digits_refused": float((scores["pens"] > threshold).mean()),
        "non_digits_refused": float((scores["others"] > threshold).mean()),
        "area_under_roc": area_under_roc(np.concatenate([scores["mnist"], scores["pens"]]), scores["others"]),
    }


def _agreed_answers(folder: Path, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What both saved files, reloaded, make of the images (n, 28, 28, 1): LiteRT's, as `Classifier.classify` gives it.

    Raises:
        SaveError: they differ.
    """
    answers = keras.models.load_model(folder / "model.keras").predict(images, batch_size=250, verbose=0)
    digits, non_digit = Classifier(folder).classify(images)
    if isinstance(answers, dict):
        differences = [answers["digits"] - digits, answers["non_digit"][:, 0] - non_digit]
    else:
        differences = [answers - digits]
    difference = max(float(np.abs(values).max()) for values in differences)
    if not difference < LARGEST_DIFFERENCE:
        raise SaveError(
            f"The saved network reads otherwise in Keras than in LiteRT; nothing was replaced. "
            f"Expected: probabilities within {LARGEST_DIFFERENCE}. Received: a difference of {difference:.2g}"
        )
    return digits, non_digit


def _metrics(
    model: keras.Model,
    recipe: Recipe,
    history: Sequence[dict[str, float]],
    data: TrainingData,
    probabilities: np.ndarray,
) -> dict:
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
        "cpu_cores": os.cpu_count(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("tensorflow", "keras", "numpy", "ai-edge-litert")},
        },
        "data_sha256": data.sha256,
        "extra_images": len(data.extra.labels) if data.extra else 0,
        "extra_sha256": digest(data.extra) if data.extra else None,
    }


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


def _write_history(history: Sequence[dict[str, float]], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds"])
        writer.writeheader()
        writer.writerows(
            {name: value if name == "epoch" else f"{value:.6g}" for name, value in row.items()} for row in history
        )


def _read_history(path: Path) -> list[dict[str, float]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [
            {name: int(value) if name == "epoch" else float(value) for name, value in row.items()}
            for row in csv.DictReader(file)
        ]


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
