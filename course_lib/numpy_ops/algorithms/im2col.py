"""Convolution as one matrix product: lay every window out as a column.

y[n] = weight (C_out, C_in*K_h*K_w) @ columns (C_in*K_h*K_w, H_out*W_out)

Cost: N * C_out * H_out * W_out * C_in / groups * K_h * K_w multiply-adds, all of them in a matrix
product, plus the copy that repeats each pixel up to K_h*K_w times. The copy is made for a few
images or output rows at a time, so that the columns stay in the cache. The way back to x adds
overlapping windows up; where a stride splits the image into phases (`phases.py`), it reads windows
of grad_y instead. Error: that of a sum of C_in / groups * K_h * K_w products. Works for every
stride, padding, dilation and number of groups, and for one, two or three spatial axes.

Source: Chellapilla, Puri and Simard, 2006, "High performance convolutional neural networks for
document processing"; Chetlur et al., 2014, arXiv:1410.0759, section 3.
"""

import math
from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry
from course_lib.numpy_ops.chunks import count_at_once, spans_of_rows
from course_lib.numpy_ops.phases import transposed_phases
from course_lib.numpy_ops.reused_memory import Workspace
from course_lib.numpy_ops.windows import (
    add_windows,
    crop_spatial,
    last_axes,
    pad_spatial,
    window_view,
)

CHUNK_ELEMENTS = 2**19  # of columns, 2 MB of float32: half of it would need twice the calls
MIN_COLUMNS = 1024  # narrower matrix products spend their time on loading the filters
MIN_POSITIONS_TO_SWAP = 2048  # columns @ grad_y.T is faster than grad_y @ columns.T from here on


def forward(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Convolve `x` (N, C_in, H, W) with `weight` (C_out, C_in / groups, K_h, K_w)."""
    filters = _filters_by_group(weight, geometry.groups)
    windows = _windows(pad_spatial(x, geometry.padding), weight, geometry)  # a view, no copy yet
    y = np.empty((x.shape[0], *filters.shape[:2], math.prod(geometry.output_size)), x.dtype)
    for images, rows, positions, buffer in _chunks(windows.shape, geometry, x.dtype):
        columns = _as_columns(windows[images], rows, buffer, geometry)
        np.matmul(filters, columns, out=y[images, ..., positions])
    return y.reshape(x.shape[0], weight.shape[0], *geometry.output_size)


def backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    geometry: ConvGeometry,
    *,
    needs_grad_x: bool = True,
) -> tuple[NDArray | None, NDArray]:
    """Return grad_x (None if not needed) and grad_weight.

    grad_weight sums grad_y times its window; grad_x pays each window back where it was read.
    """
    windows = _windows(pad_spatial(x, geometry.padding), weight, geometry)
    grad_by_group = _by_group(grad_y, geometry.groups)
    filters = _filters_by_group(weight, geometry.groups)
    swapped = len(x) * math.prod(geometry.output_size) >= MIN_POSITIONS_TO_SWAP
    grad_filters = np.zeros_like(filters.swapaxes(1, 2) if swapped else filters)
    for images, rows, positions, buffer in _chunks(windows.shape, geometry, x.dtype):
        columns = _as_columns(windows[images], rows, buffer, geometry)
        grads = grad_by_group[images, ..., positions]
        factors = (columns, grads) if swapped else (grads, columns)
        grad_filters += (factors[0] @ factors[1].swapaxes(2, 3)).sum(axis=0)
    grad_weight = np.ascontiguousarray(grad_filters.swapaxes(1, 2) if swapped else grad_filters)
    grad_x = transposed(grad_y, weight, geometry, x.shape[2:]) if needs_grad_x else None
    return grad_x, grad_weight.reshape(weight.shape)


def transposed(
    grad_y: NDArray, weight: NDArray, geometry: ConvGeometry, image_size: tuple[int, ...]
) -> NDArray:
    """Return grad_x (N, C_in, *image_size): the transpose of `forward` as a linear map.

    Each element of grad_y stamps its filter onto the window that it came from.
    """
    if _phases_pay(weight, geometry):
        return _transposed_by_phase(grad_y, weight, geometry, image_size)
    filters = _filters_by_group(weight, geometry.groups)
    grad_by_group = _by_group(grad_y, geometry.groups)
    lead = (grad_y.shape[0], weight.shape[1] * geometry.groups)
    padded = (size + sum(pair) for size, pair in zip(image_size, geometry.padding, strict=True))
    grad_x_pad = np.zeros((*lead, *padded), grad_y.dtype)  # every chunk adds to it
    windows_shape = (*lead, *weight.shape[2:], *geometry.output_size)
    for images, rows, positions, buffer in _chunks(windows_shape, geometry, grad_y.dtype):
        columns = _by_tap(buffer, geometry)  # the same memory, which `add_windows` then reads
        np.matmul(filters.swapaxes(1, 2), grad_by_group[images, ..., positions], out=columns)
        from_first_row = grad_x_pad[images, :, rows.start * geometry.stride[0] :]
        add_windows(from_first_row, buffer, stride=geometry.stride, dilation=geometry.dilation)
    return np.ascontiguousarray(crop_spatial(grad_x_pad, geometry.padding))


def _phases_pay(weight: NDArray, geometry: ConvGeometry) -> bool:
    """Tell whether to read grad_y in windows rather than add windows up, which is slower.

    The windows of grad_y are larger where there are more output channels.
    """
    one_by_one = geometry.groups == 1 and set(geometry.dilation) == {1}
    return one_by_one and max(geometry.stride) > 1 and len(weight) <= 2 * weight.shape[1]


def _transposed_by_phase(
    grad_y: NDArray, weight: NDArray, geometry: ConvGeometry, image_size: tuple[int, ...]
) -> NDArray:
    """Do what `transposed` does without adding up: a plain convolution for each stride phase."""
    # Zeros stay where a stride above the kernel leaves pixels unread.
    grad_x = np.zeros((len(grad_y), weight.shape[1], *image_size), grad_y.dtype)
    sizes = (image_size, geometry.padding, geometry.stride, weight.shape[2:], grad_y.shape[2:])
    by_axis = [list(transposed_phases(*axis)) for axis in zip(*sizes, strict=True)]
    spatial = tuple(range(2, weight.ndim))
    for phases in product(*by_axis):
        taps, pixels, outputs, padding, num_pixels = zip(*phases, strict=True)
        reversed_taps = np.flip(weight[last_axes(*taps)], spatial).swapaxes(0, 1)
        ones = (1,) * len(phases)
        plain = ConvGeometry(ones, padding, ones, groups=1, output_size=num_pixels)
        grad_x[(..., *pixels)] = forward(grad_y[(..., *outputs)], reversed_taps, plain)
    return grad_x


def _filters_by_group(weight: NDArray, groups: int) -> NDArray:
    """(C_out, C_in / groups, K_h, K_w) as (G, C_out / G, taps of one filter)."""
    return weight.reshape(groups, weight.shape[0] // groups, math.prod(weight.shape[1:]))


def _by_group(grad_y: NDArray, groups: int) -> NDArray:
    """(N, C_out, H_out, W_out) as (N, G, C_out / G, positions)."""
    n, c_out, *size = grad_y.shape
    return grad_y.reshape(n, groups, c_out // groups, math.prod(size))


def _windows(x_pad: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    return window_view(
        x_pad,
        kernel=weight.shape[2:],
        stride=geometry.stride,
        dilation=geometry.dilation,
        output_size=geometry.output_size,
    )


def _chunks(
    windows_shape: tuple[int, ...], geometry: ConvGeometry, dtype: np.dtype
) -> Iterator[tuple[slice, slice, slice, NDArray]]:
    """Yield images, output rows, their flat positions, and a buffer for their windows.

    The buffer is (images, C_in, K_h, K_w, rows, W_out) and always the same memory.
    """
    num_rows, *rest = geometry.output_size
    row_length = math.prod(rest)
    taps = windows_shape[1 : -len(geometry.output_size)]
    num_columns = max(MIN_COLUMNS, count_at_once(CHUNK_ELEMENTS, math.prod(taps)))
    rows_at_once = count_at_once(num_columns, row_length)
    work = Workspace(dtype)
    for images, rows in spans_of_rows(windows_shape[0], num_rows, rows_at_once):
        shape = (images.stop - images.start, *taps, rows.stop - rows.start, *rest)
        positions = slice(rows.start * row_length, rows.stop * row_length)
        yield images, rows, positions, work.array("columns", *shape)


def _as_columns(windows: NDArray, rows: slice, buffer: NDArray, geometry: ConvGeometry) -> NDArray:
    """Copy the windows of some rows into columns (images, G, taps, positions)."""
    num_axes = len(geometry.output_size)
    np.copyto(buffer, windows[last_axes(rows, *[slice(None)] * (num_axes - 1))])
    return _by_tap(buffer, geometry)


def _by_tap(buffer: NDArray, geometry: ConvGeometry) -> NDArray:
    """(images, C_in, K_h, K_w, rows, W_out) as (images, G, taps, positions), without a copy."""
    num_axes = len(geometry.output_size)
    taps = math.prod(buffer.shape[1:-num_axes]) // geometry.groups
    positions = math.prod(buffer.shape[-num_axes:])
    return buffer.reshape(len(buffer), geometry.groups, taps, positions)
