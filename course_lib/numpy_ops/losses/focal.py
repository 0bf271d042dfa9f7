"""Focal loss, over classes and for yes-or-no answers.

twin: course_lib/torch_ops/losses.py   test: tests/parity/test_losses.py
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.losses import check_binary_focal, check_focal, check_loss_grad
from course_lib.numpy_ops.losses.binary import stable_sigmoid, stable_softplus
from course_lib.numpy_ops.losses.common import (
    class_factor,
    class_index,
    log_softmax_of_classes,
    pick_class,
    reduce_loss,
    spread_grad,
    widened,
)
from course_lib.numpy_ops.precision import narrowed

__all__ = [  # noqa: RUF022 (in the order of the course)
    "focal_loss",
    "focal_loss_backward",
    "binary_focal_loss",
    "binary_focal_loss_backward",
]


def focal_loss(
    logits: NDArray,
    target: NDArray,
    *,
    gamma: float = 2.0,
    alpha: NDArray | None = None,
    reduction: str = "mean",
) -> Any:
    """Measure the cross-entropy, with less weight on samples that are already right.

    loss[n] = -alpha[t] * (1 - p_t)^gamma * log(p_t), where p_t is the softmax probability of
    the label t of sample n.

    Parameters
    ----------
    logits : (N, C) or (N, C, d1, ...)
        Scores of the C classes before the softmax, floating point.
    target : (N,) or (N, d1, ...) integer
        Class labels from 0 to C - 1.
    gamma : float, default=2.0
        Focus, at least 0: 0 is cross-entropy, 2 makes a sample at p_t = 0.9 count 1/100.
    alpha : (C,), default=None
        Factor for each class, of the dtype of `logits`; None is 1.
    reduction : {"none", "mean", "sum"}, default="mean"
        "mean" divides by the number of samples, whatever alpha (unlike `cross_entropy`).

    Returns
    -------
    loss : scalar, or (N,) or (N, d1, ...) with reduction "none"
        In nats.

    Raises
    ------
    TypeError
        If logits are not floating point, labels are not integers, or dtypes are mixed.
    ValueError
        If shapes do not fit, the batch is empty, a label is not a class, gamma is negative, all
        logits of a sample are -inf, or the reduction is unknown.

    Notes
    -----
    1 - p_t is computed as -expm1(log p_t), which keeps its digits when p_t is close to 1.

    References
    ----------
    Lin et al., 2017, arXiv:1708.02002, equations 4 and 5, with the softmax in place of the
    sigmoid.

    Examples
    --------
    >>> logits = np.log(np.array([[0.9, 0.1], [0.5, 0.5]]))
    >>> focal_loss(logits, np.array([0, 0]), reduction="none").round(6)
    array([0.001054, 0.173287])
    """
    operation = "focal_loss"
    gamma = check_focal(operation, logits, target, gamma=gamma, alpha=alpha, reduction=reduction)
    scores, factors = widened(logits, alpha)
    log_p = pick_class(log_softmax_of_classes(scores), target)
    loss = -((-np.expm1(log_p)) ** gamma) * log_p * class_factor(factors, target)
    return narrowed(reduce_loss(loss, reduction), logits)


def focal_loss_backward(
    grad_y: Any,
    logits: NDArray,
    target: NDArray,
    *,
    gamma: float = 2.0,
    alpha: NDArray | None = None,
    reduction: str = "mean",
) -> NDArray:
    """Send the loss gradient back through `focal_loss`.

    grad_logits[n, c] = g[n] * f[n] * (softmax(logits)[n, c] - (c == t)), with
    f = alpha[t] * (1 - p_t)^gamma * (1 - gamma * p_t * log(p_t) / (1 - p_t)) and g the part of
    grad_y that reaches sample n.

    Parameters
    ----------
    grad_y : scalar, or (N,) or (N, d1, ...) with reduction "none"
        Gradient with respect to the loss; a plain float is fine for a scalar.
    logits, target, gamma, alpha, reduction
        The values that were passed to `focal_loss`.

    Returns
    -------
    grad_logits : as `logits`
        The target and alpha are data and get no gradient.

    Raises
    ------
    TypeError, ValueError
        As `focal_loss`; also if `grad_y` has another dtype than `logits` or not the shape of
        the loss.

    Examples
    --------
    >>> focal_loss_backward(1.0, np.zeros((1, 2)), np.array([0]), gamma=0.0)
    array([[-0.5,  0.5]])
    """
    operation = "focal_loss_backward"
    gamma = check_focal(operation, logits, target, gamma=gamma, alpha=alpha, reduction=reduction)
    positions = (logits.shape[0], *logits.shape[2:])
    check_loss_grad(operation, grad_y, positions, reduction, logits=logits)
    grad_y, scores, factors = widened(grad_y, logits, alpha)
    log_softmax = log_softmax_of_classes(scores)
    log_p = pick_class(log_softmax, target)
    miss = _above_zero(-np.expm1(log_p))
    factor = miss**gamma * (1 - gamma * np.exp(log_p) * log_p / miss)
    factor = factor * class_factor(factors, target)
    factor *= spread_grad(grad_y, reduction, target.size)
    grad_logits = np.exp(log_softmax)
    grad_of_label = np.expand_dims(pick_class(grad_logits, target) - 1, 1)
    np.put_along_axis(grad_logits, class_index(target), grad_of_label, axis=1)
    grad_logits *= np.expand_dims(factor, 1)
    return narrowed(grad_logits, logits)


def binary_focal_loss(
    logits: NDArray,
    target: NDArray,
    *,
    gamma: float = 2.0,
    alpha: float | None = 0.25,
    reduction: str = "mean",
) -> Any:
    """Measure the binary cross-entropy, with less weight on answers that are already right.

    loss[k] = -alpha_t * (1 - p_t)^gamma * log(p_t), where p = sigmoid(logits[k]), p_t is p for
    target 1 and 1 - p for target 0, and alpha_t alike is alpha or 1 - alpha.

    Parameters
    ----------
    logits : any shape
        Scores before the sigmoid, floating point.
    target : as `logits`
        Answers from 0 (no) to 1 (yes), of the same shape and dtype. Between 0 and 1, log(p_t)
        is the binary cross-entropy, and alpha_t and 1 - p_t are weighted means of both cases.
    gamma : float, default=2.0
        Focus, at least 0: 0 is cross-entropy, 2 makes an answer at p_t = 0.9 count 1/100.
    alpha : float, default=0.25
        Weight of "yes" from 0 to 1, 1 - alpha is that of "no"; None leaves both at 1.
    reduction : {"none", "mean", "sum"}, default="mean"
        "mean" divides by the number of elements.

    Returns
    -------
    loss : scalar, or as `logits` with reduction "none"
        In nats.

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If shapes differ, there are no elements, a target or alpha lies outside [0, 1], gamma is
        negative, or the reduction is unknown.

    References
    ----------
    Lin et al., 2017, arXiv:1708.02002, equations 2 to 5.

    Examples
    --------
    >>> z = np.log(np.array([9.0, 9.0]))  # p = 0.9: right for the first, wrong for the second
    >>> binary_focal_loss(z, np.array([1.0, 0.0]), alpha=None, reduction="none").round(6)
    array([1.054000e-03, 1.865094e+00])
    """
    gamma, alpha = check_binary_focal(
        "binary_focal_loss", logits, target, gamma=gamma, alpha=alpha, reduction=reduction
    )
    z, t = widened(logits, target)
    with np.errstate(invalid="ignore"):
        entropy = (1 - t) * stable_softplus(z) + t * stable_softplus(-z)
    miss = (1 - t) * stable_sigmoid(z) + t * stable_sigmoid(-z)
    loss = _alpha_factor(alpha, t) * miss**gamma * entropy
    return narrowed(reduce_loss(loss, reduction), logits)


def binary_focal_loss_backward(
    grad_y: Any,
    logits: NDArray,
    target: NDArray,
    *,
    gamma: float = 2.0,
    alpha: float | None = 0.25,
    reduction: str = "mean",
) -> NDArray:
    """Send the loss gradient back through `binary_focal_loss`.

    With m = 1 - p_t and the binary cross-entropy e, the product rule gives
    grad_logits = g * alpha_t * m^gamma * (de/dz + gamma * e * dm/dz / m), with g the part of
    grad_y that reaches each element, de/dz = p - t and dm/dz = (1 - 2 * t) * p * (1 - p).

    Parameters
    ----------
    grad_y : scalar, or as `logits` with reduction "none"
        Gradient with respect to the loss; a plain float is fine for a scalar.
    logits, target, gamma, alpha, reduction
        The values that were passed to `binary_focal_loss`.

    Returns
    -------
    grad_logits : as `logits`
        The target is data and gets no gradient.

    Raises
    ------
    TypeError, ValueError
        As `binary_focal_loss`; also if `grad_y` has another dtype than `logits` or not the shape
        of the loss.

    Examples
    --------
    >>> z, t = np.zeros(2), np.array([1.0, 0.0])
    >>> binary_focal_loss_backward(1.0, z, t, gamma=0.0, alpha=None)
    array([-0.25,  0.25])
    """
    operation = "binary_focal_loss_backward"
    gamma, alpha = check_binary_focal(
        operation, logits, target, gamma=gamma, alpha=alpha, reduction=reduction
    )
    check_loss_grad(operation, grad_y, logits.shape, reduction, logits=logits)
    grad_y, z, t = widened(grad_y, logits, target)
    yes, no = stable_sigmoid(z), stable_sigmoid(-z)
    miss = _above_zero((1 - t) * yes + t * no)
    with np.errstate(invalid="ignore"):
        entropy = (1 - t) * stable_softplus(z) + t * stable_softplus(-z)
        grad_entropy = (1 - t) * yes - t * no
        grad_logits = grad_entropy + gamma * entropy * (1 - 2 * t) * yes * no / miss
    factor = _alpha_factor(alpha, t) * miss**gamma
    grad_logits = np.asarray(grad_logits * factor * spread_grad(grad_y, reduction, z.size))
    return narrowed(grad_logits, logits)


def _alpha_factor(alpha: float | None, target: NDArray) -> Any:
    return 1 if alpha is None else alpha * target + (1 - alpha) * (1 - target)


def _above_zero(miss: NDArray) -> NDArray:
    """Keep 1 - p_t divisible where p_t has rounded to 1; the loss is 0 there all the same."""
    return np.maximum(miss, np.finfo(miss.dtype).tiny)
