"""How well and how fast the recipes train: each is run with several seeds, and timed beside the article's.

    python -m benchmarks.training --networks small compact --seeds 5
    python -m benchmarks.training --ablations compact --seeds 1 --strokes pendigits-orig.tra

Each finished run is a row of benchmarks/training.csv, which is never changed or removed; a run that has one is
not repeated. Ctrl-C or a kill loses no finished epoch: the same command goes on. Choose on the validation accuracy:
the test set is scored once a run, at the end.
"""

import argparse
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

from benchmarks.pen_files import Sample, read_samples
from benchmarks.pens import are_digits, mean_accuracy
from benchmarks.runs import PATH, Row, ablated, append_row, ensemble_row, read_rows, scored_row, settings, table
from model.data.mnist import DataError, TrainingData, hold_out, read_split, verify
from model.images import scale
from model.reading.card import Card
from model.reading.classifier import Classifier
from model.reading.store import NetworkError
from model.recipes import RECIPES, Recipe

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"


def planned(recipes: list[str], ablations: list[str], seeds: int) -> Iterator[tuple[str, Recipe]]:
    """The runs: the name of the ablation, empty for a whole recipe, and the recipe with its seed."""
    for seed in range(1, seeds + 1):
        for name in recipes:
            yield "", RECIPES[name].changed(seed=seed)
        for name in ablations:
            for ablation, recipe in ablated(RECIPES[name]).items():
                yield ablation, recipe.changed(seed=seed)


def article_epoch(data: TrainingData) -> Callable[[], float]:
    """A function that trains an epoch of the article's recipe, validation included, and returns its seconds.

    Args:
        data: split as that recipe has it.
    """
    import keras

    from model.networks.architectures import NETWORKS
    from model.training.batches import training_batches
    from model.training.fit import build_optimizer

    recipe = RECIPES["classic"].changed(epochs=1)
    held_out = (scale(data.validation.images), keras.utils.to_categorical(data.validation.labels, 10))
    model = NETWORKS[recipe.network](recipe.activation)
    model.compile(build_optimizer(recipe, 1), "categorical_crossentropy", metrics=["accuracy"])

    whole = -(-len(data.training.labels) // recipe.batch_size)

    def epoch(steps: int = whole) -> float:
        started = time.perf_counter()
        model.fit(
            training_batches(data.training, recipe),
            shuffle=False,  # done by training_batches
            steps_per_epoch=steps,
            validation_data=held_out,
            validation_batch_size=500,
            verbose=0,
        )
        return time.perf_counter() - started

    epoch(steps=1)  # what is compiled is compiled now
    return epoch


def run(
    ablation: str,
    recipe: Recipe,
    data: TrainingData,
    *,
    epoch: Callable[[], float],
    state: Path,
    keep: Path | None,
    samples: Sequence[Sample],
) -> Row:
    """Trains and scores one recipe, between two epochs of the article's, or goes on with it.

    Args:
        ablation: its name, empty for a whole recipe.
        recipe: with its seed.
        data: to train and score on, split as the recipe has it.
        epoch: as `article_epoch` gives it.
        state: the folder for the state of the run.
        keep: where the network of a whole recipe is saved, as member-SEED; not at all by default.
        samples: what people drew, for it to read; perhaps none.
    """
    from model.export.saving import save_network
    from model.training.checkpoint import Unfinished
    from model.training.fit import train

    unfinished = Unfinished(state)
    before = epoch()
    model, history = train(recipe, data, unfinished, unfinished.started, verbose=2)
    after = epoch()
    with nullcontext(keep) if keep and not ablation else tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / f"member-{recipe.seed}"
        card = save_network(model.get_weights(), recipe, history, data, saved)
        pens = round(mean_accuracy(samples, Classifier(saved)), 6) if samples else None
    return scored_row(
        card,
        ablation=ablation,
        article_seconds=round((before + after) / 2 * RECIPES["classic"].epochs, 1),
        pen_accuracy=pens,
    )


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line.

    Returns:
        The exit status: 0, 2 after an error, 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(description="Measures how well and how fast the recipes train.")
    parser.add_argument("--networks", nargs="+", choices=list(RECIPES), default=[], help="to run whole")
    parser.add_argument(
        "--ablations", nargs="+", choices=list(RECIPES), default=[], help="to run without an ingredient"
    )
    parser.add_argument("--seeds", type=int, default=5, help="each run is made with the seeds 1 to N (%(default)s)")
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help="where the networks of one whole recipe are saved; in model/trained/ensemble.unfinished, "
        "train.py --members N --resume makes an ensemble of them",
    )
    parser.add_argument(
        "--strokes",
        type=Path,
        metavar="FILE",
        help="what people drew, to be read by each network as benchmarks.pens reads it",
    )
    parser.add_argument("--ensemble", type=Path, metavar="FOLDER", help="an ensemble of train.py, to be given a row")
    parser.add_argument("--csv", type=Path, default=PATH, metavar="FILE", help="the rows (%(default)s)")
    options = parser.parse_args(arguments)
    if options.keep and len(options.networks) != 1:
        parser.error(f"--keep is for one recipe. Received: {', '.join(options.networks) or 'none'}")
    done = {row.key for row in read_rows(options.csv)}
    missing = [
        (ablation, recipe)
        for ablation, recipe in planned(options.networks, options.ablations, options.seeds)
        if (recipe.network, 1, recipe.seed, settings(recipe)) not in done
    ]
    try:
        samples = read_samples(options.strokes) if options.strokes else []
        if not are_digits(samples):
            parser.error(f"--strokes wants drawings of digits. Received: {options.strokes} with others")
        if missing:
            make(missing, options.csv, options.keep, samples)
        if options.ensemble:
            row = ensemble_row(Card.load(options.ensemble), read_rows(options.csv))
            if row.key not in done:
                append_row(row, options.csv)
    except (DataError, NetworkError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from the last finished epoch.", file=sys.stderr)
        return 130
    print(table(read_rows(options.csv)) or "No run is finished.")
    return 0


def make(
    missing: Sequence[tuple[str, Recipe]], path: Path, keep: Path | None = None, samples: Sequence[Sample] = ()
) -> None:
    """Makes the runs that have no row yet, and adds one for each as it is finished."""
    everything, test, sha256 = read_split("train"), read_split("test"), verify()

    def data_of(recipe: Recipe) -> TrainingData:
        return TrainingData(*hold_out(everything, recipe.validation_count(len(everything.labels))), test, sha256)

    epoch = article_epoch(data_of(RECIPES["classic"]))
    for number, (ablation, recipe) in enumerate(missing, 1):
        name = f"{recipe.network} {ablation or 'whole'} {recipe.seed}"
        print(f"\nRun {number} of {len(missing)}: {name}", flush=True)
        # A recipe that was changed meanwhile does not go on where the old one stopped.
        changed = hashlib.sha256(settings(recipe).encode()).hexdigest()[:8]
        state = path.with_suffix(".unfinished") / f"{name.replace(' ', '-')}-{changed}"
        row = run(ablation, recipe, data_of(recipe), epoch=epoch, state=state, keep=keep, samples=samples)
        append_row(row, path)
        shutil.rmtree(state)


if __name__ == "__main__":
    sys.exit(main())
