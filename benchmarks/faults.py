"""Kills trainings and servers, and damages networks and pictures: python -m benchmarks.faults

What is measured is in `benchmarks/faults.csv` with --record, and from there in docs/trust.md.
"""

import argparse
import io
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pillow_heif import register_heif_opener

from benchmarks.records import read_records, write_records
from benchmarks.visitor import visiting
from model.data.mnist import read_split
from model.evaluation.neighbours import load_neighbours
from model.reading.classifier import Classifier
from model.reading.pictures import MOST_PIXELS, MOST_PIXELS_ELSEWHERE, PictureError, open_picture
from model.reading.store import TRAINED, NetworkError, load_test_probabilities
from scripts.running import ROOT, running_app

FAULTS = Path(__file__).with_suffix(".csv")
_TRAINING_KILLS, _SERVER_KILLS, _DAMAGED_FILES, _BAD_PICTURES = 20, 10, 100, 300
_LOADERS = {
    "model.tflite": Classifier,
    "neighbours.npz": load_neighbours,
    "test_probabilities.npy": load_test_probabilities,
}


# Prints how many seconds of a processor and MB it takes to open a picture.
_OPENS = """
import resource, sys, time
from pathlib import Path
from PIL import Image
from model.reading.pictures import open_picture
def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
Image.init()
before, started = memory(), time.process_time()
open_picture(Path(sys.argv[1]))
print(time.process_time() - started, memory() - before)
"""


@dataclass(frozen=True)
class Fault:
    """How the program took one kind of fault.

    Attributes:
        kind: what was done to it.
        trials: how often.
        held: how often all was as it should be afterwards.
        expected: what that is.
        seconds: the longest that one trial took; 0 where that tells nothing.
    """

    kind: str
    trials: int
    held: int
    expected: str
    seconds: float = 0.0


def read_faults() -> list[Fault]:
    """What was recorded."""
    return read_records(FAULTS, Fault)


def killed_trainings(kills: int, folder: Path) -> Fault:
    """Kills a training again and again, resumes it each time, and compares the network with that of a whole run."""
    images, labels = read_split("test")
    data = folder / "data.npz"
    np.savez(data, x_train=images[:4000], y_train=labels[:4000], x_test=images[-500:], y_test=labels[-500:])

    def start(out: str) -> subprocess.Popen:
        options = ["--network", "small", "--epochs", "25", "--data", str(data), "--out", str(folder / out)]
        resume = ["--resume"] if (folder / f"{out}.unfinished").exists() else []
        command = [sys.executable, "-u", "train.py", *options, *resume]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def is_as_whole() -> bool:
        names = ("model.tflite", "test_probabilities.npy")
        return all((folder / "killed" / name).read_bytes() == (folder / "whole" / name).read_bytes() for name in names)

    start("whole").communicate()
    chance, killed, same = random.Random(0), 0, True
    while killed < kills:
        process = start("killed")
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Epoch"):
                break
        # Within an epoch, between two, or while the network is saved.
        time.sleep(chance.uniform(0, 3))
        process.kill()
        process.communicate()
        killed += process.returncode != 0
        same &= process.returncode != 0 or is_as_whole()
    start("killed").communicate()
    same &= is_as_whole()
    return Fault("a training killed, and resumed", kills, kills if same else 0, "the same network, bit for bit")


def killed_servers(kills: int, folder: Path) -> Fault:
    """Kills the server while a visitor draws, and starts it again; the longest start is timed."""
    test = read_split("test")
    pad, digit = np.kron(test.images[0], np.ones((10, 10), np.uint8)), str(test.labels[0])
    held, slowest = 0, 0.0
    for start in range(kills + 1):
        started = time.monotonic()
        with running_app(folder / "log") as app:
            slowest = max(slowest, time.monotonic() - started)
            with visiting(app.url, view="Draw") as visitor:
                visitor.draw(pad)
                # The first start comes after no kill.
                held += bool(start) and visitor.reading == digit
                if start < kills:
                    subprocess.run(["kill", "-9", str(app.pid)], check=True)
    return Fault("the server killed, and started again", kills, held, "drawings are read again", round(slowest, 1))


def damaged_networks(trials: int, folder: Path) -> Fault:
    """Damages a file of a network: zeros, flipped bits, another network's file, or its end missing."""
    chance, held = random.Random(0), 0
    for trial in range(trials):
        copy = Path(shutil.copytree(TRAINED / "compact", folder / f"network-{trial}"))
        name = chance.choice(sorted(_LOADERS))
        content = bytearray((copy / name).read_bytes())
        place = chance.randrange(len(content))
        match trial % 4:
            case 0:
                content[place : place + 4096] = bytes(len(content[place : place + 4096]))
                content[place] ^= 1
            case 1:
                for _ in range(10):
                    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            case 2:
                content = bytearray((TRAINED / "classic" / name).read_bytes())
            case _:
                del content[place:]
        (copy / name).write_bytes(content)
        try:
            _LOADERS[name](copy)
        except NetworkError as error:
            held += name in str(error)
        shutil.rmtree(copy)
    return Fault("a file of a network damaged", trials, held, "a message that names the file")


def largest_pictures(folder: Path) -> Fault:
    """Opens pictures of each format as large as they may be, each in a process of its own."""
    register_heif_opener()
    held, slowest = 0, 0.0
    kinds = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
    for kind in kinds:
        height = MOST_PIXELS.get(kind, MOST_PIXELS_ELSEWHERE) // 5000
        picture = Image.new("RGB" if kind in ("JPEG", "GIF", "BMP") else "RGBA", (5000, height), (200, 180, 160))
        path = folder / f"largest.{kind}"
        options: dict[str, Any] = {"progressive": True} if kind == "JPEG" else {}
        if kind == "BMP":
            # In 24 bits, it would have more bytes than are taken.
            picture = picture.convert("1")
        if kind == "TIFF":
            options["compression"] = "tiff_lzw"
        picture.save(path, kind, **options)
        result = subprocess.run([sys.executable, "-c", _OPENS, str(path)], cwd=ROOT, capture_output=True, check=True)
        seconds, megabytes = map(float, result.stdout.split())
        held += seconds <= 2 and megabytes <= 300
        slowest = max(slowest, seconds)
    return Fault("the largest picture of a format", len(kinds), held, "opened within 300 MB and 2 s", round(slowest, 2))


def bad_pictures(trials: int) -> Fault:
    """Damages pictures of all formats."""
    register_heif_opener()
    rng = np.random.default_rng(0)
    colours = Image.fromarray(rng.integers(0, 255, (90, 120, 3), np.uint8)).resize((1200, 900))
    files = []
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"):
        file = io.BytesIO()
        colours.save(file, kind)
        files.append(file.getvalue())
    held, slowest = 0, 0.0
    for trial in range(trials):
        content = bytearray(files[trial % len(files)])
        for _ in range(rng.integers(1, 20)):
            content[int(len(content) * rng.random() ** 3)] = rng.integers(0, 256)
        started = time.process_time()
        try:
            open_picture(bytes(content[: int(len(content) * rng.uniform(0.3, 1.5))]))
            held += 1
        except PictureError as error:
            held += "Received: " in str(error)
        slowest = max(slowest, time.process_time() - started)
    return Fault("a picture damaged", trials, held, "a picture or a message", round(slowest, 2))


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__.split("\n")[0])
    parser.add_argument("--record", action="store_true", help="keep the figures in benchmarks/faults.csv")
    options = parser.parse_args()
    faults = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for measure in (
            lambda: bad_pictures(_BAD_PICTURES),
            lambda: largest_pictures(folder),
            lambda: damaged_networks(_DAMAGED_FILES, folder),
            lambda: killed_servers(_SERVER_KILLS, folder),
            lambda: killed_trainings(_TRAINING_KILLS, folder),
        ):
            faults.append(measure())
            print(faults[-1], flush=True)
    if options.record:
        write_records(FAULTS, faults)


if __name__ == "__main__":
    main()
