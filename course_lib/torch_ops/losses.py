"""Losses in PyTorch: its own functions forward, autograd backward.

twin: course_lib/numpy_ops/losses (its docstrings hold for this file too)
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.arrays import Twin
from course_lib.contracts.losses import (
    check_binary,
    check_binary_focal,
    check_binary_logits,
    check_cross_entropy,
    check_focal,
    check_loss_grad,
    check_nll,
    check_pair,
    require_total_weight,
)
from course_lib.torch_ops.autograd import gradients

__all__ = [  # noqa: RUF022 (in the order of the course)
    "cross_entropy",
    "cross_entropy_backward",
    "nll_loss",
    "nll_loss_backward",
    "binary_cross_entropy",
    "binary_cross_entropy_backward",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_backward",
    "focal_loss",
    "focal_loss_backward",
    "binary_focal_loss",
    "binary_focal_loss_backward",
    "mse_loss",
    "mse_loss_backward",
]


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
        Twin("cross_entropy"), logits, target, weight=weight, label_smoothing=label_smoothing,
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
    operation = Twin("cross_entropy_backward")
    loss = _cross_entropy(
        operation, logits, target, weight=weight, label_smoothing=label_smoothing,
        reduction=reduction,
    )  # fmt: skip
    positions = (logits.shape[0], *logits.shape[2:])
    return _gradient(operation, loss, grad_y, logits, positions, reduction)


def nll_loss(
    log_probability: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Twin of `numpy_ops.nll_loss`."""
    return _nll(Twin("nll_loss"), log_probability, target, weight, reduction)(log_probability)


def nll_loss_backward(
    grad_y: Any,
    log_probability: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Twin of `numpy_ops.nll_loss_backward`, computed by autograd."""
    operation = Twin("nll_loss_backward")
    loss = _nll(operation, log_probability, target, weight, reduction)
    return _gradient(operation, loss, grad_y, log_probability, target.shape, reduction)


def binary_cross_entropy(
    probability: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Twin of `numpy_ops.binary_cross_entropy`."""
    check_binary(
        Twin("binary_cross_entropy"), probability, target, weight=weight, reduction=reduction
    )
    return _widely(_binary, probability, target=target, weight=weight, reduction=reduction)


def binary_cross_entropy_backward(
    grad_y: Any,
    probability: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Twin of `numpy_ops.binary_cross_entropy_backward`, computed by autograd."""
    operation = Twin("binary_cross_entropy_backward")
    check_binary(operation, probability, target, weight=weight, reduction=reduction)

    loss = partial(_widely, _binary, target=target, weight=weight, reduction=reduction)
    return _gradient(operation, loss, grad_y, probability, target.shape, reduction)


def binary_cross_entropy_with_logits(
    logits: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    pos_weight: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Twin of `numpy_ops.binary_cross_entropy_with_logits`."""
    check_binary_logits(
        Twin("binary_cross_entropy_with_logits"), logits, target, weight=weight,
        pos_weight=pos_weight, reduction=reduction,
    )  # fmt: skip
    return _widely(
        F.binary_cross_entropy_with_logits, logits, target=target, weight=weight,
        pos_weight=pos_weight, reduction=reduction,
    )  # fmt: skip


def binary_cross_entropy_with_logits_backward(
    grad_y: Any,
    logits: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    pos_weight: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Twin of `numpy_ops.binary_cross_entropy_with_logits_backward`, computed by autograd."""
    operation = Twin("binary_cross_entropy_with_logits_backward")
    check_binary_logits(
        operation, logits, target, weight=weight, pos_weight=pos_weight, reduction=reduction
    )

    loss = partial(
        _widely, F.binary_cross_entropy_with_logits, target=target, weight=weight,
        pos_weight=pos_weight, reduction=reduction,
    )  # fmt: skip
    return _gradient(operation, loss, grad_y, logits, target.shape, reduction)


def focal_loss(
    logits: Tensor,
    target: Tensor,
    *,
    gamma: float = 2.0,
    alpha: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Twin of `numpy_ops.focal_loss`."""
    gamma = check_focal(
        Twin("focal_loss"), logits, target, gamma=gamma, alpha=alpha, reduction=reduction
    )
    return _widely(_focal, logits, target=target, gamma=gamma, alpha=alpha, reduction=reduction)


def focal_loss_backward(
    grad_y: Any,
    logits: Tensor,
    target: Tensor,
    *,
    gamma: float = 2.0,
    alpha: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Twin of `numpy_ops.focal_loss_backward`, computed by autograd."""
    operation = Twin("focal_loss_backward")
    gamma = check_focal(operation, logits, target, gamma=gamma, alpha=alpha, reduction=reduction)

    loss = partial(_widely, _focal, target=target, gamma=gamma, alpha=alpha, reduction=reduction)
    return _gradient(operation, loss, grad_y, logits, target.shape, reduction)


def binary_focal_loss(
    logits: Tensor,
    target: Tensor,
    *,
    gamma: float = 2.0,
    alpha: float | None = 0.25,
    reduction: str = "mean",
) -> Tensor:
    """Twin of `numpy_ops.binary_focal_loss`."""
    gamma, alpha = check_binary_focal(
        Twin("binary_focal_loss"), logits, target, gamma=gamma, alpha=alpha, reduction=reduction
    )
    return _widely(
        _binary_focal, logits, target=target, gamma=gamma, alpha=alpha, reduction=reduction
    )


def binary_focal_loss_backward(
    grad_y: Any,
    logits: Tensor,
    target: Tensor,
    *,
    gamma: float = 2.0,
    alpha: float | None = 0.25,
    reduction: str = "mean",
) -> Tensor:
    """Twin of `numpy_ops.binary_focal_loss_backward`, computed by autograd."""
    operation = Twin("binary_focal_loss_backward")
    gamma, alpha = check_binary_focal(
        operation, logits, target, gamma=gamma, alpha=alpha, reduction=reduction
    )

    loss = partial(
        _widely, _binary_focal, target=target, gamma=gamma, alpha=alpha, reduction=reduction
    )
    return _gradient(operation, loss, grad_y, logits, target.shape, reduction)


def mse_loss(prediction: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Twin of `numpy_ops.mse_loss`."""
    check_pair(Twin("mse_loss"), "prediction", prediction, target, reduction=reduction)
    return _widely(F.mse_loss, prediction, target=target, reduction=reduction)


def mse_loss_backward(
    grad_y: Any, prediction: Tensor, target: Tensor, *, reduction: str = "mean"
) -> Tensor:
    """Twin of `numpy_ops.mse_loss_backward`, computed by autograd."""
    operation = Twin("mse_loss_backward")
    check_pair(operation, "prediction", prediction, target, reduction=reduction)

    loss = partial(_widely, F.mse_loss, target=target, reduction=reduction)
    return _gradient(operation, loss, grad_y, prediction, target.shape, reduction)


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
    has_labels, label_smoothing = check_cross_entropy(
        operation, logits, target, weight=weight, label_smoothing=label_smoothing,
        reduction=reduction,
    )  # fmt: skip
    if has_labels:
        target = target.long()
        _require_total_weight(operation, target, weight, reduction)

    return partial(
        _widely, F.cross_entropy, target=target, weight=weight, label_smoothing=label_smoothing,
        reduction=reduction,
    )  # fmt: skip


def _nll(
    operation: str, log_probability: Tensor, target: Tensor, weight: Tensor | None, reduction: str
) -> Callable[[Tensor], Tensor]:
    """Check the call and return the loss as a function of the log-probabilities."""
    check_nll(operation, log_probability, target, weight=weight, reduction=reduction)
    labels = target.long()
    _require_total_weight(operation, labels, weight, reduction)

    return partial(_widely, F.nll_loss, target=labels, weight=weight, reduction=reduction)


def _widely(loss: Callable[..., Tensor], x: Tensor, **given: Any) -> Tensor:
    """Take a loss of half precision in single precision: its sums end at 65504."""
    if x.dtype not in (torch.float16, torch.bfloat16):
        return loss(x, **given)
    wide = {k: a.float() if getattr(a, "dtype", None) == x.dtype else a for k, a in given.items()}
    return loss(x.float(), **wide).to(x.dtype)


def _binary(probability: Tensor, target: Tensor, weight: Tensor | None, reduction: str) -> Tensor:
    unknown = (probability + target).isnan()  # which torch refuses as outside of 0 to 1
    some, known = (torch.where(unknown, 0.5, a) for a in (probability, target))
    loss = F.binary_cross_entropy(some, known, weight, reduction="none")
    # A product with what is NaN is NaN as well, and so is its derivative.
    return _reduce(torch.where(unknown, probability**2 * target, loss), reduction)


def _focal(
    logits: Tensor, target: Tensor, gamma: float, alpha: Tensor | None, reduction: str
) -> Tensor:
    labels = target.long()
    log_p = F.log_softmax(logits, 1).gather(1, labels.unsqueeze(1)).squeeze(1)
    loss = -_power(-torch.expm1(log_p), gamma) * log_p
    return _reduce(loss if alpha is None else loss * alpha[labels], reduction)


def _binary_focal(
    logits: Tensor, target: Tensor, gamma: float, alpha: float | None, reduction: str
) -> Tensor:
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    miss = (1 - target) * torch.sigmoid(logits) + target * torch.sigmoid(-logits)
    factor = 1 if alpha is None else alpha * target + (1 - alpha) * (1 - target)
    return _reduce(factor * _power(miss, gamma) * entropy, reduction)


def _power(miss: Tensor, gamma: float) -> Tensor:
    """Raise 1 - p_t, kept above 0: the derivative of 0**gamma is infinite below gamma 1."""
    return miss.clamp_min(torch.finfo(miss.dtype).tiny) ** gamma


def _reduce(loss: Tensor, reduction: str) -> Tensor:
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.mean()


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
