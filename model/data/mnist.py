"""MNIST as NumPy arrays: read, verify, scale, split.

MNIST is by Yann LeCun and Corinna Cortes (CC BY-SA 3.0): 60,000 training and 10,000 test images of handwritten
digits, white ink (255) on black (0), each 28 x 28.
"""

import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from model.images import NUM_CLASSES, SIZE

ASSETS = Path(__file__).resolve().parents[2] / "assets"
MNIST_PATH = ASSETS / "mnist.npz"
MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"
TEST_IMAGES = 10_000
_REMEDY = "Get it back with: git checkout -- assets/mnist.npz, or name another file with: python train.py --data FILE"
_EXTRA_REMEDY = "Name an npz file with the drawings that you kept, or leave --extra out"


class DataError(Exception):
    """A data file is missing, damaged, or not what its name says."""


class Split(NamedTuple):
    """Images with labels: uint8 (n, 28, 28) in 0..255, and uint8 (n,) in 0..9, or 10 for a synthetic non-digit."""

    images: np.ndarray
    labels: np.ndarray


class TrainingData(NamedTuple):
    """All that a network is trained and scored on.

    Attributes:
        training: MNIST's training images without those held out.
        validation: MNIST's training images that are held out, as `hold_out` gives both.
        test: MNIST's test images.
        sha256: of the file they came from.
        extra: further drawings to train on; none of them is held out.
    """

    training: Split
    validation: Split
    test: Split
    sha256: str
    extra: Split | None = None


def read_split(split: Literal["train", "test"], path: Path | str = MNIST_PATH) -> Split:
    """Reads one split of an npz file that holds `x_train`, `y_train`, `x_test` and `y_test`.

    Only the two arrays asked for are decompressed: the app needs the 8 MB of the test set, not the 47 MB of the rest.

    Args:
        split: "train" or "test".
        path: an npz file; Keras's own cache file (`~/.keras/datasets/mnist.npz`) has the same form.

    Returns:
        A `Split`.

    Raises:
        DataError: the file is missing, truncated, not an npz, or its arrays have another shape, dtype or range.
    """
    return _read_arrays(split, Path(path), ("x_train", "y_train", "x_test", "y_test"), _REMEDY)


def read_extra(path: Path) -> Split:
    """Reads drawings to train on besides MNIST: an npz file that holds `x_train` and `y_train`, of the same form.

    Raises:
        DataError: as for `read_split`.
    """
    return _read_arrays("train", path, ("x_train", "y_train"), _EXTRA_REMEDY)


def _read_arrays(split: str, path: Path, expected: Sequence[str], remedy: str) -> Split:
    names = (f"x_{split}", f"y_{split}")
    try:
        # Opened here, since NumPy leaves the file open when it turns out not to be an npz.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            if missing := [name for name in names if name not in archive.files]:
                raise DataError(
                    f"No array {', '.join(missing)} in {path}. {remedy}. "
                    f"Expected: {', '.join(expected)}. Received: {', '.join(archive.files) or 'nothing'}"
                )
            images, labels = (archive[name] for name in names)
    except FileNotFoundError:
        raise DataError(f"No data file at {path}. {remedy}.") from None
    except (OSError, EOFError, ValueError, AttributeError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        # NumPy has no single error for a damaged npz: each of these was seen for a truncated, empty or foreign file.
        raise DataError(f"{path} can't be read as an npz file ({error}). {remedy}.") from error
    _check_arrays(images, labels, path, remedy)
    return Split(images, labels.astype(np.uint8))


def map_training_images(path: Path | str = MNIST_PATH) -> Split:
    """Reads the training split without keeping its 47 MB of images in memory: they are mapped from a temporary file.

    Raises:
        DataError: as for `read_split`.
    """
    images, labels = read_split("train", path)
    with tempfile.TemporaryFile(prefix="mnist-") as file:  # the map holds it open, and it goes with the map
        file.write(images.data)
        file.flush()
        return Split(np.memmap(file, np.uint8, "r", shape=images.shape), labels)


def _check_arrays(images: np.ndarray, labels: np.ndarray, path: Path, remedy: str) -> None:
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (SIZE, SIZE) or len(images) == 0:
        raise DataError(
            f"The images in {path} are not of MNIST's form. {remedy}. "
            f"Expected: uint8 (n, 28, 28). Received: {images.dtype} {images.shape}"
        )
    if labels.shape != (len(images),) or labels.dtype.kind not in "iu":
        raise DataError(
            f"The labels in {path} do not go with its images. {remedy}. "
            f"Expected: integers ({len(images)},). Received: {labels.dtype} {labels.shape}"
        )
    if labels.min() < 0 or labels.max() >= NUM_CLASSES:
        raise DataError(
            f"The labels in {path} are not digits. {remedy}. Expected: 0..9. Received: {labels.min()}..{labels.max()}"
        )


def verify(path: Path | str = MNIST_PATH, expected: str | None = None) -> str:
    """Returns the SHA-256 of a data file in hexadecimal, having compared it with the one expected.

    Args:
        path: the file.
        expected: the digest it must have. By default that of the shipped file for the shipped path, and any digest
            for a file of one's own.

    Raises:
        DataError: the file is missing or has another digest.
    """
    path = Path(path)
    if expected is None and path.resolve() == MNIST_PATH:
        expected = MNIST_SHA256
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"No data file at {path} ({error.strerror}). {_REMEDY}.") from error
    if expected is not None and found != expected:
        raise DataError(
            f"{path} is damaged or another file. {_REMEDY}. Expected: SHA-256 {expected}. "
            f"Received: SHA-256 {found}, {path.stat().st_size:,} bytes"
        )
    return found


def joined(split: Split, more: Split | None) -> Split:
    """Both, one behind the other."""
    return Split(*(np.concatenate(arrays) for arrays in zip(split, more, strict=True))) if more else split


def digest(split: Split) -> str:
    """The SHA-256 of images and labels in hexadecimal."""
    return hashlib.sha256(split.images.tobytes() + split.labels.tobytes()).hexdigest()


def hold_out(split: Split, count: int) -> tuple[Split, Split]:
    """Splits off the last `count` images for validation, as Keras's `validation_split` does.

    Returns:
        The images to train on, and those held out.

    Raises:
        DataError: `count` leaves nothing on either side.
    """
    if not 0 < count < len(split.labels):
        raise DataError(f"Can't hold out {count} of {len(split.labels)} images. Expected: 1..{len(split.labels) - 1}")
    return (
        Split(split.images[:-count], split.labels[:-count]),
        Split(split.images[-count:], split.labels[-count:]),
    )
