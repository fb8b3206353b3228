"""The weights that explain a network are those with which it reads."""

import numpy as np
import pytest

from model.data.mnist import read_split
from model.evaluation.calibration import softmax
from model.images import scale
from model.reading.card import Card
from model.reading.classifier import Classifier
from model.reading.store import CARD, TRAINED, NetworkError
from model.reading.weights import read_weights

SHIPPED = pytest.mark.parametrize("name", ["compact", "classic"])


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    """A test image, float32 (28, 28) in 0..1."""
    return scale(read_split("test").images[:1])[0, ..., 0]


@SHIPPED
@pytest.mark.parametrize("drawn", [False, True])
def test_a_kernels_map_is_what_the_first_convolution_makes_of_the_image(image, name, drawn):
    classifier, weights = Classifier(TRAINED / name), read_weights(TRAINED / name)
    given = classifier.given(image, drawn)[0, ..., 0]
    of_network = classifier.feature_maps(image, drawn)[0]
    for number in range(len(weights.kernels)):
        own, after = weights.map_of(number, given), of_network[..., number]
        if own.shape != after.shape:  # of compact, the maps are told after pooling and batch norm
            own = own.reshape(12, 2, 12, 2).max(axis=(1, 3))
        active = after > 0
        if active.sum() > 2:
            slope, offset = np.polyfit(own[active], after[active], 1)
            np.testing.assert_allclose(slope * own[active] + offset, after[active], atol=1e-4)


@SHIPPED
@pytest.mark.parametrize("drawn", [False, True])
def test_the_logits_divided_by_the_temperature_give_the_probabilities(image, name, drawn):
    classifier, weights = Classifier(TRAINED / name), read_weights(TRAINED / name)
    readout = Card.load(TRAINED / name).readout
    logits = weights.logits(classifier.features(image[np.newaxis], drawn)[0])
    expected = classifier.probabilities(image[np.newaxis], drawn)[0]
    np.testing.assert_allclose(softmax(logits[:10] / (readout.temperature if readout else 1)), expected, atol=1e-5)


def test_a_missing_or_damaged_network_is_named_with_the_remedy(tmp_path):
    with pytest.raises(NetworkError, match="No network at"):
        read_weights(tmp_path)
    content = (TRAINED / "compact" / "model.tflite").read_bytes()
    for damaged in (b"", b"garbage" * 9, content[: len(content) // 2], bytes(len(content))):
        (tmp_path / "model.tflite").write_bytes(damaged)
        with pytest.raises(NetworkError, match="has no weights to show"):
            read_weights(tmp_path)
    (tmp_path / CARD).write_bytes((TRAINED / "compact" / CARD).read_bytes())
    with pytest.raises(NetworkError, match="is damaged, or of another network"):
        read_weights(tmp_path)
