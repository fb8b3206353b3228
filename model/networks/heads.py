"""The outputs of a network: logits, calibrated probabilities, the score for non-digits, and feature maps."""

import keras
import numpy as np
from keras import layers

from model.images import NON_DIGIT, NUM_CLASSES, SCANS_AND_DRAWINGS


def refuses(network: keras.Model) -> bool:
    """Whether a network has the eleventh class, and so can refuse what is not a digit."""
    return network.output_shape[-1] == NUM_CLASSES + 1


def tells_drawings(network: keras.Model) -> bool:
    """Whether a network was trained to tell drawings from scans; then its input says which of the two an image is."""
    return network.inputs[0].name == SCANS_AND_DRAWINGS


def with_insight(network: keras.Model) -> keras.Model:
    """Adds the last features and the feature maps to the outputs of a network.

    The features of an ensemble are its members' features, concatenated. An ensemble has no feature maps.

    Args:
        network: with the output "digits" and perhaps others by name, or with the ten probabilities alone.

    Returns:
        A model with those outputs by name; "features", (n, f), which its last dense layer turns into logits; and for
        each convolution, from the first, its feature maps "layer_1" and so on, (n, h, w, c).
    """
    names = network.output_names if len(network.outputs) > 1 else ["digits"]
    outputs = dict(zip(names, network.outputs, strict=True))
    own = [layer.output for layer in network.layers if layer.name == "features"]
    outputs["features"] = own[0] if own else last_dense(network).input
    maps = [layer.output for layer in network.layers if _activates_maps(layer)]
    outputs |= {f"layer_{number}": values for number, values in enumerate(maps, 1)}
    return keras.Model(network.inputs, outputs, name=network.name)


def _activates_maps(layer: keras.Layer) -> bool:
    """Whether a layer ends what belongs to one convolution."""
    if not isinstance(layer, layers.Conv2D | layers.Activation) or len(layer.output.shape) != 4:
        return False
    return layer.get_config()["activation"] != "linear"


def last_dense(network: keras.Model) -> keras.Layer:
    return [layer for layer in network.layers if isinstance(layer, layers.Dense)][-1]


def logits_of(network: keras.Model) -> keras.Model:
    """The part of a network with a layer of that name that gives logits, (n, 10) or (n, 11)."""
    return keras.Model(network.inputs, network.get_layer("logits").output)


def non_digit_scores(logits: np.ndarray) -> np.ndarray:
    """How much more an image looks like a non-digit than like a digit: log-odds, floats (n,), from logits (n, 11)."""
    return logits[:, NON_DIGIT] - np.logaddexp.reduce(logits[:, :NUM_CLASSES], axis=1)


def with_readout(network: keras.Model, temperature: float, threshold: float | None) -> keras.Model:
    """A network as it is exported, with its calibration inside.

    Args:
        network: with a layer "logits".
        temperature: by which the digits' logits are divided (`model.evaluation.calibration.fit_temperature`).
        threshold: the `non_digit_scores` above which something is refused; None for a network of ten classes.

    Returns:
        A model with two outputs by name: "digits", the probabilities of the ten digits given that it is one, (n, 10);
        and "non_digit", in 0..1, (n, 1), above 0.5 for what is refused. Without a threshold it gives the former alone.
    """
    logits = logits_of(network).output
    digits = layers.Softmax(name="digits")(layers.Rescaling(1 / temperature)(logits[:, :NUM_CLASSES]))
    if threshold is None:
        return keras.Model(network.inputs, digits, name=network.name)
    score = logits[:, NON_DIGIT:] - keras.ops.logsumexp(logits[:, :NUM_CLASSES], axis=1, keepdims=True)
    non_digit = layers.Activation("sigmoid", name="non_digit")(layers.Rescaling(1.0, offset=-threshold)(score))
    return keras.Model(network.inputs, {"digits": digits, "non_digit": non_digit}, name=network.name)
