"""Finds a sheet of paper on a darker table, so that neither the table nor the sheet's edge is taken for ink."""

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from model.reading.components import find_runs, paint
from model.reading.frames import smallest_frame
from model.reading.morphology import close, dilate, erode
from model.reading.photo import border_of, otsu

# The sheet is looked for on a picture of about this longer side; in a smaller one, there is no room for a table.
_SIDE = 160
# Writing is narrower than this share of the shorter side, and is filled up first.
_WIDEST_WRITING = 0.08
# The table is darker than this share of the sheet's lightness.
_TABLE = 0.8
# The table takes at least this share of the picture's border.
_AT_BORDER = 0.4
# The sheet takes at least this share of the picture ...
_LEAST_AREA = 0.06
# ... and is at least as wide and high as this share of the shorter side.
_LEAST_SHEET = 0.15
# A table darker than this share of the sheet may be a drawing's own background, and the sheet a blob of ink.
_DARK = 0.2
# On such a dark table, the sheet takes at least this share of the picture.
_LEAST_DARK_AREA = 0.13
# There, ink is on at least this share of the sheet, and absorbs at least that share of the light; most of it is even.
_INKED = 0.002
_ABSORBED = 0.3
# There, the margin begins and ends so many pixels within the sheet's edge, and ink takes at most that share of it: the
# gaps of a dense scribble, which would pass for ink, reach the edge.
_MARGIN_PIXELS = (2, 4)
_INK_IN_MARGIN = 0.03
# There, writing takes at most this share of the picture, and leaves a clean square of that share of the shorter side.
_MOST_WRITING = 0.03
_CLEAN = 0.1
# There, the largest light component has few gaps: it takes at least this share of the pixels between its first and its
# last in each row, and in each column. A sheet takes nearly all of them, most digits about half.
_FILLED = 0.65
# At most this share of a sheet is concavities, holes, or outside the quadrilateral of its corners.
_CONCAVE = 0.1
# Of two opposite sides, the shorter has at least this share of the other's length.
_ALIKE = 0.6
# The edge is looked at within so many pixels on either side.
_EDGE_PIXELS = 3
# What is nearer to the sheet's edge than this share of the shorter side is left out, where the edge is soft or curls.
_EDGE = 0.02


class Sheet(NamedTuple):
    """A sheet on a table.

    Attributes:
        inside: bool (h, w), where it is in the picture, but for its edge.
        tilt: by how many degrees it lies turned clockwise, -45 to 45.
    """

    inside: np.ndarray
    tilt: float


def without_table(lightness: np.ndarray, sheet: np.ndarray) -> np.ndarray:
    """Continues a sheet outward over the table around it.

    Args:
        lightness: uint8 (h, w) in 0..255.
        sheet: bool (h, w), where the sheet is.

    Returns:
        uint8 (h, w).
    """
    picture = Image.fromarray(lightness)
    factor = max(1, round(max(picture.size) / _SIDE))
    small = np.asarray(picture.reduce(factor), np.float32)
    inside = np.asarray(Image.fromarray(sheet).convert("L").reduce(factor)) == 255
    beyond = Image.fromarray(_continued(small, inside)).resize(picture.size, Image.Resampling.BILINEAR)
    return np.where(sheet, lightness, np.clip(np.asarray(beyond), 0, 255).astype(np.uint8))


def _continued(levels: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Fills the unknown levels of float32 (h, w) with those nearby that are known, bool (h, w)."""
    height, width = levels.shape
    if known.all() or max(height, width) == 1:
        return levels
    half = (max(1, width // 2), max(1, height // 2))
    sums, counts = (
        np.asarray(Image.fromarray(each.astype(np.float32)).resize(half, Image.Resampling.BOX))
        for each in (levels * known, known)
    )
    coarse = _continued(sums / np.maximum(counts, 1e-6), counts > 0)
    wide = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BILINEAR))
    return np.where(known, levels, wide)


def find_sheet(lightness: np.ndarray) -> Sheet | None:
    """Finds the sheet.

    Args:
        lightness: uint8 (h, w) in 0..255.

    Returns:
        The sheet; None where the picture shows no table around one.
    """
    if max(lightness.shape) < _SIDE:
        return None
    border = border_of(lightness)
    is_dark = border < _TABLE * int(lightness.max())
    if is_dark.mean() < _AT_BORDER or np.mean(lightness[::4, ::4] > np.median(border[is_dark])) < _LEAST_AREA:
        return None
    picture = Image.fromarray(lightness)
    small = np.asarray(picture.reduce(max(1, round(max(picture.size) / _SIDE))))
    window = 2 * max(1, round(_WIDEST_WRITING * min(small.shape) / 2)) + 1
    if np.median(border) < _DARK * int(lightness.max()) and not _may_be_paper(small):
        return None
    # Dark all around, so that a narrow part of the table beside the sheet is not filled up, too.
    closed = close(np.pad(small, window), window)[window:-window, window:-window]
    sheet = _largest_light(closed)
    if sheet is None or not _shrunk(sheet, _LEAST_SHEET / 2).any():
        return None
    corners = _corners(sheet)
    outline = _quadrilateral(corners, sheet.shape)
    if not _are_of_a_rectangle(corners) or np.mean((outline ^ sheet)[outline | sheet]) > _CONCAVE:
        return None
    if not _is_paper(small, closed, outline):
        return None
    inside = Image.fromarray(_shrunk(outline, _EDGE)).resize(picture.size, Image.Resampling.NEAREST)
    # The mean direction of the upper and the lower side.
    across, down = corners[1] - corners[0] + corners[2] - corners[3]
    return Sheet(np.asarray(inside), float(np.rad2deg(np.arctan2(down, across))))


def _may_be_paper(levels: np.ndarray) -> bool:
    """Whether a picture on a dark background, uint8 (h, w), may show a sheet, and not just strokes: a quick look."""
    is_light = levels > levels.max() / 2
    if is_light.mean() < _LEAST_DARK_AREA - _MOST_WRITING:
        return False
    largest = _largest_component(is_light)
    if np.count_nonzero(largest) < _FILLED * max(_spanned(largest), _spanned(largest.T)):
        return False
    window = 2 * max(1, round(_CLEAN * min(levels.shape) / 2)) + 1
    return bool(erode(is_light, window).any())


def _spanned(component: np.ndarray) -> int:
    """How many pixels a component, bool (h, w), would have if no row had gaps."""
    rows = component[component.any(axis=1)]
    return int(np.sum(rows.shape[1] - rows.argmax(axis=1) - rows[:, ::-1].argmax(axis=1)))


def _largest_light(levels: np.ndarray) -> np.ndarray | None:
    """The largest light component, bool (h, w), of a picture with a dark border, uint8 (h, w); None for others."""
    is_light = levels > otsu(levels)
    if not is_light.any() or np.mean(~border_of(is_light)) < _AT_BORDER:
        return None
    return _largest_component(is_light)


def _largest_component(is_light: np.ndarray) -> np.ndarray:
    """Where the largest component of bool (h, w) is, which has one: bool (h, w)."""
    runs = find_runs(is_light)
    largest = int(np.bincount(runs.components, runs.ends - runs.starts).argmax())
    return paint(runs, is_light.shape) == largest


def _is_paper(levels: np.ndarray, closed: np.ndarray, outline: np.ndarray) -> bool:
    """Whether what has this outline, bool (h, w), is a sheet, with a sharp edge and on a table.

    Args:
        levels: uint8 (h, w), the picture.
        closed: uint8 (h, w), the picture without writing.
        outline: bool (h, w).
    """
    within, around = (grow(outline, 2 * _EDGE_PIXELS + 1) for grow in (erode, dilate))
    paper, table = np.median(closed[outline & ~within]), np.median(closed[around & ~outline])
    if table >= _DARK * paper:
        return bool(table <= _TABLE * paper)
    if outline.mean() < _LEAST_DARK_AREA or not within.any():
        return False
    shares = levels / paper
    is_ink, is_even = shares < 1 - _ABSORBED, np.abs(shares - 1) < _ABSORBED / 2
    outer, inner = (erode(outline, 2 * pixels + 1) for pixels in _MARGIN_PIXELS)
    return bool(
        np.mean(is_ink[within]) >= _INKED
        and np.mean(is_even[within]) > 0.5
        and np.mean(is_ink[outer & ~inner]) <= _INK_IN_MARGIN
    )


def _are_of_a_rectangle(corners: np.ndarray) -> bool:
    """Whether these are the corners, float (4, 2), of a rectangle seen in perspective."""
    upper, right, lower, left = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return bool(min(upper, lower) >= _ALIKE * max(upper, lower) and min(left, right) >= _ALIKE * max(left, right))


def _quadrilateral(corners: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """What lies between corners, float (4, 2), in a picture of a shape (h, w): bool (h, w)."""
    picture = Image.new("1", shape[::-1])
    # A polygon has all pixels that its outline touches.
    middle = corners.mean(axis=0)
    inner = corners + 0.5 * np.sign(middle - corners) - 0.5
    ImageDraw.Draw(picture).polygon([(float(x), float(y)) for x, y in inner], fill=1)
    return np.asarray(picture)


def _corners(sheet: np.ndarray) -> np.ndarray:
    """The corners of a sheet, bool (h, w), clockwise from the upper left: float (4, 2), x and y."""
    points, along = smallest_frame(sheet)
    across, down = (along / np.ptp(along, axis=0)).T
    ends = ((across + down).argmin(), (across - down).argmax(), (across + down).argmax(), (across - down).argmin())
    return points[list(ends)]


def _shrunk(sheet: np.ndarray, share: float) -> np.ndarray:
    """The sheet without what is nearer to its edge than a share of the shorter side, bool (h, w)."""
    window = 2 * max(1, round(share * min(sheet.shape))) + 1
    return erode(sheet, window)
