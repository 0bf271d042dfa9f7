"""Depthwise convolution: every channel has filters of its own, so there is no sum over channels.

y[n, c*M + m] = filters[c] (M, K_h*K_w) @ columns[n, c] (K_h*K_w, positions), M = C_out / C_in

The columns are cheap, as each tap is one straight run of memory (`flat_taps`), of as many channels
at a time as fit the cache.

Cost: N * C_out * H_out * W_out * K_h * K_w multiply-adds, and a copy of as many numbers: memory,
not arithmetic, sets the speed. grad_x is the same once more, with the taps read backwards. Error:
that of a sum of K_h * K_w products.

Source: Chollet, 2017, arXiv:1610.02357 and Howard et al., 2017, arXiv:1704.04861, section 3.1 (the
operation); the flat taps are the "shift and accumulate" of image processing.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry
from course_lib.numpy_ops.chunks import count_at_once, spans
from course_lib.numpy_ops.flat_taps import FlatTaps, Tap, flat_taps
from course_lib.numpy_ops.reused_memory import Workspace
from course_lib.numpy_ops.windows import last_axes

CHUNK_ELEMENTS = 2**19  # of columns, 2 MB of float32: less costs more in calls than it saves


def supports(weight: NDArray, geometry: ConvGeometry) -> bool:
    """Tell whether each filter sees one channel of an image."""
    return weight.shape[1] == 1 and len(geometry.output_size) == 2


def forward(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Convolve `x` (N, C_in, H, W) with `weight` (C_in * M, 1, K_h, K_w)."""
    flat = flat_taps(x.shape[2:], weight.shape[2:], geometry)
    filters = _filters_by_channel(weight, geometry)
    (h_out, w_out), row_length = geometry.output_size, flat.phase_size[1]
    y = np.empty((*x.shape[:2], filters.shape[1], h_out, w_out), x.dtype)  # (N, C_in, M, ...)
    work = Workspace(x.dtype)
    zeros = _zero_phases(x, geometry, flat)
    for n, channels in _chunks(x, flat):
        phases = _sort(x[n, channels], flat, zeros)
        columns = work.array("columns", phases.shape[2], len(flat.taps), flat.length)
        runs = _flatten(phases)
        for k, tap in enumerate(flat.taps):
            columns[:, k] = _run(runs, tap, flat)
        rows = work.array("rows", *y[n, channels].shape[:3], row_length)
        np.matmul(filters[channels], columns, out=_flatten(rows)[..., : flat.length])
        y[n, channels] = rows[..., :w_out]  # drops what a run computed around the right edge
    return y.reshape(len(x), len(weight), h_out, w_out)


def backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    geometry: ConvGeometry,
    *,
    needs_grad_x: bool = True,
) -> tuple[NDArray | None, NDArray]:
    """Return grad_x (None if not needed) and grad_weight.

    grad_weight of a tap is the dot product of grad_y and the tap's run.
    """
    flat = flat_taps(x.shape[2:], weight.shape[2:], geometry)
    filters = _filters_by_channel(weight, geometry)
    grad_y = grad_y.reshape(*x.shape[:2], filters.shape[1], *geometry.output_size)
    grad_x = np.empty(x.shape, x.dtype) if needs_grad_x else None
    grad_filters = np.zeros_like(filters)
    # Phases that no tap reads keep their zeros, in grad_phases too.
    zeros, grad_phases = (_zero_phases(x, geometry, flat) for _ in range(2))
    margin, padded, rows = _rows_between_zeros(grad_y, flat, _channels_at_once(x, flat))
    work = Workspace(x.dtype)
    for n, channels in _chunks(x, flat):
        phases = _sort(x[n, channels], flat, zeros)
        count = phases.shape[2]
        rows[:count, ..., : grad_y.shape[4]] = grad_y[n, channels]
        grad_run = padded[:count, :, margin : margin + flat.length]  # (C, M, length)
        runs = _flatten(phases)
        for k, tap in enumerate(flat.taps):
            run = _run(runs, tap, flat)
            # The zeros between the rows of grad_y take the wrapped positions out of the sum.
            grad_filters[channels, :, k] += np.vecdot(grad_run, run[:, None])
        if grad_x is not None:
            grad_part = grad_phases[:, :, :count]
            _read_backwards(padded[:count], margin, filters[channels], flat, work, out=grad_part)
            _unsort(grad_part, flat, out=grad_x[n, channels])
    return grad_x, grad_filters.reshape(weight.shape)


def _filters_by_channel(weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """(C_in * M, 1, K_h, K_w) as (C_in, M, K_h * K_w)."""
    c_in = geometry.groups
    return weight.reshape(c_in, weight.shape[0] // c_in, math.prod(weight.shape[2:]))


def _channels_at_once(x: NDArray, flat: FlatTaps) -> int:
    return min(x.shape[1], count_at_once(CHUNK_ELEMENTS, len(flat.taps) * flat.length))


def _chunks(x: NDArray, flat: FlatTaps) -> Iterator[tuple[int, slice]]:
    """Yield an image and as many of its channels as fit the cache."""
    for n in range(len(x)):
        for channels in spans(x.shape[1], _channels_at_once(x, flat)):
            yield n, channels


def _zero_phases(x: NDArray, geometry: ConvGeometry, flat: FlatTaps) -> NDArray:
    """Make room for the phases of a chunk: (S_h, S_w, C, rows, columns)."""
    return np.zeros((*geometry.stride, _channels_at_once(x, flat), *flat.phase_size), x.dtype)


def _sort(x: NDArray, flat: FlatTaps, zeros: NDArray) -> NDArray:
    """Sort the pixels of an image (C, H, W) into phases; `zeros` remain where the padding is."""
    phases = zeros[:, :, : len(x)]
    for phase in flat.phases:
        phases[phase.number][last_axes(*phase.places)] = x[last_axes(*phase.pixels)]
    return phases


def _unsort(phases: NDArray, flat: FlatTaps, *, out: NDArray) -> None:
    """Undo `_sort`."""
    for phase in flat.phases:
        out[last_axes(*phase.pixels)] = phases[phase.number][last_axes(*phase.places)]


def _flatten(rows: NDArray) -> NDArray:
    """View (..., rows, columns) as (..., pixels)."""
    return rows.reshape(*rows.shape[:-2], math.prod(rows.shape[-2:]))


def _run(runs: NDArray, tap: Tap, flat: FlatTaps) -> NDArray:
    """View what a tap reads in flat phases, for all positions: (channels, length)."""
    return runs[tap.phase][:, tap.start : tap.start + flat.length]


def _rows_between_zeros(
    grad_y: NDArray, flat: FlatTaps, num_channels: int
) -> tuple[int, NDArray, NDArray]:
    """Make room for a chunk of grad_y in rows as long as those of x, with zeros around it.

    Returns the number of zeros in front, the flat memory, and the view of it that takes the rows.
    """
    num_filters, h_out = grad_y.shape[2:4]
    num_rows, row_length = flat.phase_size
    margin = flat.taps[-1].start  # the last tap reaches farthest back
    num_pixels = max(h_out, num_rows) * row_length
    padded = np.zeros((num_channels, num_filters, margin + num_pixels), grad_y.dtype)
    rows = padded[..., margin : margin + h_out * row_length]
    return margin, padded, rows.reshape(*rows.shape[:2], h_out, row_length)


def _read_backwards(
    padded: NDArray,
    margin: int,
    filters: NDArray,
    flat: FlatTaps,
    work: Workspace,
    *,
    out: NDArray,
) -> None:
    """Set the gradient of some channels of an image, (S_h, S_w, channels, rows, columns).

    A pixel that tap k read for the output `start` places before it gets weight k times that
    output's gradient: so each tap reads grad_y from `start` places earlier. For the 2x2 taps of
    the drawing in `flat_taps`, with the gradients A B C and E F G of its two rows of windows:

        padded      0 0 0 0 0 A B C 0 E F G 0 0 0 0 0

        pixel       a b c d e f g h i j k l
        tap (0, 0)  A B C 0 E F G 0 0 0 0 0    from 5 on
        tap (0, 1)  0 A B C 0 E F G 0 0 0 0    from 4 on
        tap (1, 0)  0 0 0 0 A B C 0 E F G 0    from 1 on
        tap (1, 1)  0 0 0 0 0 A B C 0 E F G    from 0 on
    """
    num_channels, num_filters = padded.shape[:2]
    num_pixels = math.prod(flat.phase_size)
    for phase in {tap.phase for tap in flat.taps}:
        inside = [k for k, tap in enumerate(flat.taps) if tap.phase == phase]
        columns = work.array("columns", num_channels, len(inside), num_filters, num_pixels)
        for place, k in enumerate(inside):
            start = margin - flat.taps[k].start
            columns[:, place] = padded[..., start : start + num_pixels]
        by_tap = filters[:, :, inside].swapaxes(1, 2).reshape(num_channels, 1, -1)  # taps * M
        grad = _flatten(out[phase])[:, None]  # (channels, 1, pixels)
        np.matmul(by_tap, columns.reshape(num_channels, -1, num_pixels), out=grad)
