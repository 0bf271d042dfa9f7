"""From the loss of each sample to one number, and back."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


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
