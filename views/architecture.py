"""The architecture of a network as a row of its stages, in which each layer can be clicked."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from markupsafe import Markup

from model.images import SIZE
from model.reading.card import Card, LayerRow
from views.clickable import clickable
from views.glossary import explained
from views.language import say
from views.layers import sheet
from views.parts import png_url
from views.rendering import render

# The term that explains each kind of layer, by its class in Keras.
_TERMS = {
    "Input": "image",
    "Conv2D": "convolution",
    "MaxPooling2D": "pooling",
    "ZeroPadding2D": "padding",
    "BatchNormalization": "batch norm",
    "Activation": "activation",
    "Dropout": "dropout",
    "GlobalAveragePooling2D": "global average",
    "Flatten": "flatten",
    "Dense": "dense layer",
}
# Layers that begin a stage; all others finish the work of the one before them.
_FIRST = ("Input", "Conv2D", "GlobalAveragePooling2D", "Flatten", "Dense")
# The largest block, in pixels of its picture.
_BLOCK = 56


@dataclass(frozen=True)
class Stage:
    """A layer with those that only finish its work.

    Attributes:
        layers: with their places in the card.
        convolution: the number of its convolution, from 1; 0 for a stage without one.
    """

    layers: tuple[tuple[int, LayerRow], ...]
    convolution: int

    @property
    def main(self) -> int:
        """The place of the layer that does its work."""
        return next((place for place, layer in self.layers if layer.type in _FIRST), self.layers[0][0])

    @property
    def shape(self) -> tuple[int, ...]:
        """Of what leaves it."""
        return self.layers[-1][1].output_shape


def stages_of(layers: tuple[LayerRow, ...]) -> list[Stage]:
    """The stages of a network, from its input."""
    groups: list[list[tuple[int, LayerRow]]] = []
    padding: list[tuple[int, LayerRow]] = []
    for place, layer in enumerate(layers):
        if layer.type == "ZeroPadding2D":
            padding = [(place, layer)]  # it belongs to the convolution that follows
        elif layer.type in _FIRST or not groups:
            groups.append([*padding, (place, layer)])
            padding = []
        else:
            groups[-1].append((place, layer))
    convolutions = 0
    stages = []
    for group in groups:
        is_convolution = any(layer.type == "Conv2D" for _, layer in group)
        convolutions += is_convolution
        stages.append(Stage(tuple(group), convolutions if is_convolution else 0))
    return stages


def show(card: Card, maps: list[np.ndarray]) -> None:
    """Shows the stages, and below them the layer that was clicked.

    Args:
        card: of the network.
        maps: what each convolution makes of an image, float32 (h, w, c) each; none where the network does not tell.
    """
    stages = stages_of(card.layers)
    chosen: int = st.session_state.get("story_layer", -1)
    if chosen not in range(len(card.layers)):
        chosen = next((stage.main for stage in stages if stage.convolution == 2), 0)
    blocks = [
        {
            "layers": [(place, _name(layer), place == chosen) for place, layer in stage.layers],
            "shape": " × ".join(map(str, stage.shape)),
            **_block(stage.shape),
        }
        for stage in stages
    ]
    stage = next(stage for stage in stages if any(place == chosen for place, _ in stage.layers))
    shown = render(
        "architecture",
        stages=blocks,
        about=explained("step layers"),
        detail=_detail(card.layers[chosen], stage, maps),
    )
    clickable(shown, "story-layers", _choose)


def _choose(value: str) -> None:
    if value.isdecimal():
        st.session_state.story_layer = int(value)


def _name(layer: LayerRow) -> str:
    return layer.detail or say("layer input")


def _block(shape: tuple[int, ...]) -> dict[str, int]:
    """The picture of a tensor: as high as its maps, and the wider the more there are."""
    if len(shape) == 3:
        side = round(_BLOCK * (shape[0] / SIZE) ** 0.5)
        return {"tall": side, "wide": round(4 + shape[2] ** 0.5 * 3)}
    return {"tall": _BLOCK, "wide": 6}


def _detail(layer: LayerRow, stage: Stage, maps: list[np.ndarray]) -> Markup:
    """What a layer does and has, and the maps that leave its stage."""
    values = maps[stage.convolution - 1] if 0 < stage.convolution <= len(maps) else None
    term = _TERMS.get(layer.type)
    return render(
        "layer",
        name=_name(layer),
        meaning=say(f"meaning {term}") if term else "",
        shape=" × ".join(map(str, layer.output_shape)),
        parameters=f"{layer.parameters:,}",
        url=None if values is None else png_url(sheet(values)),
        caption=None if values is None else say("stage maps", count=values.shape[2], side=values.shape[0]),
    )
