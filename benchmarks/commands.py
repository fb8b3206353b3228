"""Times whole training commands by the clock, start-up, scoring and saving included: python -m benchmarks.commands

Each runs as a user runs it, in a process of its own, and saves into a folder that goes afterwards. Its time takes the
place of the recipe's last one in benchmarks/commands.csv, from which the documents and `train.py` take theirs. Let
nothing else run.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.records import read_records, write_records
from model.reading.card import Card
from model.recipes import RECIPES
from scripts.running import ROOT

PATH = Path(__file__).with_name("commands.csv")


@dataclass(frozen=True)
class Timing:
    """How long `train.py --network NAME` took.

    Attributes:
        network: its name.
        command_seconds: by the clock, from the call to the end of the process.
        training_seconds: of them, those of the epochs.
        cores: how many the process could use.
    """

    network: str
    command_seconds: float
    training_seconds: float
    cores: int

    def __str__(self) -> str:
        cores = "one CPU core" if self.cores == 1 else f"{self.cores} CPU cores"
        minutes = self.command_seconds / 60
        return f"{self.command_seconds:.0f} s on {cores}" if minutes < 2 else f"{minutes:.0f} min on {cores}"


def measure(network: str) -> Timing:
    """Trains a network.

    Raises:
        subprocess.CalledProcessError: the training failed.
    """
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "network"
        started = time.perf_counter()
        subprocess.run([sys.executable, "train.py", "--network", network, "--out", str(folder)], cwd=ROOT, check=True)
        seconds = time.perf_counter() - started
        card = Card.load(folder)
    return Timing(network, round(seconds, 1), card.training_seconds, card.cpu_cores)


def read_timings(path: Path = PATH) -> dict[str, Timing]:
    """The timings by network; none where there is no file yet."""
    if not path.exists():
        return {}
    return {timing.network: timing for timing in read_records(path, Timing)}


def write_timing(timing: Timing, path: Path = PATH) -> None:
    """Writes a network's timing, in the place of its last one."""
    timings = read_timings(path) | {timing.network: timing}
    write_records(path, list(timings.values()))


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.commands", description=__doc__.split("\n")[0])
    parser.add_argument("--networks", nargs="+", choices=list(RECIPES), default=list(RECIPES))
    for network in parser.parse_args().networks:
        timing = measure(network)
        write_timing(timing)
        print(f"{network}: {timing}, {timing.training_seconds:.0f} s of them in its epochs")


if __name__ == "__main__":
    main()
