"""Depthwise convolution: every channel has filters of its own, so there is no sum over channels.

y[n, c*M + m] = filters[c] (M, K_h*K_w) @ columns[n, c] (K_h*K_w, positions), M = C_out / C_in

Two ideas make the columns cheap. *Flat taps*: the rows of a padded image lie end to end in memory,
so one tap, over all positions at once, is one long run of it that starts at an offset. The run also
covers the few positions that would wrap around the right edge; they are computed and dropped.
*Phases*: a stride S reads every S-th pixel, so the image is first sorted into S*S smaller images;
within each of them the stride is 1 again.

Cost: N * C_out * H_out * W_out * K_h * K_w multiply-adds, and a copy of as many numbers: memory,
not arithmetic, sets the speed. Error: that of a sum of K_h * K_w products.

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


class Run(NamedTuple):
    """Where one tap finds its numbers: in which phase image, and from which flat position."""

    phase: tuple[int, int]
    start: int


def applies(weight: NDArray, geometry: ConvGeometry) -> bool:
    """Tell whether each filter sees one channel of an image."""
    return weight.shape[1] == 1 and len(geometry.output_size) == 2


def forward(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Convolve `x` (N, C_in, H, W) with `weight` (C_in * M, 1, K_h, K_w)."""
    phases = _split(pad_spatial(x, geometry.padding), geometry.stride)
    runs, filters = _runs(weight, geometry, phases), _filters_by_channel(weight, geometry)
    y = np.empty((*x.shape[:2], filters.shape[1], *geometry.output_size), x.dtype)
    work = Workspace(x.dtype)
    for n, channels, columns in _chunks(phases, runs, geometry):
        rows = work.array("rows", len(columns), *y.shape[2:4], phases.shape[-1])
        flat = rows.reshape(*rows.shape[:2], -1)[..., : columns.shape[2]]
        np.matmul(filters[channels], columns, out=flat)
        y[n, channels] = rows[..., : y.shape[4]]
    return y.reshape(x.shape[0], weight.shape[0], *geometry.output_size)


def backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    geometry: ConvGeometry,
    *,
    needs_grad_x: bool = True,
) -> tuple[NDArray | None, NDArray]:
    """Return grad_x (None if not needed) and grad_weight."""
    x_pad = pad_spatial(x, geometry.padding)
    phases = _split(x_pad, geometry.stride)
    runs, filters = _runs(weight, geometry, phases), _filters_by_channel(weight, geometry)
    grad_y = grad_y.reshape(*x.shape[:2], filters.shape[1], *geometry.output_size)
    grad_filters = np.zeros_like(filters)
    grad_phases = np.zeros_like(phases) if needs_grad_x else None
    work = Workspace(x.dtype)
    for n, channels, columns in _chunks(phases, runs, geometry):
        rows = work.array("rows", len(columns), *grad_y.shape[2:4], phases.shape[-1])
        rows[..., : grad_y.shape[4]] = grad_y[n, channels]
        rows[..., grad_y.shape[4] :] = 0.0
        flat = rows.reshape(*rows.shape[:2], -1)[..., : columns.shape[2]]
        grad_filters[channels] += (columns @ flat.swapaxes(1, 2)).swapaxes(1, 2)
        if needs_grad_x:
            _fill_phases(grad_phases[:, :, n, channels], flat, filters[channels], runs, work)
    if not needs_grad_x:
        return None, grad_filters.reshape(weight.shape)
    grad_x_pad = _join(grad_phases, x_pad.shape, geometry.stride)
    grad_x = np.ascontiguousarray(crop_spatial(grad_x_pad, geometry.padding))
    return grad_x, grad_filters.reshape(weight.shape)


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


def _runs(weight: NDArray, geometry: ConvGeometry, phases: NDArray) -> list[Run]:
    """Find the run of every tap: tap (u, v) is u*D rows and v*D columns away from the first."""
    runs = []
    for u, v in np.ndindex(*weight.shape[2:]):
        row, phase_row = divmod(u * geometry.dilation[0], geometry.stride[0])
        column, phase_column = divmod(v * geometry.dilation[1], geometry.stride[1])
        runs.append(Run((phase_row, phase_column), row * phases.shape[-1] + column))
    return runs


def _chunks(
    phases: NDArray, runs: list[Run], geometry: ConvGeometry
) -> Iterator[tuple[int, slice, NDArray]]:
    """Yield image n, some channels, and their columns (channels, K_h * K_w, run length)."""
    h_out, w_out = geometry.output_size
    length = (h_out - 1) * phases.shape[-1] + w_out
    num_images, num_channels = phases.shape[2:4]
    step = min(num_channels, max(1, MAX_COLUMN_ELEMENTS // (len(runs) * length)))
    buffer = np.empty((step, len(runs), length), phases.dtype)
    flat = phases.reshape(*phases.shape[:4], math.prod(phases.shape[4:]))
    for n in range(num_images):
        for first in range(0, num_channels, step):
            channels = slice(first, min(first + step, num_channels))
            columns = buffer[: channels.stop - first]
            for k, (phase, start) in enumerate(runs):
                columns[:, k] = flat[(*phase, n, channels, slice(start, start + length))]
            yield n, channels, columns


def _fill_phases(
    grad_phases: NDArray,
    grad_rows: NDArray,
    filters: NDArray,
    runs: list[Run],
    work: Workspace,
) -> None:
    """Set the gradient of some channels of an image, (S_h, S_w, channels, rows, columns).

    A pixel that tap k read for the output i places before it gets weight k times that output's
    gradient: so each tap reads grad_rows, with zeros around, from `start` places earlier.
    """
    num_channels, num_filters, length = grad_rows.shape
    num_pixels, margin = math.prod(grad_phases.shape[3:]), max(run.start for run in runs)
    padded = work.array("padded", num_channels, num_filters, margin + num_pixels)
    padded[..., :margin] = 0.0
    padded[..., margin : margin + length] = grad_rows
    padded[..., margin + length :] = 0.0
    for phase in {run.phase for run in runs}:
        taps = [k for k, run in enumerate(runs) if run.phase == phase]
        columns = work.array("columns", num_channels, len(taps), num_filters, num_pixels)
        for place, k in enumerate(taps):
            start = margin - runs[k].start
            columns[:, place] = padded[..., start : start + num_pixels]
        by_tap = filters[:, :, taps].swapaxes(1, 2).reshape(num_channels, 1, -1)
        grad = grad_phases[phase].reshape(num_channels, 1, num_pixels)
        np.matmul(by_tap, columns.reshape(num_channels, -1, num_pixels), out=grad)
