"""Convolution and its transpose, in one to three dimensions, by `numpy_ops`."""

from collections.abc import Sequence
from operator import add

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.numpy_nn.graph.operation import Operation
from course_lib.numpy_nn.graph.ops.pooling import each_axis

CONVOLUTIONS = {
    3: (numpy_ops.conv1d, numpy_ops.conv1d_backward),
    4: (numpy_ops.conv2d, numpy_ops.conv2d_backward),
    5: (numpy_ops.conv3d, numpy_ops.conv3d_backward),
}


def convolution(
    x: NDArray, weight: NDArray, bias: NDArray | None, stride: Sequence[int],
    padding: Sequence[int], dilation: Sequence[int], transposed: bool,
    output_padding: Sequence[int], groups: int,
) -> NDArray:  # fmt: skip
    """Convolve, or transpose the convolution."""
    options = _options(x, stride, padding, dilation, groups)
    if transposed:
        output_padding = each_axis(output_padding, x.ndim - 2)
        return _transposed(x, weight, bias, output_padding, options)
    return CONVOLUTIONS[x.ndim][0](x, weight, bias, **options)


def convolution_backward(
    grad_y: NDArray, x: NDArray, weight: NDArray, bias: NDArray | None, stride: Sequence[int],
    padding: Sequence[int], dilation: Sequence[int], transposed: bool,
    output_padding: Sequence[int], groups: int, *, needs_grad_x: bool,
) -> tuple:  # fmt: skip
    """Give the gradients of x, weight and bias."""
    options = _options(x, stride, padding, dilation, groups)
    if transposed:
        return _transposed_backward(grad_y, x, weight, bias, options)
    return CONVOLUTIONS[x.ndim][1](grad_y, x, weight, bias, **options, needs_grad_x=needs_grad_x)


def _options(
    x: NDArray, stride: Sequence[int], padding: Sequence[int], dilation: Sequence[int], groups: int
) -> dict:
    axes = x.ndim - 2
    return {
        "stride": each_axis(stride, axes),
        "padding": each_axis(padding, axes),
        "dilation": each_axis(dilation, axes),
        "groups": groups,
    }


def _transposed(
    x: NDArray, weight: NDArray, bias: NDArray | None, output_padding: Sequence[int], options: dict
) -> NDArray:
    """Send x back through a convolution, as the gradient of its output."""
    if x.ndim == 4:
        return numpy_ops.conv_transpose2d(x, weight, bias, output_padding=output_padding, **options)
    sizes = [
        (n - 1) * s - 2 * p + d * (k - 1) + o + 1
        for n, k, s, p, d, o in zip(
            x.shape[2:], weight.shape[2:], options["stride"], options["padding"],
            options["dilation"], output_padding, strict=True,
        )
    ]  # fmt: skip
    image = np.zeros((x.shape[0], weight.shape[1] * options["groups"], *sizes), x.dtype)
    extra = (o // s for o, s in zip(output_padding, options["stride"], strict=True))
    wide = _widened(x, (*x.shape[:2], *map(add, x.shape[2:], extra)))
    y = CONVOLUTIONS[x.ndim][1](wide, image, weight, **options).grad_x
    return y if bias is None else y + bias.reshape(-1, *[1] * (x.ndim - 2))


def _transposed_backward(
    grad_y: NDArray, x: NDArray, weight: NDArray, bias: NDArray | None, options: dict
) -> tuple:
    """Convolve the gradient: x was the gradient of the output of that convolution.

    An output padding of a whole stride leaves room for windows that x has not; they count as 0.
    """
    forward, backward = CONVOLUTIONS[x.ndim]
    axes = (0, *range(2, x.ndim))
    grad_x = forward(grad_y, weight, **options)
    wide = _widened(x, grad_x.shape)
    return (
        grad_x[tuple(map(slice, x.shape))],
        backward(wide, grad_y, weight, **options, needs_grad_x=False).grad_weight,
        None if bias is None else grad_y.sum(axis=axes),
    )


def _widened(x: NDArray, shape: Sequence[int]) -> NDArray:
    missing = [(0, n - size) for n, size in zip(shape, x.shape, strict=True)]
    return np.pad(x, missing) if x.shape != tuple(shape) else x


TABLE = {
    "convolution": Operation(
        convolution,
        convolution_backward,
        "convolution",
        may_skip_grad_x=True,
        references=("conv1d", "conv2d", "conv3d", "conv_transpose2d"),
        layers=("Conv1d", "Conv2d", "Conv3d", "ConvTranspose2d"),
    ),
}
