"""Max pooling in plain NumPy, forward beside backward, and how it works for any number of axes.

`max_and_tap` keeps the largest value of a window and the number of the tap that held it (taps
count in row-major order: with 2x2 windows 0 is top left and 3 bottom right); `scatter_to_taps`
sends gradients there. A layer may keep the taps between the two; the public backward finds them
again.

Reading every second pixel is slow. So a few images at a time, as many as fit the cache, are
split into phases: phase p of an axis holds pixels p, p + stride, p + 2 * stride... A tap at
offset o reads phase o % stride, shifted by o // stride; flattened, that is one straight run of
memory. Windows that such a run makes across the rim of a row are computed too and cut off.

twin: course_lib/torch_ops/pooling/max.py   test: tests/parity/test_pooling.py
"""

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.pooling import PoolGeometry, check_pool, check_pool_grad

__all__ = [
    "max_pool1d",
    "max_pool1d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool3d",
    "max_pool3d_backward",
]

PIXELS_IN_CACHE = 2**17
Phase = tuple[int, ...]
Slices = tuple[slice, ...]


class RunPlan(NamedTuple):
    """How to read windows as runs: `taps` holds (phase, start of the run) for each tap.

    `size` is that of each phase of one image; `phases` holds (what to fill, what to read);
    `windows` crops a phase to the windows.
    """

    size: tuple[int, ...]
    phases: dict[Phase, tuple[Slices, Slices]]
    taps: list[tuple[Phase, int]]
    windows: Slices


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

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

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
        Distance D between neighbouring taps, in pixels.
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

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

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

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 9.3.

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
    plan = _plan_runs(x.shape[2:], geometry)
    for images, y_block in _blocks(x, y):
        first, *others = _runs_by_tap(images, plan)
        largest, windows = _new_run(len(images), plan, x.dtype)
        largest[...] = first
        for run in others:
            np.maximum(largest, run, out=largest)
        y_block[...] = windows
    return y


def max_and_tap(x: NDArray, geometry: PoolGeometry) -> MaxAndTap:
    """Return the largest value of each window and its tap: the first of equals, the last NaN."""
    y = np.empty((*x.shape[:2], *geometry.output_size), x.dtype)
    tap = np.empty(y.shape, np.min_scalar_type(prod(geometry.kernel) - 1))
    first_inside = _first_tap_inside(geometry).astype(tap.dtype)
    plan = _plan_runs(x.shape[2:], geometry)
    for images, y_block, tap_block in _blocks(x, y, tap):
        first, *others = _runs_by_tap(images, plan)
        largest, windows = _new_run(len(images), plan, x.dtype)
        winner, winner_windows = _new_run(len(images), plan, tap.dtype)
        largest[...] = first
        winner[...] = np.tile(first_inside.ravel(), len(images))[: len(winner)]
        for number, run in enumerate(others, start=1):
            is_larger = (run > largest).view(np.uint8)
            np.maximum(winner, is_larger * tap.dtype.type(number), out=winner)
            np.maximum(largest, run, out=largest)
        if np.isnan(largest).any():
            for number, run in enumerate((first, *others)):
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
    spans = (d * (k - 1) + 1 for k, d in zip(geometry.kernel, geometry.dilation, strict=True))
    overlap = any(span > s for span, s in zip(spans, geometry.stride, strict=True))
    image = np.arange(_images_per_block(shape)) * prod(shape[2:])
    corners = np.add.outer(image, corner)
    for grad_block, y_block, tap_block in _blocks(grad_x, grad_y, tap):
        pixel = offset[tap_block]
        pixel += corners[: len(pixel)]
        target = grad_block.reshape(-1)
        if overlap:
            np.add.at(target, pixel.ravel(), y_block.ravel())
        else:
            target[pixel.ravel()] = y_block.ravel()
    return grad_x


def _blocks(x: NDArray, *others: NDArray) -> Iterator[tuple[NDArray, ...]]:
    """Merge N and C, and yield the same few images of each array, sized by the first."""
    num_images = x.shape[0] * x.shape[1]
    merged = [a.reshape(num_images, *a.shape[2:]) for a in (x, *others)]
    step = _images_per_block(x.shape)
    for start in range(0, num_images, step):
        yield tuple(a[start : start + step] for a in merged)


def _images_per_block(shape: tuple[int, ...]) -> int:
    return max(1, PIXELS_IN_CACHE // prod(shape[2:]))


def _plan_runs(sizes: tuple[int, ...], geometry: PoolGeometry) -> RunPlan:
    """Find out once, for all blocks, which phase and which start each tap has."""
    size = _phase_size(geometry)
    pitch = [prod(size[axis + 1 :]) for axis in range(len(size))]
    phases, taps = {}, []
    for tap in np.ndindex(*geometry.kernel):
        axes = zip(tap, geometry.dilation, geometry.stride, strict=True)
        place = [divmod(t * d, s) for t, d, s in axes]
        phase = tuple(p for _, p in place)
        if phase not in phases:
            phases[phase] = _phase_slices(phase, sizes, geometry)
        taps.append((phase, sum(q * step for (q, _), step in zip(place, pitch, strict=True))))
    windows = (slice(None), *(slice(n) for n in geometry.output_size))
    return RunPlan(size, phases, taps, windows)


def _phase_size(geometry: PoolGeometry) -> tuple[int, ...]:
    """Give the size of each phase: the windows, and what the last of them reaches beyond."""
    axes = zip(*geometry, strict=True)
    return tuple(n + (k - 1) * d // stride for k, stride, _, d, n in axes)


def _phase_slices(
    phase: Phase, sizes: tuple[int, ...], geometry: PoolGeometry
) -> tuple[Slices, Slices]:
    """Slice what a phase holds of the image, and those pixels of the image.

    Position q of an axis is pixel phase + stride * q - padding; outside is padding.
    """
    target, source = [slice(None)], [slice(None)]
    axes = zip(sizes, phase, *geometry, _phase_size(geometry), strict=True)
    for num_pixels, p, _, stride, (before, _), _, _, num_places in axes:
        first = max(0, -((p - before) // stride))
        stop = max(first, min(num_places, -((p - before - num_pixels) // stride)))
        start = p + first * stride - before
        target.append(slice(first, stop))
        source.append(slice(start, start + (stop - first) * stride, stride))
    return tuple(target), tuple(source)


def _runs_by_tap(images: NDArray, plan: RunPlan) -> list[NDArray]:
    """Return, for each tap in row-major order, the pixel it reads in each window, flattened."""
    phases = {}
    for phase, (target, source) in plan.phases.items():
        split = np.empty((len(images), *plan.size), images.dtype)
        inside = split[target]
        if inside.size < split.size:
            split[...] = -np.inf
        inside[...] = images[source]
        phases[phase] = split.reshape(-1)
    length = len(images) * prod(plan.size) - plan.taps[-1][1]
    return [phases[phase][start : start + length] for phase, start in plan.taps]


def _new_run(num_images: int, plan: RunPlan, dtype: np.dtype) -> tuple[NDArray, NDArray]:
    """Make room for one number a window: as a run to compute in, and viewed as windows.

    The view leaves out what a run computes across the rims.
    """
    whole = np.empty((num_images, *plan.size), dtype)
    length = whole.size - plan.taps[-1][1]
    return whole.reshape(-1)[:length], whole[plan.windows]


def _first_tap_inside(geometry: PoolGeometry) -> NDArray:
    """Give the number of the first tap of each window that is a pixel, not padding.

    It wins a window of only -inf, which padding would tie with.
    """
    tap = np.zeros((), int)
    axes = zip(*geometry, _phase_size(geometry), strict=True)
    for kernel, stride, (before, _), dilation, _, num_places in axes:
        start = np.arange(num_places) * stride - before
        tap = np.add.outer(tap * kernel, np.maximum(0, -(start // dilation)))
    return tap


def _pixel_of_tap(sizes: tuple[int, ...], geometry: PoolGeometry) -> tuple[NDArray, NDArray]:
    """Return the distance of each tap from its window's corner, and the corners, as flat indices.

    Both count pixels of one flattened image; a corner in the padding lies outside of it.
    """
    offset, corner = np.zeros(1, int), np.zeros((), int)
    for axis, (kernel, stride, (before, _), dilation, num_windows) in enumerate(
        zip(*geometry, strict=True)
    ):
        step = prod(sizes[axis + 1 :])
        offset = np.add.outer(offset, np.arange(kernel) * dilation * step).ravel()
        corner = np.add.outer(corner, (np.arange(num_windows) * stride - before) * step)
    return offset, corner
