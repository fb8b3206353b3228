"""What explains a reading, each behind a tab: the ink that decided, the layers at work, and similar images."""

import numpy as np
import streamlit as st
from markupsafe import Markup

from model.data.mnist import DataError
from model.images import SIZE
from model.reading.classifier import Classifier
from model.reading.reading import Digit
from model.reading.store import NetworkError
from views import layers, why
from views.address import NO_FILTERS, choose
from views.clickable import clickable
from views.language import a_digit, literal, say
from views.parts import neighbours_of, png_url, probabilities_by_network, side_by_side, test_set
from views.rendering import render

WHY, LAYERS, SIMILAR = TABS = ("why", "layers", "similar")
# Similar images: two rows.
_SIMILAR = 10


def tabs() -> Markup:
    """The tabs, for HTML in which a click calls `open_tab` with their value."""
    return render("tabs", tabs=[(tab, say(f"explain {tab}")) for tab in TABS], chosen=st.session_state.get("explain"))


def open_tab(tab: str) -> None:
    """Opens a tab, or closes the one that is open."""
    st.session_state.explain = None if st.session_state.get("explain") == tab else tab


def show(classifier: Classifier, digit: Digit | None) -> None:
    """Shows what is behind the tab that is open, if one is.

    Args:
        classifier: the network.
        digit: what it read; None for a blank pad.
    """
    tab = st.session_state.get("explain")
    if tab is None:
        return
    with st.container(key="explanation"):
        if tab == LAYERS:
            layers.show(classifier, np.zeros((SIZE, SIZE), np.float32) if digit is None else digit.image)
        elif digit is None:
            st.caption(say("explain first"))
        elif tab == WHY:
            _show_why(classifier, digit)
        else:
            _show_similar(classifier, digit)


def _show_why(classifier: Classifier, digit: Digit) -> None:
    """The steps to what the network saw, and the ink that decided."""
    other = st.session_state.get("why_not")
    other = digit.runner_up if other is None else other
    why.show_maps(classifier, digit.image, digit.label, other, why.steps_to(digit), drawn=True)
    why.choose_other("why_not")
    _compare(digit)


def _compare(digit: Digit) -> None:
    """What each network makes of what the chosen one saw, and whether they differ."""
    columns = probabilities_by_network(digit.image)
    readings = {name: int(probabilities.argmax()) for name, probabilities in columns.items()}
    if len(set(readings.values())) > 1:
        each = ", ".join(say("network reads", network=literal(name), digit=read) for name, read in readings.items())
        st.markdown(say("networks differ", readings=each))
    else:
        st.markdown(say("networks agree", digit=digit.label))
    st.html(side_by_side(columns))


def _show_similar(classifier: Classifier, digit: Digit) -> None:
    """The test images that the network finds most similar; a click leads to one on the Mistakes screen."""
    try:
        features = classifier.features(digit.image[np.newaxis], drawn=True)[0]
        indices = neighbours_of(classifier.folder.name).similar_test_images(features, _SIMILAR)
        test = test_set()
    except (NetworkError, DataError) as error:
        st.error(literal(str(error)), icon=":material/error:")
        return
    find = ", ".join(map(str, indices))
    images = [
        {
            "index": int(index),
            "url": png_url(test.images[index]),
            "alt": say("similar image", index=index, label=a_digit(int(test.labels[index]))),
            "label": int(test.labels[index]),
        }
        for index in indices
    ]

    def open_one(value: str) -> None:
        choose(
            **NO_FILTERS
            | {"view": "Mistakes", "find": find, "show": "all", "order": "given"}
            | {"panel": "Image", "image": int(value), "other": None, "folded": False}
        )

    clickable(render("similar_tests", images=images), "similar", open_one)
