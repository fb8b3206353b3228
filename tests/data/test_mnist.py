"""MNIST is read as it was published, and a wrong file is named with its remedy."""

import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest

from model.data.mnist import (
    MNIST_PATH,
    DataError,
    Split,
    digest,
    hold_out,
    joined,
    map_training_images,
    read_extra,
    read_split,
    verify,
)
from model.images import scale

# SHA-256 of the files that LeCun, Cortes and Burges published, gunzipped: the oracle for our copy.
PUBLISHED = {
    "train": (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "test": (
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}


@pytest.fixture
def small(tmp_path: Path):
    """Writes a data file of six images in which some arrays are replaced, or left out where None."""

    def write(**changes: np.ndarray | None) -> Path:
        arrays = {
            "x_train": np.zeros((4, 28, 28), np.uint8),
            "y_train": np.arange(4, dtype=np.uint8),
            "x_test": np.zeros((2, 28, 28), np.uint8),
            "y_test": np.arange(2, dtype=np.uint8),
            **changes,
        }
        path = tmp_path / "small.npz"
        np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
        return path

    return write


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_arrays_are_byte_for_byte_the_published_files(split):
    images, labels = read_split(split)
    image_file = struct.pack(">4i", 0x803, *images.shape) + images.tobytes()
    label_file = struct.pack(">2i", 0x801, len(labels)) + labels.tobytes()
    assert (hashlib.sha256(image_file).hexdigest(), hashlib.sha256(label_file).hexdigest()) == PUBLISHED[split]


def test_mapped_training_images_are_the_same_and_take_no_memory():
    mapped, read = map_training_images(), read_split("train")
    assert isinstance(mapped.images, np.memmap)
    assert np.array_equal(mapped.images, read.images)
    assert np.array_equal(mapped.labels, read.labels)


def test_scaled_images_are_float32_from_0_to_1_with_a_channel(test_set):
    scaled = scale(test_set.images[:100])
    assert scaled.shape == (100, 28, 28, 1)
    assert scaled.dtype == np.float32
    assert (scaled.min(), scaled.max()) == (0.0, 1.0)


def test_the_last_images_are_held_out():
    split = Split(np.arange(10 * 784, dtype=np.uint8).reshape(10, 28, 28), np.arange(10, dtype=np.uint8))
    training, validation = hold_out(split, 2)
    assert training.labels.tolist() == list(range(8))
    assert validation.labels.tolist() == [8, 9]


@pytest.mark.parametrize("count", [0, 10, 11])
def test_holding_out_all_or_nothing_is_refused(count):
    split = Split(np.zeros((10, 28, 28), np.uint8), np.zeros(10, np.uint8))
    with pytest.raises(DataError, match="of 10 images"):
        hold_out(split, count)


def test_the_shipped_file_has_the_known_hash():
    assert verify(MNIST_PATH).startswith("06af5dfe")


def test_a_file_of_ones_own_is_taken_with_whatever_hash(small):
    path = small()
    assert verify(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert read_split("train", path).labels.tolist() == [0, 1, 2, 3]


def test_another_hash_than_expected_tells_both(small):
    with pytest.raises(DataError, match=r"small.npz.*git checkout.*Expected: SHA-256 00.*Received: SHA-256 \w{64}"):
        verify(small(), expected="00")


def test_a_missing_file_is_named_with_its_remedy(tmp_path):
    for read in (lambda path: read_split("test", path), verify):
        with pytest.raises(DataError, match=r"No data file at .*absent.npz.*git checkout"):
            read(tmp_path / "absent.npz")


@pytest.mark.parametrize("size", [0, 10, 5_000_000])
def test_a_truncated_file_is_named_with_its_remedy(tmp_path, size):
    path = tmp_path / "cut.npz"
    path.write_bytes(MNIST_PATH.read_bytes()[:size])
    with pytest.raises(DataError, match=r"cut.npz can't be read.*git checkout"):
        read_split("train", path)


def test_a_file_that_is_damaged_inside_is_named_with_its_remedy(tmp_path):
    content = bytearray(MNIST_PATH.read_bytes())
    content[1_000_000:1_000_100] = bytes(100)
    path = tmp_path / "hole.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"hole.npz can't be read.*git checkout"):
        read_split("train", path), read_split("test", path)


def test_a_file_of_pickled_objects_is_refused(small):
    with pytest.raises(DataError, match="can't be read"):
        read_split("train", small(x_train=np.array([{}], dtype=object)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_train": None}, "No array x_train"),
        ({"x_train": np.zeros((4, 28, 27), np.uint8)}, r"Received: uint8 \(4, 28, 27\)"),
        ({"x_train": np.zeros((4, 28, 28), np.float64)}, "Received: float64"),
        ({"x_train": np.zeros((0, 28, 28), np.uint8), "y_train": np.zeros(0, np.uint8)}, "Received: uint8"),
        ({"y_train": np.zeros(3, np.uint8)}, r"Expected: integers \(4,\)"),
        ({"y_train": np.array([0, 1, 2, 10])}, r"Expected: 0..9. Received: 0..10"),
    ],
)
def test_wrong_arrays_tell_what_was_expected_and_found(small, changes, message):
    with pytest.raises(DataError, match=message):
        read_split("train", small(**changes))


def test_extra_drawings_need_no_test_images(small):
    assert read_extra(small(x_test=None, y_test=None)).labels.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y_train": None}, r"No array y_train in .*leave --extra out. Expected: x_train, y_train"),
        ({"x_train": np.zeros((4, 280, 280), np.uint8)}, r"leave --extra out. Expected: uint8 \(n, 28, 28\)"),
        ({"y_train": np.array([0, 1, 2, 10])}, r"leave --extra out. Expected: 0..9. Received: 0..10"),
    ],
)
def test_wrong_extra_drawings_name_another_remedy(small, changes, message):
    with pytest.raises(DataError, match=message):
        read_extra(small(**changes))


def test_a_plain_array_is_no_file_of_extra_drawings(tmp_path):
    np.save(tmp_path / "drawings.npy", np.zeros((4, 28, 28), np.uint8))
    with pytest.raises(DataError, match=r"can't be read as an npz file .*leave --extra out"):
        read_extra(tmp_path / "drawings.npy")


def test_extra_drawings_come_behind_the_others(test_set):
    first, more = Split(*(array[:4] for array in test_set)), Split(*(array[4:9] for array in test_set))
    assert np.array_equal(joined(first, more).images, test_set.images[:9])
    assert np.array_equal(joined(first, more).labels, test_set.labels[:9])
    assert joined(first, None) is first


def test_the_digest_tells_images_and_labels_apart(test_set):
    split = Split(*(array[:4] for array in test_set))
    assert digest(split) == digest(Split(split.images.copy(), split.labels.copy()))
    assert digest(split) != digest(Split(split.images, split.labels[::-1]))
    assert digest(split) != digest(Split(split.images[::-1], split.labels))
