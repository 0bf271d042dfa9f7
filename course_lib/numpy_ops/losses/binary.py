"""Cross-entropy of yes-or-no answers, from probabilities or from logits.

twin: course_lib/torch_ops/losses.py   test: tests/parity/test_losses.py
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.losses import check_binary, check_binary_logits, check_loss_grad
from course_lib.numpy_ops.losses.common import reduce_loss, spread_grad, widened
from course_lib.numpy_ops.precision import narrowed

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_backward",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_backward",
]


def binary_cross_entropy(
    probability: NDArray,
    target: NDArray,
    *,
    weight: NDArray | None = None,
    reduction: str = "mean",
) -> Any:
    """Measure how much probability a yes-or-no answer leaves off the target.

    loss[k] = -weight[k] * (t[k] * log(p[k]) + (1 - t[k]) * log(1 - p[k])) for each element k.

    Parameters
    ----------
    probability : any shape
        Probability p of "yes", from 0 to 1. Better give logits to
        `binary_cross_entropy_with_logits`: it keeps its precision near 0 and 1.
    target : as `probability`
        Answers t from 0 (no) to 1 (yes), of the same shape and dtype.
    weight : broadcastable to `probability`, default=None
        Factor for each element; None is 1.
    reduction : {"none", "mean", "sum"}, default="mean"
        "mean" divides by the number of elements, whatever the weights.

    Returns
    -------
    loss : scalar, or as `probability` with reduction "none"
        In nats.

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If shapes do not fit, there are no elements, a probability or target lies outside
        [0, 1], or the reduction is unknown.

    Notes
    -----
    A logarithm below -100 counts as -100, as in PyTorch, so that a certain and wrong answer
    costs 100 nats and not infinity.

    References
    ----------
    Bishop, 2006, Pattern Recognition and Machine Learning, equation 4.90.

    Examples
    --------
    >>> loss = binary_cross_entropy(np.array([0.5, 0.0]), np.array([1.0, 1.0]), reduction="none")
    >>> loss.round(6)
    array([  0.693147, 100.      ])
    """
    check_binary("binary_cross_entropy", probability, target, weight=weight, reduction=reduction)
    p, t, factor = widened(probability, target, 1 if weight is None else weight)
    with np.errstate(divide="ignore"):
        log_yes, log_no = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
    loss = -(t * log_yes + (1 - t) * log_no) * factor
    return narrowed(reduce_loss(loss, reduction), probability)


def binary_cross_entropy_backward(
    grad_y: Any,
    probability: NDArray,
    target: NDArray,
    *,
    weight: NDArray | None = None,
    reduction: str = "mean",
) -> NDArray:
    """Send the loss gradient back through `binary_cross_entropy`.

    grad_probability[k] = g[k] * weight[k] * (p[k] - t[k]) / max(p[k] * (1 - p[k]), 1e-12), with
    g the part of grad_y that reaches element k.

    Parameters
    ----------
    grad_y : scalar, or as `probability` with reduction "none"
        Gradient with respect to the loss; a plain float is fine for a scalar.
    probability, target, weight, reduction
        The values that were passed to `binary_cross_entropy`.

    Returns
    -------
    grad_probability : as `probability`
        The target and the weights are data and get no gradient.

    Raises
    ------
    TypeError, ValueError
        As `binary_cross_entropy`; also if `grad_y` has another dtype than `probability` or not
        the shape of the loss.

    Notes
    -----
    The bound 1e-12 is PyTorch's: a certain answer gets a huge gradient, not an infinite one.

    Examples
    --------
    >>> binary_cross_entropy_backward(1.0, np.array([0.5, 0.25]), np.array([1.0, 0.0]))
    array([-1.        ,  0.66666667])
    """
    operation = "binary_cross_entropy_backward"
    check_binary(operation, probability, target, weight=weight, reduction=reduction)
    check_loss_grad(operation, grad_y, probability.shape, reduction, probability=probability)
    factor = 1 if weight is None else weight
    grad_y, p, t, factor = widened(grad_y, probability, target, factor)
    grad_probability = np.asarray((p - t) / np.maximum(p * (1 - p), 1e-12))
    grad_probability *= spread_grad(grad_y, reduction, p.size) * factor
    return narrowed(grad_probability, probability)


def binary_cross_entropy_with_logits(
    logits: NDArray,
    target: NDArray,
    *,
    weight: NDArray | None = None,
    pos_weight: NDArray | None = None,
    reduction: str = "mean",
) -> Any:
    """Measure how much probability the sigmoid of the logits leaves off the target.

    loss[k] = weight[k] * ((1 - t[k]) * softplus(z[k]) + pos_weight[k] * t[k] * softplus(-z[k])),
    which is `binary_cross_entropy` of sigmoid(z) without its rounding and its bound.

    Parameters
    ----------
    logits : any shape
        Scores z before the sigmoid, floating point.
    target : as `logits`
        Answers t from 0 (no) to 1 (yes), of the same shape and dtype.
    weight : broadcastable to `logits`, default=None
        Factor for each element; None is 1.
    pos_weight : broadcastable to `logits`, default=None
        Factor for the share of "yes"; above 1 it favors recall over precision. None is 1.
    reduction : {"none", "mean", "sum"}, default="mean"
        "mean" divides by the number of elements, whatever the weights.

    Returns
    -------
    loss : scalar, or as `logits` with reduction "none"
        In nats.

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If shapes do not fit, there are no elements, a target lies outside [0, 1], or the
        reduction is unknown.

    Notes
    -----
    softplus(z) = max(z, 0) + log(1 + exp(-|z|)) overflows for no z.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 6.2.2.2.

    Examples
    --------
    >>> z, t = np.array([0.0, -1000.0]), np.array([1.0, 1.0])
    >>> binary_cross_entropy_with_logits(z, t, reduction="none").round(6)
    array([6.93147e-01, 1.00000e+03])
    """
    check_binary_logits(
        "binary_cross_entropy_with_logits", logits, target, weight=weight,
        pos_weight=pos_weight, reduction=reduction,
    )  # fmt: skip
    factors = (1 if factor is None else factor for factor in (weight, pos_weight))
    z, t, factor, yes_factor = widened(logits, target, *factors)
    with np.errstate(invalid="ignore"):
        loss = (1 - t) * stable_softplus(z) + yes_factor * t * stable_softplus(-z)
    return narrowed(reduce_loss(loss * factor, reduction), logits)


def binary_cross_entropy_with_logits_backward(
    grad_y: Any,
    logits: NDArray,
    target: NDArray,
    *,
    weight: NDArray | None = None,
    pos_weight: NDArray | None = None,
    reduction: str = "mean",
) -> NDArray:
    """Send the loss gradient back through `binary_cross_entropy_with_logits`.

    grad_logits[k] = g[k] * weight[k] * ((1 - t[k]) * sigmoid(z[k]) - pos_weight[k] * t[k] *
    sigmoid(-z[k])), with g the part of grad_y that reaches element k. Without weights this is
    g * (sigmoid(z) - t).

    Parameters
    ----------
    grad_y : scalar, or as `logits` with reduction "none"
        Gradient with respect to the loss; a plain float is fine for a scalar.
    logits, target, weight, pos_weight, reduction
        The values that were passed to `binary_cross_entropy_with_logits`.

    Returns
    -------
    grad_logits : as `logits`
        The target and the weights are data and get no gradient.

    Raises
    ------
    TypeError, ValueError
        As `binary_cross_entropy_with_logits`; also if `grad_y` has another dtype than `logits`
        or not the shape of the loss.

    Examples
    --------
    >>> binary_cross_entropy_with_logits_backward(1.0, np.array([0.0, 50.0]), np.array([1.0, 1.0]))
    array([-2.50000000e-01, -9.64374924e-23])
    """
    operation = "binary_cross_entropy_with_logits_backward"
    check_binary_logits(
        operation, logits, target, weight=weight, pos_weight=pos_weight, reduction=reduction
    )
    check_loss_grad(operation, grad_y, logits.shape, reduction, logits=logits)
    factors = (1 if factor is None else factor for factor in (weight, pos_weight))
    grad_y, z, t, factor, yes_factor = widened(grad_y, logits, target, *factors)
    grad_logits = np.asarray((1 - t) * stable_sigmoid(z) - yes_factor * t * stable_sigmoid(-z))
    grad_logits *= spread_grad(grad_y, reduction, z.size) * factor
    return narrowed(grad_logits, logits)


def stable_softplus(z: NDArray) -> NDArray:
    """Return log(1 + exp(z)) without overflow."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def stable_sigmoid(z: NDArray) -> NDArray:
    """Return 1 / (1 + exp(-z)) without overflow."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)
