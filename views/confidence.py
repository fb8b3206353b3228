"""A histogram of the confidence: right and wrong images by probability, over which one drags to filter the gallery."""

from pathlib import Path

import numpy as np
import streamlit as st

from model.evaluation.mistakes import Results
from views.address import choose
from views.language import say
from views.rendering import render

_BINS = 50
_KEY = "brush"

_brush = st.components.v2.component("brush", js=(Path(__file__).parent / "brush.js").read_text(), isolate_styles=False)


def histogram(results: Results, chosen: np.ndarray) -> None:
    """Counts images by the probability of the digit read; a range that is dragged becomes a filter.

    Args:
        results: what the network answered.
        chosen: the images that pass all other filters.
    """
    right, wrong = results.by_confidence(chosen, _BINS)
    most = max(1, int(right.max()), int(wrong.max()))

    def height(count: int) -> str:
        """On a logarithmic scale: a handful of wrong images stands beside thousands of right ones."""
        return f"{np.log1p(count) / np.log1p(most):.1%}"

    step = 100 // _BINS
    texts = [
        say("in bin", least=step * place, most=step * (place + 1), right=right[place], wrong=wrong[place])
        for place in range(_BINS)
        if right[place] or wrong[place]
    ]
    bins = [
        {"right": count, "wrong": errors, "right_height": height(count), "wrong_height": height(errors)}
        for count, errors in zip(map(int, right), map(int, wrong), strict=True)
    ]
    lines = [(count, height(count)) for count in (1, 10, 100, 1000) if count <= most]
    html = render("histogram", bins=bins, lines=lines, texts=texts, right=int(right.sum()), wrong=int(wrong.sum()))
    places = {name: f"{{{name}}}" for name in ("least", "most", "right", "wrong")}
    data = {"html": html, "range": list(st.session_state.probability), "text": say("in bin", **places)}
    _brush(data=data, key=_KEY, height="content", on_brushed_change=_filter)
    st.caption(say("brush hint"))


def _filter() -> None:
    """Takes the range that was dragged for the filter."""
    if (brushed := (st.session_state.get(_KEY) or {}).get("brushed")) is not None:
        least, most = sorted(max(0, min(100, int(end))) for end in brushed)
        choose(probability=(least, most), page=1)
