"""The recipes: how each network is trained, and what the command line may change of it."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Schedule = Literal["constant", "one-cycle"]

# A learning rate suits one optimizer under one schedule; under "one-cycle" it is the peak. Adadelta's own paper (Zeiler
# 2012) has none, which means 1.0; Keras 3's default of 0.001 hardly learns.
LEARNING_RATES: dict[tuple[Schedule, str], float] = {
    ("constant", "adadelta"): 1.0,
    ("constant", "rmsprop"): 0.001,
    ("constant", "adam"): 0.001,
    ("one-cycle", "adadelta"): 2.0,
    ("one-cycle", "rmsprop"): 0.002,
    ("one-cycle", "adam"): 0.005,
}


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a training run, except for the data.

    Attributes:
        network: which architecture of `model.networks.architectures`; recipe and folder are called after it.
        epochs: passes through the training images.
        batch_size: MNIST's images a step.
        optimizer: "adadelta", "rmsprop" or "adam".
        activation: of the hidden layers, "relu" or "selu".
        schedule: "constant", or "one-cycle": up to the peak in the first fifth of the run, then a cosine to zero.
        validation_share: which share of the training images, at their end, is held out for validation.
        augment: "warp" if MNIST's images are warped (`model.training.augmentation`), or "none". Synthetic ones always
            are.
        unwarped_share: in which share of the epochs, at their end, MNIST's images are not warped any more.
        pen_digits: how many synthetic digits in pen styles that MNIST lacks there are (`model.synthesis.pen_styles`).
        non_digits: how many images that are no digits there are (`model.synthesis.non_digits`).
        synthetic_batch: how many of those two kinds, drawn at random, are added to each batch.
        drawn_share: which share of MNIST's images is given as drawings (`model.images.as_drawings`) and not as scans,
            chosen at random each time; synthetic images always are. With 0, the network treats drawings and scans
            alike.
        label_smoothing: which share of a digit's target is spread over the ten digits, 0..1 (Szegedy et al. 2016);
            non-digits keep theirs.
        bfloat16: whether the convolutions may be computed in bfloat16 where the processor has it.
        seed: of the initial weights, the order of the images, the warps and the dropout.
    """

    network: str
    epochs: int
    batch_size: int
    optimizer: str
    schedule: Schedule
    validation_share: float
    augment: Literal["none", "warp"]
    unwarped_share: float = 0.0
    pen_digits: int = 0
    non_digits: int = 0
    synthetic_batch: int = 0
    drawn_share: float = 0.0
    label_smoothing: float = 0.0
    bfloat16: bool = False
    activation: str = "relu"
    seed: int = 1

    @property
    def learning_rate(self) -> float:
        """The constant learning rate, or the peak of the schedule."""
        return LEARNING_RATES[self.schedule, self.optimizer]

    def validation_count(self, images: int) -> int:
        """How many of so many training images are held out for validation; never none and never all.

        >>> RECIPES["compact"].validation_count(60_000)
        1000
        """
        return min(max(1, round(images * self.validation_share)), images - 1)

    def changed(self, **changes: Any) -> "Recipe":
        """This recipe with those changes, by the names of its attributes, that are not None.

        Raises:
            ValueError: a count is not positive, or the seed not in 0..2^32 - 1.
        """
        changed = replace(self, **{name: value for name, value in changes.items() if value is not None})
        if changed.epochs < 1 or changed.batch_size < 1:
            raise ValueError(
                f"Epochs and batch size must be at least 1. Received: {changed.epochs} epochs, batch size "
                f"{changed.batch_size}"
            )
        if not 0 <= changed.seed < 2**32:  # NumPy's own limits
            raise ValueError(f"The seed must be in 0..{2**32 - 1}. Received: {changed.seed}")
        return changed


_RECIPES = (
    Recipe(
        network="compact",
        epochs=48,
        batch_size=128,
        optimizer="adam",
        schedule="one-cycle",
        validation_share=1 / 60,
        augment="warp",
        unwarped_share=1 / 4,
        pen_digits=64_000,
        non_digits=26_000,
        synthetic_batch=64,
        drawn_share=0.5,
        label_smoothing=0.1,
        bfloat16=True,
    ),
    Recipe(
        network="small",
        epochs=2,
        batch_size=128,
        optimizer="adam",
        schedule="one-cycle",
        validation_share=1 / 12,
        augment="none",
        bfloat16=True,
    ),
    Recipe(
        network="classic",
        epochs=50,
        batch_size=64,
        optimizer="adadelta",
        schedule="constant",
        validation_share=0.2,
        augment="none",
    ),
)
# By the name of the network.
RECIPES: dict[str, Recipe] = {recipe.network: recipe for recipe in _RECIPES}
# The flags of train.py for each of its default folders in `model/trained`.
FLAGS_OF_FOLDER: dict[str, str] = {**{name: f"--network {name}" for name in RECIPES}, "ensemble": "--members 5"}
# How many of MNIST's training images a watched training has at most; the 1,000 others are held out for validation.
MOST_IMAGES = 59_000
_LEAST_IMAGES = 100
# In a watched training, each of these networks sees as many images as two epochs have.
_WATCHED_EPOCHS = 2


@dataclass(frozen=True)
class Lesson:
    """What a visitor chooses of a training that is watched. The defaults are those of the fast one.

    Attributes:
        network: "small", "compact" or "classic".
        images: how many of MNIST's training images there are, from the first, 100..59,000. Of fewer images, each is
            used more often: all trainings of a network have the same number of steps.
        optimizer: "adadelta", "rmsprop" or "adam"; None for the recipe's own.
        activation: of the hidden layers, "relu" or "selu".
        learning_rate: constant, or the peak of the recipe's schedule; None for what suits the optimizer.
        wrong_labels: which share of the training images gets another digit's label, 0..1, chosen by the seed.
        seed: as in `Recipe`.

    Raises:
        ValueError: a choice is not one of these.
    """

    network: str = "small"
    images: int = MOST_IMAGES
    optimizer: str | None = None
    activation: str = "relu"
    learning_rate: float | None = None
    wrong_labels: float = 0.0
    seed: int = 1

    def __post_init__(self) -> None:
        allowed = {
            "small, compact or classic": self.network in RECIPES,
            f"{_LEAST_IMAGES}..{MOST_IMAGES} images": _LEAST_IMAGES <= self.images <= MOST_IMAGES,
            "adadelta, rmsprop or adam": self.optimizer in (None, "adadelta", "rmsprop", "adam"),
            "relu or selu": self.activation in ("relu", "selu"),
            "a learning rate above 0 and up to 10": self.learning_rate is None or 0 < self.learning_rate <= 10,
            "a share of wrong labels in 0..1": 0 <= self.wrong_labels <= 1,
            "a seed from 0": self.seed >= 0,
        }
        if missed := [expected for expected, is_met in allowed.items() if not is_met]:
            raise ValueError(f"Such a training can't be watched. Expected: {', '.join(missed)}. Received: {self}")

    def recipe(self) -> Recipe:
        """The network's recipe, shortened to what one watches, with what was chosen."""
        recipe = RECIPES[self.network].changed(
            epochs=_WATCHED_EPOCHS,
            validation_share=1 / 60,
            optimizer=self.optimizer,
            activation=self.activation,
            seed=self.seed,
        )
        # Synthetic images take 2 ms each to make; a short training has no use for more than these.
        return recipe.changed(pen_digits=4000, non_digits=2000) if recipe.synthetic_batch else recipe


# What the command line may change besides the seed; each recipe has its own defaults.
_OF_RECIPE = ("epochs", "batch_size", "optimizer", "activation")


def flags_of(settings: Mapping[str, Any], names: Collection[str]) -> list[str] | None:
    """The flags of train.py that reproduce some settings of a run.

    Args:
        settings: of the run, by the names of `Recipe`'s attributes; others are not looked at.
        names: of the settings that the flags are wanted for.

    Returns:
        The flags, or None where none give all these settings: an older program's, or those of an ablation.

    >>> flags_of(asdict(RECIPES["small"].changed(epochs=5)), ["network", "epochs"])
    ['--network small', '--epochs 5']
    """
    recipe = RECIPES.get(settings.get("network", ""))
    if recipe is None:
        return None
    own = asdict(recipe)
    changed = {name: settings[name] for name in (*_OF_RECIPE, "seed") if name in settings}
    if any(settings.get(name, value) != value for name, value in (own | changed).items()):
        return None
    wanted = set(names)
    if "network" in names:
        # With the network the defaults change as well.
        wanted |= {name for name in _OF_RECIPE if changed.get(name, own[name]) != own[name]}
    flags = {"network": f"--network {recipe.network}"}
    flags |= {name: f"--{name.replace('_', '-')} {value}" for name, value in changed.items()}
    return [flag for name, flag in flags.items() if name in wanted]
