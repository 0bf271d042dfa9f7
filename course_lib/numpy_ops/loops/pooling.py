"""The formulas of `numpy_ops.pooling` as literal loops; 1-D and 3-D share one for any rank."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.pooling import (
    PoolGeometry,
    check_adaptive_pool,
    check_avg_pool,
    check_blur_pool,
    check_pool,
)

__all__ = [  # noqa: RUF022 (in the order of the course)
    "max_pool2d_loops",
    "avg_pool2d_loops",
    "adaptive_avg_pool2d_loops",
    "blur_pool2d_loops",
    "max_pool1d_loops",
    "max_pool3d_loops",
    "avg_pool1d_loops",
    "avg_pool3d_loops",
]


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


def max_pool1d_loops(
    x: NDArray,
    *,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    dilation: int | tuple[int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Pool with the formula of `max_pool1d` written out as loops: the oracle of its tests.

    Examples
    --------
    >>> max_pool1d_loops(np.array([[[1.0, 3.0, 2.0]]]), kernel_size=2, stride=1)
    array([[[3., 3.]]])
    """
    geometry = check_pool(
        "max_pool1d", x, num_axes=1, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    return _max_pool_loops(x, geometry)


def max_pool3d_loops(
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int, int],
    stride: int | tuple[int, int, int] | None = None,
    padding: int | tuple[int, int, int] = 0,
    dilation: int | tuple[int, int, int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Pool with the formula of `max_pool3d` written out as loops: the oracle of its tests.

    Examples
    --------
    >>> max_pool3d_loops(np.arange(8.0).reshape(1, 1, 2, 2, 2), kernel_size=2)
    array([[[[[7.]]]]])
    """
    geometry = check_pool(
        "max_pool3d", x, num_axes=3, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    return _max_pool_loops(x, geometry)


def avg_pool1d_loops(
    x: NDArray,
    *,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> NDArray:
    """Pool with the formula of `avg_pool1d` written out as loops: the oracle of its tests.

    Examples
    --------
    >>> avg_pool1d_loops(np.array([[[1.0, 3.0, 2.0]]]), kernel_size=2, stride=1)
    array([[[2. , 2.5]]])
    """
    geometry = check_avg_pool(
        "avg_pool1d", x, num_axes=1, kernel_size=kernel_size, stride=stride, padding=padding,
        ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    return _avg_pool_loops(x, geometry, count_include_pad)


def avg_pool3d_loops(
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int, int],
    stride: int | tuple[int, int, int] | None = None,
    padding: int | tuple[int, int, int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> NDArray:
    """Pool with the formula of `avg_pool3d` written out as loops: the oracle of its tests.

    Examples
    --------
    >>> avg_pool3d_loops(np.arange(8.0).reshape(1, 1, 2, 2, 2), kernel_size=2)
    array([[[[[3.5]]]]])
    """
    geometry = check_avg_pool(
        "avg_pool3d", x, num_axes=3, kernel_size=kernel_size, stride=stride, padding=padding,
        ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    return _avg_pool_loops(x, geometry, count_include_pad)


def _max_pool_loops(x: NDArray, geometry: PoolGeometry) -> NDArray:
    y = np.full((*x.shape[:2], *geometry.output_size), -np.inf, x.dtype)
    for n, c, *window in np.ndindex(*y.shape):
        for pixel in _pixels(window, geometry):
            if _is_inside(pixel, x):
                value = x[(n, c, *pixel)]
                y[(n, c, *window)] = np.maximum(y[(n, c, *window)], value)
    return y


def _avg_pool_loops(x: NDArray, geometry: PoolGeometry, count_include_pad: bool) -> NDArray:
    y = np.zeros((*x.shape[:2], *geometry.output_size), x.dtype)
    for n, c, *window in np.ndindex(*y.shape):
        count = 0
        for pixel in _pixels(window, geometry):
            inside = _is_inside(pixel, x)
            if inside:
                y[(n, c, *window)] += x[(n, c, *pixel)]
            count += inside or (count_include_pad and _is_padding(pixel, x, geometry))
        y[(n, c, *window)] /= count
    return y


def _pixels(window: list[int], geometry: PoolGeometry) -> Iterator[tuple[int, ...]]:
    """Yield what a window reads, also in the padding and beyond."""
    for tap in np.ndindex(*geometry.kernel):
        axes = zip(window, tap, geometry.stride, geometry.dilation, geometry.padding, strict=True)
        yield tuple(
            i * stride + u * dilation - before for i, u, stride, dilation, (before, _) in axes
        )


def _is_inside(pixel: tuple[int, ...], x: NDArray) -> bool:
    return all(0 <= place < size for place, size in zip(pixel, x.shape[2:], strict=True))


def _is_padding(pixel: tuple[int, ...], x: NDArray, geometry: PoolGeometry) -> bool:
    """Tell whether a pixel counts as padding; what `ceil_mode` adds on the right does not."""
    axes = zip(pixel, x.shape[2:], geometry.padding, strict=True)
    return all(place < size + before for place, size, (before, _) in axes)
