"""Activations in PyTorch: one call forward, autograd backward.

twin: course_lib/numpy_ops/activations.py (its docstrings hold for this file too)
"""

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from course_lib.checks import require_number
from course_lib.contracts.activations import (
    PreluGrads,
    check_activation,
    check_activation_grad,
    check_axis,
    check_gelu,
    check_prelu,
    check_rows,
    check_softplus,
)
from course_lib.contracts.arrays import Twin
from course_lib.torch_ops.autograd import gradients

__all__ = [  # noqa: RUF022 (in the order of the course)
    "sigmoid",
    "sigmoid_backward",
    "tanh",
    "tanh_backward",
    "relu",
    "relu_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "prelu",
    "prelu_backward",
    "elu",
    "elu_backward",
    "selu",
    "selu_backward",
    "gelu",
    "gelu_backward",
    "silu",
    "silu_backward",
    "mish",
    "mish_backward",
    "relu6",
    "relu6_backward",
    "hardswish",
    "hardswish_backward",
    "hardsigmoid",
    "hardsigmoid_backward",
    "softplus",
    "softplus_backward",
    "softmax",
    "softmax_backward",
    "log_softmax",
    "log_softmax_backward",
]


def sigmoid(x: Tensor) -> Tensor:
    """Twin of `numpy_ops.sigmoid`."""
    check_activation(Twin("sigmoid"), x)
    return torch.sigmoid(x)


def sigmoid_backward(grad_y: Tensor, x: Tensor) -> Tensor:
    """Twin of `numpy_ops.sigmoid_backward`, computed by autograd."""
    check_activation_grad(Twin("sigmoid_backward"), grad_y, x)
    return gradients(torch.sigmoid, grad_y, x)[0]


def tanh(x: Tensor) -> Tensor:
    """Twin of `numpy_ops.tanh`."""
    check_activation(Twin("tanh"), x)
    return torch.tanh(x)


def tanh_backward(grad_y: Tensor, x: Tensor) -> Tensor:
    """Twin of `numpy_ops.tanh_backward`, computed by autograd."""
    check_activation_grad(Twin("tanh_backward"), grad_y, x)
    return gradients(torch.tanh, grad_y, x)[0]


def relu(x: Tensor) -> Tensor:
    """Twin of `numpy_ops.relu`."""
    check_activation(Twin("relu"), x)
    return F.relu(x)


def relu_backward(grad_y: Tensor, x: Tensor) -> Tensor:
    """Twin of `numpy_ops.relu_backward`, computed by autograd."""
    check_activation_grad(Twin("relu_backward"), grad_y, x)
    return gradients(F.relu, grad_y, x)[0]


def leaky_relu(x: Tensor, *, negative_slope: float = 0.01) -> Tensor:
    """Twin of `numpy_ops.leaky_relu`."""
    check_activation(Twin("leaky_relu"), x)
    negative_slope = require_number("leaky_relu", "negative_slope", negative_slope)
    return F.leaky_relu(x, negative_slope)


def leaky_relu_backward(grad_y: Tensor, x: Tensor, *, negative_slope: float = 0.01) -> Tensor:
    """Twin of `numpy_ops.leaky_relu_backward`, computed by autograd."""
    check_activation_grad(Twin("leaky_relu_backward"), grad_y, x)
    negative_slope = require_number("leaky_relu_backward", "negative_slope", negative_slope)
    return gradients(lambda x: F.leaky_relu(x, negative_slope), grad_y, x)[0]


def prelu(x: Tensor, weight: Tensor) -> Tensor:
    """Twin of `numpy_ops.prelu`."""
    check_prelu(Twin("prelu"), x, weight)
    return F.prelu(x, weight)


def prelu_backward(grad_y: Tensor, x: Tensor, weight: Tensor) -> PreluGrads:
    """Twin of `numpy_ops.prelu_backward`, computed by autograd."""
    check_prelu(Twin("prelu_backward"), x, weight)
    check_activation_grad(Twin("prelu_backward"), grad_y, x)
    return PreluGrads(*gradients(F.prelu, grad_y, x, weight))


def elu(x: Tensor, *, alpha: float = 1.0) -> Tensor:
    """Twin of `numpy_ops.elu`."""
    check_activation(Twin("elu"), x)
    alpha = require_number("elu", "alpha", alpha)
    return F.elu(x, alpha)


def elu_backward(grad_y: Tensor, x: Tensor, *, alpha: float = 1.0) -> Tensor:
    """Twin of `numpy_ops.elu_backward`, computed by autograd."""
    check_activation_grad(Twin("elu_backward"), grad_y, x)
    alpha = require_number("elu_backward", "alpha", alpha)
    return gradients(lambda x: F.elu(x, alpha), grad_y, x)[0]


def selu(x: Tensor) -> Tensor:
    """Twin of `numpy_ops.selu`."""
    check_activation(Twin("selu"), x)
    return F.selu(x)


def selu_backward(grad_y: Tensor, x: Tensor) -> Tensor:
    """Twin of `numpy_ops.selu_backward`, computed by autograd."""
    check_activation_grad(Twin("selu_backward"), grad_y, x)
    return gradients(F.selu, grad_y, x)[0]


def gelu(x: Tensor, *, approximate: str = "none") -> Tensor:
    """Twin of `numpy_ops.gelu`."""
    check_gelu(Twin("gelu"), x, approximate)
    return _gelu(x, approximate)


def gelu_backward(grad_y: Tensor, x: Tensor, *, approximate: str = "none") -> Tensor:
    """Twin of `numpy_ops.gelu_backward`, computed by autograd."""
    check_gelu(Twin("gelu_backward"), x, approximate)
    check_activation_grad(Twin("gelu_backward"), grad_y, x)
    return gradients(partial(_gelu, approximate=approximate), grad_y, x)[0]


def silu(x: Tensor) -> Tensor:
    """Twin of `numpy_ops.silu`."""
    check_activation(Twin("silu"), x)
    return F.silu(x)


def silu_backward(grad_y: Tensor, x: Tensor) -> Tensor:
    """Twin of `numpy_ops.silu_backward`, computed by autograd."""
    check_activation_grad(Twin("silu_backward"), grad_y, x)
    return gradients(F.silu, grad_y, x)[0]


def mish(x: Tensor) -> Tensor:
    """Twin of `numpy_ops.mish`."""
    check_activation(Twin("mish"), x)
    return F.mish(x)


def mish_backward(grad_y: Tensor, x: Tensor) -> Tensor:
    """Twin of `numpy_ops.mish_backward`, computed by autograd."""
    check_activation_grad(Twin("mish_backward"), grad_y, x)
    return gradients(F.mish, grad_y, x)[0]


def relu6(x: Tensor) -> Tensor:
    """Twin of `numpy_ops.relu6`."""
    check_activation(Twin("relu6"), x)
    return F.relu6(x)


def relu6_backward(grad_y: Tensor, x: Tensor) -> Tensor:
    """Twin of `numpy_ops.relu6_backward`, computed by autograd."""
    check_activation_grad(Twin("relu6_backward"), grad_y, x)
    return gradients(F.relu6, grad_y, x)[0]


def hardswish(x: Tensor) -> Tensor:
    """Twin of `numpy_ops.hardswish`."""
    check_activation(Twin("hardswish"), x)
    return _hardswish(x)


def hardswish_backward(grad_y: Tensor, x: Tensor) -> Tensor:
    """Twin of `numpy_ops.hardswish_backward`, computed by autograd."""
    check_activation_grad(Twin("hardswish_backward"), grad_y, x)
    return gradients(_hardswish, grad_y, x)[0]


def hardsigmoid(x: Tensor) -> Tensor:
    """Twin of `numpy_ops.hardsigmoid`."""
    check_activation(Twin("hardsigmoid"), x)
    return _hardsigmoid(x)


def hardsigmoid_backward(grad_y: Tensor, x: Tensor) -> Tensor:
    """Twin of `numpy_ops.hardsigmoid_backward`, computed by autograd."""
    check_activation_grad(Twin("hardsigmoid_backward"), grad_y, x)
    return gradients(_hardsigmoid, grad_y, x)[0]


def softplus(x: Tensor, *, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """Twin of `numpy_ops.softplus`."""
    beta, threshold = check_softplus(Twin("softplus"), x, beta, threshold)
    return F.softplus(x, beta, threshold)


def softplus_backward(
    grad_y: Tensor, x: Tensor, *, beta: float = 1.0, threshold: float = 20.0
) -> Tensor:
    """Twin of `numpy_ops.softplus_backward`, computed by autograd."""
    beta, threshold = check_softplus(Twin("softplus_backward"), x, beta, threshold)
    check_activation_grad(Twin("softplus_backward"), grad_y, x)
    return gradients(lambda x: F.softplus(x, beta, threshold), grad_y, x)[0]


def softmax(x: Tensor, *, axis: int) -> Tensor:
    """Twin of `numpy_ops.softmax`."""
    axis = _check_softmax(Twin("softmax"), x, axis)
    return F.softmax(x, dim=axis)


def softmax_backward(grad_y: Tensor, x: Tensor, *, axis: int) -> Tensor:
    """Twin of `numpy_ops.softmax_backward`, computed by autograd."""
    axis = _check_softmax(Twin("softmax_backward"), x, axis)
    check_activation_grad(Twin("softmax_backward"), grad_y, x)
    return gradients(partial(F.softmax, dim=axis), grad_y, x)[0]


def log_softmax(x: Tensor, *, axis: int) -> Tensor:
    """Twin of `numpy_ops.log_softmax`."""
    axis = _check_softmax(Twin("log_softmax"), x, axis)
    return F.log_softmax(x, dim=axis)


def log_softmax_backward(grad_y: Tensor, x: Tensor, *, axis: int) -> Tensor:
    """Twin of `numpy_ops.log_softmax_backward`, computed by autograd."""
    axis = _check_softmax(Twin("log_softmax_backward"), x, axis)
    check_activation_grad(Twin("log_softmax_backward"), grad_y, x)
    return gradients(partial(F.log_softmax, dim=axis), grad_y, x)[0]


def _check_softmax(operation: str, x: Tensor, axis: int) -> int:
    axis = check_axis(operation, x, axis)
    if x.numel() > 0:
        check_rows(operation, x, x.amax(axis, keepdim=True), axis)
    return axis


def _gelu(x: Tensor, approximate: str) -> Tensor:
    """Keep F.gelu to where the curve bends: near the largest float it overflows."""
    is_straight = x.abs() > 50  # NaN is not, and stays NaN on the way back
    curve = F.gelu(torch.where(is_straight, 0, x), approximate=approximate)
    return torch.where(is_straight, x * (x > 0), curve)


def _hardswish(x: Tensor) -> Tensor:
    """Divide before multiplying: F.hardswish overflows near the largest float."""
    return x * _hardsigmoid(x)


def _hardsigmoid(x: Tensor) -> Tensor:
    """Divide by 6 in full: the gradient of F.hardsigmoid rounds 1/6 to float32."""
    return F.relu6(x + 3) / 6
