"""The screen that explains a network: how it reads, how it learnt, what each ingredient brought, all figures."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from model.reading import store
from model.reading.card import Card, LayerRow
from model.reading.history import read_history
from model.recipes import Recipe
from views import charts, ingredients, story
from views.address import choose
from views.clickable import clickable
from views.glossary import explained, glossary
from views.language import literal, say
from views.parts import classifier_of, duration, percent, stop_without_network
from views.rendering import render

Rows = dict[str, Callable[[Card], str]]


def show() -> None:
    """Shows the screen: what can be understood comes first, long tables last."""
    cards: dict[str, Card] = {}
    for name in store.trained_networks():
        try:
            cards[name] = Card.load(store.TRAINED / name)
        except store.NetworkError as error:
            st.error(literal(str(error)), icon=":material/error:")
    if not cards:
        stop_without_network()
    name = st.session_state.network
    with st.container(key="network-card"):
        clickable(render("networks", names=list(cards), chosen=name), "networks", lambda name: choose(network=name))
        if name in cards:
            _explain(name, cards[name])
        _heading("scores")
        _compare(cards, {say(name): cell for name, cell in _SCORES.items()})
        _heading("glossary")
        st.html(glossary())
        _heading("recipes")
        _compare(cards, {say(name): cell for name, cell in _RECIPES.items()})
        _heading("handwriting")
        _compare(cards, _handwriting(cards))
        _heading("layers")
        for column, (other, card) in zip(st.columns(len(cards), gap="large"), cards.items(), strict=True):
            with column:
                st.markdown(f"**{literal(other)}**")
                _layers(card.layers)


def _explain(name: str, card: Card) -> None:
    """How one network reads, how it learnt, and what its probabilities mean."""
    _heading("story")
    try:
        story.show(classifier_of(name), card)
    except store.NetworkError as error:
        st.error(literal(str(error)), icon=":material/error:")
    _heading("curves")
    _curves(name, card)
    # A training that was watched or taught has not had the whole recipe.
    if card.recipe.network == "compact" and card.lesson is None and card.taught is None:
        _heading("ingredients")
        ingredients.show()
    _heading("meaning")
    with st.container(key="meaning"):
        clickable(charts.reliability(card.calibration.reliability), "reliability")
        st.html(render("prose", texts=[explained("calibrated", error=f"{100 * card.calibration.test_error:.2f} %")]))


def _heading(name: str) -> None:
    st.subheader(say(name), anchor=False)


def _curves(name: str, card: Card) -> None:
    """The learning curves, each with a sentence on what it shows."""
    try:
        history = read_history(store.TRAINED / name)
    except store.NetworkError as error:
        st.warning(literal(str(error)), icon=":material/warning:")
        return
    recipe = card.recipe
    loss, accuracy = explained("about loss"), explained("about accuracy")
    if recipe.label_smoothing:
        loss += explained("smoothed loss")
    if recipe.augment == "none":
        accuracy += explained("plain training")
    elif recipe.unwarped_share:
        accuracy += explained("warped training until", last=_last_warped(recipe))
    else:
        accuracy += explained("warped training")
    shown = [
        ("loss curve", charts.loss_curve(history), loss),
        ("accuracy curve", charts.accuracy_curve(history), accuracy),
    ]
    clickable(render("learning", curves=shown), "learning")


def _compare(cards: dict[str, Card], rows: Rows) -> None:
    """A table with a row each, and a column for each network."""
    lines = [[literal(name), *(cell(card) for card in cards.values())] for name, cell in rows.items()]
    _table(["", *map(literal, cards)], lines)


def _as_drawings(card: Card) -> str:
    # Only a network that was trained on drawings has an input for whether an image is drawn.
    return percent(card.test_as_drawings.accuracy, 2) if card.test_as_drawings else "–"


def _handwriting(cards: dict[str, Card]) -> Rows:
    """What each network reads of each ruler, or refuses where it holds symbols."""
    return {
        say("row refused" if score.right is None else "row right", ruler=score.ruler, pen=score.condition): partial(
            _share_of, score.ruler, score.condition
        )
        for card in cards.values()
        for score in card.handwriting
    }


def _share_of(ruler: str, condition: str, card: Card) -> str:
    for score in card.handwriting:
        if (score.ruler, score.condition) == (ruler, condition):
            return percent(score.refused if score.right is None else score.right)
    return "–"


def _augmentation(card: Card) -> str:
    recipe = card.recipe
    return say("warp until", epoch=_last_warped(recipe)) if recipe.unwarped_share else recipe.augment


def _last_warped(recipe: Recipe) -> int:
    """The last epoch in which the training images are warped."""
    return recipe.epochs - round(recipe.epochs * recipe.unwarped_share)


def _batch_size(card: Card) -> str:
    recipe = card.recipe
    synthetic = recipe.synthetic_batch
    return say("batch", mnist=recipe.batch_size, synthetic=synthetic) if synthetic else str(recipe.batch_size)


def _time(card: Card) -> str:
    name = "time" if card.cpu_cores > 1 else "time on one core"
    return say(name, time=duration(card.training_seconds), cores=card.cpu_cores)


# What each row of a table says of a network, by the name of its text.
_SCORES: Rows = {
    "row accuracy": lambda card: f"**{percent(card.test.accuracy, 2)}**",
    "row as drawings": _as_drawings,
    "row wrong": lambda card: say("of", part=card.test.errors, whole=card.test.images),
    "row loss": lambda card: f"{card.test.loss:.4f}",
    "row labels": lambda card: say("of", part=card.label_errors.read_otherwise, whole=card.label_errors.known),
    "row held out": lambda card: percent(card.validation.accuracy, 2),
    "row parameters": lambda card: f"{card.parameters.total:,}",
    "row size": lambda card: f"{card.files.litert / 1e6:.1f} MB",
    "row time": _time,
}
_RECIPES: Rows = {
    "row optimizer": lambda card: card.recipe.optimizer,
    "row rate": lambda card: f"{card.learning_rate:.4g}, {card.recipe.schedule}",
    "row epochs": lambda card: str(card.recipe.epochs),
    "row batch": _batch_size,
    "row activation": lambda card: card.recipe.activation,
    "row warp": _augmentation,
    "row smoothing": lambda card: f"{card.recipe.label_smoothing:g}",
    "row pens": lambda card: f"{card.recipe.pen_digits:,}",
    "row others": lambda card: f"{card.recipe.non_digits:,}",
    "row validation": lambda card: percent(card.recipe.validation_share),
    "row seed": lambda card: ", ".join(map(str, card.seeds)),
}


def _layers(layers: Sequence[LayerRow]) -> None:
    """The layers of one network with their output shapes and parameters."""
    _table(
        [say("layer"), say("shape"), say("parameters")],
        [
            [
                literal(layer.detail or layer.type.lower()),
                " × ".join(map(str, layer.output_shape)),
                f"{layer.parameters:,}",
            ]
            for layer in layers
        ],
    )


def _table(head: list[str], rows: list[list[str]]) -> None:
    """A Markdown table with its first column to the left and all others to the right."""
    lines = [head, [":---", *["---:"] * (len(head) - 1)], *rows]
    st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))
