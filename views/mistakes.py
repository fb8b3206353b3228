"""The screen for studying the test set: a gallery with filters, and panels that count, explain and compare."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from model.data.mnist import Split
from model.evaluation import exports
from model.evaluation.mistakes import Comparison, Results
from model.feedback.marks import DOUBTFUL, Verdict
from model.reading.store import trained_networks
from views import confidence, detail, filters, marking, named_views, panels, selection
from views import group as several
from views.address import ANY_PROBABILITY, ORDERS, PANELS, SHOWN, SIZES, choose
from views.clickable import clickable
from views.language import say, say_html
from views.opinions import Opinions
from views.opinions import read as read_opinions
from views.parts import HEAVY, choose_one, percent, png_url, require_network, require_results
from views.rendering import render
from views.search import find

# Fills the largest window with the smallest images.
PER_PAGE = 120
_PANEL = ".st-key-study"
_GO_TO = "go to page"


def show() -> None:
    """Shows the screen: the gallery, with a toolbar above and a panel beside it."""
    state = st.session_state
    test, results = require_results(require_network())
    marking.keep_note()
    opinions = read_opinions()
    comparison = None
    if state.versus is not None and state.versus != state.network:
        comparison = Comparison(results, require_results(state.versus)[1])
    search = find(state.find, len(results.labels))

    def select(probability: tuple[int, int]) -> np.ndarray:
        return filters.select(results, comparison, opinions, search.indices, probability)

    chosen = select(state.probability)
    page = _page(chosen)
    group = selection.selected(chosen.tolist())
    with st.container(key="mistakes"):
        _toolbar(test, results, opinions, chosen, comparison is not None)
        with st.container(key="mistakes-status", horizontal=True, vertical_alignment="center", gap="small"):
            named_views.show_title()
            st.markdown(_summary(results, opinions.marks), width="content")
            filters.chips(comparison is not None, chosen.size)
            _choose_page(page)
        filters.tell_search(search, chosen.size, len(results.labels))
        with st.container(key="mistakes-body"):
            with st.container(key="mistakes-gallery"):
                if chosen.size:
                    _gallery(test, results, opinions, chosen, page.images, group)
                elif not search.indices:
                    st.info(say("none"), icon=":material/check_circle:")
            if not state.folded:
                with st.container(key="study"):
                    choose_one("panel", PANELS, wrap=True)
                    match state.panel:
                        case "Matrix":
                            panels.matrix(results)
                        case "Image" if group:
                            several.show(test, results, opinions, group)
                        case "Image":
                            detail.show(test, results, opinions, chosen, page.images)
                        case "Digits":
                            panels.digits(results)
                        case "Compare":
                            panels.compare(comparison, [name for name in trained_networks() if name != state.network])
                        case "Reliability":
                            confidence.histogram(results, select(ANY_PROBABILITY))
                            panels.reliability(state.network)
                        case "Marks":
                            panels.marks(opinions)


def _summary(results: Results, marks: dict[int, Verdict]) -> str:
    wrong = int(results.wrong.sum())
    text = say("summary", wrong=wrong, images=len(results.labels), accuracy=percent(results.accuracy(), 2))
    if left_out := frozenset(image for image, verdict in marks.items() if verdict in DOUBTFUL):
        name = "summary without one" if len(left_out) == 1 else "summary without"
        text += say(name, accuracy=percent(results.accuracy(left_out), 2), count=len(left_out))
    return text


def _toolbar(test: Split, results: Results, opinions: Opinions, chosen: np.ndarray, compared: bool) -> None:
    """One line of what chooses, orders and takes along the images."""
    state = st.session_state
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center", gap="small"):
        choose_one("show", SHOWN, on_change=filters.filtered)
        with st.popover(say("filters"), icon=":material/filter_alt:", key="filters"):
            filters.menu(compared)
        with st.popover(say("views"), icon=":material/bookmark:", key="views"):
            named_views.menu()
        st.selectbox(
            say("order"),
            ORDERS,
            key="order",
            persist_state="session",
            format_func=lambda order: say(f"order {order}"),
            on_change=filters.filtered,
            label_visibility="collapsed",
            width=210,
        )
        st.slider(
            say("size"), *SIZES, step=8, key="size", persist_state="session", label_visibility="collapsed", width=120
        )
        st.space("stretch")
        with st.popover(say("export"), icon=":material/download:", key="export"):
            _download(
                "CSV",
                lambda: exports.to_csv(results, chosen, opinions.marks, opinions.notes),
                "text/csv",
                say("csv hint"),
            )
            sheet = say("png hint", count=exports.SHEET_IMAGES)
            _download("PNG", lambda: _sheet(test, results, chosen), "image/png", sheet)
        st.button(
            say("unfold" if state.folded else "fold"),
            key="fold",
            on_click=choose,
            kwargs={"folded": not state.folded},
            icon=":material/right_panel_open:" if state.folded else ":material/right_panel_close:",
            type="tertiary",
        )


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


def _choose_page(page: _Page) -> None:
    """Lets the visitor turn the page, or go to any, where there are several."""
    if page.pages == 1:
        return
    st.session_state[_GO_TO] = page.number
    st.number_input(
        say("page"),
        1,
        page.pages,
        key=_GO_TO,
        on_change=lambda: choose(page=st.session_state[_GO_TO]),
        label_visibility="collapsed",
        width=130,
    )
    st.markdown(say("of pages", pages=page.pages), width="content")


def _sheet(test: Split, results: Results, chosen: np.ndarray) -> bytes:
    with HEAVY:
        return exports.sheet_of(test, results, chosen)


def _download(kind: str, content: Callable[[], str | bytes], mime: str, hint: str) -> None:
    """A button whose file is made when it is clicked."""
    name = f"test-images.{kind.lower()}"
    st.download_button(kind, content, name, mime, on_click="ignore", icon=":material/download:", help=hint)


def _gallery(
    test: Split, results: Results, opinions: Opinions, chosen: np.ndarray, shown: np.ndarray, group: list[int]
) -> None:
    """The images of a page, of which those of a group are selected."""
    current = selection.current(group)
    pressed: list[int | None] = [*group] or [current]

    def tile(index: int) -> dict[str, object]:
        return _tile(test, results, opinions, index) | {
            "is_current": index == current,
            "is_chosen": index in pressed,
        }

    clickable(
        render("gallery", tiles=[tile(index) for index in shown.tolist()], size=st.session_state.size),
        "gallery",
        lambda value: selection.click(value, chosen.tolist(), shown.tolist()),
        reveals=_PANEL,
    )


def _tile(test: Split, results: Results, opinions: Opinions, index: int) -> dict[str, object]:
    """One image of the gallery, as its template shows it."""
    actual, read = int(results.labels[index]), int(results.predicted[index])
    sure = percent(float(results.confidence[index]), 0)
    kind = "wrong" if actual != read else "right"
    badges = opinions.badges(index)
    return {
        "kind": kind,
        "index": index,
        "alt": ", ".join([say("tile", index=index, actual=actual, read=read, sure=sure), *(b.text for b in badges)]),
        "url": png_url(test.images[index]),
        "badges": badges,
        "caption": say_html("tile as", sign="✗" if kind == "wrong" else "✓", actual=actual, read=read, sure=sure),
    }
