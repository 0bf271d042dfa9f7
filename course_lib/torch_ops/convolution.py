"""Convolution in PyTorch: one call forward, autograd backward.

twin: course_lib/numpy_ops/convolution.py (its docstrings hold for this file too)
"""

import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.arrays import Twin
from course_lib.contracts.convolution import ConvGeometry, ConvGrads, check_conv, check_conv_grad
from course_lib.torch_ops.autograd import gradients

__all__ = [
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv3d",
    "conv3d_backward",
]


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] | str = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> Tensor:
    """Twin of `numpy_ops.conv2d`."""
    geometry = check_conv(
        Twin("conv2d"), x, weight, bias, num_axes=2, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    return _forward(x, weight, bias, geometry)


def conv2d_backward(
    grad_y: Tensor,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] | str = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
    needs_grad_x: bool = True,
) -> ConvGrads:
    """Twin of `numpy_ops.conv2d_backward`, computed by autograd."""
    geometry = check_conv(
        Twin("conv2d_backward"), x, weight, bias, num_axes=2, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    check_conv_grad(Twin("conv2d_backward"), grad_y, x, weight, geometry, needs_grad_x=needs_grad_x)
    return _backward(grad_y, x, weight, geometry, needs_grad_x)


def conv1d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: int | tuple[int] = 1,
    padding: int | tuple[int] | str = 0,
    dilation: int | tuple[int] = 1,
    groups: int = 1,
) -> Tensor:
    """Twin of `numpy_ops.conv1d`."""
    geometry = check_conv(
        Twin("conv1d"), x, weight, bias, num_axes=1, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    return _forward(x, weight, bias, geometry)


def conv1d_backward(
    grad_y: Tensor,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: int | tuple[int] = 1,
    padding: int | tuple[int] | str = 0,
    dilation: int | tuple[int] = 1,
    groups: int = 1,
    needs_grad_x: bool = True,
) -> ConvGrads:
    """Twin of `numpy_ops.conv1d_backward`, computed by autograd."""
    geometry = check_conv(
        Twin("conv1d_backward"), x, weight, bias, num_axes=1, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    check_conv_grad(Twin("conv1d_backward"), grad_y, x, weight, geometry, needs_grad_x=needs_grad_x)
    return _backward(grad_y, x, weight, geometry, needs_grad_x)


def conv3d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: int | tuple[int, int, int] = 1,
    padding: int | tuple[int, int, int] | str = 0,
    dilation: int | tuple[int, int, int] = 1,
    groups: int = 1,
) -> Tensor:
    """Twin of `numpy_ops.conv3d`."""
    geometry = check_conv(
        Twin("conv3d"), x, weight, bias, num_axes=3, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    return _forward(x, weight, bias, geometry)


def conv3d_backward(
    grad_y: Tensor,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: int | tuple[int, int, int] = 1,
    padding: int | tuple[int, int, int] | str = 0,
    dilation: int | tuple[int, int, int] = 1,
    groups: int = 1,
    needs_grad_x: bool = True,
) -> ConvGrads:
    """Twin of `numpy_ops.conv3d_backward`, computed by autograd."""
    geometry = check_conv(
        Twin("conv3d_backward"), x, weight, bias, num_axes=3, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    check_conv_grad(Twin("conv3d_backward"), grad_y, x, weight, geometry, needs_grad_x=needs_grad_x)
    return _backward(grad_y, x, weight, geometry, needs_grad_x)


def _backward(
    grad_y: Tensor, x: Tensor, weight: Tensor, geometry: ConvGeometry, needs_grad_x: bool
) -> ConvGrads:
    zeros = weight.new_zeros(weight.shape[0])

    def forward(weight: Tensor, bias: Tensor, x: Tensor = x) -> Tensor:
        return _forward(x, weight, bias, geometry)

    if not needs_grad_x:
        return ConvGrads(None, *gradients(forward, grad_y, weight, zeros))
    grad_weight, grad_bias, grad_x = gradients(forward, grad_y, weight, zeros, x)
    return ConvGrads(grad_x, grad_weight, grad_bias)


def _forward(x: Tensor, weight: Tensor, bias: Tensor | None, geometry: ConvGeometry) -> Tensor:
    stride, pairs, dilation, groups, output_size = geometry
    padding = tuple(min(pair) for pair in pairs)
    if pairs != tuple((p, p) for p in padding):  # torch itself pads both ends alike
        x = F.pad(x, [extra for pair in reversed(pairs) for extra in (0, pair[1] - pair[0])])
    convolve = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[len(output_size)]
    return convolve(x, weight, bias, stride, padding, dilation, groups)
