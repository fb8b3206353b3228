"""The glossary: terms that are explained where they stand, and all together in a list."""

from functools import lru_cache

import streamlit as st
from markupsafe import Markup

from views.language import say, say_html
from views.rendering import render

# In the order in which a beginner meets them.
TERMS = (
    "image",
    "kernel",
    "feature map",
    "convolution",
    "pooling",
    "batch norm",
    "activation",
    "padding",
    "dropout",
    "global average",
    "flatten",
    "feature",
    "dense layer",
    "logit",
    "softmax",
    "temperature",
    "parameter",
    "epoch",
    "loss",
    "accuracy",
    "validation",
    "test set",
    "overfitting",
    "learning rate",
    "augmentation",
    "synthetic image",
    "label smoothing",
    "calibration",
    "confidence interval",
)


def explained(name: str, /, **values: object) -> Markup:
    """A text in which each term that it names, such as {feature map}, is explained where it stands.

    Args:
        name: of the text, which holds HTML.
        values: for its other places; they are escaped.
    """
    return say_html(name, **_terms(st.session_state.get("language")), **values)


@lru_cache
def _terms(language: str | None) -> dict[str, Markup]:
    """All terms as HTML in the visitor's language, by their names."""
    return {name: render("term", name=say(f"term {name}"), meaning=say(f"meaning {name}")) for name in TERMS}


def glossary() -> Markup:
    """All terms with their meanings."""
    return render("glossary", terms=[(say(f"term {name}"), say(f"meaning {name}")) for name in TERMS])
