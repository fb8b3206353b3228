"""Saving a trained network: files for Keras and LiteRT, scores, figures; all together or not at all."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from model.data.mnist import Split, TrainingData, joined
from model.evaluation import scores as evaluate
from model.evaluation.neighbours import find_neighbours
from model.export import figures
from model.export.describe import Answers, Trained, describe, describe_layers, describe_members
from model.export.folders import replaced_folder
from model.export.litert import AllCores, Inputs, answers_of, check_agreement, round_weights
from model.export.readout import fit_readout
from model.images import SCANS, SCANS_AND_DRAWINGS, scale
from model.networks.architectures import NETWORKS
from model.networks.ensemble import ensemble
from model.networks.heads import refuses, tells_drawings, with_insight, with_readout
from model.reading.card import Card, FileSizes, Readout, Taught
from model.reading.history import HISTORY, History, mean_history, read_history, write_history
from model.reading.store import digests_of
from model.recipes import Lesson, Recipe


def save_network(
    weights: list[np.ndarray],
    recipe: Recipe,
    history: History,
    data: TrainingData,
    folder: Path,
    verbose: int = 1,
    lesson: Lesson | None = None,
    taught: Taught | None = None,
) -> Card:
    """Saves a trained network, reloads it, scores it on the test set, and writes scores and figures beside it.

    Args:
        weights: of the trained network, in Keras's order.
        recipe: how it was trained.
        history: of its training.
        data: on which it was trained.
        folder: where to; a trained network that is there already is replaced.
        verbose: 0 prints nothing, any other number a line for each step.
        lesson: of a training that was watched, for the card.
        taught: what the network was taught afterwards, for the card.

    Returns:
        Its card.

    Raises:
        SaveError: the folder holds something else, or the reloaded files disagree with each other.
    """
    network = build(recipe, weights)
    trained = Trained(network, recipe, history, describe_layers(network), lesson=lesson, taught=taught)
    return _save(trained, refuses(network), data, folder, verbose)


def export_network(network: keras.Model, readout: Readout | None, folder: Path) -> None:
    """Writes the Keras file and the exact LiteRT file alone, so that a network can be tried that may not be kept.

    Args:
        network: as `build` gives it.
        readout: with which it is exported, as `fit_readout` gives it; None for one that can't refuse.
        folder: where to; it is there already.
    """
    _export(network, readout, folder, verbose=0)


def save_ensemble(folders: Sequence[Path], recipe: Recipe, data: TrainingData, folder: Path, verbose: int = 1) -> Card:
    """Saves saved networks as one that answers with the calibrated mean of their probabilities.

    Args:
        folders: of the members, as `save_network` fills them.
        recipe: how the first of them was trained; the others differ in the seed alone.
        data: on which they were trained.
        folder: as for `save_network`.
        verbose: as for `save_network`.

    Returns:
        As `save_network`; the history is the mean of the members', save for the seconds, which are their sum.

    Raises:
        SaveError: as for `save_network`.
        NetworkError: the card of a member is missing or damaged.
    """
    _tell(f"Joining {len(folders)} members", verbose)
    networks = [build(recipe, keras.models.load_model(each / "model.keras").get_weights()) for each in folders]
    history = mean_history([read_history(each) for each in folders])
    members = tuple(Card.load(each).as_member() for each in folders)
    network = ensemble(networks)
    trained = Trained(network, recipe, history, describe_members(network, len(members), recipe.network), members)
    return _save(trained, True, data, folder, verbose)


def build(recipe: Recipe, weights: list[np.ndarray]) -> keras.Model:
    """A network that was never compiled, without an optimizer's state, and that names what its input is.

    Args:
        recipe: how it was trained.
        weights: of the trained network, in Keras's order; those of a saved `model.keras` have the same.
    """
    network = NETWORKS[recipe.network](recipe.activation, SCANS_AND_DRAWINGS if recipe.drawn_share else SCANS)
    network.set_weights(weights)
    return network


def _save(trained: Trained, with_readout: bool, data: TrainingData, folder: Path, verbose: int) -> Card:
    """Fills a folder, one act after the other; `with_readout`: it is fitted, and the weights are rounded to 8 bits."""
    readout = _calibrate(trained.network, data.validation, verbose) if with_readout else None
    inputs = Inputs(scale(data.test.images), (False, True) if tells_drawings(trained.network) else (False,))
    with replaced_folder(folder) as new:
        insight = _export(trained.network, readout, new, verbose)
        of_test = _compare(new, inputs, verbose)
        if with_readout:
            of_test = _round(insight, new, inputs, of_test, verbose)
        saved = AllCores(new)
        answers = _answer(saved, of_test, data.validation, verbose)
        np.save(new / "test_probabilities.npy", answers.test)
        card = describe(trained, data, answers, readout, _file_sizes(new))
        write_history(trained.history, new / HISTORY)
        _save_neighbours(saved, data, new, verbose)
        _draw(trained, card, data.test, answers.test, new, verbose)
        card = replace(card, sha256=digests_of(new))
        card.save(new)
    return card


def _calibrate(network: keras.Model, validation: Split, verbose: int) -> Readout:
    _tell(f"Calibrating on {len(validation.labels):,} held-out images", verbose)
    return fit_readout(network, validation)


def _export(network: keras.Model, readout: Readout | None, folder: Path, verbose: int) -> keras.Model:
    """Writes the Keras file and the exact LiteRT file; returns the model that is in the latter."""
    _tell("Exporting for LiteRT", verbose)
    exported = with_readout(network, readout.temperature, readout.threshold) if readout else network
    exported.save(folder / "model.keras")
    insight = with_insight(exported)
    insight.export(str(folder / "model.tflite"), format="litert", verbose=False)
    return insight


def _compare(folder: Path, inputs: Inputs, verbose: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Makes sure that both files answer alike, and returns what they answer."""
    _tell(f"Comparing Keras and LiteRT on {len(inputs.images):,} test images", verbose)
    answers = answers_of(folder, inputs)
    check_agreement(folder, inputs, answers)
    return answers


def _round(
    insight: keras.Model,
    folder: Path,
    inputs: Inputs,
    exact: list[tuple[np.ndarray, np.ndarray]],
    verbose: int,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Puts a LiteRT file with weights of 8 bits in place of the exact one, and returns what it answers."""
    _tell("Rounding the weights to 8 bits", verbose)
    return round_weights(insight, folder, inputs, exact)


def _answer(saved: AllCores, of_test: list[tuple[np.ndarray, np.ndarray]], validation: Split, verbose: int) -> Answers:
    """All answers of the saved network that are scored; those on the test set are known already."""
    _tell(f"Scoring {len(of_test[0][0]):,} test images", verbose)
    of_validation, _ = saved.classify(scale(validation.images), drawn=False)
    return Answers(of_test[0][0], of_validation, of_test[1] if len(of_test) > 1 else None)


def _file_sizes(folder: Path) -> FileSizes:
    return FileSizes((folder / "model.keras").stat().st_size, (folder / "model.tflite").stat().st_size)


def _save_neighbours(saved: AllCores, data: TrainingData, folder: Path, verbose: int) -> None:
    images = joined(data.training, data.validation).images
    _tell(f"Finding similar images among {len(images):,} training images", verbose)
    find_neighbours(saved, images, data.test.images).save(folder)


def _draw(trained: Trained, card: Card, test: Split, probabilities: np.ndarray, folder: Path, verbose: int) -> None:
    """Draws the figures: those with images as PNG, all others as SVG."""
    _tell("Drawing the figures", verbose)
    for name, figure in _figures(test, probabilities).items():
        figure.savefig(folder / f"{name}.png", dpi=90)
    drawings = {
        "architecture": figures.architecture(card.recipe.network, card.layers),
        "learning_curves": figures.learning_curves(trained.history),
        "reliability": figures.reliability(card.calibration.reliability),
    }
    with _reproducible_svg(card.recipe.network):
        for name, figure in drawings.items():
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


def _tell(doing: str, verbose: int) -> None:
    """Prints what is done next, unless `verbose` is 0."""
    if verbose:
        print(f"{doing} ...", flush=True)


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
