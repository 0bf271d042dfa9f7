"""Losses in plain NumPy: the public home of all families.

Each backward returns one array, the gradient for the first input: targets and class weights are
data, nothing is learned through them.

twin: course_lib/torch_ops/losses.py   test: tests/parity/test_losses.py
taught in: notebooks/14_losses.ipynb   checks: course_lib/contracts/losses.py
"""

from course_lib.numpy_ops._losses_binary import (
    binary_cross_entropy,
    binary_cross_entropy_backward,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_backward,
)
from course_lib.numpy_ops._losses_classes import (
    cross_entropy,
    cross_entropy_backward,
    nll_loss,
    nll_loss_backward,
)
from course_lib.numpy_ops._losses_focal import (
    binary_focal_loss,
    binary_focal_loss_backward,
    focal_loss,
    focal_loss_backward,
)
from course_lib.numpy_ops._losses_squared import mse_loss, mse_loss_backward

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_backward",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_backward",
    "binary_focal_loss",
    "binary_focal_loss_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "focal_loss",
    "focal_loss_backward",
    "mse_loss",
    "mse_loss_backward",
    "nll_loss",
    "nll_loss_backward",
]
