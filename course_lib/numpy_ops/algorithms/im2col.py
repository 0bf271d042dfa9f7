"""Convolution as one matrix product: lay every window out as a column.

y[n] = weight (C_out, C_in*K_h*K_w) @ columns (C_in*K_h*K_w, H_out*W_out)

Cost: N * C_out * H_out * W_out * C_in / groups * K_h * K_w multiply-adds, all of them in a matrix
product, plus the copy that repeats each pixel up to K_h*K_w times. The copy is made for a few
output rows at a time, so that the columns stay in the cache. Error: that of a sum of products.
Works for every stride, padding, dilation and number of groups.

Source: Chellapilla, Puri and Simard, 2006, "High performance convolutional neural networks for
document processing"; Chetlur et al., 2014, arXiv:1410.0759, section 3.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry
from course_lib.numpy_ops.windows import crop_spatial, pad_spatial, tap_slices, window_view

MAX_COLUMN_ELEMENTS = 1 << 21  # 8 MB of float32: about the size of a shared cache


def forward(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Convolve `x` (N, C_in, H, W) with `weight` (C_out, C_in / groups, K_h, K_w)."""
    windows = _windows(pad_spatial(x, geometry.padding), weight, geometry)
    filters = _filters_by_group(weight, geometry.groups)
    h_out, w_out = geometry.output_size
    y = np.empty((x.shape[0], *filters.shape[:2], h_out * w_out), x.dtype)
    for n, rows, columns in _column_chunks(windows, geometry.groups):
        np.matmul(filters, columns, out=y[n, ..., rows.start * w_out : rows.stop * w_out])
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

    grad_weight sums grad_y times its window; grad_x pays each window back where it was read.
    """
    x_pad = pad_spatial(x, geometry.padding)
    filters = _filters_by_group(weight, geometry.groups)
    grad_filters = np.zeros_like(filters)
    grad_x_pad = np.zeros(x_pad.shape, x.dtype) if needs_grad_x else None
    h_out, w_out = geometry.output_size
    grad_by_group = grad_y.reshape(x.shape[0], *filters.shape[:2], h_out * w_out)
    for n, rows, columns in _column_chunks(_windows(x_pad, weight, geometry), geometry.groups):
        grad_chunk = grad_by_group[n, ..., rows.start * w_out : rows.stop * w_out]
        grad_filters += grad_chunk @ columns.swapaxes(1, 2)
        if needs_grad_x:
            np.matmul(filters.swapaxes(1, 2), grad_chunk, out=columns)
            _add_back(grad_x_pad[n], columns, rows, weight.shape[2:], geometry)
    if not needs_grad_x:
        return None, grad_filters.reshape(weight.shape)
    grad_x = np.ascontiguousarray(crop_spatial(grad_x_pad, geometry.padding))
    return grad_x, grad_filters.reshape(weight.shape)


def _filters_by_group(weight: NDArray, groups: int) -> NDArray:
    """(C_out, C_in / groups, K_h, K_w) as (G, C_out / G, taps of one filter)."""
    return weight.reshape(groups, weight.shape[0] // groups, -1)


def _windows(x_pad: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    return window_view(
        x_pad,
        kernel=weight.shape[2:],
        stride=geometry.stride,
        dilation=geometry.dilation,
        output_size=geometry.output_size,
    )


def _column_chunks(windows: NDArray, groups: int) -> Iterator[tuple[int, slice, NDArray]]:
    """Yield image n, some output rows, and their windows as columns (G, taps, positions).

    All chunks share one buffer, which the caller may overwrite.
    """
    num_images, *taps, h_out, w_out = windows.shape
    elements_a_row = int(np.prod(taps)) * w_out
    num_rows = min(h_out, max(1, MAX_COLUMN_ELEMENTS // max(1, elements_a_row)))
    buffer = np.empty(num_rows * elements_a_row, windows.dtype)
    for n in range(num_images):
        for start in range(0, h_out, num_rows):
            rows = slice(start, min(start + num_rows, h_out))
            chunk = windows[n, ..., rows, :]
            columns = buffer[: chunk.size]
            np.copyto(columns.reshape(chunk.shape), chunk)
            yield n, rows, columns.reshape(groups, -1, chunk.shape[-2] * w_out)


def _add_back(
    grad_image: NDArray,
    grad_columns: NDArray,
    rows: slice,
    kernel: tuple[int, ...],
    geometry: ConvGeometry,
) -> None:
    """Add the columns of some output rows to the padded image (C_in, H_pad, W_pad), in place."""
    size = (rows.stop - rows.start, geometry.output_size[1])
    by_tap = grad_columns.reshape(grad_image.shape[0], *kernel, *size)
    below_start = grad_image[:, rows.start * geometry.stride[0] :]
    for u, v in np.ndindex(*kernel):
        pixels = tap_slices(
            (u, v), stride=geometry.stride, dilation=geometry.dilation, output_size=size
        )
        below_start[(slice(None), *pixels)] += by_tap[:, u, v]
