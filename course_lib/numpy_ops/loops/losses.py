"""The formulas of the losses as literal loops over samples and classes.

They take a valid call and return the loss of each sample, before any reduction.
"""

from math import exp, log

import numpy as np
from numpy.typing import NDArray


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
