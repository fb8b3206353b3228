"""Trains a network on MNIST and saves it where the app finds it.

    python train.py                     the network compact: 99.71 %, 15 min on 2 CPU cores
    python train.py --network small     a smaller network for MNIST alone, 30 s on 2 CPU cores
    python train.py --network classic   the article's network: 99.41 %, 18 min on 2 CPU cores
    python train.py --members 5         an ensemble of five networks with different seeds: five times as long
    python train.py --teach drawings.npz --from compact --out FOLDER
                                        teaches a trained network drawings that it misreads: half a minute

Accuracies are on MNIST's test set, scored once at the end. Times are those of the whole command by the clock.
Recipe and folder of a network have its name.

Ctrl-C stops a run; the same command with --resume goes on from its last finished epoch. What was saved before stays
until the new network is complete.
"""

import argparse
import os
import sys
from pathlib import Path

from model.data.mnist import MNIST_PATH, DataError, TrainingData, hold_out, read_extra, read_split, verify
from model.export.folders import SaveError, check_replaceable, check_writable, claimed_folder
from model.reading.card import Card
from model.reading.store import TRAINED, NetworkError, folder_of
from model.recipes import RECIPES, Recipe


def parse_arguments(arguments: list[str] | None = None) -> tuple[Recipe, argparse.Namespace]:
    """The recipe that the command line asks for, and the flags that are not part of it."""
    parser = argparse.ArgumentParser(
        description="Trains a network on MNIST and saves it where the app finds it.",
        epilog="Flags that are not given have the recipe's own defaults, with which the shipped networks were trained.",
    )
    parser.add_argument("--network", choices=list(RECIPES), help="which one, by its own recipe (default: compact)")
    parser.add_argument("--epochs", type=int, help="passes through the training images")
    parser.add_argument("--batch-size", type=int, help="MNIST images a step")
    parser.add_argument("--optimizer", choices=["adadelta", "rmsprop", "adam"], help="instead of the recipe's")
    parser.add_argument("--activation", choices=["relu", "selu"], help="of the hidden layers")
    parser.add_argument("--seed", type=int, help="of weights, order and augmentation; of an ensemble's first member")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where to save; by default model/trained/NETWORK")
    parser.add_argument("--members", type=int, help="train an ensemble of so many networks with different seeds")
    parser.add_argument(
        "--ray", metavar="ADDRESS", help="train the members of an ensemble on this Ray cluster, HOST:PORT"
    )
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    parser.add_argument(
        "--data",
        type=Path,
        default=MNIST_PATH,
        metavar="FILE",
        help="an npz file with x_train, y_train, x_test, y_test (default: assets/mnist.npz)",
    )
    parser.add_argument(
        "--extra", type=Path, metavar="FILE", help="an npz file with x_train, y_train: drawings to train on as well"
    )
    parser.add_argument(
        "--teach", type=Path, metavar="FILE", help="an npz file as for --extra: teach a trained network these drawings"
    )
    parser.add_argument(
        "--from",
        dest="taught",
        metavar="NAME",
        help="the network to teach, by name or path (default: compact)",
    )
    flags = parser.parse_args(arguments)
    if flags.members is not None and flags.members < 2:
        parser.error(f"An ensemble has at least 2 members. Received: --members {flags.members}")
    if flags.ray and not flags.members:
        parser.error("--ray trains the members of an ensemble. Say how many with --members.")
    if flags.teach and not flags.out:
        parser.error("--teach saves another network than the one it begins with. Name its folder with --out.")
    unfit = ["members", "extra", "network", "epochs", "batch_size", "optimizer", "activation", "seed"]
    given = [f"--{name.replace('_', '-')}" for name in unfit if getattr(flags, name) is not None]
    given += ["--resume"] if flags.resume else []
    if flags.teach and given:
        parser.error(f"--teach trains a network further, by its own recipe. Leave out {', '.join(given)}.")
    if flags.taught and not flags.teach:
        parser.error("--from is the network that --teach begins with. Name the drawings with --teach.")
    try:
        recipe = RECIPES[flags.network or "compact"].changed(
            epochs=flags.epochs,
            batch_size=flags.batch_size,
            optimizer=flags.optimizer,
            activation=flags.activation,
            seed=flags.seed,
        )
    except ValueError as error:
        parser.error(str(error))
    flags.out = (flags.out or TRAINED / ("ensemble" if flags.members else recipe.network)).resolve()
    return recipe, flags


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line.

    Returns:
        The exit status: 0, 2 after an error, 130 after Ctrl-C, 141 once nobody reads the output any more.
    """
    recipe, flags = parse_arguments(arguments)
    try:
        check_replaceable(flags.out)
        if flags.teach:
            with claimed_folder(flags.out):
                return teach_drawings(flags)
        kept = flags.out.with_name(flags.out.name + ".unfinished")
        check_writable(kept)
        with claimed_folder(flags.out):
            data = read_data(recipe, flags)
            return run(recipe, flags, data, kept)
    except BrokenPipeError:
        return stop_unread()
    except (DataError, NetworkError, SaveError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nStopped{'; nothing was saved' if flags.teach else ' before the training began'}.", file=sys.stderr)
        return 130


def read_data(recipe: Recipe, flags: argparse.Namespace) -> TrainingData:
    """Reads and splits the data that the command line names.

    Raises:
        DataError: a file is missing or damaged, or too few images are left for training or validation.
    """
    everything = read_split("train", flags.data)
    return TrainingData(
        *hold_out(everything, recipe.validation_count(len(everything.labels))),
        read_split("test", flags.data),
        verify(flags.data),
        read_extra(flags.extra) if flags.extra else None,
    )


def teach_drawings(flags: argparse.Namespace) -> int:
    """Teaches a trained network drawings, and saves it as another one. Returns the exit status.

    Raises:
        DataError: the drawings or the data are missing or damaged.
        NetworkError: the network is, or it is an ensemble.
        SaveError: the folder can't be replaced.
    """
    drawings = read_extra(flags.teach)
    folder = folder_of(flags.taught or "compact")
    card = Card.load(folder)
    if folder.resolve() == flags.out:
        raise SaveError(f"The taught network would replace the one that it begins with. Received: --out {flags.out}")
    data = read_data(card.recipe, flags)
    prepare_for_tensorflow()
    from model.export.saving import save_network
    from model.training.teaching import Teaching, teach

    print(f"Making ready to teach {folder.name} {len(drawings.labels)} drawings ...", flush=True)
    teaching = Teaching(folder, data)
    print("Teaching ...", flush=True)
    weights, history, taught = teach(teaching, drawings)
    save_network(weights, card.recipe, history, data, flags.out, lesson=card.lesson, taught=taught)
    print(f"Saved to {flags.out}")
    before, after = taught.before, taught.after
    print(f"Drawings read right: {before.drawings_right} of {taught.drawings} before, {after.drawings_right} after")
    print(f"Test accuracy: {before.test_accuracy:.2%} before, {after.test_accuracy:.2%} after")
    print(f"Digits refused: {before.digits_refused:.2%} before, {after.digits_refused:.2%} after")
    if before.non_digits_refused is not None and after.non_digits_refused is not None:
        print(f"Other drawings refused: {before.non_digits_refused:.2%} before, {after.non_digits_refused:.2%} after")
    return 0


def prepare_for_tensorflow() -> None:
    """TensorFlow takes seconds to import and logs at length: neither --help nor a run that can't begin waits for it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"


def run(recipe: Recipe, flags: argparse.Namespace, data: TrainingData, kept: Path) -> int:
    """Trains, scores and saves; `kept` is the folder for the state of the run. Returns the exit status."""
    prepare_for_tensorflow()
    from model.export.saving import save_ensemble, save_network
    from model.training.checkpoint import ResumeError, Unfinished
    from model.training.cluster import ClusterError
    from model.training.ensemble import UnfinishedEnsemble, train_members
    from model.training.fit import train

    ensemble, single = UnfinishedEnsemble(kept), Unfinished(kept)
    unfinished: UnfinishedEnsemble | Unfinished = ensemble if flags.members else single
    try:
        print_sizes(data)
        verbose = 1 if sys.stdout.isatty() else 2
        if flags.members:
            members = train_members(
                recipe, flags.members, data, ensemble, resume=flags.resume, verbose=verbose, address=flags.ray
            )
            card = save_ensemble(members, recipe, data, flags.out, verbose)
        else:
            model, history = train(recipe, data, single, flags.resume, verbose)
            card = save_network(model.get_weights(), recipe, history, data, flags.out, verbose)
        unfinished.discard()
    except (ClusterError, ResumeError) as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return stop_unread(unfinished.describe())
    except (OSError, SaveError) as error:
        print(f"{error}\n{unfinished.describe()}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nStopped. {unfinished.describe()}", file=sys.stderr)
        return 130
    print(f"Saved to {flags.out}")
    print(f"Test loss: {card.test.loss:.4f}")
    print(f"Test accuracy: {card.test.accuracy:.2%} ({card.test.errors} of {card.test.images:,} read wrong)")
    return 0


def stop_unread(kept: str = "") -> int:
    """Ends a run whose output nobody reads any more, as after `| head`; `kept` says what there is to go on with.

    Returns:
        The exit status.
    """
    # What is still to be printed goes nowhere, and not into an error at the end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    print(f"Stopped, since nobody reads the output. {kept}".rstrip(), file=sys.stderr)
    return 141


def print_sizes(data: TrainingData) -> None:
    """Prints how many images there are of each kind."""
    (training, *size), validation = data.training.images.shape, len(data.validation.labels)
    print(f"Training images {(training + validation, *size)}, of which the last ", end="")
    print(f"{validation:,} are held out for validation")
    if data.extra:
        print(f"Drawings to train on as well {data.extra.images.shape}")
    print(f"Test images {data.test.images.shape}, scored once at the end")


if __name__ == "__main__":
    sys.exit(main())
