"""The card of a trained network, `metrics.json` in its folder: scores, size, layers, recipe and origin, as types."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from model.reading.handwriting_scores import HandwritingScores, NumberScores, PenScores
from model.reading.store import CARD, NetworkError, remedy
from model.reading.typed_json import parsed
from model.recipes import Lesson, Recipe

# Of the cards that are written; raised when a field is renamed or changes its meaning, not when one is added.
VERSION = 1


@dataclass(frozen=True)
class Scores:
    """How well a network reads a set of images.

    Attributes:
        accuracy: the share read right, 0..1.
        loss: the mean cross-entropy, in nats.
        errors: how many were read wrong.
        images: how many there are.
    """

    accuracy: float
    loss: float
    errors: int
    images: int


@dataclass(frozen=True)
class DrawingScores(Scores):
    """How well a network reads a set of images that it is given as drawings.

    Attributes:
        refused: the share taken for no digit, 0..1.
    """

    refused: float


@dataclass(frozen=True)
class LabelErrors:
    """Test images whose label is known to be wrong (`model.data.label_errors`).

    Attributes:
        known: how many there are; 0 where the data is not MNIST.
        read_otherwise: how many of them are read as another digit than their label.
    """

    known: int
    read_otherwise: int


@dataclass(frozen=True)
class DigitScores:
    """How well one digit is read.

    Attributes:
        digit: 0..9.
        support: how many images of it there are.
        precision, recall, f1: 0..1; a share of nothing is 0.
    """

    digit: int
    support: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class ReliabilityBin:
    """One bin of a reliability diagram.

    Attributes:
        confidence: the mean probability of the digit read, 0..1.
        accuracy: the share read right, 0..1.
        images: how many are in the bin; at least one.
    """

    confidence: float
    accuracy: float
    images: int


@dataclass(frozen=True)
class Calibration:
    """How far the probabilities of a network mean what they say.

    Attributes:
        test_error: the expected calibration error on the test set, 0..1.
        reliability: the bins of the reliability diagram, from the least confidence.
    """

    test_error: float
    reliability: tuple[ReliabilityBin, ...]


@dataclass(frozen=True)
class Parameters:
    """How many parameters a network has, and how many of them are trained and not."""

    total: int
    trainable: int
    non_trainable: int


@dataclass(frozen=True)
class LayerRow:
    """One layer of a network.

    Attributes:
        name: in the Keras file.
        type: its class in Keras; "Input" for the input.
        detail: further information for the reader; may be empty.
        output_shape: without the batch axis.
        parameters: how many it has.
    """

    name: str
    type: str
    detail: str
    output_shape: tuple[int, ...]
    parameters: int


@dataclass(frozen=True)
class Readout:
    """What a network is exported with, and what follows from it.

    Attributes:
        temperature: by which its logits are divided.
        threshold: the score above which an image is refused; None for a network of ten classes, as are all others.
        mnist_digits_refused, pen_digits_refused, non_digits_refused: shares of held-out images given as drawings, 0..1.
        area_under_roc: of digits against non-digits, 0..1.
    """

    temperature: float
    threshold: float | None = None
    mnist_digits_refused: float | None = None
    pen_digits_refused: float | None = None
    non_digits_refused: float | None = None
    area_under_roc: float | None = None


@dataclass(frozen=True)
class Member:
    """One network of an ensemble; its attributes are those of its own `Card`."""

    seed: int
    validation: Scores
    test: Scores
    training_seconds: float
    cpu_cores: int


@dataclass(frozen=True)
class TaughtScores:
    """How a network reads before or after it was taught.

    Attributes:
        drawings_right: how many of the drawings that it was taught are read right, and not refused.
        test_accuracy: on MNIST's test set, 0..1.
        digits_refused: the share of MNIST's test digits, given as drawings, that is taken for no digit, 0..1.
        non_digits_refused: the share of other drawings that is; None for a network that can't refuse.
    """

    drawings_right: int
    test_accuracy: float
    digits_refused: float
    non_digits_refused: float | None


@dataclass(frozen=True)
class Taught:
    """What a network was taught by a person's drawings.

    Attributes:
        network: the name of the network that was trained further.
        drawings: how many drawings there were.
        before, after: how it read then, and how it reads now.
    """

    network: str
    drawings: int
    before: TaughtScores
    after: TaughtScores


@dataclass(frozen=True)
class FileSizes:
    """The sizes of `model.keras` and `model.tflite`, in bytes."""

    keras: int
    litert: int


@dataclass(frozen=True)
class Card:
    """The facts about a trained network.

    Attributes:
        test: on the test set, given as scans.
        label_errors: those of the test set.
        per_class: on the test set, in the order of the digits.
        confusion_matrix: of the test set, 10 rows (true) of 10 columns (read).
        calibration: on the test set.
        parameters: how many it has.
        recipe: how it was trained; of an ensemble that of its first member.
        learning_rate: with which it was trained, constant or the peak.
        training_seconds: of all epochs; of an ensemble, those of its members added up.
        cpu_cores: how many the training could use.
        versions: of Python and of the packages that made it, by name.
        data_sha256: of the file with the data, in hexadecimal.
        layers: the input first.
        validation: on the images held out.
        files: their sizes.
        extra_images: how many drawings it was trained on besides the data.
        extra_sha256: of those, in hexadecimal; None where there are none.
        readout: None for a network that is exported as it was trained.
        test_as_drawings: on the test set, given as drawings; None for a network that does not tell them from scans.
        members: of an ensemble; empty otherwise.
        lesson: of a training that was watched; its number of images and share of wrong labels are no part of a recipe.
        taught: what a network was taught after its recipe's training.
        pens: what `benchmarks.pens` measured; None before that.
        numbers: what `benchmarks.numbers` measured, by the number of digits ("2" to "5") and of "all"; None before.
        handwriting: what `benchmarks.handwriting` measured.
        sha256: of each other file in the folder, in hexadecimal, by its name; empty in a card older than these.
        version: of this form.
    """

    test: Scores
    label_errors: LabelErrors
    per_class: tuple[DigitScores, ...]
    confusion_matrix: tuple[tuple[int, ...], ...]
    calibration: Calibration
    parameters: Parameters
    recipe: Recipe
    learning_rate: float
    training_seconds: float
    cpu_cores: int
    versions: dict[str, str]
    data_sha256: str
    layers: tuple[LayerRow, ...]
    validation: Scores
    files: FileSizes
    extra_images: int = 0
    extra_sha256: str | None = None
    readout: Readout | None = None
    test_as_drawings: DrawingScores | None = None
    members: tuple[Member, ...] = ()
    lesson: Lesson | None = None
    taught: Taught | None = None
    pens: PenScores | None = None
    numbers: dict[str, NumberScores] | None = None
    handwriting: tuple[HandwritingScores, ...] = ()
    sha256: dict[str, str] = field(default_factory=dict)
    version: int = VERSION

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of the network, or those of its members."""
        return tuple(member.seed for member in self.members) or (self.recipe.seed,)

    def as_member(self) -> Member:
        """What an ensemble's card tells of this network."""
        return Member(self.recipe.seed, self.validation, self.test, self.training_seconds, self.cpu_cores)

    @classmethod
    def load(cls, folder: Path) -> "Card":
        """Reads the card of a trained network. Unknown fields are left out; missing ones have their defaults.

        Raises:
            NetworkError: the card is missing, damaged or of a newer version.
        """
        path = folder / CARD
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            version = values.get("version")
            if version is None:
                values = _versioned(values)
            elif isinstance(version, int) and version > VERSION:
                raise NetworkError(
                    f"The scores at {path} were written by a newer version of this program. Update it, or replace "
                    f"them. {remedy(folder)}. Expected: version {VERSION}. Received: version {version}"
                )
            return parsed(cls, values)
        except FileNotFoundError:
            raise NetworkError(f"No scores at {path}. {remedy(folder)}.") from None
        except (OSError, ValueError, AttributeError) as error:
            raise NetworkError(f"The scores at {path} are damaged ({error}). {remedy(folder)}.") from error

    def to_json(self) -> str:
        """The text of the file."""
        return json.dumps({"version": self.version, **asdict(self)}, indent=1) + "\n"

    def save(self, folder: Path) -> None:
        """Writes the card into the folder of a trained network, in place of the one that is there."""
        (folder / CARD).write_text(self.to_json(), encoding="utf-8")


def _versioned(values: dict[str, Any]) -> dict[str, Any]:
    """A card as it was before cards had a version, in the form of version 1.

    Raises:
        ValueError: it is no such card.
    """
    try:
        return values | {
            "learning_rate": values["recipe"]["learning_rate"],
            "files": {"keras": values["files"]["model.keras"], "litert": values["files"]["model.tflite"]},
        }
    except KeyError as error:
        raise ValueError(f"it lacks {error.args[0]}") from error
    except TypeError as error:
        raise ValueError(f"recipe or files: {error}") from error
