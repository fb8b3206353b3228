"""The architectures are what the article and the README say they are."""

import keras
import numpy as np
import pytest

from model.evaluation.calibration import softmax
from model.networks.architectures import NETWORKS, classic, compact, small
from model.networks.ensemble import ensemble
from model.networks.heads import logits_of, non_digit_scores, with_insight, with_readout
from model.networks.quantization import with_exact_first_convolution


def test_classic_has_the_articles_parameters():
    network = classic()
    assert network.count_params() == 1_886_250
    assert sum(int(np.prod(weight.shape)) for weight in network.trainable_weights) == 1_886_210
    assert sum(int(np.prod(weight.shape)) for weight in network.non_trainable_weights) == 40


def test_classic_has_the_articles_shapes_after_each_convolution_and_pool():
    shapes = [
        tuple(layer.output.shape[1:])
        for layer in classic().layers
        if isinstance(layer, keras.layers.Conv2D | keras.layers.MaxPooling2D)
    ]
    assert shapes == [(26, 26, 32), (13, 13, 32), (13, 13, 48), (6, 6, 48), (7, 7, 64), (3, 3, 64)]


def test_classic_has_the_articles_layers_in_their_order():
    names = [type(layer).__name__ for layer in classic().layers]
    block = ["ZeroPadding2D", "Conv2D", "BatchNormalization", "MaxPooling2D"]
    assert names == ["Conv2D", "MaxPooling2D", *block, *block, "Dropout", "Flatten", "Dense", "Dense"]


def test_classic_normalises_over_the_height_with_the_articles_epsilon():
    norms = [layer for layer in classic().layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert [norm.axis for norm in norms] == [1, 1]
    assert [norm.epsilon for norm in norms] == [1e-6, 1e-6]
    assert [norm.count_params() for norm in norms] == [52, 28]


def test_classic_drops_a_quarter_and_has_its_wide_dense_layer():
    layers = classic().layers
    assert [layer.rate for layer in layers if isinstance(layer, keras.layers.Dropout)] == [0.25]
    assert [layer.units for layer in layers if isinstance(layer, keras.layers.Dense)] == [3168, 10]


@pytest.mark.parametrize(
    ("network", "filters", "parameters"),
    [(compact, [48, 64, 80, 96, 96, 80], 298_859), (small, [16, 32, 64, 96], 80_538)],
)
def test_the_networks_of_our_own_have_their_filters_and_at_most_300_000_parameters(network, filters, parameters):
    convolutions = [layer for layer in network().layers if isinstance(layer, keras.layers.Conv2D)]
    assert [layer.filters for layer in convolutions] == filters
    assert network().count_params() == parameters <= 300_000


def test_the_readout_gives_probabilities_and_refuses_above_the_threshold():
    network = compact()
    images = np.random.default_rng(0).random((50, 28, 28, 1))
    logits = logits_of(network).predict(images, verbose=0)
    scores = non_digit_scores(logits)
    threshold = float(np.median(scores))
    answers = with_readout(network, temperature=2.0, threshold=threshold).predict(images, verbose=0)
    assert answers["digits"] == pytest.approx(softmax(logits[:, :10] / 2), abs=1e-5)
    assert np.array_equal(answers["non_digit"][:, 0] > 0.5, scores > threshold)


@pytest.mark.parametrize("network", [classic(), with_readout(compact(), 1.0, 0.0)], ids=["classic", "compact"])
def test_features_come_beside_unchanged_answers_and_make_the_logits(network):
    images = np.random.default_rng(0).random((5, 28, 28, 1))
    answers = with_insight(network).predict(images, verbose=0)
    plain = network.predict(images, verbose=0)
    digits = plain["digits"] if isinstance(plain, dict) else plain
    assert np.array_equal(answers["digits"], digits)
    weights, offsets = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)][-1].get_weights()
    assert softmax((answers["features"] @ weights + offsets)[:, :10]) == pytest.approx(digits, abs=1e-5)


@pytest.mark.parametrize(
    ("network", "shapes"),
    [
        (classic(), [(26, 26, 32), (13, 13, 48), (7, 7, 64)]),
        (
            with_readout(compact(), 1.0, 0.0),
            [(12, 12, 48), (10, 10, 64), (5, 5, 80), (5, 5, 96), (5, 5, 96), (5, 5, 80)],
        ),
        (with_readout(small(), 1.0, None), [(12, 12, 16), (10, 10, 32), (4, 4, 64), (2, 2, 96)]),
    ],
    ids=["classic", "compact", "small"],
)
def test_each_convolution_tells_its_maps_after_the_activation(network, shapes):
    answers = with_insight(network).predict(np.random.default_rng(0).random((2, 28, 28, 1)), verbose=0)
    maps = [answers[f"layer_{number}"] for number in range(1, len(shapes) + 1)]
    assert [values.shape[1:] for values in maps] == shapes
    assert f"layer_{len(shapes) + 1}" not in answers
    for values in maps:
        assert values.min() == 0 < values.max()


@pytest.mark.parametrize("architecture", [classic, small, compact])
def test_an_ensemble_gives_the_mean_of_its_members_probabilities_and_all_their_features(architecture):
    members = [architecture(), architecture()]
    images = np.random.default_rng(0).random((5, 28, 28, 1))
    own = [with_insight(member).predict(images, verbose=0) for member in members]
    together = with_insight(ensemble(members)).predict(images, verbose=0)
    assert together["digits"] == pytest.approx(np.mean([answers["digits"] for answers in own], axis=0), abs=1e-5)
    assert together["features"] == pytest.approx(np.hstack([answers["features"] for answers in own]), abs=1e-5)


@pytest.mark.parametrize("architecture", [classic, small, compact])
def test_a_network_of_which_the_first_convolution_stays_exact_answers_as_before(architecture):
    together = with_insight(ensemble([architecture(), architecture()]))
    images = np.random.default_rng(0).random((3, 28, 28, 1))
    before, after = (
        network.predict(images, verbose=0) for network in (together, with_exact_first_convolution(together))
    )
    assert before.keys() == after.keys()
    for name, values in before.items():
        assert after[name] == pytest.approx(values, abs=1e-6)


def test_a_network_of_ten_classes_has_a_readout_without_a_threshold():
    images = np.random.default_rng(0).random((20, 28, 28, 1))
    network = small()
    cooled = with_readout(network, temperature=0.5, threshold=None).predict(images, verbose=0)
    logits = logits_of(network).predict(images, verbose=0)
    assert cooled == pytest.approx(softmax(logits / 0.5), abs=1e-5)


@pytest.mark.parametrize("name", list(NETWORKS))
def test_a_network_gives_probabilities(name):
    probabilities = NETWORKS[name]().predict(np.random.default_rng(0).random((3, 28, 28, 1)), verbose=0)
    assert probabilities.shape == (3, 11 if name == "compact" else 10)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)


@pytest.mark.parametrize("name", list(NETWORKS))
def test_the_activation_reaches_every_hidden_layer(name):
    activations = {
        layer.get_config()["activation"]
        for layer in NETWORKS[name]("selu").layers
        if "activation" in layer.get_config()
    }
    assert activations <= {"selu", "softmax", "linear"}
    assert "selu" in activations
