"""Sums need more digits than what they sum."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def at_least_float32(x: NDArray) -> NDArray:
    """Widen float16, whose sums round off and overflow at 65504; other dtypes stay as they are.

    Examples
    --------
    >>> at_least_float32(np.ones(2, np.float16)).dtype, at_least_float32(np.ones(2)).dtype
    (dtype('float32'), dtype('float64'))
    """
    return x.astype(np.result_type(x, np.float32), copy=False)


def narrowed(result: Any, x: NDArray) -> Any:
    """Round a result to the precision of the input `x`: dtype in is dtype out.

    Examples
    --------
    >>> narrowed(np.array([0.5, 1e9]), np.ones(2, np.float16))
    array([0.5, inf], dtype=float16)
    """
    with np.errstate(over="ignore"):  # what does not fit is infinite
        return result.astype(x.dtype, copy=False)


def sum_axis(x: NDArray, axis: int | tuple[int, ...] | None, dtype: np.dtype) -> NDArray:
    """Sum in double precision, then round to `dtype`.

    NumPy adds rows one after the other in the precision of `x`: in float32 ten million rows of
    0.1 would sum to 1.09 million, and in float16 ones to 2048.

    Examples
    --------
    >>> ones = np.ones((4096, 2), np.float16)
    >>> sum_axis(ones, 0, ones.dtype).tolist()
    [4096.0, 4096.0]
    """
    with np.errstate(over="ignore"):  # what does not fit is infinite
        return np.asarray(x.sum(axis=axis, dtype=np.result_type(x, float))).astype(dtype)
