"""The filters of the gallery of test images: a menu of them, a chip for each that is active, and what passes them."""

import numpy as np
import streamlit as st

from model.data.label_errors import LABEL_ERRORS
from model.evaluation.mistakes import Comparison, Filters, Results
from model.images import NUM_CLASSES
from views.address import MARKED, NO_FILTERS, UNMARKED, WRONG, choose
from views.clickable import clickable
from views.language import images, literal, say
from views.opinions import Opinions
from views.rendering import render
from views.search import MOST_CHARACTERS, Search

# Characters of a chip.
_LONGEST_CHIP = 30


def menu(compared: bool) -> None:
    """Shows all filters; `compared` is whether two networks are compared."""
    for key, text in (("true", "true digit"), ("read", "read as")):
        st.pills(
            say(text),
            range(NUM_CLASSES),
            key=key,
            selection_mode="multi",
            persist_state="session",
            on_change=filtered,
            wrap=True,
        )
    st.slider(say("probability"), 0, 100, key="probability", persist_state="session", on_change=filtered)
    if st.session_state.show == "unsure":
        st.slider(say("below"), 10, 100, key="below", persist_state="session", on_change=filtered)
    st.pills(
        say("marked as"),
        MARKED,
        key="marked",
        selection_mode="multi",
        persist_state="session",
        format_func=say,
        on_change=filtered,
        wrap=True,
    )
    st.toggle(say("only doubted"), key="doubted", persist_state="session", on_change=filtered)
    st.toggle(say("only noted"), key="noted", persist_state="session", on_change=filtered)
    st.text_input(
        say("index"),
        key="find",
        persist_state="session",
        on_change=filtered,
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
            on_change=filtered,
            wrap=True,
        )
    st.button(say("reset"), on_click=_reset, icon=":material/filter_alt_off:", help=say("reset hint"))


def chips(compared: bool, count: int) -> None:
    """Shows how many images pass the filters, and a chip for each active filter; a click on one takes it away."""
    clickable(render("chips", chips=_active(compared), count=images(count)), "chips", _free)


def _active(compared: bool) -> list[tuple[str, str]]:
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
        "noted": say("only noted"),
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


def filtered() -> None:
    """To be called when a filter has changed: the gallery begins with its first page."""
    choose(page=1)


def _reset() -> None:
    choose(**NO_FILTERS)


def select(
    results: Results,
    comparison: Comparison | None,
    opinions: Opinions,
    indices: tuple[int, ...] | None,
    probability: tuple[int, int],
) -> np.ndarray:
    """The images that pass the filters, among those searched for if any are, in the chosen order: int64 (k,).

    Args:
        results: what the network answered.
        comparison: with another network, if there is one.
        opinions: what people think.
        indices: what is searched for, if anything is.
        probability: the least and the largest of the digit read, in percent.
    """
    state = st.session_state
    filters = Filters(
        show=state.show,
        unsure_below=state.below / 100,
        actual=tuple(state.true),
        read=tuple(state["read"]),
        probability=(probability[0] / 100, probability[1] / 100),
        indices=indices,
    )
    among = np.ones(len(results.labels), bool)
    if comparison and state.disagree:
        among &= comparison.where(state.disagree)
    if state.marked:
        wanted = [image for image in range(among.size) if opinions.marks.get(image, UNMARKED) in state.marked]
        among &= np.isin(np.arange(among.size), wanted)
    if state.doubted:
        among &= np.isin(np.arange(among.size), list(LABEL_ERRORS))
    if state.noted:
        among &= np.isin(np.arange(among.size), list(opinions.notes))
    return results.select(filters, state.order, among)


def tell_search(search: Search, images_shown: int, images_there: int) -> None:
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
