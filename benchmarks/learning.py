"""How fast a watched training learns, and whether a network can be taught a person's own way of writing a digit.

    python -m benchmarks.learning
    python -m benchmarks.learning --runs 0 --strokes pendigits-orig.tra expression_digits.jsonl.gz --pairs 12

Without --strokes, the fast lesson is trained with several seeds, through the same process as in the app. With them,
`compact` is taught: of what one writer drew, the drawings of one digit that are read as the same other one (or refused)
form a style. Such drawings are rare, most writers have one, so each is drawn again and again with another pen, size and
slant and a little bent, and only what is misread counts: five to learn from, twenty others to judge by. Where a writer
has several drawings of a style, all of them are among those to learn from and those to judge by, each time bent in
another way.

With --record, the figures are kept in `benchmarks/learning.csv` and `benchmarks/teaching.csv`. Let nothing else run.
"""

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.records import Record, read_records, write_records
from benchmarks.styles import Style, chosen_styles, find_styles, read_as
from model.learning.classroom import Classroom, Status
from model.learning.messages import Result, Snapshot
from model.reading.classifier import Classifier, load_classifier
from model.recipes import Lesson

LESSONS, PAIRS = Path(__file__).with_name("learning.csv"), Path(__file__).with_name("teaching.csv")
_PATIENCE = 300.0
_VISITOR = "benchmark"


@dataclass(frozen=True)
class Watched:
    """A training of the fast lesson.

    Attributes:
        seed: of the lesson.
        first_step: seconds from the start until the first step was measured.
        after_5, after_15: the accuracy on the validation images so many seconds after the start, 0..1.
        run: seconds from the start until the last step and what follows it were measured.
        result: seconds from the start until the network could be tried.
        test_accuracy: 0..1.
        processor_seconds: of all cores together, until then; half of them is what two idle cores would take at least.
        snapshots: how many there were.
        longest_gap: the longest time between two before the training was over, in seconds.
    """

    seed: int
    first_step: float
    after_5: float
    after_15: float
    run: float
    result: float
    test_accuracy: float
    processor_seconds: float
    snapshots: int
    longest_gap: float


@dataclass(frozen=True)
class Pair:
    """A network that was taught one writer's way to write a digit.

    Attributes:
        file: of the strokes.
        writer: who drew.
        digit: what was drawn.
        read: what it was read as before, as a word: a digit, or "refused".
        drawings: how many drawings of the writer form the style.
        learnt: how many of the five to learn from are read right afterwards.
        right: how many of those to judge by are; none was before.
        judged: how many those are.
        before, after: the accuracy on the test set, 0..1.
        non_digits_before, non_digits_after: the share of non-digits that is refused, 0..1.
        seconds: from the start until the taught network could be tried.
        processor_seconds: of all cores together, until then.
    """

    file: str
    writer: str
    digit: int
    read: str
    drawings: int
    learnt: int
    right: int
    judged: int
    before: float
    after: float
    non_digits_before: float
    non_digits_after: float
    seconds: float
    processor_seconds: float


def read_lessons() -> list[Watched]:
    """What was recorded of lessons."""
    return read_records(LESSONS, Watched)


def read_pairs() -> list[Pair]:
    """What was recorded of teaching."""
    return read_records(PAIRS, Pair)


def once(room: Classroom, is_so: str, timeout: float = _PATIENCE) -> Status:
    """The status once something is "ready" or "over".

    Raises:
        TimeoutError: it takes too long.
        RuntimeError: the training failed.
    """
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        status = room.status()
        if status.problem:
            raise RuntimeError(f"The training came to an end: {status.problem} {status.message}")
        if (status.ready is not None) if is_so == "ready" else not status.is_busy:
            return status
        room.wait_for_change(status, 0.5)
    raise TimeoutError(f"The training is not {is_so} after {timeout:.0f} s.")


def result_of(room: Classroom) -> Result:
    """What came of the run that is over.

    Raises:
        RuntimeError: nothing did.
    """
    if (result := room.result(_VISITOR)) is None:
        raise RuntimeError("The training has no result.")
    return result


def _processor_seconds(room: Classroom) -> float:
    """What the training process has taken of all cores, in seconds; Linux tells of it."""
    user, system = Path(f"/proc/{room.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def watch(room: Classroom, seed: int) -> Watched:
    """Trains the fast lesson, and notes when the app gets to know what."""
    lesson = Lesson(seed=seed)
    room.open(lesson)
    once(room, "ready")
    started, processor = time.monotonic(), _processor_seconds(room)
    room.start(_VISITOR, lesson)
    seen: list[tuple[float, Snapshot]] = []
    is_busy = True
    while is_busy:
        status = room.status()
        is_busy = status.is_busy
        now = time.monotonic() - started
        seen += [(now, snapshot) for snapshot in room.snapshots()[len(seen) :]]
        if is_busy:
            room.wait_for_change(status, 0.5)
    once(room, "over")
    ended = time.monotonic() - started
    times = [moment for moment, _ in seen]

    def at(seconds: float) -> float:
        return [snapshot.validation_accuracy for moment, snapshot in seen if moment <= seconds][-1]

    return Watched(
        seed=seed,
        first_step=round(times[0], 2),
        after_5=at(5),
        after_15=at(15),
        run=round(times[-1], 1),
        result=round(ended, 1),
        test_accuracy=result_of(room).test_accuracy,
        processor_seconds=round(_processor_seconds(room) - processor, 1),
        snapshots=len(seen),
        longest_gap=round(max(later - earlier for earlier, later in pairwise(times[:-1])), 2),
    )


def teach(room: Classroom, style: Style, network: str) -> Pair:
    """Teaches a network a style, and judges what it reads then."""
    room.open(network)
    once(room, "ready")
    started, processor = time.monotonic(), _processor_seconds(room)
    room.teach(_VISITOR, network, style.learn, np.full(len(style.learn), style.digit))
    once(room, "over")
    seconds, processor = time.monotonic() - started, _processor_seconds(room) - processor
    result = result_of(room)
    assert result.taught is not None
    taught = Classifier(result.folder)
    before, after = result.taught.before, result.taught.after
    return Pair(
        file=style.file,
        writer=style.writer,
        digit=style.digit,
        read=style.read,
        drawings=len(style.samples),
        learnt=int((read_as(taught, style.learn) == style.digit).sum()),
        right=int((read_as(taught, style.judge) == style.digit).sum()),
        judged=len(style.judge),
        before=before.test_accuracy,
        after=after.test_accuracy,
        non_digits_before=before.non_digits_refused or 0.0,
        non_digits_after=after.non_digits_refused or 0.0,
        seconds=round(seconds, 1),
        processor_seconds=round(processor, 1),
    )


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning", description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="how often the fast lesson is trained (%(default)s)")
    parser.add_argument("--strokes", type=Path, nargs="+", default=[], help="what people drew, as for benchmarks.pens")
    parser.add_argument("--pairs", type=int, default=12, help="how many styles are taught (%(default)s)")
    parser.add_argument("--network", default="compact", help="the one that is taught (%(default)s)")
    parser.add_argument("--record", action="store_true", help="keep the figures in benchmarks/*.csv")
    options = parser.parse_args()
    classifier = load_classifier(options.network)
    found = [style for path in options.strokes for style in find_styles(path, classifier)]
    room = Classroom()
    try:
        lessons = [_told(watch(room, seed)) for seed in range(1, options.runs + 1)]
        pairs = [_told(teach(room, style, options.network)) for style in chosen_styles(found, options.pairs)]
    finally:
        room.close()
    _summarize(lessons, pairs)
    if options.record and lessons:
        write_records(LESSONS, lessons)
    if options.record and pairs:
        write_records(PAIRS, pairs)


def _told(record: Record) -> Record:
    print(record, flush=True)
    return record


def _summarize(lessons: Sequence[Watched], pairs: Sequence[Pair]) -> None:
    if lessons:
        print(f"\nThe fast lesson, medians of {len(lessons)}:")
        for name in ("first_step", "after_5", "after_15", "run", "result", "test_accuracy", "processor_seconds"):
            print(f"{name.replace('_', ' '):18} {median(getattr(lesson, name) for lesson in lessons):.4g}")
    if pairs:
        falls = [pair.before - pair.after for pair in pairs]
        good = sum(pair.right >= pair.judged - 1 for pair in pairs)
        print(f"\n{good} of {len(pairs)} styles: all drawings but one at most are read right, where none was before")
        print(f"the test accuracy falls by at most {100 * max(falls):.2f} points; median {100 * median(falls):.2f}")
        print(f"seconds: median {median(pair.seconds for pair in pairs):.1f}, at most {max(p.seconds for p in pairs)}")


if __name__ == "__main__":
    main()
