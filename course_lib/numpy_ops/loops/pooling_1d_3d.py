"""Max and average pooling of signals and volumes as literal loops: any number of axes at once."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.pooling import PoolGeometry, check_avg_pool, check_pool


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
