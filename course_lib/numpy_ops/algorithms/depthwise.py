"""Depthwise convolution: every channel has filters of its own, so there is no sum over channels.

y[n, c*M + m] = filters[c] (M, K_h*K_w) @ columns[n, c] (K_h*K_w, positions), M = C_out / C_in

Two ideas make the columns cheap. *Flat taps*: the rows of a padded image lie end to end in memory,
so one tap, over all positions at once, is one long run of it that starts at an offset. The run also
covers the few positions that would wrap around the right edge; they are computed and dropped.
*Phases*: a stride S reads every S-th pixel, so the image is first sorted into S*S smaller images
without a stride (`phases.py`).

Cost: N * C_out * H_out * W_out * K_h * K_w multiply-adds, and a copy of as many numbers: memory,
not arithmetic, sets the speed. grad_x is the same once more, with the taps read backwards. Error:
that of a sum of K_h * K_w products.

Source: Chollet, 2017, arXiv:1610.02357 and Howard et al., 2017, arXiv:1704.04861, section 3.1 (the
operation); the flat taps are the "shift and accumulate" of image processing.
"""

import math
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry
from course_lib.numpy_ops.algorithms.phases import Phase, phases_of_axis
from course_lib.numpy_ops.workspace import Workspace

MAX_COLUMN_ELEMENTS = 1 << 19  # 2 MB of float32: less costs more in calls than the cache saves


class Tap(NamedTuple):
    """Where a tap finds its numbers: in which phase image, and from which flat position on."""

    phase: tuple[int, int]
    start: int


class FlatTaps(NamedTuple):
    """The taps of a kernel as runs of `length` numbers on phase images of `phase_size` pixels."""

    taps: list[Tap]
    phases: list[tuple[Phase, Phase]]  # along rows and columns
    phase_size: tuple[int, int]
    length: int
    channels_at_once: int


def applies(weight: NDArray, geometry: ConvGeometry) -> bool:
    """Tell whether each filter sees one channel of an image."""
    return weight.shape[1] == 1 and len(geometry.output_size) == 2


def forward(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Convolve `x` (N, C_in, H, W) with `weight` (C_in * M, 1, K_h, K_w)."""
    flat, filters = _flat_taps(x, weight, geometry), _filters_by_channel(weight, geometry)
    (h_out, w_out), row_length = geometry.output_size, flat.phase_size[1]
    y = np.empty((*x.shape[:2], filters.shape[1], h_out, w_out), x.dtype)
    work = Workspace(x.dtype)
    zeros = _zero_phases(x, geometry, flat)
    for n, channels in _chunks(x, flat):
        phases = _split(x[n, channels], flat, zeros)
        columns = work.array("columns", phases.shape[2], len(flat.taps), flat.length)
        for k, tap in enumerate(flat.taps):
            columns[:, k] = _run(phases, tap, flat)
        rows = work.array("rows", *y[n, channels].shape[:3], row_length)
        np.matmul(filters[channels], columns, out=_flatten(rows)[..., : flat.length])
        y[n, channels] = rows[..., :w_out]
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
    flat, filters = _flat_taps(x, weight, geometry), _filters_by_channel(weight, geometry)
    grad_y = grad_y.reshape(*x.shape[:2], filters.shape[1], *geometry.output_size)
    grad_x = np.empty(x.shape, x.dtype) if needs_grad_x else None
    grad_filters = np.zeros_like(filters)
    zeros, grad_phases = (_zero_phases(x, geometry, flat) for _ in range(2))
    margin, padded, rows = _rows_between_zeros(grad_y, flat)
    work = Workspace(x.dtype)
    for n, channels in _chunks(x, flat):
        phases = _split(x[n, channels], flat, zeros)
        count = phases.shape[2]
        rows[:count, ..., : grad_y.shape[4]] = grad_y[n, channels]
        grad_run = padded[:count, :, margin : margin + flat.length]
        for k, tap in enumerate(flat.taps):
            run = _run(phases, tap, flat)
            grad_filters[channels, :, k] += np.vecdot(grad_run, run[:, None])
        if needs_grad_x:
            grad_part = grad_phases[:, :, :count]
            _read_backwards(padded[:count], margin, filters[channels], flat, work, out=grad_part)
            _join(grad_part, flat, out=grad_x[n, channels])
    return grad_x, grad_filters.reshape(weight.shape)


def _filters_by_channel(weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """(C_in * M, 1, K_h, K_w) as (C_in, M, K_h * K_w)."""
    c_in = geometry.groups
    return weight.reshape(c_in, weight.shape[0] // c_in, math.prod(weight.shape[2:]))


def _flat_taps(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> FlatTaps:
    """Find the run of every tap: tap (u, v) is u*D rows and v*D columns away from the first."""
    axes = zip(x.shape[2:], geometry.padding, geometry.stride, strict=True)
    phases = list(product(*(phases_of_axis(*axis) for axis in axes)))
    padded = (size + sum(pads) for size, pads in zip(x.shape[2:], geometry.padding, strict=True))
    phase_size = tuple(-(-size // s) for size, s in zip(padded, geometry.stride, strict=True))
    taps = []
    for u, v in np.ndindex(*weight.shape[2:]):
        row, a = divmod(u * geometry.dilation[0], geometry.stride[0])
        column, b = divmod(v * geometry.dilation[1], geometry.stride[1])
        taps.append(Tap((a, b), row * phase_size[1] + column))
    h_out, w_out = geometry.output_size
    length = (h_out - 1) * phase_size[1] + w_out
    channels_at_once = max(1, MAX_COLUMN_ELEMENTS // (len(taps) * length))
    return FlatTaps(taps, phases, phase_size, length, min(x.shape[1], channels_at_once))


def _chunks(x: NDArray, flat: FlatTaps) -> Iterator[tuple[int, slice]]:
    """Yield an image and as many of its channels as fit the cache."""
    for n in range(len(x)):
        for first in range(0, x.shape[1], flat.channels_at_once):
            yield n, slice(first, min(first + flat.channels_at_once, x.shape[1]))


def _zero_phases(x: NDArray, geometry: ConvGeometry, flat: FlatTaps) -> NDArray:
    """Make room for the phases of a chunk: (S_h, S_w, C, rows, columns)."""
    return np.zeros((*geometry.stride, flat.channels_at_once, *flat.phase_size), x.dtype)


def _split(x: NDArray, flat: FlatTaps, zeros: NDArray) -> NDArray:
    """Sort the pixels of an image (C, H, W) into phases; `zeros` remain where the padding is."""
    phases = zeros[:, :, : len(x)]
    for rows, columns in flat.phases:
        image = phases[rows.index, columns.index]
        image[:, rows.places, columns.places] = x[:, rows.pixels, columns.pixels]
    return phases


def _join(phases: NDArray, flat: FlatTaps, *, out: NDArray) -> None:
    """Undo `_split`."""
    for rows, columns in flat.phases:
        image = phases[rows.index, columns.index]
        out[:, rows.pixels, columns.pixels] = image[:, rows.places, columns.places]


def _flatten(rows: NDArray) -> NDArray:
    """View (..., rows, columns) as (..., pixels)."""
    return rows.reshape(*rows.shape[:-2], math.prod(rows.shape[-2:]))


def _run(phases: NDArray, tap: Tap, flat: FlatTaps) -> NDArray:
    """View what a tap reads, for all positions: (channels, length)."""
    return _flatten(phases[tap.phase])[:, tap.start : tap.start + flat.length]


def _rows_between_zeros(grad_y: NDArray, flat: FlatTaps) -> tuple[int, NDArray, NDArray]:
    """Make room for a chunk of grad_y in rows as long as those of x, with zeros around it.

    Returns the number of zeros in front, the flat memory, and the view of it that takes the rows.
    """
    num_filters, h_out = grad_y.shape[2:4]
    num_rows, row_length = flat.phase_size
    margin = max(tap.start for tap in flat.taps)
    num_pixels = max(h_out, num_rows) * row_length
    padded = np.zeros((flat.channels_at_once, num_filters, margin + num_pixels), grad_y.dtype)
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
    output's gradient: so each tap reads grad_y from `start` places earlier.
    """
    num_channels, num_filters = padded.shape[:2]
    num_pixels = math.prod(flat.phase_size)
    for phase in {tap.phase for tap in flat.taps}:
        inside = [k for k, tap in enumerate(flat.taps) if tap.phase == phase]
        columns = work.array("columns", num_channels, len(inside), num_filters, num_pixels)
        for place, k in enumerate(inside):
            start = margin - flat.taps[k].start
            columns[:, place] = padded[..., start : start + num_pixels]
        by_tap = filters[:, :, inside].swapaxes(1, 2).reshape(num_channels, 1, -1)
        grad = _flatten(out[phase])[:, None]
        np.matmul(by_tap, columns.reshape(num_channels, -1, num_pixels), out=grad)
