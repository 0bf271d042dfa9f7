"""Normalization of equal parts of an array, each by its own mean and variance."""

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_ops.normalization.moments import along, blocks, center, scale
from course_lib.numpy_ops.precision import at_least_float32

ROW = 0


def as_rows(x: NDArray, num_rows: int, width: int) -> NDArray:
    """View `x` as (rows, width, L), in at least single precision; an empty x has no rows."""
    wide = at_least_float32(x)
    return wide.reshape(num_rows, width, -1) if x.size else wide.reshape(0, width, 1)


def normalize(x: NDArray, gamma: NDArray | None, beta: NDArray | None, eps: float) -> NDArray:
    """Normalize each row of `x` (rows, B, L), then scale and shift.

    `gamma` and `beta` broadcast against `x`; their first axis is 1 or rows.
    """
    y = np.empty(x.shape, x.dtype)
    for block in blocks(x, ROW):
        part = y[block]
        factor = center(x[block], ROW, eps, out=part).factor
        scale(part, along(ROW, factor, part), _of_rows(gamma, block))
        if beta is not None:
            part += _of_rows(beta, block)
    return y


def _of_rows(parameter: NDArray | None, block: tuple[slice, ...]) -> NDArray | None:
    """Pick what belongs to the rows of a block from a parameter that may be the same for all."""
    return parameter if parameter is None or len(parameter) == 1 else parameter[block]
