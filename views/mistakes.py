"""The screen with the test images that a network reads wrong."""

import numpy as np
import streamlit as st

from model import evaluate
from model.data import Split
from model.mistakes import Results
from views.parts import choose_network, percent, pixel_image, probability_bars, require_results

PER_PAGE = 30
ORDERS = {"confidence": "Most confident first", "index": "By index"}


def show() -> None:
    """Shows the screen."""
    test, results = require_results(choose_network())
    mistakes = results.mistakes()
    with st.container(key="mistakes-summary"):
        accuracy = evaluate.accuracy(results.labels, results.probabilities)
        st.markdown(
            f"**{len(mistakes)} of {len(test.labels):,}** test images are read wrong: "
            f"an accuracy of **{percent(accuracy, 2)}**"
        )
    chosen = results.mistakes(*_filters())
    if chosen.size == 0:
        st.info("No mistake of this kind.", icon=":material/check_circle:")
        return
    detail, gallery = st.columns([1, 2], gap="large")
    with gallery:
        shown = _page(chosen)
        with st.container(key="mistakes-gallery", horizontal=True, gap="small"):
            for index in shown:
                _tile(test, results, int(index))
    with detail, st.container(key="mistake-detail"):
        index = st.session_state.get("mistake")
        _detail(test, results, int(index if index in chosen else shown[0]))


def _filters() -> tuple[int | None, int | None, str]:
    """The choice of true digit, digit read, and order; it stands in the address."""
    with st.container(horizontal=True, gap="medium"):
        actual = st.pills("True digit", range(10), key="true", bind="query-params", wrap=True)
        read = st.pills("Read as", range(10), key="read", bind="query-params", wrap=True)
        order = st.segmented_control(
            "Order",
            list(ORDERS),
            default="confidence",
            required=True,
            key="order",
            format_func=ORDERS.get,
            bind="query-params",
        )
    return actual, read, order


def _page(chosen: np.ndarray) -> np.ndarray:
    """The part of the chosen images that is on the page, with buttons to turn it where there are several."""
    pages = -(-chosen.size // PER_PAGE)
    state = st.session_state
    page = min(state.get("page", 0), pages - 1)

    def turn(step: int) -> None:
        state.page = page + step

    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button("Previous", on_click=turn, args=(-1,), disabled=page == 0, icon=":material/chevron_left:")
            st.button("Next", on_click=turn, args=(1,), disabled=page == pages - 1, icon=":material/chevron_right:")
            st.markdown(f"Page {page + 1} of {pages}, {chosen.size} images")
    return chosen[page * PER_PAGE : (page + 1) * PER_PAGE]


def _caption(results: Results, index: int) -> str:
    confidence = percent(float(results.confidence[index]), 0)
    return f"true {results.labels[index]}, read as {results.predicted[index]}, {confidence}"


def _tile(test: Split, results: Results, index: int) -> None:
    """One image of the gallery; its button covers the whole tile."""

    def choose() -> None:
        st.session_state.mistake = index

    caption = _caption(results, index)
    with st.container(key=f"tile-{index}", width=160, gap=None):
        pixel_image(test.images[index], 140, f"Test image {index}: {caption}")
        st.button(caption, key=f"choose-{index}", on_click=choose, type="tertiary", wrap=False)


def _detail(test: Split, results: Results, index: int) -> None:
    """One image, large, with all ten probabilities."""
    actual, read = int(results.labels[index]), int(results.predicted[index])
    st.subheader(f"Test image {index}", anchor=False)
    pixel_image(test.images[index], 252, f"Test image {index}, enlarged")
    st.markdown(f"True **{actual}**, read as **{read}** with {percent(float(results.confidence[index]))}")
    probability_bars(results.probabilities[index], "mistake-probabilities", actual)
