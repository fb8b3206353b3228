"""Several networks that answer as one."""

from collections.abc import Sequence

import keras
from keras import layers

from model.images import INPUT_SHAPE
from model.networks.heads import last_dense


def ensemble(members: Sequence[keras.Model]) -> keras.Model:
    """A network that answers with the mean of its members' probabilities, whose logarithms are its logits.

    Args:
        members: trained networks of one architecture.
    """
    inputs = keras.Input(INPUT_SHAPE, name=members[0].inputs[0].name)
    last = [last_dense(member).input for member in members]
    bodies = [
        keras.Model(member.inputs, features, name=f"body_{number}")
        for number, (member, features) in enumerate(zip(members, last, strict=True), 1)
    ]
    features = layers.Concatenate(name="features")([body(inputs) for body in bodies])
    count = last[0].shape[-1]
    probabilities = [
        keras.Model(own, member.outputs[0], name=f"head_{number + 1}")(
            features[:, number * count : (number + 1) * count]
        )
        for number, (member, own) in enumerate(zip(members, last, strict=True))
    ]
    # A float32 probability may be 0, which has no logarithm.
    logarithms = keras.ops.log(keras.ops.maximum(layers.Average()(probabilities), 1e-30))
    logits = layers.Activation("linear", name="logits")(logarithms)
    return keras.Model(inputs, layers.Activation("softmax")(logits), name="ensemble")
