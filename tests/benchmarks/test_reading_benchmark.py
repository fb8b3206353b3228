"""The reading benchmark times every stage of what the app does."""

import numpy as np

from benchmarks.reading import images_a_second, pad_drawings, stages, time_stages
from model.reading.classifier import load_classifier


class KerasStandIn:
    """Takes what a Keras model is given, and keeps it."""

    def __init__(self):
        self.seen = []

    def __call__(self, images: np.ndarray, training: bool) -> None:
        assert not training
        self.seen.append(images)

    def predict(self, images: np.ndarray, verbose: int) -> None:
        self.seen.append(images)


def test_every_stage_of_every_drawing_but_the_first_is_timed():
    model, drawings = KerasStandIn(), pad_drawings(4)
    times = time_stages(drawings, stages(load_classifier(), model))
    assert all(values.shape == (3,) and (values >= 0).all() for values in times.values())
    assert {"find the ink", "find the digit", "normalise", "network", "all of it"} < times.keys()
    expected = load_classifier().read(drawings[-1]).digits[0].image
    assert all(np.array_equal(images[0, ..., 0], expected) for images in model.seen[-2:])


def test_all_images_are_read_in_each_round_by_all_threads():
    seen = []
    rate = images_a_second(lambda part: seen.append(len(part)), np.zeros((101, 28, 28, 1), np.float32), 2, 3)
    assert sum(seen) == 4 * 101
    assert len(seen) == 8
    assert rate > 0
