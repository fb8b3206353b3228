"""The screen for studying the test set: a gallery with filters, beside panels that count, explain and compare."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from model import exports
from model.classifier import trained_networks
from model.data import LABEL_ERRORS, Split
from model.marks import DOUBTFUL, MarksError, Verdict
from model.mistakes import Comparison, Filters, Results
from views import detail, panels
from views.address import NO_FILTERS, ORDERS, PANELS, SHOWN, choose
from views.clickable import clickable
from views.parts import choose_network, percent, png_url, require_marks, require_results

PER_PAGE = 48
_PANEL = ".st-key-study"


def show() -> None:
    """Shows the screen."""
    state = st.session_state
    test, results = require_results(choose_network())
    marks = _read_marks()
    with st.container(key="mistakes-summary"):
        st.markdown(_summary(results, marks))
    comparison = None
    if state.versus is not None and state.versus != state.network:
        comparison = Comparison(results, require_results(state.versus)[1])
    panel, gallery = st.columns([5, 7], gap="large")
    with gallery:
        _filters(comparison is not None)
        chosen = _select(results, comparison)
        with st.container(key="mistakes-gallery"):
            _gallery(test, results, marks, chosen)
    with panel, st.container(key="study"):
        st.segmented_control("Panel", PANELS, key="panel", required=True, label_visibility="collapsed", wrap=True)
        match state.panel:
            case "Matrix":
                panels.matrix(results)
            case "Image":
                detail.show(test, results, marks, chosen, _page(chosen).images)
            case "Digits":
                panels.digits(results)
            case "Compare":
                panels.compare(comparison, [name for name in trained_networks() if name != state.network])
            case "Reliability":
                panels.reliability(state.network)
            case "Marks":
                panels.marks(marks)


def _read_marks() -> dict[int, Verdict]:
    try:
        return require_marks().all()
    except MarksError as error:
        st.warning(str(error), icon=":material/warning:")
        return {}


def _summary(results: Results, marks: dict[int, Verdict]) -> str:
    wrong = int(results.wrong.sum())
    text = (
        f"**{wrong} of {len(results.labels):,}** test images are read wrong: an accuracy of "
        f"**{percent(results.accuracy(), 2)}**"
    )
    if left_out := frozenset(image for image, verdict in marks.items() if verdict in DOUBTFUL):
        images = "1 image" if len(left_out) == 1 else f"{len(left_out)} images"
        text += f", and of **{percent(results.accuracy(left_out), 2)}** without {images} marked as doubtful"
    return text


def _filters(compared: bool) -> None:
    """The filters of the gallery."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.segmented_control(
            "Show", list(SHOWN), key="show", required=True, format_func=SHOWN.get, on_change=_filtered, width="content"
        )
        st.selectbox("Order", list(ORDERS), key="order", format_func=ORDERS.get, on_change=_filtered, width=220)
    with st.container(horizontal=True, gap="medium"):
        st.pills("True digit", range(10), key="true", on_change=_filtered, wrap=True, width="content")
        st.pills("Read as", range(10), key="read", on_change=_filtered, wrap=True, width="content")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.slider("Probability of the digit read, %", 0, 100, key="probability", on_change=_filtered, width=240)
        if st.session_state.show == "unsure":
            st.slider("Unsure below, %", 10, 100, key="below", on_change=_filtered, width=180)
        st.text_input(
            "Index", key="find", on_change=_filtered, placeholder="12, 340-350", width=160, help="Numbers and ranges"
        )
        if compared:
            labels = {"both": "both", "first": "only this", "second": "only the other", "neither": "neither"}
            st.pills(
                "Read wrong by", list(labels), key="disagree", format_func=labels.get, on_change=_filtered, wrap=True
            )
        st.button("Reset", on_click=_reset, icon=":material/filter_alt_off:", help="Takes all filters away")


def _filtered() -> None:
    choose(page=1)


def _reset() -> None:
    choose(**NO_FILTERS)


def _select(results: Results, comparison: Comparison | None) -> np.ndarray:
    """The images that pass the filters, in the chosen order: int64 (k,)."""
    state = st.session_state
    indices = searched(state.find, len(results.labels))
    filters = Filters(
        show=state.show,
        unsure_below=state.below / 100,
        actual=state.true,
        read=state["read"],
        probability=(state.probability[0] / 100, state.probability[1] / 100),
        indices=None if indices is None else tuple(indices),
    )
    among = comparison.where(state.disagree) if comparison and state.disagree else None
    return results.select(filters, state.order, among)


def searched(text: str, images: int) -> list[int] | None:
    """The indices that a search asks for, numbers and ranges of them; None where it asks for none.

    >>> searched("7, 3-5 x", 10), searched("", 10), searched("99", 10)
    ([7, 3, 4, 5], None, [])
    """
    ranges = [(int(first), int(last or first)) for first, last in re.findall(r"(\d{1,9})(?:\s*-\s*(\d{1,9}))?", text)]
    if not ranges:
        return None
    found = [index for first, last in ranges for index in range(first, min(last, images - 1) + 1)]
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class _Page:
    """A page of the gallery: its number, from 1, how many there are, and the images on it, int64 (k,)."""

    number: int
    pages: int
    images: np.ndarray


def _page(chosen: np.ndarray) -> _Page:
    """The page of the chosen images that is shown."""
    pages = max(1, -(-chosen.size // PER_PAGE))
    number = min(st.session_state.page, pages)
    return _Page(number, pages, chosen[(number - 1) * PER_PAGE : number * PER_PAGE])


def _gallery(test: Split, results: Results, marks: dict[int, Verdict], chosen: np.ndarray) -> None:
    """The images of the page, with buttons to turn it where there are several."""
    if chosen.size == 0:
        st.info("No image of this kind.", icon=":material/check_circle:")
        return
    page = _page(chosen)
    with st.container(key="gallery-head", horizontal=True, vertical_alignment="center", gap="small"):
        images = "1 image" if chosen.size == 1 else f"{chosen.size:,} images"
        several = page.pages > 1
        st.markdown(f"{images}, page {page.number} of {page.pages}" if several else images, width="content")
        if several:
            st.button("Previous page", on_click=choose, kwargs={"page": page.number - 1}, disabled=page.number == 1)
            last = page.number == page.pages
            st.button("Next page", on_click=choose, kwargs={"page": page.number + 1}, disabled=last)
        st.space("stretch")
        rows = "These rows: index, true digit, digit read, ten probabilities, mark"
        _download("CSV", lambda: exports.to_csv(results, chosen, marks), "text/csv", rows)
        sheet = f"These images on one sheet, the first {exports.SHEET_IMAGES} of them"
        _download("PNG", lambda: exports.contact_sheet(test, results, chosen), "image/png", sheet)
    tiles = "".join(_tile(test, results, marks, int(index)) for index in page.images)
    clickable(f'<ul class="gallery">{tiles}</ul>', "gallery", _show_image, reveals=_PANEL)


def _download(kind: str, content: Callable[[], str | bytes], mime: str, hint: str) -> None:
    """A button whose file is made when it is clicked."""
    name = f"test-images.{kind.lower()}"
    st.download_button(kind, content, name, mime, on_click="ignore", icon=":material/download:", help=hint)


def _show_image(value: str) -> None:
    choose(image=int(value), panel="Image", other=None)


def _tile(test: Split, results: Results, marks: dict[int, Verdict], index: int) -> str:
    """One image of the gallery."""
    actual, read = int(results.labels[index]), int(results.predicted[index])
    sure = percent(float(results.confidence[index]), 0)
    kind = "wrong" if actual != read else "right"
    notes = [note for note in (marks.get(index), "label doubted" if index in LABEL_ERRORS else None) if note]
    alt = f"Test image {index}: true {actual}, read as {read}, {sure}{''.join(f', {note}' for note in notes)}"
    sign = "✗" if kind == "wrong" else "✓"
    pressed = str(index == st.session_state.image).lower()
    flag = '<span class="flag" aria-hidden="true">⚑</span>' if notes else ""
    return (
        f'<li><button type="button" class="{kind}" data-value="{index}" aria-pressed="{pressed}" title="{alt}">'
        f'<img class="pixels" src="{png_url(test.images[index])}" alt="{html.escape(alt)}">{flag}'
        f'<span aria-hidden="true"><b>{sign} {actual}</b> as <b>{read}</b>, {sure}</span></button></li>'
    )
