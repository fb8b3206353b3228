"""A training process without TensorFlow: python -m tests.learning.pretend. It learns nothing, and at once."""

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np

from model.learning.channel import Channel
from model.learning.messages import (
    Failed,
    Finished,
    Keep,
    Kept,
    Pause,
    Prepare,
    Result,
    Resume,
    SetDrawing,
    Start,
    StateChanged,
    Stop,
)
from model.learning.messages import Snapshot as Snapshot
from model.learning.process import IDLE_STATUS
from model.recipes import RECIPES, Lesson

# The seed of a lesson says what happens to it.
ENDLESS, FAILS, DIES, GOES_IDLE = 10, 11, 12, 13


def snapshot(step: int, probabilities: np.ndarray | None = None) -> Snapshot:
    matrix = np.zeros((10, 10), np.int32)
    scores = (0.1, 0.9, 0.2, 0.8)
    return Snapshot(step, 20, 128 * step, step / 10, 100.0, 1.0, *scores, step, matrix, np.zeros(100), probabilities)


class Pretender:
    def __init__(self, channel: Channel):
        self.channel = channel
        self.drawing: np.ndarray | None = None

    def work(self) -> None:
        self.channel.send(StateChanged("idle"))
        while True:
            match self.channel.receive():
                case Prepare(Path() as network) if network.name == "garbled":
                    sys.stdout.buffer.write(b"no pickle")
                    sys.stdout.buffer.flush()
                case Prepare(Path() as network) if network.name == "damaged":
                    self.channel.send(Failed("The network is damaged.", network))
                    self.channel.send(StateChanged("idle"))
                case Prepare(what):
                    self.channel.send(StateChanged("preparing"))
                    self.channel.send(StateChanged("ready", what))
                case SetDrawing(image):
                    self.drawing = image
                case Start(lesson, folder):
                    self.train(lesson, folder)
                case Keep(_, folder) if folder.name == "endless":
                    folder.with_name("endless.new").mkdir()
                case Keep(_, folder):
                    folder.mkdir()
                    self.channel.send(Kept(folder))

    def train(self, lesson: Lesson, folder: Path) -> None:
        self.channel.send(StateChanged("training"))
        match lesson.seed:
            case x if x == FAILS:
                self.channel.send(Failed("The disk is full."))
                self.channel.send(StateChanged("idle"))
                return
            case x if x == DIES:
                os._exit(3)
            case x if x == GOES_IDLE:
                os._exit(IDLE_STATUS)
        for step in range(1, 20):
            self.tell(step)
        while lesson.seed == ENDLESS:
            match self.channel.receive():
                case Stop():
                    break
                case Pause():
                    self.channel.send(StateChanged("paused"))
                case Resume():
                    self.channel.send(StateChanged("training"))
                case SetDrawing(image):
                    self.drawing = image
                    self.tell(20)
        (folder / "model.tflite").write_bytes(b"network")
        result = Result(folder, RECIPES["small"], lesson, None, 0.99, 100, 2.0)
        self.channel.send(Finished(result))
        self.channel.send(StateChanged("idle"))

    def tell(self, step: int) -> None:
        probabilities = None if self.drawing is None else np.full(10, self.drawing.mean() / 255, np.float32)
        self.channel.send(snapshot(step, probabilities))


def main() -> None:
    if "--deaf" in sys.argv:  # it does not end by itself
        threading.Event().wait()
    with suppress(EOFError):
        Pretender(Channel(sys.stdin.buffer, sys.stdout.buffer)).work()


if __name__ == "__main__":
    main()
