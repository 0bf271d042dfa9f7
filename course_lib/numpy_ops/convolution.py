"""Convolution in plain NumPy, forward beside backward.

Convolution means cross-correlation, as in PyTorch: the kernel is not flipped. The 2-D one stands
here; 1-D and 3-D are next door, under the same names.

twin: course_lib/torch_ops/convolution.py   test: tests/parity/test_convolution.py
taught in: notebooks/02_convolution.ipynb   symbols: course_lib/shapes.py
"""

from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGrads, check_conv, check_conv_grad
from course_lib.numpy_ops import algorithms
from course_lib.numpy_ops._convolution_1d import conv1d, conv1d_backward
from course_lib.numpy_ops._convolution_3d import conv3d, conv3d_backward

__all__ = [
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv3d",
    "conv3d_backward",
]


def conv2d(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] | str = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> NDArray:
    """Slide a bank of filters over a batch of images.

    y[n, o, i, j] = bias[o] + sum_cuv weight[o, c, u, v] * x_pad[n, c, S*i + D*u, S*j + D*v]

    Parameters
    ----------
    x : (N, C_in, H, W)
        Images, channels first, floating point.
    weight : (C_out, C_in / groups, K_h, K_w)
        One filter per output channel. Not flipped: this is cross-correlation.
    bias : (C_out,), default=None
        Added to every position of its channel; None adds nothing.
    stride : int or (int, int), default=1
        Step S between window positions, in pixels.
    padding : int or (int, int) or {"valid", "same"}, default=0
        Zeros added on both ends of each image axis, in pixels. "valid" is 0; "same" keeps the
        size at stride 1, with one more zero at the bottom or right where it must.
    dilation : int or (int, int), default=1
        Distance D between neighbouring taps of the kernel, in pixels.
    groups : int, default=1
        Split the channels into this many groups that do not see each other.

    Returns
    -------
    y : (N, C_out, H_out, W_out)
        H_out = (H + 2*padding - D*(K_h - 1) - 1) // S + 1, and W_out alike [1]_. Rows that do
        not fill a window are dropped.

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If shapes do not fit each other, an option is out of range, or the kernel is larger than
        the padded input.

    Notes
    -----
    Cost: N * C_out * H_out * W_out * C_in / groups * K_h * K_w multiply-adds. Which of the files
    in `algorithms` does the work is decided by `algorithms.choose`; in float32 all are within
    1e-6 of max|y|, and Winograd's within 2e-5.

    References
    ----------
    .. [1] Dumoulin and Visin, 2016, arXiv:1603.07285, relationship 6.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> step_right = np.array([[[[-1.0, 1.0]]]])
    >>> conv2d(x, step_right)[0, 0]
    array([[1., 1.],
           [1., 1.],
           [1., 1.]])
    """
    geometry = check_conv(
        "conv2d", x, weight, bias, num_axes=2, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    return algorithms.convolve(x, weight, bias, geometry)


def conv2d_backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] | str = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
    needs_grad_x: bool = True,
) -> ConvGrads:
    """Send the loss gradient back through `conv2d`.

    grad_weight[o, c, u, v] = sum_nij grad_y[n, o, i, j] * x_pad[n, c, S*i + D*u, S*j + D*v];
    grad_x adds weight[o, c, u, v] * grad_y[n, o, i, j] to the pixel that was read there.

    Parameters
    ----------
    grad_y : (N, C_out, H_out, W_out)
        Gradient of the loss with respect to the output of `conv2d`.
    x, weight, bias, stride, padding, dilation, groups
        The values that were passed to `conv2d`.
    needs_grad_x : bool, default=True
        With False `grad_x` is None and is not computed: the first layer never needs it.

    Returns
    -------
    ConvGrads
        `grad_x` (N, C_in, H, W), `grad_weight` (C_out, C_in / groups, K_h, K_w), `grad_bias`
        (C_out,).

    Raises
    ------
    TypeError, ValueError
        As `conv2d`; also if `grad_y` has another dtype than `x` or not the shape of the output.

    References
    ----------
    Dumoulin and Visin, 2016, arXiv:1603.07285, section 4 (the transposed convolution).

    Examples
    --------
    >>> import numpy as np
    >>> x, weight = np.arange(9.0).reshape(1, 1, 3, 3), np.ones((1, 1, 2, 2))
    >>> conv2d_backward(np.ones((1, 1, 2, 2)), x, weight).grad_x[0, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    geometry = check_conv(
        "conv2d_backward", x, weight, bias, num_axes=2, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    check_conv_grad("conv2d_backward", grad_y, x, weight, geometry)
    return algorithms.convolve_backward(grad_y, x, weight, geometry, needs_grad_x=needs_grad_x)
