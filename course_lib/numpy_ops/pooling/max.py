"""Max pooling in plain NumPy, forward beside backward, and how it works for any number of axes.

`max_and_tap` keeps the largest value of a window and the number of the tap that held it (taps
count in row-major order: with 2x2 windows 0 is top left and 3 bottom right); `scatter_to_taps`
sends gradients there. A layer may keep the taps between the two; the public backward finds them
again.

Windows are read tap by tap, as `flat_taps` says: a few images at a time, as many as fit the cache,
are sorted into phases, and each tap is one straight run of memory, over all of these images.

twin: course_lib/torch_ops/pooling/max.py   test: tests/parity/test_pooling.py
"""

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.pooling import PoolGeometry, check_pool, check_pool_grad
from course_lib.numpy_ops.chunks import count_at_once, spans
from course_lib.numpy_ops.flat_taps import FlatTaps, flat_taps
from course_lib.numpy_ops.windows import last_axes

__all__ = [
    "max_pool1d",
    "max_pool1d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool3d",
    "max_pool3d_backward",
]

CHUNK_ELEMENTS = 2**17  # pixels, 512 kB of float32: image, phases and maxima stay in the cache


class MaxAndTap(NamedTuple):
    """The largest value of each window, and the number of the tap that held it."""

    y: NDArray
    tap: NDArray


def max_pool1d(
    x: NDArray,
    *,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    dilation: int | tuple[int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Keep the largest value of each window of sequences.

    y[n, c, i] = max_u x_pad[n, c, S*i + D*u]

    Parameters
    ----------
    x : (N, C, L)
        Sequences, channels first, floating point.
    kernel_size, stride, padding, dilation, ceil_mode
        As for `max_pool2d`: int or tuple of one int.

    Returns
    -------
    y : (N, C, L_out)
        Sizes as for `max_pool2d`.

    Raises
    ------
    TypeError, ValueError
        As `max_pool2d`.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

    Examples
    --------
    >>> import numpy as np
    >>> max_pool1d(np.array([[[1.0, 4.0, 3.0, 2.0]]]), kernel_size=2)
    array([[[4., 3.]]])
    """
    geometry = check_pool(
        "max_pool1d", x, num_axes=1, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    return max_of_windows(x, geometry)


def max_pool1d_backward(
    grad_y: NDArray,
    x: NDArray,
    *,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    dilation: int | tuple[int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Send the loss gradient back through `max_pool1d`, as `max_pool2d_backward` does.

    Parameters
    ----------
    grad_y : (N, C, L_out)
        Gradient of the loss with respect to the output of `max_pool1d`.
    x, kernel_size, stride, padding, dilation, ceil_mode
        The values that were passed to `max_pool1d`.

    Returns
    -------
    grad_x : (N, C, L)
        Gradient with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `max_pool1d`; also if `grad_y` has another dtype than `x` or not the shape of the output.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[1.0, 4.0, 3.0, 2.0]]])
    >>> max_pool1d_backward(np.array([[[5.0, 6.0]]]), x, kernel_size=2)
    array([[[0., 5., 6., 0.]]])
    """
    geometry = check_pool(
        "max_pool1d_backward", x, num_axes=1, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    check_pool_grad("max_pool1d_backward", grad_y, x, geometry.output_size)
    return max_backward(grad_y, x, geometry)


def max_pool2d(
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Keep the largest value of each window.

    y[n, c, i, j] = max_uv x_pad[n, c, S*i + D*u, S*j + D*v]

    Parameters
    ----------
    x : (N, C, H, W)
        Images, channels first, floating point.
    kernel_size : int or (int, int)
        Height K_h and width K_w of the window, in taps.
    stride : int or (int, int), default=None
        Step S between windows, in pixels; None means `kernel_size`: windows that touch.
    padding : int or (int, int), default=0
        Pixels of -inf added on both ends of each image axis, at most half the window; they
        never win.
    dilation : int or (int, int), default=1
        Distance D between neighboring taps, in pixels.
    ceil_mode : bool, default=False
        Keep a last window that sticks out of the padded image, unless it starts in the padding.

    Returns
    -------
    y : (N, C, H_out, W_out)
        H_out = (H + 2*padding - D*(K_h - 1) - 1) // S + 1, and W_out alike; with `ceil_mode`
        see `course_lib.shapes.pool_output_size`. Rows that do not fill a window are dropped.

    Raises
    ------
    TypeError
        If `x` is not floating point, or an option has the wrong type.
    ValueError
        If an option is out of range, `padding` is above half the window, or the window is
        larger than the padded image.

    Notes
    -----
    A window that holds a NaN gives NaN.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> max_pool2d(x, kernel_size=2)[0, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    geometry = check_pool(
        "max_pool2d", x, num_axes=2, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    return max_of_windows(x, geometry)


def max_pool2d_backward(
    grad_y: NDArray,
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Send the loss gradient back through `max_pool2d`: all of it to the winner of each window.

    grad_x[n, c, h, w] = sum of grad_y[n, c, i, j] over the windows (i, j) that pixel (h, w) won

    Parameters
    ----------
    grad_y : (N, C, H_out, W_out)
        Gradient of the loss with respect to the output of `max_pool2d`.
    x, kernel_size, stride, padding, dilation, ceil_mode
        The values that were passed to `max_pool2d`.

    Returns
    -------
    grad_x : (N, C, H, W)
        Gradient with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `max_pool2d`; also if `grad_y` has another dtype than `x` or not the shape of the
        output.

    Notes
    -----
    Among equal values the first in row-major order wins, among several NaN the last, as in
    PyTorch.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[1.0, 3.0], [3.0, 2.0]]]])
    >>> max_pool2d_backward(np.array([[[[5.0]]]]), x, kernel_size=2)[0, 0]
    array([[0., 5.],
           [0., 0.]])
    """
    geometry = check_pool(
        "max_pool2d_backward", x, num_axes=2, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    check_pool_grad("max_pool2d_backward", grad_y, x, geometry.output_size)
    return max_backward(grad_y, x, geometry)


def max_pool3d(
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int, int],
    stride: int | tuple[int, int, int] | None = None,
    padding: int | tuple[int, int, int] = 0,
    dilation: int | tuple[int, int, int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Keep the largest value of each window of volumes.

    y[n, c, h, i, j] = max_tuv x_pad[n, c, S*h + D*t, S*i + D*u, S*j + D*v]

    Parameters
    ----------
    x : (N, C, D, H, W)
        Volumes, channels first, floating point.
    kernel_size, stride, padding, dilation, ceil_mode
        As for `max_pool2d`: int or (int, int, int).

    Returns
    -------
    y : (N, C, D_out, H_out, W_out)
        Sizes as for `max_pool2d`.

    Raises
    ------
    TypeError, ValueError
        As `max_pool2d`.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

    Examples
    --------
    >>> import numpy as np
    >>> max_pool3d(np.arange(8.0).reshape(1, 1, 2, 2, 2), kernel_size=2)
    array([[[[[7.]]]]])
    """
    geometry = check_pool(
        "max_pool3d", x, num_axes=3, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    return max_of_windows(x, geometry)


def max_pool3d_backward(
    grad_y: NDArray,
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int, int],
    stride: int | tuple[int, int, int] | None = None,
    padding: int | tuple[int, int, int] = 0,
    dilation: int | tuple[int, int, int] = 1,
    ceil_mode: bool = False,
) -> NDArray:
    """Send the loss gradient back through `max_pool3d`, as `max_pool2d_backward` does.

    Parameters
    ----------
    grad_y : (N, C, D_out, H_out, W_out)
        Gradient of the loss with respect to the output of `max_pool3d`.
    x, kernel_size, stride, padding, dilation, ceil_mode
        The values that were passed to `max_pool3d`.

    Returns
    -------
    grad_x : (N, C, D, H, W)
        Gradient with respect to `x`.

    Raises
    ------
    TypeError, ValueError
        As `max_pool3d`; also if `grad_y` has another dtype than `x` or not the shape of the output.

    Examples
    --------
    >>> import numpy as np
    >>> x, grad_y = np.arange(8.0).reshape(1, 1, 2, 2, 2), np.full((1, 1, 1, 1, 1), 5.0)
    >>> max_pool3d_backward(grad_y, x, kernel_size=2)[0, 0, 1]
    array([[0., 0.],
           [0., 5.]])
    """
    geometry = check_pool(
        "max_pool3d_backward", x, num_axes=3, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    check_pool_grad("max_pool3d_backward", grad_y, x, geometry.output_size)
    return max_backward(grad_y, x, geometry)


def max_of_windows(x: NDArray, geometry: PoolGeometry) -> NDArray:
    """Return the largest value of each window: what `max_pool` is."""
    y = np.empty((*x.shape[:2], *geometry.output_size), x.dtype)
    flat = flat_taps(x.shape[2:], geometry.kernel, geometry)
    for images, y_block in _blocks(x, y):
        first, *others = _runs_by_tap(images, flat)
        largest, windows = _new_run(len(images), flat, geometry, x.dtype)
        largest[...] = first
        for run in others:
            np.maximum(largest, run, out=largest)
        y_block[...] = windows
    return y


def max_and_tap(x: NDArray, geometry: PoolGeometry) -> MaxAndTap:
    """Return the largest value of each window and its tap: the first of equals, the last NaN."""
    y = np.empty((*x.shape[:2], *geometry.output_size), x.dtype)
    # One byte for up to 256 taps: a layer keeps this array until its backward.
    tap = np.empty(y.shape, np.min_scalar_type(prod(geometry.kernel) - 1))
    flat = flat_taps(x.shape[2:], geometry.kernel, geometry)
    first_inside = _first_tap_inside(geometry, flat.phase_size).astype(tap.dtype)
    for images, y_block, tap_block in _blocks(x, y, tap):
        runs = _runs_by_tap(images, flat)
        largest, windows = _new_run(len(images), flat, geometry, x.dtype)
        winner, winner_windows = _new_run(len(images), flat, geometry, tap.dtype)
        largest[...] = runs[0]
        winner[...] = np.tile(first_inside.ravel(), len(images))[: len(winner)]
        for number, run in enumerate(runs[1:], start=1):
            # Taps only count up, so the larger number is the later winner; no branch, no mask.
            is_larger = (run > largest).view(np.uint8)
            np.maximum(winner, is_larger * tap.dtype.type(number), out=winner)
            np.maximum(largest, run, out=largest)
        if np.isnan(largest).any():  # no comparison with NaN is true: such windows had no winner
            for number, run in enumerate(runs):
                winner[np.isnan(run)] = number
        y_block[...], tap_block[...] = windows, winner_windows
    return MaxAndTap(y, tap)


def max_backward(grad_y: NDArray, x: NDArray, geometry: PoolGeometry) -> NDArray:
    """Find the winner of each window again, and send it the gradient."""
    return scatter_to_taps(grad_y, max_and_tap(x, geometry).tap, x.shape, geometry)


def scatter_to_taps(
    grad_y: NDArray, tap: NDArray, shape: tuple[int, ...], geometry: PoolGeometry
) -> NDArray:
    """Add each gradient to the pixel that won its window; `shape` is that of the input."""
    grad_x = np.zeros(shape, grad_y.dtype)
    offset, corner = _pixel_of_tap(shape[2:], geometry)
    image = np.arange(_images_at_once(shape)) * prod(shape[2:])
    corners = np.add.outer(image, corner)  # (images, H_out, W_out)
    overlap = any(axis.dilation * (axis.kernel - 1) >= axis.stride for axis in geometry.axes)
    for grad_block, y_block, tap_block in _blocks(grad_x, grad_y, tap):
        pixel = offset[tap_block]  # (images, H_out, W_out)
        pixel += corners[: len(pixel)]
        target = grad_block.reshape(-1)
        if overlap:  # a pixel may win several windows; add.at is slow, but adds to it each time
            np.add.at(target, pixel.ravel(), y_block.ravel())
        else:
            target[pixel.ravel()] = y_block.ravel()
    return grad_x


def _blocks(x: NDArray, *others: NDArray) -> Iterator[tuple[NDArray, ...]]:
    """Merge N and C, and yield the same few images of each array, sized by the first."""
    num_images = x.shape[0] * x.shape[1]
    merged = [a.reshape(num_images, *a.shape[2:]) for a in (x, *others)]
    for images in spans(num_images, _images_at_once(x.shape)):
        yield tuple(a[images] for a in merged)


def _images_at_once(shape: tuple[int, ...]) -> int:
    return count_at_once(CHUNK_ELEMENTS, prod(shape[2:]))


def _run_length(num_images: int, flat: FlatTaps) -> int:
    """Count the places from the first window of the first image to the last of the last."""
    return (num_images - 1) * prod(flat.phase_size) + flat.length


def _runs_by_tap(images: NDArray, flat: FlatTaps) -> list[NDArray]:
    """Return, for each tap in row-major order, the pixel it reads in each window, flattened."""
    read = {tap.phase for tap in flat.taps}  # a stride above the kernel leaves phases unread
    by_phase = {}
    for phase in flat.phases:
        if phase.number in read:
            places = np.empty((len(images), *flat.phase_size), images.dtype)
            inside = places[last_axes(*phase.places)]
            if inside.size < places.size:
                places[...] = -np.inf  # what padding holds never wins
            inside[...] = images[last_axes(*phase.pixels)]
            by_phase[phase.number] = places.reshape(-1)
    length = _run_length(len(images), flat)
    return [by_phase[tap.phase][tap.start : tap.start + length] for tap in flat.taps]


def _new_run(
    num_images: int, flat: FlatTaps, geometry: PoolGeometry, dtype: np.dtype
) -> tuple[NDArray, NDArray]:
    """Make room for one number a window: as a run to compute in, and viewed as windows.

    The view leaves out what a run computes across the rims.
    """
    places = np.empty((num_images, *flat.phase_size), dtype)
    windows = places[last_axes(*(slice(size) for size in geometry.output_size))]
    return places.reshape(-1)[: _run_length(num_images, flat)], windows


def _first_tap_inside(geometry: PoolGeometry, num_places: tuple[int, ...]) -> NDArray:
    """Give the number of the first tap of each window that is a pixel, not padding.

    It wins a window of only -inf, which padding would tie with.
    """
    tap = np.zeros((), int)
    for axis, count in zip(geometry.axes, num_places, strict=True):
        start = np.arange(count) * axis.stride - axis.padding[0]
        first = np.maximum(0, -(start // axis.dilation))  # rounds up: the tap at or after pixel 0
        tap = np.add.outer(tap * axis.kernel, first)  # row-major over the axes so far
    return tap


def _pixel_of_tap(image_size: tuple[int, ...], geometry: PoolGeometry) -> tuple[NDArray, NDArray]:
    """Return the distance of each tap from its window's corner, and the corners, as flat indices.

    Both count pixels of one flattened image; a corner in the padding lies outside of it.
    """
    offset, corner = np.zeros(1, int), np.zeros((), int)
    for number, axis in enumerate(geometry.axes):
        pitch = prod(image_size[number + 1 :])
        taps = np.arange(axis.kernel) * axis.dilation
        offset = np.add.outer(offset, taps * pitch).ravel()  # (K_h * K_w,) in the end
        start = np.arange(axis.output_size) * axis.stride - axis.padding[0]
        corner = np.add.outer(corner, start * pitch)  # (H_out, W_out) in the end
    return offset, corner
