"""Losses in plain NumPy, forward beside backward.

Each loss is in nats. Its backward returns one array, the gradient for the first input: targets
and class weights are data, nothing is learned through them.

twin: course_lib/torch_ops/losses.py   test: tests/parity/test_losses.py
taught in: notebooks/14_losses.ipynb   checks: course_lib/contracts/losses.py
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.losses import (
    check_cross_entropy,
    check_loss_grad,
    require_total_weight,
)
from course_lib.numpy_ops.reductions import reduce_loss, spread_grad


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
    has_labels = check_cross_entropy(
        "cross_entropy", logits, target, weight=weight,
        label_smoothing=label_smoothing, reduction=reduction,
    )  # fmt: skip
    total = _mean_total("cross_entropy", target, weight, reduction, has_labels=has_labels)
    log_p = _log_softmax(logits)
    if has_labels and not label_smoothing:
        # Picking, not multiplying by a one-hot row: 0 * -inf of a masked class would be NaN.
        loss = -_pick(log_p, target) * _label_weight(weight, target)
    else:
        mass = _target_mass(logits, target, weight, label_smoothing, has_labels=has_labels)
        with np.errstate(invalid="ignore"):
            loss = -np.einsum("nc...,nc...->n...", mass, log_p)
    return reduce_loss(loss, reduction, total)


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
    has_labels = check_cross_entropy(
        operation, logits, target, weight=weight,
        label_smoothing=label_smoothing, reduction=reduction,
    )  # fmt: skip
    total = _mean_total(operation, target, weight, reduction, has_labels=has_labels)
    positions = (logits.shape[0], *logits.shape[2:])
    check_loss_grad(operation, grad_y, positions, reduction, x=logits)
    mass = _target_mass(logits, target, weight, label_smoothing, has_labels=has_labels)
    grad_logits = np.exp(_log_softmax(logits))
    grad_logits *= mass.sum(axis=1, keepdims=True)
    grad_logits -= mass
    grad_logits *= spread_grad(grad_y, reduction, total, class_axis=True)
    return grad_logits


def _log_softmax(logits: NDArray) -> NDArray:
    with np.errstate(invalid="ignore"):  # inf - inf is NaN, as IEEE says
        shifted = logits - logits.max(axis=1, keepdims=True)
        shifted -= np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return shifted


def _pick(scores: NDArray, labels: NDArray) -> NDArray:
    """Return the score of the labelled class at each position, without the class axis."""
    indices = np.expand_dims(labels.astype(np.int64), 1)
    return np.take_along_axis(scores, indices, axis=1)[:, 0]


def _label_weight(weight: NDArray | None, labels: NDArray) -> Any:
    return 1 if weight is None else weight[labels.astype(np.int64)]


def _mean_total(
    operation: str, target: NDArray, weight: NDArray | None, reduction: str, *, has_labels: bool
) -> Any:
    """Return what "mean" divides by: the weight of all labels, or the number of samples."""
    if not has_labels:
        return target.size // target.shape[1]
    if weight is None or reduction != "mean":
        return target.size
    total = _label_weight(weight, target).sum()
    require_total_weight(operation, total)
    return total


def _target_mass(
    logits: NDArray,
    target: NDArray,
    weight: NDArray | None,
    smoothing: float,
    *,
    has_labels: bool,
) -> NDArray:
    """Return weight[c] * q[n, c]: the target as one weighted, smoothed probability a class."""
    if has_labels:
        indices = np.expand_dims(target.astype(np.int64), 1)
        mass = np.zeros(logits.shape, logits.dtype)
        np.put_along_axis(mass, indices, 1 - smoothing, axis=1)
    else:
        mass = target * (1 - smoothing)
    mass += smoothing / logits.shape[1]
    if weight is not None:
        mass *= weight.reshape(-1, *[1] * (logits.ndim - 2))
    return mass
