"""Separates the ink of a drawing from its background."""

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFilter

from model.reading.photo import photo_ink

# A drawing whose lightness spans less than this is blank: on a flat background, noise spans up to 0.025.
LEAST_CONTRAST = 0.03
# In one that spans less than this, ink begins this many levels of 0..255 from the background, above most of the noise.
_FAINT, _NOISE = 0.12, 2
# Levels of 0..255 within which a background is of one lightness.
FLAT = 1
# A picture with a longer side of fewer pixels than this may have gaps of one pixel in a digit.
_LEAST_SIDE_MENDED = 60
Drawing = np.ndarray | Image.Image


class Box(NamedTuple):
    """A rectangle in pixels of the drawing: left edge, top edge, width, height."""

    x: int
    y: int
    width: int
    height: int


def to_ink(drawing: Drawing) -> np.ndarray:
    """Separates ink from background.

    The border shows the background. Ink is what differs from it: lighter or darker, whichever differs more. Where the
    border varies in lightness, the drawing is a photograph; see `model.reading.photo`.

    Args:
        drawing: as `preprocess` takes it.

    Returns:
        float32 (h, w): 0 on the background, 1 where the ink is strongest; all zero if there is no ink.

    Raises:
        ValueError: the array is no such drawing.
    """
    lightness, alpha = _lightness_and_alpha(drawing)
    if alpha is not None:
        seen = lightness[alpha > 127]
        # Pixels all of about one lightness are strokes on nothing, like the pad's with a transparent background: the
        # alpha channel is the ink. Else the visible part is a sheet of its own, and what is outside continues it.
        if seen.size == 0 or np.subtract(*np.percentile(seen, (95, 5))) < 255 * _FAINT:
            return _stretched((alpha - alpha.min()).astype(np.float32) / 255)
        sheet = np.median(seen)
        lightness = np.rint(sheet + (lightness - sheet) * (alpha / 255.0)).astype(np.uint8)
    border = np.concatenate([lightness[0], lightness[-1], lightness[:, 0], lightness[:, -1]])
    background = int(np.median(border))
    if not _is_flat(border, background):
        return photo_ink(lightness)
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
    return _mended(ink) if is_of_one_bit and max(ink.shape) >= _LEAST_SIDE_MENDED else ink


def _mended(ink: np.ndarray) -> np.ndarray:
    """Closes gaps of up to two pixels: a scan of one bit a pixel breaks thin strokes into specks."""
    picture = Image.fromarray(np.uint8(255) * ink.astype(np.uint8))
    closed = picture.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.MinFilter(3))
    return np.asarray(closed).astype(np.float32) / 255


def _is_flat(border: np.ndarray, background: int) -> bool:
    """Whether the background is of one lightness, as a drawing's or a scan's is and a photograph's is not."""
    return bool(np.mean(np.abs(border.astype(np.int16) - background) <= FLAT) > 0.6)


def _lightness_and_alpha(drawing: Drawing) -> tuple[np.ndarray, np.ndarray | None]:
    """The drawing as uint8 (h, w) lightness and, unless it is opaque, uint8 (h, w) alpha."""
    if isinstance(drawing, np.ndarray):
        if (
            drawing.dtype != np.uint8
            or drawing.size == 0
            or not (drawing.ndim == 2 or (drawing.ndim == 3 and drawing.shape[2] in (3, 4)))
        ):
            raise ValueError(
                f"This is no drawing. Expected: uint8 (h, w), (h, w, 3) or (h, w, 4). "
                f"Received: {drawing.dtype} {drawing.shape}"
            )
        alpha = drawing[..., 3] if drawing.ndim == 3 and drawing.shape[2] == 4 else None
        drawing = Image.fromarray(drawing)
    else:
        if drawing.mode not in ("L", "RGB", "RGBA"):
            drawing = drawing.convert("RGBA" if drawing.has_transparency_data else "L")
        alpha = np.asarray(drawing.getchannel("A")) if drawing.mode == "RGBA" else None
    return np.asarray(drawing.convert("L")), None if alpha is None or alpha.min() == 255 else alpha


def _stretched(ink: np.ndarray) -> np.ndarray:
    """Ink of 0..1 with its strongest value brought to 1, or all zero if that is too weak to be ink."""
    strongest = ink.max()
    return ink / strongest if strongest >= LEAST_CONTRAST else np.zeros_like(ink)
