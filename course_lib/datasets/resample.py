"""Put small images on a larger canvas: scaled, turned, at any place."""

import numpy as np
from numpy.typing import NDArray


def paste(
    images: NDArray,
    *,
    size: int,
    width: NDArray,
    centers: NDArray,
    angle: NDArray | None = None,
) -> NDArray:
    """Draw each image once on its own empty canvas, by bilinear interpolation.

    Each canvas pixel asks which point of the image lies under it (the inverse of scaling, turning
    and moving) and mixes the four image pixels around that point. Outside the image all is 0.

    Parameters
    ----------
    images : (N, S, S)
        Square images.
    size : int
        Height and width of the canvas, in pixels.
    width : (N,)
        Width of each image on the canvas, in pixels.
    centers : (N, 2)
        Row and column of its center, in pixels from the top left corner of the canvas.
    angle : (N,), default=None
        Turn, in radians; None turns nothing.

    Returns
    -------
    (N, size, size)
        The canvases, in the dtype of `images`.

    Examples
    --------
    >>> dot = np.ones((1, 1, 1))
    >>> paste(dot, size=3, width=np.array([1.0]), centers=np.array([[0.5, 1.5]]))[0]
    array([[0., 1., 0.],
           [0., 0., 0.],
           [0., 0., 0.]])
    """
    pixel = np.arange(size) + 0.5
    down = pixel[None, :, None] - centers[:, 0, None, None]
    right = pixel[None, None, :] - centers[:, 1, None, None]
    turn = np.zeros(len(images)) if angle is None else angle
    cos, sin = np.cos(turn)[:, None, None], np.sin(turn)[:, None, None]
    scale = (images.shape[-1] / width)[:, None, None]
    middle = (images.shape[-1] - 1) / 2
    rows = scale * (cos * down - sin * right) + middle
    columns = scale * (sin * down + cos * right) + middle
    return sample_bilinear(images, rows, columns)


def sample_bilinear(images: NDArray, rows: NDArray, columns: NDArray) -> NDArray:
    """Read images (N, S, S) at fractional pixel positions (N, H, W); 0 outside."""
    side = images.shape[-1]
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    # Everything from one pixel outside on is 0, so positions farther out may move to there.
    rows, columns = np.clip(rows, -1, side) + 1, np.clip(columns, -1, side) + 1
    top = np.minimum(np.floor(rows).astype(np.intp), side)
    left = np.minimum(np.floor(columns).astype(np.intp), side)
    down, right = rows - top, columns - left
    n = np.arange(len(images))[:, None, None]
    upper = padded[n, top, left] * (1 - right) + padded[n, top, left + 1] * right
    lower = padded[n, top + 1, left] * (1 - right) + padded[n, top + 1, left + 1] * right
    return (upper * (1 - down) + lower * down).astype(images.dtype)
