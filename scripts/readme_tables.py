"""Writes the tables of README.md from the networks' saved scores: python -m scripts.readme_tables

A table stands between two comments, <!-- NAME --> and <!-- /NAME -->; all else is left as it is.
"""

import re
from pathlib import Path

from benchmarks import runs
from model.classifier import TRAINED, load_metrics

README = Path(__file__).resolve().parent.parent / "README.md"


def results() -> str:
    """The table of the shipped networks."""
    rows = [
        "| network | accuracy on MNIST's test set | read wrong | given as drawings | parameters | training time |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name in ("classic", "compact"):
        metrics = load_metrics(TRAINED / name)
        test = metrics["test"]
        as_drawings = _percent(metrics["test_as_drawings"]["accuracy"], 2) if "test_as_drawings" in metrics else ""
        rows.append(
            f"| `{name}` | {_percent(test['accuracy'], 2)} | {test['errors']} of {test['images']:,} | {as_drawings} "
            f"| {metrics['parameters']['total']:,} "
            f"| {training_time(metrics)} |"
        )
    return "\n".join(rows)


def training_time(metrics: dict) -> str:
    """How long a network was trained, and on how many cores."""
    cores = "one CPU core" if metrics["cpu_cores"] == 1 else f"{metrics['cpu_cores']} CPU cores"
    return f"{metrics['training_seconds'] / 60:.0f} min on {cores}"


def pens() -> str:
    """The table of what `compact` makes of real pen drawings, one condition a row, with what else they tell."""
    metrics = load_metrics(TRAINED / "compact")
    scores = metrics["pens"]
    rows = ["| drawn with | read right | refused |", "|---|---:|---:|"]
    rows += [
        f"| {condition} | {_percent(accuracy)} | {_percent(scores['refused'][condition])} |"
        for condition, accuracy in scores["accuracy"].items()
    ]
    letters = {name: _percent(share) for name, share in scores["letters"].items()}
    numbers, off = metrics["numbers"]["all"], scores["calibration_error"].values()
    sentences = [
        f"{scores['samples']:,} digits by {scores['writers']} people.",
        f"Of letters, {letters['letters_refused']} are refused, and {letters['letters_refused_at_1_percent']} where",
        f"1 % of the digits are (area under the ROC curve {scores['letters']['area_under_roc']:.4f});",
        f"of MNIST's test digits, {letters['mnist_scans_refused']} and {letters['mnist_scans_refused_at_1_percent']}",
        f"as scans, and {letters['mnist_drawings_refused']} and {letters['mnist_drawings_refused_at_1_percent']}",
        "as drawings.",
        f"Of {numbers['numbers']:,} numbers composed of two to five of the digits,",
        f"{_percent(numbers['wholly_right'])} are read right.",
        f"The expected calibration error is at most {_percent(max(off))} in any row, and",
        f"{_percent(metrics['calibration']['test_error'])} on MNIST's test set.",
    ]
    return "\n".join([*rows, "", " ".join(sentences)])


def _percent(share: float, decimals: int = 1) -> str:
    return f"{100 * share:.{decimals}f} %"


def recipes() -> str:
    """The table of the recipes over several seeds, with what is in it; nothing before the first run."""
    table = runs.table(runs.read_rows())
    if not table:
        return ""
    sentence = (
        "All finished runs of each recipe count, none left out, with a seed each but for those made again after the "
        "program had changed; given are mean and standard deviation. People's "
        "drawings are those of the table above, the mean of its rows. Times are those of runs that nothing disturbed, "
        "beside what the article's 50 epochs take on the same cores, measured just before and after each."
    )
    return f"{sentence}\n\n{table}"


TABLES = {"results": results, "pens": pens, "recipes": recipes}


def with_tables(text: str) -> str:
    """A README's text with every table made anew.

    Raises:
        ValueError: the place of a table is missing.
    """
    for name, table in TABLES.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not place.search(text):
            raise ValueError(f"README.md has no place for a table. Expected: <!-- {name} --> and <!-- /{name} -->")
        text = place.sub(lambda match, table=table: f"{match[1]}{table()}\n{match[2]}", text)
    return text


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
