"""Why a network reads what it reads: maps of the ink that decides, and the way from a drawing to what it saw."""

import numpy as np
import streamlit as st
from PIL import Image

from model.evaluation.occlusion import occlusion
from model.images import NUM_CLASSES, to_bytes
from model.reading.classifier import Classifier
from model.reading.normalization import scale_to_field
from model.reading.reading import Digit
from views.language import say
from views.parts import png_url
from views.rendering import render

# Ink that speaks for a digit and against it: colours that colour-blind people can distinguish, on black.
FOR, AGAINST = np.array([255, 140, 40]), np.array([70, 160, 255])
# Changes smaller than this share of probability stay pale.
_FAINTEST = 0.05


def show_maps(
    classifier: Classifier,
    image: np.ndarray,
    read: int,
    other: int,
    steps: list[tuple[str, np.ndarray]],
    drawn: bool = False,
) -> None:
    """Shows the ink that speaks for the digit read and for another one, after the pictures that led there.

    Args:
        classifier: the network.
        image: float32 (28, 28) in 0..1, what it saw.
        read: the digit that it read.
        other: the other digit.
        steps: pictures to stand before the maps, each with its caption; uint8 (h, w) in 0..255.
        drawn: whether the image is of a drawing and not one of MNIST's.
    """
    for_read, for_other = occlusion(classifier, image, [read, other], drawn)
    pictures = [
        *((caption, caption, pixels) for caption, pixels in steps),
        (say("why read", digit=read), say("why alt", digit=read), _tinted(image, for_read)),
        (say("why not read", digit=other), say("why alt", digit=other), _tinted(image, for_other)),
    ]
    st.html(render("figures", pictures=[(caption, alt, png_url(pixels)) for caption, alt, pixels in pictures]))


def choose_other(key: str) -> None:
    """Lets the visitor choose the other digit, kept under a key of the session."""
    st.pills(say("why not"), range(NUM_CLASSES), key=key, persist_state="session", wrap=True)


def steps_to(digit: Digit) -> list[tuple[str, np.ndarray]]:
    """The pictures between a digit's own ink and what the network saw."""
    return [
        (say("step ink"), _squared(digit.ink)),
        (say("step scaled"), _squared(scale_to_field(digit.ink))),
        (say("step centred"), to_bytes(digit.image)),
    ]


def _squared(ink: np.ndarray) -> np.ndarray:
    """Ink in the middle of a square of its longer side, at most 140 pixels: uint8 (s, s)."""
    picture = Image.fromarray(to_bytes(ink))
    picture.thumbnail((140, 140))
    side = max(picture.size)
    square = Image.new("L", (side, side))
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return np.asarray(square)


def _tinted(image: np.ndarray, change: np.ndarray) -> np.ndarray:
    """The ink, grey where it makes no difference: uint8 (28, 28, 3)."""
    strength = np.abs(change) / max(_FAINTEST, float(np.abs(change).max()))
    strength = np.clip(strength, 0, 1)[..., np.newaxis]
    colour = np.where(change[..., np.newaxis] < 0, FOR, AGAINST)
    ink = image[..., np.newaxis]
    # A little of the colour also shows beside the ink, so that thin strokes are seen.
    return np.rint(200 * ink * (1 - strength) + colour * strength * (0.25 + 0.75 * ink)).astype(np.uint8)
