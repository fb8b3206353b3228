"""Separates the ink of a drawing from its background."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from model.reading.morphology import close
from model.reading.photo import border_of, photo_ink
from model.reading.sheet import find_sheet, without_table

# A drawing whose lightness spans less than this is blank: on a flat background, noise spans up to 0.025.
LEAST_CONTRAST = 0.03
# A drawing whose lightness spans less than this is faint.
_FAINT = 0.12
# In a faint drawing, ink begins this many levels of 0..255 from the background, above most of the noise.
_NOISE = 2
# Levels of 0..255 within which a background is of one lightness.
FLAT = 1
# A picture with a longer side of fewer pixels than this may have gaps of one pixel in a digit.
_LEAST_SIDE_MENDED = 60
# Of a picture that is not opaque, a pixel is visible if it has more than this share of the largest alpha.
_VISIBLE = 0.9
# What is visible is a sheet of paper, and not ink, if it covers at least this share of the picture ...
_ALL_SHEET = 0.9
# ... or at least this share of its bounding box, with ink on at least that share of the sheet.
_SHEET = 0.7
_LEAST_ON_SHEET = 0.0005
# A colour channel takes the place of the lightness if it spans this many times as much.
_CLEARER = 3.0
# The channels are compared on a picture of about this longer side, in pixels.
_COLOUR_SIDE = 400
# A frame takes at most this share of the shorter side at each edge, or this many pixels.
_FRAME = 0.04
_FRAME_PIXELS = 5
# A frame is even: at least this share of it varies by no more than this many levels of 0..255.
_FRAME_EVEN = 0.95
_FRAME_VARIES = 8
Drawing = np.ndarray | Image.Image


class Box(NamedTuple):
    """A rectangle in pixels of the drawing: left edge, top edge, width, height."""

    x: int
    y: int
    width: int
    height: int


def to_ink(drawing: Drawing) -> np.ndarray:
    """The ink of a drawing, as `ink_and_tilt` finds it."""
    return ink_and_tilt(drawing)[0]


def ink_and_tilt(drawing: Drawing) -> tuple[np.ndarray, float]:
    """Separates ink from background.

    The border shows the background. Ink is what differs from it: lighter or darker, whichever differs more. Where the
    border varies in lightness, the drawing is a photograph; see `model.reading.photo`. A sheet on a table is looked
    for; see `model.reading.sheet`.

    Args:
        drawing: as `preprocess` takes it.

    Returns:
        float32 (h, w): 0 on the background, 1 where the ink is strongest; all zero if there is no ink. And by how many
        degrees the sheet lies turned clockwise on its table, -45 to 45; 0 without a table.

    Raises:
        ValueError: the array is no such drawing.
    """
    picture = _checked(drawing)
    if (alpha := _alpha(picture)) is not None:
        visible = alpha > _VISIBLE * int(alpha.max())
        if not _is_sheet(picture, visible):
            return _stretched(alpha), 0.0
        picture = _continued(picture, visible)
    lightness = _without_frame(np.asarray(_in_grey(_as_image(picture))))
    if (sheet := find_sheet(lightness)) is not None:
        return photo_ink(without_table(lightness, sheet.inside)), sheet.tilt
    border = border_of(lightness)
    background = int(np.median(border))
    if not _is_flat(border, background):
        return photo_ink(lightness), 0.0
    return _ink_on_flat(lightness, background), 0.0


def _ink_on_flat(lightness: np.ndarray, background: int) -> np.ndarray:
    """The ink, float32 (h, w) in 0..1, of a drawing, uint8 (h, w), on a background of one lightness."""
    # Ink is on the side where most of the lightness differs from the background's.
    sign = 1 if lightness.mean() > background else -1
    extreme = int(lightness.max() if sign > 0 else lightness.min())
    strongest = abs(extreme - background)
    if strongest < 255 * LEAST_CONTRAST:
        return np.zeros(lightness.shape, np.float32)
    noise = _NOISE if strongest < 255 * _FAINT else 0
    ink = lightness.astype(np.float32)
    ink -= background + sign * noise
    ink *= np.float32(sign / (strongest - noise))
    np.maximum(ink, 0, out=ink)
    is_of_one_bit = np.count_nonzero(lightness == background) + np.count_nonzero(lightness == extreme) == ink.size
    # A scan of one bit a pixel breaks thin strokes into specks: gaps of up to two pixels are closed.
    return close(ink, 3) if is_of_one_bit and max(ink.shape) >= _LEAST_SIDE_MENDED else ink


def _without_frame(lightness: np.ndarray) -> np.ndarray:
    """The picture without lines along its edges: columns and rows of one lightness that is not the sheet's."""
    width = max(_FRAME_PIXELS, round(_FRAME * min(lightness.shape)))
    if min(lightness.shape) <= 2 * width:
        return lightness
    for turn in range(4):
        # Each edge in turn is on the left.
        outer = np.rot90(lightness, turn)[:, :width]
        if np.ptp(outer) <= _FRAME_VARIES:
            continue
        sheet = int(np.median(lightness))
        inside, levels = np.median(np.rot90(lightness, turn)[:, width]), np.median(outer, axis=0)
        is_even = np.mean(np.abs(outer - levels) <= _FRAME_VARIES, axis=0) >= _FRAME_EVEN
        # A line differs from the sheet, and from what is beside it, which may be a stroke.
        is_line = is_even & (np.minimum(np.abs(levels - sheet), np.abs(levels - inside)) > _FRAME_VARIES)
        if is_line.any():
            lightness = lightness.copy()
            np.rot90(lightness, turn)[:, : np.flatnonzero(is_line)[-1] + 1] = inside
    return lightness


def _is_flat(border: np.ndarray, background: int) -> bool:
    """Whether the background is of one lightness, as a drawing's or a scan's is and a photograph's is not."""
    return bool(np.mean(np.abs(border.astype(np.int16) - background) <= FLAT) > 0.6)


def _checked(drawing: Drawing) -> Drawing:
    """A drawing as an array, or as an image in mode L, RGB or RGBA."""
    if isinstance(drawing, Image.Image):
        if drawing.mode in ("L", "RGB", "RGBA"):
            return drawing
        return drawing.convert("RGBA" if drawing.has_transparency_data else "L")
    if (
        drawing.dtype != np.uint8
        or drawing.size == 0
        or not (drawing.ndim == 2 or (drawing.ndim == 3 and drawing.shape[2] in (3, 4)))
    ):
        raise ValueError(
            f"This is no drawing. Expected: uint8 (h, w), (h, w, 3) or (h, w, 4). "
            f"Received: {drawing.dtype} {drawing.shape}"
        )
    return drawing


def _alpha(picture: Drawing) -> np.ndarray | None:
    """How opaque each pixel is, uint8 (h, w) in 0..255; None for a picture that is opaque."""
    if isinstance(picture, Image.Image):
        alpha = np.asarray(picture.getchannel("A")) if picture.mode == "RGBA" else None
    else:
        alpha = np.ascontiguousarray(picture[..., 3]) if picture.ndim == 3 and picture.shape[2] == 4 else None
    return None if alpha is None or alpha.min() == 255 else alpha


def _as_image(picture: Drawing) -> Image.Image:
    """An opaque picture, in mode L or RGB."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    return image.convert("RGB") if image.mode == "RGBA" else image


def _is_sheet(picture: Drawing, visible: np.ndarray) -> bool:
    """Whether what is visible of a picture, bool (h, w), is a sheet with ink on it, and not strokes on nothing.

    A window's picture has transparent corners or a shadow; an exported drawing may be all strokes.
    """
    rows, columns = np.flatnonzero(visible.any(axis=1)), np.flatnonzero(visible.any(axis=0))
    count = np.count_nonzero(visible)
    if count == 0:
        return False
    box = (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)
    if count >= _ALL_SHEET * visible.size:
        return True
    if count < _SHEET * box:
        return False
    seen = np.asarray(_as_image(picture).convert("L"))[visible].astype(np.int16)
    return bool(np.mean(np.abs(seen - np.median(seen)) > 255 * _FAINT) >= _LEAST_ON_SHEET)


def _continued(picture: Drawing, visible: np.ndarray) -> Image.Image:
    """The picture, in mode RGB, with the sheet continued where it is not visible, bool (h, w)."""
    colours = np.array(_as_image(picture))
    colours[~visible] = np.median(colours[visible], axis=0)
    return Image.fromarray(colours)


def _in_grey(picture: Image.Image) -> Image.Image:
    """The lightness; or the colour channel that shows far more, as for red ink on a green sheet as light as the ink."""
    grey = picture.convert("L")
    if picture.mode == "L":
        return grey
    sample = picture.reduce(max(1, round(max(picture.size) / _COLOUR_SIDE)))
    (span,), spans = _spans(sample.convert("L")), _spans(sample)
    best = int(np.argmax(spans))
    return picture.getchannel(best) if spans[best] > max(_CLEARER * span, 255 * _FAINT) else grey


def _spans(image: Image.Image) -> np.ndarray:
    """How many levels each channel spans, but for the darkest and the lightest 0.2 % of its pixels: int (channels,)."""
    cumulative = np.array(image.histogram()).reshape(-1, 256).cumsum(axis=1)
    count = image.width * image.height
    return (cumulative >= 0.998 * count).argmax(axis=1) - (cumulative > 0.002 * count).argmax(axis=1)


def _stretched(alpha: np.ndarray) -> np.ndarray:
    """The ink, float32 (h, w) in 0..1, of strokes that are more opaque than what is around them, uint8 (h, w)."""
    least, most = int(alpha.min()), int(alpha.max())
    if most - least < 255 * LEAST_CONTRAST:
        return np.zeros(alpha.shape, np.float32)
    return (alpha - np.float32(least)) * np.float32(1 / (most - least))
