"""Normalization of equal parts of an array, each by its own mean and variance."""

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_ops.normalization.moments import (
    along,
    blocks,
    moments,
    sum_over,
)
from course_lib.numpy_ops.precision import at_least_float32

ROW = 0


def normalize(
    x: NDArray, num_rows: int, gamma: NDArray | None, beta: NDArray | None, eps: float
) -> NDArray:
    """Normalize each of `num_rows` equal parts of `x`, then scale and shift."""
    wide = at_least_float32(x)
    rows = wide.reshape(num_rows, 1, -1) if x.size else wide.reshape(0, 1, 1)  # (rows, 1, L)
    z = np.empty(rows.shape, rows.dtype)
    for block in blocks(rows, ROW):
        _, rest, _, variance = moments(rows[block], ROW, out=z[block])
        z[block] -= along(ROW, rest)
        z[block] *= along(ROW, 1 / np.sqrt(variance + eps))
    # Here and not in the loop: gamma does not follow the rows where a group has many channels.
    y = z.reshape(x.shape)
    if gamma is not None:
        y *= gamma
    if beta is not None:
        y += beta
    return y.astype(x.dtype, copy=False)


def normalize_backward(
    grad_y: NDArray, x: NDArray, num_rows: int, gamma: NDArray | None, eps: float
) -> tuple[NDArray, NDArray]:
    """Return grad_x and the normalized values; `gamma` broadcasts against `x`."""
    wide = at_least_float32(x)
    rows = wide.reshape(num_rows, 1, -1) if x.size else wide.reshape(0, 1, 1)
    # A product is a new array, so grad_x can be made of it in place.
    grad_x = at_least_float32(grad_y) * (1 if gamma is None else gamma)
    grad_x = grad_x.reshape(rows.shape)
    z = np.empty(rows.shape, rows.dtype)
    for block in blocks(rows, ROW):
        _, rest, _, variance = moments(rows[block], ROW, out=z[block])
        z[block] -= along(ROW, rest)
        inverse = along(ROW, 1 / np.sqrt(variance + eps))
        z[block] *= inverse
        # y stays the same when a whole row is shifted or stretched, so grad_x has no part along
        # ones and none along z.
        size = rows.shape[2]
        slope = sum_over(ROW, grad_x[block], z[block]) / size
        grad_x[block] -= along(ROW, sum_over(ROW, grad_x[block]) / size)
        grad_x[block] -= z[block] * along(ROW, slope)
        grad_x[block] *= inverse
    return grad_x.reshape(x.shape), z.reshape(x.shape)
