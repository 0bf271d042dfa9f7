"""The formulas of `numpy_ops.convolution` as literal loops."""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import check_conv
from course_lib.numpy_ops.windows import pad_spatial


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
