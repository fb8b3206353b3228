"""An ensemble is trained member by member, can be stopped between them, and answers with their calibrated mean."""

import io
import shutil
from contextlib import redirect_stdout
from pathlib import Path

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from model.data.mnist import Split, TrainingData, hold_out
from model.evaluation.calibration import softmax
from model.export import litert, readout
from model.export.folders import SaveError
from model.export.readout import fit_readout
from model.export.saving import save_ensemble, save_network
from model.images import SCANS, SCANS_AND_DRAWINGS, scale
from model.networks.architectures import NETWORKS
from model.networks.heads import logits_of
from model.reading.card import Card
from model.reading.classifier import Classifier
from model.reading.history import Epoch
from model.recipes import Recipe
from model.training import ensemble
from model.training.checkpoint import ResumeError
from model.training.ensemble import UnfinishedEnsemble, train_members

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
ROW = Epoch(epoch=1, loss=1.0, accuracy=0.5, val_loss=1.0, val_accuracy=0.5, seconds=1.0)


@pytest.fixture(scope="module")
def data(test_set) -> TrainingData:
    training, validation = hold_out(Split(test_set.images[:300], test_set.labels[:300]), TINY.validation_count(300))
    return TrainingData(training, validation, Split(test_set.images[-50:], test_set.labels[-50:]), "data")


@pytest.fixture(scope="module")
def quick():
    """Calibrates on few synthetic images."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readout, "_HELD_OUT_SYNTHETIC", 100)
        yield


@pytest.fixture(scope="module")
def stopped(tmp_path_factory, data, quick) -> UnfinishedEnsemble:
    """An ensemble of two that was stopped while the second member was trained."""
    unfinished = UnfinishedEnsemble(tmp_path_factory.mktemp("stopped") / "ensemble.unfinished")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ensemble, "train", trained_but_for(2))
        with pytest.raises(KeyboardInterrupt):
            train_members(TINY, 2, data, unfinished, verbose=0)
    return unfinished


def trained_but_for(seed: int):
    """`train` that is stopped when it comes to a seed."""
    train = ensemble.train

    def trained(recipe, *rest):
        if recipe.seed == seed:
            raise KeyboardInterrupt
        return train(recipe, *rest)

    return trained


def test_a_stopped_ensemble_says_how_far_it_came(stopped):
    assert stopped.describe() == f"1 finished member is kept in {stopped.folder}; --resume goes on from there."


def test_an_ensemble_of_which_nothing_is_finished_cannot_be_resumed(tmp_path, data):
    unfinished = UnfinishedEnsemble(tmp_path / "none")
    assert "nothing to resume" in unfinished.describe()
    with pytest.raises(ResumeError, match="No unfinished run in"):
        train_members(TINY, 2, data, unfinished, resume=True, verbose=0)


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ("recipe", "batch_size: kept 50, requested 25"),
        ("data", "SHA-256 of --data: kept data, requested other data"),
        ("extra", "SHA-256 of --extra: kept nothing, requested [0-9a-f]{64}"),
    ],
)
def test_a_finished_member_of_another_ensemble_is_refused_with_the_settings_that_differ_alone(
    stopped, data, change, difference
):
    recipe = TINY.changed(batch_size=25) if change == "recipe" else TINY
    if change == "data":
        data = data._replace(sha256="other data")
    if change == "extra":
        data = data._replace(extra=data.test)
    with pytest.raises(ResumeError, match=f"is of another ensemble:\n  {difference}\n.*leave --resume out.$"):
        train_members(recipe, 2, data, stopped, resume=True, verbose=0)


@pytest.fixture(scope="module")
def members(stopped, data):
    """The folders of both members, the first of which was not trained again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ensemble, "train", trained_but_for(1))
        return train_members(TINY, 2, data, stopped, resume=True, verbose=0)


def test_the_members_have_seeds_and_weights_of_their_own(members):
    assert [Card.load(folder).seeds for folder in members] == [(1,), (2,)]
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
        card, classifier, images = Card.load(folder), Classifier(folder), scale(data.test.images)
        digits, non_digit = classifier.classify(images, drawn=True)
        assert not np.array_equal(digits, classifier.probabilities(images))
        assert card.test_as_drawings.errors == (digits.argmax(axis=1) != data.test.labels).sum()
        assert card.test_as_drawings.refused == pytest.approx((non_digit > 0.5).mean())


@pytest.fixture(scope="module")
def untold(data, tmp_path_factory, quick) -> tuple[Path, list[str]]:
    """The folder of a network that takes scans and drawings alike, and what was printed while it was saved."""
    folder, printed = tmp_path_factory.mktemp("untold") / "net", io.StringIO()
    with redirect_stdout(printed):
        recipe = TINY.changed(drawn_share=0.0)
        save_network(NETWORKS["compact"]().get_weights(), recipe, [ROW], data, folder, verbose=2)
    return folder, printed.getvalue().splitlines()


def test_a_network_that_was_not_told_what_is_drawn_takes_all_alike(untold, data):
    folder, _ = untold
    assert Card.load(folder).test_as_drawings is None
    classifier, images = Classifier(folder), scale(data.test.images)
    assert np.array_equal(classifier.probabilities(images, drawn=True), classifier.probabilities(images))


def test_each_step_of_saving_is_printed(untold):
    _, printed = untold
    assert printed == [
        "Calibrating on 60 held-out images ...",
        "Exporting for LiteRT ...",
        "Comparing Keras and LiteRT on 50 test images ...",
        "Rounding the weights to 8 bits ...",
        "Scoring 50 test images ...",
        "Finding similar images among 300 training images ...",
        "Drawing the figures ...",
    ]


@pytest.fixture(scope="module")
def asked(data, tmp_path_factory, quick) -> tuple[int, str]:
    """How many images were read while a network was saved, and what was printed although silence was wanted."""
    asked, printed = [], io.StringIO()
    run, features = Classifier._run, Classifier.features

    def counted_run(self, batch):
        asked.append(len(batch))
        return run(self, batch)

    def counted_features(self, images):
        asked.append(len(images))
        return features(self, images)

    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed):
        patch.setattr(Classifier, "_run", counted_run)
        patch.setattr(Classifier, "features", counted_features)
        weights = NETWORKS["compact"]().get_weights()
        save_network(weights, TINY, [ROW], data, tmp_path_factory.mktemp("asked") / "net", verbose=0)
    return sum(asked), printed.getvalue()


def test_nothing_is_printed_where_silence_is_wanted(asked):
    assert asked[1] == ""


def test_saving_asks_each_file_once_for_each_answer(asked, data):
    test, held_out = len(data.test.labels), len(data.validation.labels)
    # Of the exact and the rounded file, as scans and as drawings; the held-out images; the features of all.
    assert asked[0] == 2 * 2 * test + held_out + test + 300


def test_all_cores_together_answer_as_one_classifier_to_the_last_bit(members, test_set, monkeypatch):
    monkeypatch.setattr(litert, "usable_cores", lambda: 3)
    images, one, all_cores = scale(test_set.images[:333]), Classifier(members[0]), litert.AllCores(members[0])
    for drawn in (False, True):
        for own, others in zip(one.classify(images, drawn), all_cores.classify(images, drawn), strict=True):
            assert np.array_equal(own, others)
    assert np.array_equal(one.features(images), all_cores.features(images))
    assert len(all_cores.features(images[:1])) == 1


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
    shutil.copytree(members[0], tmp_path / "ensemble")
    before = (tmp_path / "ensemble" / "metrics.json").read_bytes()
    monkeypatch.setattr(litert, bound, 0)
    with pytest.raises(SaveError, match=message):
        save_ensemble(members, TINY, data, tmp_path / "ensemble")
    assert (tmp_path / "ensemble" / "metrics.json").read_bytes() == before


def test_a_saved_ensemble_gives_the_calibrated_mean_of_its_members_probabilities(members, data, tmp_path, quick):
    card = save_ensemble(members, TINY, data, tmp_path / "ensemble")
    assert Card.load(tmp_path / "ensemble") == card
    assert card.seeds == (1, 2)
    assert card.cpu_cores == Card.load(members[0]).cpu_cores
    assert card.training_seconds == pytest.approx(sum(member.training_seconds for member in card.members), abs=0.11)
    images = scale(data.test.images)
    loaded = [keras.models.load_model(folder / "model.keras") for folder in members]
    mean = np.mean([softmax(logits_of(member).predict(images, verbose=0)) for member in loaded], axis=0)
    digits, non_digit = Classifier(tmp_path / "ensemble").classify(images)
    expected = softmax(np.log(mean[:, :10]) / card.readout.temperature)
    assert digits == pytest.approx(expected, abs=0.01)  # its weights have 8 bits
    score = np.log(mean[:, 10]) - np.log(mean[:, :10].sum(axis=1))
    assert np.array_equal(non_digit > 0.5, score > card.readout.threshold)
    assert card.parameters.total == sum(Card.load(folder).parameters.total for folder in members)
