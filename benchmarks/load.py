"""Puts many visitors on the app at once, over websockets and without browsers: python -m benchmarks.load

Each visitor draws a stroke every two seconds. The page sends it when the pen is lifted, what is on the canvas together
with the word that the pen is up, and nothing before, as `views/watch.js` does where the answers are slow.
Then one visitor draws 2,000 strokes and brings 300 pictures. The times are from a message to the end of the page's run
that it causes; the memory is that of the server's process.
"""

import argparse
import io
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.records import read_records, write_records
from benchmarks.visitor import PATIENCE, png, visiting
from model.synthesis.strokes import draw_strokes
from scripts.hand import a_digit
from scripts.running import RunningApp, running_app

LOAD = Path(__file__).with_suffix(".csv")
_PACE = 2.0  # seconds from stroke to stroke
_STROKES, _PICTURES = 2_000, 300


@dataclass(frozen=True)
class Load:
    """How the server bore its load.

    Attributes:
        servers: how many there were, each with a process of its own.
        visitors: how many drew at once.
        minutes: for how long.
        messages: how many they sent together.
        median, late: half of the answers, and 95 % of them, took no longer, in milliseconds.
        errors: how many visitors met one.
        memory_at_first, memory_at_last: of the servers together after a fifth of the time and at its end, in MB.
        strokes, growth_by_strokes: of one visitor, and by how many MB its server grew meanwhile.
        pictures, growth_by_pictures: the same of pictures that are brought.
        late_beside_photos: 95 % of one visitor's strokes were answered within so many milliseconds, while two others
            brought photographs of 12 megapixels without a rest.
    """

    servers: int
    visitors: int
    minutes: float
    messages: int
    median: int
    late: int
    errors: int
    memory_at_first: int
    memory_at_last: int
    strokes: int
    growth_by_strokes: float
    pictures: int
    growth_by_pictures: float
    late_beside_photos: int


def read_loads() -> list[Load]:
    """What was recorded, by the number of visitors."""
    return read_records(LOAD, Load)


def memory_of(process: int) -> float:
    """Megabytes of a process."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def crowd(
    apps: Sequence[RunningApp], visitors: int, minutes: float, pads: list[np.ndarray]
) -> tuple[list[float], int, list[float]]:
    """Many visitors draw for some minutes.

    Args:
        apps: where, the visitors in turn.
        visitors: how many there are.
        minutes: how long.
        pads: what they draw, uint8 (280, 280) each.

    Returns:
        The seconds from each message to its answer, how many visitors met an error, and the servers' memory in MB at
        five times.
    """
    times: list[float] = []
    errors: list[Exception] = []
    end = time.monotonic() + 60 * minutes

    def visit(number: int) -> None:
        rng = np.random.default_rng(number)
        try:
            with visiting(apps[number % len(apps)].url, view="Draw") as visitor:
                time.sleep(rng.uniform(0, _PACE))
                while time.monotonic() < end:
                    begun = time.monotonic()
                    times.append(visitor.draw(pads[rng.integers(len(pads))]))
                    if not visitor.reading:
                        raise RuntimeError("What was drawn was not read.")
                    time.sleep(max(0.0, begun + _PACE - time.monotonic()))
        except Exception as error:  # whatever it is, it is counted
            errors.append(error)

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(visitors)]
    for thread in threads:
        thread.start()
    memory = []
    for part in range(5):
        time.sleep(max(0.0, end - 60 * minutes * (1 - (part + 1) / 5) - time.monotonic()))
        memory.append(sum(memory_of(app.pid) for app in apps))
    for thread in threads:
        thread.join()
    return times, len(errors), memory


def beside_photos(app: RunningApp, pads: list[np.ndarray], strokes: int = 60) -> list[float]:
    """One visitor draws while two others bring photographs without a rest; the seconds from stroke to answer."""
    photo = _photo(pads)
    is_over, begun = threading.Event(), threading.Barrier(3)
    brought = []

    def bring() -> None:
        with visiting(app.url, view="Draw", source="Picture") as visitor:
            visitor.bring(photo)
            begun.wait(PATIENCE)
            while not is_over.is_set():
                visitor.bring(photo)
        brought.append(visitor)

    threads = [threading.Thread(target=bring) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        begun.wait(PATIENCE)
        with visiting(app.url, view="Draw") as visitor:
            times = []
            for number in range(strokes):
                time.sleep(_PACE / 4)
                times.append(visitor.draw(pads[number % len(pads)]))
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
    if len(brought) < len(threads):
        raise RuntimeError("A photograph was not read.")
    return times


def growth(app: RunningApp, acts: Sequence[Callable[[], object]], count: int) -> float:
    """By how many MB the server grows while one visitor does something so often, once begun."""
    for act in acts[:50]:
        act()
    before = memory_of(app.pid)
    for number in range(count):
        acts[number % len(acts)]()
    return memory_of(app.pid) - before


def _photo(pads: list[np.ndarray]) -> bytes:
    """A photograph of a sheet with twelve digits, of 4,000 x 3,000 pixels with the grain of a camera, as a JPEG."""
    sheet = np.vstack([np.hstack(pads[4 * row : 4 * row + 4]) for row in range(3)])
    large = np.asarray(Image.fromarray(sheet).resize((4000, 3000)), np.int16)
    grain = np.random.default_rng(0).integers(-6, 7, large.shape, np.int16)
    file = io.BytesIO()
    Image.fromarray(np.clip(220 - 0.7 * large + grain, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=85)
    return file.getvalue()


def _pads() -> list[np.ndarray]:
    """Digits as people draw them on the pad."""
    rng = np.random.default_rng(0)
    return [draw_strokes(a_digit(rng), 20) for _ in range(200)]


def measure(servers: int, visitors: int, minutes: float, pads: list[np.ndarray], strokes: int, pictures: int) -> Load:
    """Starts servers, and measures how they bear so many visitors, and then how one bears a visitor who stays long."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        apps = [running.enter_context(running_app(Path(folder) / f"log-{number}")) for number in range(servers)]
        app = apps[0]
        times, errors, memory = crowd(apps, visitors, minutes, pads)
        with visiting(app.url, view="Draw") as visitor:
            of_strokes = growth(app, [partial(visitor.draw, pad) for pad in pads], strokes)
        with visiting(app.url, view="Draw", source="Picture") as visitor:
            of_pictures = growth(app, [partial(visitor.bring, png(255 - pad)) for pad in pads], pictures)
        beside = beside_photos(app, pads)
    return Load(
        servers=servers,
        visitors=visitors,
        minutes=minutes,
        messages=len(times),
        median=round(1000 * float(np.percentile(times, 50))),
        late=round(1000 * float(np.percentile(times, 95))),
        errors=errors,
        memory_at_first=round(memory[0]),
        memory_at_last=round(memory[-1]),
        strokes=strokes,
        growth_by_strokes=round(of_strokes, 1),
        pictures=pictures,
        growth_by_pictures=round(of_pictures, 1),
        late_beside_photos=round(1000 * float(np.percentile(beside, 95))),
    )


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__.split("\n")[0])
    parser.add_argument("--visitors", type=int, nargs="+", default=[100], help="at once, one run for each (100)")
    parser.add_argument("--share", type=int, default=50, help="the most visitors of one server (%(default)s)")
    parser.add_argument("--minutes", type=float, default=3, help="how long they draw (%(default)g)")
    parser.add_argument("--strokes", type=int, default=_STROKES, help="of one visitor, afterwards (%(default)s)")
    parser.add_argument("--pictures", type=int, default=_PICTURES, help="of one visitor, afterwards (%(default)s)")
    parser.add_argument("--record", action="store_true", help="keep the figures in benchmarks/load.csv")
    options = parser.parse_args()
    pads = _pads()
    loads = [
        measure(-(-visitors // options.share), visitors, options.minutes, pads, options.strokes, options.pictures)
        for visitors in options.visitors
    ]
    for load in loads:
        print(load)
    if options.record:
        write_records(LOAD, loads)


if __name__ == "__main__":
    main()
