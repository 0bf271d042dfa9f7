"""The formula of `numpy_ops.conv_transpose` as literal loops."""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.conv_transpose import check_conv_transpose2d

__all__ = [
    "conv_transpose2d_loops",
]


def conv_transpose2d_loops(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    output_padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> NDArray:
    """Stamp with the formula of `conv_transpose2d` written out as loops.

    Same parameters, result and errors as `conv_transpose2d`; the oracle of its tests.

    Examples
    --------
    >>> conv_transpose2d_loops(np.ones((1, 1, 1, 2)), np.ones((1, 1, 1, 2)))
    array([[[[1., 2., 1.]]]])
    """
    (strides, pads, dilations, groups, _), size = check_conv_transpose2d(
        "conv_transpose2d", x, weight, bias, stride=stride, padding=padding,
        output_padding=output_padding, dilation=dilation, groups=groups,
    )  # fmt: skip
    c_in, group_width, *kernel = weight.shape
    y = np.zeros((x.shape[0], group_width * groups, *size), x.dtype)
    for n, c, i, j in np.ndindex(*x.shape):
        first_channel = c // (c_in // groups) * group_width
        for o, u, v in np.ndindex(group_width, *kernel):
            row = i * strides[0] + u * dilations[0] - pads[0][0]
            column = j * strides[1] + v * dilations[1] - pads[1][0]
            if 0 <= row < size[0] and 0 <= column < size[1]:
                y[n, first_channel + o, row, column] += weight[c, o, u, v] * x[n, c, i, j]
    return y if bias is None else y + bias[:, None, None]
