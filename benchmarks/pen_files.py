"""Files of pen strokes: JSON lines, plain or gzip, and UNIPEN as UCI's pen digits are published."""

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.synthesis.strokes import Stroke

_GZIP, _COMPRESS = b"\x1f\x8b", b"\x1f\x9d"
_SEGMENT = re.compile(r'\.SEGMENT\s.*"(.*)"')


@dataclass(frozen=True, eq=False)
class Sample:
    """One character that a person drew.

    Attributes:
        label: the character.
        writer: who drew it, empty where the file does not say.
        strokes: float (k, 2) each, x and y in the tablet's units, y downward.
    """

    label: str
    writer: str
    strokes: list[Stroke]


def read_samples(path: Path) -> list[Sample]:
    """Reads a file of pen strokes, whichever of the two formats it has.

    Raises:
        ValueError: it has neither, or a line of it is damaged.
    """
    content = path.read_bytes()
    if content.startswith(_COMPRESS):
        raise ValueError(f"{path} is compressed with compress. Unpack it with: gzip -d {path.name}")
    if content.startswith(_GZIP):
        content = gzip.decompress(content)
    lines = content.decode("utf-8", errors="replace").splitlines()
    first = next((line.lstrip() for line in lines if line.strip()), "")
    if first.startswith("{"):
        samples = list(parse_json_lines(lines))
    elif first.startswith("."):
        samples = list(parse_unipen(lines))
    else:
        raise ValueError(f"{path} holds no pen strokes. Expected: JSON lines or UNIPEN. Received: {first[:60]!r}")
    if not samples:
        raise ValueError(f"{path} holds no pen strokes. Expected: at least one sample with points.")
    return samples


def parse_json_lines(lines: Iterable[str]) -> Iterator[Sample]:
    """Samples of {"label", "writer", "strokes": [[[x, y], ...], ...]} a line, y downward.

    Raises:
        ValueError: a line is not of that form.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            strokes = [np.array(stroke, float).reshape(-1, 2) for stroke in fields["strokes"] if stroke]
            label, writer = str(fields["label"]), str(fields.get("writer", ""))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"Line {number} is no drawing. Expected: label, writer, strokes. Received: {line[:60]!r}"
            ) from error
        if strokes:
            yield Sample(label, writer, strokes)


def parse_unipen(lines: Iterable[str]) -> Iterator[Sample]:
    """Samples of a UNIPEN file such as UCI's pendigits-orig.tra.

    `.SEGMENT DIGIT 0-1 ? "4"` begins a sample and gives its label; `.COMMENT 4 12 224` after it the digit, the writer
    and a running number; each point between `.PEN_DOWN` and `.PEN_UP` is a line of x and y. The tablet counts y
    upward, so y is turned round here. Samples without points are left out.

    Raises:
        ValueError: a line between `.PEN_DOWN` and `.PEN_UP` is no point.
    """
    sample: Sample | None = None
    points: list[tuple[float, float]] | None = None
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if line.startswith("."):
            if points and sample:
                sample.strokes.append(np.array(points))
            points = [] if line.startswith(".PEN_DOWN") else None
            if line.startswith(".SEGMENT"):
                if sample and sample.strokes:
                    yield sample
                label = _SEGMENT.match(line)
                sample = Sample(label[1], "", []) if label else None
            elif line.startswith(".COMMENT") and sample and not sample.writer:
                words = line.split()
                sample = Sample(sample.label, words[2] if len(words) == 4 else "", sample.strokes)
        elif line and points is not None:
            try:
                x, y = map(float, line.split()[:2])
            except ValueError:
                raise ValueError(f"Line {number} is no point. Expected: x and y. Received: {line[:60]!r}") from None
            points.append((x, -y))
    if points and sample:
        sample.strokes.append(np.array(points))
    if sample and sample.strokes:
        yield sample
