"""How fast drawings are read: each stage of one drawing, and images a second in batches, against Keras.

    python -m benchmarks.reading

All is timed in one process, one after the other and around again, so that a busy machine slows all alike. Keras runs
beside the app's way for comparison; the app itself never imports it.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from model.data.mnist import read_split
from model.images import PAD_SIZE, scale
from model.reading.classifier import Classifier, load_classifier
from model.reading.ink import to_ink
from model.reading.normalization import normalize
from model.reading.segmentation import whole
from model.reading.store import TRAINED

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
_BATCH = 1024


def pad_drawings(count: int) -> list[np.ndarray]:
    """Test digits as the pad gives them: uint8 (280, 280) each, white on black."""
    images = read_split("test").images[:count]
    factor = PAD_SIZE // images.shape[1]
    return list(np.kron(images, np.ones((1, factor, factor), np.uint8)))


def touching_digits(count: int, digits: int = 6) -> list[np.ndarray]:
    """Numbers of so many test digits, pushed together until they touch: uint8 (280, w) each, white on black."""
    images = read_split("test").images[: count * digits]
    factor = PAD_SIZE // images.shape[1] // 2
    numbers = []
    for own in images.reshape(count, digits, *images.shape[1:]):
        number = own[0]
        for image in own[1:]:
            number = _pushed_together(number, image)
        numbers.append(np.pad(np.kron(number, np.ones((factor, factor), np.uint8)), PAD_SIZE // 4))
    return numbers


def _pushed_together(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Two images side by side, moved over each other until ink lies on ink."""
    for overlap in range(right.shape[1]):
        room = np.pad(left, ((0, 0), (0, right.shape[1] - overlap)))
        if np.minimum(room[:, -right.shape[1] :], right).any():
            break
    room[:, -right.shape[1] :] = np.maximum(room[:, -right.shape[1] :], right)
    return room


def stages(classifier: Classifier, keras_model: Any) -> dict[str, Callable[[np.ndarray], object]]:
    """What is timed for each drawing, by name; each stage begins with what the ones before it made.

    The stages are those of the pad for one digit; the pad for numbers also looks for several.
    """
    made: dict[str, Any] = {}

    def ink(drawing: np.ndarray) -> None:
        made["ink"] = to_ink(drawing)

    def find(_: np.ndarray) -> None:
        made["digit"] = whole(made["ink"])

    def normalise(_: np.ndarray) -> None:
        parts = made["digit"]
        made["images"] = np.stack([normalize(part.ink) for part in parts])

    return {
        "find the ink": ink,
        "find the digit": find,
        "normalise": normalise,
        "network": lambda _: classifier.classify(made["images"], drawn=True),
        "all of it": lambda drawing: classifier.read(drawing, several=False),
        "all of it, as a number": classifier.read,
        "network by a direct Keras call": lambda _: keras_model(made["images"][..., np.newaxis], training=False),
        "network by keras.Model.predict": lambda _: keras_model.predict(made["images"][..., np.newaxis], verbose=0),
    }


def time_stages(drawings: Sequence[np.ndarray], timed: dict[str, Callable]) -> dict[str, np.ndarray]:
    """Milliseconds a drawing, float (n,) by stage; the first drawing warms up and is left out."""
    seconds = {name: np.empty(len(drawings)) for name in timed}
    for index, drawing in enumerate(drawings):
        for name, stage in timed.items():
            start = time.perf_counter()
            stage(drawing)
            seconds[name][index] = time.perf_counter() - start
    return {name: 1000 * values[1:] for name, values in seconds.items()}


def images_a_second(classify: Callable[[np.ndarray], object], images: np.ndarray, threads: int, rounds: int) -> float:
    """The median over some rounds of how many images a second are read, by as many threads."""
    parts = np.array_split(images, threads)
    rates = []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(rounds + 1):
            start = time.perf_counter()
            list(pool.map(classify, parts))
            rates.append(len(images) / (time.perf_counter() - start))
    return float(np.median(rates[1:]))


def main() -> None:
    parser = argparse.ArgumentParser(description="Times how fast drawings are read.")
    parser.add_argument("--network", default="compact", help="a folder in model/trained (%(default)s)")
    parser.add_argument("--drawings", type=int, default=300, help="how many are timed one by one (%(default)s)")
    options = parser.parse_args()
    import keras

    classifier = load_classifier(options.network)
    keras_model = keras.models.load_model(TRAINED / options.network / "model.keras")
    times = time_stages(pad_drawings(options.drawings + 1), stages(classifier, keras_model))
    print(f"{'milliseconds a drawing':34} median   95th percentile")
    times |= time_stages(touching_digits(options.drawings // 6 + 1), {"six digits that touch": classifier.read})
    for name, values in times.items():
        print(f"{name:34} {np.median(values):6.3f}   {np.percentile(values, 95):6.3f}")
    images = scale(read_split("test").images)
    cores = os.cpu_count() or 1
    # One interpreter a thread: a Classifier lets one thread in at a time.
    own = [load_classifier(options.network) for _ in range(cores)]
    free = list(own)

    def classify(part: np.ndarray) -> None:
        reader = free.pop()
        reader.classify(part)
        free.append(reader)

    print(f"\nimages a second in batches, {cores} threads")
    print(f"{'LiteRT':34} {images_a_second(classify, images, cores, 5):8,.0f}")
    print(f"{'keras.Model.predict':34} ", end="")
    print(f"{images_a_second(lambda part: keras_model.predict(part, _BATCH, verbose=0), images, 1, 5):8,.0f}")


if __name__ == "__main__":
    main()
