"""Writes what each ingredient of compact's recipe brought, with pictures: python -m scripts.ingredients"""

import sys
from collections.abc import Sequence
from statistics import mean

import numpy as np
from PIL import Image

from benchmarks.records import write_records
from benchmarks.runs import Row, ablated, chosen_with, read_rows, runs_of
from model.data.mnist import read_split
from model.evaluation.ingredients import INGREDIENTS, PICTURES, Ingredient
from model.images import SIZE, scale, to_bytes
from model.recipes import RECIPES

# Images on a picture, and those among MNIST's training images that are shown warped.
_COUNT, _DIGIT = 8, 0


def ingredients(rows: Sequence[Row]) -> list[Ingredient]:
    """The whole recipe, and what it is without each of its ingredients, where there are runs of that."""
    recipe = RECIPES["compact"]
    made = {
        name: [row for row in runs_of(rows, each) if row.members == 1]
        for name, each in {"": chosen_with(recipe), **ablated(recipe)}.items()
    }
    return [_ingredient(name, runs) for name, runs in made.items() if runs]


def _ingredient(name: str, runs: Sequence[Row]) -> Ingredient:
    errors = [1 - row.test_accuracy for row in runs]
    pens = [row.pen_accuracy for row in runs if row.pen_accuracy is not None]
    return Ingredient(
        name=name,
        runs=len(runs),
        test_errors=round(mean(errors), 6),
        fewest_errors=round(min(errors), 6),
        most_errors=round(max(errors), 6),
        pen_errors=round(1 - mean(pens), 6) if len(pens) == len(runs) else None,
    )


def _strip(images: np.ndarray) -> Image.Image:
    """Images side by side: uint8 (n, 28, 28)."""
    return Image.fromarray(images.transpose(1, 0, 2).reshape(SIZE, -1))


def draw() -> dict[str, Image.Image]:
    """A picture of each ingredient that makes images, by its file's name."""
    import tensorflow as tf

    from model.synthesis.non_digits import synthetic_non_digits
    from model.synthesis.pen_styles import synthetic_digits
    from model.training.augmentation import Warp

    training = read_split("train")
    image = training.images[_DIGIT : _DIGIT + 1]
    copies = np.repeat(scale(image), _COUNT - 1, axis=0)
    warped = to_bytes(Warp()(tf.constant(copies), tf.constant([1, 2])).numpy()[..., 0])
    digits, _ = synthetic_digits(_COUNT // 2, seed=3)
    others, _ = synthetic_non_digits(_COUNT // 2, 3, training)
    return {
        "warp.png": _strip(np.concatenate([image, warped])),
        "synthetic.png": _strip(np.concatenate([digits, others])),
    }


def main() -> int:
    """Runs the command."""
    write_records(INGREDIENTS, ingredients(read_rows()))
    PICTURES.mkdir(exist_ok=True)
    for name, picture in draw().items():
        picture.save(PICTURES / name, optimize=True)
    print(f"Wrote {INGREDIENTS} and {PICTURES}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
