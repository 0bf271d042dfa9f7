"""Convolution in plain NumPy, forward beside backward.

Convolution means cross-correlation, as in PyTorch: the kernel is not flipped.

twin: course_lib/torch_ops/convolution.py   test: tests/parity/test_convolution.py
taught in: notebooks/02_convolution.ipynb   symbols: course_lib/shapes.py
"""

from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGrads, check_conv, check_conv_grad
from course_lib.numpy_ops import algorithms

__all__ = [
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv3d",
    "conv3d_backward",
]


def conv1d(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: int | tuple[int] = 1,
    padding: int | tuple[int] | str = 0,
    dilation: int | tuple[int] = 1,
    groups: int = 1,
) -> NDArray:
    """Slide a bank of filters along a batch of signals: `conv2d` on images one pixel wide.

    y[n, o, i] = bias[o] + sum_cu weight[o, c, u] * x_pad[n, c, S*i + D*u]

    Parameters
    ----------
    x : (N, C_in, L)
        Signals, channels first, floating point.
    weight : (C_out, C_in / groups, K)
        One filter per output channel, not flipped.
    bias : (C_out,), default=None
        Added to every position of its channel; None adds nothing.
    stride, padding, dilation, groups
        As for `conv2d`, along the one axis, in samples.

    Returns
    -------
    y : (N, C_out, L_out)
        L_out = (L + 2*padding - D*(K - 1) - 1) // S + 1.

    Raises
    ------
    TypeError, ValueError
        As `conv2d`.

    References
    ----------
    `torch.nn.Conv1d`.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[0.0, 0.0, 1.0, 1.0]]])
    >>> conv1d(x, np.array([[[-1.0, 1.0]]]))
    array([[[0., 1., 0.]]])
    """
    geometry = check_conv(
        "conv1d", x, weight, bias, num_axes=1, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    # A signal is an image one pixel wide, (N, C_in, L, 1).
    y = algorithms.convolve(x[..., None], weight[..., None], bias, geometry.with_plain_axis(1))
    return y[..., 0]


def conv1d_backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: int | tuple[int] = 1,
    padding: int | tuple[int] | str = 0,
    dilation: int | tuple[int] = 1,
    groups: int = 1,
    needs_grad_x: bool = True,
) -> ConvGrads:
    """Send the loss gradient back through `conv1d`.

    grad_weight[o, c, u] = sum_ni grad_y[n, o, i] * x_pad[n, c, S*i + D*u]; grad_x adds
    weight[o, c, u] * grad_y[n, o, i] to the sample that was read there.

    Parameters
    ----------
    grad_y : (N, C_out, L_out)
        Gradient of the loss with respect to the output of `conv1d`.
    x, weight, bias, stride, padding, dilation, groups
        The values that were passed to `conv1d`.
    needs_grad_x : bool, default=True
        With False `grad_x` is None and is not computed.

    Returns
    -------
    ConvGrads
        `grad_x` (N, C_in, L), `grad_weight` (C_out, C_in / groups, K), `grad_bias` (C_out,).

    Raises
    ------
    TypeError, ValueError
        As `conv1d`; also if `grad_y` has another dtype than `x` or not the shape of the output.

    Examples
    --------
    >>> import numpy as np
    >>> x, weight = np.array([[[1.0, 2.0, 3.0]]]), np.array([[[5.0, 7.0]]])
    >>> conv1d_backward(np.array([[[1.0, 0.0]]]), x, weight).grad_x
    array([[[5., 7., 0.]]])
    """
    geometry = check_conv(
        "conv1d_backward", x, weight, bias, num_axes=1, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    check_conv_grad("conv1d_backward", grad_y, x, weight, geometry, needs_grad_x=needs_grad_x)
    grads = algorithms.convolve_backward(
        grad_y[..., None], x[..., None], weight[..., None], geometry.with_plain_axis(1),
        needs_grad_x=needs_grad_x,
    )  # fmt: skip
    grad_x = None if grads.grad_x is None else grads.grad_x[..., 0]
    return ConvGrads(grad_x, grads.grad_weight[..., 0], grads.grad_bias)


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
        Distance D between neighboring taps of the kernel, in pixels.
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
    in `algorithms` does the work is decided by `algorithms.select_algorithm`; in float32 all are
    within 1e-6 of max|y|, and Winograd's within 2e-5.

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
    check_conv_grad("conv2d_backward", grad_y, x, weight, geometry, needs_grad_x=needs_grad_x)
    return algorithms.convolve_backward(grad_y, x, weight, geometry, needs_grad_x=needs_grad_x)


def conv3d(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: int | tuple[int, int, int] = 1,
    padding: int | tuple[int, int, int] | str = 0,
    dilation: int | tuple[int, int, int] = 1,
    groups: int = 1,
) -> NDArray:
    """Slide a bank of filters through a batch of volumes or videos.

    y[n, o, i, j, k] = bias[o]
    + sum_cuvw weight[o, c, u, v, w] * x_pad[n, c, S*i + D*u, S*j + D*v, S*k + D*w]

    Parameters
    ----------
    x : (N, C_in, D, H, W)
        Volumes, channels first, floating point; D is depth or time.
    weight : (C_out, C_in / groups, K_d, K_h, K_w)
        One filter per output channel, not flipped.
    bias : (C_out,), default=None
        Added to every position of its channel; None adds nothing.
    stride, padding, dilation, groups
        As for `conv2d`, along three axes.

    Returns
    -------
    y : (N, C_out, D_out, H_out, W_out)
        Each size as for `conv2d`.

    Raises
    ------
    TypeError, ValueError
        As `conv2d`.

    Notes
    -----
    Cost: N * C_out * D_out * H_out * W_out * C_in / groups * K_d * K_h * K_w multiply-adds.

    References
    ----------
    Tran et al., 2015, arXiv:1412.0767, section 3.1.

    Examples
    --------
    >>> import numpy as np
    >>> conv3d(np.ones((1, 1, 2, 2, 3)), np.ones((1, 1, 2, 2, 2)))
    array([[[[[8., 8.]]]]])
    """
    geometry = check_conv(
        "conv3d", x, weight, bias, num_axes=3, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    return algorithms.convolve(x, weight, bias, geometry)


def conv3d_backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: int | tuple[int, int, int] = 1,
    padding: int | tuple[int, int, int] | str = 0,
    dilation: int | tuple[int, int, int] = 1,
    groups: int = 1,
    needs_grad_x: bool = True,
) -> ConvGrads:
    """Send the loss gradient back through `conv3d`, as `conv2d_backward` does in two dimensions.

    Parameters
    ----------
    grad_y : (N, C_out, D_out, H_out, W_out)
        Gradient of the loss with respect to the output of `conv3d`.
    x, weight, bias, stride, padding, dilation, groups
        The values that were passed to `conv3d`.
    needs_grad_x : bool, default=True
        With False `grad_x` is None and is not computed.

    Returns
    -------
    ConvGrads
        `grad_x` (N, C_in, D, H, W), `grad_weight` (C_out, C_in / groups, K_d, K_h, K_w),
        `grad_bias` (C_out,).

    Raises
    ------
    TypeError, ValueError
        As `conv3d`; also if `grad_y` has another dtype than `x` or not the shape of the output.

    References
    ----------
    `torch.nn.Conv3d`, by autograd.

    Examples
    --------
    >>> import numpy as np
    >>> x, weight = np.ones((1, 1, 3, 1, 1)), np.ones((1, 1, 2, 1, 1))
    >>> conv3d_backward(np.ones((1, 1, 2, 1, 1)), x, weight).grad_x.ravel()
    array([1., 2., 1.])
    """
    geometry = check_conv(
        "conv3d_backward", x, weight, bias, num_axes=3, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    check_conv_grad("conv3d_backward", grad_y, x, weight, geometry, needs_grad_x=needs_grad_x)
    return algorithms.convolve_backward(grad_y, x, weight, geometry, needs_grad_x=needs_grad_x)
