"""How every max pooling works, whatever the number of axes: find the winner of each window.

Forward keeps the largest value a window holds and the tap that held it; backward sends the
gradient there. Taps are numbered in row-major order, so with 2x2 windows 0 is top left and 3
bottom right.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.pooling import PoolGeometry
from course_lib.numpy_ops.windows import pad_spatial, tap_slices


class MaxAndTap(NamedTuple):
    """The largest value of each window, and the number of the tap that held it."""

    y: NDArray
    tap: NDArray


def max_of_windows(x: NDArray, geometry: PoolGeometry) -> NDArray:
    """Return the largest value of each window: what `max_pool` is."""
    first, *others = _views_by_tap(x, geometry)
    y = first.copy()
    for view in others:
        np.maximum(y, view, out=y)
    return y


def max_and_tap_of_windows(x: NDArray, geometry: PoolGeometry) -> MaxAndTap:
    """Return the largest value of each window and its tap: the first of equals, the last NaN."""
    first, *others = _views_by_tap(x, geometry)
    y, tap = first.copy(), _first_tap_inside(x, geometry)
    for number, view in enumerate(others, start=1):
        np.copyto(tap, number, where=view > y)
        np.maximum(y, view, out=y)
    if np.isnan(y).any():
        for number, view in enumerate((first, *others)):
            np.copyto(tap, number, where=np.isnan(view))
    return MaxAndTap(y, tap)


def max_backward(grad_y: NDArray, x: NDArray, geometry: PoolGeometry) -> NDArray:
    """Find the winner of each window again, and send it the gradient."""
    tap = max_and_tap_of_windows(x, geometry).tap
    return scatter_to_taps(grad_y, tap, x.shape, geometry)


def scatter_to_taps(
    grad_y: NDArray, tap: NDArray, shape: tuple[int, ...], geometry: PoolGeometry
) -> NDArray:
    """Add each gradient to the pixel that won its window; `shape` is that of the input."""
    pixel = _winning_pixel(tap, shape, geometry).ravel()
    if all(s >= d * (k - 1) + 1 for s, k, d in zip(*_windows(geometry), strict=True)):
        grad_x = np.zeros(shape, grad_y.dtype)
        grad_x.reshape(-1)[pixel] = grad_y.ravel()
        return grad_x
    size = int(np.prod(shape))
    return np.bincount(pixel, grad_y.ravel(), size).astype(grad_y.dtype).reshape(shape)


def _windows(geometry: PoolGeometry) -> tuple[tuple[int, ...], ...]:
    return geometry.stride, geometry.kernel, geometry.dilation


def _views_by_tap(x: NDArray, geometry: PoolGeometry) -> list[NDArray]:
    """View, for each tap in row-major order, the pixel it reads in each window."""
    x_pad = pad_spatial(x, geometry.padding, value=-np.inf)
    return [
        x_pad[
            (
                ...,
                *tap_slices(
                    tap,
                    stride=geometry.stride,
                    dilation=geometry.dilation,
                    output_size=geometry.output_size,
                ),
            )
        ]
        for tap in np.ndindex(*geometry.kernel)
    ]


def _first_tap_inside(x: NDArray, geometry: PoolGeometry) -> NDArray:
    """Give the number of the first tap of each window that is a pixel, not padding.

    It wins a window of only -inf, which padding would tie with.
    """
    num_taps = int(np.prod(geometry.kernel))
    tap = np.zeros((1,) * len(geometry.kernel), np.int64)
    axes = zip(*geometry, strict=True)
    for axis, (kernel, stride, (before, _), dilation, num_windows) in enumerate(axes):
        start = np.arange(num_windows) * stride - before
        first = np.maximum(0, -(start // dilation))
        tap = tap * kernel + first.reshape(np.roll((-1, *(1,) * (tap.ndim - 1)), axis))
    full = np.empty(x.shape[:2] + geometry.output_size, np.min_scalar_type(num_taps - 1))
    full[...] = tap
    return full


def _winning_pixel(tap: NDArray, shape: tuple[int, ...], geometry: PoolGeometry) -> NDArray:
    """Turn tap numbers into positions in the flattened input."""
    num_images, num_axes = shape[0] * shape[1], len(geometry.kernel)
    steps = np.cumprod((1, *shape[:1:-1]))[::-1]  # pixels from one image, row, ... to the next
    position = np.arange(num_images).reshape(*shape[:2], *(1,) * num_axes) * steps[0]
    axes = zip(*geometry, steps[1:], strict=True)
    offset = np.zeros(1, np.int64)
    for axis, (kernel, stride, (before, _), dilation, num_windows, step) in enumerate(axes):
        start = (np.arange(num_windows) * stride - before) * step
        position = position + start.reshape(np.roll((-1, *(1,) * (num_axes - 1)), axis))
        offset = np.add.outer(offset, np.arange(kernel) * dilation * step).ravel()
    return offset[tap] + position
