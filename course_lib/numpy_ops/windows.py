"""Padding and sliding windows: what convolution and pooling share.

A window view costs no memory: it only re-reads the strides of the padded input.
"""

from itertools import product
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray


def pad_spatial(x: NDArray, padding: tuple[tuple[int, int], ...], *, value: float = 0.0) -> NDArray:
    """Surround the last axes of `x` with `value`, one (before, after) pair an axis.

    Without any padding `x` itself is returned, so callers only read the result.
    """
    if not any(map(any, padding)):
        return x
    lead = x.shape[: x.ndim - len(padding)]
    sizes = zip(x.shape[len(lead) :], padding, strict=True)
    shape = lead + tuple(size + sum(pair) for size, pair in sizes)
    x_pad = np.full(shape, value, x.dtype) if value else np.zeros(shape, x.dtype)  # zeros: faster
    crop_spatial(x_pad, padding)[...] = x
    return x_pad


def last_axes(*parts: slice) -> tuple[Any, ...]:
    """Index the last axes by `parts`, whatever stands before them.

    Examples
    --------
    >>> np.arange(24).reshape(2, 3, 4)[last_axes(slice(1), slice(2))].tolist()
    [[[0, 1]], [[12, 13]]]
    """
    return (..., *parts)


def crop_spatial(x_pad: NDArray, padding: tuple[tuple[int, int], ...]) -> NDArray:
    """Undo `pad_spatial`: the view of `x_pad` that holds the input."""
    lead = x_pad.ndim - len(padding)
    sizes = zip(padding, x_pad.shape[lead:], strict=True)
    return x_pad[last_axes(*(slice(before, size - after) for (before, after), size in sizes))]


def window_view(
    x_pad: NDArray,
    *,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    output_size: tuple[int, ...],
) -> NDArray:
    """View the windows of a padded input, taps first: (N, C, K_h, K_w, H_out, W_out).

    Element [n, c, u, v, i, j] is x_pad[n, c, i*stride + u*dilation, j*stride + v*dilation]. The
    view overlaps itself: read it, never write to it.
    """
    lead = x_pad.ndim - len(kernel)
    steps = x_pad.strides[lead:]
    taps = tuple(d * step for d, step in zip(dilation, steps, strict=True))
    moves = tuple(s * step for s, step in zip(stride, steps, strict=True))
    return as_strided(
        x_pad,
        x_pad.shape[:lead] + tuple(kernel) + tuple(output_size),
        x_pad.strides[:lead] + taps + moves,
        writeable=False,
    )


def tap_slices(
    tap: tuple[int, ...],
    *,
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    output_size: tuple[int, ...],
) -> tuple[slice, ...]:
    """Slice the padded pixels that kernel tap `tap` reads, one for each window position."""
    return tuple(map(_reads, tap, stride, dilation, output_size))


def _reads(tap: int, stride: int, dilation: int, output_size: int) -> slice:
    first = tap * dilation
    return slice(first, first + stride * (output_size - 1) + 1, stride)


def add_windows(
    x_pad: NDArray,
    windows: NDArray,
    *,
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
) -> None:
    """Undo `window_view` as a sum: add each element to the pixel it was read from, in place.

    `windows` has the axes of `window_view`; where windows overlap, a pixel gets several terms.
    """
    num_axes = len(stride)
    lead = (slice(None),) * (x_pad.ndim - num_axes)
    kernel, output_size = windows.shape[len(lead) : -num_axes], windows.shape[-num_axes:]
    axes = zip(kernel, stride, dilation, output_size, strict=True)
    pixels = [[_reads(tap, *axis) for tap in range(k)] for k, *axis in axes]
    for tap, slices in zip(np.ndindex(*kernel), product(*pixels), strict=True):
        x_pad[last_axes(*slices)] += windows[(*lead, *tap)]
