"""Several test images at once: they are marked together, and two are shown side by side."""

import zlib

import numpy as np
import streamlit as st

from model.data.mnist import Split
from model.evaluation.mistakes import Results
from model.feedback.marks import VERDICTS
from views import marking, selection
from views.clickable import clickable
from views.language import images, say
from views.opinions import Opinions, verdict_of
from views.parts import percent, png_url, side_by_side
from views.rendering import render

# Small images of a group; more are counted.
_THUMBNAILS = 60


def show(test: Split, results: Results, opinions: Opinions, group: list[int]) -> None:
    """Shows the images that are selected.

    Args:
        test: the test set.
        results: what the network answered.
        opinions: what people think.
        group: indices of the images, at least two.
    """
    marks = {opinions.own.get(index) for index in group}
    head = render(
        "group_head",
        title=images(len(group)),
        group=_name(group),
        verdicts=VERDICTS,
        mark=marks.pop() if len(marks) == 1 else None,
        can_take_back=marking.can_take_back(),
    )
    clickable(head, "group-head", lambda value: _do(value, group))
    marking.show_error()
    if len(group) == 2:
        _show_pair(test, results, group)
    else:
        shown = [{"url": png_url(test.images[index]), "alt": _tells(results, index)} for index in group[:_THUMBNAILS]]
        st.html(render("group", images=shown, more=len(group) - len(shown)))


def _show_pair(test: Split, results: Results, pair: list[int]) -> None:
    """Two images, each with its label, what was read, and the ten probabilities."""
    pictures = [
        {
            "index": index,
            "url": png_url(test.images[index]),
            "alt": _tells(results, index),
            "actual": results.labels[index],
            "read": results.predicted[index],
            "sure": percent(float(results.confidence[index])),
        }
        for index in pair
    ]
    st.html(render("pair", images=pictures))
    # A digit is marked as the true one where it is that of both.
    actual = int(results.labels[pair[0]]) if len(np.unique(results.labels[pair])) == 1 else None
    columns = {str(index): results.probabilities[index] for index in pair}
    st.html(side_by_side(columns, actual, say("bars by image")))


def _tells(results: Results, index: int) -> str:
    actual, read = results.labels[index], results.predicted[index]
    return say("tile", index=index, actual=actual, read=read, sure=percent(float(results.confidence[index]), 0))


def _name(group: list[int]) -> str:
    """A short name for a group of images, by which a button says what it marks."""
    return f"{zlib.crc32(str(group).encode()):08x}"


def _do(value: str, group: list[int]) -> None:
    """Does what a button asks for; it names its group, so that a quick second key never marks another one."""
    match value.split(" ", 2):
        case ["mark", name, verdict] if name == _name(group):
            marking.mark(group, verdict_of(verdict))
        case ["take", "back"]:
            marking.take_back()
        case ["give", "up"]:
            selection.give_up()
