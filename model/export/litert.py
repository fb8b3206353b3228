"""Compares the Keras and LiteRT files of a network, and rounds its weights to 8 bits."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from model.export.describe import usable_cores
from model.export.folders import SaveError
from model.images import as_drawings
from model.networks.quantization import with_exact_first_convolution
from model.reading.classifier import BATCH, Classifier

# Keras and LiteRT sum in another order; a larger difference than this means that they hold different networks.
LARGEST_DIFFERENCE = 1e-4
# What rounding the weights to 8 bits may change in the mean over the images; single ones differ by up to hundredths.
# It is 0.0001 for a network that was trained to the end and 0.003 for one that hardly was.
LARGEST_MEAN_DIFFERENCE = 0.02


class AllCores:
    """A saved network on all CPU cores; each core takes a share of the images.

    LiteRT's own threads do not help with networks so small: two of them take a quarter more time than one for compact.

    Args:
        folder: as for `Classifier`.
    """

    def __init__(self, folder: Path):
        self._classifiers = [Classifier(folder) for _ in range(usable_cores())]

    def classify(self, images: np.ndarray, drawn: bool) -> tuple[np.ndarray, np.ndarray]:
        """As `Classifier.classify`."""
        digits, non_digit = zip(
            *self._shared(lambda classifier, part: classifier.classify(part, drawn), images), strict=True
        )
        return np.concatenate(digits), np.concatenate(non_digit)

    def features(self, images: np.ndarray) -> np.ndarray:
        """As `Classifier.features`."""
        return np.concatenate(self._shared(Classifier.features, images))

    def _shared(self, answer: Callable[[Classifier, np.ndarray], Any], images: np.ndarray) -> list[Any]:
        # In whole batches, so that the answers are those of one classifier to the last bit.
        share = BATCH * math.ceil(len(images) / len(self._classifiers) / BATCH)
        parts = [images[start : start + share] for start in range(0, len(images), share)]
        with ThreadPoolExecutor(len(parts)) as threads:
            return list(threads.map(answer, self._classifiers, parts))


class Inputs(NamedTuple):
    """Images on which the files of a network are compared.

    Attributes:
        images: float32 (n, 28, 28, 1) in 0..1.
        populations: whether they are given as drawings, for each time that they are given.
    """

    images: np.ndarray
    populations: Sequence[bool]


def answers_of(folder: Path, inputs: Inputs) -> list[tuple[np.ndarray, np.ndarray]]:
    """What the LiteRT file in a folder answers.

    Returns:
        For each population what `Classifier.classify` returns.
    """
    saved = AllCores(folder)
    return [saved.classify(inputs.images, drawn) for drawn in inputs.populations]


def check_agreement(folder: Path, inputs: Inputs, answers: Sequence[tuple[np.ndarray, np.ndarray]]) -> None:
    """Makes sure that the saved Keras file, reloaded, answers as LiteRT does.

    Args:
        folder: of the file.
        inputs: what the file was given.
        answers: of the LiteRT file, as `answers_of` gives them.

    Raises:
        SaveError: they differ.
    """
    reloaded = keras.models.load_model(folder / "model.keras")
    differences = []
    images = inputs.images
    for drawn, (digits, non_digit) in zip(inputs.populations, answers, strict=True):
        of_keras = reloaded.predict(as_drawings(images) if drawn else images, batch_size=250, verbose=0)
        if isinstance(of_keras, dict):
            differences += [of_keras["digits"] - digits, of_keras["non_digit"][:, 0] - non_digit]
        else:
            differences.append(of_keras - digits)
    difference = max(float(np.abs(values).max()) for values in differences)
    if not difference < LARGEST_DIFFERENCE:
        raise SaveError(
            f"The saved network gives other results in Keras than in LiteRT; nothing was replaced. "
            f"Expected: probabilities within {LARGEST_DIFFERENCE}. Received: a difference of {difference:.2g}"
        )


def round_weights(
    insight: keras.Model,
    folder: Path,
    inputs: Inputs,
    exact: Sequence[tuple[np.ndarray, np.ndarray]],
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Replaces the LiteRT file by one with weights of 8 bits, which reads in a quarter of the time.

    Activations are rounded to 8 bits image by image, and the first layer not at all.

    Args:
        insight: what the exact file in `folder` holds.
        folder: of the file.
        inputs: what the file was given.
        exact: the answers of the exact file, as `answers_of` gives them.

    Returns:
        The answers of the rounded file.

    Raises:
        SaveError: its results differ from those of the exact one.
    """
    with_exact_first_convolution(insight).export(
        str(folder / "model.tflite"), format="litert", verbose=False, optimizations=[tf.lite.Optimize.DEFAULT]
    )
    rounded = answers_of(folder, inputs)
    differences = [
        float(np.abs(after - before).reshape(len(inputs.images), -1).max(axis=1).mean())
        for answers, exact_answers in zip(rounded, exact, strict=True)
        for after, before in zip(answers, exact_answers, strict=True)
    ]
    difference = max(differences)
    if not difference < LARGEST_MEAN_DIFFERENCE:
        raise SaveError(
            f"The network gives other results with weights of 8 bits; nothing was replaced. "
            f"Expected: probabilities within {LARGEST_MEAN_DIFFERENCE}. Received: a difference of {difference:.2g}"
        )
    return rounded
