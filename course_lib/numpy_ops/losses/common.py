"""What the losses share: from one loss a sample to one number and back, and the log-softmax."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_ops.precision import at_least_float32


def widened(*inputs: Any) -> list[Any]:
    """Widen the float16 arrays among the inputs of a loss, as its sums need float32.

    Labels, plain numbers and None stay as they are. The result goes through `narrowed`.
    """
    return [at_least_float32(a) if _is_float(a) else a for a in inputs]


def _is_float(a: Any) -> bool:
    return hasattr(a, "dtype") and a.dtype.kind == "f"


def reduce_loss(loss: NDArray, reduction: str, total: Any = None) -> Any:
    """Sum the losses, divide by `total` for "mean" (None: their number), or leave them."""
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / (total or loss.size)


def spread_grad(grad_y: Any, reduction: str, total: Any, *, class_axis: bool = False) -> Any:
    """Return the gradient that each loss receives, ready to multiply the inputs.

    `class_axis` puts an axis for the classes into a gradient given per sample.
    """
    if reduction == "none":
        return np.expand_dims(grad_y, 1) if class_axis else grad_y
    return grad_y if reduction == "sum" else grad_y / total


def log_softmax_of_classes(logits: NDArray) -> NDArray:
    """Return the log-probabilities over axis 1, the largest logit subtracted before exp."""
    with np.errstate(invalid="ignore"):  # inf - inf is NaN, as IEEE says
        shifted = logits - logits.max(axis=1, keepdims=True)
        shifted -= np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return shifted


def class_index(labels: NDArray) -> NDArray:
    """Turn labels (N, ...) into an index (N, 1, ...) along the class axis."""
    return np.expand_dims(labels.astype(np.int64), 1)


def pick_class(scores: NDArray, labels: NDArray) -> NDArray:
    """Return the score of the labeled class at each position, without the class axis."""
    return np.take_along_axis(scores, class_index(labels), axis=1)[:, 0]


def class_factor(factors: NDArray | None, labels: NDArray) -> Any:
    """Return the factor of the labeled class at each position; None is 1."""
    return 1 if factors is None else factors[labels.astype(np.int64)]
