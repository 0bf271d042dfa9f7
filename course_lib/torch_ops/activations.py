"""Activations in PyTorch: one call forward, autograd backward.

twin: course_lib/numpy_ops/activations.py (its docstrings hold for this file too)
"""

from functools import partial

import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.activations import (
    check_activation,
    check_activation_grad,
    check_axis,
    check_rows,
)
from course_lib.torch_ops.autograd import gradients


def relu(x: Tensor) -> Tensor:
    """Twin of `numpy_ops.relu`."""
    check_activation("relu", x)
    return F.relu(x)


def relu_backward(grad_y: Tensor, x: Tensor) -> Tensor:
    """Twin of `numpy_ops.relu_backward`, computed by autograd."""
    check_activation_grad("relu_backward", grad_y, x)
    return gradients(F.relu, grad_y, x)[0]


def softmax(x: Tensor, *, axis: int) -> Tensor:
    """Twin of `numpy_ops.softmax`."""
    axis = _check_softmax("softmax", x, axis)
    return F.softmax(x, dim=axis)


def softmax_backward(grad_y: Tensor, x: Tensor, *, axis: int) -> Tensor:
    """Twin of `numpy_ops.softmax_backward`, computed by autograd."""
    axis = _check_softmax("softmax_backward", x, axis)
    check_activation_grad("softmax_backward", grad_y, x)
    return gradients(partial(F.softmax, dim=axis), grad_y, x)[0]


def log_softmax(x: Tensor, *, axis: int) -> Tensor:
    """Twin of `numpy_ops.log_softmax`."""
    axis = _check_softmax("log_softmax", x, axis)
    return F.log_softmax(x, dim=axis)


def log_softmax_backward(grad_y: Tensor, x: Tensor, *, axis: int) -> Tensor:
    """Twin of `numpy_ops.log_softmax_backward`, computed by autograd."""
    axis = _check_softmax("log_softmax_backward", x, axis)
    check_activation_grad("log_softmax_backward", grad_y, x)
    return gradients(partial(F.log_softmax, dim=axis), grad_y, x)[0]


def _check_softmax(operation: str, x: Tensor, axis: int) -> int:
    axis = check_axis(operation, x, axis)
    if x.numel() > 0:
        check_rows(operation, x, x.amax(axis, keepdim=True), axis)
    return axis
