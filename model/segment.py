"""Several digits side by side in one drawing: which ink belongs to which digit.

Ink that hangs together is a piece. A digit has one piece or several (a 5 with a loose bar, a 4 in two strokes), so
neighbouring pieces may or may not be of one digit. Geometry settles most cases: what lies side by side and is as tall
as a digit is one of its own, what is small belongs to its neighbour, and what no slanted line can part belongs
together. `find_candidates` lists every group of pieces that geometry allows, with how much it speaks for it; the
network looks at all of them at once; `choose` picks the groups that together are the likeliest. Ink of two digits
that touch is one piece and stays one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.preprocess import INK_LEVEL, Box, ink_box

# Sizes and distances are shares of the line's height, which is that of its tallest piece.
# Pieces smaller than this are specks, whatever they are next to.
_SPECK = 0.1
# Groups smaller than this are dabs of the pen: no digit of a number is so much smaller than another.
_DAB = 0.22
# Pieces lower than the first are parts of a digit (the bar of a 5 or 7), higher than the second may be digits.
_PART, _TALL = 0.35, 0.6
# Lines that lean this much, in pixels sideways a pixel upward, are tried between two pieces: 35 degrees either way.
_LEANINGS = np.linspace(-0.7, 0.7, 15)
# A digit has at most this many pieces, and a drawing at most this many that matter: more are hatching or dots.
_PIECES_A_DIGIT = 4
_PIECES = 40
# Geometry's word on whether two pieces are of one digit is a log-odds, in nats. Where it speaks more than the second
# value against a group, the network is not asked; what it says counts down to the first, so that a group that it takes
# for no digit at all can still win by geometry.
_LEAST_PROBABILITY = 0.01
_HOPELESS = -6.0

# What stands in place of a piece's number where ink is of none that matters, and where there is no ink.
_OTHER, _GROUND = -1, -2


@dataclass(frozen=True, eq=False)
class Candidate:
    """A group of pieces that may be one digit.

    Attributes:
        pieces: which pieces, counted from left to right.
        box: where its ink is in the drawing, in pixels.
        ink: float32 (box.height, box.width) in 0..1, without the ink of other pieces in the same box.
        support: how much geometry speaks for these pieces being of one digit rather than of one each, in nats.
        is_dab: whether it is far smaller than the other digits, and so none.
    """

    pieces: range
    box: Box
    ink: np.ndarray
    support: float
    is_dab: bool


@dataclass(frozen=True, eq=False)
class _Runs:
    """Ink as runs of pixels: pieces are easily found and compared so, without a picture for each.

    Attributes:
        rows, starts, ends: int (n,), the row, the first column, and the column after the last.
        pieces: int (n,), the piece that each run is of.
    """

    rows: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    pieces: np.ndarray


def find_candidates(ink: np.ndarray) -> list[Candidate]:
    """Finds the groups of ink that may be a digit.

    Args:
        ink: float32 (h, w) in 0..1, as `model.preprocess.to_ink` gives it.

    Returns:
        Candidates by their first piece; none where there is no ink. Each piece is a candidate by itself, so that
        digits far apart, each of one piece, are all there is.
    """
    runs = _find_runs(ink > INK_LEVEL)
    if runs.rows.size == 0:
        return []
    boxes = _find_boxes(runs)
    sizes = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    kept = np.flatnonzero(sizes >= _SPECK * sizes.max())
    if len(kept) > _PIECES:
        kept = kept[np.argsort(sizes[kept])[-_PIECES:]]
    # From left to right.
    kept = kept[np.argsort(boxes[kept, 0] + boxes[kept, 2], kind="stable")]
    order = np.full(len(boxes), _OTHER)
    order[kept] = np.arange(len(kept))
    runs = replace(runs, pieces=order[runs.pieces])
    heights = boxes[kept, 3] - boxes[kept, 1]
    groups = _groups(_support(runs, boxes[kept]), heights) if len(kept) > 1 else [(range(1), 0.0)]
    candidates, painted = [], None
    for pieces, support in groups:
        own = boxes[kept[pieces]]
        (left, top), (right, bottom) = own[:, :2].min(axis=0), own[:, 2:].max(axis=0)
        part = ink[top:bottom, left:right]
        met = (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
        if np.count_nonzero(met) > len(pieces):
            if painted is None:
                painted = _paint(runs, ink.shape)
            seen = painted[top:bottom, left:right]
            part = np.where((seen == _GROUND) | ((seen >= pieces.start) & (seen < pieces.stop)), part, np.float32(0))
        box = Box(int(left), int(top), int(right - left), int(bottom - top))
        candidates.append(Candidate(pieces, box, part, support, max(box.width, box.height) < _DAB * heights.max()))
    return candidates


def whole(ink: np.ndarray) -> list[Candidate]:
    """Takes all ink for one digit.

    Args:
        ink: float32 (h, w) in 0..1, as `model.preprocess.to_ink` gives it.

    Returns:
        One candidate; none where there is no ink.
    """
    box = ink_box(ink)
    if box is None:
        return []
    return [Candidate(range(1), box, ink[box.y : box.y + box.height, box.x : box.x + box.width], 0.0, False)]


def choose(candidates: Sequence[Candidate], probabilities: np.ndarray) -> list[int]:
    """Picks the groups that are the likeliest together, each piece being in one of them.

    Args:
        candidates: as `find_candidates` gives them.
        probabilities: float (n,) in 0..1, the network's for each candidate being the digit that it most looks like.

    Returns:
        The indices of the groups that are digits, in reading order; dabs of the pen are left out.
    """
    gains = np.log(np.maximum(probabilities, _LEAST_PROBABILITY)) + [candidate.support for candidate in candidates]
    count = max(candidate.pieces.stop for candidate in candidates)
    # The best way to group the first n pieces: its score, and its last group.
    scores, last = [0.0] + [-np.inf] * count, [0] * (count + 1)
    for index, candidate in enumerate(candidates):
        score = scores[candidate.pieces.start] + gains[index]
        if score > scores[candidate.pieces.stop]:
            scores[candidate.pieces.stop], last[candidate.pieces.stop] = score, index
    chosen, stop = [], count
    while stop:
        chosen.append(last[stop])
        stop = candidates[last[stop]].pieces.start
    return [index for index in reversed(chosen) if not candidates[index].is_dab]


def _find_runs(inked: np.ndarray) -> _Runs:
    """Ink as runs, those that touch, also at their corners, being of one piece; `inked` is bool (h, w)."""
    height, width = inked.shape
    # One empty column more, so that no run goes on in the next row.
    stride = width + 1
    flat = np.zeros(height * stride + 1, bool)
    flat[1:].reshape(height, stride)[:, :width] = inked
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    starts, ends = changes[::2], changes[1::2]
    # The runs of the next row that touch each: from the first that ends no earlier to the last that starts no later.
    first = np.searchsorted(ends, starts + stride)
    counts = np.maximum(np.searchsorted(starts, ends + stride, "right") - first, 0)
    upper = np.repeat(np.arange(len(starts)), counts)
    lower = np.arange(len(upper)) - np.repeat(np.cumsum(counts) - counts - first, counts)
    rows = starts // stride
    return _Runs(rows, starts - rows * stride, ends - rows * stride, _join(len(starts), upper, lower))


def _join(count: int, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Numbers the pieces: things 0..count - 1, of which each pair (upper, lower) hangs together, get int (count,)."""
    piece = np.arange(count)
    while True:
        one, other = piece[upper], piece[lower]
        if np.array_equal(one, other):
            return np.unique(piece, return_inverse=True)[1]
        least = np.minimum(one, other)
        np.minimum.at(piece, one, least)
        np.minimum.at(piece, other, least)
        # Each follows its chain to the end, so that long strokes take few rounds.
        while not np.array_equal(piece, further := piece[piece]):
            piece = further


def _find_boxes(runs: _Runs) -> np.ndarray:
    """The box of each piece: int (n, 4), left, top, right and bottom, the last two one pixel outside."""
    order = np.argsort(runs.pieces, kind="stable")
    first = np.searchsorted(runs.pieces[order], np.arange(runs.pieces.max() + 1))
    rows, starts, ends = runs.rows[order], runs.starts[order], runs.ends[order]
    least, most = np.minimum.reduceat, np.maximum.reduceat
    return np.stack([least(starts, first), least(rows, first), most(ends, first), most(rows, first) + 1], axis=1)


def _support(runs: _Runs, boxes: np.ndarray) -> np.ndarray:
    """How much geometry speaks for two pieces being of one digit: log-odds, float (n, n), right of the diagonal.

    Args:
        runs: the ink; its pieces are numbered as the boxes are, from left to right, others below 0.
        boxes: int (n, 4), as `_find_boxes` gives them.
    """
    heights = boxes[:, 3] - boxes[:, 1]
    line = heights.max()
    least, most = _leaning_extents(runs)
    points = [None] * len(boxes)
    support = np.full((len(boxes), len(boxes)), -np.inf)
    for one in range(len(boxes)):
        for other in range(one + 1, min(one + _PIECES_A_DIGIT, len(boxes))):
            # The widest slanted gap between the two; below 0 where no line parts them.
            gap = float(((least[other] - most[one]) / np.hypot(1, _LEANINGS)).max() / line)
            low, high = sorted((heights[one], heights[other]))
            overlap = float(min(boxes[one, 3], boxes[other, 3]) - max(boxes[one, 1], boxes[other, 1])) / low
            # What stands on the line beside another is a digit sooner than what lies above it or inside it.
            beside = _share(gap, -0.1, 0) * _share(overlap, 0.8, 0.95)
            is_digit = _share(low / line * (1 + 0.3 * beside), _PART, _TALL)
            width = max(boxes[one, 2], boxes[other, 2]) - min(boxes[one, 0], boxes[other, 0])
            aspect = width / (low + high - overlap * low)
            support[one, other] = is_digit * _support_of_tall(gap, overlap, aspect)
            if is_digit < 1:
                for piece in (one, other):
                    if points[piece] is None:
                        points[piece] = _sample(runs, piece)
                distance = _distance(points[one], points[other]) / line
                # A part is near what it is a part of, and often above, below or inside it.
                support[one, other] += (1 - is_digit) * (4 - 10 * distance + 2 * _share(gap, 0, -0.1))
    return support


def _support_of_tall(gap: float, overlap: float, aspect: float) -> float:
    """Log-odds of two pieces being of one digit if each is as tall as one.

    Args:
        gap: between them, as a share of the line's height, below 0 where they reach into each other.
        overlap: of their rows, as a share of the lower one's, below 0 where there are rows between them.
        aspect: width by height of the two together.
    """
    side_by_side = -3 - 10 * max(gap, 0)
    if gap <= 0:
        # The circles of an 8 stand one on the other, the slash of a 0 lies inside. Digits that reach into each other,
        # such as a 2 and a 9, do neither.
        return side_by_side + 8 * max(_share(gap, -0.1, -0.3), _share(overlap, 0.5, 0.2))
    # The second stroke of a 4 begins and ends further down than the first, and together they are narrow.
    return side_by_side + 6 * _share(overlap, 0.9, 0.65) * _share(aspect, 0.9, 0.65)


def _share(value: float, none: float, full: float) -> float:
    """How far a value is on its way from one at which nothing counts to one at which all does, 0..1."""
    return min(max((value - none) / (full - none), 0.0), 1.0)


def _leaning_extents(runs: _Runs) -> tuple[np.ndarray, np.ndarray]:
    """How far each piece reaches to the left and right of lines of all leanings: two of float (n, leanings), pixels."""
    order = np.argsort(runs.pieces, kind="stable")
    order = order[np.count_nonzero(runs.pieces < 0) :]
    first = np.searchsorted(runs.pieces[order], np.arange(runs.pieces.max() + 1))
    shift = runs.rows[order, np.newaxis] * _LEANINGS
    left, right = runs.starts[order, np.newaxis] + shift, runs.ends[order, np.newaxis] + shift
    return np.minimum.reduceat(left, first), np.maximum.reduceat(right, first)


def _sample(runs: _Runs, piece: int) -> np.ndarray:
    """Points spread over a piece, float (k, 2), x and y: five a run, of up to about 40 runs."""
    own = np.flatnonzero(runs.pieces == piece)
    own = own[:: max(1, len(own) // 40)]
    across = runs.starts[own, np.newaxis] + (runs.ends - runs.starts)[own, np.newaxis] * np.linspace(0, 1, 5)
    return np.stack([across.ravel(), np.repeat(runs.rows[own], 5)], axis=1)


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    """The least distance between two sets of points, float (k, 2) each."""
    return float(np.sqrt(((one[:, np.newaxis] - other) ** 2).sum(axis=2).min()))


def _groups(support: np.ndarray, heights: np.ndarray) -> list[tuple[range, float]]:
    """The groups of neighbouring pieces that geometry allows, by their first piece, and how much speaks for each.

    Args:
        support: float (n, n), as `_support` gives it.
        heights: int (n,), of the pieces.
    """
    either_way = np.maximum(support, support.T)
    groups = []
    for start in range(len(support)):
        for stop in range(start + 1, min(start + _PIECES_A_DIGIT, len(support)) + 1):
            # Each piece hangs on a taller one, so that the bar between an 8 and a 7 joins one of them and not both.
            by_height = start + np.argsort(-heights[start:stop], kind="stable")
            total = sum(float(either_way[by_height[n], by_height[:n]].max()) for n in range(1, len(by_height)))
            if total > _HOPELESS:
                groups.append((range(start, stop), total))
    return groups


def _paint(runs: _Runs, shape: tuple[int, int]) -> np.ndarray:
    """A picture of the pieces' numbers: int16 shape."""
    painted = np.full(shape, _GROUND, np.int16)
    lengths = runs.ends - runs.starts
    first = runs.rows * shape[1] + runs.starts
    places = np.arange(lengths.sum()) + np.repeat(first - np.cumsum(lengths) + lengths, lengths)
    painted.reshape(-1)[places] = np.repeat(runs.pieces, lengths)
    return painted
