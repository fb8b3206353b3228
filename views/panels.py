"""The panels beside the gallery of test images: what is confused, how each digit fares, two networks, marks."""

import os

import numpy as np
import streamlit as st

from model.evaluation.mistakes import Comparison, Results
from model.evaluation.scores import per_class
from model.feedback.marks import VERDICTS, MarksError
from model.images import NUM_CLASSES
from model.reading import store
from model.reading.card import Card
from views import charts, visitor
from views.address import COLUMNS, NO_FILTERS, choose
from views.clickable import clickable
from views.language import images, literal, say
from views.opinions import DOUBTED, NOTED, Opinions
from views.parts import require_marks
from views.rendering import render

_GALLERY = ".st-key-mistakes-gallery"


def matrix(results: Results) -> None:
    """The confusion matrix; a click filters the gallery to a cell, and a second one frees it."""
    state = st.session_state
    support = results.confusion.sum(axis=1)
    largest = max(1, int((results.confusion - np.diag(np.diag(results.confusion))).max()))

    def cell(actual: int, read: int) -> dict[str, object]:
        count = int(results.confusion[actual, read])
        share = f"{count / max(1, int(support[actual])):.2%}"
        return {
            # Steps that leave each count readable: none, three light ones, one strong one.
            "level": "right" if actual == read else f"level{int(np.ceil(4 * (count / largest) ** 0.5))}",
            "value": f"{actual}{read}",
            "is_chosen": ([actual], [read]) == (state.true, state["read"]),
            "hint": say("cell", actual=actual, read=read, images=images(count), share=share),
            "count": count,
        }

    rows = [[cell(actual, read) for read in range(NUM_CLASSES)] for actual in range(NUM_CLASSES)]
    clickable(render("matrix", rows=rows), "matrix", _choose_cell, reveals=_GALLERY)
    st.caption(say("matrix hint"))


def _choose_cell(value: str) -> None:
    actual, read = map(int, value)
    if ([actual], [read]) == (st.session_state.true, st.session_state["read"]):
        choose(true=[], read=[], show="wrong", order="confident", page=1)
    elif actual == read:
        choose(true=[actual], read=[read], show="all", order="unsure", page=1)
    else:
        choose(true=[actual], read=[read], show="wrong", order="confident", page=1)


def digits(results: Results) -> None:
    """Support, precision, recall and F1 of each digit, and what it is most often taken for; sorted by any of them."""
    column = st.session_state.column
    others = results.confusion - np.diag(np.diag(results.confusion))
    confusions = others.max(axis=1)
    # The weakest digit first, but for its name.
    rows = sorted(
        per_class(results.confusion),
        key=lambda row: -confusions[row.digit] if column == "confusion" else getattr(row, column),
    )

    def taken_for(digit: int) -> str:
        return f"{others[digit].argmax()} ({confusions[digit]} ×)" if confusions[digit] else "–"

    cells = [
        (
            row.digit,
            f"{row.support:,}",
            f"{row.precision:.2%}",
            f"{row.recall:.2%}",
            f"{row.f1:.2%}",
            taken_for(row.digit),
        )
        for row in rows
    ]
    clickable(render("digits", columns=COLUMNS, column=column, rows=cells), "digits", lambda name: choose(column=name))


def compare(comparison: Comparison | None, others: list[str]) -> None:
    """How often two networks err on the same images; a click on a count filters the gallery to those."""
    state = st.session_state
    st.segmented_control(
        say("compare with"),
        others,
        key="versus",
        persist_state="session",
        format_func=literal,
        on_change=choose,
        kwargs={"disagree": None, "page": 1},
    )
    if comparison is None:
        st.caption(say("choose second"))
        return
    counts = comparison.counts()
    clickable(
        render("compare", first=state.network, second=state.versus, counts=counts, chosen=state.disagree),
        "compare",
        _choose_disagreement,
        reveals=_GALLERY,
    )
    discordant = counts["first"] + counts["second"]
    verdict = _verdict(comparison, state.network, state.versus)
    st.markdown(say("mcnemar", count=discordant, p=comparison.p_value(), verdict=verdict))


def _verdict(comparison: Comparison, first: str, second: str) -> str:
    if comparison.p_value() >= 0.05:
        return say("no evidence")
    counts = comparison.counts()
    better = first if counts["first"] < counts["second"] else second
    return say("evidence", better=literal(better))


def _choose_disagreement(value: str) -> None:
    if value == st.session_state.disagree:
        choose(disagree=None, show="wrong", page=1)
    else:
        choose(disagree=value, show="all", order="unsure" if value == "neither" else "confident", page=1)


def reliability(network: str) -> None:
    """Confidence against accuracy, as a picture and a sentence."""
    try:
        calibration = Card.load(store.TRAINED / network).calibration
    except store.NetworkError as problem:
        st.warning(literal(str(problem)), icon=":material/warning:")
        return
    clickable(charts.reliability(calibration.reliability), "reliability")
    st.markdown(say("reliability", error=100 * calibration.test_error))


def marks(opinions: Opinions) -> None:
    """How many images are marked as what, with a table to take along and one to bring."""
    counts = {verdict: list(opinions.marks.values()).count(verdict) for verdict in VERDICTS}
    st.markdown(say("marked", counts=", ".join(f"**{count}** {say(verdict)}" for verdict, count in counts.items())))
    st.html(render("legend", verdicts=VERDICTS, doubted=DOUBTED, noted=NOTED))
    if os.environ.get("DIGITS_MARKS"):
        st.caption(say("marks are shared"))
        st.text_input(say("your name"), key="visitor_name", persist_state="session", max_chars=visitor.LONGEST_NAME)
    else:
        st.caption(say("marks hint" if visitor.is_at_the_server() else "marks are yours"))
    if said := sorted({*opinions.marks, *opinions.notes}):
        st.button(
            say("show marked"),
            on_click=choose,
            kwargs={**NO_FILTERS, "find": ", ".join(map(str, said)), "show": "all", "order": "given"},
        )
        # Chosen now: where the file is made, nothing is known of the visitor.
        st.download_button(say("export marks"), require_marks().to_csv, "marks.csv", "text/csv", on_click="ignore")
    # Any type: a file that Streamlit refuses by its type gets an icon without words.
    file = st.file_uploader(say("import marks"), max_upload_size=10)
    if file is not None and file.file_id != st.session_state.get("imported"):
        try:
            marks_read, notes_read = require_marks().from_csv(file.getvalue())
        except MarksError as error:
            st.error(literal(str(error)), icon=":material/error:")
        else:
            st.session_state.imported = file.file_id
            st.session_state.import_note = say(
                "marks read", marks=marks_read, notes=notes_read, file=literal(file.name)
            )
            st.rerun()
    if note := st.session_state.pop("import_note", None):
        st.success(note, icon=":material/check_circle:")
