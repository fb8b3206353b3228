"""The finished runs of `benchmarks.training`, a row each in benchmarks/training.csv, and the table made of them."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from model.reading.card import Card
from model.recipes import RECIPES, Recipe

PATH = Path(__file__).resolve().parent / "training.csv"

# What differs in the recipe with which the choices were made: more images were held out, so that they could decide, and
# there were fewer epochs and synthetic images. The ablations are of it.
CHOICES: dict[str, dict[str, str | float]] = {
    "compact": {
        "epochs": 32,
        "validation_share": 1 / 12,
        "pen_digits": 50_000,
        "non_digits": 20_000,
        "synthetic_batch": 56,
    }
}
# Recipes that were in use, by name: what differs in them from the one that is.
_EARLIER: dict[str, dict[str, dict[str, str | float]]] = {
    "compact": {
        "with fewer shapes": {"pen_digits": 60_000, "non_digits": 24_000},
        "with fewer shapes and 32 epochs": {"epochs": 32, "pen_digits": 60_000, "non_digits": 24_000},
    }
}
# What a recipe is trained without, by name: its ingredients as they would be without it.
ABLATIONS: dict[str, dict[str, str | float]] = {
    "no warp": {"augment": "none", "unwarped_share": 0.0},
    "warp to the end": {"unwarped_share": 0.0},
    "constant learning rate": {"schedule": "constant"},
    "no synthetic images": {"pen_digits": 0, "non_digits": 0, "synthetic_batch": 0, "drawn_share": 0.0},
    "not told what is drawn": {"drawn_share": 0.0},
    "no label smoothing": {"label_smoothing": 0.0},
    "float32": {"bfloat16": False},
}


@dataclass(frozen=True)
class Row:
    """A finished run.

    Attributes:
        network: its name.
        ablation: what it was trained without, for the reader; empty for the whole recipe as it was then.
        seed: of the run.
        training_seconds: what the run took; of an ensemble, those of its members added up.
        article_seconds: what the article's 50 epochs would have taken beside it; None where the two can't be compared,
            since it was timed wrong (with the wait for a thread of TensorFlow's in it) or other work slowed the run.
        validation_accuracy: on the images held out, 0..1.
        test_accuracy: on MNIST's test set, 0..1, scored once at the end.
        test_errors: how many test images were read wrong.
        pen_accuracy: on what people drew, 0..1, the mean over the conditions of `benchmarks.pens`; None where that was
            not measured.
        members: how many networks answer together; one but for an ensemble, whose seed is that of the first.
        parameters: of the network, or of all members together.
        cores: how many CPU cores the run could use.
        settings: all other settings of the run, so that it is not confused with one of a recipe that was changed later.
    """

    network: str
    ablation: str
    seed: int
    training_seconds: float
    article_seconds: float | None
    validation_accuracy: float
    test_accuracy: float
    test_errors: int
    pen_accuracy: float | None
    members: int
    parameters: int
    cores: int
    settings: str

    @property
    def key(self) -> tuple[str, int, int, str]:
        """What a run is known by, so that it is not made twice. A recipe that was added to since is an ablation of what
        it is now; a run that was made again, after the program had changed, has a row of its own with the same key.
        """
        return self.network, self.members, self.seed, self.settings


def ablated(recipe: Recipe) -> dict[str, Recipe]:
    """The recipe of the choices without one of its ingredients each, by the name of the ablation."""
    chosen = chosen_with(recipe)
    others = {name: chosen.changed(**changes) for name, changes in ABLATIONS.items()}
    return {name: other for name, other in others.items() if other != chosen}


def chosen_with(recipe: Recipe) -> Recipe:
    """The recipe as it was when its ingredients were chosen; itself where that was no other."""
    return recipe.changed(**CHOICES.get(recipe.network, {}))


def settings(recipe: Recipe) -> str:
    """All of a recipe but its seed, so that a default that changes later leaves old rows as they are.

    Whoever adds a setting to `Recipe` also adds it to the rows of training.csv, with the value that their runs had.
    """
    return " ".join(
        f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in asdict(recipe).items()
        if name != "seed"
    )


def read_rows(path: Path = PATH) -> list[Row]:
    """Reads all rows; none if there is no file yet."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [Row(**{name: _VALUES[name](text) for name, text in row.items()}) for row in csv.DictReader(file)]


def _number_or_none(text: str) -> float | None:
    return float(text) if text else None


_KINDS: dict[object, Callable[[str], Any]] = {str: str, int: int, float: float, float | None: _number_or_none}
# How a column's text is read, by its name.
_VALUES = {field.name: _KINDS[field.type] for field in fields(Row)}


def scored_row(
    card: Card,
    *,
    ablation: str,
    article_seconds: float | None,
    pen_accuracy: float | None,
) -> Row:
    """The row of a network that was saved.

    Args:
        card: of the network.
        ablation, article_seconds, pen_accuracy: as `Row` has them.
    """
    return Row(
        network=card.recipe.network,
        ablation=ablation,
        seed=card.recipe.seed,
        training_seconds=card.training_seconds,
        article_seconds=article_seconds,
        validation_accuracy=card.validation.accuracy,
        test_accuracy=card.test.accuracy,
        test_errors=card.test.errors,
        pen_accuracy=pen_accuracy,
        members=len(card.seeds),
        parameters=card.parameters.total,
        cores=card.cpu_cores,
        settings=settings(card.recipe),
    )


def ensemble_row(card: Card, rows: Sequence[Row]) -> Row:
    """The row of an ensemble.

    Args:
        card: of what `train.py --members` saved.
        rows: among them those of its members, beside which the article was timed.

    Raises:
        ValueError: it is no ensemble, or a row of its members is missing.
    """
    recipe = card.recipe
    if not card.members:
        raise ValueError(f"It is no ensemble. Expected: several members. Received: one {recipe.network}")
    keys = {(recipe.network, 1, seed, settings(recipe)) for seed in card.seeds}
    members = [row for row in rows if row.key in keys]
    if missing := keys - {row.key for row in members}:
        names = ", ".join(str(seed) for _, _, seed, _ in sorted(missing))
        raise ValueError(f"Run its members first: --networks {recipe.network}. Received: no rows of the seeds {names}")
    return scored_row(
        card,
        ablation="",
        article_seconds=_article_seconds(members),
        pen_accuracy=round(mean(card.pens.accuracy.values()), 6) if card.pens and card.pens.accuracy else None,
    )


def _article_seconds(rows: Sequence[Row]) -> float | None:
    timed = [row.article_seconds for row in rows if row.article_seconds is not None]
    return round(mean(timed), 1) if timed else None


def append_row(row: Row, path: Path = PATH) -> None:
    """Adds a row; the file is replaced in one step, so that a kill leaves it with or without the row."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(Row))
    writer.writerows(astuple(each) for each in [*read_rows(path), row])
    new = path.with_suffix(".csv.new")
    new.write_text(text.getvalue(), encoding="utf-8")
    new.replace(path)


def runs_of(rows: Sequence[Row], recipe: Recipe) -> list[Row]:
    """The rows of one recipe as it is now, of all seeds; an ensemble has a row of its own among them."""
    return [row for row in rows if (row.network, row.settings) == (recipe.network, settings(recipe))]


def table(rows: Sequence[Row]) -> str:
    """The table of all recipes and ablations as they are now, over all their runs; empty without rows."""
    lines = []
    for name, recipe in RECIPES.items():
        others = {which: recipe.changed(**changes) for which, changes in _EARLIER.get(name, {}).items()}
        if name in CHOICES:
            others["as the choices were made"] = chosen_with(recipe)
        for ablation, each in {"": recipe, **others, **ablated(recipe)}.items():
            made = runs_of(rows, each)
            for members in sorted({row.members for row in made}):
                title = f"`{name}`" + (f", {ablation}" if ablation else "")
                title += f", an ensemble of {members}" if members > 1 else ""
                lines.append(_line(title, [row for row in made if row.members == members]))
    if not lines:
        return ""
    head = [
        "| network | test accuracy | networks trained | people's drawings | training time | share of the article's |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    return "\n".join([*head, *lines])


def _line(name: str, rows: Sequence[Row]) -> str:
    test = mean_and_spread([row.test_accuracy for row in rows], decimals=3)
    drawings = [row.pen_accuracy for row in rows if row.pen_accuracy is not None]
    pens = mean_and_spread(drawings, decimals=2) if len(drawings) == len(rows) else ""
    compared = [row for row in rows if row.article_seconds is not None]
    shares = [row.training_seconds / row.article_seconds for row in rows if row.article_seconds is not None]
    networks = sum(row.members for row in rows)
    share = f"{100 * mean(shares):.1f} %" if shares else ""
    return f"| {name} | {test} | {networks} | {pens} | {_times(compared)} | {share} |"


def mean_and_spread(shares: Sequence[float], decimals: int) -> str:
    """Mean and standard deviation in percent; the mean alone of a single one."""
    spread = f" ± {100 * stdev(shares):.{decimals}f}" if len(shares) > 1 else ""
    return f"{100 * mean(shares):.{decimals}f}{spread} %"


def _times(rows: Sequence[Row]) -> str:
    """The mean time of a run, apart for each number of cores."""
    times = []
    for cores in sorted({row.cores for row in rows}, reverse=True):
        minutes = mean(row.training_seconds for row in rows if row.cores == cores) / 60
        times.append(f"{minutes:.1f} min on {cores} core{'s' if cores > 1 else ''}")
    return ", ".join(times)
