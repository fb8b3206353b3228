"""A trained network, ready to read drawings. It runs on LiteRT and needs no TensorFlow."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

from model.images import INPUT_SHAPE, NUM_CLASSES, SCANS_AND_DRAWINGS, as_drawings
from model.reading import store
from model.reading.cutting import are_digits_that_touch, find_parts, is_wide, may_be_a_letter
from model.reading.ink import Drawing, ink_and_tilt
from model.reading.normalization import normalize
from model.reading.preprocessing import candidates_in
from model.reading.reading import Digit, Reading, Sign, turned_back
from model.reading.segmentation import Candidate, choose
from model.reading.store import NetworkError, remedy

# Images in one call of the interpreter: more gain no speed and take memory (0.3 MB each in compact's first layer). What
# is left over goes one by one, since the interpreter plans its memory anew for each other number of images.
BATCH = 16
# A picture is turned if more than this share of what is found in it is no digit, ...
_REFUSED_ON_ITS_SIDE = 0.15
# ... and read that way round if each digit then has at least this probability.
_SURELY_TURNED = 0.9
# A sheet that lies at more than so many degrees is straightened.
_TILTED = 5


class Classifier:
    """A trained network. Several threads may use one at once: a lock guards LiteRT's interpreter, which is not safe.

    Some networks treat drawings and scans differently, as their files say; see `model.images.as_drawings`.

    Args:
        folder: what `train.py` saved; of it, `model.tflite` is read, and checked if the card has its SHA-256.

    Raises:
        NetworkError: the network is missing or damaged.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        path, content = folder / store.NETWORK, store.read_network(folder)
        try:
            # Not the path: LiteRT would map the file, and crash once that is cut short.
            # One thread: a single image takes 0.1 ms, and visitors share the cores already.
            self._interpreter = Interpreter(model_content=content, num_threads=1)
            self._interpreter.allocate_tensors()
            self._input = self._interpreter.get_input_details()[0]
            runner = self._interpreter.get_signature_runner()
            self._tells_drawings = SCANS_AND_DRAWINGS in runner.get_input_details()
            details = runner.get_output_details()
        except (ValueError, RuntimeError) as error:
            raise NetworkError(f"The network at {path} is damaged ({error}). {remedy(folder)}.") from error
        shapes = {name: tuple(map(int, detail["shape"][1:])) for name, detail in details.items()}
        takes = tuple(map(int, self._input["shape"][1:]))
        if takes != INPUT_SHAPE or shapes.get("digits") != (NUM_CLASSES,) or "features" not in shapes:
            raise NetworkError(
                f"The network at {path} does not read digits. {remedy(folder)}. Expected: {INPUT_SHAPE} -> "
                f"digits ({NUM_CLASSES},), features and others. Received: {takes} -> {shapes}"
            )
        self._outputs = {name: detail["index"] for name, detail in details.items()}
        self._lock = threading.Lock()
        self._batch_size = 1

    @property
    def can_refuse(self) -> bool:
        """Whether it has a class for non-digits; otherwise it reads everything as a digit."""
        return "non_digit" in self._outputs

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
            network that never learnt what is not a digit.
        """
        images = self.given(images, drawn)
        batches = [self._run(batch) for batch in _batches(images)]
        if not batches:
            return np.zeros((0, 10), np.float32), np.zeros(0, np.float32)
        digits, non_digit = zip(*batches, strict=True)
        return np.concatenate(digits), np.concatenate(non_digit)

    def features(self, images: np.ndarray, drawn: bool = False) -> np.ndarray:
        """The features before the last dense layer.

        Args:
            images: float32 (n, 28, 28) or (n, 28, 28, 1) in 0..1, ink bright; at least one.
            drawn: whether they are of drawings and not scans such as MNIST's.

        Returns:
            float32 (n, f); f is 80 for compact, 96 for small, 3168 for classic, and the sum of its members' for an
            ensemble.
        """
        images = self.given(images, drawn)
        with self._lock:
            return np.concatenate(
                [self._invoke(batch).get_tensor(self._outputs["features"]) for batch in _batches(images)]
            )

    def feature_maps(self, image: np.ndarray, drawn: bool = False) -> list[np.ndarray]:
        """What each convolution makes of an image, after its activation.

        Args:
            image: float32 (28, 28) in 0..1, ink bright.
            drawn: whether it is of a drawing and not a scan such as MNIST's.

        Returns:
            float32 (h, w, c) for each convolution, from the first; none for an ensemble.
        """
        names = sorted((name for name in self._outputs if name.startswith("layer_")), key=lambda name: int(name[6:]))
        with self._lock:
            interpreter = self._invoke(self.given(image, drawn))
            return [interpreter.get_tensor(self._outputs[name])[0] for name in names]

    def given(self, images: np.ndarray, drawn: bool) -> np.ndarray:
        """Images as the network takes them.

        Args:
            images: float32 (n, 28, 28) or (n, 28, 28, 1) in 0..1, ink bright; or a single one, (28, 28).
            drawn: whether they are of drawings and not scans such as MNIST's.

        Returns:
            float32 (n, 28, 28, 1); in -0.5..0.5 where the network tells drawings from scans and they are drawings.
        """
        images = np.ascontiguousarray(images, np.float32).reshape(-1, *INPUT_SHAPE)
        return as_drawings(images) if drawn and self._tells_drawings else images

    def _run(self, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with self._lock:
            interpreter = self._invoke(batch)
            digits = interpreter.get_tensor(self._outputs["digits"])
            if not self.can_refuse:
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

    def read(self, drawing: Drawing, several: bool = True, any_way_up: bool = False) -> Reading:
        """Reads a drawing.

        Args:
            drawing: uint8 (h, w), (h, w, 3) or (h, w, 4), or a Pillow image, as `candidates_of` takes it.
            several: whether it may hold several digits, in rows and side by side; otherwise all its ink is taken for
                one.
            any_way_up: whether it may be a photo that lies on its side or upside down, or one of a sheet that lies at
                an angle. It is turned upside down or on its side only where a part of it is no digit as it is, and all
                of it surely is when turned.

        Returns:
            The reading, without digits for a blank drawing.

        Raises:
            ValueError: the array is no drawing.
        """
        ink, tilt = ink_and_tilt(drawing)
        straight = round(tilt) if any_way_up and abs(tilt) > _TILTED else 0
        reading = self._read_turned(ink, straight, several)
        refused = sum(not digit.is_digit for digit in reading.digits)
        # On its side, a 0 and an 8 are still digits, and a 9 may be a 6.
        if any_way_up and refused > _REFUSED_ON_ITS_SIDE * len(reading.digits):
            turned = [self._read_turned(ink, straight + quarter, several) for quarter in (90, 180, 270)]
            best = max(turned, key=_least_probability)
            if _least_probability(best) >= _SURELY_TURNED:
                reading = best
        return replace(reading, ink=ink)

    def _read_turned(self, ink: np.ndarray, degrees: int, several: bool) -> Reading:
        """Reads ink, float32 (h, w), that is turned counterclockwise by so many degrees."""
        if degrees == 0:
            return self._read_ink(ink, several)
        turned = Image.fromarray(ink).rotate(degrees, Image.Resampling.BILINEAR, expand=True)
        reading = self._read_ink(np.asarray(turned), several)
        digits = [replace(digit, box=turned_back(digit.box, ink.shape, degrees)) for digit in reading.digits]
        signs = [replace(sign, box=turned_back(sign.box, ink.shape, degrees)) for sign in reading.signs]
        return Reading(tuple(digits), tuple(signs), turned=degrees % 360)

    def _read_ink(self, ink: np.ndarray, several: bool) -> Reading:
        digits, signs = self._choose(candidates_in(ink, several))
        if several:
            alone = not any(digit.is_digit for digit in digits)
            digits = [part for digit in digits for part in self._parts(digit, alone)]
        return Reading(tuple(digits), tuple(signs))

    def _choose(self, candidates: list[Candidate]) -> tuple[list[Digit], list[Sign]]:
        """The most likely combination of candidates, in reading order."""
        digits: dict[int, Digit] = {}

        def classify(which: list[int]) -> np.ndarray:
            own = [candidates[index] for index in which]
            images = np.stack([normalize(candidate.ink) for candidate in own])
            probabilities, non_digit = self.classify(images, drawn=True)
            for index, candidate, image, of_digits, of_none in zip(
                which, own, images, probabilities, non_digit, strict=True
            ):
                digits[index] = Digit(
                    label=int(of_digits.argmax()),
                    probabilities=of_digits,
                    box=candidate.box,
                    ink=candidate.ink,
                    image=image,
                    non_digit=float(of_none),
                    line=candidate.row,
                )
            return probabilities.max(axis=1) * (1 - non_digit)

        chosen = choose(candidates, classify)
        signs = [candidates[index] for index in chosen if candidates[index].sign]
        numbers = [index for index in chosen if not candidates[index].sign]
        return [digits[index] for index in numbers], [Sign(sign.sign, sign.box, sign.row) for sign in signs]

    def _parts(self, digit: Digit, alone: bool) -> list[Digit]:
        """The digits that touch in what was refused as one digit; otherwise just that."""
        if digit.is_digit or not is_wide(digit.box):
            return [digit]
        parts, _ = self._choose(find_parts(digit.ink, digit.box))
        is_number = are_digits_that_touch(
            [part.label for part in parts],
            [part.probability * (1 - part.non_digit) for part in parts],
            [part.box.height for part in parts],
            alone=alone and may_be_a_letter(digit.box),
        )
        return [replace(part, line=digit.line) for part in parts] if len(parts) > 1 and is_number else [digit]


def _least_probability(reading: Reading) -> float:
    """That each part of a reading is a digit, and the one that it was read as: the least; 0 without digits."""
    return min((digit.probability * (1 - digit.non_digit) for digit in reading.digits), default=0.0)


def _batches(images: np.ndarray) -> Iterator[np.ndarray]:
    """The images in batches of `BATCH`, and one by one where fewer are left."""
    whole = len(images) // BATCH * BATCH
    yield from images[:whole].reshape(-1, BATCH, *images.shape[1:])
    yield from images[whole:, np.newaxis]


def load_classifier(name: str = "compact") -> Classifier:
    """Loads a network by its name, or by the path of its folder.

    Args:
        name: a folder in `model/trained`, or a path to one that `train.py --out` wrote.

    Raises:
        NetworkError: the network is missing or damaged.
    """
    return Classifier(store.folder_of(name))
