"""Trains a network on MNIST and saves it where the app finds it.

    python train.py                     the standard recipe, of compact: 99.80 %, 32 min on one CPU core
    python train.py --recipe fast       a smaller network for MNIST alone, in less than half a minute
    python train.py --recipe article    the article's network, classic: 99.41 %, 22 min on 2 CPU cores
    python train.py --members 5         a committee of five networks with different seeds: five times as long

Accuracies are on MNIST's test set, scored once at the end. --network NAME picks the recipe of a shipped network.

Ctrl-C stops a run; the same command with --resume goes on from its last finished epoch. What was saved before stays
until the new network is complete.
"""

import argparse
import os
import sys
from pathlib import Path

from model.classifier import TRAINED
from model.data import MNIST_PATH, DataError, TrainingData, read_extra, read_split, verify
from model.recipes import RECIPE_OF, RECIPES, Recipe


def parse_arguments(arguments: list[str] | None = None) -> tuple[Recipe, argparse.Namespace]:
    """The recipe that the command line asks for, and the flags that are not part of it."""
    parser = argparse.ArgumentParser(
        description="Trains a network on MNIST and saves it where the app finds it.",
        epilog="Flags that are not given have the recipe's own defaults, with which the shipped network was trained.",
    )
    parser.add_argument("--recipe", choices=list(RECIPES), help="default: standard")
    parser.add_argument("--network", choices=list(RECIPE_OF), help="the recipe with which this network is trained")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--optimizer", choices=["adadelta", "rmsprop", "adam"])
    parser.add_argument("--activation", choices=["relu", "selu"])
    parser.add_argument("--seed", type=int)
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="default: model/trained/NETWORK, .../fast or .../committee"
    )
    parser.add_argument("--members", type=int, help="train a committee of so many networks with different seeds")
    parser.add_argument("--ray", metavar="ADDRESS", help="train its members on this Ray cluster, HOST:PORT")
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    parser.add_argument(
        "--data",
        type=Path,
        default=MNIST_PATH,
        metavar="FILE",
        help="an npz file with x_train, y_train, x_test, y_test",
    )
    parser.add_argument(
        "--extra", type=Path, metavar="FILE", help="an npz file with x_train, y_train: drawings to train on as well"
    )
    flags = parser.parse_args(arguments)
    name = flags.recipe or RECIPE_OF.get(flags.network, "standard")
    if flags.network not in (None, RECIPES[name].network):
        parser.error(
            f"The recipe {name} is not the one of the network {flags.network}. Leave one of the two out. "
            f"Expected: --network {RECIPES[name].network}. Received: --network {flags.network}"
        )
    if flags.members is not None and flags.members < 2:
        parser.error(f"A committee has at least 2 members. Received: --members {flags.members}")
    if flags.ray and not flags.members:
        parser.error("--ray trains the members of a committee. Say how many with --members.")
    try:
        recipe = RECIPES[name].changed(
            epochs=flags.epochs,
            batch_size=flags.batch_size,
            optimizer=flags.optimizer,
            activation=flags.activation,
            seed=flags.seed,
        )
    except ValueError as error:
        parser.error(str(error))
    flags.out = (flags.out or TRAINED / ("committee" if flags.members else recipe.folder)).resolve()
    return recipe, flags


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line.

    Returns:
        The exit status: 0, 2 after an error, 130 after Ctrl-C.
    """
    recipe, flags = parse_arguments(arguments)
    # TensorFlow takes seconds to import and logs at length: only a run pays for it, --help does not.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    from model.checkpoint import ResumeError, Unfinished
    from model.cluster import ClusterError
    from model.committee import UnfinishedCommittee, train_members
    from model.saving import SaveError, check_replaceable, save_committee, save_network
    from model.training import train

    kept = flags.out.with_name(flags.out.name + ".unfinished")
    unfinished = UnfinishedCommittee(kept) if flags.members else Unfinished(kept)
    try:
        check_replaceable(flags.out)
        data = TrainingData(
            read_split("train", flags.data),
            read_split("test", flags.data),
            verify(flags.data),
            read_extra(flags.extra) if flags.extra else None,
        )
        print(f"Training images {data.training.images.shape}, of which the last ", end="")
        print(f"{recipe.validation_count(len(data.training.labels)):,} are held out for validation")
        if data.extra:
            print(f"Drawings to train on as well {data.extra.images.shape}")
        print(f"Test images {data.test.images.shape}, scored once at the end")
        verbose = 1 if sys.stdout.isatty() else 2
        if flags.members:
            members = train_members(recipe, flags.members, data, unfinished, flags.resume, verbose, flags.ray)
            metrics = save_committee(members, recipe, data, flags.out)
        else:
            model, history = train(recipe, data.training, unfinished, data.sha256, flags.resume, verbose, data.extra)
            metrics = save_network(model, recipe, history, data, flags.out)
    except (ClusterError, DataError, ResumeError, SaveError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nStopped. {unfinished.describe()}", file=sys.stderr)
        return 130
    unfinished.discard()
    print(f"Saved to {flags.out}")
    scores = metrics["test"]
    print(f"Test loss: {scores['loss']:.4f}")
    print(f"Test accuracy: {scores['accuracy']:.2%} ({scores['errors']} of {scores['images']:,} read wrong)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
