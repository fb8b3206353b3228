"""The screen with the pad: draw a digit or a number, or bring a picture, and see what is read and why."""

from collections import deque
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from model.classifier import Classifier, Digit, NetworkError, Reading, trained_networks
from model.pictures import PictureError, open_picture
from views import layers, truth, why
from views.address import NO_FILTERS, SOURCES, choose
from views.pad import current_pad, fitting_width, guard
from views.parts import (
    bars,
    choose_network,
    classifier_of,
    neighbours_of,
    percent,
    png_url,
    require_classifier,
    side_by_side,
)
from views.texts import say

DIGIT, NUMBER, PICTURE = SOURCES
NUMBER_WIDTH = 640
# The keys of the canvases.
_PADS = {DIGIT: "canvas", NUMBER: "canvas-wide"}
# Drawings on the strip, the newest first.
_HISTORY = 10
# Fills two rows of the gallery.
_SIMILAR = 10

_paste_target = st.components.v2.component("paste_target", js=(Path(__file__).parent / "paste.js").read_text())


def show() -> None:
    """Shows the screen: as ever, or on the stage, where there is nothing but the pad and its reading, all large."""
    state = st.session_state
    if state.stage:
        with st.container(key="stage"):
            _guard(state.source)
            draw_and_read(require_classifier(state.network), state.source, on_stage=True)
            with st.container(key="leave"):
                st.button(say("leave stage"), on_click=choose, kwargs={"stage": False}, shortcut="Esc", type="tertiary")
        return
    with st.container(horizontal=True, gap="medium"):
        name = choose_network()
        st.segmented_control(
            say("source"),
            SOURCES,
            required=True,
            key="source",
            format_func=lambda source: say(f"source {source}"),
            label_visibility="collapsed",
        )
        st.button(
            say("stage"),
            on_click=choose,
            kwargs={"stage": True},
            shortcut="S",
            icon=":material/co_present:",
            help=say("stage hint"),
        )
    _guard(state.source)
    draw_and_read(require_classifier(name), state.source)


def _guard(source: str) -> None:
    """Guards the pad for a digit outside of what runs again for each movement of the pen."""
    if source == DIGIT:
        guard(_PADS[DIGIT], tell_width=False)


@st.fragment
def draw_and_read(classifier: Classifier, source: str, on_stage: bool = False) -> None:
    """The pad and all that follows from it; only this part runs again after a stroke."""
    widths = [1, 1] if on_stage else [320, 560] if source == DIGIT else [660, 520]
    left, right = st.columns(widths, gap="large")
    with left, st.container(key="pad"):
        drawing = _picture() if source == PICTURE else _draw(source, on_stage)
        if on_stage:
            _show_history()
    reading = Reading(()) if drawing is None else classifier.read(drawing, several=source != DIGIT)
    st.session_state.shown = (reading.digits[0].image, reading.text) if reading.digits else None
    with right:
        digit = _show_reading(reading, drawing, source, on_stage)
        truth.ask(reading, may_be_kept=source == DIGIT)
        if not on_stage and source == DIGIT:
            truth.keep_choice()
        if on_stage:
            return
        with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
            _offer_similar(digit)
            wants_why = st.toggle(say("why"), key="why", persist_state="session")
            wants_layers = st.toggle(say("show layers"), key="layers", persist_state="session")
        if wants_why and digit is not None:
            _show_why(classifier, digit, drawing)
        if wants_layers:
            layers.show(classifier, np.zeros((28, 28), np.float32) if digit is None else digit.image)


def _remember() -> None:
    """Keeps what is shown, before it is gone from the pad, for the strip of the last drawings."""
    truth.forget_verdict()
    if st.session_state.shown is not None:
        image, text = st.session_state.shown
        url = png_url(np.rint(255 * image).astype(np.uint8))
        st.session_state.setdefault("history", deque(maxlen=_HISTORY)).appendleft((url, text))


def _show_history() -> None:
    """The last drawings with their readings, the newest first."""
    items = "".join(
        f'<li><img class="pixels" src="{url}" alt="{say("history alt", text=text)}"><b>{text}</b></li>'
        for url, text in st.session_state.get("history", ())
    )
    st.html(f'<ol class="history" aria-label="{say("history")}">{items}</ol>')


def _draw(source: str, on_stage: bool) -> np.ndarray | None:
    """The pad for a digit, or the one for a number, as wide as the window allows.

    That one keeps its width while something is drawn on it, so that a drawing never loses its place. It is guarded
    here, since what the guard tells must run the same part of the page as what the pad does.
    """
    if source == DIGIT:
        return current_pad(_PADS[DIGIT]).show(_remember, on_stage)
    window = guard(_PADS[NUMBER], tell_width=True)
    pad = current_pad(_PADS[NUMBER], NUMBER_WIDTH)
    if not pad.objects:
        pad.width = fitting_width(window, NUMBER_WIDTH)
    return pad.show(_remember, on_stage)


def _picture() -> Image.Image | None:
    """An uploaded or pasted picture, or a camera shot; a message stands in for one that can't be read."""
    file = st.file_uploader(
        say("upload"),
        ["png", "jpg", "jpeg", "webp", "gif"],
        key="upload",
        max_upload_size=10,
        on_change=truth.forget_verdict,
    )
    if st.toggle(say("camera"), key="camera", on_change=truth.forget_verdict):
        file = st.camera_input(say("shot"), key="shot", on_change=truth.forget_verdict) or file
    # Last, since it takes a line of its own though there is nothing to see.
    _paste_target(data={"uploader": "upload"}, key="paste_target", height="content")
    if file is None:
        return None
    try:
        picture = open_picture(file.getvalue(), file.name)
    except PictureError as error:
        st.error(str(error), icon=":material/error:")
        return None
    return picture.image


def _show_why(classifier: Classifier, digit: Digit, drawing: np.ndarray | Image.Image) -> None:
    """The steps to what the network saw, and the ink that decided."""
    other = st.session_state.get("why_not")
    with st.container(key="why-maps"):
        other = digit.runner_up if other is None else other
        why.show_maps(classifier, digit.image, digit.label, other, why.steps_to(digit, drawing), drawn=True)
    why.choose_other("why_not")
    _compare(digit)


def _compare(digit: Digit) -> None:
    """What each network makes of what the chosen one saw, and whether they differ."""
    columns = {}
    for name in trained_networks():
        try:
            columns[name] = classifier_of(name).probabilities(digit.image[np.newaxis], drawn=True)[0]
        except NetworkError:
            continue
    readings = {name: int(probabilities.argmax()) for name, probabilities in columns.items()}
    if len(set(readings.values())) > 1:
        each = ", ".join(say("network reads", network=name, digit=read) for name, read in readings.items())
        st.markdown(say("networks differ", readings=each))
    else:
        st.markdown(say("networks agree", digit=digit.label))
    side_by_side(columns)


def _show_reading(
    reading: Reading, drawing: np.ndarray | Image.Image | None, source: str, on_stage: bool
) -> Digit | None:
    """What was read, the ten probabilities, and what the network saw; empty but of the same size for a blank pad.

    Returns:
        The digit that is shown, None for a blank pad.
    """
    with st.container(key="prediction"):
        if not reading.digits:
            st.html(f'<p class="invitation">{say(f"invitation {source}")}</p>')
        else:
            st.header(reading.text, anchor=False)
    digit = reading.digits[0] if reading.digits else None
    if len(reading.digits) > 1 or (digit and source == PICTURE):
        digit = _choose_digit(reading, drawing)
    sure = _how_sure(digit) if digit else "&nbsp;"
    probabilities = np.zeros(10) if digit is None else digit.probabilities
    kind = "answer" if digit is None or digit.is_digit else "answer refused"
    # One element, since the browser takes time for each, and this follows the pen.
    st.html(
        f'<p class="sure">{sure}</p><div class="{kind}">{bars(probabilities)}{"" if on_stage else _seen(digit)}</div>'
    )
    return digit


def _seen(digit: Digit | None) -> str:
    """What the network saw, enlarged, each pixel a sharp square: the browser does that, so that 28 x 28 are sent."""
    image = np.zeros((28, 28)) if digit is None else digit.image
    url = png_url(np.rint(255 * image).astype(np.uint8))
    return (
        f'<figure class="seen"><img class="pixels" src="{url}" alt="{say("seen alt")}">'
        f"<figcaption>{say('seen')}</figcaption></figure>"
    )


def _offer_similar(digit: Digit | None) -> None:
    """A button that leads to similar test images."""
    image = None if digit is None else digit.image
    if st.button(
        say("similar"), on_click=_show_similar, args=(image,), disabled=digit is None, icon=":material/image_search:"
    ):
        st.rerun()  # the whole page, not the fragment alone
    if error := st.session_state.pop("similar_error", None):
        st.error(error, icon=":material/error:")


def _show_similar(image: np.ndarray) -> None:
    """Leads to the test images that the network finds most similar to a 28 x 28 image."""
    name = st.session_state.network
    try:
        features = require_classifier(name).features(image[np.newaxis], drawn=True)[0]
        similar = neighbours_of(name).similar_test_images(features, _SIMILAR)
    except NetworkError as error:
        st.session_state.similar_error = str(error)
        return
    choose(**NO_FILTERS | {"view": "Mistakes", "find": ", ".join(map(str, similar)), "show": "all", "order": "given"})


def _how_sure(digit: Digit) -> str:
    """A line that says how sure the network is, or that it is not sure that this is a digit."""
    if not digit.is_digit:
        return say("not sure", label=digit.label, first=percent(digit.probability))
    second = percent(float(digit.probabilities[digit.runner_up]))
    return say("sure", first=percent(digit.probability), runner_up=digit.runner_up, second=second)


def _choose_digit(reading: Reading, drawing: np.ndarray | Image.Image) -> Digit:
    """Shows the drawing with a box around each digit, and lets the visitor choose one."""
    numbers = range(len(reading.digits))
    chosen = st.session_state.get("chosen_digit") or 0
    chosen = chosen if chosen in numbers else 0
    _boxes(reading, drawing, chosen)
    if len(numbers) == 1:
        return reading.digits[0]

    def name(number: int) -> str:
        digit = reading.digits[number]
        return f"{digit.label if digit.is_digit else '?'} · {percent(digit.probability, 0)}"

    chosen = st.pills(
        say("digits in order"),
        numbers,
        default=chosen,
        required=True,
        format_func=name,
        key="chosen_digit",
        wrap=True,
    )
    return reading.digits[chosen or 0]


def _boxes(reading: Reading, drawing: np.ndarray | Image.Image, chosen: int) -> None:
    """The drawing with a box around each digit."""
    picture = drawing if isinstance(drawing, Image.Image) else Image.fromarray(drawing)
    width, height = picture.size
    boxes = "".join(
        f'<span class="box{" chosen" if number == chosen else ""}" style="left:{digit.box.x / width:.2%};'
        f"top:{digit.box.y / height:.2%};width:{digit.box.width / width:.2%};"
        f'height:{digit.box.height / height:.2%}"></span>'
        for number, digit in enumerate(reading.digits)
    )
    small = picture.convert("L")
    small.thumbnail((640, 640))
    st.html(f'<div class="boxes"><img src="{png_url(np.asarray(small))}" alt="{say("boxes alt")}">{boxes}</div>')
