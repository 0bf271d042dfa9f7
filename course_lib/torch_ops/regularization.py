"""Dropout in PyTorch, drawn from an explicit generator on its own device.

twin: course_lib/numpy_ops/regularization.py (its docstrings hold for this file too)
"""

from typing import cast

import torch
from torch import Tensor

from course_lib.contracts.arrays import Twin
from course_lib.contracts.regularization import (
    DropoutResult,
    check_dropout,
    check_dropout_grad,
    keep_scale,
)
from course_lib.torch_ops.autograd import gradients

__all__ = [  # noqa: RUF022 (in the order of the course)
    "dropout",
    "dropout_backward",
    "dropout2d",
    "dropout2d_backward",
]


def dropout(
    x: Tensor,
    *,
    p: float = 0.5,
    training: bool = True,
    generator: torch.Generator | None = None,
    mask: Tensor | None = None,
) -> DropoutResult:
    """Twin of `numpy_ops.dropout`."""
    shape, p = check_dropout(
        Twin("dropout"), x, p=p, training=training, generator=generator,
        generator_type=torch.Generator, mask=mask, whole_channels=False,
    )  # fmt: skip
    return _dropout(x, shape, p, training, generator, mask)


def dropout_backward(
    grad_y: Tensor, x: Tensor, *, p: float = 0.5, training: bool = True, mask: Tensor
) -> Tensor:
    """Twin of `numpy_ops.dropout_backward`, computed by autograd."""
    p = check_dropout_grad(
        Twin("dropout_backward"), grad_y, x, p=p, training=training, mask=mask, whole_channels=False
    )
    return _backward(grad_y, x, p, training, mask)


def dropout2d(
    x: Tensor,
    *,
    p: float = 0.5,
    training: bool = True,
    generator: torch.Generator | None = None,
    mask: Tensor | None = None,
) -> DropoutResult:
    """Twin of `numpy_ops.dropout2d`."""
    shape, p = check_dropout(
        Twin("dropout2d"), x, p=p, training=training, generator=generator,
        generator_type=torch.Generator, mask=mask, whole_channels=True,
    )  # fmt: skip
    return _dropout(x, shape, p, training, generator, mask)


def dropout2d_backward(
    grad_y: Tensor, x: Tensor, *, p: float = 0.5, training: bool = True, mask: Tensor
) -> Tensor:
    """Twin of `numpy_ops.dropout2d_backward`, computed by autograd."""
    p = check_dropout_grad(
        Twin("dropout2d_backward"),
        grad_y,
        x,
        p=p,
        training=training,
        mask=mask,
        whole_channels=True,
    )
    return _backward(grad_y, x, p, training, mask)


def _dropout(
    x: Tensor,
    shape: tuple[int, ...],
    p: float,
    training: bool,
    generator: torch.Generator | None,
    mask: Tensor | None,
) -> DropoutResult:
    if not training:
        return DropoutResult(x.clone(), torch.ones(shape, dtype=torch.bool, device=x.device))
    if mask is None:
        generator = cast(torch.Generator, generator)  # check_dropout has asked for one
        draws = torch.rand(shape, generator=generator, dtype=torch.float64, device=generator.device)
        mask = (draws >= p).to(x.device)
    else:
        mask = mask.clone()
    return DropoutResult(_thin(x, mask, p), mask)


def _backward(grad_y: Tensor, x: Tensor, p: float, training: bool, mask: Tensor) -> Tensor:
    if not training:
        return grad_y.clone()
    return gradients(lambda x: _thin(x, mask, p), grad_y, x)[0]


def _thin(values: Tensor, mask: Tensor, p: float) -> Tensor:
    return values * mask * keep_scale(p)
