"""The finished runs of `benchmarks.training`, a row each in benchmarks/training.csv, and the table made of them."""

import csv
import io
from collections.abc import Sequence
from dataclasses import MISSING, asdict, astuple, dataclass, fields
from pathlib import Path
from statistics import mean, stdev

from model.recipes import RECIPES, Recipe

PATH = Path(__file__).resolve().parent / "training.csv"

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
        recipe: its name.
        ablation: what it was trained without, for the reader; empty for the whole recipe as it was then.
        seed: of the run.
        training_seconds: what the run took.
        article_seconds: what the article's 50 epochs would have taken beside it.
        validation_accuracy: on the images held out, 0..1.
        test_accuracy: on MNIST's test set, 0..1, scored once at the end.
        test_errors: how many test images were read wrong.
        parameters: of the network.
        cores: how many CPU cores the run could use.
        settings: all else that makes the run, so that one of a recipe that was changed since is told apart.
    """

    recipe: str
    ablation: str
    seed: int
    training_seconds: float
    article_seconds: float
    validation_accuracy: float
    test_accuracy: float
    test_errors: int
    parameters: int
    cores: int
    settings: str

    @property
    def key(self) -> tuple[str, int, str]:
        """What no two rows have in common. A recipe that was added to since is an ablation of what it is now."""
        return self.recipe, self.seed, self.settings


def ablated(recipe: Recipe) -> dict[str, Recipe]:
    """The recipe with one ingredient taken away each, by the name of the ablation; without those it never had."""
    others = {name: recipe.changed(**changes) for name, changes in ABLATIONS.items()}
    return {name: other for name, other in others.items() if other != recipe}


def settings(recipe: Recipe) -> str:
    """All of a recipe but its name and seed, save for what is as it is by default.

    An ingredient that is added to the program later, and that a recipe does without, leaves its settings as they were.
    """
    usual = {field.name: field.default for field in fields(recipe) if field.default is not MISSING}
    return " ".join(
        f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in asdict(recipe).items()
        if name not in ("name", "seed") and usual.get(name, MISSING) != value
    )


def read_rows(path: Path = PATH) -> list[Row]:
    """Reads all rows; none if there is no file yet."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Row(**{field.name: field.type(row[field.name]) for field in fields(Row)}) for row in csv.DictReader(file)
        ]


def append_row(row: Row, path: Path = PATH) -> None:
    """Adds a row; the file is replaced in one step, so that a kill leaves it with or without the row."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(Row))
    writer.writerows(astuple(each) for each in [*read_rows(path), row])
    new = path.with_suffix(".csv.new")
    new.write_text(text.getvalue(), encoding="utf-8")
    new.replace(path)


def table(rows: Sequence[Row]) -> str:
    """The table of all recipes and ablations as they are now, over all their seeds; empty without rows."""
    lines = []
    for name, recipe in RECIPES.items():
        for ablation, each in {"": recipe, **ablated(recipe)}.items():
            own = [row for row in rows if row.key == (name, row.seed, settings(each))]
            if own:
                lines.append(_line(f"`{name}`" + (f", {ablation}" if ablation else ""), own))
    if not lines:
        return ""
    head = [
        "| recipe | mean test accuracy | seeds | training time | share of the article's |",
        "|---|---:|---:|---:|---:|",
    ]
    return "\n".join([*head, *lines])


def _line(name: str, rows: Sequence[Row]) -> str:
    accuracies = [100 * row.test_accuracy for row in rows]
    spread = f" ± {stdev(accuracies):.3f}" if len(rows) > 1 else ""
    share = mean(row.training_seconds / row.article_seconds for row in rows)
    return f"| {name} | {mean(accuracies):.3f}{spread} % | {len(rows)} | {_times(rows)} | {100 * share:.1f} % |"


def _times(rows: Sequence[Row]) -> str:
    """The mean time of a run, apart for each number of cores."""
    times = []
    for cores in sorted({row.cores for row in rows}, reverse=True):
        minutes = mean(row.training_seconds for row in rows if row.cores == cores) / 60
        times.append(f"{minutes:.1f} min on {cores} core{'s' if cores > 1 else ''}")
    return ", ".join(times)
