"""Finds a sheet of paper on a darker table, so that neither the table nor the sheet's edge is taken for ink."""

import numpy as np
from PIL import Image, ImageFilter

from model.reading.components import find_runs, paint
from model.reading.photo import border_of, otsu

# The sheet is looked for on a picture of about this longer side.
_SIDE = 160
# Writing is narrower than this share of the shorter side, and is filled up first.
_WIDEST_WRITING = 0.08
# With a table around it, a picture is lighter than its border by this share of all lightness.
_LIGHTER_THAN_BORDER = 0.1
# The table's lightness is between these shares of the sheet's: a drawing's own background may be black. It takes the
# next share of the picture's border. The sheet is as wide and high as the last share of the shorter side: no stroke is.
_TABLE, _AT_BORDER, _LEAST_SHEET = (0.2, 0.8), 0.4, 0.25
# A sheet fills its outline, without dents, to this share.
_SOLID = 0.96
# Of two opposite sides, the shorter has at least this share of the other's length.
_ALIKE = 0.6
# What is nearer to the sheet's edge than this share of the shorter side is left out, where the edge is soft or curls.
_EDGE = 0.02


def without_table(lightness: np.ndarray, border: int) -> np.ndarray:
    """Continues a sheet outward over the table around it.

    Args:
        lightness: uint8 (h, w) in 0..255.
        border: the lightness at its edges, in 0..255.

    Returns:
        uint8 (h, w); the same where the picture shows no sheet on a table.
    """
    if lightness.mean() < border + 255 * _LIGHTER_THAN_BORDER or border < _TABLE[0] * lightness.max():
        return lightness
    if (sheet := find_sheet(lightness)) is None:
        return lightness
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


def find_sheet(lightness: np.ndarray) -> np.ndarray | None:
    """Finds the sheet.

    Args:
        lightness: uint8 (h, w) in 0..255.

    Returns:
        bool (h, w), where the sheet is; None where the picture shows no table around one.
    """
    picture = Image.fromarray(lightness)
    small = picture.reduce(max(1, round(max(picture.size) / _SIDE)))
    window = 2 * max(1, round(_WIDEST_WRITING * min(small.size) / 2)) + 1
    # Dark all around, so that a narrow part of the table beside the sheet is not filled up, too.
    padded = Image.fromarray(np.pad(np.asarray(small), window))
    closed = np.asarray(padded.filter(ImageFilter.MaxFilter(window)).filter(ImageFilter.MinFilter(window)))
    closed = closed[window:-window, window:-window]
    is_light = closed > otsu(closed)
    if not is_light.any() or is_light.all():
        return None
    table = np.median(closed[~is_light]) / np.median(closed[is_light])
    if not _TABLE[0] <= table <= _TABLE[1]:
        return None
    if np.mean(~border_of(is_light)) < _AT_BORDER:
        return None
    runs = find_runs(is_light)
    largest = int(np.bincount(runs.components, runs.ends - runs.starts).argmax())
    sheet = paint(runs, is_light.shape) == largest
    is_wide = _shrunk(sheet, _LEAST_SHEET / 2).any()
    if not is_wide or sheet.sum() < _SOLID * _filled(sheet).sum() or not _has_four_sides(sheet):
        return None
    inside = Image.fromarray(_shrunk(_filled(sheet), _EDGE))
    return np.asarray(inside.resize(picture.size, Image.Resampling.NEAREST))


def _has_four_sides(sheet: np.ndarray) -> bool:
    """Whether the opposite sides of what may be a sheet, bool (h, w), are of about one length."""
    rows_and_columns = np.argwhere(sheet)
    sums, differences = rows_and_columns.sum(axis=1), np.diff(rows_and_columns, axis=1)[:, 0]
    ends = (sums.argmin(), differences.argmax(), sums.argmax(), differences.argmin())
    # From the upper left one, clockwise.
    corners = rows_and_columns[list(ends)]
    upper, right, lower, left = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return bool(min(upper, lower) >= _ALIKE * max(upper, lower) and min(left, right) >= _ALIKE * max(left, right))


def _shrunk(sheet: np.ndarray, share: float) -> np.ndarray:
    """The sheet without what is nearer to its edge than a share of the shorter side, bool (h, w)."""
    window = 2 * max(1, round(share * min(sheet.shape))) + 1
    return np.asarray(Image.fromarray(sheet).convert("L").filter(ImageFilter.MinFilter(window))) > 0


def _filled(sheet: np.ndarray) -> np.ndarray:
    """The sheet with its dents filled, bool (h, w): what lies between its parts in a row or a column."""
    return _filled_in_rows(sheet) | _filled_in_rows(sheet.T).T


def _filled_in_rows(sheet: np.ndarray) -> np.ndarray:
    first, last = sheet.argmax(axis=1), sheet.shape[1] - 1 - sheet[:, ::-1].argmax(axis=1)
    columns = np.arange(sheet.shape[1])
    is_seen = sheet.any(axis=1, keepdims=True)
    return (columns >= first[:, np.newaxis]) & (columns <= last[:, np.newaxis]) & is_seen
