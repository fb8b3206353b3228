"""What several screens show or need: cached networks and data, the choice of network, bars, enlarged images."""

import base64
import html
import io
import os
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from model import classifier as networks
from model.data import MNIST_PATH, NUM_CLASSES, TEST_IMAGES, DataError, Split, map_training_images, read_split
from model.marks import Marks
from model.mistakes import Results
from model.neighbours import FILE as NEIGHBOURS
from model.neighbours import Neighbours
from views.texts import say

MARKS_PATH = Path(__file__).resolve().parent.parent / "marks.sqlite"


def choose_network() -> str:
    """Lets the visitor choose a network; the choice holds for all screens and stands in the address.

    Without any network the page ends here with a message.
    """
    names = networks.trained_networks()
    if not names:
        st.error(say("no network", folder=networks.TRAINED), icon=":material/error:")
        st.stop()
    return st.segmented_control(
        say("network"),
        names,
        required=True,
        key="network",
        label_visibility="collapsed",
    )


def require_classifier(name: str) -> networks.Classifier:
    """The network of that name, loaded once; a message ends the page if it is missing or damaged."""
    try:
        return classifier_of(name)
    except networks.NetworkError as error:
        stop_with(error)


def classifier_of(name: str) -> networks.Classifier:
    """The network of that name, loaded once.

    Raises:
        NetworkError: it is missing or damaged.
    """
    return _classifier(name, _changed(networks.TRAINED / name / "model.tflite"))


def require_results(name: str) -> tuple[Split, Results]:
    """The test set and what the network of that name answered; a message ends the page if either is damaged."""
    try:
        test = test_set()
        return test, results_of(name)
    except (DataError, networks.NetworkError) as error:
        stop_with(error)


def require_marks() -> Marks:
    """What people think of test images, kept in the file that DIGITS_MARKS names, or else in marks.sqlite."""
    return Marks(Path(os.environ.get("DIGITS_MARKS", MARKS_PATH)), TEST_IMAGES)


def results_of(name: str) -> Results:
    """What the network of that name answered on the test set, read once.

    Raises:
        NetworkError: the results are missing or damaged.
    """
    try:
        return _results(name, _changed(networks.TRAINED / name / "test_probabilities.npy"))
    except ValueError as error:
        raise networks.NetworkError(f"{error}. {networks.remedy(networks.TRAINED / name)}.") from error


@st.cache_resource(show_spinner=False, max_entries=8)
def _results(name: str, changed: float) -> Results:
    return Results(test_set().labels, networks.load_test_probabilities(networks.TRAINED / name))


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
    """What resembles what in the eyes of the network of that name, read once.

    Raises:
        NetworkError: the file is missing or damaged.
    """
    return _neighbours(name, _changed(networks.TRAINED / name / NEIGHBOURS))


@st.cache_resource(show_spinner=False, max_entries=8)
def _neighbours(name: str, changed: float) -> Neighbours:
    return networks.load_neighbours(networks.TRAINED / name)


def stop_with(error: Exception) -> None:
    """Shows what is wrong and how to mend it, and ends the page."""
    st.error(str(error), icon=":material/error:")
    st.stop()


@st.cache_resource(show_spinner=False, max_entries=8)
def _classifier(name: str, changed: float) -> networks.Classifier:
    return networks.load_classifier(name)


def _changed(path: Path) -> float:
    """When a file was last changed, so that a network trained anew is loaded anew; 0 if it is missing."""
    return path.stat().st_mtime if path.exists() else 0.0


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


def bars(probabilities: np.ndarray) -> str:
    """A bar chart of the ten probabilities, in the order of the digits, always of one size.

    It is plain HTML: it costs the server nothing, keeps its place while the values change, follows the theme, and a
    screen reader reads the values.

    Args:
        probabilities: floats (10,) in 0..1; all zero where nothing was read, which shows no figures.
    """
    best = int(np.argmax(probabilities)) if np.any(probabilities) else None
    rows = [
        f'<li class="{"best" if digit == best else ""}"><span class="digit">{digit}</span>'
        f'<span class="track"><span class="bar" style="width:{probability:.2%}"></span></span>'
        f'<span class="value">{"" if best is None else percent(probability)}</span></li>'
        for digit, probability in enumerate(map(float, probabilities))
    ]
    return f'<ol class="bars" aria-label="{say("bars")}">{"".join(rows)}</ol>'


def side_by_side(columns: dict[str, np.ndarray], actual: int | None = None) -> None:
    """The ten probabilities of several networks, a column each.

    Args:
        columns: floats (10,) in 0..1 by the name of the network.
        actual: the true digit, where it is known, to be marked.
    """
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in columns)
    rows = []
    for digit in range(NUM_CLASSES):
        cells = []
        for probabilities in columns.values():
            best = " best" if digit == probabilities.argmax() else ""
            cells.append(
                f'<td><span class="track{best}"><span class="bar" style="width:{probabilities[digit]:.2%}"></span>'
                f'<span class="value">{percent(float(probabilities[digit]))}</span></span></td>'
            )
        true = f' <span class="tag">{say("true tag")}</span>' if digit == actual else ""
        rows.append(f'<tr><th scope="row">{digit}{true}</th>{"".join(cells)}</tr>')
    st.html(
        f'<table class="study side-by-side" aria-label="{say("bars by network")}"><thead>'
        f"<tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def picture(path: Path, alt: str) -> None:
    """Shows a picture that training left, or a line that says it is not there."""
    if path.is_file():
        st.image(str(path), alt=alt, width="stretch")
    else:
        st.caption(say("no picture", path=path))


def png_url(image: np.ndarray) -> str:
    """A uint8 (h, w) or (h, w, 3) image as a PNG in a data URL."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
