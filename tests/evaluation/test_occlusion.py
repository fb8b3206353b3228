"""Occlusion finds the ink that speaks for a digit."""

import numpy as np

from model.evaluation.occlusion import occlusion


class LooksAtTheTop:
    """A network that takes an image for a 7 if there is ink in its upper half, and for a 1 otherwise."""

    def probabilities(self, images: np.ndarray, drawn: bool) -> np.ndarray:
        self.was_drawn = drawn
        ink = images[:, :14].sum(axis=(1, 2))
        seven = ink / images[0, :14].sum()
        answers = np.zeros((len(images), 10), np.float32)
        answers[:, 7], answers[:, 1] = seven, 1 - seven
        return answers


def image() -> np.ndarray:
    image = np.zeros((28, 28), np.float32)
    image[4:8, 5:20] = 1
    image[18:22, 5:20] = 1
    return image


def test_ink_without_which_the_digit_would_be_less_probable_is_negative():
    seven, one = occlusion(LooksAtTheTop(), image(), [7, 1])
    assert seven[4:8, 5:20].max() < 0
    assert one[4:8, 5:20].min() > 0
    np.testing.assert_allclose(seven, -one, atol=1e-6)


def test_ink_that_decides_nothing_is_zero():
    seven = occlusion(LooksAtTheTop(), image(), [7])[0]
    np.testing.assert_allclose(seven[18:22, 5:20], 0, atol=1e-6)


def test_the_network_is_told_whether_the_image_is_drawn():
    network = LooksAtTheTop()
    for drawn in (True, False):
        occlusion(network, image(), [7], drawn)
        assert network.was_drawn is drawn


def test_a_blank_image_has_a_blank_map():
    assert not occlusion(LooksAtTheTop(), np.zeros((28, 28), np.float32), [7, 1]).any()
