"""What several screens show or need: cached networks and data, bars, enlarged images."""

import base64
import io
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import streamlit as st
from markupsafe import Markup
from PIL import Image

from model.data.mnist import MNIST_PATH, MNIST_SHA256, TEST_IMAGES, DataError, Split, map_training_images, read_split
from model.evaluation.mistakes import Results
from model.evaluation.neighbours import FILE as NEIGHBOURS
from model.evaluation.neighbours import Neighbours, load_neighbours
from model.feedback.marks import Marks, OwnMarks
from model.feedback.stored_marks import StoredMarks
from model.images import NUM_CLASSES
from model.reading import store
from model.reading.card import Card
from model.reading.classifier import Classifier, load_classifier
from model.reading.weights import Weights, read_weights
from views import visitor
from views.language import literal, say
from views.rendering import render

# Work of more than a moment is done for so many visitors at once; the others wait in turn, and drawing goes on.
HEAVY = threading.BoundedSemaphore(2)
MARKS_PATH = Path(__file__).resolve().parent.parent / "marks.sqlite"


def choose_one(key: str, options: Sequence[str], **settings: Any) -> None:
    """Lets the visitor choose one of several options, which are in view; the address keeps the choice.

    Args:
        key: of the choice in the session, and of its text; each option's text is named by the key and the option.
        options: all there are.
        settings: further ones of Streamlit's segmented control.
    """
    st.segmented_control(
        say(key),
        options,
        key=key,
        persist_state="session",
        required=True,
        format_func=lambda option: say(f"{key} {option}"),
        label_visibility="collapsed",
        **settings,
    )


def require_network() -> str:
    """The name of the network that was chosen; without any, the page ends here with a message."""
    name: str | None = st.session_state.network
    if name is None:
        stop_without_network()
    return name


def require_classifier(name: str) -> Classifier:
    """The network of that name, loaded once.

    If its file is missing or damaged, a message says so. The one that was loaded before goes on; without one, the page
    ends.
    """
    try:
        return classifier_of(name)
    except store.NetworkError as error:
        if (loaded := _loaded().get(store.TRAINED / name)) is None:
            stop_with(error)
        st.warning(f"{literal(str(error))} {say('still in memory')}", icon=":material/warning:")
        return loaded


def classifier_of(name: str) -> Classifier:
    """The network of that name, loaded once.

    Raises:
        NetworkError: it is missing or damaged.
    """
    classifier = _classifier(name, _changed(store.TRAINED / name / "model.tflite"))
    _loaded()[store.TRAINED / name] = classifier
    return classifier


@st.cache_resource(show_spinner=False)
def _loaded() -> dict[Path, Classifier]:
    """The networks that were loaded last, by folder."""
    return {}


def weights_of(name: str) -> Weights:
    """The weights that explain the network of that name, read once.

    Raises:
        NetworkError: the file is missing or damaged.
    """
    return _weights(name, _changed(store.TRAINED / name / "model.tflite"))


@st.cache_resource(show_spinner=False, max_entries=8)
def _weights(name: str, changed: tuple[int, ...]) -> Weights:
    return read_weights(store.TRAINED / name)


def require_results(name: str) -> tuple[Split, Results]:
    """The test set and what the network of that name answered; a message ends the page if either is damaged."""
    try:
        test = test_set()
        return test, results_of(name)
    except (DataError, store.NetworkError) as error:
        stop_with(error)


def require_marks() -> Marks:
    """What people think of test images.

    Where the operator shares marks, they are in the file that DIGITS_MARKS names, each with its visitor's name.
    Otherwise those of who sits at the server are in marks.sqlite, and a guest's are gone with their visit.
    """
    if shared := os.environ.get("DIGITS_MARKS"):
        return StoredMarks(Path(shared), TEST_IMAGES, visitor.name())
    if visitor.is_at_the_server():
        return StoredMarks(MARKS_PATH, TEST_IMAGES)
    state = st.session_state
    return OwnMarks(state.setdefault("own_marks", {}), state.setdefault("own_notes", {}), TEST_IMAGES)


def results_of(name: str) -> Results:
    """What the network of that name answered on the test set, read once.

    Raises:
        NetworkError: the results are missing, damaged, or of another data file than the app's.
    """
    try:
        return _results(name, _changed(store.TRAINED / name / "test_probabilities.npy"))
    except ValueError as error:
        raise store.NetworkError(f"{error}. {store.remedy(store.TRAINED / name)}.") from error


@st.cache_resource(show_spinner=False, max_entries=8)
def _results(name: str, changed: tuple[int, ...]) -> Results:
    folder = store.TRAINED / name
    _require_same_images(folder)
    return Results(test_set().labels, store.load_test_probabilities(folder))


@st.cache_resource(show_spinner=False)
def test_set() -> Split:
    """MNIST's 10,000 test images, shared by all visitors.

    Raises:
        DataError: the data file is missing or damaged.
    """
    return read_split("test", MNIST_PATH)


@st.cache_resource(show_spinner=False)
def training_set() -> Split:
    """MNIST's 60,000 training images, shared by all visitors and kept on disk.

    Raises:
        DataError: the data file is missing or damaged.
    """
    return map_training_images(MNIST_PATH)


def neighbours_of(name: str) -> Neighbours:
    """The similar images of the network of that name, read once.

    Raises:
        NetworkError: the file is missing, damaged, or of another data file than the app's.
    """
    return _neighbours(name, _changed(store.TRAINED / name / NEIGHBOURS))


@st.cache_resource(show_spinner=False, max_entries=8)
def _neighbours(name: str, changed: tuple[int, ...]) -> Neighbours:
    folder = store.TRAINED / name
    _require_same_images(folder)
    return load_neighbours(folder)


def _require_same_images(folder: Path) -> None:
    """Makes sure that what a network says of its data is about the images that the app shows.

    Raises:
        NetworkError: it was trained and scored on another data file, or its card is missing or damaged.
    """
    if Card.load(folder).data_sha256 != MNIST_SHA256:
        raise store.NetworkError(
            f"{folder.name} was trained and scored on another data file than the app's own, assets/{MNIST_PATH.name}. "
            "Choose another network, or train this one without --data."
        )


def stop_without_network() -> NoReturn:
    """Says how to train a network, and ends the page."""
    st.error(say("no network", folder=literal(str(store.TRAINED))), icon=":material/error:")
    st.stop()


def stop_with(error: Exception) -> NoReturn:
    """Shows what is wrong and how to mend it, and ends the page."""
    st.error(literal(str(error)), icon=":material/error:")
    st.stop()


@st.cache_resource(show_spinner=False, max_entries=8)
def _classifier(name: str, changed: tuple[int, ...]) -> Classifier:
    return load_classifier(name)


def _changed(path: Path) -> tuple[int, ...]:
    """Tells a file from what it was before, so that a retrained network is reloaded; empty if it is missing."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_size, status.st_ino


def percent(probability: float, decimals: int = 1) -> str:
    """A probability for people; never a 100 % or a 0 %, since no network is certain.

    >>> percent(0.87), percent(0.99997), percent(0.00002), percent(0.8712, 0), percent(0.999, 0)
    ('87.0 %', '> 99.9 %', '< 0.1 %', '87 %', '> 99 %')
    """
    step = 10.0**-decimals
    if 100 * probability >= 100 - step / 2:
        return f"> {100 - step:.{decimals}f} %"
    if 100 * probability < step / 2:
        return f"< {step:.{decimals}f} %"
    return f"{100 * probability:.{decimals}f} %"


def duration(seconds: float) -> str:
    """A time for people.

    >>> duration(42), duration(750), duration(5000)
    ('42 s', '12.5 min', '1.4 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"


def bars(probabilities: np.ndarray) -> Markup:
    """A bar chart of the ten probabilities, in the order of the digits, always of one size.

    It is plain HTML: it costs the server nothing, keeps its place while the values change, follows the theme, and a
    screen reader reads the values.

    Args:
        probabilities: floats (10,) in 0..1; all zero where nothing was read, which shows no figures.
    """
    best = int(np.argmax(probabilities)) if np.any(probabilities) else None
    rows = [
        (digit, digit == best, f"{probability:.2%}", "" if best is None else percent(probability))
        for digit, probability in enumerate(map(float, probabilities))
    ]
    return render("bars", rows=rows)


def side_by_side(columns: dict[str, np.ndarray], actual: int | None = None, title: str | None = None) -> Markup:
    """The ten probabilities of several networks or images, a column each.

    Args:
        columns: floats (10,) in 0..1 by the name of the network or image.
        actual: the true digit, where it is known, to be marked.
        title: what a screen reader calls the table; without it, that it is by network.
    """
    rows = [
        {
            "digit": digit,
            "is_true": digit == actual,
            "cells": [
                {
                    "is_best": bool(probabilities.any()) and digit == probabilities.argmax(),
                    "width": f"{probabilities[digit]:.2%}",
                    "value": percent(float(probabilities[digit])) if probabilities.any() else "",
                }
                for probabilities in columns.values()
            ],
        }
        for digit in range(NUM_CLASSES)
    ]
    return render("side_by_side", names=list(columns), rows=rows, title=title or say("bars by network"))


def bars_by_network(image: np.ndarray | None) -> Markup:
    """The ten probabilities that each network gives to a drawing, a column each.

    Args:
        image: float32 (28, 28) in 0..1, what a network sees of it; None where nothing is drawn, which shows no figures.
    """
    if image is None:
        return side_by_side(dict.fromkeys(store.trained_networks(), np.zeros(NUM_CLASSES)))
    return side_by_side(probabilities_by_network(image))


def probabilities_by_network(image: np.ndarray) -> dict[str, np.ndarray]:
    """The ten probabilities that each network gives to a drawing; a damaged network is left out.

    Args:
        image: float32 (28, 28) in 0..1, what a network sees of it.
    """
    columns = {}
    for name in store.trained_networks():
        try:
            columns[name] = classifier_of(name).probabilities(image[np.newaxis], drawn=True)[0]
        except store.NetworkError:
            continue
    return columns


def png_url(image: np.ndarray) -> str:
    """A uint8 (h, w) or (h, w, 3) image as a PNG in a data URL."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return data_url(file.getvalue(), "png")


def data_url(data: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
