"""The screen for studying the test set: a gallery with filters, and panels that count, explain and compare."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from model.data.label_errors import LABEL_ERRORS
from model.data.mnist import Split
from model.evaluation import exports
from model.evaluation.mistakes import Comparison, Filters, Results
from model.feedback.marks import DOUBTFUL, MarksError, Verdict
from model.images import NUM_CLASSES
from model.reading.store import trained_networks
from views import detail, panels
from views.address import MARKED, NO_FILTERS, ORDERS, PANELS, SHOWN, SIZES, UNMARKED, WRONG, choose
from views.clickable import clickable
from views.language import images, literal, say, say_html
from views.parts import HEAVY, percent, png_url, require_marks, require_network, require_results
from views.rendering import render
from views.search import MOST_CHARACTERS, Search, find

# Fills the largest window with the smallest images.
PER_PAGE = 120
_PANEL = ".st-key-study"
_GO_TO = "go to page"
_LONGEST_CHIP = 30


def show() -> None:
    """Shows the screen: the gallery, with a toolbar above and a panel beside it."""
    state = st.session_state
    test, results = require_results(require_network())
    marks = _read_marks()
    comparison = None
    if state.versus is not None and state.versus != state.network:
        comparison = Comparison(results, require_results(state.versus)[1])
    search = find(state.find, len(results.labels))
    chosen = _select(results, comparison, marks, search.indices)
    page = _page(chosen)
    with st.container(key="mistakes"):
        _toolbar(test, results, marks, chosen, comparison is not None)
        with st.container(key="mistakes-status", horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(_summary(results, marks), width="content")
            clickable(
                render("chips", chips=_active_filters(comparison is not None), count=images(chosen.size)),
                "chips",
                _free,
            )
            _choose_page(page)
        _tell_search(search, chosen.size, len(results.labels))
        with st.container(key="mistakes-body"):
            with st.container(key="mistakes-gallery"):
                if chosen.size:
                    tiles = [_tile(test, results, marks, int(index)) for index in page.images]
                    clickable(render("gallery", tiles=tiles, size=state.size), "gallery", _show_image, reveals=_PANEL)
                elif not search.indices:
                    st.info(say("none"), icon=":material/check_circle:")
            if not state.folded:
                with st.container(key="study"):
                    _panel(test, results, comparison, marks, chosen, page.images)


def _panel(
    test: Split,
    results: Results,
    comparison: Comparison | None,
    marks: dict[int, Verdict],
    chosen: np.ndarray,
    shown: np.ndarray,
) -> None:
    """The panel beside the gallery."""
    st.segmented_control(
        say("panel"),
        PANELS,
        key="panel",
        persist_state="session",
        required=True,
        format_func=lambda panel: say(f"panel {panel}"),
        label_visibility="collapsed",
        wrap=True,
    )
    match st.session_state.panel:
        case "Matrix":
            panels.matrix(results)
        case "Image":
            detail.show(test, results, chosen, shown)
        case "Digits":
            panels.digits(results)
        case "Compare":
            panels.compare(comparison, [name for name in trained_networks() if name != st.session_state.network])
        case "Reliability":
            panels.reliability(st.session_state.network)
        case "Marks":
            panels.marks(marks)


def _read_marks() -> dict[int, Verdict]:
    try:
        return require_marks().all()
    except MarksError as error:
        st.warning(literal(str(error)), icon=":material/warning:")
        return {}


def _summary(results: Results, marks: dict[int, Verdict]) -> str:
    wrong = int(results.wrong.sum())
    text = say("summary", wrong=wrong, images=len(results.labels), accuracy=percent(results.accuracy(), 2))
    if left_out := frozenset(image for image, verdict in marks.items() if verdict in DOUBTFUL):
        name = "summary without one" if len(left_out) == 1 else "summary without"
        text += say(name, accuracy=percent(results.accuracy(left_out), 2), count=len(left_out))
    return text


def _toolbar(test: Split, results: Results, marks: dict[int, Verdict], chosen: np.ndarray, compared: bool) -> None:
    """One line of what chooses, orders and takes along the images."""
    state = st.session_state
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center", gap="small"):
        st.segmented_control(
            say("show"),
            SHOWN,
            key="show",
            persist_state="session",
            required=True,
            format_func=lambda shown: say(f"show {shown}"),
            on_change=_filtered,
            label_visibility="collapsed",
            width="content",
        )
        with st.popover(say("filters"), icon=":material/filter_alt:", key="filters"):
            _filters(compared)
        st.selectbox(
            say("order"),
            ORDERS,
            key="order",
            persist_state="session",
            format_func=lambda order: say(f"order {order}"),
            on_change=_filtered,
            label_visibility="collapsed",
            width=210,
        )
        st.slider(
            say("size"), *SIZES, step=8, key="size", persist_state="session", label_visibility="collapsed", width=120
        )
        st.space("stretch")
        with st.popover(say("export"), icon=":material/download:", key="export"):
            _download("CSV", lambda: exports.to_csv(results, chosen, marks), "text/csv", say("csv hint"))
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


def _filters(compared: bool) -> None:
    """The filters of the gallery."""
    for key, text in (("true", "true digit"), ("read", "read as")):
        st.pills(
            say(text),
            range(NUM_CLASSES),
            key=key,
            selection_mode="multi",
            persist_state="session",
            on_change=_filtered,
            wrap=True,
        )
    st.slider(say("probability"), 0, 100, key="probability", persist_state="session", on_change=_filtered)
    if st.session_state.show == "unsure":
        st.slider(say("below"), 10, 100, key="below", persist_state="session", on_change=_filtered)
    st.pills(
        say("marked as"),
        MARKED,
        key="marked",
        selection_mode="multi",
        persist_state="session",
        format_func=say,
        on_change=_filtered,
        wrap=True,
    )
    st.toggle(say("only doubted"), key="doubted", persist_state="session", on_change=_filtered)
    st.text_input(
        say("index"),
        key="find",
        persist_state="session",
        on_change=_filtered,
        placeholder="12, 340-350",
        help=say("index hint"),
    )
    if compared:
        st.pills(
            say("wrong by"),
            WRONG,
            key="disagree",
            persist_state="session",
            format_func=lambda wrong: say(f"wrong by {wrong}"),
            on_change=_filtered,
            wrap=True,
        )
    st.button(say("reset"), on_click=_reset, icon=":material/filter_alt_off:", help=say("reset hint"))


def _active_filters(compared: bool) -> list[tuple[str, str]]:
    """The fields that narrow the choice, each with what it says; what is shown first of all is none."""
    state = st.session_state
    least, most = state.probability
    find = state.find if len(state.find) <= _LONGEST_CHIP else f"{state.find[:_LONGEST_CHIP]}…"
    texts = {
        "true": f"{say('true digit')}: {', '.join(map(str, state.true))}",
        "read": f"{say('read as')}: {', '.join(map(str, state['read']))}",
        "probability": f"{least}-{most} %",
        "marked": ", ".join(map(say, state.marked)),
        "doubted": say("only doubted"),
        "find": f"{say('index')}: {find}",
    }
    if state.show == "unsure":
        texts["below"] = f"{say('below')}: {state.below}"
    if compared:
        texts["disagree"] = f"{say('wrong by')}: {say(f'wrong by {state.disagree}') if state.disagree else ''}"
    return [(field, text) for field, text in texts.items() if state[field] != NO_FILTERS[field]]


def _free(field: str) -> None:
    """Takes one filter away."""
    if field in NO_FILTERS:
        choose(**{field: NO_FILTERS[field], "page": 1})


def _filtered() -> None:
    choose(page=1)


def _reset() -> None:
    choose(**NO_FILTERS)


def _select(
    results: Results, comparison: Comparison | None, marks: dict[int, Verdict], indices: tuple[int, ...] | None
) -> np.ndarray:
    """The images that pass the filters, among those searched for if any are, in the chosen order: int64 (k,)."""
    state = st.session_state
    filters = Filters(
        show=state.show,
        unsure_below=state.below / 100,
        actual=tuple(state.true),
        read=tuple(state["read"]),
        probability=(state.probability[0] / 100, state.probability[1] / 100),
        indices=indices,
    )
    among = np.ones(len(results.labels), bool)
    if comparison and state.disagree:
        among &= comparison.where(state.disagree)
    if state.marked:
        wanted = [image for image in range(among.size) if marks.get(image, UNMARKED) in state.marked]
        among &= np.isin(np.arange(among.size), wanted)
    if state.doubted:
        among &= np.isin(np.arange(among.size), list(LABEL_ERRORS))
    return results.select(filters, state.order, among)


def _tell_search(search: Search, images_shown: int, images_there: int) -> None:
    """Says what of a search was not followed, and how many of its images the filters hide."""
    if faults := _faults(search, images_there - 1):
        st.warning("  \n".join(faults), icon=":material/search_off:")
    searched = len(search.indices or ())
    if hidden := max(0, searched - images_shown):
        with st.container(key="search-hidden", horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(say("hidden", images=images(searched), hidden=hidden), width="content")
            st.button(say("show hidden"), on_click=_show_hidden)


def _faults(search: Search, last: int) -> list[str]:
    """A sentence for each kind of fault in a search; `last` is the largest index."""
    faults = []
    if search.not_understood:
        faults.append(say("not understood", parts=_listed(search.not_understood), last=last))
    if search.beyond:
        faults.append(say("beyond", parts=_listed(search.beyond), last=last))
    if search.inverted:
        first, second = search.inverted[0].split("-")
        faults.append(say("inverted", parts=_listed(search.inverted), turned=literal(f"{second}-{first}")))
    if search.is_cut:
        faults.append(say("search cut", most=MOST_CHARACTERS))
    return faults


def _listed(parts: tuple[str, ...]) -> str:
    """The first few parts of a search, each no longer than a glance takes."""
    shown = [part if len(part) <= 20 else f"{part[:20]}…" for part in parts[:5]]
    return ", ".join([*map(literal, shown), *(["…"] if len(parts) > 5 else [])])


def _show_hidden() -> None:
    """Takes away all filters but the search."""
    state = st.session_state
    choose(**NO_FILTERS | {"find": state.find, "show": "all", "order": state.order})


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


def _show_image(value: str) -> None:
    """Shows an image in the panel; the same one again folds the panel away."""
    state = st.session_state
    is_shown = int(value) == state.image and state.panel == "Image" and not state.folded
    choose(image=int(value), panel="Image", other=None, folded=is_shown)


def _tile(test: Split, results: Results, marks: dict[int, Verdict], index: int) -> dict[str, object]:
    """One image of the gallery, as its template shows it."""
    actual, read = int(results.labels[index]), int(results.predicted[index])
    sure = percent(float(results.confidence[index]), 0)
    kind = "wrong" if actual != read else "right"
    notes = [say(marks[index])] if index in marks else []
    notes += [say("label doubted")] if index in LABEL_ERRORS else []
    return {
        "kind": kind,
        "index": index,
        "is_chosen": index == st.session_state.image,
        "alt": ", ".join([say("tile", index=index, actual=actual, read=read, sure=sure), *notes]),
        "url": png_url(test.images[index]),
        "has_notes": bool(notes),
        "caption": say_html("tile as", sign="✗" if kind == "wrong" else "✓", actual=actual, read=read, sure=sure),
    }
