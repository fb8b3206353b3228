"""The test images that a network reads wrong: which they are, filtered and ranked."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

Order = Literal["confidence", "index"]


@dataclass(frozen=True, eq=False)
class Results:
    """What a network answered on the test set.

    Attributes:
        labels: integers (n,) in 0..9, the true digits.
        probabilities: float32 (n, 10) in 0..1.

    Raises:
        ValueError: there is not one answer for each label.
    """

    labels: np.ndarray
    probabilities: np.ndarray

    def __post_init__(self) -> None:
        if self.probabilities.shape != (len(self.labels), 10):
            raise ValueError(
                f"Labels and probabilities do not belong together. Expected: ({len(self.labels)}, 10) probabilities. "
                f"Received: {self.probabilities.shape}"
            )

    @cached_property
    def predicted(self) -> np.ndarray:
        """The digit read in each image: int64 (n,) in 0..9."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def confidence(self) -> np.ndarray:
        """The probability of the digit read: float32 (n,) in 0..1."""
        return self.probabilities.max(axis=1)

    def mistakes(self, actual: int | None = None, read: int | None = None, order: Order = "confidence") -> np.ndarray:
        """Finds the images read wrong.

        Args:
            actual: only images of this digit.
            read: only images read as this digit.
            order: "confidence" puts the most confident mistake first, "index" keeps the test set's order.

        Returns:
            Indices into the test set, int64 (k,).
        """
        wanted = self.predicted != self.labels
        if actual is not None:
            wanted &= self.labels == actual
        if read is not None:
            wanted &= self.predicted == read
        found = np.flatnonzero(wanted)
        return found[np.argsort(-self.confidence[found], kind="stable")] if order == "confidence" else found
