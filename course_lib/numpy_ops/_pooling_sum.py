"""How average and blur pooling work, whatever the number of axes: sum one axis at a time.

The sum over a box is the sum over its rows of the sums along each row, so K_h + K_w additions
a window do the work of K_h * K_w. Backward runs the same steps in reverse.
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.pooling import PoolGeometry
from course_lib.numpy_ops.windows import crop_spatial, pad_spatial


def average_windows(x: NDArray, geometry: PoolGeometry, *, count_include_pad: bool) -> NDArray:
    """Return the mean of each window."""
    y = pad_spatial(at_least_float32(x), geometry.padding)
    for axis, kernel, stride, num_windows in _axes(geometry):
        y = sum_along(y, axis, (1,) * kernel, stride=stride, num_windows=num_windows)
    count = _pixels_per_window(x.shape[2:], geometry, count_include_pad=count_include_pad)
    return np.divide(y, count.astype(y.dtype)).astype(x.dtype, copy=False)


def average_windows_backward(
    grad_y: NDArray, shape: tuple[int, ...], geometry: PoolGeometry, *, count_include_pad: bool
) -> NDArray:
    """Give each pixel its share of the gradient of every window it is in."""
    count = _pixels_per_window(shape[2:], geometry, count_include_pad=count_include_pad)
    grad = at_least_float32(grad_y)
    grad = grad / count.astype(grad.dtype)
    for axis, kernel, stride, _ in reversed(_axes(geometry)):
        before, after = geometry.padding[axis - 2]
        size = before + shape[axis] + after
        grad = spread_along(grad, axis, (1,) * kernel, stride=stride, size=size)
    return crop_spatial(grad, geometry.padding).astype(
        grad_y.dtype, copy=any(map(any, geometry.padding))
    )


def sum_along(
    x: NDArray, axis: int, weights: Sequence[float], *, stride: int, num_windows: int
) -> NDArray:
    """Sum windows along one axis: y[i] = sum_u weights[u] * x[stride * i + u]."""
    y = _tap(x, axis, 0, stride, num_windows) * weights[0]
    for tap, weight in enumerate(weights[1:], start=1):
        view = _tap(x, axis, tap, stride, num_windows)
        y += view if weight == 1 else view * weight
    return y


def spread_along(
    grad_y: NDArray, axis: int, weights: Sequence[float], *, stride: int, size: int
) -> NDArray:
    """Undo `sum_along` for gradients: grad_x[stride * i + u] += weights[u] * grad_y[i]."""
    grad_x = np.zeros((*grad_y.shape[:axis], size, *grad_y.shape[axis + 1 :]), grad_y.dtype)
    for tap, weight in enumerate(weights):
        view = _tap(grad_x, axis, tap, stride, grad_y.shape[axis])
        view += grad_y if weight == 1 else grad_y * weight
    return grad_x


def at_least_float32(x: NDArray) -> NDArray:
    """Widen float16, whose sums would overflow and round; leave the others as they are."""
    return x.astype(np.result_type(x, np.float32), copy=False)


def _tap(x: NDArray, axis: int, tap: int, stride: int, num_windows: int) -> NDArray:
    """View what one tap reads along an axis: one pixel for each window."""
    last = tap + stride * (num_windows - 1)
    return x[(slice(None),) * axis + (slice(tap, last + 1, stride),)]


def _axes(geometry: PoolGeometry) -> list[tuple[int, int, int, int]]:
    """List (axis, kernel, stride, number of windows); rows first: whole rows add up fastest."""
    options = zip(geometry.kernel, geometry.stride, geometry.output_size, strict=True)
    return [(axis, *option) for axis, option in enumerate(options, start=2)]


def _pixels_per_window(
    sizes: tuple[int, ...], geometry: PoolGeometry, *, count_include_pad: bool
) -> NDArray:
    """Count the pixels by which each window divides its sum.

    Padding the user asked for counts with `count_include_pad`; what `ceil_mode` reads beyond it
    never does.
    """
    counts = []
    for size, (before, _), (_, kernel, stride, num_windows) in zip(
        sizes, geometry.padding, _axes(geometry), strict=True
    ):
        rim = before if count_include_pad else 0
        start = np.arange(num_windows) * stride - before
        stop = np.minimum(start + kernel, size + rim)
        counts.append(stop - np.maximum(start, -rim))
    return reduce(np.multiply.outer, counts)
