"""Convolution of signals; see `convolution.py`, where all convolutions are at home."""

from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry, ConvGrads, check_conv, check_conv_grad
from course_lib.numpy_ops import algorithms


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
    return algorithms.convolve(x[..., None], weight[..., None], bias, _one_pixel_wide(geometry))[
        ..., 0
    ]


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

    References
    ----------
    `torch.nn.Conv1d`, by autograd.

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
    check_conv_grad("conv1d_backward", grad_y, x, weight, geometry)
    images = (values[..., None] for values in (grad_y, x, weight))
    grads = algorithms.convolve_backward(
        *images, _one_pixel_wide(geometry), needs_grad_x=needs_grad_x
    )
    grad_x = None if grads.grad_x is None else grads.grad_x[..., 0]
    return ConvGrads(grad_x, grads.grad_weight[..., 0], grads.grad_bias)


def _one_pixel_wide(geometry: ConvGeometry) -> ConvGeometry:
    """Turn the geometry along a signal into that on an image of one column."""
    return ConvGeometry(
        stride=(*geometry.stride, 1),
        padding=(*geometry.padding, (0, 0)),
        dilation=(*geometry.dilation, 1),
        groups=geometry.groups,
        output_size=(*geometry.output_size, 1),
    )
