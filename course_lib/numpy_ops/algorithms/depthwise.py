"""Depthwise convolution: every channel has filters of its own, so there is no sum over channels.

y[n, c*M + m] = filters[c] (M, K_h*K_w) @ columns[n, c] (K_h*K_w, positions), M = C_out / C_in

Two ideas make the columns cheap. *Flat taps*: the rows of a padded image lie end to end in memory,
so one tap, over all positions at once, is one long run of it that starts at an offset. The run also
covers the few positions that would wrap around the right edge; they are computed and dropped.
*Phases*: a stride S reads every S-th pixel, so the image is first sorted into S*S smaller images;
within each of them the stride is 1 again.

Cost: N * C_out * H_out * W_out * K_h * K_w multiply-adds, and a copy of as many numbers: memory,
not arithmetic, sets the speed. grad_x is the same once more, with the taps read backwards. Error:
that of a sum of K_h * K_w products.

Source: Chollet, 2017, arXiv:1610.02357 and Howard et al., 2017, arXiv:1704.04861, section 3.1 (the
operation); the flat taps are the "shift and accumulate" of image processing.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry
from course_lib.numpy_ops.windows import crop_spatial, pad_spatial
from course_lib.numpy_ops.workspace import Workspace

MAX_COLUMN_ELEMENTS = 1 << 18  # 1 MB of float32: about a core's own cache


class Tap(NamedTuple):
    """Where a tap finds its numbers: in which phase image, and from which flat position on."""

    phase: tuple[int, int]
    start: int


class FlatTaps(NamedTuple):
    """The taps of a kernel as runs of `length` numbers on phase images of `row_length` columns."""

    taps: list[Tap]
    row_length: int
    length: int
    channels_at_once: int


def applies(weight: NDArray, geometry: ConvGeometry) -> bool:
    """Tell whether each filter sees one channel of an image."""
    return weight.shape[1] == 1 and len(geometry.output_size) == 2


def forward(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Convolve `x` (N, C_in, H, W) with `weight` (C_in * M, 1, K_h, K_w)."""
    phases = _split(pad_spatial(x, geometry.padding), geometry.stride)
    flat, filters = _flat_taps(phases, weight, geometry), _filters_by_channel(weight, geometry)
    h_out, w_out = geometry.output_size
    y = np.empty((*x.shape[:2], filters.shape[1], h_out, w_out), x.dtype)
    work = Workspace(x.dtype)
    for n, channels in _chunks(phases, flat):
        columns = work.array("columns", len(filters[channels]), len(flat.taps), flat.length)
        for k, tap in enumerate(flat.taps):
            columns[:, k] = _run(phases, tap, flat, n, channels)
        rows = work.array("rows", *y[n, channels].shape[:3], flat.row_length)
        np.matmul(filters[channels], columns, out=_flatten(rows)[..., : flat.length])
        y[n, channels] = rows[..., :w_out]
    return y.reshape(x.shape[0], weight.shape[0], h_out, w_out)


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
    x_pad = pad_spatial(x, geometry.padding)
    phases = _split(x_pad, geometry.stride)
    flat, filters = _flat_taps(phases, weight, geometry), _filters_by_channel(weight, geometry)
    grad_y = grad_y.reshape(*x.shape[:2], filters.shape[1], *geometry.output_size)
    grad_filters = np.zeros_like(filters)
    grad_phases = np.zeros_like(phases) if needs_grad_x else None
    margin, padded, rows = _rows_between_zeros(phases, flat, grad_y)
    work = Workspace(x.dtype)
    for n, channels in _chunks(phases, flat):
        count = len(filters[channels])
        rows[:count, ..., : grad_y.shape[4]] = grad_y[n, channels]
        grad_run = padded[:count, :, margin : margin + flat.length]
        for k, tap in enumerate(flat.taps):
            run = _run(phases, tap, flat, n, channels)
            grad_filters[channels, :, k] += np.vecdot(grad_run, run[:, None])
        if needs_grad_x:
            grad_part = grad_phases[:, :, n, channels]
            _read_backwards(padded[:count], margin, filters[channels], flat, work, out=grad_part)
    grad_weight = grad_filters.reshape(weight.shape)
    if not needs_grad_x:
        return None, grad_weight
    grad_x_pad = _join(grad_phases, x_pad.shape, geometry.stride)
    return np.ascontiguousarray(crop_spatial(grad_x_pad, geometry.padding)), grad_weight


def _filters_by_channel(weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """(C_in * M, 1, K_h, K_w) as (C_in, M, K_h * K_w)."""
    c_in = geometry.groups
    return weight.reshape(c_in, weight.shape[0] // c_in, math.prod(weight.shape[2:]))


def _split(x_pad: NDArray, stride: tuple[int, int]) -> NDArray:
    """Sort pixels by their place within a stride: (S_h, S_w, N, C, H / S_h, W / S_w)."""
    if stride == (1, 1):
        return np.ascontiguousarray(x_pad)[None, None]
    n, c, h, w = x_pad.shape
    phases = np.zeros((*stride, n, c, -(-h // stride[0]), -(-w // stride[1])), x_pad.dtype)
    for a, b in np.ndindex(*stride):
        part = x_pad[:, :, a :: stride[0], b :: stride[1]]
        phases[a, b, :, :, : part.shape[2], : part.shape[3]] = part
    return phases


def _join(phases: NDArray, shape: tuple[int, ...], stride: tuple[int, int]) -> NDArray:
    """Undo `_split`."""
    if stride == (1, 1):
        return phases[0, 0]
    x_pad = np.empty(shape, phases.dtype)
    for a, b in np.ndindex(*stride):
        part = x_pad[:, :, a :: stride[0], b :: stride[1]]
        part[...] = phases[a, b, :, :, : part.shape[2], : part.shape[3]]
    return x_pad


def _flat_taps(phases: NDArray, weight: NDArray, geometry: ConvGeometry) -> FlatTaps:
    """Find the run of every tap: tap (u, v) is u*D rows and v*D columns away from the first."""
    h_out, w_out = geometry.output_size
    row_length, taps = phases.shape[-1], []
    for u, v in np.ndindex(*weight.shape[2:]):
        row, phase_row = divmod(u * geometry.dilation[0], geometry.stride[0])
        column, phase_column = divmod(v * geometry.dilation[1], geometry.stride[1])
        taps.append(Tap((phase_row, phase_column), row * row_length + column))
    length = (h_out - 1) * row_length + w_out
    channels_at_once = max(1, MAX_COLUMN_ELEMENTS // (len(taps) * length))
    return FlatTaps(taps, row_length, length, min(phases.shape[3], channels_at_once))


def _chunks(phases: NDArray, flat: FlatTaps) -> Iterator[tuple[int, slice]]:
    """Yield an image and as many of its channels as fit the cache."""
    num_images, num_channels = phases.shape[2:4]
    for n in range(num_images):
        for first in range(0, num_channels, flat.channels_at_once):
            yield n, slice(first, min(first + flat.channels_at_once, num_channels))


def _flatten(rows: NDArray) -> NDArray:
    """View (..., rows, columns) as (..., pixels)."""
    return rows.reshape(*rows.shape[:-2], math.prod(rows.shape[-2:]))


def _run(phases: NDArray, tap: Tap, flat: FlatTaps, n: int, channels: slice) -> NDArray:
    """View what a tap reads, for all positions: (channels, length)."""
    return _flatten(phases[tap.phase])[n, channels, tap.start : tap.start + flat.length]


def _rows_between_zeros(
    phases: NDArray, flat: FlatTaps, grad_y: NDArray
) -> tuple[int, NDArray, NDArray]:
    """Make room for a chunk of grad_y in rows as long as those of x, with zeros around it.

    Returns the number of zeros in front, the flat memory, and the view of it that takes the rows.
    """
    num_filters, h_out = grad_y.shape[2:4]
    margin = max(tap.start for tap in flat.taps)
    num_pixels = max(h_out * flat.row_length, math.prod(phases.shape[-2:]))
    padded = np.zeros((flat.channels_at_once, num_filters, margin + num_pixels), grad_y.dtype)
    rows = padded[..., margin : margin + h_out * flat.row_length]
    return margin, padded, rows.reshape(*rows.shape[:2], h_out, flat.row_length)


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
    num_pixels = math.prod(out.shape[3:])
    for phase in {tap.phase for tap in flat.taps}:
        inside = [k for k, tap in enumerate(flat.taps) if tap.phase == phase]
        columns = work.array("columns", num_channels, len(inside), num_filters, num_pixels)
        for place, k in enumerate(inside):
            start = margin - flat.taps[k].start
            columns[:, place] = padded[..., start : start + num_pixels]
        by_tap = filters[:, :, inside].swapaxes(1, 2).reshape(num_channels, 1, -1)
        grad = _flatten(out[phase])[:, None]
        np.matmul(by_tap, columns.reshape(num_channels, -1, num_pixels), out=grad)
