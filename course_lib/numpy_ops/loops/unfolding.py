"""The formulas of `numpy_ops.unfolding` as literal loops."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.unfolding import Columns, check_col2im, check_im2col, check_pad2d

__all__ = [  # noqa: RUF022 (in the order of the course)
    "im2col_loops",
    "col2im_loops",
    "pad2d_loops",
]


def im2col_loops(
    x: NDArray,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> NDArray:
    """Lay windows out with the formula of `im2col` written out as loops.

    Same parameters, result and errors as `im2col`; the oracle of its tests.

    Examples
    --------
    >>> im2col_loops(np.array([[[[1.0, 2.0, 3.0]]]]), kernel_size=(1, 2))
    array([[[1., 2.],
            [2., 3.]]])
    """
    layout = check_im2col(
        "im2col", x, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    columns = np.zeros(layout.columns_shape, x.dtype)
    for place, pixel in _places_and_pixels(layout):
        columns[place] = x[pixel]
    return columns


def col2im_loops(
    columns: NDArray,
    *,
    output_size: int | tuple[int, int],
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> NDArray:
    """Add columns back with the formula of `col2im` written out as loops.

    Same parameters, result and errors as `col2im`; the oracle of its tests.

    Examples
    --------
    >>> col2im_loops(np.ones((1, 2, 2)), output_size=(1, 3), kernel_size=(1, 2))
    array([[[[1., 2., 1.]]]])
    """
    layout = check_col2im(
        "col2im", columns, output_size=output_size, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation,
    )  # fmt: skip
    x = np.zeros(layout.image_shape, columns.dtype)
    for place, pixel in _places_and_pixels(layout):
        x[pixel] += columns[place]
    return x


def pad2d_loops(
    x: NDArray, *, padding: int | tuple[int, int, int, int], value: float = 0.0
) -> NDArray:
    """Pad with the formula of `pad2d` written out as loops.

    Same parameters, result and errors as `pad2d`; the oracle of its tests.

    Examples
    --------
    >>> pad2d_loops(np.ones((1, 1, 1, 1)), padding=(2, 1, 0, 0), value=7.0)
    array([[[[7., 7., 1., 7.]]]])
    """
    target = check_pad2d("pad2d", x, padding=padding, value=value)
    (top, _), (left, _) = target.pairs
    y = np.zeros(target.shape, x.dtype)
    for n, c, i, j in np.ndindex(*y.shape):
        inside = 0 <= i - top < x.shape[2] and 0 <= j - left < x.shape[3]
        y[n, c, i, j] = x[n, c, i - top, j - left] if inside else value
    return y


def _places_and_pixels(layout: Columns) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield each place of the columns with the pixel it reads; padding is left out."""
    num_images, num_channels, *size = layout.image_shape
    (k_h, k_w), (h_out, w_out) = layout.kernel, layout.geometry.output_size
    stride, pads, dilation, _, _ = layout.geometry
    for n, c, u, v, i, j in np.ndindex(num_images, num_channels, k_h, k_w, h_out, w_out):
        row = i * stride[0] + u * dilation[0] - pads[0][0]
        column = j * stride[1] + v * dilation[1] - pads[1][0]
        if 0 <= row < size[0] and 0 <= column < size[1]:
            yield (n, (c * k_h + u) * k_w + v, i * w_out + j), (n, c, row, column)
