"""Losses in PyTorch: its own functions forward, autograd backward.

twin: course_lib/numpy_ops/losses.py (its docstrings hold for this file too)
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.losses import (
    check_cross_entropy,
    check_loss_grad,
    require_total_weight,
)
from course_lib.torch_ops.autograd import gradients


def cross_entropy(
    logits: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> Tensor:
    """Twin of `numpy_ops.cross_entropy`."""
    loss = _cross_entropy(
        "cross_entropy", logits, target, weight=weight, label_smoothing=label_smoothing,
        reduction=reduction,
    )  # fmt: skip
    return loss(logits)


def cross_entropy_backward(
    grad_y: Any,
    logits: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> Tensor:
    """Twin of `numpy_ops.cross_entropy_backward`, computed by autograd."""
    operation = "cross_entropy_backward"
    loss = _cross_entropy(
        operation, logits, target, weight=weight, label_smoothing=label_smoothing,
        reduction=reduction,
    )  # fmt: skip
    positions = (logits.shape[0], *logits.shape[2:])
    return _gradient(operation, loss, grad_y, logits, positions, reduction)


def _cross_entropy(
    operation: str,
    logits: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None,
    label_smoothing: float,
    reduction: str,
) -> Callable[[Tensor], Tensor]:
    """Check the call and return the loss as a function of the logits."""
    has_labels = check_cross_entropy(
        operation, logits, target, weight=weight, label_smoothing=label_smoothing,
        reduction=reduction,
    )  # fmt: skip
    if has_labels:
        target = target.long()
        _require_total_weight(operation, target, weight, reduction)

    def loss(logits: Tensor) -> Tensor:
        return F.cross_entropy(
            logits, target, weight, label_smoothing=label_smoothing, reduction=reduction
        )

    return loss


def _require_total_weight(
    operation: str, labels: Tensor, weight: Tensor | None, reduction: str
) -> None:
    if weight is not None and reduction == "mean":
        require_total_weight(operation, weight[labels].sum())


def _gradient(
    operation: str,
    loss: Callable[[Tensor], Tensor],
    grad_y: Any,
    first: Tensor,
    positions: tuple[int, ...],
    reduction: str,
) -> Tensor:
    """Check `grad_y`, which may be a plain number, and differentiate for the first input."""
    check_loss_grad(operation, grad_y, positions, reduction, x=first)
    grad_y = torch.as_tensor(grad_y, dtype=first.dtype, device=first.device)
    return gradients(loss, grad_y, first)[0]
