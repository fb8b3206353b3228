"""How a network reads a drawing, told step by step: a kernel, its map, pooling, the layers, features, logits, bars."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from markupsafe import Markup

from model.data.mnist import DataError
from model.images import NUM_CLASSES, scale, to_bytes
from model.reading.card import Card
from model.reading.classifier import Classifier
from model.reading.store import NetworkError
from model.reading.weights import Weights
from views import architecture
from views.clickable import clickable
from views.glossary import explained
from views.language import literal, say
from views.pad import digit_on_pad
from views.parts import bars, png_url, test_set, weights_of
from views.rendering import render
from views.why import AGAINST, FOR

# The side of the square of which pooling keeps the largest value, as in all of our architectures.
_POOL = 2
# What the choice of the visitor's own drawing sends.
_OWN = "own"

_kernel = st.components.v2.component(
    "kernel", js=(Path(__file__).parent / "kernel.js").read_text(), isolate_styles=False
)


@dataclass(frozen=True, eq=False)
class Subject:
    """The image of which the story is told.

    Attributes:
        image: float32 (28, 28) in 0..1, what the network sees.
        drawn: whether it is a drawing and not a scan of MNIST's.
        name: the choice that it is: `_OWN`, or the digit of a test image.
    """

    image: np.ndarray
    drawn: bool
    name: str


@st.fragment
def show(classifier: Classifier, card: Card) -> None:
    """Shows the story, of the drawing on the pad or of a test image.

    Args:
        classifier: the network.
        card: its card.
    """
    try:
        weights = weights_of(classifier.folder.name)
        samples = _samples()
    except (NetworkError, DataError) as error:
        st.error(literal(str(error)), icon=":material/error:")
        return
    digit = digit_on_pad(classifier)
    own = None if digit is None else digit.image
    subject = _subject(own, samples)
    with st.container(key="story"):
        clickable(_choices(own, samples, subject), "story-subject", _choose_subject)
        maps = classifier.feature_maps(subject.image, subject.drawn)
        if maps:
            _show_kernel(classifier, weights, subject, maps[0])
        else:
            st.caption(say("no maps", network=literal(classifier.folder.name)))
        architecture.show(card, maps)
        _show_end(classifier, card, weights, subject)


@st.cache_resource(show_spinner=False)
def _samples() -> np.ndarray:
    """The first test image of each digit: uint8 (10, 28, 28).

    Raises:
        DataError: the data file is missing or damaged.
    """
    test = test_set()
    return test.images[[int(np.argmax(test.labels == digit)) for digit in range(NUM_CLASSES)]]


def _subject(own: np.ndarray | None, samples: np.ndarray) -> Subject:
    """What was chosen; at first the visitor's own drawing, and without one a 7."""
    name: str = st.session_state.get("story_subject", _OWN)
    if name not in map(str, range(NUM_CLASSES)):
        name = _OWN
    if name == _OWN and own is not None:
        return Subject(own, drawn=True, name=_OWN)
    digit = 7 if name == _OWN else int(name)
    return Subject(scale(samples[digit : digit + 1])[0, ..., 0], drawn=False, name=str(digit))


def _choices(own: np.ndarray | None, samples: np.ndarray, subject: Subject) -> Markup:
    """The images of which the story can be told."""
    choices = [(str(digit), say("story digit", digit=digit), png_url(image)) for digit, image in enumerate(samples)]
    if own is not None:
        choices.insert(0, (_OWN, say("story own"), png_url(to_bytes(own))))
    return render("story_subject", choices=choices, chosen=subject.name, intro=explained("story intro"))


def _choose_subject(name: str) -> None:
    st.session_state.story_subject = name


def _choose_kernel(value: str) -> None:
    if value.isdecimal():
        st.session_state.story_kernel = int(value)


def _show_kernel(classifier: Classifier, weights: Weights, subject: Subject, after: np.ndarray) -> None:
    """A kernel of the first convolution at work, and all of them to choose from.

    Args:
        classifier: the network.
        weights: of it.
        subject: what it reads.
        after: the maps of the first convolution, float32 (h, w, k).
    """
    count, side = weights.kernels.shape[:2]
    chosen: int = st.session_state.get("story_kernel", -1)
    # At first the one whose map varies most.
    number = chosen if chosen in range(count) else int(after.std(axis=(0, 1)).argmax())
    image = classifier.given(subject.image, subject.drawn)[0, ..., 0]
    html = render(
        "kernel",
        number=number + 1,
        image=explained("step image"),
        kernel=explained("step kernel", side=side),
        map=explained("step map"),
        pooled=explained("step pooling", pool=_POOL),
    )
    _kernel(
        data={
            "html": html,
            # As it is seen: the network may take a drawing with another level of background.
            "image": _rounded(subject.image),
            "kernel": _rounded(weights.kernels[number]),
            "map": _rounded(weights.map_of(number, image)),
            "pool": _POOL,
        },
        key="story-kernel",
        height="content",
    )
    kernels = render(
        "kernels",
        urls=_pictures_of(weights.kernels),
        chosen=number,
        text=explained("all kernels", count=count),
    )
    clickable(kernels, "story-kernels", _choose_kernel)


def _pictures_of(kernels: np.ndarray) -> list[str]:
    """The kernels as pictures: orange where ink counts for them, blue where it counts against them."""
    strength = kernels / np.maximum(np.abs(kernels).max(axis=(1, 2), keepdims=True), 1e-9)
    colours = np.where(strength[..., np.newaxis] < 0, AGAINST, FOR) * np.abs(strength)[..., np.newaxis]
    return [png_url(np.rint(kernel).astype(np.uint8)) for kernel in colours]


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 3) for value in values.ravel()]


def _show_end(classifier: Classifier, card: Card, weights: Weights, subject: Subject) -> None:
    """The last features, what each class makes of them, and the probabilities that follow."""
    features = classifier.features(subject.image[np.newaxis], subject.drawn)[0]
    probabilities = classifier.probabilities(subject.image[np.newaxis], subject.drawn)[0]
    temperature = 1.0 if card.readout is None else card.readout.temperature
    # An ensemble has no logits of its own: it takes the mean of its members' probabilities.
    logits = None if card.members else weights.logits(features)
    shown = render(
        "story_end",
        features=png_url(_strip(features)),
        alt=say("features alt", count=features.size),
        about_features=explained("step features", count=features.size),
        logits=None if logits is None else _logit_rows(logits),
        about_logits=explained("step logits", count=features.size),
        bars=bars(probabilities),
        about_bars=explained("step softmax") if temperature == 1 else explained("step temperature", by=temperature),
    )
    st.html(shown)


def _strip(features: np.ndarray) -> np.ndarray:
    """Features as a grid about five times as wide as high, the largest white: uint8 (h, w)."""
    width = min(features.size, int(np.ceil((5 * features.size) ** 0.5)))
    grid = np.zeros(-(-features.size // width) * width, np.float32)
    grid[: features.size] = np.clip(features, 0, None) / max(float(features.max()), 1e-6)
    return to_bytes(np.sqrt(grid)).reshape(-1, width)


def _logit_rows(logits: np.ndarray) -> list[dict[str, object]]:
    """The logit of each class as a bar from zero, to the right or to the left."""
    low, high = min(0.0, float(logits.min())), max(0.0, float(logits.max()))
    zero = -low / (high - low or 1)

    def row(place: int, logit: float) -> dict[str, object]:
        width = abs(logit) / (high - low or 1)
        return {
            "name": str(place) if place < NUM_CLASSES else say("no digit"),
            "value": f"{logit:.1f}".replace("-", "−"),
            "is_best": place == int(logits.argmax()),
            "left": f"{zero - (width if logit < 0 else 0):.2%}",
            "width": f"{width:.2%}",
        }

    return [row(place, float(logit)) for place, logit in enumerate(logits)]
