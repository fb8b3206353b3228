"""A trained network, ready to read drawings. It runs on LiteRT and needs no TensorFlow."""

import json
import threading
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from model.data import SCANS_AND_DRAWINGS, as_drawings
from model.neighbours import FILE as NEIGHBOURS
from model.neighbours import Neighbours
from model.preprocess import Box, Drawing, normalize, to_ink
from model.segment import choose, find_candidates, whole

TRAINED = Path(__file__).resolve().parent / "trained"
INPUT_SHAPE = (28, 28, 1)
# Images in one call of the interpreter: more gain no speed and take memory (0.3 MB each in compact's first layer).
BATCH = 16

_METRICS = {
    "cpu_cores",
    "files",
    "label_errors",
    "layers",
    "network",
    "parameters",
    "per_class",
    "recipe",
    "seed",
    "test",
    "training_seconds",
    "validation",
}


class NetworkError(Exception):
    """A trained network is missing or damaged."""


@dataclass(frozen=True, eq=False)
class Digit:
    """One digit found in a drawing.

    Attributes:
        label: the most probable digit, 0..9.
        probabilities: float32 (10,) in 0..1, summing to 1: those of the digits, given that it is one.
        box: where its ink is in the drawing, in pixels.
        image: float32 (28, 28) in 0..1, what the network saw.
        non_digit: how little it looks like a digit at all, 0..1; always 0 from a network that never learnt that.
    """

    label: int
    probabilities: np.ndarray
    box: Box
    image: np.ndarray
    non_digit: float

    @property
    def is_digit(self) -> bool:
        """Whether the network takes it for a digit at all."""
        return self.non_digit <= 0.5

    @property
    def probability(self) -> float:
        """That of the label, 0..1."""
        return float(self.probabilities[self.label])

    @property
    def runner_up(self) -> int:
        """The second most probable digit."""
        return int(np.argsort(self.probabilities)[-2])


@dataclass(frozen=True)
class Reading:
    """What was read in a drawing: its digits in reading order, none for a blank one."""

    digits: tuple[Digit, ...]

    @property
    def text(self) -> str:
        """The number read; a "?" stands for what is not a digit."""
        return "".join(str(digit.label) if digit.is_digit else "?" for digit in self.digits)


class Classifier:
    """A trained network. Several threads may use one at once: a lock guards LiteRT's interpreter, which is not safe.

    Whether an image is drawn makes a difference to a network that was told so in training, which its file says; see
    `model.data.as_drawings`.

    Args:
        folder: what `train.py` saved; `model.tflite` in it is read at once, `metrics.json` when asked for.

    Raises:
        NetworkError: the network is missing or damaged.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        path = folder / "model.tflite"
        if not path.is_file():
            raise NetworkError(f"No network at {folder}. {remedy(folder)}.")
        try:
            # One thread: a single image takes 0.1 ms, and visitors share the cores already.
            self._interpreter = Interpreter(str(path), num_threads=1)
            self._interpreter.allocate_tensors()
            self._input = self._interpreter.get_input_details()[0]
            runner = self._interpreter.get_signature_runner()
            self._tells_drawings = SCANS_AND_DRAWINGS in runner.get_input_details()
            details = runner.get_output_details()
        except (ValueError, RuntimeError) as error:
            raise NetworkError(f"The network at {path} is damaged ({error}). {remedy(folder)}.") from error
        shapes = {name: tuple(map(int, detail["shape"][1:])) for name, detail in details.items()}
        if tuple(self._input["shape"][1:]) != INPUT_SHAPE or shapes.get("digits") != (10,) or "features" not in shapes:
            raise NetworkError(
                f"The network at {path} does not read digits. {remedy(folder)}. Expected: (28, 28, 1) -> digits (10,), "
                f"features and others. Received: {tuple(self._input['shape'][1:])} -> {shapes}"
            )
        self._outputs = {name: detail["index"] for name, detail in details.items()}
        self._lock = threading.Lock()
        self._batch_size = 1

    @cached_property
    def metrics(self) -> dict:
        """The scores and the recipe that `train.py` saved beside the network; see `load_metrics`."""
        return load_metrics(self.folder)

    def probabilities(self, images: np.ndarray, drawn: bool = False) -> np.ndarray:
        """The probabilities of the ten digits, given that each image is one.

        Args:
            images: float32 (n, 28, 28) or (n, 28, 28, 1) in 0..1, ink bright.
            drawn: whether they are of drawings and not scans such as MNIST's.

        Returns:
            float32 (n, 10) in 0..1, each row summing to 1.
        """
        return self.classify(images, drawn)[0]

    def classify(self, images: np.ndarray, drawn: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Runs the network.

        Args:
            images: float32 (n, 28, 28) or (n, 28, 28, 1) in 0..1, ink bright.
            drawn: whether they are of drawings and not scans such as MNIST's.

        Returns:
            The probabilities of the ten digits, given that each image is one, float32 (n, 10) in 0..1; and how little
            it looks like one, float32 (n,) in 0..1, above 0.5 for what the network refuses. That is 0 throughout for a
            network that never learnt what is no digit.
        """
        images = self._given(images, drawn)
        batches = [self._run(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
        if not batches:
            return np.zeros((0, 10), np.float32), np.zeros(0, np.float32)
        digits, non_digit = zip(*batches, strict=True)
        return np.concatenate(digits), np.concatenate(non_digit)

    def features(self, images: np.ndarray, drawn: bool = False) -> np.ndarray:
        """The last features, of which the network makes its probabilities.

        Args:
            images: float32 (n, 28, 28) or (n, 28, 28, 1) in 0..1, ink bright; at least one.
            drawn: whether they are of drawings and not scans such as MNIST's.

        Returns:
            float32 (n, f); f is 80 for compact, 96 for small, 3168 for classic, and the sum of its members' for a
            committee.
        """
        images = self._given(images, drawn)
        with self._lock:
            return np.concatenate(
                [
                    self._invoke(images[start : start + BATCH]).get_tensor(self._outputs["features"])
                    for start in range(0, len(images), BATCH)
                ]
            )

    def feature_maps(self, image: np.ndarray, drawn: bool = False) -> list[np.ndarray]:
        """What each convolution makes of an image, after its activation.

        Args:
            image: float32 (28, 28) in 0..1, ink bright.
            drawn: whether it is of a drawing and not a scan such as MNIST's.

        Returns:
            float32 (h, w, c) for each convolution, from the first; none for a committee.
        """
        names = sorted((name for name in self._outputs if name.startswith("layer_")), key=lambda name: int(name[6:]))
        with self._lock:
            interpreter = self._invoke(self._given(image, drawn))
            return [interpreter.get_tensor(self._outputs[name])[0] for name in names]

    def _given(self, images: np.ndarray, drawn: bool) -> np.ndarray:
        """The images as the network takes them: float32 (n, 28, 28, 1)."""
        images = np.ascontiguousarray(images, np.float32).reshape(-1, *INPUT_SHAPE)
        return as_drawings(images) if drawn and self._tells_drawings else images

    def _run(self, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with self._lock:
            interpreter = self._invoke(batch)
            digits = interpreter.get_tensor(self._outputs["digits"])
            if "non_digit" not in self._outputs:
                return digits, np.zeros(len(batch), np.float32)
            return digits, interpreter.get_tensor(self._outputs["non_digit"])[:, 0]

    def _invoke(self, batch: np.ndarray) -> Interpreter:
        """Runs the interpreter on one batch; the lock must be held until its outputs are fetched."""
        if len(batch) != self._batch_size:
            self._interpreter.resize_tensor_input(self._input["index"], batch.shape)
            self._interpreter.allocate_tensors()
            self._batch_size = len(batch)
        self._interpreter.set_tensor(self._input["index"], batch)
        self._interpreter.invoke()
        return self._interpreter

    def read(self, drawing: Drawing, several: bool = True) -> Reading:
        """Reads a drawing.

        Args:
            drawing: uint8 (h, w), (h, w, 3) or (h, w, 4), or a Pillow image, as `model.preprocess` takes it.
            several: whether it may hold several digits side by side; otherwise all its ink is taken for one.

        Returns:
            The reading, without digits for a blank drawing.

        Raises:
            ValueError: the array is no drawing.
        """
        ink = to_ink(drawing)
        candidates = find_candidates(ink) if several else whole(ink)
        if not candidates:
            return Reading(())
        images = np.stack([normalize(part.ink, Box(0, 0, part.box.width, part.box.height)) for part in candidates])
        probabilities, non_digit = self.classify(images, drawn=True)
        chosen = choose(candidates, probabilities.max(axis=1) * (1 - non_digit))
        return Reading(
            tuple(
                Digit(
                    int(probabilities[index].argmax()),
                    probabilities[index],
                    candidates[index].box,
                    images[index],
                    float(non_digit[index]),
                )
                for index in chosen
            )
        )


def remedy(folder: Path) -> str:
    """The command that makes a missing or damaged network anew."""
    flags = {"committee": "--members 5", "fast": "--recipe fast"}.get(folder.name, f"--network {folder.name}")
    command = f"Train one with: python train.py {flags}"
    if folder.parent == TRAINED and folder.name in ("classic", "compact"):
        return f"{command}, or get the shipped one back with: git checkout -- model/trained/{folder.name}"
    return command


def load_classifier(name: str = "compact") -> Classifier:
    """Loads a network by its name, or by the path of its folder.

    Args:
        name: a folder in `model/trained`, or a path to one that `train.py --out` wrote.

    Raises:
        NetworkError: the network is missing or damaged.
    """
    folder = TRAINED / name
    return Classifier(folder if folder.is_dir() or not Path(name).is_dir() else Path(name))


def trained_networks() -> list[str]:
    """The names of the networks in `model/trained`, compact first: those are its folders, whole or damaged."""
    names = (
        [path.name for path in TRAINED.iterdir() if path.is_dir() and "." not in path.name] if TRAINED.is_dir() else []
    )
    return sorted(names, key=lambda name: (name != "compact", name))


def load_metrics(folder: Path) -> dict:
    """Reads the `metrics.json` of a trained network.

    Raises:
        NetworkError: it is missing or damaged.
    """
    path = folder / "metrics.json"
    try:
        metrics = json.loads(path.read_text(encoding="utf-8"))
        if missing := _METRICS - metrics.keys():
            raise ValueError(f"it lacks {', '.join(sorted(missing))}")
        return metrics
    except FileNotFoundError:
        raise NetworkError(f"No scores at {path}. {remedy(folder)}.") from None
    except (OSError, ValueError, AttributeError) as error:
        raise NetworkError(f"The scores at {path} are damaged ({error}). {remedy(folder)}.") from error


def load_neighbours(folder: Path) -> Neighbours:
    """Reads what resembles what in the eyes of a trained network.

    Raises:
        NetworkError: the file is missing or damaged.
    """
    try:
        return Neighbours.load(folder)
    except FileNotFoundError:
        raise NetworkError(f"No similar images at {folder / NEIGHBOURS}. {remedy(folder)}.") from None
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise NetworkError(
            f"The similar images at {folder / NEIGHBOURS} are damaged ({error}). {remedy(folder)}."
        ) from error


def load_test_probabilities(folder: Path) -> np.ndarray:
    """Reads what a trained network answered on MNIST's test set.

    Returns:
        float32 (10000, 10) in 0..1.

    Raises:
        NetworkError: the file is missing or damaged.
    """
    path = folder / "test_probabilities.npy"
    try:
        probabilities = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise NetworkError(f"No test results at {path}. {remedy(folder)}.") from None
    except (OSError, EOFError, ValueError) as error:
        raise NetworkError(f"The test results at {path} are damaged ({error}). {remedy(folder)}.") from error
    if probabilities.ndim != 2 or probabilities.shape[1] != 10 or not np.isfinite(probabilities).all():
        raise NetworkError(
            f"The test results at {path} are damaged. {remedy(folder)}. Expected: (10000, 10) probabilities. "
            f"Received: {probabilities.dtype} {probabilities.shape}"
        )
    return probabilities
