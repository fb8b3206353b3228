"""Training the members of an ensemble, one after another on this machine or side by side on a cluster."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from model.data.mnist import TrainingData
from model.export.saving import save_network
from model.reading.card import Card
from model.reading.history import Epoch
from model.reading.store import NetworkError
from model.recipes import Recipe
from model.training.checkpoint import ResumeError, RunIdentity, Unfinished, check_same_run
from model.training.cluster import train_on_cluster
from model.training.fit import train


class UnfinishedEnsemble:
    """The folder in which an ensemble under training is kept: its finished members, saved whole, and the next's state.

    Args:
        folder: made by the first epoch.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def member(self, recipe: Recipe) -> Path:
        """The folder of a finished member."""
        return self.folder / f"member-{recipe.seed}"

    def state(self, recipe: Recipe) -> Unfinished:
        """The state of a member under training."""
        return Unfinished(self.folder / f"member-{recipe.seed}.unfinished")

    def holds(self, recipe: Recipe, data: TrainingData) -> bool:
        """Whether a member is finished.

        Raises:
            ResumeError: the member of this seed has other settings, or is damaged.
        """
        if not self.member(recipe).is_dir():
            return False
        try:
            card = Card.load(self.member(recipe))
        except NetworkError as error:
            raise ResumeError(f"A finished member is damaged ({error}). Start again without --resume.") from error
        kept = RunIdentity(card.recipe, card.data_sha256, card.extra_sha256)
        requested = RunIdentity.of(recipe, data)
        what = f"The member in {self.member(recipe)} is of another ensemble"
        check_same_run(what, kept.settings, requested.settings)
        return True

    def describe(self) -> str:
        """How far the run came and how to go on with it, in a sentence or two."""
        finished = [path for path in self.folder.glob("member-*") if "." not in path.name]
        noun = "member is" if len(finished) == 1 else "members are"
        sentences = [Unfinished(path).describe() for path in self.folder.glob("member-*.unfinished")]
        if finished:
            sentences.append(f"{len(finished)} finished {noun} kept in {self.folder}; --resume goes on from there.")
        return " ".join(sentences) or "No epoch was finished; there is nothing to resume."

    def discard(self) -> None:
        """Deletes the finished members and all else, if there is any."""
        shutil.rmtree(self.folder, ignore_errors=True)


def train_members(
    recipe: Recipe,
    count: int,
    data: TrainingData,
    unfinished: UnfinishedEnsemble,
    *,
    resume: bool = False,
    verbose: int = 1,
    address: str | None = None,
) -> list[Path]:
    """Trains the members of an ensemble with the seeds from the recipe's on.

    Args:
        recipe: of the first member.
        count: of the members.
        data: to train and score them on.
        unfinished: where each is saved when it is finished; the caller discards it once the ensemble is safe.
        resume: whether to go on with the run that is kept there.
        verbose: as for `model.training.fit.train`.
        address: of a Ray cluster to train them on; by default they are trained here.

    Returns:
        The folders of the members.

    Raises:
        ResumeError: `resume` is asked for and there is nothing to resume.
        ClusterError: the cluster can't be used; members that are finished are kept.
        KeyboardInterrupt: the run was stopped; finished members are kept, and here the last finished epoch of the next,
            but no epochs of a cluster's.
    """
    recipes = [recipe.changed(seed=recipe.seed + number) for number in range(count)]
    if not resume:
        unfinished.discard()
    elif not unfinished.folder.is_dir():
        raise ResumeError(f"No unfinished run in {unfinished.folder}. Start one without --resume.")
    missing = [member for member in recipes if not unfinished.holds(member, data)]
    if address is None:
        trained = _train_here(missing, data, unfinished, verbose)
    else:
        trained = train_on_cluster(address, missing, data)
    for member, weights, history in trained:
        save_network(weights, member, history, data, unfinished.member(member), verbose)
        unfinished.state(member).discard()
        print(f"The member with seed {member.seed} is finished", flush=True)
    return [unfinished.member(member) for member in recipes]


def _train_here(
    recipes: Sequence[Recipe], data: TrainingData, unfinished: UnfinishedEnsemble, verbose: int
) -> Iterator[tuple[Recipe, list[np.ndarray], list[Epoch]]]:
    for recipe in recipes:
        state = unfinished.state(recipe)
        model, history = train(recipe, data, state, state.started, verbose)
        yield recipe, model.get_weights(), history
