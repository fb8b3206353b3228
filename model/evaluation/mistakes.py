"""A network's results on the test set: filtered, ranked, counted, and compared with another network's."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from model.evaluation import scores as evaluate
from model.images import NUM_CLASSES

Show = Literal["wrong", "unsure", "all"]
Order = Literal["confident", "unsure", "loss", "margin", "index", "given"]
# Which of two networks reads an image wrong.
Wrong = Literal["both", "first", "second", "neither"]


@dataclass(frozen=True)
class Filters:
    """Which test images are wanted; each restriction narrows the choice.

    Attributes:
        show: "wrong" for those read wrong, "unsure" for those read right with little confidence, "all" for any.
        unsure_below: the probability of the digit read, 0..1, below which it counts as unsure.
        actual: only images of one of these true digits, 0..9; empty for all.
        read: only images read as one of these digits, 0..9; empty for all.
        probability: least and largest probability of the digit read, 0..1, both included.
        indices: only these places in the test set, those that it has.
    """

    show: Show = "wrong"
    unsure_below: float = 0.9
    actual: tuple[int, ...] = ()
    read: tuple[int, ...] = ()
    probability: tuple[float, float] = (0.0, 1.0)
    indices: tuple[int, ...] | None = None


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
        if self.probabilities.shape != (len(self.labels), NUM_CLASSES):
            raise ValueError(
                f"Labels and probabilities do not belong together. Expected: ({len(self.labels)}, 10) probabilities. "
                f"Received: {self.probabilities.shape}"
            )

    @cached_property
    def predicted(self) -> np.ndarray:
        """The digit read in each image: int64 (n,) in 0..9."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def wrong(self) -> np.ndarray:
        """Which images are read wrong: bool (n,)."""
        return self.predicted != self.labels

    @cached_property
    def confidence(self) -> np.ndarray:
        """The probability of the digit read: float32 (n,) in 0..1."""
        return self.probabilities.max(axis=1)

    @cached_property
    def loss(self) -> np.ndarray:
        """Cross-entropy of each image, in nats: float64 (n,)."""
        return evaluate.cross_entropies(self.labels, self.probabilities)

    @cached_property
    def margin(self) -> np.ndarray:
        """How far the second most probable digit lies behind the first: float32 (n,) in 0..1."""
        second, first = np.sort(self.probabilities, axis=1)[:, -2:].T
        return first - second

    @cached_property
    def confusion(self) -> np.ndarray:
        """Images by true digit (row) and digit read (column): int64 (10, 10)."""
        return evaluate.confusion_matrix(self.labels, self.predicted)

    def accuracy(self, left_out: frozenset[int] = frozenset()) -> float:
        """The share of images read right, without those at some places; 0 if none is left."""
        counted = np.ones(len(self.labels), bool)
        counted[list(left_out)] = False
        return float((~self.wrong[counted]).mean()) if counted.any() else 0.0

    def select(self, filters: Filters, order: Order, among: np.ndarray | None = None) -> np.ndarray:
        """Finds the images that pass the filters.

        Args:
            filters: what is wanted.
            order: "confident" puts the largest probability of the digit read first, "unsure" the smallest, "loss" the
                largest loss, "margin" the smallest margin; "index" keeps the test set's order, "given" that of the
                filter's indices, or the test set's where it has none.
            among: bool (n,), a further restriction.

        Returns:
            Indices into the test set, int64 (k,).
        """
        wanted = np.ones(len(self.labels), bool) if among is None else among.copy()
        if filters.show == "wrong":
            wanted &= self.wrong
        elif filters.show == "unsure":
            wanted &= ~self.wrong & (self.confidence < filters.unsure_below)
        if filters.actual:
            wanted &= np.isin(self.labels, filters.actual)
        if filters.read:
            wanted &= np.isin(self.predicted, filters.read)
        least, most = filters.probability
        # In whole percents, as they are chosen and shown: float32 holds no 0.9.
        wanted &= (self.confidence >= least - 1e-6) & (self.confidence <= most + 1e-6)
        if filters.indices is not None:
            wanted &= np.isin(np.arange(len(wanted)), filters.indices)
            if order == "given":
                return np.array([index for index in filters.indices if wanted[index]], np.int64)
        found = np.flatnonzero(wanted)
        match order:
            case "confident":
                rank = -self.confidence[found]
            case "unsure":
                rank = self.confidence[found]
            case "loss":
                rank = -self.loss[found]
            case "margin":
                rank = self.margin[found]
            case "index" | "given":
                return found
        return found[np.argsort(rank, kind="stable")]

    def by_confidence(self, indices: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray]:
        """Counts images in bins of equal width of the probability of the digit read, 0..1.

        Args:
            indices: into the test set, integers (k,).
            bins: how many.

        Returns:
            How many of them are read right, and how many wrong, in each bin: int64 (bins,) each.
        """
        # A probability on the edge of two bins counts in the upper one, and float32 holds no 0.9.
        number = np.minimum(((self.confidence[indices] + 1e-6) * bins).astype(int), bins - 1)
        wrong = self.wrong[indices]
        return np.bincount(number[~wrong], minlength=bins), np.bincount(number[wrong], minlength=bins)


@dataclass(frozen=True, eq=False)
class Comparison:
    """What two networks answered on the same test set."""

    first: Results
    second: Results

    def where(self, wrong: Wrong) -> np.ndarray:
        """The images that both networks, only one of them, or neither reads wrong: bool (n,)."""
        first, second = self.first.wrong, self.second.wrong
        return {
            "both": first & second,
            "first": first & ~second,
            "second": ~first & second,
            "neither": ~first & ~second,
        }[wrong]

    def counts(self) -> dict[Wrong, int]:
        """How many images each kind of `where` has; they sum to n."""
        return {wrong: int(self.where(wrong).sum()) for wrong in ("both", "first", "second", "neither")}

    def p_value(self) -> float:
        """The exact two-sided McNemar test: how probable a split at least as uneven is if both are equally good.

        Of the images that only one network reads wrong, each would be either's with probability 1/2 (McNemar 1947).
        """
        counts = self.counts()
        discordant, fewer = counts["first"] + counts["second"], min(counts["first"], counts["second"])
        tail = sum(math.comb(discordant, k) for k in range(fewer + 1))
        return min(1.0, 2 * tail / 2**discordant)
