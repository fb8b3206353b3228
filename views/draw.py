"""The screen with the pad: draw a digit or a number, or bring a picture, and see what is read and why."""

from collections.abc import Hashable
from contextlib import nullcontext

import numpy as np
import streamlit as st
from markupsafe import Markup
from PIL import Image

from model.images import NUM_CLASSES, to_bytes
from model.reading.classifier import Classifier
from model.reading.lines import lines_in
from model.reading.reading import Digit, Reading
from views import explanations, stage, truth, upload
from views.address import SOURCES, choose, waits
from views.clickable import clickable
from views.language import say, say_html
from views.pad import FOR_A_DIGIT, current_pad, fitting_width, guard
from views.parts import HEAVY, bars, choose_one, percent, png_url, require_classifier, require_network
from views.rendering import render

DIGIT, NUMBER, PICTURE = SOURCES
NUMBER_WIDTH = 640
# The keys of the canvases.
_PADS = {DIGIT: FOR_A_DIGIT, NUMBER: "canvas-wide"}
# The longer side of a picture as it is shown, in pixels; and the colour of lines that were left out.
_SHOWN_SIDE, _LEFT_OUT = 640, (255, 140, 40)


def show() -> None:
    """Shows the screen, or the stage, which has nothing but the pad and its reading, all large."""
    state = st.session_state
    network = require_network()
    with st.container(key="stage" if state.stage else "draw"):
        _guard(state.source)
        with st.container(key="board"):
            if not state.stage:
                _choose_source()
            draw_and_read(require_classifier(network), state.source, state.stage)


def _choose_source() -> None:
    """Lets the visitor choose what to bring, or go to the stage."""
    with st.container(key="sources", horizontal=True, horizontal_alignment="distribute", wrap=False):
        choose_one("source", SOURCES)
        st.button(
            say("stage"),
            key="stage-button",
            on_click=choose,
            kwargs={"stage": True},
            icon=":material/co_present:",
            help=say("stage hint"),
            type="tertiary",
        )


def _guard(source: str) -> None:
    """Guards the pad for a digit outside of what runs again for each movement of the pen."""
    if source == DIGIT:
        guard(_PADS[DIGIT], tell_width=False)


@st.fragment
def draw_and_read(classifier: Classifier, source: str, on_stage: bool) -> None:
    """The pad and all that follows from it; only this part runs again after a stroke.

    It has few elements: each takes the server and the browser about a millisecond, while a reading takes one in all.
    """
    state = st.session_state
    # If a stroke and a click on another part of the page are sent together, Streamlit runs this part alone.
    if waits() or (state.view, state.source, state.network) != ("Draw", source, classifier.folder.name):
        st.rerun()
    if source != PICTURE:
        current_pad(_PADS[source]).receive(_remember)
    if on_stage:
        # Before the pad, so that Escape works as soon as the stage is there, however long a reading takes.
        stage.bar()
    pad = st.container(key="pad")
    answer = st.container(key="answer")
    with pad:
        drawing = upload.bring() if source == PICTURE else _draw(source, on_stage)
    reading = Reading(())
    if drawing is not None:
        with HEAVY if source == PICTURE else nullcontext():
            reading = classifier.read(drawing, several=source != DIGIT, any_way_up=source == PICTURE)
    judged = _judged(classifier, source)
    state.shown = (reading.digits[0].image, reading.text, judged) if reading.digits else None
    with pad:
        if source == PICTURE and reading.ink is not None:
            _show_ink(reading, reading.ink)
        truth.ask(reading, judged, source == DIGIT, on_stage)
    with answer:
        digit = _show_reading(classifier, reading, drawing, source, on_stage)
        if not on_stage:
            explanations.show(classifier, digit)


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
        stage.remember(*st.session_state.shown)


def _show_ink(reading: Reading, ink: np.ndarray) -> None:
    """What was taken for ink, which lines were left out and how it was turned, so that one understands a failure."""
    if not reading.digits:
        st.warning(say("nothing found"), icon=":material/search_off:")
    elif reading.turned % 90:
        # The shorter way round.
        degrees = min(reading.turned, 360 - reading.turned)
        st.info(say("straightened", degrees=degrees), icon=":material/crop_rotate:")
    elif reading.turned:
        st.info(say("turned", degrees=reading.turned), icon=":material/rotate_90_degrees_ccw:")
    with HEAVY:
        lines = lines_in(ink)
    picture = np.repeat(to_bytes(1 - ink)[..., np.newaxis], 3, axis=2)
    picture[lines] = _LEFT_OUT
    small = Image.fromarray(picture)
    small.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE))
    st.html(render("ink", url=png_url(np.asarray(small)), has_lines=bool(lines.any())))


def _draw(source: str, on_stage: bool) -> np.ndarray | None:
    """The pad for a digit, or the one for a number, as wide as the window allows.

    That one keeps its width from the first stroke on: no drawing loses its place, nor one that Undo brings back.
    It is guarded here, since what the guard tells must run the same part of the page as what the pad does.
    """
    pad = current_pad(_PADS[source])
    if source == NUMBER:
        window = guard(_PADS[NUMBER], tell_width=True)
        if pad.state.untouched:
            pad.width = fitting_width(window, NUMBER_WIDTH)
    return pad.show(_remember, has_brushes=not on_stage)


def _show_reading(
    classifier: Classifier, reading: Reading, drawing: np.ndarray | Image.Image | None, source: str, on_stage: bool
) -> Digit | None:
    """What was read, the ten probabilities, and what the network saw; empty but of the same size for a blank pad.

    It is one element, since the browser takes time for each, and this follows the pen.

    Returns:
        The digit that is shown, None for a blank pad.
    """
    digit, choice = None, Markup()
    if reading.digits:
        judged, chosen = st.session_state.get("chosen_digit", (None, 0))
        chosen = min(chosen, len(reading.digits) - 1) if judged == _judged(classifier, source) else 0
        digit = reading.digits[chosen]
        if drawing is not None and (len(reading.digits) > 1 or source == PICTURE):
            choice = _choice(reading, drawing, chosen, on_stage)
    in_place = stage.in_place_of_bars(classifier, digit) if on_stage else None
    refuses = classifier.can_refuse or on_stage

    def clicked(value: str) -> None:
        if value in explanations.TABS:
            explanations.open_tab(value)
        else:
            st.session_state.chosen_digit = _judged(classifier, source), int(value)

    shown = render(
        "reading",
        text=reading.text,
        source=source,
        is_blank=drawing is None,
        sure=_how_sure(digit) if digit else None,
        is_refused=digit is not None and not digit.is_digit,
        choice=choice,
        bars=in_place or bars(np.zeros(NUM_CLASSES) if digit is None else digit.probabilities),
        seen=None if on_stage or digit is None else png_url(to_bytes(digit.image)),
        tabs=Markup() if on_stage else explanations.tabs(),
        note=None if refuses else say("never refuses", network=classifier.folder.name),
    )
    clickable(shown, "reading", clicked)
    return digit


def _how_sure(digit: Digit) -> Markup:
    """A line that says how sure the network is, or that it is not sure that this is a digit."""
    if not digit.is_digit:
        return say_html("not sure", label=digit.label, first=percent(digit.probability))
    second = percent(float(digit.probabilities[digit.runner_up]))
    return say_html("sure", first=percent(digit.probability), runner_up=digit.runner_up, second=second)


def _choice(reading: Reading, drawing: np.ndarray | Image.Image, chosen: int, on_stage: bool) -> Markup:
    """Buttons for the digits: a box for each in the drawing, and its name below."""
    # On the stage the pad itself is large enough.
    boxes = Markup() if on_stage else _boxes(reading, drawing, chosen)
    return boxes + (_names(reading, chosen) if len(reading.digits) > 1 else Markup())


def _names(reading: Reading, chosen: int) -> Markup:
    """A button for each digit, with how sure the network is."""
    return render("digit_names", names=[_name(digit) for digit in reading.digits], chosen=chosen)


def _name(digit: Digit) -> str:
    """What a digit was read as and how surely; of what is refused there is nothing to be sure of."""
    return f"{digit.label} · {percent(digit.probability, 0)}" if digit.is_digit else say("no digit")


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
