"""Padding and sliding windows: what convolution and pooling share.

A window view costs no memory: it only re-reads the strides of the padded input.
"""

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
    x_pad = np.full(lead + tuple(size + sum(pair) for size, pair in sizes), value, x.dtype)
    crop_spatial(x_pad, padding)[...] = x
    return x_pad


def crop_spatial(x_pad: NDArray, padding: tuple[tuple[int, int], ...]) -> NDArray:
    """Undo `pad_spatial`: the view of `x_pad` that holds the input."""
    lead = x_pad.ndim - len(padding)
    sizes = zip(padding, x_pad.shape[lead:], strict=True)
    return x_pad[(..., *(slice(before, size - after) for (before, after), size in sizes))]


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
    axes = zip(tap, stride, dilation, output_size, strict=True)
    return tuple(slice(t * d, t * d + s * (size - 1) + 1, s) for t, s, d, size in axes)


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
    lead = x_pad.ndim - num_axes
    kernel, output_size = windows.shape[lead:-num_axes], windows.shape[-num_axes:]
    for tap in np.ndindex(*kernel):
        pixels = tap_slices(tap, stride=stride, dilation=dilation, output_size=output_size)
        x_pad[(..., *pixels)] += windows[(*(slice(None),) * lead, *tap)]
