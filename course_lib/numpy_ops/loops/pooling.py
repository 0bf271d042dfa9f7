"""The formulas of `numpy_ops.pooling` as literal loops."""

import math

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.pooling import (
    check_adaptive_pool,
    check_avg_pool,
    check_blur_pool,
    check_pool,
)


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


def avg_pool2d_loops(
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> NDArray:
    """Pool with the formula of `avg_pool2d` written out as loops: slow, and plain to see.

    Same parameters, result and errors as `avg_pool2d`; the oracle of its tests.

    Examples
    --------
    >>> avg_pool2d_loops(np.arange(4.0).reshape(1, 1, 2, 2), kernel_size=2)
    array([[[[1.5]]]])
    """
    geometry = check_avg_pool(
        "avg_pool2d", x, num_axes=2, kernel_size=kernel_size, stride=stride, padding=padding,
        ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    y = np.zeros((*x.shape[:2], *geometry.output_size), x.dtype)
    (top, _), (left, _) = geometry.padding
    for n, c, i, j in np.ndindex(*y.shape):
        count = 0
        for u, v in np.ndindex(*geometry.kernel):
            row = i * geometry.stride[0] + u - top
            column = j * geometry.stride[1] + v - left
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                y[n, c, i, j] += x[n, c, row, column]
                count += 1
            elif count_include_pad and row < x.shape[2] + top and column < x.shape[3] + left:
                count += 1
        y[n, c, i, j] /= count
    return y


def adaptive_avg_pool2d_loops(
    x: NDArray, *, output_size: int | tuple[int | None, int | None] | None
) -> NDArray:
    """Pool with the formula of `adaptive_avg_pool2d` written out as loops.

    Same parameters, result and errors as `adaptive_avg_pool2d`; the oracle of its tests.

    Examples
    --------
    >>> adaptive_avg_pool2d_loops(np.arange(5.0).reshape(1, 1, 1, 5), output_size=(1, 2))
    array([[[[1., 3.]]]])
    """
    rows, columns = check_adaptive_pool("adaptive_avg_pool2d", x, output_size)
    y = np.zeros((*x.shape[:2], rows, columns), x.dtype)
    height, width = x.shape[2:]
    for n, c, i, j in np.ndindex(*y.shape):
        top, bottom = math.floor(i * height / rows), math.ceil((i + 1) * height / rows)
        left, right = math.floor(j * width / columns), math.ceil((j + 1) * width / columns)
        y[n, c, i, j] = x[n, c, top:bottom, left:right].mean()
    return y


def blur_pool2d_loops(x: NDArray, *, kernel_size: int = 3, stride: int = 2) -> NDArray:
    """Pool with the formula of `blur_pool2d` written out as loops.

    Same parameters, result and errors as `blur_pool2d`; the oracle of its tests.

    Examples
    --------
    >>> blur_pool2d_loops(np.array([[[[0.0, 4.0, 0.0, 4.0, 0.0]] * 2]]))
    array([[[[2., 2., 2.]]]])
    """
    geometry = check_blur_pool("blur_pool2d", x, kernel_size=kernel_size, stride=stride)
    binomial = [math.comb(kernel_size - 1, u) / 2 ** (kernel_size - 1) for u in range(kernel_size)]
    x_mirrored = np.pad(x, ((0, 0), (0, 0), *geometry.padding), mode="reflect")
    y = np.zeros((*x.shape[:2], *geometry.output_size), x.dtype)
    for n, c, i, j in np.ndindex(*y.shape):
        for u, v in np.ndindex(kernel_size, kernel_size):
            weight = binomial[u] * binomial[v]
            y[n, c, i, j] += weight * x_mirrored[n, c, i * stride + u, j * stride + v]
    return y
