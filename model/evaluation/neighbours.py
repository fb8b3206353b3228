"""Similar images: the nearest neighbours in the feature space of a network's last hidden layer."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from model.images import scale
from model.reading.store import NetworkError, read_file, remedy

FILE = "neighbours.npz"
# Training images kept for each test image.
NEAREST = 8
# Principal components kept; the ten classes of MNIST need few more than nine.
_AXES = 32
# Images that the components are computed from, and images projected at once, which bounds the memory.
_SAMPLE, _PROJECTED = 10_000, 1_600
# Test images compared at once with all training images, which takes half a megabyte each, and the groups that these
# are divided into.
_BLOCK = 200
_GROUPS = 1_000


class FeatureNetwork(Protocol):
    """The part of `model.reading.classifier.Classifier` that is used here."""

    def features(self, images: np.ndarray) -> np.ndarray:
        """Floats (n, 28, 28) in 0..1 to floats (n, f)."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The features of the test images, and the training images nearest to each.

    Attributes:
        mean: float32 (f,), of the features.
        axes: float32 (f, k), orthonormal: the directions in which the features differ most (principal components).
        step: of the quantised projections.
        test: int8 (n, k), the projected features of the test images, in steps.
        training: uint16 or uint32 (n, NEAREST), indices of the training images nearest to each test image, the
            nearest first.
    """

    mean: np.ndarray
    axes: np.ndarray
    step: float
    test: np.ndarray
    training: np.ndarray

    def similar_test_images(self, features: np.ndarray, count: int) -> np.ndarray:
        """Finds test images.

        Args:
            features: floats (f,), of any image.
            count: how many are wanted.

        Returns:
            Their indices, int64 (count,), the most similar first.
        """
        return self._by_distance((features - self.mean) @ self.axes / self.step)[:count]

    def similar_to(self, index: int, count: int) -> np.ndarray:
        """Finds the test images that are most similar to one of them.

        Args:
            index: of that image.
            count: how many are wanted, itself included.

        Returns:
            Their indices, int64 (count,): itself first, then the most similar first.
        """
        order = self._by_distance(self.test[index].astype(np.float32))
        # Others may lie within the same step.
        return np.concatenate([[index], order[order != index]])[:count]

    def _by_distance(self, steps: np.ndarray) -> np.ndarray:
        """All test images from the nearest to the farthest, int64 (n,), from a place: floats (k,), in steps."""
        return np.argsort(((self.test - steps) ** 2).sum(axis=1), kind="stable")

    def save(self, folder: Path) -> None:
        """Writes the file into the folder of a trained network."""
        np.savez_compressed(
            folder / FILE, mean=self.mean, axes=self.axes, step=self.step, test=self.test, training=self.training
        )

    @classmethod
    def load(cls, folder: Path) -> "Neighbours":
        """Reads the file in the folder of a trained network.

        Raises:
            NetworkError, OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile: it is missing or damaged.
        """
        with np.load(io.BytesIO(read_file(folder, FILE)), allow_pickle=False) as arrays:
            return cls(arrays["mean"], arrays["axes"], float(arrays["step"]), arrays["test"], arrays["training"])


def load_neighbours(folder: Path) -> Neighbours:
    """Reads the similar images of a trained network.

    Raises:
        NetworkError: the file is missing or damaged.
    """
    try:
        return Neighbours.load(folder)
    except FileNotFoundError:
        raise NetworkError(f"No similar images at {folder / FILE}. {remedy(folder)}.") from None
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise NetworkError(f"The similar images at {folder / FILE} are damaged ({error}). {remedy(folder)}.") from error


def find_neighbours(network: FeatureNetwork, training: np.ndarray, test: np.ndarray) -> Neighbours:
    """Compares all test images with all training images.

    Args:
        network: whose features count.
        training: uint8 (m, 28, 28) in 0..255.
        test: uint8 (n, 28, 28) in 0..255.
    """
    sample = _features(network, training[:_SAMPLE])
    mean = sample.mean(axis=0)
    _, directions = np.linalg.eigh(_covariance(sample - mean))
    axes = directions[:, ::-1][:, :_AXES].astype(np.float32)

    def project(images: np.ndarray) -> list[np.ndarray]:
        blocks = (images[start : start + _PROJECTED] for start in range(0, len(images), _PROJECTED))
        return [(_features(network, block) - mean) @ axes for block in blocks]

    training_places = np.concatenate([(sample - mean) @ axes, *project(training[_SAMPLE:])])
    test_places = np.concatenate(project(test))
    step = float(np.abs(test_places).max()) / 127 or 1.0
    return Neighbours(
        mean,
        axes,
        step,
        np.rint(test_places / step).astype(np.int8),
        _nearest(test_places, training_places, min(NEAREST, len(training))),
    )


def _features(network: FeatureNetwork, images: np.ndarray) -> np.ndarray:
    return network.features(scale(images))


def _covariance(centred: np.ndarray) -> np.ndarray:
    """The covariances of float32 (n, f) with a mean of 0, float64 (f, f). `np.cov` would copy the array three times."""
    total = np.zeros((centred.shape[1], centred.shape[1]))
    for start in range(0, len(centred), _PROJECTED):
        block = centred[start : start + _PROJECTED].astype(np.float64)
        total += block.T @ block
    return total / max(1, len(centred) - 1)


def _nearest(places: np.ndarray, others: np.ndarray, count: int) -> np.ndarray:
    """For each place, the nearest of the others: uint16 (n, count), or uint32 where there are more than 65,536."""
    # Each column of others is a group. The nearest are in the `count` groups that come nearest, and so no more than
    # those are searched: a partial sort of all distances takes ten times as long.
    columns = min(_GROUPS, len(others))
    filled = -len(others) % columns
    lengths = np.pad((others**2).sum(axis=1), (0, filled), constant_values=np.inf)
    others = np.pad(others, ((0, filled), (0, 0)))
    found = np.empty((len(places), count), np.uint16 if len(others) <= 2**16 else np.uint32)
    for start in range(0, len(places), _BLOCK):
        # Without the place's own length, which is the same for all others.
        distances = lengths - 2 * places[start : start + _BLOCK] @ others.T
        closest = distances.reshape(len(distances), -1, columns).min(axis=1)
        groups = np.argpartition(closest, count - 1, axis=1)[:, :count]
        members = (np.arange(0, len(others), columns)[:, np.newaxis] + groups[:, np.newaxis]).reshape(len(groups), -1)
        order = np.take_along_axis(distances, members, axis=1).argsort(axis=1)[:, :count]
        found[start : start + _BLOCK] = np.take_along_axis(members, order, axis=1)
    return found
