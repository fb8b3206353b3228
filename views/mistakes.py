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
from views.address import NO_FILTERS, ORDERS, PANELS, SHOWN, WRONG, choose
from views.clickable import clickable
from views.parts import choose_network, percent, png_url, require_marks, require_results
from views.texts import images, say

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
        st.segmented_control(
            say("panel"),
            PANELS,
            key="panel",
            required=True,
            format_func=lambda panel: say(f"panel {panel}"),
            label_visibility="collapsed",
            wrap=True,
        )
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
    text = say("summary", wrong=wrong, images=len(results.labels), accuracy=percent(results.accuracy(), 2))
    if left_out := frozenset(image for image, verdict in marks.items() if verdict in DOUBTFUL):
        name = "summary without one" if len(left_out) == 1 else "summary without"
        text += say(name, accuracy=percent(results.accuracy(left_out), 2), count=len(left_out))
    return text


def _filters(compared: bool) -> None:
    """The filters of the gallery."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.segmented_control(
            say("show"),
            SHOWN,
            key="show",
            required=True,
            format_func=lambda shown: say(f"show {shown}"),
            on_change=_filtered,
            width="content",
        )
        st.selectbox(
            say("order"),
            ORDERS,
            key="order",
            format_func=lambda order: say(f"order {order}"),
            on_change=_filtered,
            width=220,
        )
    with st.container(horizontal=True, gap="medium"):
        st.pills(say("true digit"), range(10), key="true", on_change=_filtered, wrap=True, width="content")
        st.pills(say("read as"), range(10), key="read", on_change=_filtered, wrap=True, width="content")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.slider(say("probability"), 0, 100, key="probability", on_change=_filtered, width=240)
        if st.session_state.show == "unsure":
            st.slider(say("below"), 10, 100, key="below", on_change=_filtered, width=180)
        st.text_input(
            say("index"),
            key="find",
            on_change=_filtered,
            placeholder="12, 340-350",
            width=160,
            help=say("index hint"),
        )
        if compared:
            st.pills(
                say("wrong by"),
                WRONG,
                key="disagree",
                format_func=lambda wrong: say(f"wrong by {wrong}"),
                on_change=_filtered,
                wrap=True,
            )
        st.button(say("reset"), on_click=_reset, icon=":material/filter_alt_off:", help=say("reset hint"))


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
        st.info(say("none"), icon=":material/check_circle:")
        return
    page = _page(chosen)
    with st.container(key="gallery-head", horizontal=True, vertical_alignment="center", gap="small"):
        text, several = images(chosen.size), page.pages > 1
        if several:
            text = say("page", images=text, page=page.number, pages=page.pages)
        st.markdown(text, width="content")
        if several:
            st.button(
                say("previous page"), on_click=choose, kwargs={"page": page.number - 1}, disabled=page.number == 1
            )
            last = page.number == page.pages
            st.button(say("next page"), on_click=choose, kwargs={"page": page.number + 1}, disabled=last)
        st.space("stretch")
        _download("CSV", lambda: exports.to_csv(results, chosen, marks), "text/csv", say("csv hint"))
        sheet = say("png hint", count=exports.SHEET_IMAGES)
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
    notes = [say(marks[index])] if index in marks else []
    notes += [say("label doubted")] if index in LABEL_ERRORS else []
    alt = ", ".join([say("tile", index=index, actual=actual, read=read, sure=sure), *notes])
    sign = "✗" if kind == "wrong" else "✓"
    caption = say("tile as", sign=sign, actual=actual, read=read, sure=sure)
    pressed = str(index == st.session_state.image).lower()
    flag = '<span class="flag" aria-hidden="true">⚑</span>' if notes else ""
    return (
        f'<li><button type="button" class="{kind}" data-value="{index}" aria-pressed="{pressed}" title="{alt}">'
        f'<img class="pixels" src="{png_url(test.images[index])}" alt="{html.escape(alt)}">{flag}'
        f'<span aria-hidden="true">{caption}</span></button></li>'
    )
