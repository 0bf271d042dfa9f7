"""Convolution in PyTorch: one call forward, autograd backward.

twin: course_lib/numpy_ops/convolution.py (its docstrings hold for this file too)
"""

import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.convolution import ConvGeometry, ConvGrads, check_conv, check_conv_grad
from course_lib.torch_ops.autograd import gradients


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
        "conv2d", x, weight, bias, num_axes=2, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    return _conv2d(x, weight, bias, geometry)


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
        "conv2d_backward", x, weight, bias, num_axes=2, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip
    check_conv_grad("conv2d_backward", grad_y, x, weight, geometry)
    zeros = weight.new_zeros(weight.shape[0])

    def forward(weight: Tensor, bias: Tensor, x: Tensor = x) -> Tensor:
        return _conv2d(x, weight, bias, geometry)

    if not needs_grad_x:
        return ConvGrads(None, *gradients(forward, grad_y, weight, zeros))
    grad_weight, grad_bias, grad_x = gradients(forward, grad_y, weight, zeros, x)
    return ConvGrads(grad_x, grad_weight, grad_bias)


def _conv2d(x: Tensor, weight: Tensor, bias: Tensor | None, geometry: ConvGeometry) -> Tensor:
    last_axis_first = [zeros for pair in reversed(geometry.padding) for zeros in pair]
    x_pad = F.pad(x, last_axis_first)
    return F.conv2d(x_pad, weight, bias, geometry.stride, 0, geometry.dilation, geometry.groups)
