"""The screen with the pad: draw a digit or a number, or bring a picture, and see what is read and why."""

from collections import deque
from collections.abc import Hashable
from contextlib import nullcontext

import numpy as np
import streamlit as st
from markupsafe import Markup
from PIL import Image

from model.images import NUM_CLASSES, SIZE, to_bytes
from model.reading.classifier import Classifier
from model.reading.lines import lines_in
from model.reading.reading import Digit, Reading
from model.reading.store import NetworkError, trained_networks
from views import layers, truth, upload, why
from views.address import NO_FILTERS, SOURCES, choose, waits
from views.clickable import clickable
from views.language import literal, say, say_html
from views.pad import current_pad, fitting_width, guard
from views.parts import (
    HEAVY,
    bars,
    choose_network,
    classifier_of,
    neighbours_of,
    percent,
    png_url,
    require_classifier,
    side_by_side,
)
from views.rendering import render

DIGIT, NUMBER, PICTURE = SOURCES
NUMBER_WIDTH = 640
# The keys of the canvases.
_PADS = {DIGIT: "canvas", NUMBER: "canvas-wide"}
# Drawings on the strip, the newest first.
_HISTORY = 10
# The longer side of a picture as it is shown, in pixels; and the colour of lines that were left out.
_SHOWN_SIDE, _LEFT_OUT = 640, (255, 140, 40)
# Fills two rows of the gallery.
_SIMILAR = 10


def show() -> None:
    """Shows the screen, or the stage, which has nothing but the pad and its reading, all large."""
    state = st.session_state
    if state.stage:
        with st.container(key="stage"):
            _guard(state.source)
            board = st.container()
            # Before the pad, so that Escape works as soon as the stage is there, however long a reading takes.
            with st.container(key="leave"):
                st.button(
                    say("leave stage"),
                    on_click=choose,
                    kwargs={"stage": False},
                    shortcut="Esc",
                    type="tertiary",
                )
            with board:
                draw_and_read(require_classifier(state.network), state.source, on_stage=True)
        return
    with st.container(horizontal=True, gap="medium"):
        name = choose_network()
        st.segmented_control(
            say("source"),
            SOURCES,
            required=True,
            key="source",
            persist_state="session",
            format_func=lambda source: say(f"source {source}"),
            label_visibility="collapsed",
        )
        st.button(
            say("stage"),
            key="stage-button",
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
    state = st.session_state
    # If a stroke and a click on another part of the page are sent together, Streamlit runs this part alone.
    if waits() or (state.view, state.source, state.network) != ("Draw", source, classifier.folder.name):
        st.rerun()
    # Not st.columns: they share the width whatever is in them, and a pad must never be cut off.
    board = st.container(key="board", horizontal=True)
    pad = board.container(key="pad", width="content")
    with pad:
        drawing = upload.bring() if source == PICTURE else _draw(source, on_stage)
        if on_stage:
            _show_history()
    reading = Reading(())
    if drawing is not None:
        with HEAVY if source == PICTURE else nullcontext():
            reading = classifier.read(drawing, several=source != DIGIT, any_way_up=source == PICTURE)
    if source == PICTURE and reading.ink is not None:
        with pad:
            if not reading.digits:
                st.warning(say("nothing found"), icon=":material/search_off:")
            elif reading.turned % 90:
                # The shorter way round.
                degrees = min(reading.turned, 360 - reading.turned)
                st.info(say("straightened", degrees=degrees), icon=":material/crop_rotate:")
            elif reading.turned:
                st.info(say("turned", degrees=reading.turned), icon=":material/rotate_90_degrees_ccw:")
            _show_ink(reading.ink)
    st.session_state.shown = (reading.digits[0].image, reading.text) if reading.digits else None
    with board, st.container(key="answer"):
        digit = _show_reading(reading, drawing, source, on_stage)
        truth.ask(reading, _judged(classifier, source), may_be_kept=source == DIGIT)
        if not on_stage and source == DIGIT:
            truth.keep_choice()
        if on_stage:
            return
        with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
            _offer_similar(digit)
            wants_why = st.toggle(say("why"), key="why", persist_state="session")
            wants_layers = st.toggle(say("show layers"), key="layers", persist_state="session")
        if wants_why and digit is not None:
            _show_why(classifier, digit)
        if wants_layers:
            layers.show(classifier, np.zeros((SIZE, SIZE), np.float32) if digit is None else digit.image)


def _judged(classifier: Classifier, source: str) -> Hashable:
    """Names what a verdict is on: a network's reading of what is on the pad, or of a picture."""
    picture = upload.picture_number() if source == PICTURE else current_pad(_PADS[source]).picture
    return classifier.folder.name, source, picture


def receive() -> None:
    """Takes what the page has sent of the pads, also where another screen is shown next."""
    for key in _PADS.values():
        current_pad(key).receive(_remember)


def _remember() -> None:
    """Keeps what is shown, before it is gone from the pad, for the strip of the last drawings."""
    if st.session_state.get("shown") is not None:
        image, text = st.session_state.shown
        url = png_url(to_bytes(image))
        st.session_state.setdefault("history", deque(maxlen=_HISTORY)).appendleft((url, text))


def _show_ink(ink: np.ndarray) -> None:
    """What was taken for ink, and which lines were left out, so that a person understands a failure."""
    with HEAVY:
        lines = lines_in(ink)
    picture = np.repeat(to_bytes(1 - ink)[..., np.newaxis], 3, axis=2)
    picture[lines] = _LEFT_OUT
    small = Image.fromarray(picture)
    small.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE))
    st.html(render("ink", url=png_url(np.asarray(small)), has_lines=bool(lines.any())))


def _show_history() -> None:
    """The last drawings with their readings, the newest first."""
    st.html(render("history", drawings=st.session_state.get("history", ())))


def _draw(source: str, on_stage: bool) -> np.ndarray | None:
    """The pad for a digit, or the one for a number, as wide as the window allows.

    That one keeps its width from the first stroke on: no drawing loses its place, nor one that Undo brings back.
    It is guarded here, since what the guard tells must run the same part of the page as what the pad does.
    """
    pad = current_pad(_PADS[source])
    if source == DIGIT:
        return pad.show(_remember, on_stage)
    window = guard(_PADS[NUMBER], tell_width=True)
    pad.receive(_remember)
    if pad.state.untouched:
        pad.width = fitting_width(window, NUMBER_WIDTH)
    return pad.show(_remember, on_stage)


def _show_why(classifier: Classifier, digit: Digit) -> None:
    """The steps to what the network saw, and the ink that decided."""
    other = st.session_state.get("why_not")
    with st.container(key="why-maps"):
        other = digit.runner_up if other is None else other
        why.show_maps(classifier, digit.image, digit.label, other, why.steps_to(digit), drawn=True)
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
        each = ", ".join(say("network reads", network=literal(name), digit=read) for name, read in readings.items())
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
        st.html(render("read", text=reading.text, source=source))
    digit = reading.digits[0] if reading.digits else None
    if drawing is not None and (len(reading.digits) > 1 or (digit and source == PICTURE)):
        digit = _choose_digit(reading, drawing, on_stage)
    # One element, since the browser takes time for each, and this follows the pen.
    st.html(
        render(
            "answer",
            sure=_how_sure(digit) if digit else None,
            bars=bars(np.zeros(NUM_CLASSES) if digit is None else digit.probabilities),
            is_refused=digit is not None and not digit.is_digit,
            seen=None if on_stage else png_url(to_bytes(np.zeros((SIZE, SIZE)) if digit is None else digit.image)),
        )
    )
    return digit


def _offer_similar(digit: Digit | None) -> None:
    """A button that leads to similar test images."""
    image = None if digit is None else digit.image
    st.button(
        say("similar"), on_click=_show_similar, args=(image,), disabled=digit is None, icon=":material/image_search:"
    )
    if error := st.session_state.pop("similar_error", None):
        st.error(literal(error), icon=":material/error:")


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


def _how_sure(digit: Digit) -> Markup:
    """A line that says how sure the network is, or that it is not sure that this is a digit."""
    if not digit.is_digit:
        return say_html("not sure", label=digit.label, first=percent(digit.probability))
    second = percent(float(digit.probabilities[digit.runner_up]))
    return say_html("sure", first=percent(digit.probability), runner_up=digit.runner_up, second=second)


def _choose_digit(reading: Reading, drawing: np.ndarray | Image.Image, on_stage: bool) -> Digit:
    """Lets the visitor choose one of the digits, by a click on its box in the drawing or on its name below."""
    chosen = min(st.session_state.get("chosen_digit", 0), len(reading.digits) - 1)
    # On the stage the pad itself is large enough.
    parts = [] if on_stage else [_boxes(reading, drawing, chosen)]
    if len(reading.digits) > 1:
        parts.append(_names(reading, chosen))

    def choose_one(value: str) -> None:
        st.session_state.chosen_digit = int(value)

    clickable(Markup().join(parts), "digit-choice", choose_one)
    return reading.digits[chosen]


def _names(reading: Reading, chosen: int) -> Markup:
    """A button for each digit, with how sure the network is."""
    return render("digit_names", names=[_name(digit) for digit in reading.digits], chosen=chosen)


def _name(digit: Digit) -> str:
    return f"{digit.label if digit.is_digit else '?'} · {percent(digit.probability, 0)}"


def _boxes(reading: Reading, drawing: np.ndarray | Image.Image, chosen: int) -> Markup:
    """The drawing with a box around each digit."""
    picture = drawing if isinstance(drawing, Image.Image) else Image.fromarray(drawing)
    width, height = picture.size
    boxes = [
        {
            "name": _name(digit),
            "left": f"{digit.box.x / width:.2%}",
            "top": f"{digit.box.y / height:.2%}",
            "width": f"{digit.box.width / width:.2%}",
            "height": f"{digit.box.height / height:.2%}",
        }
        for digit in reading.digits
    ]
    small = picture.convert("L")
    small.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE))
    return render("boxes", url=png_url(np.asarray(small)), boxes=boxes, chosen=chosen)
