"""What each ingredient of the recipe brought, as `scripts.ingredients` writes it from the finished runs."""

import csv
from dataclasses import dataclass
from pathlib import Path

from model.data.mnist import ASSETS

INGREDIENTS = ASSETS / "ingredients.csv"
# Pictures of those that make images.
PICTURES = ASSETS / "ingredients"


@dataclass(frozen=True)
class Ingredient:
    """The whole recipe beside the recipe without one ingredient.

    Attributes:
        name: what it is without.
        runs: how many runs it is known from.
        test_errors: the share of MNIST's test images read wrong, 0..1, the mean of the runs.
        fewest_errors, most_errors: the same, of the best and of the worst run.
        pen_errors: the share of people's drawings read wrong, 0..1; None where it was not measured.
    """

    name: str
    runs: int
    test_errors: float
    fewest_errors: float
    most_errors: float
    pen_errors: float | None


def read_ingredients(path: Path = INGREDIENTS) -> list[Ingredient]:
    """The whole recipe first, and then the recipe without each ingredient.

    Raises:
        OSError: there is no such file.
        TypeError, ValueError, LookupError: it holds something else.
    """
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Ingredient(
                name=row["name"],
                runs=int(row["runs"]),
                test_errors=float(row["test_errors"]),
                fewest_errors=float(row["fewest_errors"]),
                most_errors=float(row["most_errors"]),
                pen_errors=float(row["pen_errors"]) if row["pen_errors"] else None,
            )
            for row in csv.DictReader(file)
        ]
