"""The formulas of `numpy_ops.pooling` as literal loops."""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.pooling import check_pool


def max_pool2d_loops(
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Pool with the formula of `max_pool2d` written out as loops: slow, and plain to see.

    Same parameters, result and errors as `max_pool2d`; the oracle of its tests.

    Examples
    --------
    >>> max_pool2d_loops(np.arange(4.0).reshape(1, 1, 2, 2), kernel_size=2)
    array([[[[3.]]]])
    """
    geometry = check_pool(
        "max_pool2d", x, num_axes=2, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    y = np.full((*x.shape[:2], *geometry.output_size), -np.inf, x.dtype)
    for n, c, i, j in np.ndindex(*y.shape):
        for u, v in np.ndindex(*geometry.kernel):
            row = i * geometry.stride[0] + u * geometry.dilation[0] - geometry.padding[0][0]
            column = j * geometry.stride[1] + v * geometry.dilation[1] - geometry.padding[1][0]
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                y[n, c, i, j] = np.maximum(y[n, c, i, j], x[n, c, row, column])
    return y
