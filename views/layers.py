"""The layers at work: what each convolution makes of the drawing, as a sheet of its feature maps."""

import numpy as np
import streamlit as st
from markupsafe import Markup

from model.images import to_bytes
from model.reading.classifier import Classifier
from views.language import literal, say
from views.parts import png_url
from views.rendering import render

ALL = 0
# Black lines between the maps of a sheet, in pixels of the maps.
_GAP = 1


def show(classifier: Classifier, image: np.ndarray) -> None:
    """Shows one layer as large as the place allows, or all of them smaller.

    Args:
        classifier: the network.
        image: float32 (28, 28) in 0..1, what it saw of a drawing.
    """
    name = classifier.folder.name
    maps = classifier.feature_maps(image, drawn=True)
    if not maps:
        st.caption(say("no maps", network=literal(name)))
        return
    with st.container(key="layers-at-work"):
        chosen = st.select_slider(
            say("which layer"),
            range(ALL, len(maps) + 1),
            key=f"layer of {name}",
            format_func=lambda number: say("all layers") if number == ALL else str(number),
            persist_state="session",
            help=say("layer hint"),
            width=320,
        )
        st.html(
            _sheets(name, {number: maps[number - 1] for number in range(1, len(maps) + 1) if chosen in (ALL, number)})
        )


def sheets(classifier: Classifier, image: np.ndarray) -> Markup:
    """All layers, smaller; a line where the network keeps them to itself."""
    maps = classifier.feature_maps(image, drawn=True)
    if not maps:
        return Markup.escape(say("no maps", network=classifier.folder.name))
    return _sheets(classifier.folder.name, dict(enumerate(maps, 1)))


def _sheets(name: str, maps: dict[int, np.ndarray]) -> Markup:
    return render("maps", figures=[_figure(name, number, values) for number, values in maps.items()])


def _figure(name: str, number: int, values: np.ndarray) -> tuple[str, str]:
    """The caption and the picture of one layer."""
    height, width, count = values.shape
    caption = say("maps", network=name, number=number, count=count, height=height, width=width)
    return caption, png_url(sheet(values))


def sheet(values: np.ndarray) -> np.ndarray:
    """Feature maps in a grid about twice as wide as high, the strongest value of all of them white.

    Args:
        values: floats (h, w, c); what is below zero is shown as zero.

    Returns:
        uint8 (rows * (h + 1) - 1, columns * (w + 1) - 1).
    """
    height, width, count = values.shape
    columns = _columns(count)
    rows = -(-count // columns)
    strength = np.clip(values, 0, None) / max(float(values.max()), 1e-6)
    # The square root lets weak maps be seen beside strong ones.
    grey = to_bytes(np.sqrt(strength))
    cells = np.zeros((rows * columns, height + _GAP, width + _GAP), np.uint8)
    cells[:count, :height, :width] = grey.transpose(2, 0, 1)
    grid = cells.reshape(rows, columns, height + _GAP, width + _GAP).transpose(0, 2, 1, 3)
    return grid.reshape(rows * (height + _GAP), columns * (width + _GAP))[:-_GAP, :-_GAP]


def _columns(count: int) -> int:
    """The number of columns that leaves no gap in a grid, and is nearest to twice the number of rows."""
    divisors = [columns for columns in range(1, count + 1) if count % columns == 0]
    return min(divisors, key=lambda columns: abs(columns - (2 * count) ** 0.5))
