"""Cross-entropy over classes, from logits or from log-probabilities.

twin: course_lib/torch_ops/losses.py   test: tests/parity/test_losses.py
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.losses import (
    check_cross_entropy,
    check_loss_grad,
    check_nll,
    require_total_weight,
)
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

__all__ = [
    "cross_entropy",
    "cross_entropy_backward",
    "nll_loss",
    "nll_loss_backward",
]


def cross_entropy(
    logits: NDArray,
    target: NDArray,
    *,
    weight: NDArray | None = None,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> Any:
    """Measure how much probability the softmax of the logits leaves off the target.

    loss[n] = -sum_c weight[c] * q[n, c] * log_softmax(logits)[n, c], where q is 1 at the label
    and 0 elsewhere, or the given probabilities; label smoothing s makes it (1 - s) * q + s / C.

    Parameters
    ----------
    logits : (N, C) or (N, C, d1, ...)
        Scores of the C classes before the softmax, floating point.
    target : (N,) or (N, d1, ...) integer, or as `logits`
        Class labels from 0 to C - 1, or one probability a class, of the dtype of `logits`.
    weight : (C,), default=None
        Factor for each class; None is 1.
    label_smoothing : float, default=0.0
        Share s of the probability that is spread evenly over all classes, from 0 to 1.
    reduction : {"none", "mean", "sum"}, default="mean"
        With labels "mean" is the weighted mean, sum(loss) / sum(weight[target]); with
        probabilities it is sum(loss) / number of samples, as in PyTorch.

    Returns
    -------
    loss : scalar, or (N,) or (N, d1, ...) with reduction "none"
        In nats.

    Raises
    ------
    TypeError
        If logits are not floating point, labels are not integers, or dtypes are mixed.
    ValueError
        If shapes do not fit, the batch is empty (whatever the reduction), a label is not a
        class (there is no label to ignore: -100 raises), probabilities lie outside [0, 1] or
        do not sum to 1 (within 1e-6 in float64, 1e-5 in float32, 1e-2 in half precision), all
        logits of a sample are -inf, or the weights of all labels sum to 0 in a "mean".

    Notes
    -----
    The largest logit is subtracted before exp, so nothing overflows.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 6.2.2.3; label smoothing:
    Szegedy et al., 2016, arXiv:1512.00567, section 7.

    Examples
    --------
    >>> round(float(cross_entropy(np.zeros((1, 4)), np.array([2]))), 6)  # log(4)
    1.386294
    """
    has_labels, label_smoothing = check_cross_entropy(
        "cross_entropy", logits, target, weight=weight,
        label_smoothing=label_smoothing, reduction=reduction,
    )  # fmt: skip
    scores, target, weight = widened(logits, target, weight)
    total = _mean_total("cross_entropy", scores, target, weight, reduction)
    log_p = log_softmax_of_classes(scores)
    if has_labels and not label_smoothing:
        # Picking, not multiplying by a one-hot row: 0 * -inf of a masked class would be NaN.
        loss = -pick_class(log_p, target) * class_factor(weight, target)
    else:
        mass = _target_mass(scores, target, weight, label_smoothing)
        with np.errstate(invalid="ignore"):
            loss = -np.einsum("nc...,nc...->n...", mass, log_p)
    return narrowed(reduce_loss(loss, reduction, total), logits)


def cross_entropy_backward(
    grad_y: Any,
    logits: NDArray,
    target: NDArray,
    *,
    weight: NDArray | None = None,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> NDArray:
    """Send the loss gradient back through `cross_entropy`.

    grad_logits[n, c] = g[n] * (softmax(logits)[n, c] * sum_k m[n, k] - m[n, c]), with
    m[n, c] = weight[c] * q[n, c] and g the part of grad_y that reaches sample n. Without
    weights this is g * (softmax - q), the simplest gradient there is.

    Parameters
    ----------
    grad_y : scalar, or (N,) or (N, d1, ...) with reduction "none"
        Gradient with respect to the loss; a plain float is fine for a scalar.
    logits, target, weight, label_smoothing, reduction
        The values that were passed to `cross_entropy`.

    Returns
    -------
    grad_logits : as `logits`
        The target and the weights are data and get no gradient.

    Raises
    ------
    TypeError, ValueError
        As `cross_entropy`; also if `grad_y` has another dtype than `logits` or not the shape of
        the loss.

    References
    ----------
    Bishop, 2006, Pattern Recognition and Machine Learning, equation 4.109.

    Examples
    --------
    >>> cross_entropy_backward(1.0, np.zeros((1, 4)), np.array([2]))
    array([[ 0.25,  0.25, -0.75,  0.25]])
    """
    operation = "cross_entropy_backward"
    _, label_smoothing = check_cross_entropy(
        operation, logits, target, weight=weight,
        label_smoothing=label_smoothing, reduction=reduction,
    )  # fmt: skip
    positions = (logits.shape[0], *logits.shape[2:])
    check_loss_grad(operation, grad_y, positions, reduction, x=logits)
    grad_y, scores, target, weight = widened(grad_y, logits, target, weight)
    total = _mean_total(operation, scores, target, weight, reduction)
    mass = _target_mass(scores, target, weight, label_smoothing)
    grad_logits = np.exp(log_softmax_of_classes(scores))
    grad_logits *= mass.sum(axis=1, keepdims=True)
    grad_logits -= mass
    grad_logits *= spread_grad(grad_y, reduction, total, class_axis=True)
    return narrowed(grad_logits, logits)


def nll_loss(
    log_probability: NDArray,
    target: NDArray,
    *,
    weight: NDArray | None = None,
    reduction: str = "mean",
) -> Any:
    """Take the negative log-likelihood of the labels.

    loss[n] = -weight[t] * log_probability[n, t] with the label t of sample n; after a
    log-softmax this is `cross_entropy`.

    Parameters
    ----------
    log_probability : (N, C) or (N, C, d1, ...)
        Log-probabilities of the C classes, in nats. They are used as they are: that they come
        from a log-softmax is not checked.
    target : (N,) or (N, d1, ...) integer
        Class labels from 0 to C - 1.
    weight : (C,), default=None
        Factor for each class; None is 1.
    reduction : {"none", "mean", "sum"}, default="mean"
        "mean" is the weighted mean, sum(loss) / sum(weight[target]).

    Returns
    -------
    loss : scalar, or (N,) or (N, d1, ...) with reduction "none"
        In nats.

    Raises
    ------
    TypeError
        If log-probabilities are not floating point, labels are not integers, or dtypes are
        mixed.
    ValueError
        If shapes do not fit, the batch is empty, a label is not a class, the reduction is
        unknown, or the weights of all labels sum to 0 in a "mean".

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 5.5.

    Examples
    --------
    >>> log_probability = np.log(np.array([[0.25, 0.75], [0.5, 0.5]]))
    >>> nll_loss(log_probability, np.array([0, 1]), reduction="none").round(6)
    array([1.386294, 0.693147])
    """
    check_nll("nll_loss", log_probability, target, weight=weight, reduction=reduction)
    scores, weight = widened(log_probability, weight)
    total = _mean_total("nll_loss", scores, target, weight, reduction)
    loss = -pick_class(scores, target) * class_factor(weight, target)
    return narrowed(reduce_loss(loss, reduction, total), log_probability)


def nll_loss_backward(
    grad_y: Any,
    log_probability: NDArray,
    target: NDArray,
    *,
    weight: NDArray | None = None,
    reduction: str = "mean",
) -> NDArray:
    """Send the loss gradient back through `nll_loss`.

    grad_log_probability[n, c] is -weight[t] * g[n] at the label c = t and 0 elsewhere, with g
    the part of grad_y that reaches sample n.

    Parameters
    ----------
    grad_y : scalar, or (N,) or (N, d1, ...) with reduction "none"
        Gradient with respect to the loss; a plain float is fine for a scalar.
    log_probability, target, weight, reduction
        The values that were passed to `nll_loss`.

    Returns
    -------
    grad_log_probability : as `log_probability`
        The target and the weights are data and get no gradient.

    Raises
    ------
    TypeError, ValueError
        As `nll_loss`; also if `grad_y` has another dtype than `log_probability` or not the
        shape of the loss.

    Examples
    --------
    >>> nll_loss_backward(1.0, np.log(np.array([[0.25, 0.75]])), np.array([1]))
    array([[ 0., -1.]])
    """
    operation = "nll_loss_backward"
    check_nll(operation, log_probability, target, weight=weight, reduction=reduction)
    positions = (log_probability.shape[0], *log_probability.shape[2:])
    check_loss_grad(operation, grad_y, positions, reduction, log_probability=log_probability)
    grad_y, scores, weight = widened(grad_y, log_probability, weight)
    total = _mean_total(operation, scores, target, weight, reduction)
    # Only labels are written: 0 times an infinite weight would be NaN for other classes.
    share = class_factor(weight, target) * spread_grad(grad_y, reduction, total)
    grads = np.zeros(scores.shape, scores.dtype)
    each = np.broadcast_to(0 - np.asarray(share, scores.dtype), target.shape)  # 0, never -0
    np.put_along_axis(grads, class_index(target), np.expand_dims(each, 1), axis=1)
    return narrowed(grads, log_probability)


def _mean_total(
    operation: str, scores: NDArray, target: NDArray, weight: NDArray | None, reduction: str
) -> Any:
    """Return what "mean" divides by: the weight of all labels, or the number of samples."""
    if weight is None or reduction != "mean" or target.shape == scores.shape:
        return scores.size // scores.shape[1]
    total = class_factor(weight, target).sum()
    require_total_weight(operation, total)
    return total


def _target_mass(
    scores: NDArray, target: NDArray, weight: NDArray | None, smoothing: float
) -> NDArray:
    """Return weight[c] * q[n, c]: the target as one weighted, smoothed probability a class."""
    if target.shape == scores.shape:
        mass = target * (1 - smoothing)
    else:
        mass = np.zeros(scores.shape, scores.dtype)
        np.put_along_axis(mass, class_index(target), 1 - smoothing, axis=1)
    mass += smoothing / scores.shape[1]
    if weight is not None:
        mass *= weight.reshape(-1, *[1] * (scores.ndim - 2))
    return mass
