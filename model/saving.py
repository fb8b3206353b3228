"""Saving a trained network: files for Keras and LiteRT, scores, figures; all together or not at all."""

import csv
import io
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from matplotlib import rc_context
from matplotlib.figure import Figure

from model import evaluate, figures
from model.card import describe, describe_layers, describe_members
from model.classifier import Classifier, load_metrics
from model.data import ASSETS, SCANS, SCANS_AND_DRAWINGS, Split, TrainingData, as_drawings, hold_out, scale
from model.neighbours import find_neighbours
from model.network import (
    NETWORKS,
    committee,
    refuses,
    tells_drawings,
    with_exact_first_convolution,
    with_insight,
    with_readout,
)
from model.readout import fit_readout
from model.recipes import Recipe

# Keras and LiteRT sum in another order; a larger difference than this means that they hold different networks.
LARGEST_DIFFERENCE = 1e-4
# What rounding the weights to 8 bits may change in the mean over the images; single ones differ by up to hundredths.
# It is 0.0001 for a network that was trained to the end and 0.003 for one that hardly was.
LARGEST_MEAN_DIFFERENCE = 0.02


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
    bare = _bare(recipe, model)
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
        members.append(_bare(recipe, keras.models.load_model(member_folder / "model.keras")))
        histories.append(_read_history(member_folder / "history.csv"))
        metrics = load_metrics(member_folder)
        facts.append({name: metrics[name] for name in ("seed", "validation", "test", "training_seconds", "cpu_cores")})
    history = [
        {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
        | {"epoch": rows[0]["epoch"], "seconds": sum(row["seconds"] for row in rows)}
        for rows in zip(*histories, strict=True)
    ]
    bare = committee(members)
    described = {
        "layers": describe_members(bare, len(members), recipe.network),
        "members": facts,
        "cpu_cores": facts[0]["cpu_cores"],
    }
    return _save(bare, True, recipe, history, data, described, folder)


def _bare(recipe: Recipe, trained: keras.Model) -> keras.Model:
    """A copy that was never compiled, without the optimizer's state, and that names what its input is."""
    bare = NETWORKS[recipe.network](recipe.activation, SCANS_AND_DRAWINGS if recipe.drawn_share else SCANS)
    bare.set_weights(trained.get_weights())
    return bare


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
        insight = with_insight(exported)
        insight.export(str(new / "model.tflite"), format="litert", verbose=False)
        images = scale(data.test.images)
        populations = [False, True] if tells_drawings(bare) else [False]
        for drawn in populations:
            _check_agreement(new, images, drawn)
        if calibrated:
            _round(insight, new, images, populations)
        saved = Classifier(new)
        probabilities = saved.probabilities(images)
        metrics = describe(bare, recipe, history, data, probabilities) | facts
        metrics["validation"] = evaluate.scores(held_out.labels, saved.probabilities(scale(held_out.images)))
        if readout:
            metrics["readout"] = readout
        if tells_drawings(bare):
            of_drawings, non_digit = saved.classify(images, drawn=True)
            metrics["test_as_drawings"] = {
                **evaluate.scores(data.test.labels, of_drawings),
                "refused": float((non_digit > 0.5).mean()),
            }
        metrics["files"] = {name: (new / name).stat().st_size for name in ("model.keras", "model.tflite")}
        np.save(new / "test_probabilities.npy", probabilities)
        find_neighbours(saved, data.training.images, data.test.images).save(new)
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


def _check_agreement(folder: Path, images: np.ndarray, drawn: bool) -> None:
    """Makes sure that both saved files, reloaded, answer alike.

    Args:
        folder: of the files.
        images: float32 (n, 28, 28, 1) in 0..1.
        drawn: whether they are given as drawings.

    Raises:
        SaveError: they differ.
    """
    given = as_drawings(images) if drawn else images
    answers = keras.models.load_model(folder / "model.keras").predict(given, batch_size=250, verbose=0)
    digits, non_digit = Classifier(folder).classify(images, drawn)
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


def _round(insight: keras.Model, folder: Path, images: np.ndarray, populations: Sequence[bool]) -> None:
    """Replaces the LiteRT file by one with weights of 8 bits, which reads in a quarter of the time.

    Activations are rounded to 8 bits image by image, and the first layer not at all. The article's network is never
    rounded.

    Args:
        insight: what the exact file in `folder` holds.
        folder: of the file.
        images: float32 (n, 28, 28, 1) in 0..1.
        populations: whether they are given as drawings, for each time that they are.

    Raises:
        SaveError: it reads otherwise than the exact one.
    """
    path = folder / "model.tflite"
    exact = [Classifier(folder).classify(images, drawn) for drawn in populations]
    with_exact_first_convolution(insight).export(
        str(path), format="litert", verbose=False, optimizations=[tf.lite.Optimize.DEFAULT]
    )
    rounded = [Classifier(folder).classify(images, drawn) for drawn in populations]
    differences = [
        float(np.abs(after - before).reshape(len(images), -1).max(axis=1).mean())
        for answers, exact_answers in zip(rounded, exact, strict=True)
        for after, before in zip(answers, exact_answers, strict=True)
    ]
    difference = max(differences)
    if not difference < LARGEST_MEAN_DIFFERENCE:
        raise SaveError(
            f"The network reads otherwise with weights of 8 bits; nothing was replaced. "
            f"Expected: probabilities within {LARGEST_MEAN_DIFFERENCE}. Received: a difference of {difference:.2g}"
        )


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
