"""Teaches a trained network a person's drawings by a short further training, in which it rehearses its own images."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from model.data.mnist import Split, TrainingData, joined
from model.evaluation.scores import accuracy
from model.images import NON_DIGIT, REFUSAL_LEVEL, SIZE, as_drawings, scale
from model.networks.batch_norm import follow_closely
from model.reading.card import Card, Taught, TaughtScores
from model.reading.history import Epoch, read_history
from model.reading.store import NetworkError
from model.recipes import Recipe
from model.synthesis.non_digits import synthetic_non_digits
from model.synthesis.pen_styles import synthetic_digits
from model.synthesis.worker import called_beside
from model.training.checkpoint import Recorder
from model.training.fit import Run
from model.training.watching import probabilities_of

# With 60 steps the test accuracy falls by up to 0.14 points; 150 take more than 20 seconds with all that follows them.
_STEPS, _BATCH_SIZE = 110, 128
# The peak of a one-cycle schedule with Adam.
_LEARNING_RATE = 0.0015
# Warped images that are added to each batch, and which share of them are the person's drawings. Without synthetic
# images, there are fewer, and all are the person's.
_WARPED, _OWN_SHARE = 64, 0.18
_WARPED_ALONE = 12
# Synthetic images to rehearse, and non-digits to see what is refused. They are not those of the network's own training,
# of which it has seen so many that it knows the kinds.
_PEN_DIGITS, _NON_DIGITS, _HELD_OUT_NON_DIGITS = 2000, 1000, 300
_SEED = 77
# Enough, since the statistics of the batch norms hardly change.
_SETTLING_BATCHES = 30
# Test images that are given as drawings, to see how many are refused.
_AS_DRAWINGS = 2000


class Teaching:
    """A trained network that is ready to be taught.

    Args:
        folder: of the network, as `train.py` filled it.
        data: MNIST, whose training images are rehearsed; the network's own validation images are held out.

    Attributes:
        card: of the network.
        run: of the further training; its model has the weights of the network.

    Raises:
        NetworkError: the network is missing or damaged, or an ensemble.
    """

    def __init__(self, folder: Path, data: TrainingData):
        self.folder = folder
        self.card = Card.load(folder)
        if self.card.members:
            raise NetworkError(f"An ensemble can't be taught. Teach one network of it instead. Received: {folder.name}")
        self._data = data
        self._refuses = self.card.recipe.synthetic_batch > 0
        recipe = _recipe_of(self.card.recipe)
        chosen = np.random.default_rng(_SEED).permutation(len(data.training.labels))[: _STEPS * _BATCH_SIZE]
        rehearsed = Split(data.training.images[chosen], data.training.labels[chosen])
        self.run = Run(recipe, data._replace(training=rehearsed), _LEARNING_RATE)
        follow_closely(self.run.model)
        self._synthetic, self._held_out = self._make_synthetic()
        self._rehearse(_weights_of(folder))
        self._before = self._scores()

    def batches(self, drawings: Split) -> tf.data.Dataset:
        """The batches of the further training, in which the drawings come warped in many ways."""
        if self._synthetic is None:
            pool = drawings
        else:
            own = round(len(self._synthetic.labels) * _OWN_SHARE / (1 - _OWN_SHARE))
            repeated = np.arange(own) % len(drawings.labels)
            pool = joined(self._synthetic, Split(drawings.images[repeated], drawings.labels[repeated]))
        self.run.add_synthetic(pool)
        return self.run.batches()

    def before(self, drawings: Split) -> TaughtScores:
        """How the network read before it was taught; to be called then."""
        return replace(self._before, drawings_right=self._right(drawings))

    def after(self, drawings: Split) -> TaughtScores:
        """How the network reads now."""
        return replace(self._scores(), drawings_right=self._right(drawings))

    def settle(self) -> None:
        """Estimates the statistics of the batch norms, after the further training."""
        self.run.settle(_SETTLING_BATCHES)

    def history(self, taught: Recorder) -> list[Epoch]:
        """The history of the network, with what it was taught as a last epoch."""
        before = read_history(self.folder)
        return [*before, *(replace(row, epoch=len(before) + row.epoch) for row in taught.history)]

    def _make_synthetic(self) -> tuple[Split | None, np.ndarray]:
        """The synthetic images to rehearse, None for a network that has learnt none; and non-digits held out."""
        if not self._refuses:
            return None, np.zeros((0, SIZE, SIZE), np.uint8)
        with called_beside(
            synthetic_non_digits, _NON_DIGITS + _HELD_OUT_NON_DIGITS, _SEED, self._data.validation
        ) as non_digits:
            pens = Split(*synthetic_digits(_PEN_DIGITS, _SEED))
            others, _ = non_digits()
        labels = np.full(_NON_DIGITS, NON_DIGIT, np.uint8)
        return joined(pens, Split(others[:_NON_DIGITS], labels)), others[_NON_DIGITS:]

    def _rehearse(self, weights: list[np.ndarray]) -> None:
        """Compiles all that training needs, and gives the model the network's weights."""
        model = self.run.model
        model.optimizer.build(model.trainable_variables)
        first = [variable.numpy() for variable in model.optimizer.variables]
        digits = Split(self._data.validation.images[:1], self._data.validation.labels[:1])
        self.run.rehearse(self.batches(digits))
        model.set_weights(weights)
        for variable, value in zip(model.optimizer.variables, first, strict=True):
            variable.assign(value)

    def _scores(self) -> TaughtScores:
        test = self._data.test
        digits, _ = probabilities_of(self.run.model, scale(test.images))
        return TaughtScores(
            drawings_right=0,
            test_accuracy=accuracy(test.labels, digits),
            digits_refused=float(self._are_refused(test.images[:_AS_DRAWINGS]).mean()),
            non_digits_refused=float(self._are_refused(self._held_out).mean()) if self._refuses else None,
        )

    def _right(self, drawings: Split) -> int:
        digits, non_digit = probabilities_of(self.run.model, self._inputs(drawings.images))
        return int(((digits.argmax(axis=1) == drawings.labels) & (non_digit <= REFUSAL_LEVEL)).sum())

    def _are_refused(self, images: np.ndarray) -> np.ndarray:
        return probabilities_of(self.run.model, self._inputs(images))[1] > REFUSAL_LEVEL

    def _inputs(self, images: np.ndarray) -> np.ndarray:
        """Drawings as the network takes them."""
        return as_drawings(scale(images)) if self.card.recipe.drawn_share else scale(images)


def teach(teaching: Teaching, drawings: Split) -> tuple[list[np.ndarray], list[Epoch], Taught]:
    """Teaches a network drawings, without anybody who watches.

    Args:
        teaching: the network, made ready.
        drawings: as the network sees them, with their labels.

    Returns:
        Its weights, its history, and what it was taught.
    """
    before = teaching.before(drawings)
    recorder = Recorder()
    teaching.run.fit(teaching.batches(drawings), [recorder])
    teaching.settle()
    taught = Taught(teaching.folder.name, len(drawings.labels), before, teaching.after(drawings))
    return teaching.run.model.get_weights(), teaching.history(recorder), taught


def _recipe_of(recipe: Recipe) -> Recipe:
    """The recipe of the further training of a network. Only the drawings and synthetic images are warped."""
    return replace(
        recipe,
        epochs=1,
        batch_size=_BATCH_SIZE,
        optimizer="adam",
        schedule="one-cycle",
        augment="none",
        synthetic_batch=_WARPED if recipe.synthetic_batch else _WARPED_ALONE,
    )


def _weights_of(folder: Path) -> list[np.ndarray]:
    path = folder / "model.keras"
    try:
        return keras.models.load_model(path).get_weights()
    except (OSError, ValueError) as error:
        raise NetworkError(f"The network at {path} is missing or damaged ({error}).") from error
