"""The transposed convolution, forward beside backward: a convolution run from output to input.

twin: course_lib/torch_ops/conv_transpose.py   test: tests/parity/test_conv_transpose.py
"""

from numpy.typing import NDArray

from course_lib.contracts.conv_transpose import check_conv_transpose2d, check_conv_transpose2d_grad
from course_lib.contracts.convolution import ConvGrads
from course_lib.numpy_ops import algorithms
from course_lib.numpy_ops.algorithms import im2col

__all__ = [
    "conv_transpose2d",
    "conv_transpose2d_backward",
]


def conv_transpose2d(
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
    """Stamp a filter onto the output for every input pixel: the way to enlarge a map.

    y_full[n, o, S*i + D*u, S*j + D*v] += weight[c, o, u, v] * x[n, c, i, j]; y is y_full without
    `padding` rows and columns on each side, plus `bias[o]`. As a linear map it is the transpose
    of `conv2d` with the same weight and options.

    Parameters
    ----------
    x : (N, C_in, H, W)
        Maps, channels first, floating point.
    weight : (C_in, C_out / groups, K_h, K_w)
        One filter per *input* channel, as `conv2d` would store it for the way back.
    bias : (C_out,), default=None
        Added to every position of its channel; None adds nothing.
    stride : int or (int, int), default=1
        Step S between stamps, in output pixels.
    padding : int or (int, int), default=0
        Rows and columns cut from each side of the full output, in pixels.
    output_padding : int or (int, int), default=0
        Rows and columns added at the bottom and right: picks one of the sizes that a strided
        `conv2d` floors to H, W. Below `stride` or `dilation`.
    dilation : int or (int, int), default=1
        Distance D between neighboring taps of the kernel, in pixels.
    groups : int, default=1
        Split the channels into this many groups that do not see each other.

    Returns
    -------
    y : (N, C_out, H_out, W_out)
        H_out = (H - 1)*S - 2*padding + D*(K_h - 1) + output_padding + 1, and W_out alike [1]_.

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If shapes do not fit each other, an option is out of range, or nothing is left of y.

    Notes
    -----
    Cost: N * C_in * H * W * C_out / groups * K_h * K_w multiply-adds.

    References
    ----------
    .. [1] Dumoulin and Visin, 2016, arXiv:1603.07285, section 4 and relationship 14.

    Examples
    --------
    >>> import numpy as np
    >>> x, weight = np.array([[[[1.0, 2.0]]]]), np.array([[[[1.0, 10.0, 100.0]]]])
    >>> conv_transpose2d(x, weight, stride=(1, 2))
    array([[[[  1.,  10., 102.,  20., 200.]]]])
    """
    geometry = check_conv_transpose2d(
        "conv_transpose2d", x, weight, bias, stride=stride, padding=padding,
        output_padding=output_padding, dilation=dilation, groups=groups,
    )  # fmt: skip
    y = im2col.transposed(x, weight, geometry.convolution, geometry.output_size)
    return y if bias is None else algorithms.add_bias(y, bias)


def conv_transpose2d_backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    output_padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
    needs_grad_x: bool = True,
) -> ConvGrads:
    """Send the loss gradient back through `conv_transpose2d`: there it is a plain convolution.

    grad_x = conv2d(grad_y, weight); grad_weight is what `conv2d_backward` gives with the roles of
    grad_y and x exchanged.

    Parameters
    ----------
    grad_y : (N, C_out, H_out, W_out)
        Gradient of the loss with respect to the output of `conv_transpose2d`.
    x, weight, bias, stride, padding, output_padding, dilation, groups
        The values that were passed to `conv_transpose2d`.
    needs_grad_x : bool, default=True
        With False `grad_x` is None and is not computed.

    Returns
    -------
    ConvGrads
        `grad_x` (N, C_in, H, W), `grad_weight` (C_in, C_out / groups, K_h, K_w), `grad_bias`
        (C_out,).

    Raises
    ------
    TypeError, ValueError
        As `conv_transpose2d`; also if `grad_y` has another dtype than `x` or not the shape of
        the output.

    References
    ----------
    Dumoulin and Visin, 2016, arXiv:1603.07285, section 4.

    Examples
    --------
    >>> import numpy as np
    >>> x, weight = np.array([[[[1.0, 2.0]]]]), np.array([[[[1.0, 10.0]]]])
    >>> conv_transpose2d_backward(np.array([[[[1.0, 2.0, 3.0]]]]), x, weight).grad_x
    array([[[[21., 32.]]]])
    """
    geometry = check_conv_transpose2d(
        "conv_transpose2d_backward", x, weight, bias, stride=stride, padding=padding,
        output_padding=output_padding, dilation=dilation, groups=groups,
    )  # fmt: skip
    check_conv_transpose2d_grad(
        "conv_transpose2d_backward", grad_y, x, weight, geometry, needs_grad_x=needs_grad_x
    )
    algorithm = algorithms.select_algorithm(grad_y, weight, geometry.convolution, x)
    _, grad_weight = algorithm.backward(x, grad_y, weight, geometry.convolution, needs_grad_x=False)
    grad_bias = algorithms.sum_by_channel(grad_y)
    if not needs_grad_x:
        return ConvGrads(None, grad_weight, grad_bias)
    return ConvGrads(
        algorithm.forward(grad_y, weight, geometry.convolution), grad_weight, grad_bias
    )
