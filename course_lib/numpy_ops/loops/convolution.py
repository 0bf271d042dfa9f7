"""The formulas of `numpy_ops.convolution` as literal loops."""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import check_conv
from course_lib.numpy_ops.windows import pad_spatial

__all__ = [
    "conv1d_loops",
    "conv2d_loops",
    "conv3d_loops",
]


def conv1d_loops(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: int | tuple[int] = 1,
    padding: int | tuple[int] | str = 0,
    dilation: int | tuple[int] = 1,
    groups: int = 1,
) -> NDArray:
    """Convolve with the formula of `conv1d` written out as loops: slow, and plain to see.

    Same parameters, result and errors as `conv1d`; the oracle of its tests.

    Examples
    --------
    >>> conv1d_loops(np.ones((1, 2, 3)), np.ones((1, 2, 3)))
    array([[[6.]]])
    """
    geometry = check_conv(
        "conv1d", x, weight, bias, num_axes=1, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    x_pad = pad_spatial(x, geometry.padding)
    c_out, group_width, kernel = weight.shape
    y = np.zeros((x.shape[0], c_out, *geometry.output_size), x.dtype)
    for n, o, i in np.ndindex(*y.shape):
        first_channel = o // (c_out // groups) * group_width
        for c, u in np.ndindex(group_width, kernel):
            sample = i * geometry.stride[0] + u * geometry.dilation[0]
            y[n, o, i] += weight[o, c, u] * x_pad[n, first_channel + c, sample]
    return y if bias is None else y + bias[:, None]


def conv2d_loops(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] | str = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> NDArray:
    """Convolve with the formula of `conv2d` written out as loops: slow, and plain to see.

    Same parameters, result and errors as `conv2d`; the oracle of its tests.

    Examples
    --------
    >>> conv2d_loops(np.ones((1, 2, 3, 3)), np.ones((1, 2, 3, 3)))
    array([[[[18.]]]])
    """
    geometry = check_conv(
        "conv2d", x, weight, bias, num_axes=2, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    x_pad = pad_spatial(x, geometry.padding)
    c_out, group_width, *kernel = weight.shape
    y = np.zeros((x.shape[0], c_out, *geometry.output_size), x.dtype)
    for n, o, i, j in np.ndindex(*y.shape):
        first_channel = o // (c_out // groups) * group_width
        for c, u, v in np.ndindex(group_width, *kernel):
            row = i * geometry.stride[0] + u * geometry.dilation[0]
            column = j * geometry.stride[1] + v * geometry.dilation[1]
            y[n, o, i, j] += weight[o, c, u, v] * x_pad[n, first_channel + c, row, column]
    return y if bias is None else y + bias[:, None, None]


def conv3d_loops(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: int | tuple[int, int, int] = 1,
    padding: int | tuple[int, int, int] | str = 0,
    dilation: int | tuple[int, int, int] = 1,
    groups: int = 1,
) -> NDArray:
    """Convolve with the formula of `conv3d` written out as loops: slow, and plain to see.

    Same parameters, result and errors as `conv3d`; the oracle of its tests.

    Examples
    --------
    >>> conv3d_loops(np.ones((1, 2, 3, 3, 3)), np.ones((1, 2, 3, 3, 3)))
    array([[[[[54.]]]]])
    """
    geometry = check_conv(
        "conv3d", x, weight, bias, num_axes=3, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    x_pad = pad_spatial(x, geometry.padding)
    c_out, group_width, *kernel = weight.shape
    y = np.zeros((x.shape[0], c_out, *geometry.output_size), x.dtype)
    for n, o, i, j, k in np.ndindex(*y.shape):
        first_channel = o // (c_out // groups) * group_width
        for c, u, v, w in np.ndindex(group_width, *kernel):
            plane = i * geometry.stride[0] + u * geometry.dilation[0]
            row = j * geometry.stride[1] + v * geometry.dilation[1]
            column = k * geometry.stride[2] + w * geometry.dilation[2]
            pixel = x_pad[n, first_channel + c, plane, row, column]
            y[n, o, i, j, k] += weight[o, c, u, v, w] * pixel
    return y if bias is None else y + bias[:, None, None, None]
