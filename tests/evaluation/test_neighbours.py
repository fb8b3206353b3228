"""Images that a network finds alike are found, and kept in a small file."""

import numpy as np
import pytest

from model.evaluation.neighbours import NEAREST, Neighbours, find_neighbours


class SumsOfQuarters:
    """A network whose 40 features are the four quarters' ink, ten times over."""

    def features(self, images: np.ndarray) -> np.ndarray:
        quarters = images.reshape(-1, 2, 14, 2, 14).sum(axis=(2, 4)).reshape(-1, 4)
        return np.tile(quarters, 10).astype(np.float32)


def images(count: int, seed: int) -> np.ndarray:
    levels = np.random.default_rng(seed).integers(0, 255, (count, 2, 1, 2, 1))
    return np.broadcast_to(levels, (count, 2, 14, 2, 14)).reshape(count, 28, 28).astype(np.uint8)


@pytest.fixture(scope="module")
def training() -> np.ndarray:
    return images(3000, seed=1)


@pytest.fixture(scope="module")
def test() -> np.ndarray:
    return images(1200, seed=2)


@pytest.fixture(scope="module")
def neighbours(training, test) -> Neighbours:
    return find_neighbours(SumsOfQuarters(), training, test)


def test_the_nearest_training_images_are_those_a_plain_comparison_finds(neighbours, training, test):
    network = SumsOfQuarters()
    for index in (0, 999, 1199):
        difference = network.features(training / 255) - network.features(test[index : index + 1] / 255)
        expected = np.linalg.norm(difference, axis=1).argsort()[:NEAREST]
        np.testing.assert_array_equal(neighbours.training[index], expected)


def test_groups_of_unequal_size_hide_no_near_training_image(training, test):
    neighbours, network = find_neighbours(SumsOfQuarters(), training[:2345], test), SumsOfQuarters()
    for index in (0, 999, 1199):
        difference = network.features(training[:2345] / 255) - network.features(test[index : index + 1] / 255)
        expected = np.linalg.norm(difference, axis=1).argsort()[:NEAREST]
        np.testing.assert_array_equal(neighbours.training[index], expected)


def test_each_image_is_given_to_the_network_once(training, test):
    given = []

    class Spy(SumsOfQuarters):
        def features(self, images: np.ndarray) -> np.ndarray:
            given.append(len(images))
            return super().features(images)

    find_neighbours(Spy(), training, test)
    assert sum(given) == len(training) + len(test)


def test_a_test_image_is_most_similar_to_itself(neighbours, test):
    features = SumsOfQuarters().features(test[:20] / 255)
    found = [neighbours.similar_test_images(features[index], 5)[0] for index in range(20)]
    assert np.mean(found == np.arange(20)) > 0.9  # others may lie within the same step


def test_the_images_similar_to_one_begin_with_itself_and_grow_less_similar(neighbours, test):
    for index in range(20):
        found = neighbours.similar_to(index, 50)
        assert found[0] == index
        assert len(set(found.tolist())) == 50
        distances = np.linalg.norm(neighbours.test[found].astype(int) - neighbours.test[index], axis=1)
        assert (np.diff(distances) >= 0).all()
        rest = np.delete(neighbours.test, found, axis=0).astype(int)
        assert distances[-1] <= np.linalg.norm(rest - neighbours.test[index], axis=1).min()


def test_the_file_brings_the_same_back(neighbours, tmp_path):
    neighbours.save(tmp_path)
    loaded = Neighbours.load(tmp_path)
    np.testing.assert_array_equal(loaded.training, neighbours.training)
    np.testing.assert_array_equal(loaded.test, neighbours.test)
    features = SumsOfQuarters().features(np.ones((1, 28, 28)))[0]
    assert loaded.similar_test_images(features, 3).tolist() == neighbours.similar_test_images(features, 3).tolist()


def test_fewer_training_images_than_wanted_are_all_found(training, test):
    assert find_neighbours(SumsOfQuarters(), training[:3], test[:4]).training.shape == (4, 3)
