"""One test image in detail: what each network makes of it, which ink decides, what it resembles, what people think."""

import numpy as np
import streamlit as st
from markupsafe import Markup

from model.data.label_errors import LABEL_ERRORS
from model.data.mnist import DataError, Split
from model.evaluation.mistakes import Results
from model.feedback.marks import LONGEST_NOTE, VERDICTS, Verdict
from model.images import scale
from model.reading import store
from views import marking, why
from views.address import NO_FILTERS, choose
from views.clickable import clickable
from views.language import a_digit, literal, say
from views.opinions import Opinions, verdict_of
from views.pad import FOR_A_DIGIT, current_pad
from views.parts import (
    neighbours_of,
    percent,
    png_url,
    require_classifier,
    results_of,
    side_by_side,
    training_set,
)
from views.rendering import render

# As many similar images as fill a large window.
_SIMILAR = 60


def show(test: Split, results: Results, opinions: Opinions, chosen: np.ndarray, page: np.ndarray) -> None:
    """Shows the image that was chosen, or the first of the page.

    Args:
        test: the test set.
        results: what the network answered.
        opinions: what people think.
        chosen: the images that pass the filters, in their order.
        page: those on the page of the gallery.
    """
    index = st.session_state.image
    if index is None:
        if not page.size:
            st.caption(say("none"))
            return
        index = int(page[0])
    clickable(_head(index, chosen, opinions), marking.IMAGE_HEAD, lambda value: _do(value, chosen))
    marking.show_error()
    st.markdown(_sentence(results, index))
    _explanation(test, results, index)
    _probabilities(index, int(results.labels[index]))
    _neighbours(test, index)
    with st.container(horizontal=True, gap="small"):
        st.button(
            say("more like this"),
            on_click=_show_similar,
            args=(index,),
            icon=":material/image_search:",
            key="similar-to",
        )
        st.button(
            say("draw on it"),
            on_click=_to_pad,
            args=(test.images[index],),
            icon=":material/draw:",
            help=say("draw on it hint"),
        )


def _head(index: int, chosen: np.ndarray, opinions: Opinions) -> Markup:
    """The image's name between buttons for the one before and the one after it, and what people think of it."""
    before, after = _neighbours_in(chosen, index)
    return render(
        "image_head",
        index=index,
        before=before,
        after=after,
        verdicts=VERDICTS,
        mark=opinions.own.get(index),
        can_take_back=marking.can_take_back(),
        note=opinions.own_notes.get(index, ""),
        note_field=marking.field_of_note(index),
        longest_note=LONGEST_NOTE,
        others=opinions.others_badges(index),
        others_notes=opinions.others_notes.get(index, []),
    )


def _neighbours_in(chosen: np.ndarray, index: int) -> tuple[int | None, int | None]:
    """The images before and after one among those that were chosen."""
    places = np.flatnonzero(chosen == index)
    place = int(places[0]) if places.size else -1
    before = int(chosen[place - 1]) if place > 0 else None
    after = int(chosen[place + 1]) if place + 1 < chosen.size else None
    return before, after


def _do(value: str, chosen: np.ndarray) -> None:
    """Does what a button of the head asks for. It names its image, so that a quick second key never marks another."""
    match value.split(" ", 2):
        case ["show", index]:
            choose(image=int(index), other=None)
        case ["mark", index, verdict]:
            _mark(int(index), verdict_of(verdict), chosen)
        case ["take", "back"]:
            marking.take_back()


def _mark(index: int, verdict: Verdict | None, chosen: np.ndarray) -> None:
    """Marks an image and goes on to the next one; None takes its mark away."""
    if not marking.mark([index], verdict):
        return
    _, after = _neighbours_in(chosen, index)
    if after is not None and verdict is not None:
        choose(image=after, other=None)


def _sentence(results: Results, index: int) -> str:
    actual, read = results.labels[index], results.predicted[index]
    text = say("image read", actual=actual, read=read, sure=percent(float(results.confidence[index])))
    if votes := LABEL_ERRORS.get(index):
        text += say("votes", actual=actual, **votes._asdict())
    return text


def _explanation(test: Split, results: Results, index: int) -> None:
    """The image and two maps of the ink that decides, for the digit read and for another."""
    state = st.session_state
    classifier = require_classifier(state.network)
    read, actual = int(results.predicted[index]), int(results.labels[index])
    second = int(np.argsort(results.probabilities[index])[-2])
    other = state.other if state.other is not None else (actual if actual != read else second)
    image = scale(test.images[index : index + 1])[0, ..., 0]
    with st.container(key="mistake-detail"):
        why.show_maps(classifier, image, read, other, [(say("the image"), test.images[index])])
        why.choose_other("other")


def _probabilities(index: int, actual: int) -> None:
    """The ten probabilities of each trained network."""
    columns = {}
    for name in store.trained_networks():
        try:
            columns[name] = results_of(name).probabilities[index]
        except store.NetworkError:
            continue
    st.html(side_by_side(columns, actual))


def _neighbours(test: Split, index: int) -> None:
    """The training images that the network finds most similar, with their labels."""
    try:
        nearest = neighbours_of(st.session_state.network).training[index]
        training = training_set()
    except (DataError, store.NetworkError) as error:
        st.warning(literal(str(error)), icon=":material/warning:")
        return
    images = [
        {
            "is_other": label != test.labels[index],
            "url": png_url(training.images[place]),
            "alt": say("training image", index=place, label=a_digit(label)),
            "label": label,
        }
        for place, label in zip(map(int, nearest), map(int, training.labels[nearest]), strict=True)
    ]
    st.html(render("similar", images=images))


def _show_similar(index: int) -> None:
    """Fills the gallery with the test images most similar to one, which comes first."""
    try:
        similar = neighbours_of(st.session_state.network).similar_to(index, _SIMILAR)
    except store.NetworkError as error:
        marking.tell(error)
        return
    found = {"find": ", ".join(map(str, similar)), "show": "all", "order": "given"}
    choose(**NO_FILTERS | found | {"named": say("like", index=index), "image": index, "panel": "Image"})


def _to_pad(image: np.ndarray) -> None:
    current_pad(FOR_A_DIGIT).put_image(image)
    choose(view="Draw", source="Digit")
