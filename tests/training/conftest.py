"""What the tests of training share: a few digits, and the data of a run on them."""

from pathlib import Path

import numpy as np
import pytest
from helpers import TINY

from model.data.mnist import Split, TrainingData, hold_out


@pytest.fixture(scope="module")
def digits(test_set) -> Split:
    return Split(test_set.images[:160], test_set.labels[:160])


@pytest.fixture(scope="module")
def data(digits, test_set) -> TrainingData:
    return TrainingData(*hold_out(digits, TINY.validation_count(160)), test_set, "data")


@pytest.fixture(scope="session")
def data_file(tmp_path_factory, test_set) -> Path:
    """A file of MNIST's form with a few hundred images."""
    path = tmp_path_factory.mktemp("data") / "small.npz"
    images, labels = test_set
    np.savez(path, x_train=images[:640], y_train=labels[:640], x_test=images[-100:], y_test=labels[-100:])
    return path
