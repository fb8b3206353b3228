"""Writes the tables of README.md, README.zh-CN.md and docs/ from saved scores: python -m scripts.tables

A table stands between two comments, <!-- NAME --> and <!-- /NAME -->; all else is left as it is.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial

from benchmarks import runs
from benchmarks.commands import Timing, read_timings
from benchmarks.faults import read_faults
from benchmarks.latency import read_latencies
from benchmarks.learning import read_lessons, read_pairs
from benchmarks.load import Load, read_loads
from benchmarks.opening import read_openings
from benchmarks.pictures import read_scores
from model.reading.card import Card
from model.reading.handwriting_scores import HandwritingScores, PenScores
from model.reading.store import TRAINED
from model.recipes import RECIPES
from scripts.running import ROOT

# All documents in which tables may stand.
DOCUMENTS = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").glob("*.md"))]

_SHIPPED = ("compact", "classic")
_HEADINGS = {
    "en": [
        "network",
        "test accuracy, mean ± standard deviation",
        "lowest to highest",
        "runs (seeds)",
        "shipped network (seed)",
        "parameters",
        "whole training command",
    ],
    "zh": [
        "网络",
        "测试集准确率，均值 ± 标准差",
        "最低到最高",
        "运行次数（种子数）",
        "随附的网络（种子）",
        "参数量",
        "整个训练命令的用时",
    ],
}
_READS_HEADINGS = {
    "en": ["handwriting", "samples", "people", "read right", "refused"],
    "zh": ["笔迹", "样本数", "书写人数", "读对", "拒识"],
}
_RULERS_IN_CHINESE = {
    "pen digits": "数位板上的数字",
    "pen letters": "数位板上的字母",
    "expression digits": "算式中的数字",
    "expression numbers": "算式中的多位数",
    "expression symbols": "算式中的符号",
    "paper digits": "纸上的数字",
}


def results(language: str) -> str:
    """What each recipe reaches over all its finished runs, beside the network that is shipped.

    Args:
        language: of the headings and units, "en" or "zh".
    """
    rows = runs.read_rows()
    timings = read_timings()
    lines = []
    for name, recipe in RECIPES.items():
        made = [row for row in runs.runs_of(rows, recipe) if row.members == 1]
        accuracies = [row.test_accuracy for row in made]
        card = Card.load(TRAINED / name) if name in _SHIPPED else None
        # A network that is not shipped has its size from its runs.
        parameters = card.parameters.total if card else made[0].parameters
        lines.append(
            [
                f"`{name}`",
                runs.mean_and_spread(accuracies, decimals=3) if made else "–",
                f"{100 * min(accuracies):.2f}–{100 * max(accuracies):.2f} %" if made else "–",
                f"{len(made)} ({len({row.seed for row in made})})" if made else "–",
                f"{_percent(card.test.accuracy, 2)} ({card.recipe.seed})" if card else "–",
                f"{parameters:,}",
                _time(timings[name], language),
            ]
        )
    return _table(_HEADINGS[language], lines)


def _time(timing: Timing, language: str) -> str:
    if language == "en":
        return str(timing)
    time, cores = str(timing).split(" on ")
    return f"{time.replace('min', '分钟').replace('s', '秒')}，{cores.split()[0]} 个 CPU 核"


def shipped() -> str:
    """The shipped networks on MNIST's test set."""
    lines = []
    for name in _SHIPPED:
        card = Card.load(TRAINED / name)
        lines.append(
            [
                f"`{name}`",
                _percent(card.test.accuracy, 2),
                f"{card.test.errors} of {card.test.images:,}",
                _percent(card.test_as_drawings.accuracy, 2) if card.test_as_drawings else "",
                f"{card.label_errors.read_otherwise} of {card.label_errors.known}",
                _percent(card.calibration.test_error, 2),
            ]
        )
    head = ["network", "accuracy", "wrong", "accuracy, given as drawings", "wrong labels among the errors"]
    return _table([*head, "expected calibration error"], lines)


def pens() -> str:
    """What `compact` reads of pen drawings, one condition a row."""
    scores = _pen_scores()
    lines = [
        [
            condition,
            _percent(accuracy),
            _percent(scores.refused[condition]),
            _percent(scores.calibration_error[condition]),
        ]
        for condition, accuracy in scores.accuracy.items()
    ]
    count = f"{scores.samples:,} digits by {scores.writers} people:"
    return f"{count}\n\n{_table(['drawn with', 'best guess right', 'refused', 'expected calibration error'], lines)}"


def refusal() -> str:
    """What `compact` refuses of letters and of MNIST's test digits."""
    scores = _pen_scores().letters
    if scores is None:
        raise ValueError("No scores of letters are recorded. Record them with: python -m benchmarks.pens --record")
    lines = [
        ["letters", _percent(scores.letters_refused), _percent(scores.letters_refused_at_1_percent)],
        ["MNIST as scans", _percent(scores.mnist_scans_refused), _percent(scores.mnist_scans_refused_at_1_percent)],
        [
            "MNIST as drawings",
            _percent(scores.mnist_drawings_refused),
            _percent(scores.mnist_drawings_refused_at_1_percent),
        ],
    ]
    head = ["images", "refused", "refused at the threshold that refuses 1 % of the pen digits"]
    area = f"Area under the ROC curve, pen digits against letters: {scores.area_under_roc:.4f}"
    return f"{_table(head, lines)}\n\n{area}"


def numbers() -> str:
    """How many composed numbers `compact` reads right, by their length."""
    scores = Card.load(TRAINED / "compact").numbers or {}
    lines = [
        [length, f"{score.numbers:,}", _percent(score.wholly_right), _percent(score.right_count)]
        for length, score in scores.items()
    ]
    return _table(["digits", "numbers", "all digits right", "right count of digits"], lines)


def handwriting() -> str:
    """What `compact` reads of other people's handwriting, a row for each ruler and condition."""
    lines = [
        [
            score.ruler,
            score.condition,
            f"{score.samples:,}",
            str(score.writers),
            *(
                "" if share is None else _percent(share)
                for share in (score.right, score.right_unrefused, score.refused, score.miscounted)
            ),
        ]
        for score in Card.load(TRAINED / "compact").handwriting
    ]
    head = ["data set", "drawn with", "samples", "writers", "right", "right if nothing were refused", "refused"]
    return _table([*head, "wrong count of digits"], lines)


def reads(language: str) -> str:
    """What `compact` reads of other people's handwriting, a row for each ruler: the range over all pens.

    Args:
        language: of the headings and names, "en" or "zh".
    """
    of_rulers: dict[str, list[HandwritingScores]] = {}
    for score in Card.load(TRAINED / "compact").handwriting:
        of_rulers.setdefault(score.ruler, []).append(score)
    lines = [
        [
            ruler if language == "en" else _RULERS_IN_CHINESE.get(ruler, ruler),
            f"{scores[0].samples:,}",
            str(scores[0].writers),
            _range([score.right for score in scores if score.right is not None]),
            _range([score.refused for score in scores]),
        ]
        for ruler, scores in of_rulers.items()
    ]
    return _table(_READS_HEADINGS[language], lines)


def pictures() -> str:
    """What `compact` reads of pictures of each kind, and of photographed pages."""
    lines = [
        [
            score.kind,
            str(score.pictures),
            _percent(score.right / score.pictures),
            _percent(score.rows_right / score.rows),
        ]
        for score in read_scores()
    ]
    return _table(["pictures", "how many", "wholly right", "rows wholly right"], lines)


def _range(shares: Sequence[float]) -> str:
    """The lowest and the highest share in percent; nothing of none."""
    if not shares:
        return ""
    low, high = (f"{100 * share:.1f}" for share in (min(shares), max(shares)))
    return f"{low} %" if low == high else f"{low}–{high} %"


def _pen_scores() -> PenScores:
    """The recorded scores of `compact` on pen drawings.

    Raises:
        ValueError: there are none.
    """
    if (scores := Card.load(TRAINED / "compact").pens) is None:
        raise ValueError("No scores of drawings are recorded. Record them with: python -m benchmarks.pens --record")
    return scores


def recipes() -> str:
    """The recipes over all their runs, with their ablations; nothing before the first run."""
    return runs.table(runs.read_rows())


def _percent(share: float, decimals: int = 1) -> str:
    return f"{100 * share:.{decimals}f} %"


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table, whose columns but the first are aligned to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join([_line(head), f"|{'|'.join(rule)}|", *map(_line, lines)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def load() -> str:
    """What `benchmarks.load` measured."""
    loads = read_loads()
    rows: dict[str, Callable[[Load], str]] = {
        "visitors at once": lambda load: str(load.visitors),
        "minutes": lambda load: f"{load.minutes:g}",
        "messages answered": lambda load: f"{load.messages:,}",
        "errors": lambda load: str(load.errors),
        "from a message to its answer, median": lambda load: f"{load.median} ms",
        "95th percentile": lambda load: f"{load.late} ms",
        "memory of the servers, early": lambda load: f"{load.memory_at_first} MB",
        "at the end": lambda load: f"{load.memory_at_last} MB",
        f"growth by {loads[0].strokes:,} strokes of one visitor": lambda load: f"{load.growth_by_strokes:.1f} MB",
        f"growth by {loads[0].pictures:,} pictures of one visitor": lambda load: f"{load.growth_by_pictures:.1f} MB",
        "95th percentile of one visitor beside two who bring photographs": lambda load: f"{load.late_beside_photos} ms",
    }
    return _table(
        ["servers", *(str(load.servers) for load in loads)],
        [[name, *map(cell, loads)] for name, cell in rows.items()],
    )


def faults() -> str:
    """What `benchmarks.faults` measured."""
    return _table(
        ["fault", "trials", "expected", "held"],
        [[fault.kind, f"{fault.trials:,}", fault.expected, f"{fault.held:,}"] for fault in read_faults()],
    )


def opening() -> str:
    """What `benchmarks.opening` measured."""
    return _table(
        ["until one can draw", "pages", "median", "longest"],
        [
            [opening.visitor, str(opening.pages), f"{opening.median} ms", f"{opening.longest} ms"]
            for opening in read_openings()
        ],
    )


def latency() -> str:
    """What `benchmarks.latency` measured."""
    lines = [
        [latency.what, str(latency.times), f"{latency.median} ms", f"{latency.percentile_95} ms"]
        for latency in read_latencies()
    ]
    return _table(["until the new bars", "times", "median", "95th percentile"], lines)


def learning() -> str:
    """What `benchmarks.learning` measured of the fast lesson, a row each training."""
    lines = [
        [
            str(lesson.seed),
            f"{lesson.first_step:.1f} s",
            _percent(lesson.after_5),
            _percent(lesson.after_15),
            f"{lesson.run:.1f} s",
            f"{lesson.processor_seconds:.1f} s",
            _percent(lesson.test_accuracy, 2),
        ]
        for lesson in read_lessons()
    ]
    head = ["seed", "first step after", "validation after 5 s", "after 15 s", "run", "processor time", "test accuracy"]
    return _table(head, lines)


def teaching() -> str:
    """What `benchmarks.learning` measured of teaching, a row each style."""
    lines = [
        [
            f"{pair.digit}, {'refused' if pair.read == 'refused' else f'read as {pair.read}'}",
            pair.writer,
            str(pair.drawings),
            f"{pair.right} of {pair.judged}",
            f"{100 * (pair.after - pair.before):+.2f} points",
            _percent(pair.non_digits_after),
            f"{pair.seconds:.0f} s",
            f"{pair.processor_seconds:.0f} s",
        ]
        for pair in read_pairs()
    ]
    head = ["digit", "writer", "drawings", "right afterwards", "test accuracy", "non-digits refused", "took"]
    return _table([*head, "processor time"], lines)


TABLES: dict[str, Callable[[], str]] = {
    "load": load,
    "opening": opening,
    "latency": latency,
    "faults": faults,
    "learning": learning,
    "teaching": teaching,
    "results": partial(results, "en"),
    "results-zh": partial(results, "zh"),
    "shipped": shipped,
    "pens": pens,
    "refusal": refusal,
    "numbers": numbers,
    "handwriting": handwriting,
    "pictures": pictures,
    "reads": partial(reads, "en"),
    "reads-zh": partial(reads, "zh"),
    "recipes": recipes,
}


def places(text: str) -> list[str]:
    """The names of the tables for which a document has a place."""
    return re.findall(r"^<!-- ([\w-]+) -->$", text, re.MULTILINE)


def with_tables(text: str) -> str:
    """A document's text with every table updated.

    Raises:
        ValueError: a place has the name of no table, or no end.
    """
    for name in places(text):
        if name not in TABLES:
            raise ValueError(f"No table fills <!-- {name} -->. Expected one of: {', '.join(TABLES)}")
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        if end not in text:
            raise ValueError(f"The place of a table has no end. Expected after <!-- {name} -->: {end}")
        text = text[: text.index(begin) + len(begin)] + TABLES[name]() + "\n" + text[text.index(end) :]
    return text


def main() -> None:
    """Fills the tables of all documents."""
    for path in DOCUMENTS:
        path.write_text(with_tables(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
