"""Fixtures for all packages: MNIST's test set and a drawn seven."""

import os

import numpy as np
import pytest
from helpers import SEVEN

from model.data.mnist import Split, read_split
from model.synthesis.strokes import draw_strokes

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def test_set() -> Split:
    return read_split("test")


@pytest.fixture(scope="session")
def seven() -> np.ndarray:
    """A 7 on the pad, white on black, uint8 (280, 280)."""
    return draw_strokes([SEVEN], 20)
