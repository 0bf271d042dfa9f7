"""Convolution as one matrix product: lay every window out as a column.

y[n] = weight (C_out, C_in*K_h*K_w) @ columns (C_in*K_h*K_w, H_out*W_out)

Cost: N * C_out * H_out * W_out * C_in / groups * K_h * K_w multiply-adds, all of them in a matrix
product, plus the copy that repeats each pixel up to K_h*K_w times. The copy is made for a few
output rows at a time, so that the columns stay in the cache. Error: that of a sum of
C_in / groups * K_h * K_w products. Works for every stride, padding, dilation and number of groups,
and for one, two or three spatial axes.

Source: Chellapilla, Puri and Simard, 2006, "High performance convolutional neural networks for
document processing"; Chetlur et al., 2014, arXiv:1410.0759, section 3.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry
from course_lib.numpy_ops.windows import add_windows, crop_spatial, pad_spatial, window_view

MAX_COLUMN_ELEMENTS = 1 << 21  # 8 MB of float32: about the size of a shared cache


def forward(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Convolve `x` (N, C_in, H, W) with `weight` (C_out, C_in / groups, K_h, K_w)."""
    filters = _filters_by_group(weight, geometry.groups)
    windows = _windows(pad_spatial(x, geometry.padding), weight, geometry)
    y = np.empty((x.shape[0], *filters.shape[:2], math.prod(geometry.output_size)), x.dtype)
    for n, rows, positions, buffer in _chunks(windows.shape, geometry, x.dtype):
        columns = _as_columns(windows[n], rows, buffer, geometry)
        np.matmul(filters, columns, out=y[n, ..., positions])
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
    grad_filters = np.zeros_like(_filters_by_group(weight, geometry.groups))
    for n, rows, positions, buffer in _chunks(windows.shape, geometry, x.dtype):
        columns = _as_columns(windows[n], rows, buffer, geometry)
        grad_filters += grad_by_group[n, ..., positions] @ columns.swapaxes(1, 2)
    grad_x = transposed(grad_y, weight, geometry, x.shape[2:]) if needs_grad_x else None
    return grad_x, grad_filters.reshape(weight.shape)


def transposed(
    grad_y: NDArray, weight: NDArray, geometry: ConvGeometry, image_size: tuple[int, ...]
) -> NDArray:
    """Return grad_x (N, C_in, *image_size): the transpose of `forward` as a linear map.

    Each element of grad_y stamps its filter onto the window that it came from.
    """
    filters = _filters_by_group(weight, geometry.groups)
    grad_by_group = _by_group(grad_y, geometry.groups)
    lead = (grad_y.shape[0], weight.shape[1] * geometry.groups)
    padded = (size + sum(pair) for size, pair in zip(image_size, geometry.padding, strict=True))
    grad_x_pad = np.zeros((*lead, *padded), grad_y.dtype)
    windows_shape = (*lead, *weight.shape[2:], *geometry.output_size)
    for n, rows, positions, buffer in _chunks(windows_shape, geometry, grad_y.dtype):
        columns = _by_tap(buffer, geometry)
        np.matmul(filters.swapaxes(1, 2), grad_by_group[n, ..., positions], out=columns)
        from_first_row = grad_x_pad[n, :, rows.start * geometry.stride[0] :]
        add_windows(from_first_row, buffer, stride=geometry.stride, dilation=geometry.dilation)
    return np.ascontiguousarray(crop_spatial(grad_x_pad, geometry.padding))


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
) -> Iterator[tuple[int, slice, slice, NDArray]]:
    """Yield image n, some output rows, their flat positions, and a buffer for their windows.

    The buffer is (C_in, K_h, K_w, rows, W_out) and always the same memory.
    """
    num_rows, *rest = geometry.output_size
    row_length = math.prod(rest)
    taps = windows_shape[1 : -len(geometry.output_size)]
    elements_a_row = max(1, math.prod(taps) * row_length)
    step = min(num_rows, max(1, MAX_COLUMN_ELEMENTS // elements_a_row))
    memory = np.empty(step * elements_a_row, dtype)
    for n in range(windows_shape[0]):
        for start in range(0, num_rows, step):
            rows = slice(start, min(start + step, num_rows))
            shape = (*taps, rows.stop - rows.start, *rest)
            positions = slice(rows.start * row_length, rows.stop * row_length)
            yield n, rows, positions, memory[: math.prod(shape)].reshape(shape)


def _as_columns(windows: NDArray, rows: slice, buffer: NDArray, geometry: ConvGeometry) -> NDArray:
    """Copy the windows of some rows of one image into columns (G, taps, positions)."""
    num_taps = windows.ndim - len(geometry.output_size)
    np.copyto(buffer, windows[(*(slice(None),) * num_taps, rows)])
    return _by_tap(buffer, geometry)


def _by_tap(buffer: NDArray, geometry: ConvGeometry) -> NDArray:
    """(C_in, K_h, K_w, rows, W_out) as (G, taps of one filter, positions), without a copy."""
    num_taps = buffer.ndim - len(geometry.output_size)
    taps = math.prod(buffer.shape[:num_taps]) // geometry.groups
    return buffer.reshape(geometry.groups, taps, math.prod(buffer.shape[num_taps:]))
