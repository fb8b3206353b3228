"""The screen with the cards of all networks, side by side: scores, size, recipe, architecture, curves and layers."""

import html

import streamlit as st

from model import classifier as networks
from model.data import ASSETS
from views.parts import percent, picture, stop_with
from views.texts import say


def show() -> None:
    """Shows the screen."""
    cards: dict[str, dict] = {}
    for name in networks.trained_networks():
        try:
            cards[name] = networks.load_metrics(networks.TRAINED / name)
        except networks.NetworkError as error:
            st.error(str(error), icon=":material/error:")
    if not cards:
        stop_with(networks.NetworkError(say("no network", folder=networks.TRAINED)))
    with st.container(key="network-card"):
        _comparison(cards)
        st.subheader(say("architecture"), anchor=False)
        # A committee's members have the architecture of another card.
        for network in dict.fromkeys(metrics["network"] for metrics in cards.values()):
            picture(ASSETS / f"architecture-{network}.svg", say("architecture alt", network=network))
        st.subheader(say("curves"), anchor=False)
        for column, name in zip(st.columns(len(cards), gap="large"), cards, strict=True):
            with column:
                st.markdown(f"**{name}**")
                picture(networks.TRAINED / name / "learning_curves.svg", say("curves alt", network=name))
        st.subheader(say("meaning"), anchor=False)
        for column, name in zip(st.columns(len(cards), gap="large"), cards, strict=True):
            with column:
                st.markdown(f"**{name}**")
                picture(networks.TRAINED / name / "reliability.svg", say("reliability alt", network=name))
        st.subheader(say("layers"), anchor=False)
        for column, (name, metrics) in zip(st.columns(len(cards), gap="large"), cards.items(), strict=True):
            with column:
                st.markdown(f"**{name}**")
                _layers(metrics["layers"])


def _comparison(cards: dict[str, dict]) -> None:
    """Scores and recipes, a row each, with a column for each network."""
    rows = {
        say("row accuracy"): lambda card: f"**{percent(card['test']['accuracy'], 2)}**",
        say("row as drawings"): _as_drawings,
        say("row wrong"): lambda card: say("of", part=card["test"]["errors"], whole=card["test"]["images"]),
        say("row loss"): lambda card: f"{card['test']['loss']:.4f}",
        say("row labels"): lambda card: say(
            "of", part=card["label_errors"]["read_otherwise"], whole=card["label_errors"]["known"]
        ),
        say("row held out"): lambda card: percent(card["validation"]["accuracy"], 2),
        say("row parameters"): lambda card: f"{card['parameters']['total']:,}",
        say("row size"): lambda card: f"{card['files']['model.tflite'] / 1e6:.1f} MB",
        say("row time"): lambda card: say(
            "time" if card["cpu_cores"] > 1 else "time on one core",
            time=duration(card["training_seconds"]),
            cores=card["cpu_cores"],
        ),
        say("row optimizer"): lambda card: card["recipe"]["optimizer"],
        say("row rate"): lambda card: f"{card['recipe']['learning_rate']:.4g}, {card['recipe']['schedule']}",
        say("row epochs"): lambda card: str(card["recipe"]["epochs"]),
        say("row batch"): lambda card: _batch_size(card["recipe"]),
        say("row activation"): lambda card: card["recipe"]["activation"],
        say("row warp"): lambda card: _augmentation(card["recipe"]),
        # Networks of older runs had none.
        say("row smoothing"): lambda card: f"{card['recipe'].get('label_smoothing', 0):g}",
        say("row pens"): lambda card: f"{card['recipe']['pen_digits']:,}",
        say("row others"): lambda card: f"{card['recipe']['non_digits']:,}",
        say("row validation"): lambda card: percent(card["recipe"]["validation_share"]),
        say("row seed"): lambda card: ", ".join(str(member["seed"]) for member in card.get("members", [card])),
    }
    _table(["", *cards], [[name, *(cell(card) for card in cards.values())] for name, cell in rows.items()])


def _as_drawings(card: dict) -> str:
    # Only a network that was trained on drawings is told what is drawn.
    scores = card.get("test_as_drawings")
    return percent(scores["accuracy"], 2) if scores else "–"


def _augmentation(recipe: dict) -> str:
    # Networks of older runs had no end without it.
    unwarped = round(recipe["epochs"] * recipe.get("unwarped_share", 0))
    return say("warp until", epoch=recipe["epochs"] - unwarped) if unwarped else recipe["augment"]


def _batch_size(recipe: dict) -> str:
    synthetic = recipe["synthetic_batch"]
    return say("batch", mnist=recipe["batch_size"], synthetic=synthetic) if synthetic else str(recipe["batch_size"])


def _layers(layers: list[dict]) -> None:
    """The layers of one network with their output shapes and parameters."""
    _table(
        [say("layer"), say("shape"), say("parameters")],
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
