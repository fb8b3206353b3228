"""The panels beside the gallery of test images: what is confused, how each digit fares, two networks, marks."""

import html

import numpy as np
import streamlit as st

from model import classifier as networks
from model.data import NUM_CLASSES
from model.evaluate import per_class
from model.marks import VERDICTS, MarksError, Verdict
from model.mistakes import Comparison, Results
from views.address import COLUMNS, NO_FILTERS, choose
from views.clickable import clickable
from views.parts import picture, require_marks
from views.texts import images, say

_GALLERY = ".st-key-mistakes-gallery"


def matrix(results: Results) -> None:
    """The confusion matrix; a click filters the gallery to a cell, and a second one frees it."""
    state = st.session_state
    support = results.confusion.sum(axis=1)
    largest = max(1, int((results.confusion - np.diag(np.diag(results.confusion))).max()))
    head = "".join(f'<th scope="col">{digit}</th>' for digit in range(NUM_CLASSES))
    rows = []
    for actual in range(NUM_CLASSES):
        cells = []
        for read in range(NUM_CLASSES):
            count = int(results.confusion[actual, read])
            share = f"{count / max(1, int(support[actual])):.2%}"
            hint = say("cell", actual=actual, read=read, images=images(count), share=share)
            pressed = str((actual, read) == (state.true, state["read"])).lower()
            # Steps that leave each count readable: none, three light ones, one strong one.
            level = "right" if actual == read else f"level{int(np.ceil(4 * (count / largest) ** 0.5))}"
            cells.append(
                f'<td><button type="button" class="{level}" data-value="{actual}{read}" aria-pressed="{pressed}" '
                f'title="{hint}" aria-label="{hint}"{"" if count else " disabled"}>{count or "·"}</button></td>'
            )
        rows.append(f'<tr><th scope="row">{actual}</th>{"".join(cells)}</tr>')
    clickable(
        f'<table class="matrix"><caption>{say("matrix caption")}</caption><thead><tr><td></td>{head}</tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table>",
        "matrix",
        _choose_cell,
        reveals=_GALLERY,
    )
    st.caption(say("matrix hint"))


def _choose_cell(value: str) -> None:
    actual, read = map(int, value)
    if (actual, read) == (st.session_state.true, st.session_state["read"]):
        choose(true=None, read=None, show="wrong", order="confident", page=1)
    elif actual == read:
        choose(true=actual, read=read, show="all", order="unsure", page=1)
    else:
        choose(true=actual, read=read, show="wrong", order="confident", page=1)


def digits(results: Results) -> None:
    """Support, precision, recall and F1 of each digit, and what it is most often taken for; sorted by any of them."""
    column = st.session_state.column
    rows = per_class(results.confusion)
    for row in rows:
        others = results.confusion[row["digit"]].copy()
        others[row["digit"]] = 0
        row["taken_for"], row["confusion"] = int(others.argmax()), int(others.max())
    # The weakest digit first, but for its name.
    rows.sort(key=lambda row: row[column] if column != "confusion" else -row[column])
    head = "".join(
        f'<th scope="col" aria-sort="{"ascending" if name == column else "none"}"><button type="button" '
        f'data-value="{name}" title="{say("sort")}">{say(f"column {name}")}'
        f"{' ▴' if name == column else ''}</button></th>"
        for name in COLUMNS
    )
    body = "".join(
        f'<tr><th scope="row">{row["digit"]}</th><td>{row["support"]:,}</td><td>{row["precision"]:.2%}</td>'
        f"<td>{row['recall']:.2%}</td><td>{row['f1']:.2%}</td>"
        f"<td>{'{taken_for} ({confusion} ×)'.format(**row) if row['confusion'] else '–'}</td></tr>"
        for row in rows
    )
    clickable(
        f'<table class="study"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>',
        "digits",
        lambda name: choose(column=name),
    )


def compare(comparison: Comparison | None, others: list[str]) -> None:
    """How often two networks err on the same images; a click on a count filters the gallery to those."""
    state = st.session_state
    st.segmented_control(
        say("compare with"), others, key="versus", on_change=choose, kwargs={"disagree": None, "page": 1}
    )
    if comparison is None:
        st.caption(say("choose second"))
        return
    first, second = html.escape(state.network), html.escape(state.versus)
    counts = comparison.counts()

    def cell(wrong: str, hint: str) -> str:
        pressed = str(state.disagree == wrong).lower()
        count = counts[wrong]
        return (
            f'<td><button type="button" data-value="{wrong}" aria-pressed="{pressed}" title="{hint}" '
            f'aria-label="{hint}: {count:,}"{"" if count else " disabled"}>{count:,}</button></td>'
        )

    clickable(
        f'<table class="study compare"><thead><tr><td></td><th scope="col">{say("is right", network=second)}</th>'
        f'<th scope="col">{say("is wrong", network=second)}</th></tr></thead><tbody>'
        f'<tr><th scope="row">{say("is right", network=first)}</th>{cell("neither", say("neither wrong"))}'
        f"{cell('second', say('only wrong', network=second))}</tr>"
        f'<tr><th scope="row">{say("is wrong", network=first)}</th>{cell("first", say("only wrong", network=first))}'
        f"{cell('both', say('both wrong'))}</tr></tbody></table>",
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
    return say("evidence", better=better)


def _choose_disagreement(value: str) -> None:
    if value == st.session_state.disagree:
        choose(disagree=None, show="wrong", page=1)
    else:
        choose(disagree=value, show="all", order="unsure" if value == "neither" else "confident", page=1)


def reliability(network: str) -> None:
    """Confidence against accuracy, as a picture and a sentence."""
    try:
        error = networks.load_metrics(networks.TRAINED / network)["calibration"]["test_error"]
    except (networks.NetworkError, KeyError) as problem:
        st.warning(str(problem), icon=":material/warning:")
        return
    picture(networks.TRAINED / network / "reliability.svg", say("reliability alt", network=network))
    st.markdown(say("reliability", error=100 * error))


def marks(marks: dict[int, Verdict]) -> None:
    """How many images are marked as what, with a table to take along and one to bring."""
    counts = {verdict: list(marks.values()).count(verdict) for verdict in VERDICTS}
    st.markdown(say("marked", counts=", ".join(f"**{count}** {say(verdict)}" for verdict, count in counts.items())))
    st.caption(say("marks hint"))
    if marks:
        st.button(
            say("show marked"),
            on_click=choose,
            kwargs={**NO_FILTERS, "find": ", ".join(map(str, marks)), "show": "all", "order": "given"},
        )
        st.download_button(
            say("export marks"), lambda: require_marks().to_csv(), "marks.csv", "text/csv", on_click="ignore"
        )
    file = st.file_uploader(say("import marks"), ["csv"], max_upload_size=1)
    if file is not None and file.file_id != st.session_state.get("imported"):
        try:
            count = require_marks().from_csv(file.getvalue())
        except MarksError as error:
            st.error(str(error), icon=":material/error:")
        else:
            st.session_state.imported = file.file_id
            st.session_state.import_note = say(
                "one mark read" if count == 1 else "marks read", count=count, file=file.name
            )
            st.rerun()
    if note := st.session_state.pop("import_note", None):
        st.success(note, icon=":material/check_circle:")
