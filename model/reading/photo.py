"""Ink on a photographed sheet or board: uneven light, grain, ruled lines and the table around it are taken away."""

import numpy as np
from PIL import Image, ImageFilter

from model.reading.components import INK_LEVEL, label
from model.reading.morphology import close, dilate, erode
from model.reading.objects import find_objects

# The background is estimated on a picture of about this longer side, in which grain has averaged out.
_BACKGROUND_SIDE = 80
# Strokes narrower than this share of the picture's shorter side are ink; shadows and stains are wider.
_WIDEST_STROKE = 0.2
# Ink absorbs at least this share of the background's light; what is left of a shadow's edge absorbs up to 0.13.
_LEAST_INK = 0.16
# Ink also absorbs at least this many times the grain's spread.
_LEAST_INK_IN_GRAINS = 6
# Where there is no such ink, there may be faint pencil. It absorbs at least this share of the light, ...
_LEAST_FAINT_INK = 0.03
# ... at least this many times the grain's spread, and more than the steepest edge in the background leaves behind.
_LEAST_FAINT_INK_IN_GRAINS = 4.5
# Faint pencil covers at least this share of the picture.
_LEAST_FAINT_AREA = 0.0005
# At most this many times the pencil's area absorbs half as much as the pencil; in a texture, far more does.
_MOST_HALF_FAINT_AREA = 5
# Strokes of faint pencil are narrower than this share of the shorter side; stains are wider.
_WIDEST_FAINT_STROKE = 0.05
# A background darker than this, in 0..255, counts as this light: the grain of a near-black one would be all its light.
_DARKEST_BACKGROUND = 64
# What is weaker than this share of the ink's full strength is background, such as a ruled line or the paper's grain.
_BACKGROUND_UNTIL = 0.3
# What is weaker than this many times the grain's spread is background, too.
_BACKGROUND_IN_GRAINS = 4
# What is stronger than this share of the ink's full strength is ink.
_INK_FROM = 0.75
# Connected components are found on a picture of about this longer side.
_COMPONENTS_SIDE = 400
# A component with less than this share of the largest one's ink is a speck.
_SPECK = 0.02
# Ink is lighter than its background if the background is then this much more even.
_CLEARLY = 0.6
# Strokes by a marker in a tight crop are wider than this share of its shorter side, and narrower than that share of its
# longer side.
_THICK = (0.1, 0.35)
# They absorb at least this share of the light.
_LEAST_THICK_INK = 0.4
# At most this share of the picture is neither ink nor sheet there.
_MOST_EDGES = 0.15
# A shadow on shaded paper leaves at least this share of the light close by; what is darker is no sheet any more.
_SHADOW = 0.35
# Across the edge of an object, at most this share of the light is left, within this many pixels of the small picture.
_EDGE = 0.55
_ACROSS_EDGE = 5
# A component with more than this share of the picture beside the sheet is the sheet's edge.
_BESIDE = 0.005


def photo_ink(lightness: np.ndarray) -> np.ndarray:
    """Separates ink from a background of uneven lightness.

    Args:
        lightness: uint8 (h, w) in 0..255, ink darker or lighter than the background around it.

    Returns:
        float32 (h, w) in 0..1: 0 on the background, 1 where the ink is strong; all zero if there is no ink.
    """
    forms = [Image.fromarray(lightness), Image.fromarray(255 - lightness)]
    if (thick := _thick_ink(forms[0])) is not None:
        return thick
    backgrounds = [_background(form, _WIDEST_STROKE) for form in forms]
    # With the strokes taken for background, the "background" has their outlines. Dark ink is the likelier.
    dark = _unevenness(backgrounds[1]) >= _CLEARLY * _unevenness(backgrounds[0])
    picture, background = (forms[0], backgrounds[0]) if dark else (forms[1], backgrounds[1])
    beside = _beside_the_sheet(background)
    taken = _light_taken(picture, background, beside)
    levels = _ink_levels(taken, _LEAST_INK)
    if levels is None:
        background = _background(picture, _WIDEST_FAINT_STROKE)
        taken = _light_taken(picture, background, beside)
        levels = _ink_levels(taken, max(_LEAST_FAINT_INK, _steepest_edge(background)), faint=True)
    if levels is None:
        return np.zeros(lightness.shape, np.float32)
    least, full = levels
    ink = np.clip((taken - least) / (full - least), 0, 1)
    return ink * _kept_components(ink, beside)


def _thick_ink(picture: Image.Image) -> np.ndarray | None:
    """The ink of a picture, in mode L, that shows hardly more than a digit by a marker; None for any other.

    Such strokes are wider than what `_background` takes for ink. Instead, the sheet is what is light, and evenly so.
    """
    small = np.asarray(picture.reduce(max(1, round(max(picture.size) / _BACKGROUND_SIDE))), np.float32)
    share = small / 255
    for _ in range(3):
        levels = np.clip(255 * share / max(float(share.max()), 1e-6), 0, 255).astype(np.uint8)
        is_light = levels > otsu(levels)
        if not is_light.any() or is_light.all():
            return None
        plane = _fitted_plane(small, is_light)
        share = small / np.maximum(_plane(plane, small.shape), 1)
    strength = float(np.median(share[is_light]) - np.median(share[~is_light]))
    edges = np.mean(np.abs(share - np.median(share[is_light]) + strength / 2) < strength / 4)
    # What is left of strokes that are wider than either.
    wide, too_wide = (
        erode(~is_light, 2 * round(width / 2) + 1)
        for width in (_THICK[0] * min(small.shape), _THICK[1] * max(small.shape))
    )
    if (
        strength < _LEAST_THICK_INK
        or edges > _MOST_EDGES
        or np.mean(border_of(is_light)) < 0.5
        or not wide.any()
        or too_wide.any()
    ):
        return None
    lightness = np.asarray(picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 500)), np.float32)
    across, down = picture.width / small.shape[1], picture.height / small.shape[0]
    sheet = _plane(plane / (1, across, down), lightness.shape)
    taken = (np.median(share[is_light]) - lightness / np.maximum(sheet, 1)) / strength
    ink = np.clip((taken - _BACKGROUND_UNTIL) / (_INK_FROM - _BACKGROUND_UNTIL), 0, 1).astype(np.float32)
    # Beside writing, what is thick is an object.
    return None if find_objects(label(_reduced(ink) > INK_LEVEL)).size else ink


def border_of(picture: np.ndarray) -> np.ndarray:
    """The pixels at the four edges of a picture (h, w), in one row."""
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])


def otsu(levels: np.ndarray) -> int:
    """The level up to which the darker of two classes reaches (Otsu, 1979), of uint8 (h, w)."""
    counts = np.bincount(levels.ravel(), minlength=256).astype(float)
    darker, sums = np.cumsum(counts), np.cumsum(counts * np.arange(256))
    lighter = darker[-1] - darker
    between = (sums[-1] * darker - sums * darker[-1]) ** 2 / np.maximum(darker * lighter, 1)
    return int(between.argmax())


def _fitted_plane(levels: np.ndarray, where: np.ndarray) -> np.ndarray:
    """The plane through levels, float (h, w), at some places, bool (h, w): float (3,), level at 0 and slopes."""
    down, across = np.nonzero(where)
    return np.linalg.lstsq(np.stack([np.ones(len(down)), across, down], axis=1), levels[where], rcond=None)[0]


def _plane(plane: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Its levels, float (h, w)."""
    level, across, down = plane
    return level + across * np.arange(shape[1]) + down * np.arange(shape[0])[:, np.newaxis]


def _background(picture: Image.Image, widest: float) -> Image.Image:
    """The lightness of the sheet without strokes narrower than a share of its shorter side, in mode L and small."""
    small = picture.reduce(max(1, round(max(picture.size) / _BACKGROUND_SIDE)))
    # A morphological closing: the lightest value around, then the darkest of those, fills whatever is narrower than
    # the window and keeps the edge of a shadow where it is.
    window = 2 * round(widest * min(small.size) / 2) + 1
    # The sheet is continued outward, so that its shaded corners are no strokes.
    levels = np.pad(np.asarray(small.filter(ImageFilter.MedianFilter(3))), window, mode="edge")
    closed = Image.fromarray(close(levels, window))
    return closed.filter(ImageFilter.GaussianBlur(1)).crop(
        (window, window, window + small.width, window + small.height)
    )


def _beside_the_sheet(background: Image.Image) -> Image.Image:
    """Where the background is far darker than close by, as the table beside a sheet is, or the edge of an object.

    Args:
        background: the lightness without ink, in mode L and small.

    Returns:
        A picture of the same size in mode L: 255 there, otherwise 0.
    """
    levels = np.asarray(background)
    lightest = dilate(levels, 4 * round(_WIDEST_STROKE * min(background.size) / 2) + 1)
    # One pixel more, where the edge is soft.
    is_beside = dilate(levels < np.float32(_SHADOW) * lightest, 3)
    is_edge = erode(levels, _ACROSS_EDGE) < np.float32(_EDGE) * dilate(levels, _ACROSS_EDGE)
    return Image.fromarray(is_beside | is_edge).convert("L")


def _unevenness(background: Image.Image) -> float:
    levels = np.asarray(background, np.float32)
    steps = (np.abs(np.diff(levels, axis=axis)) for axis in (0, 1))
    return sum(float(step.mean()) for step in steps if step.size)


def _light_taken(picture: Image.Image, background: Image.Image, beside: Image.Image) -> np.ndarray:
    """The share of the background's light that each pixel lacks: float32 (h, w), 0 on the background, 1 for black.

    Args:
        picture: in mode L, with dark ink.
        background: its lightness without the ink, in mode L and small.
        beside: where the picture shows no sheet, in mode L and small; there, nothing is lacking.
    """
    # The pen's line is about a hundredth of the picture wide: a fifth of that smooths grain and keeps the line.
    smooth = np.asarray(picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 500)), np.float32)
    beneath = np.asarray(background.resize(picture.size, Image.Resampling.BILINEAR), np.float32)
    # Not cut off at 0: the grain's spread is measured on it.
    taken = (beneath - smooth) / np.maximum(beneath, _DARKEST_BACKGROUND)
    taken[np.asarray(beside.resize(picture.size, Image.Resampling.NEAREST)) > 0] = 0
    return taken


def _ink_levels(taken: np.ndarray, least: float, faint: bool = False) -> tuple[float, float] | None:
    """Up to which share of the light there is no ink, and from which on it is full; None where there is no ink.

    Args:
        taken: float32 (h, w), the share of the background's light that each pixel lacks.
        least: the share that ink lacks.
        faint: whether it may be hardly stronger than the grain.
    """
    sample = taken[:: max(1, taken.shape[0] // 400), :: max(1, taken.shape[1] // 400)].ravel()
    grain = 1.5 * float(np.median(np.abs(sample - np.median(sample))))
    least = max(least, (_LEAST_FAINT_INK_IN_GRAINS if faint else _LEAST_INK_IN_GRAINS) * grain)
    inked = taken[taken > least]
    if inked.size <= (_LEAST_FAINT_AREA * taken.size if faint else 0):
        return None
    if faint and np.count_nonzero(taken > least / 2) > (1 + _MOST_HALF_FAINT_AREA) * inked.size:
        return None
    # Half of the strongest separates strokes from ruled lines and the soft edges; of the strokes the middle counts.
    stroke = float(np.median(inked[inked > np.percentile(inked, 98) / 2]))
    return max(_BACKGROUND_UNTIL * stroke, min(_BACKGROUND_IN_GRAINS * grain, stroke / 2)), _INK_FROM * stroke


def _steepest_edge(background: Image.Image) -> float:
    """The largest share of the light by which two places two pixels apart differ."""
    levels = np.maximum(np.asarray(background, np.float32), _DARKEST_BACKGROUND)

    def steepest(along: np.ndarray) -> float:
        one, other = along[2:], along[:-2]
        return float((np.abs(one - other) / np.maximum(one, other)).max(initial=0))

    return max(steepest(levels), steepest(levels.T))


def _kept_components(ink: np.ndarray, beside: Image.Image) -> np.ndarray:
    """Where to keep the ink, bool (h, w): neither in specks, nor in objects, nor in what lies beside the sheet."""
    height, width = ink.shape
    small = _reduced(ink)
    outside = dilate(np.asarray(beside.resize(small.shape[::-1], Image.Resampling.NEAREST)) > 0, 3)
    # Component 0 is the background.
    components = label((small > INK_LEVEL) | outside)
    mass = np.bincount(components.ravel(), small.ravel())
    mass[0] = 0
    mass[find_objects(components)] = 0
    mass[np.bincount(components.ravel(), outside.ravel()) > _BESIDE * outside.size] = 0
    kept = mass > _SPECK * mass.max()
    # One pixel more around each component, where its edge is soft.
    grown = Image.fromarray(dilate(kept[components], 3)).convert("L")
    factor = _factor(ink)
    whole = grown.resize((grown.width * factor, grown.height * factor), Image.Resampling.NEAREST)
    return np.asarray(whole)[:height, :width] > 0


def _factor(ink: np.ndarray) -> int:
    """How many times smaller the picture is on which components are found."""
    return max(1, round(max(ink.shape) / _COMPONENTS_SIDE))


def _reduced(ink: np.ndarray) -> np.ndarray:
    """That picture: float32 in 0..1."""
    return np.asarray(Image.fromarray(np.uint8(255 * ink)).reduce(_factor(ink)), np.float32) / 255
