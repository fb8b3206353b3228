"""The screen with the cards of all networks, side by side: scores, size, recipe, architecture, curves and layers."""

import html

import streamlit as st

from model import classifier as networks
from model.data import ASSETS
from views.parts import percent, picture, stop_with


def show() -> None:
    """Shows the screen."""
    cards: dict[str, dict] = {}
    for name in networks.trained_networks():
        try:
            cards[name] = networks.load_metrics(networks.TRAINED / name)
        except networks.NetworkError as error:
            st.error(str(error), icon=":material/error:")
    if not cards:
        stop_with(networks.NetworkError(f"No network in {networks.TRAINED}. Train one with: python train.py"))
    with st.container(key="network-card"):
        _comparison(cards)
        st.subheader("Architecture", anchor=False)
        for name, metrics in cards.items():
            picture(ASSETS / f"architecture-{metrics['network']}.svg", f"Architecture of {name}")
        st.subheader("Learning curves", anchor=False)
        for column, name in zip(st.columns(len(cards), gap="large"), cards, strict=True):
            with column:
                st.markdown(f"**{name}**")
                picture(networks.TRAINED / name / "learning_curves.svg", f"Learning curves of {name}")
        st.subheader("Does it mean what it says?", anchor=False)
        for column, name in zip(st.columns(len(cards), gap="large"), cards, strict=True):
            with column:
                st.markdown(f"**{name}**")
                picture(networks.TRAINED / name / "reliability.svg", f"Reliability diagram of {name}")
        st.subheader("Layers", anchor=False)
        for column, (name, metrics) in zip(st.columns(len(cards), gap="large"), cards.items(), strict=True):
            with column:
                st.markdown(f"**{name}**")
                _layers(metrics["layers"])


def _comparison(cards: dict[str, dict]) -> None:
    """Scores and recipes, a row each, with a column for each network."""
    rows = {
        "Accuracy on the test set": lambda card: f"**{percent(card['test']['accuracy'], 2)}**",
        "Read wrong": lambda card: f"{card['test']['errors']} of {card['test']['images']:,}",
        "Loss on the test set": lambda card: f"{card['test']['loss']:.4f}",
        "Wrong test labels among the errors": lambda card: "{read_otherwise} of {known}".format(**card["label_errors"]),
        "Accuracy on held-out images": lambda card: percent(card["validation"]["accuracy"], 2),
        "Parameters": lambda card: f"{card['parameters']['total']:,}",
        "File size": lambda card: f"{card['files']['model.tflite'] / 1e6:.1f} MB",
        "Training time": lambda card: f"{duration(card['training_seconds'])} on {card['cpu_cores']} cores",
        "Optimizer": lambda card: card["recipe"]["optimizer"],
        "Learning rate": lambda card: f"{card['recipe']['learning_rate']:.4g}, {card['recipe']['schedule']}",
        "Epochs": lambda card: str(card["recipe"]["epochs"]),
        "Batch size": lambda card: _batch_size(card["recipe"]),
        "Activation": lambda card: card["recipe"]["activation"],
        "Warp of the training images": lambda card: card["recipe"]["augment"],
        "Synthetic pen digits": lambda card: f"{card['recipe']['pen_digits']:,}",
        "Non-digits": lambda card: f"{card['recipe']['non_digits']:,}",
        "Held out for validation": lambda card: percent(card["recipe"]["validation_share"]),
        "Seed": lambda card: str(card["seed"]),
    }
    _table(["", *cards], [[name, *(cell(card) for card in cards.values())] for name, cell in rows.items()])


def _batch_size(recipe: dict) -> str:
    synthetic = recipe["synthetic_batch"]
    return f"{recipe['batch_size']} and {synthetic} synthetic" if synthetic else str(recipe["batch_size"])


def _layers(layers: list[dict]) -> None:
    """The layers of one network with their output shapes and parameters."""
    _table(
        ["layer", "output shape", "parameters"],
        [
            [
                html.escape(layer["detail"] or layer["type"].lower()),
                " × ".join(map(str, layer["output_shape"])),
                f"{layer['parameters']:,}",
            ]
            for layer in layers
        ],
    )


def _table(head: list[str], rows: list[list[str]]) -> None:
    """A Markdown table with its first column to the left and all others to the right."""
    lines = [head, [":---", *["---:"] * (len(head) - 1)], *rows]
    st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))


def duration(seconds: float) -> str:
    """A time for people.

    >>> duration(42), duration(750), duration(5000)
    ('42 s', '12.5 min', '1.4 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"
