"""Losses as objects, so that a training loop can write `loss.backward()`."""

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.errors import InvalidValue


class CrossEntropyLoss:
    """Mean of -log p[target] over a batch, in nats: `numpy_ops.cross_entropy`.

    Parameters
    ----------
    label_smoothing : float, default=0.0
        Share of the target spread evenly over all classes.

    Examples
    --------
    >>> loss = CrossEntropyLoss()
    >>> float(loss(np.zeros((2, 10)), np.array([3, 7])).round(6))  # log 10: nothing known yet
    2.302585
    >>> loss.backward().shape
    (2, 10)
    """

    def __init__(self, *, label_smoothing: float = 0.0) -> None:
        self.label_smoothing = label_smoothing
        self._last_inputs: tuple[NDArray, NDArray] | None = None

    def __call__(self, logits: NDArray, target: NDArray) -> NDArray:
        """Return the mean loss of `logits` (N, C) for the class numbers `target` (N,)."""
        self._last_inputs = logits, target
        return numpy_ops.cross_entropy(logits, target, label_smoothing=self.label_smoothing)

    def backward(self) -> NDArray:
        """Return the gradient of the latest loss for its logits, (N, C)."""
        if self._last_inputs is None:
            raise InvalidValue(
                "CrossEntropyLoss.backward", received="no loss to go back through",
                needed="the logits and targets of the latest loss",
                fix="call the loss first")  # fmt: skip
        logits, target = self._last_inputs
        return numpy_ops.cross_entropy_backward(
            np.ones((), logits.dtype), logits, target, label_smoothing=self.label_smoothing
        )
