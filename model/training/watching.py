"""Sends snapshots of a running training: how validation images, a wall of test images and a drawing are read."""

import time
from collections import deque
from math import isnan
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from model.data.mnist import Split
from model.evaluation.scores import accuracy, confusion_matrix, cross_entropy
from model.images import NON_DIGIT, NUM_CLASSES, SIZE, as_drawings, scale
from model.learning.channel import Channel
from model.learning.messages import Command, Pause, Resume, SetDrawing, Snapshot, StateChanged, Stop
from model.recipes import Recipe

# Seconds between two snapshots: at first, when much changes; and later.
_EARLY, _EARLY_INTERVAL, _INTERVAL = 2.0, 0.1, 0.25
# At most this share of the time goes into the validation images; the wall and the drawing are cheap.
_VALIDATION_SHARE = 0.15
# Over so many seconds the speed is measured.
_SPEED_SECONDS = 3.0


class Commands(Protocol):
    """Where commands come from, as `model.training.live.Inbox` has them."""

    idle: float

    def wait(self, seconds: float | None = None) -> Command: ...

    def next(self) -> Command | None: ...


class Observer:
    """Reads with a network while it is trained.

    Args:
        model: the network; what it has learnt counts at each reading.
        recipe: of its training.
        validation: the images held out.
        wall: images that are always read.
    """

    def __init__(self, model: keras.Model, recipe: Recipe, validation: Split, wall: np.ndarray):
        self._drawn = recipe.drawn_share > 0
        self._validation = tf.constant(scale(validation.images))
        self._labels = validation.labels
        self._wall = scale(wall)
        self._drawing: np.ndarray | None = None
        self._forward = tf.function(lambda images: model(images, training=False))
        self.validate()
        self.read()

    def look_at(self, drawing: np.ndarray | None) -> None:
        """Takes another drawing, as `model.learning.messages.SetDrawing` has it."""
        self._drawing = drawing

    def validate(self) -> tuple[float, float, np.ndarray]:
        """Loss in nats, accuracy in 0..1, and the confusion matrix of the validation images, int (10, 10)."""
        digits, _ = _digits(self._forward(self._validation).numpy())
        matrix = confusion_matrix(self._labels, digits.argmax(axis=1)).astype(np.int32)
        return cross_entropy(self._labels, digits), accuracy(self._labels, digits), matrix

    def read(self) -> tuple[np.ndarray, np.ndarray | None, float]:
        """The digits read on the wall, uint8 (n,); the drawing's probabilities, float32 (10,), or None; and how little
        it looks like a digit, 0..1.
        """
        # Always of one shape, so that TensorFlow traces it once.
        drawing = np.zeros((1, SIZE, SIZE), np.uint8) if self._drawing is None else self._drawing[np.newaxis]
        given = scale(drawing)
        images = np.concatenate([self._wall, as_drawings(given) if self._drawn else given])
        digits, non_digit = _digits(self._forward(tf.constant(images)).numpy())
        own = None if self._drawing is None else digits[-1]
        return digits[:-1].argmax(axis=1).astype(np.uint8), own, float(non_digit[-1]) if own is not None else 0.0


def probabilities_of(model: keras.Model, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Reads many images with a network that is trained.

    Args:
        model: the network.
        inputs: float32 (n, 28, 28, 1), scans or drawings, as the network takes them.

    Returns:
        The probabilities of the ten digits given that it is one, float32 (n, 10) in 0..1, and of none, float32 (n,).
    """
    return _digits(model.predict(inputs, batch_size=500, verbose=0))


def _digits(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    digits = probabilities[:, :NUM_CLASSES]
    if probabilities.shape[1] == NUM_CLASSES:
        return digits, np.zeros(len(digits), np.float32)
    return digits / np.maximum(digits.sum(axis=1, keepdims=True), 1e-9), probabilities[:, NON_DIGIT]


class Watcher(keras.callbacks.Callback):
    """Tells of a training while it runs, and does what is asked meanwhile: pause, go on, stop, look at a drawing.

    Args:
        channel: whom it tells.
        commands: what is asked. What can't be done during a training is left for later in `left`.
        observer: of the network that is trained.
        batch_size: how many of the training images a step uses.
        steps_per_epoch: how many steps an epoch has.

    Attributes:
        left: commands that came during the training and are still to be done.
    """

    def __init__(self, channel: Channel, commands: Commands, observer: Observer, batch_size: int, steps_per_epoch: int):
        super().__init__()
        self._channel = channel
        self._commands = commands
        self._observer = observer
        self._batch_size = batch_size
        self._steps_per_epoch = steps_per_epoch
        self._clock = _Clock()
        self._step = 0
        self._means = _Means()
        self._told = self._validated = -1e9
        self._validation_cost = 0.0
        self._validation: tuple[float, float, np.ndarray] = (0.0, 0.0, np.zeros((NUM_CLASSES, NUM_CLASSES), np.int32))
        self._validation_step = 0
        # Seconds and steps of the last snapshots.
        self._pace: deque[tuple[float, int]] = deque([(0.0, 0)])
        self.left: list[Command] = []

    @property
    def seconds(self) -> float:
        """Since the training began, without pauses."""
        return self._clock.seconds

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._clock.start()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._means.begin_epoch()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._step += 1
        while (command := self._commands.next()) is not None:
            self._do(command, batch, logs)
        now = self._clock.seconds
        if now - self._told >= (_EARLY_INTERVAL if now < _EARLY else _INTERVAL):
            self._tell(batch, logs)

    def on_train_end(self, logs: dict | None = None) -> None:
        self._clock.stop()

    def send_last(self) -> None:
        """Tells of the network as it is after the training, with nothing left to do."""
        self._validate()
        self._send(self._means.last, seconds_left=0.0)

    def _do(self, command: Command, batch: int, logs: dict | None) -> None:
        match command:
            case SetDrawing(image):
                self._observer.look_at(image)
                self._told = -1e9
                self.left.append(command)  # the next training reads it, too
            case Stop():
                self.model.stop_training = True
            case Pause():
                self._pause(batch, logs)
            case Resume():
                pass
            case _:
                self.left.append(command)

    def _pause(self, batch: int, logs: dict | None) -> None:
        """Waits until it is told to go on or to stop; drawings are read meanwhile.

        Others wait for their turn, so a pause of more than the commands' `idle` seconds ends the training.
        """
        self._tell(batch, logs)
        self._clock.stop()
        self._channel.send(StateChanged("paused"))
        deadline = time.monotonic() + self._commands.idle
        while not isinstance(command := self._next_in_pause(deadline), Resume | Stop):
            if not isinstance(command, Pause):
                self._do(command, batch, logs)
            if isinstance(command, SetDrawing):
                self._send(self._means.last, self._seconds_left())
        self._channel.send(StateChanged("training"))
        self._clock.start()
        self._do(command, batch, logs)

    def _next_in_pause(self, deadline: float) -> Command:
        try:
            return self._commands.wait(deadline - time.monotonic())
        except TimeoutError:
            return Stop()

    def _tell(self, batch: int, logs: dict | None) -> None:
        if self._clock.seconds - self._validated >= self._validation_cost / _VALIDATION_SHARE:
            self._validate()
        logs = logs or {}
        self._means.add(batch + 1, float(logs["loss"]), float(logs["accuracy"]))
        now = self._clock.seconds
        self._pace.append((now, self._step))
        while now - self._pace[0][0] > _SPEED_SECONDS and len(self._pace) > 2:
            self._pace.popleft()
        self._send(self._means.last, self._seconds_left())
        self._told = self._clock.seconds

    def _validate(self) -> None:
        started = time.perf_counter()
        self._validation = self._observer.validate()
        self._validation_step = self._step
        self._validation_cost = time.perf_counter() - started
        self._validated = self._clock.seconds

    def _steps_per_second(self) -> float:
        (start, first), (end, last) = self._pace[0], self._pace[-1]
        return (last - first) / max(end - start, 1e-3)

    def _seconds_left(self) -> float:
        return (self._all_steps() - self._step) / max(self._steps_per_second(), 1e-3)

    def _all_steps(self) -> int:
        return self._steps_per_epoch * self.params["epochs"]

    def _send(self, means: tuple[float, float], seconds_left: float) -> None:
        predicted, probabilities, non_digit = self._observer.read()
        loss, share, matrix = self._validation
        self._channel.send(
            Snapshot(
                step=self._step,
                steps=self._all_steps(),
                images=self._step * self._batch_size,
                seconds=round(self._clock.seconds, 3),
                images_per_second=self._steps_per_second() * self._batch_size,
                seconds_left=seconds_left,
                loss=means[0],
                accuracy=means[1],
                validation_loss=loss,
                validation_accuracy=share,
                validation_step=self._validation_step,
                confusion=matrix,
                predicted=predicted,
                probabilities=probabilities,
                non_digit=non_digit,
            )
        )


class _Clock:
    """Counts seconds while it runs."""

    def __init__(self) -> None:
        self._before = 0.0
        self._started: float | None = None

    @property
    def seconds(self) -> float:
        return self._before + (0.0 if self._started is None else time.perf_counter() - self._started)

    def start(self) -> None:
        self._started = time.perf_counter()

    def stop(self) -> None:
        self._before, self._started = self.seconds, None


class _Means:
    """Mean loss and accuracy between two snapshots, recovered from Keras's running means of an epoch.

    Attributes:
        last: the last mean loss and accuracy.
    """

    def __init__(self) -> None:
        self.last = (0.0, 0.0)
        self.begin_epoch()

    def begin_epoch(self) -> None:
        self._count, self._sums = 0, (0.0, 0.0)

    def add(self, count: int, *means: float) -> None:
        """Takes Keras's means of loss and accuracy after so many batches of the epoch."""
        sums = (means[0] * count, means[1] * count)
        if count > self._count:
            new = count - self._count
            loss, share = ((after - before) / new for after, before in zip(sums, self._sums, strict=True))
            # A loss that is no number any more stays one that is not, which max(0.0, loss) would hide.
            self.last = (loss if isnan(loss) else max(0.0, loss), min(max(0.0, share), 1.0))
        self._count, self._sums = count, sums
