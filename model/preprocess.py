"""A drawing becomes the 28 x 28 image that MNIST's makers would have made of it.

The pad, the command line and the tests all come through here. The steps are those of MNIST's own page (LeCun, Cortes
and Burges): the ink's box is scaled to a longer side of 20 pixels with its aspect kept, and placed in a 28 x 28 field
so that the ink's centre of mass lies at the field's centre. One is ours: pens far thicker than MNIST's are thinned.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image

from model.photo import photo_ink
from model.thinning import thin

FIELD = 28
LONGER_SIDE = 20

# Ink weaker than this share of the strongest counts as ground when the box is found: MNIST's own boxes come out right
# from 0.02 to 0.1, JPEG noise and the grain of paper stay out from 0.1.
INK_LEVEL = 0.1
# A drawing whose lightness spans less than this is blank: paper and sensor noise span up to 0.1.
LEAST_CONTRAST = 0.12
# Levels of 0..255 within which a ground is of one lightness.
FLAT = 1

Drawing = np.ndarray | Image.Image


class Box(NamedTuple):
    """A rectangle in pixels of the drawing: left edge, top edge, width, height."""

    x: int
    y: int
    width: int
    height: int


def preprocess(drawing: Drawing) -> np.ndarray | None:
    """Turns a drawing into what a network reads.

    Args:
        drawing: uint8 (h, w), (h, w, 3) or (h, w, 4) in 0..255, or a Pillow image; ink may be darker or lighter than
            its ground, or stand on a transparent one.

    Returns:
        float32 (28, 28) in 0..1, ink bright; None for a blank drawing.

    Raises:
        ValueError: the array is no such drawing.
    """
    ink = to_ink(drawing)
    box = ink_box(ink)
    return None if box is None else normalize(ink, box)


def to_ink(drawing: Drawing) -> np.ndarray:
    """Separates ink from ground.

    The ground is what the border shows; ink is what differs from it on the side, lighter or darker, where the
    difference is the greater. Where the border is of no one lightness, the drawing is a photograph (`model.photo`).

    Args:
        drawing: as `preprocess` takes it.

    Returns:
        float32 (h, w): 0 on the ground, 1 where the ink is strongest; all zero if there is no ink.

    Raises:
        ValueError: the array is no such drawing.
    """
    lightness, alpha = _lightness_and_alpha(drawing)
    if alpha is not None:
        seen = lightness[alpha > 127]
        # Pixels all of about one lightness are strokes on nothing, like the pad's with a transparent background: the
        # alpha channel is the ink. Else the visible part is a sheet of its own, and what is outside continues it.
        if seen.size == 0 or np.subtract(*np.percentile(seen, (95, 5))) < 255 * LEAST_CONTRAST:
            return _stretched((alpha - alpha.min()).astype(np.float32) / 255)
        sheet = np.median(seen)
        lightness = np.rint(sheet + (lightness - sheet) * (alpha / 255.0)).astype(np.uint8)
    border = np.concatenate([lightness[0], lightness[-1], lightness[:, 0], lightness[:, -1]])
    ground = int(np.median(border))
    if not _is_flat(border, ground):
        return photo_ink(lightness)
    # Ink is on the side where most of the lightness differs from the ground's.
    sign = 1 if lightness.mean() > ground else -1
    strongest = abs(int(lightness.max() if sign > 0 else lightness.min()) - ground)
    if strongest < 255 * LEAST_CONTRAST:
        return np.zeros(lightness.shape, np.float32)
    ink = lightness.astype(np.float32)
    ink -= ground
    ink *= np.float32(sign / strongest)
    return np.maximum(ink, 0, out=ink)


def _is_flat(border: np.ndarray, ground: int) -> bool:
    """Whether the ground is of one lightness, as a drawing's or a scan's is and a photograph's is not."""
    return np.mean(np.abs(border.astype(np.int16) - ground) <= FLAT) > 0.6


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


def ink_box(ink: np.ndarray) -> Box | None:
    """The smallest box around the ink.

    Args:
        ink: float32 (h, w) in 0..1, as `to_ink` gives it.

    Returns:
        The box, or None where there is no ink.
    """
    inked = ink > INK_LEVEL
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if rows.size == 0:
        return None
    return Box(int(columns[0]), int(rows[0]), int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1)


def normalize(ink: np.ndarray, box: Box) -> np.ndarray:
    """Scales the ink in a box and centres it, as MNIST's images were.

    Args:
        ink: float32 (h, w) in 0..1.
        box: where the digit is.

    Returns:
        float32 (28, 28) in 0..1.
    """
    return center(scale_to_field(ink, box))


def scale_to_field(ink: np.ndarray, box: Box) -> np.ndarray:
    """Scales the ink in a box to a longer side of 20 pixels, thick strokes thinned before that.

    Args:
        ink: float32 (h, w) in 0..1.
        box: where the digit is.

    Returns:
        float32 (h, w) in 0..1, with a maximum of 1, the longer side being 20.
    """
    crop = thin(ink[box.y : box.y + box.height, box.x : box.x + box.width])
    height, width = crop.shape
    ratio = LONGER_SIDE / max(width, height)
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    # BOX is area averaging; an ink box smaller than 20 pixels is magnified, where it would give blocks.
    method = Image.Resampling.BOX if ratio <= 1 else Image.Resampling.BILINEAR
    scaled = np.asarray(Image.fromarray(np.ascontiguousarray(crop)).resize(size, method))
    # A thin pen fills no pixel of the small image wholly; MNIST's strokes do.
    return scaled / scaled.max()


def center(digit: np.ndarray) -> np.ndarray:
    """Places a digit in the 28 x 28 field, its centre of mass at the field's centre.

    In MNIST's images that is the pixel (14, 14), counted from 0: their centres of mass are spread evenly within half
    a pixel of it.

    Args:
        digit: float32 (h, w) in 0..1, neither side above 28.

    Returns:
        float32 (28, 28) in 0..1.
    """
    top, left = (_offset(digit.sum(axis=axis)) for axis in (1, 0))
    field = np.zeros((FIELD, FIELD), np.float32)
    field[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return field


def _offset(profile: np.ndarray) -> int:
    """Where a profile of ink begins in the field so that its centre of mass is at the middle, all of it inside."""
    middle = float(profile @ np.arange(profile.size) / profile.sum())
    return min(max(round(FIELD / 2 - middle), 0), FIELD - profile.size)
