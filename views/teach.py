"""Teaching a network one's own hand: drawings that it misreads, each with the digit that it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from model.feedback.drawings import Drawing, DrawingsError
from model.images import NUM_CLASSES, REFUSAL_LEVEL, scale, to_bytes
from model.learning.classroom import LearningError
from model.reading.card import Card
from model.reading.classifier import Classifier
from model.reading.store import NetworkError
from views import kept, learn_pad
from views.classroom import classroom, me, problem
from views.clickable import clickable
from views.language import a_digit, literal, say
from views.pad import digit_on_pad
from views.parts import png_url
from views.rendering import render

# How many drawings are asked for; a network can be taught with fewer, and with more.
WANTED, _MOST = 5, 50
_TAUGHT = "teach drawings"


@dataclass(frozen=True, eq=False)
class Example:
    """A drawing to learn from.

    Attributes:
        image: as the network sees it, uint8 (28, 28) in 0..255.
        label: the digit that it is.
        read: what it was read as; None for what was refused.
    """

    image: np.ndarray
    label: int
    read: int | None


def collect(classifier: Classifier) -> None:
    """Lets the visitor say what their drawing is, which adds it to those that are taught, and teach them."""
    examples = _examples()
    label = st.session_state.get("teach label")
    digits = [(digit, say("it was hint", digit=a_digit(digit)), digit == label) for digit in range(NUM_CLASSES)]
    shown = [
        {
            "place": place,
            "url": png_url(example.image),
            "label": example.label,
            "read": "?" if example.read is None else example.read,
            "is_right": example.read == example.label,
        }
        for place, example in enumerate(examples)
    ]
    clickable(
        render("teach", digits=digits, examples=shown, wanted=WANTED),
        "teach",
        lambda value: _do(value, classifier),
    )
    if st.session_state.pop("teach empty", False):
        st.warning(say("teach empty"), icon=":material/draw:")
    if own := _kept():
        st.button(
            say("teach kept", count=len(own)),
            key="teach-kept",
            on_click=_add_kept,
            args=(classifier, own),
            icon=":material/add:",
            width="stretch",
        )
    status = classroom().status()
    st.button(
        say("teach start", network=literal(classifier.folder.name)),
        key="teach-start",
        on_click=_teach,
        args=(classifier.folder.name,),
        icon=":material/school:",
        type="primary",
        disabled=not examples or status.is_busy or _is_ensemble(classifier),
        width="stretch",
    )
    st.caption(say("teach hint"))


def _is_ensemble(classifier: Classifier) -> bool:
    """Whether it is several networks, of which none can be taught alone."""
    try:
        return bool(Card.load(classifier.folder).members)
    except NetworkError:
        return False


def add(image: np.ndarray, label: int, read: int | None) -> None:
    """Adds a drawing to those that are to be taught, once, unless there are very many.

    Args:
        image: float32 (28, 28) in 0..1, as the network sees it.
        label: the digit that it is.
        read: what it was read as; None for what was refused.
    """
    examples, pixels = _examples(), to_bytes(image)
    is_there = any(each.label == label and np.array_equal(each.image, pixels) for each in examples)
    if not is_there and len(examples) < _MOST:
        examples.append(Example(pixels, label, read))
    st.session_state["teach label"] = label


def _kept() -> list[Drawing]:
    """The drawings that the visitor keeps; none if they can't be read, which the screen Draw tells."""
    try:
        return kept.of_visitor().still_kept()
    except DrawingsError:
        return []


def _add_kept(classifier: Classifier, own: Sequence[Drawing]) -> None:
    """Adds the drawings that the visitor has kept, but those that are there already."""
    images = np.stack([drawing.pixels for drawing in own])
    digits, non_digit = classifier.classify(scale(images), drawn=True)
    for drawing, image, of_digits, of_none in zip(own, images, digits, non_digit, strict=True):
        add(image / np.float32(255), drawing.label, None if of_none > REFUSAL_LEVEL else int(of_digits.argmax()))


def _examples() -> list[Example]:
    return st.session_state.setdefault(_TAUGHT, [])


def _do(value: str, classifier: Classifier) -> None:
    """Adds what is on the pad as a digit, or takes a drawing away."""
    learn_pad.receive(obeys=False)  # a stroke that came with this click, before the pad is cleared after it
    st.session_state[learn_pad.CHANGED] = True
    match value.split():
        case ["add", label] if label in map(str, range(NUM_CLASSES)):
            digit = digit_on_pad(classifier)
            if digit is None:
                st.session_state["teach empty"] = True
                return
            add(digit.image, int(label), digit.label if digit.is_digit else None)
        case ["remove", place] if place in map(str, range(len(_examples()))):
            del _examples()[int(place)]


def _teach(network: str) -> None:
    examples = _examples()
    if not examples:  # the last one was taken away just now
        return
    images, labels = np.stack([each.image for each in examples]), np.array([each.label for each in examples])
    try:
        classroom().teach(me(), network, images, labels)
    except LearningError as error:
        st.session_state["run problem"] = problem(error)
