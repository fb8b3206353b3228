"""The screen with the pad: draw a digit, see what is read, how sure the network is, and what it saw."""

import base64
import random
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from model.classifier import Classifier, Digit, Reading
from model.data import DataError
from model.strokes import PAD_SIZE
from views.parts import choose_network, percent, pixel_image, png_url, probability_bars, require_classifier, test_set

CANVAS = "canvas"

# Makes the canvas fit for touch and for keyboards; see the file.
_pad_guard = st.components.v2.component("pad_guard", js=(Path(__file__).parent / "pad.js").read_text())


def show() -> None:
    """Shows the screen."""
    classifier = require_classifier(choose_network())
    pad_and_reading(classifier)


@st.fragment
def pad_and_reading(classifier: Classifier) -> None:
    """The pad and all that follows from it; only this part runs again after a stroke."""
    left, right = st.columns([320, 560], gap="large")
    with left, st.container(key="pad"):
        pixels = _pad()
    reading = classifier.read(pixels) if pixels is not None else Reading(())
    with right:
        _reading(reading)


def _pad() -> np.ndarray | None:
    """The canvas with its controls; returns its pixels as a drawing, or None before the first stroke.

    The canvas forgets its drawing when it leaves the page, so that the last one is kept in the session: its objects,
    which the canvas draws again, and its pixels, which the canvas does not send again by itself.
    """
    state = st.session_state
    state.setdefault("objects", [])
    state.setdefault("pixels", None)
    state.setdefault("outdated", None)
    state.setdefault("brush", 20)
    if CANVAS not in state or "initial_drawing" not in state:
        state.initial_drawing = _initial_drawing(state.objects)
    canvas = st_canvas(
        stroke_width=state.brush,
        stroke_color="#fff",
        background_color="#000",
        width=PAD_SIZE,
        height=PAD_SIZE,
        initial_drawing=state.initial_drawing,
        return_image_data=True,
        key=CANVAS,
    )
    _pad_guard(data={"canvas": CANVAS}, key="pad_guard", height="content")
    sent = canvas.image_bytes
    if sent is not None and sent != state.outdated:
        state.outdated = None
        state.objects = canvas.json_data["objects"]
        state.pixels = canvas.image_data
    with st.container(horizontal=True, gap="small"):
        st.button("Clear", on_click=_put_on_pad, args=([], None), icon=":material/delete:", disabled=not state.objects)
        st.button(
            "Undo",
            on_click=_undo,
            icon=":material/undo:",
            shortcut="Mod+Z",
            disabled=not state.objects,
        )
        st.button("Sample", on_click=_sample, icon=":material/casino:", help="Puts a random test digit on the pad")
    if error := state.pop("sample_error", None):
        st.error(str(error), icon=":material/error:")
    st.slider("Brush width", 8, 36, key="brush", persist_state="session")
    return state.pixels


def _put_on_pad(objects: list[dict], pixels: np.ndarray | None) -> None:
    """Replaces what is on the pad.

    Args:
        objects: Fabric's objects.
        pixels: uint8 (280, 280) or (280, 280, 4) of them, None for none.
    """
    state = st.session_state
    state.initial_drawing = _initial_drawing(objects)
    state.objects, state.pixels = objects, pixels
    # Until the canvas has drawn this, it still gives the image of what was there before.
    sent = state[CANVAS]["drawing"]["data"]
    state.outdated = _png(sent) if sent else None


def _initial_drawing(objects: list[dict]) -> dict:
    """What the canvas is to draw; it does so whenever this changes, which the revision makes sure of."""
    state = st.session_state
    state.revision = state.get("revision", 0) + 1
    return {"objects": objects, "revision": state.revision}


def _png(data_url: str) -> bytes:
    return base64.b64decode(data_url.split(",", 1)[1])


def _undo() -> None:
    state = st.session_state
    _put_on_pad(state.objects[:-1], state.pixels if len(state.objects) > 1 else None)


def _sample() -> None:
    """Puts a random test digit on the pad."""
    try:
        test = test_set()
    except DataError as error:
        st.session_state.sample_error = error
        return
    image = test.images[random.randrange(len(test.labels))]
    factor = PAD_SIZE // image.shape[0]
    large = np.kron(image, np.ones((factor, factor), np.uint8))
    picture = {"type": "Image", "left": 0, "top": 0, "originX": "left", "originY": "top", "src": png_url(large)}
    _put_on_pad([picture], large)


def _reading(reading: Reading) -> None:
    """The digit read, the ten probabilities, and what the network saw; empty but of the same size for a blank pad."""
    digit = reading.digits[0] if reading.digits else None
    with st.container(key="prediction"):
        if digit is None:
            st.html('<p class="invitation">Draw a digit<br>from 0 to 9</p>')
        else:
            st.header(reading.text, anchor=False)
            st.markdown(_how_sure(digit))
    bars, seen = st.columns([3, 1], gap="medium")
    with bars:
        probability_bars(np.zeros(10) if digit is None else digit.probabilities, "probabilities")
    with seen, st.container(key="seen"):
        image = np.zeros((28, 28)) if digit is None else digit.image
        pixel_image(np.round(image * 255).astype(np.uint8), 140, "The drawing as the network saw it")
        st.caption("What the network saw: 28 × 28 pixels")


def _how_sure(digit: Digit) -> str:
    """A line that says how sure the network is, or that it is not sure that this is a digit."""
    if not digit.is_digit:
        return f"Not sure this is a digit. Best guess: **{digit.label}** with {percent(digit.probability)}"
    runner_up = digit.runner_up
    second = percent(float(digit.probabilities[runner_up]))
    return f"**{percent(digit.probability)}** sure, next **{runner_up}** with {second}"
