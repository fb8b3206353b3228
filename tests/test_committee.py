"""A committee is trained member by member, can be stopped between them, and answers with their calibrated mean."""

import json
import shutil

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from model import committee, readout, saving
from model.calibration import softmax
from model.checkpoint import ResumeError
from model.classifier import Classifier, load_metrics
from model.committee import UnfinishedCommittee, train_members
from model.data import SCANS, SCANS_AND_DRAWINGS, Split, TrainingData, scale
from model.network import NETWORKS, logits_of
from model.readout import fit_readout
from model.recipes import Recipe
from model.saving import SaveError, save_committee, save_network

TINY = Recipe(
    "compact",
    1,
    50,
    "adam",
    "one-cycle",
    0.2,
    "none",
    pen_digits=20,
    non_digits=30,
    synthetic_batch=10,
    drawn_share=0.5,
)


@pytest.fixture(scope="module")
def data(test_set) -> TrainingData:
    return TrainingData(
        Split(test_set.images[:300], test_set.labels[:300]), Split(test_set.images[-50:], test_set.labels[-50:]), "data"
    )


@pytest.fixture(scope="module")
def quick():
    """Calibrates on few synthetic images."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readout, "_HELD_OUT_SYNTHETIC", 100)
        yield


@pytest.fixture(scope="module")
def stopped(tmp_path_factory, data, quick) -> UnfinishedCommittee:
    """A committee of two that was stopped while the second member was trained."""
    unfinished = UnfinishedCommittee(tmp_path_factory.mktemp("stopped") / "committee.unfinished")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(committee, "train", trained_but_for(2))
        with pytest.raises(KeyboardInterrupt):
            train_members(TINY, 2, data, unfinished, verbose=0)
    return unfinished


def trained_but_for(seed: int):
    """`train` that is stopped when it comes to a seed."""
    train = committee.train

    def trained(recipe, *rest):
        if recipe.seed == seed:
            raise KeyboardInterrupt
        return train(recipe, *rest)

    return trained


def test_a_stopped_committee_says_how_far_it_came(stopped):
    assert "1 finished member is kept" in stopped.describe()
    assert "--resume trains the others" in stopped.describe()


def test_a_committee_of_which_nothing_is_finished_cannot_be_resumed(tmp_path, data):
    unfinished = UnfinishedCommittee(tmp_path / "none")
    assert "nothing to resume" in unfinished.describe()
    with pytest.raises(ResumeError, match="No unfinished run in"):
        train_members(TINY, 2, data, unfinished, resume=True, verbose=0)


@pytest.mark.parametrize("change", ["recipe", "data", "extra"])
def test_a_finished_member_of_another_committee_is_refused(stopped, data, change):
    recipe = TINY.changed(batch_size=25) if change == "recipe" else TINY
    if change == "data":
        data = data._replace(sha256="other data")
    if change == "extra":
        data = data._replace(extra=data.test)
    with pytest.raises(ResumeError, match="is of another committee"):
        train_members(recipe, 2, data, stopped, resume=True, verbose=0)


@pytest.fixture(scope="module")
def members(stopped, data):
    """The folders of both members, the first of which was not trained again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(committee, "train", trained_but_for(1))
        return train_members(TINY, 2, data, stopped, resume=True, verbose=0)


def test_the_members_have_seeds_and_weights_of_their_own(members):
    assert [load_metrics(folder)["seed"] for folder in members] == [1, 2]
    first, second = (keras.models.load_model(folder / "model.keras").get_weights() for folder in members)
    assert not np.array_equal(first[0], second[0])


def test_weights_of_8_bits_take_a_quarter_of_the_bytes_and_answer_alike(members, data):
    images = scale(data.test.images)
    for folder in members:
        assert (folder / "model.tflite").stat().st_size < (folder / "model.keras").stat().st_size / 3
        exact = keras.models.load_model(folder / "model.keras").predict(images, verbose=0)["digits"]
        assert 0 < np.abs(Classifier(folder).probabilities(images) - exact).max() < 0.01


def test_of_8_bits_are_all_convolutions_but_the_first(members):
    for folder in members:
        details = Interpreter(str(folder / "model.tflite")).get_tensor_details()
        kernels = [(tuple(each["shape"][1:]), each["dtype"]) for each in details if "/convolution" in each["name"]]
        of_first = {dtype for shape, dtype in kernels if shape == (5, 5, 1)}
        of_others = {dtype for shape, dtype in kernels if shape[:2] == (3, 3)}
        assert (of_first, of_others) == ({np.float32}, {np.int8})


def test_a_network_that_was_told_what_is_drawn_is_told_so_again_and_scored_on_both(members, data):
    for folder in members:
        metrics, classifier, images = load_metrics(folder), Classifier(folder), scale(data.test.images)
        digits, non_digit = classifier.classify(images, drawn=True)
        assert not np.array_equal(digits, classifier.probabilities(images))
        assert metrics["test_as_drawings"]["errors"] == (digits.argmax(axis=1) != data.test.labels).sum()
        assert metrics["test_as_drawings"]["refused"] == pytest.approx((non_digit > 0.5).mean())


def test_a_network_that_was_not_told_what_is_drawn_takes_all_alike(data, tmp_path, quick):
    row = {"epoch": 1, "loss": 1.0, "accuracy": 0.5, "val_loss": 1.0, "val_accuracy": 0.5, "seconds": 1.0}
    metrics = save_network(NETWORKS["compact"](), TINY.changed(drawn_share=0.0), [row], data, tmp_path / "untold")
    assert "test_as_drawings" not in metrics
    classifier, images = Classifier(tmp_path / "untold"), scale(data.test.images)
    assert np.array_equal(classifier.probabilities(images, drawn=True), classifier.probabilities(images))


@pytest.mark.parametrize(("name", "darkest"), [(SCANS, [0, 0, 0, 0]), (SCANS_AND_DRAWINGS, [0, -0.5, -0.5, -0.5])])
def test_the_readout_is_fitted_on_scans_and_drawings_given_as_what_they_are(data, monkeypatch, quick, name, darkest):
    seen = []

    class Spy:
        def predict(self, inputs, **_):
            seen.append(float(inputs.min()))
            return np.random.default_rng(0).normal(size=(len(inputs), 11))

    monkeypatch.setattr(readout, "logits_of", lambda network: Spy())
    fit_readout(NETWORKS["compact"]("relu", name), data.test)
    assert seen == darkest


@pytest.mark.parametrize(
    ("bound", "message"),
    [("LARGEST_DIFFERENCE", "in Keras than in LiteRT"), ("LARGEST_MEAN_DIFFERENCE", "with weights of 8 bits")],
)
def test_a_network_that_reads_otherwise_once_it_is_saved_replaces_nothing(
    members, data, tmp_path, monkeypatch, bound, message
):
    shutil.copytree(members[0], tmp_path / "committee")
    before = (tmp_path / "committee" / "metrics.json").read_bytes()
    monkeypatch.setattr(saving, bound, 0)
    with pytest.raises(SaveError, match=f"otherwise {message}"):
        save_committee(members, TINY, data, tmp_path / "committee")
    assert (tmp_path / "committee" / "metrics.json").read_bytes() == before


def test_a_saved_committee_gives_the_calibrated_mean_of_its_members_probabilities(members, data, tmp_path, quick):
    metrics = save_committee(members, TINY, data, tmp_path / "committee")
    assert json.loads((tmp_path / "committee" / "metrics.json").read_text()) == metrics
    assert [member["seed"] for member in metrics["members"]] == [1, 2]
    assert metrics["cpu_cores"] == load_metrics(members[0])["cpu_cores"]
    assert metrics["training_seconds"] == pytest.approx(
        sum(member["training_seconds"] for member in metrics["members"]), abs=0.11
    )
    images = scale(data.test.images)
    loaded = [keras.models.load_model(folder / "model.keras") for folder in members]
    mean = np.mean([softmax(logits_of(member).predict(images, verbose=0)) for member in loaded], axis=0)
    digits, non_digit = Classifier(tmp_path / "committee").classify(images)
    expected = softmax(np.log(mean[:, :10]) / metrics["readout"]["temperature"])
    assert digits == pytest.approx(expected, abs=0.01)  # its weights have 8 bits
    score = np.log(mean[:, 10]) - np.log(mean[:, :10].sum(axis=1))
    assert np.array_equal(non_digit > 0.5, score > metrics["readout"]["threshold"])
    assert metrics["parameters"]["total"] == sum(load_metrics(folder)["parameters"]["total"] for folder in members)
