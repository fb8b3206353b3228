"""The smallest rectangle around a shape, at any angle."""

import numpy as np

# Rectangles that differ by so many degrees are tried.
_STEP = 3


def smallest_frame(shape: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Finds the rectangle of the least area around a shape.

    Args:
        shape: bool (h, w), with at least one pixel.

    Returns:
        Outermost points of the shape, float (n, 2), x and y in pixels, and the same along the rectangle's sides: right
        and down, turned by less than 45 degrees.
    """
    rows = np.flatnonzero(shape.any(axis=1))
    ends = (shape[rows].argmax(axis=1), shape.shape[1] - shape[rows, ::-1].argmax(axis=1))
    # The corners of the first and of the last pixel of each row.
    points = np.concatenate([np.stack([end, rows + lower], axis=1) for end in ends for lower in (0, 1)]).astype(float)
    angles = np.deg2rad(np.arange(-45, 45, _STEP))
    right = np.stack([np.cos(angles), np.sin(angles)])
    along = np.stack([points @ right, points @ np.stack([-right[1], right[0]])])
    best = np.prod(np.ptp(along, axis=1), axis=0).argmin()
    return points, along[:, :, best].T
