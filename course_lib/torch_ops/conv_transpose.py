"""The transposed convolution in PyTorch: one call forward, autograd backward.

twin: course_lib/numpy_ops/conv_transpose.py (its docstrings hold for this file too)
"""

import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.arrays import Twin
from course_lib.contracts.conv_transpose import (
    ConvTransposeGeometry,
    check_conv_transpose2d,
    check_conv_transpose2d_grad,
)
from course_lib.contracts.convolution import ConvGrads
from course_lib.torch_ops.autograd import gradients

__all__ = [
    "conv_transpose2d",
    "conv_transpose2d_backward",
]


def conv_transpose2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    output_padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> Tensor:
    """Twin of `numpy_ops.conv_transpose2d`."""
    geometry = check_conv_transpose2d(
        Twin("conv_transpose2d"), x, weight, bias, stride=stride, padding=padding,
        output_padding=output_padding, dilation=dilation, groups=groups,
    )  # fmt: skip
    return _transposed(x, weight, bias, geometry)


def conv_transpose2d_backward(
    grad_y: Tensor,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    output_padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
    needs_grad_x: bool = True,
) -> ConvGrads:
    """Twin of `numpy_ops.conv_transpose2d_backward`, computed by autograd."""
    geometry = check_conv_transpose2d(
        Twin("conv_transpose2d_backward"), x, weight, bias, stride=stride, padding=padding,
        output_padding=output_padding, dilation=dilation, groups=groups,
    )  # fmt: skip
    check_conv_transpose2d_grad(
        Twin("conv_transpose2d_backward"), grad_y, x, weight, geometry, needs_grad_x=needs_grad_x
    )
    zeros = weight.new_zeros(grad_y.shape[1])

    def forward(weight: Tensor, bias: Tensor, x: Tensor = x) -> Tensor:
        return _transposed(x, weight, bias, geometry)

    if not needs_grad_x:
        return ConvGrads(None, *gradients(forward, grad_y, weight, zeros))
    grad_weight, grad_bias, grad_x = gradients(forward, grad_y, weight, zeros, x)
    return ConvGrads(grad_x, grad_weight, grad_bias)


def _transposed(
    x: Tensor, weight: Tensor, bias: Tensor | None, geometry: ConvTransposeGeometry
) -> Tensor:
    stride, pairs, dilation, groups, _ = geometry.convolution
    padding = tuple(before for before, _ in pairs)
    smallest = (
        (size - 1) * s - 2 * p + d * (k - 1) + 1
        for size, s, p, d, k in zip(
            x.shape[2:], stride, padding, dilation, weight.shape[2:], strict=True
        )
    )
    added = tuple(o - least for o, least in zip(geometry.output_size, smallest, strict=True))
    return F.conv_transpose2d(x, weight, bias, stride, padding, added, groups, dilation)
