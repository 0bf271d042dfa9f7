"""How every max pooling works, whatever the number of axes: find the winner of each window.

`max_and_tap` keeps the largest value of a window and the number of the tap that held it (taps
count in row-major order: with 2x2 windows 0 is top left and 3 bottom right); `scatter_to_taps`
sends gradients there. A layer may keep the taps between the two; the public backward finds them
again.

Reading every second pixel is slow. So a few images at a time, as many as fit the cache, are
split into phases: phase p of an axis holds pixels p, p + stride, p + 2 * stride... A tap at
offset o reads phase o % stride, shifted by o // stride; flattened, that is one straight run of
memory. Windows that such a run makes across the rim of a row are computed too and cut off.
"""

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.pooling import PoolGeometry

PIXELS_IN_CACHE = 2**16

Phase = tuple[int, ...]


class MaxAndTap(NamedTuple):
    """The largest value of each window, and the number of the tap that held it."""

    y: NDArray
    tap: NDArray


def max_of_windows(x: NDArray, geometry: PoolGeometry) -> NDArray:
    """Return the largest value of each window: what `max_pool` is."""
    y = np.empty((*x.shape[:2], *geometry.output_size), x.dtype)
    for images, y_block in _blocks(x, y):
        first, *others = _runs_by_tap(images, geometry)
        largest = first.copy()
        for run in others:
            np.maximum(largest, run, out=largest)
        y_block[...] = _crop(largest, len(images), geometry)
    return y


def max_and_tap(x: NDArray, geometry: PoolGeometry) -> MaxAndTap:
    """Return the largest value of each window and its tap: the first of equals, the last NaN."""
    y = np.empty((*x.shape[:2], *geometry.output_size), x.dtype)
    tap = np.empty(y.shape, np.min_scalar_type(prod(geometry.kernel) - 1))
    first_inside = _first_tap_inside(geometry).astype(tap.dtype)
    for images, y_block, tap_block in _blocks(x, y, tap):
        first, *others = _runs_by_tap(images, geometry)
        largest = first.copy()
        winner = np.tile(first_inside.ravel(), len(images))[: len(first)]
        for number, run in enumerate(others, start=1):
            is_larger = (run > largest).view(np.uint8)
            np.maximum(winner, is_larger * tap.dtype.type(number), out=winner)
            np.maximum(largest, run, out=largest)
        if np.isnan(largest).any():
            for number, run in enumerate((first, *others)):
                winner[np.isnan(run)] = number
        y_block[...] = _crop(largest, len(images), geometry)
        tap_block[...] = _crop(winner, len(images), geometry)
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
    for grad_block, y_block, tap_block in _blocks(grad_x, grad_y, tap):
        image = np.arange(len(tap_block)).reshape(-1, *(1,) * corner.ndim) * prod(shape[2:])
        pixel = offset[tap_block]
        pixel += corner + image
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
    step = max(1, PIXELS_IN_CACHE // prod(x.shape[2:]))
    for start in range(0, num_images, step):
        yield tuple(a[start : start + step] for a in merged)


def _phase_size(geometry: PoolGeometry) -> tuple[int, ...]:
    """Give the size of each phase: the windows, and what the last of them reaches beyond."""
    axes = zip(*geometry, strict=True)
    return tuple(n + (k - 1) * d // stride for k, stride, _, d, n in axes)


def _runs_by_tap(images: NDArray, geometry: PoolGeometry) -> list[NDArray]:
    """Return, for each tap in row-major order, the pixel it reads in each window, flattened."""
    size, phases, runs = _phase_size(geometry), {}, []
    pitch = [prod(size[axis + 1 :]) for axis in range(len(size))]
    reach = np.dot(np.subtract(size, geometry.output_size), pitch)
    length = len(images) * prod(size) - reach
    for tap in np.ndindex(*geometry.kernel):
        axes = zip(tap, geometry.dilation, geometry.stride, strict=True)
        place = [divmod(t * d, s) for t, d, s in axes]
        phase = tuple(p for _, p in place)
        if phase not in phases:
            phases[phase] = _split_phase(images, phase, size, geometry).ravel()
        start = sum(shift * step for (shift, _), step in zip(place, pitch, strict=True))
        runs.append(phases[phase][start : start + length])
    return runs


def _split_phase(
    images: NDArray, phase: Phase, size: tuple[int, ...], geometry: PoolGeometry
) -> NDArray:
    """Copy every stride-th pixel of each axis, from `phase` on; -inf where there is only padding.

    Position q of an axis is pixel phase + stride * q - padding.
    """
    target, source = [slice(None)], [slice(None)]
    axes = zip(images.shape[1:], size, phase, geometry.stride, geometry.padding, strict=True)
    for num_pixels, num_places, p, stride, (before, _) in axes:
        first = max(0, -((p - before) // stride))
        stop = max(first, min(num_places, -((p - before - num_pixels) // stride)))
        target.append(slice(first, stop))
        source.append(slice(p + first * stride - before, num_pixels, stride))
    split = np.full((len(images), *size), -np.inf, images.dtype)
    inside = split[tuple(target)]
    inside[...] = images[tuple(source)][tuple(slice(n) for n in inside.shape)]
    return split


def _crop(run: NDArray, num_images: int, geometry: PoolGeometry) -> NDArray:
    """Give a run the shape of the output and cut off what lies across the rims."""
    size = _phase_size(geometry)
    whole = np.empty(num_images * prod(size), run.dtype)
    whole[: len(run)] = run
    windows = (slice(n) for n in geometry.output_size)
    return whole.reshape(num_images, *size)[(slice(None), *windows)]


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
