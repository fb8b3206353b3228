"""What the training process does when the app asks: prepare a lesson, train it, teach a network, keep a result."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from model.data.mnist import DataError, Split, TrainingData, hold_out, read_split, verify
from model.evaluation.scores import scores
from model.export.folders import SaveError, claimed_folder
from model.export.readout import fit_readout
from model.export.saving import build, export_network, save_network
from model.images import NUM_CLASSES, scale
from model.learning.channel import Channel
from model.learning.messages import (
    Command,
    Failed,
    Finished,
    Keep,
    Kept,
    Prepare,
    Result,
    SetDrawing,
    Start,
    StateChanged,
    Teach,
)
from model.learning.wall import wall_of
from model.networks.batch_norm import follow_closely
from model.networks.heads import refuses
from model.reading.card import Card, Readout, Taught
from model.reading.history import HISTORY, Epoch, read_history, write_history
from model.reading.store import NetworkError
from model.recipes import Lesson, Recipe
from model.training.batches import synthetic_images
from model.training.checkpoint import Recorder
from model.training.fit import Run, bfloat16_allowed
from model.training.teaching import Teaching
from model.training.watching import Commands, Observer, Watcher, probabilities_of

# More threads than these leave nothing for the app and for whoever watches it in a browser on this computer.
_MOST_THREADS = 4


@dataclass(frozen=True, eq=False)
class Prepared:
    """A lesson that can begin."""

    run: Run
    batches: tf.data.Dataset
    observer: Observer


class Trainer:
    """Does what the app asks for, one thing after the other.

    Args:
        channel: to which it reports.
        commands: from which it takes what is asked.
        data: the file with the images.

    Raises:
        DataError: that file is missing or damaged.
    """

    def __init__(self, channel: Channel, commands: Commands, data: Path):
        self._channel = channel
        self._commands = commands
        tf.get_logger().setLevel("ERROR")  # it warns that each new network is traced anew
        tf.config.threading.set_intra_op_parallelism_threads(_MOST_THREADS)
        self._everything, self._test, self._sha256 = read_split("train", data), read_split("test", data), verify(data)
        self._wall = self._test.images[wall_of(self._test)]
        self._drawing: np.ndarray | None = None
        self._ready: Lesson | Path | None = None
        self._prepared: Prepared | None = None
        self._teaching: Teaching | None = None
        self._left: list[Command] = []

    def work(self) -> None:
        """Does what is asked until nothing is.

        Raises:
            TimeoutError: nothing was asked for a time.
            KeyboardInterrupt: the app has ended.
        """
        self._channel.send(StateChanged("idle"))
        while True:
            command = self._left.pop(0) if self._left else self._commands.wait()
            if isinstance(command, Prepare) and any(isinstance(each, Prepare | Start | Teach) for each in self._left):
                continue  # something else comes next
            try:
                self._do(command)
            except (DataError, NetworkError, SaveError, OSError, ValueError) as error:
                if isinstance(error, TimeoutError):  # an OSError, too
                    raise
                self._channel.send(Failed(str(error), command.what if isinstance(command, Prepare) else None))
                self._channel.send(StateChanged("idle"))

    def _do(self, command: Command) -> None:
        match command:
            case Prepare(Path() as network):
                self._prepare_teaching(network)
            case Prepare(Lesson() as lesson):
                self._prepare(lesson)
            case Start(lesson, folder):
                self._train(lesson, self._prepare(lesson), folder)
            case Teach(network, images, labels, folder):
                self._teach(self._prepare_teaching(network), Split(images, labels), folder)
            case Keep(result, folder):
                self._keep(result, folder)
            case SetDrawing(image):
                self._drawing = image
            case _:
                pass  # the training that it was meant for has ended meanwhile

    def _prepare(self, lesson: Lesson) -> Prepared:
        if self._ready != lesson or self._prepared is None:
            self._forget()
            self._prepared = prepare(lesson, self._split(lesson.recipe()), self._wall)
            self._tell_ready(lesson)
        return self._prepared

    def _prepare_teaching(self, network: Path) -> Teaching:
        if self._ready != network or self._teaching is None:
            self._forget()
            self._teaching = Teaching(network, self._split(Card.load(network).recipe))
            self._tell_ready(network)
        return self._teaching

    def _split(self, recipe: Recipe) -> TrainingData:
        """The data with as many validation images as the recipe holds out."""
        held_out = recipe.validation_count(len(self._everything.labels))
        return TrainingData(*hold_out(self._everything, held_out), self._test, self._sha256)

    def _tell_ready(self, ready: Lesson | Path) -> None:
        self._ready = ready
        self._channel.send(StateChanged("ready", ready))

    def _forget(self) -> None:
        """Frees what the last training needed, before the next one is prepared."""
        self._channel.send(StateChanged("preparing"))
        self._ready = self._prepared = self._teaching = None
        keras.backend.clear_session()
        gc.collect()

    def _train(self, lesson: Lesson, prepared: Prepared, folder: Path) -> None:
        run, test = prepared.run, self._test
        recorder = self._watch(run, prepared.batches, prepared.observer, run.settle)
        read = scores(test.labels, probabilities_of(run.model, scale(test.images))[0])
        result = Result(folder, run.recipe, lesson, None, read.accuracy, read.errors, _seconds(recorder.history))
        network = build(run.recipe, run.model.get_weights())
        readout = fit_readout(network, self._split(run.recipe).validation) if refuses(network) else None
        self._finish(result, network, readout, recorder.history)

    def _teach(self, teaching: Teaching, drawings: Split, folder: Path) -> None:
        run, card = teaching.run, teaching.card
        before = teaching.before(drawings)
        # The default lesson's validation images, which are few, are the last ones of any network's.
        observer = Observer(run.model, run.recipe, self._split(Lesson().recipe()).validation, self._wall)
        recorder = self._watch(run, teaching.batches(drawings), observer, teaching.settle)
        taught = Taught(teaching.folder.name, len(drawings.labels), before, teaching.after(drawings))
        read = taught.after.test_accuracy
        errors = round((1 - read) * len(self._test.labels))
        result = Result(folder, card.recipe, card.lesson, taught, read, errors, _seconds(recorder.history))
        # A new one takes ten seconds, and would hardly differ.
        self._finish(result, build(card.recipe, run.model.get_weights()), card.readout, teaching.history(recorder))

    def _watch(self, run: Run, batches: tf.data.Dataset, observer: Observer, settle: Callable[[], None]) -> Recorder:
        """Trains while the app watches; what was prepared is used up by that."""
        self._ready = None
        self._channel.send(StateChanged("training"))
        observer.look_at(self._drawing)
        watcher = Watcher(self._channel, self._commands, observer, run.recipe.batch_size, run.steps_per_epoch)
        recorder = Recorder(lambda: watcher.seconds)  # pauses are no part of it
        run.fit(batches, [recorder, watcher])
        self._left += watcher.left
        self._channel.send(StateChanged("finishing"))
        settle()
        watcher.send_last()
        return recorder

    def _finish(self, result: Result, network: keras.Model, readout: Readout | None, history: Sequence[Epoch]) -> None:
        export_network(network, readout, result.folder)
        write_history(history, result.folder / HISTORY)
        self._channel.send(Finished(result))
        self._channel.send(StateChanged("idle"))

    def _keep(self, result: Result, folder: Path) -> None:
        self._forget()
        self._channel.send(StateChanged("saving"))
        weights = keras.models.load_model(result.folder / "model.keras").get_weights()
        history = read_history(result.folder)
        with claimed_folder(folder):
            if folder.exists():
                raise SaveError(f"There is a network of that name already. Choose another. Received: {folder.name}")
            data = self._split(result.recipe)
            save_network(weights, result.recipe, history, data, folder, 0, result.lesson, result.taught)
        self._channel.send(Kept(folder))
        self._channel.send(StateChanged("idle"))


def prepare(lesson: Lesson, data: TrainingData, wall: np.ndarray) -> Prepared:
    """Builds, compiles and traces all that a lesson needs, and puts the weights back to where they begin.

    Args:
        lesson: what is to be trained.
        data: of which it uses as many images as it says.
        wall: test images that are read again and again, uint8 (n, 28, 28).
    """
    recipe = lesson.recipe()
    chosen = data._replace(training=images_of(lesson, data.training))
    run = Run(recipe, chosen, lesson.learning_rate)
    run.add_synthetic(synthetic_images(data.training, recipe))
    follow_closely(run.model)
    batches = run.batches()
    model = run.model
    model.optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.optimizer.variables]
    first = [variable.numpy() for variable in variables]
    run.rehearse(batches)
    with bfloat16_allowed(recipe.bfloat16):
        observer = Observer(model, recipe, data.validation, wall)
    for variable, value in zip(variables, first, strict=True):
        variable.assign(value)
    return Prepared(run, batches, observer)


def images_of(lesson: Lesson, training: Split) -> Split:
    """The training images of a lesson, repeated until they are as many as all.

    Args:
        lesson: how many it uses, and how many of them have a wrong label.
        training: all training images.
    """
    count = min(lesson.images, len(training.labels))
    labels = training.labels[:count].copy()
    rng = np.random.default_rng(lesson.seed)
    wrong = rng.choice(count, round(lesson.wrong_labels * count), replace=False)
    labels[wrong] = (labels[wrong] + rng.integers(1, NUM_CLASSES, len(wrong))) % NUM_CLASSES
    used = np.arange(len(training.labels)) % count
    return Split(training.images[used], labels[used])


def _seconds(history: Sequence[Epoch]) -> float:
    return sum(row.seconds for row in history)
