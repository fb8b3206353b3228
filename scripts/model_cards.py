"""Writes the model cards of the shipped networks, in the form that Hugging Face reads: python -m scripts.model_cards"""

from pathlib import Path

from model.images import REFUSAL_LEVEL
from model.reading.card import Card
from model.reading.store import MODEL_CARD, TRAINED

SHIPPED = ("compact", "classic")
_ABOUT = {
    "compact": "a small convolutional network that reads people's handwriting and refuses what is no digit",
    "classic": "the network of the article that this project grew from; it reads anything as a digit",
}

_HOW_TO_GIVE = (
    ". Scans such as MNIST's are given as they are; from drawings, 0.5 is subtracted (`model.images.as_drawings`). "
    f"The LiteRT file has two outputs: the probabilities of the ten digits, and that of no digit, above "
    f"{REFUSAL_LEVEL} for what is refused."
)


def model_card(name: str, card: Card) -> str:
    """The text of a model card, from the facts about a network."""
    accuracy = card.test.accuracy
    lines = [
        "---",
        "license: mit",
        "library_name: keras",
        "pipeline_tag: image-classification",
        "datasets: [ylecun/mnist]",
        "metrics: [accuracy]",
        "model-index:",
        f"  - name: {name}",
        "    results:",
        "      - task: {type: image-classification}",
        "        dataset: {type: ylecun/mnist, name: MNIST, split: test}",
        f"        metrics: [{{type: accuracy, value: {accuracy:.4f}}}]",
        "---",
        "",
        f"# {name}",
        "",
        f"`{name}` is {_ABOUT[name]}. It has {card.parameters.total:,} parameters.",
        "",
        "## Use",
        "",
        "`model.keras` is for Keras 3, `model.tflite` for LiteRT. Both take float32 (n, 28, 28, 1) in 0..1, ink "
        "bright, prepared as MNIST's images are"
        + (_HOW_TO_GIVE if card.recipe.drawn_share else ".")
        + " `model.reading.classifier.Classifier` does all of this. It is made for a demonstration, and not to read "
        "cheques, ballots or post.",
        "",
        "## Data",
        "",
        f"MNIST's training images, of which {card.recipe.validation_share:.1%} were held out"
        + (
            f", with {card.recipe.pen_digits:,} synthetic digits in pen styles that MNIST lacks and "
            f"{card.recipe.non_digits:,} synthetic images that are no digits."
            if card.recipe.pen_digits
            else "."
        ),
        "",
        "## Figures",
        "",
        f"- MNIST's test set: {100 * accuracy:.2f} %, {card.test.errors:,} of {card.test.images:,} wrong, in one run.",
        f"- Expected calibration error there: {100 * card.calibration.test_error:.2f} %.",
    ]
    lines += [
        f"- {score.ruler}, {score.condition}: "
        + (
            f"{100 * score.refused:.1f} % refused"
            if score.right is None
            else f"{100 * score.right:.1f} % right, {100 * score.refused:.1f} % refused"
        )
        for score in card.handwriting
    ]
    lines += ["", "## Limits", ""]
    read = [score for score in card.handwriting if score.right is not None]
    if read:
        worst = min(read, key=lambda score: score.right or 0.0)
        lines.append(
            f"- It fails most on {worst.ruler} ({worst.condition}): {100 * (worst.right or 0.0):.1f} % right. What it "
            "misses are 1s with a long flag, 2s with a loop at the foot, and digits that cover one another."
        )
    lines.append(
        "- It refuses what is no digit, though some letters look like one: O, l, S, Z, b, q and g are read."
        if card.readout and card.readout.threshold is not None
        else "- It never refuses: a letter, a horse or a scribble is read as a digit, often with much confidence."
    )
    lines.append("- It knows the digits 0 to 9 as they are written in Latin script, and no other numerals.")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Writes the cards into the folders of the networks."""
    for name in SHIPPED:
        folder: Path = TRAINED / name
        (folder / MODEL_CARD).write_text(model_card(name, Card.load(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
