"""The formulas of the losses as literal loops over samples and classes.

They take a valid call and return the loss of each sample, before any reduction.
"""

from math import exp, log

import numpy as np
from numpy.typing import NDArray

__all__ = [  # noqa: RUF022 (in the order of the course)
    "cross_entropy_loops",
    "nll_loss_loops",
    "binary_cross_entropy_loops",
    "binary_cross_entropy_with_logits_loops",
    "focal_loss_loops",
    "binary_focal_loss_loops",
    "mse_loss_loops",
]


def cross_entropy_loops(
    logits: NDArray,
    target: NDArray,
    *,
    weight: NDArray | None = None,
    label_smoothing: float = 0.0,
) -> NDArray:
    """Measure the loss of each sample with the formula of `cross_entropy` written out.

    Same parameters as `cross_entropy` without the reduction; moderate logits only, for nothing
    is subtracted before exp.

    Examples
    --------
    >>> cross_entropy_loops(np.log([[1.0, 3.0]]), np.array([0]))
    array([1.38629436])
    """
    num_classes = logits.shape[1]
    loss = np.zeros((logits.shape[0], *logits.shape[2:]), logits.dtype)
    for n, *place in np.ndindex(*loss.shape):
        scores = [logits[n, c, *place] for c in range(num_classes)]
        for c in range(num_classes):
            if target.shape == logits.shape:
                probability = target[n, c, *place]
            else:
                probability = 1.0 if target[n, *place] == c else 0.0
            probability = (1 - label_smoothing) * probability + label_smoothing / num_classes
            factor = 1.0 if weight is None else weight[c]
            softmax = exp(scores[c]) / sum(exp(score) for score in scores)
            loss[n, *place] -= factor * probability * log(softmax)
    return loss


def nll_loss_loops(
    log_probability: NDArray, target: NDArray, *, weight: NDArray | None = None
) -> NDArray:
    """Measure the loss of each sample with the formula of `nll_loss` written out.

    Examples
    --------
    >>> nll_loss_loops(np.array([[-2.0, -0.5]]), np.array([1]))
    array([0.5])
    """
    loss = np.zeros(target.shape, log_probability.dtype)
    for n, *place in np.ndindex(*target.shape):
        label = target[n, *place]
        factor = 1.0 if weight is None else weight[label]
        loss[n, *place] = -factor * log_probability[n, label, *place]
    return loss


def binary_cross_entropy_loops(
    probability: NDArray, target: NDArray, *, weight: NDArray | None = None
) -> NDArray:
    """Measure the loss of each element with the formula of `binary_cross_entropy` written out.

    Probabilities strictly between 0 and 1 only: nothing is bounded here.

    Examples
    --------
    >>> binary_cross_entropy_loops(np.array([0.5]), np.array([1.0]))
    array([0.69314718])
    """
    factors = np.broadcast_to(1.0 if weight is None else weight, probability.shape)
    loss = np.zeros_like(probability)
    for k in np.ndindex(*probability.shape):
        p, t = probability[k], target[k]
        loss[k] = -factors[k] * (t * log(p) + (1 - t) * log(1 - p))
    return loss


def binary_cross_entropy_with_logits_loops(
    logits: NDArray,
    target: NDArray,
    *,
    weight: NDArray | None = None,
    pos_weight: NDArray | None = None,
) -> NDArray:
    """Measure the loss of each element through its sigmoid, literally.

    Moderate logits only: exp(-z) overflows where `binary_cross_entropy_with_logits` does not.

    Examples
    --------
    >>> binary_cross_entropy_with_logits_loops(np.array([0.0]), np.array([1.0]))
    array([0.69314718])
    """
    factors = np.broadcast_to(1.0 if weight is None else weight, logits.shape)
    pos_factors = np.broadcast_to(1.0 if pos_weight is None else pos_weight, logits.shape)
    loss = np.zeros_like(logits)
    for k in np.ndindex(*logits.shape):
        p, t = 1 / (1 + exp(-logits[k])), target[k]
        loss[k] = -factors[k] * (pos_factors[k] * t * log(p) + (1 - t) * log(1 - p))
    return loss


def focal_loss_loops(
    logits: NDArray, target: NDArray, *, gamma: float = 2.0, alpha: NDArray | None = None
) -> NDArray:
    """Measure the loss of each sample with the formula of `focal_loss` written out.

    Examples
    --------
    >>> focal_loss_loops(np.log([[1.0, 1.0]]), np.array([0]))
    array([0.1732868])
    """
    loss = np.zeros(target.shape, logits.dtype)
    for n, *place in np.ndindex(*target.shape):
        label = target[n, *place]
        scores = [logits[n, c, *place] for c in range(logits.shape[1])]
        p_t = exp(scores[label]) / sum(exp(score) for score in scores)
        factor = 1.0 if alpha is None else alpha[label]
        loss[n, *place] = -factor * (1 - p_t) ** gamma * log(p_t)
    return loss


def binary_focal_loss_loops(
    logits: NDArray, target: NDArray, *, gamma: float = 2.0, alpha: float | None = 0.25
) -> NDArray:
    """Measure the loss of each element with equation 5 of Lin et al., 2017, written out.

    Between targets 0 and 1, every factor is mixed in the proportion that the target gives.

    Examples
    --------
    >>> binary_focal_loss_loops(np.array([0.0]), np.array([1.0]))
    array([0.0433217])
    """
    loss = np.zeros_like(logits)
    for k in np.ndindex(*logits.shape):
        p, t = 1 / (1 + exp(-logits[k])), target[k]
        miss = 1 - (p * t + (1 - p) * (1 - t))
        factor = 1.0 if alpha is None else alpha * t + (1 - alpha) * (1 - t)
        loss[k] = -factor * miss**gamma * (t * log(p) + (1 - t) * log(1 - p))
    return loss


def mse_loss_loops(prediction: NDArray, target: NDArray) -> NDArray:
    """Measure the squared error of each element.

    Examples
    --------
    >>> mse_loss_loops(np.array([1.0, 2.0]), np.array([1.0, 5.0]))
    array([0., 9.])
    """
    loss = np.zeros_like(prediction)
    for k in np.ndindex(*prediction.shape):
        loss[k] = (prediction[k] - target[k]) ** 2
    return loss
