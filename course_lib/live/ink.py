"""Drawn digits as the microscope's network sees them; ink.js does the same in a page."""

import numpy as np
from numpy.typing import NDArray

from course_lib.datasets.resample import paste, sample_bilinear

MNIST_FILL = 20 / 28  # longer side of a centered digit, as a share of the canvas
PAD = 28  # pixels that a drawing has at least, also for a network of smaller input
DARK = 0.3  # from here on a pixel counts as ink
EDGE, STEEPNESS = 0.4, 2.5  # from blurred gray levels to ink


def centered(ink: NDArray, *, size: int | None = None, fill: float = MNIST_FILL) -> NDArray:
    """Scale a drawing to a fixed size, and put its center of mass in the middle.

    Parameters
    ----------
    ink : (S, S)
        From 0, paper, to 1, ink.
    size : int, default=None
        Height and width of the result, in pixels; None is S.
    fill : float, default=20/28
        The longer side of the drawing in the result, as a share of it. Where a centered drawing
        would stick out, it is moved until it does not.

    Returns
    -------
    (size, size)
        By bilinear interpolation; an empty drawing stays empty.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner, 1998, section III.A: MNIST was made this way.

    Examples
    --------
    >>> corner = np.zeros((28, 28))
    >>> corner[:10, :4] = 1
    >>> np.flatnonzero((centered(corner) > 0.5).any(axis=0))  # the middle of 28 is 13.5
    array([10, 11, 12, 13, 14, 15, 16, 17])
    """
    size = len(ink) if size is None else size
    rows, columns = np.nonzero(ink > DARK)
    if not len(rows):
        return np.zeros((size, size), ink.dtype)
    longest = 1 + max(rows.max() - rows.min(), columns.max() - columns.min())
    step = longest / (fill * size)  # pixels of the drawing a pixel of the result
    half, middles = size * step / 2, []
    for axis, inked in enumerate((rows, columns)):
        mass = (ink.sum(axis=1 - axis) @ np.arange(len(ink))) / ink.sum()
        middles.append(np.clip(mass, inked.max() + 0.5 - half, inked.min() - 0.5 + half))
    return _resampled(ink, middles, step, size)


def resized(ink: NDArray, *, size: int) -> NDArray:
    """Scale a whole drawing (S, S) to (size, size), where it is.

    Examples
    --------
    >>> resized(np.eye(4), size=2)
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    if len(ink) == size:
        return ink.copy()
    return _resampled(ink, [(len(ink) - 1) / 2] * 2, len(ink) / size, size)


def _resampled(ink: NDArray, middles: list[float], step: float, size: int) -> NDArray:
    """Read a drawing around a place; where it shrinks, each pixel is a mean of several places."""
    fine = max(1, int(np.floor(step + 0.5)))
    count = size * fine
    away = step / fine * (np.arange(count) - (count - 1) / 2)
    grid = np.meshgrid(*(middle + away for middle in middles), indexing="ij")
    read = sample_bilinear(ink[None], grid[0][None], grid[1][None])[0]
    return read.reshape(size, fine, size, fine).mean(axis=(1, 3))


def as_drawings(digits: NDArray, *, size: int = 28, fill: float = MNIST_FILL) -> NDArray:
    """Turn small digits into centered drawings; digits of that size stay as they are.

    Parameters
    ----------
    digits : (N, S, S)
        Gray levels from 0 to 1, such as the 8 x 8 digits of `datasets.load("digits")`.
    size : int, default=28
        Height and width of the drawings, in pixels.
    fill : float, default=20/28
        As for `centered`.

    Returns
    -------
    (N, size, size)

    Examples
    --------
    >>> as_drawings(np.ones((1, 8, 8))).shape
    (1, 28, 28)
    """
    if digits.shape[-1] == size:
        return digits.copy()
    count, pad = len(digits), max(size, PAD)
    middle = np.full((count, 2), pad / 2)
    large = paste(digits, size=pad, width=np.full(count, 0.9 * pad), centers=middle)
    inked = np.clip((large - EDGE) * STEEPNESS + 0.5, 0, 1)
    return np.array([centered(image, size=size, fill=fill) for image in inked], digits.dtype)
