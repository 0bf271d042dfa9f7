"""Convolution of volumes; see `convolution.py`, where all convolutions are at home."""

from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGrads, check_conv, check_conv_grad
from course_lib.numpy_ops import algorithms


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
    check_conv_grad("conv3d_backward", grad_y, x, weight, geometry)
    return algorithms.convolve_backward(grad_y, x, weight, geometry, needs_grad_x=needs_grad_x)
