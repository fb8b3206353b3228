"""The test images that one watches while a network learns them: always the same 100."""

import numpy as np

from model.data.mnist import Split
from model.images import NUM_CLASSES
from model.learning.messages import WALL


def wall_of(test: Split) -> np.ndarray:
    """Which test images are on the wall: the first ten of each digit, by digit.

    Args:
        test: MNIST's test images, or others that have each digit at least ten times.

    Returns:
        Their indices in the test set, int (100,): a row of ten for each digit.
    """
    each = WALL // NUM_CLASSES
    return np.concatenate([np.flatnonzero(test.labels == digit)[:each] for digit in range(NUM_CLASSES)])
