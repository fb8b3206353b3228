"""What the server and the training process tell each other."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from model.reading.card import Taught
from model.recipes import Lesson, Recipe

# Of the process: it imports TensorFlow; builds what the next training needs; can begin at once; trains; waits within a
# training; settles, scores and exports; saves a network under a name; is at rest after a training.
State = Literal["starting", "preparing", "ready", "training", "paused", "finishing", "saving", "idle"]
# Number of test images on the wall; a tenth of them for each digit.
WALL = 100


@dataclass(frozen=True)
class Prepare:
    """Asks for all that a training needs, so that it then starts at once.

    Attributes:
        what: a lesson, or the folder of a network that is to be taught.
    """

    what: Lesson | Path


@dataclass(frozen=True)
class Start:
    """Asks for the training of a lesson; what comes of it is put into a folder that is there already."""

    lesson: Lesson
    folder: Path


@dataclass(frozen=True, eq=False)
class Teach:
    """Asks for a further training of a saved network on a person's drawings.

    Attributes:
        network: its folder, as `train.py` filled it.
        images: the drawings as the network sees them, uint8 (n, 28, 28) in 0..255; at least one.
        labels: uint8 (n,) in 0..9.
        folder: for what comes of it; it is there already.
    """

    network: Path
    images: np.ndarray
    labels: np.ndarray
    folder: Path


@dataclass(frozen=True)
class Pause:
    """Asks a training to wait after its present step."""


@dataclass(frozen=True)
class Resume:
    """Asks a training that waits to go on."""


@dataclass(frozen=True)
class Stop:
    """Asks a training to end after its present step; what it has learnt until then is its result."""


@dataclass(frozen=True, eq=False)
class SetDrawing:
    """Gives the visitor's own drawing, which each later snapshot reads; None takes it away.

    Attributes:
        image: uint8 (28, 28) in 0..255, as the network sees it.
    """

    image: np.ndarray | None


@dataclass(frozen=True)
class Keep:
    """Asks for a result to be saved as `train.py` saves a network, in a folder that is not there yet."""

    result: "Result"
    folder: Path


Command = Prepare | Start | Teach | Pause | Resume | Stop | SetDrawing | Keep


@dataclass(frozen=True)
class StateChanged:
    """The process tells its state.

    Attributes:
        state: the new one.
        ready: of the state "ready", what can begin, as `Prepare` has it; None otherwise.
    """

    state: State
    ready: Lesson | Path | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A moment of a training.

    Attributes:
        step, steps: how many steps are done, and how many there will be.
        images: how many images were seen, those that were seen several times counted each time.
        seconds: since the start, without pauses.
        images_per_second: over the last seconds.
        seconds_left: about how long the remaining steps take.
        loss, accuracy: of training, the mean since the snapshot before; nats, and 0..1.
        validation_loss, validation_accuracy: on the validation images, as they were last measured; nats, and 0..1.
        validation_step: after which step that was.
        confusion: of the same measurement, integers (10, 10), rows true and columns read.
        predicted: of the test images on the wall (`model.learning.wall`), uint8 (100,) in 0..9.
        probabilities: of the visitor's drawing, float32 (10,) in 0..1, given that it is a digit; None without one.
        non_digit: how little that looks like a digit, 0..1; 0 for a network that can't refuse.
    """

    step: int
    steps: int
    images: int
    seconds: float
    images_per_second: float
    seconds_left: float
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    validation_step: int
    confusion: np.ndarray
    predicted: np.ndarray
    probabilities: np.ndarray | None = None
    non_digit: float = 0.0


@dataclass(frozen=True)
class Result:
    """What came of a training. Its folder holds `model.keras`, `model.tflite` and `history.csv`.

    Attributes:
        folder: from which `model.reading.classifier.Classifier` reads the network at once.
        recipe: how it was trained.
        lesson: which was trained; None where a network was taught.
        taught: what it was taught; None where a lesson was trained.
        test_accuracy: on MNIST's test set, 0..1.
        test_errors: how many test images are read wrong.
        seconds: what the training took, without pauses, and without what is made ready before and after it.
    """

    folder: Path
    recipe: Recipe
    lesson: Lesson | None
    taught: Taught | None
    test_accuracy: float
    test_errors: int
    seconds: float


@dataclass(frozen=True)
class Finished:
    """A training is over."""

    result: Result


@dataclass(frozen=True)
class Kept:
    """A result is saved under a name."""

    folder: Path


@dataclass(frozen=True)
class Failed:
    """Something was not done; the process goes on.

    Attributes:
        message: the reason and the remedy.
        unprepared: the lesson or the network's folder that was to be prepared; None where it was a training, or a
            network to be kept.
    """

    message: str
    unprepared: Lesson | Path | None = None


@dataclass(frozen=True)
class Ended:
    """The process is no more.

    Attributes:
        reason: "asked", "idle", "memory" (it took more than it may), "failed" (as was reported), or "died".
        status: of the process, as `subprocess.Popen.returncode` has it.
    """

    reason: Literal["asked", "idle", "memory", "failed", "died"]
    status: int


Report = StateChanged | Snapshot | Finished | Kept | Failed | Ended
