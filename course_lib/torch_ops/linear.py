"""The linear layer and flatten in PyTorch: one call forward, autograd backward.

twin: course_lib/numpy_ops/linear.py (its docstrings hold for this file too)
"""

from math import prod

import torch
import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.arrays import Twin, require_grad
from course_lib.contracts.linear import (
    LinearGrads,
    check_flatten,
    check_linear,
    check_linear_grad,
)
from course_lib.torch_ops.autograd import gradients

__all__ = [  # noqa: RUF022 (in the order of the course)
    "linear",
    "linear_backward",
    "flatten",
    "flatten_backward",
]


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Twin of `numpy_ops.linear`."""
    check_linear(Twin("linear"), x, weight, bias)
    return F.linear(x, weight, bias)


def linear_backward(
    grad_y: Tensor,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    needs_grad_x: bool = True,
) -> LinearGrads:
    """Twin of `numpy_ops.linear_backward`, computed by autograd."""
    check_linear(Twin("linear_backward"), x, weight, bias)
    check_linear_grad(Twin("linear_backward"), grad_y, x, weight, needs_grad_x=needs_grad_x)
    zeros = weight.new_zeros(weight.shape[0])

    def forward(weight: Tensor, bias: Tensor, x: Tensor = x) -> Tensor:
        return F.linear(x, weight, bias)

    if not needs_grad_x:
        return LinearGrads(None, *gradients(forward, grad_y, weight, zeros))
    grad_weight, grad_bias, grad_x = gradients(forward, grad_y, weight, zeros, x)
    return LinearGrads(grad_x, grad_weight, grad_bias)


def flatten(x: Tensor) -> Tensor:
    """Twin of `numpy_ops.flatten`."""
    check_flatten(Twin("flatten"), x)
    return _flatten(x)


def flatten_backward(grad_y: Tensor, x: Tensor) -> Tensor:
    """Twin of `numpy_ops.flatten_backward`, computed by autograd."""
    check_flatten(Twin("flatten_backward"), x)
    require_grad(Twin("flatten_backward"), grad_y, (x.shape[0], prod(x.shape[1:])), x=x)
    return gradients(_flatten, grad_y, x)[0]


def _flatten(x: Tensor) -> Tensor:
    return x.clone(memory_format=torch.contiguous_format).flatten(start_dim=1)
