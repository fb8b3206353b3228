"""Batch norms in training compute what Keras's do, faster, and leave a network that needs none of ours."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from model.networks.architectures import classic, small
from model.networks.batch_norm import FusedBatchNormalization, settle_batch_norms, with_fused_batch_norms


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).normal(1.0, 3.0, (6, 5, 4, 3)).astype(np.float32)


def trained_once(layer: keras.Layer, images: np.ndarray) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """What a batch norm answers in training, the gradients of its scale and offset, and what it answers afterwards."""
    layer.build(images.shape)
    layer.gamma.assign([0.5, 1.0, 2.0])
    layer.beta.assign([0.0, -1.0, 1.0])
    with tf.GradientTape() as tape:
        outputs = layer(images, training=True)
        loss = tf.reduce_sum(outputs**3)
    gradients = tape.gradient(loss, [layer.gamma.value, layer.beta.value])
    return outputs.numpy(), [gradient.numpy() for gradient in gradients], layer(images).numpy()


def test_a_fused_batch_norm_computes_what_keras_computes(images):
    ours = trained_once(FusedBatchNormalization(momentum=0.5), images)
    theirs = trained_once(keras.layers.BatchNormalization(momentum=0.5), images)
    assert ours[0] == pytest.approx(theirs[0], abs=1e-4)
    for gradient, expected in zip(ours[1], theirs[1], strict=True):
        assert gradient == pytest.approx(expected, rel=1e-3)
    # Keras takes the variance of the batch, TensorFlow's kernel the unbiased one.
    assert ours[2] == pytest.approx(theirs[2], rel=0.01, abs=0.01)


def test_a_fused_batch_norm_that_is_frozen_keeps_its_statistics_in_training(images):
    norm = FusedBatchNormalization()
    norm.build(images.shape)
    norm.trainable = False
    norm(images, training=True)
    assert (norm.moving_mean.numpy() == 0).all()
    assert (norm.moving_variance.numpy() == 1).all()


def test_batch_norms_over_channels_are_fused_and_those_of_the_article_over_rows_are_not():
    def kinds(network: keras.Model) -> list[type]:
        return [type(layer) for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]

    assert kinds(with_fused_batch_norms(small())) == [FusedBatchNormalization] * 4
    assert kinds(with_fused_batch_norms(classic())) == [keras.layers.BatchNormalization] * 2


def test_the_weights_of_a_network_with_fused_batch_norms_fit_the_one_without():
    fused, plain = with_fused_batch_norms(small()), small()
    pictures = np.random.default_rng(0).random((8, 28, 28, 1), np.float32)
    fused(pictures, training=True)  # moves the statistics
    plain.set_weights(fused.get_weights())
    assert plain(pictures).numpy() == pytest.approx(fused(pictures).numpy(), abs=1e-6)


def test_batch_norms_are_settled_on_what_the_network_sees_and_nothing_else_changes():
    network = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Conv2D(2, 3), keras.layers.BatchNormalization(momentum=0.9)]
    )
    kernel = network.get_weights()[0]
    norm = network.layers[-1]
    norm.moving_mean.assign([9.0, -9.0])
    images = np.random.default_rng(0).random((2000, 28, 28, 1), np.float32)
    settle_batch_norms(network, tf.data.Dataset.from_tensor_slices((images, images)).batch(10))
    convolved = network.layers[0](images).numpy()
    assert norm.moving_mean.numpy() == pytest.approx(convolved.mean(axis=(0, 1, 2)), abs=1e-4)
    assert norm.moving_variance.numpy() == pytest.approx(convolved.var(axis=(0, 1, 2)), rel=0.02)
    assert np.array_equal(network.get_weights()[0], kernel)
    assert norm.momentum == 0.9
