"""Correlation and convolution of single images in PyTorch.

twin: course_lib/numpy_ops/correlation.py (its docstrings hold for this file too)
"""

import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.arrays import Twin
from course_lib.contracts.correlation import (
    CorrelationGrads,
    check_correlation,
    check_correlation_grad,
)
from course_lib.torch_ops.autograd import gradients

__all__ = [  # noqa: RUF022 (in the order of the course)
    "cross_correlate2d",
    "cross_correlate2d_backward",
    "convolve2d",
    "convolve2d_backward",
]


def cross_correlate2d(image: Tensor, kernel: Tensor) -> Tensor:
    """Twin of `numpy_ops.cross_correlate2d`."""
    check_correlation(Twin("cross_correlate2d"), image, kernel)
    return _correlate(image, kernel)


def cross_correlate2d_backward(grad_y: Tensor, image: Tensor, kernel: Tensor) -> CorrelationGrads:
    """Twin of `numpy_ops.cross_correlate2d_backward`, computed by autograd."""
    output_size = check_correlation(Twin("cross_correlate2d_backward"), image, kernel)
    check_correlation_grad(Twin("cross_correlate2d_backward"), grad_y, image, output_size)
    return CorrelationGrads(*gradients(_correlate, grad_y, image, kernel))


def convolve2d(image: Tensor, kernel: Tensor) -> Tensor:
    """Twin of `numpy_ops.convolve2d`."""
    check_correlation(Twin("convolve2d"), image, kernel)
    return _convolve(image, kernel)


def convolve2d_backward(grad_y: Tensor, image: Tensor, kernel: Tensor) -> CorrelationGrads:
    """Twin of `numpy_ops.convolve2d_backward`, computed by autograd."""
    output_size = check_correlation(Twin("convolve2d_backward"), image, kernel)
    check_correlation_grad(Twin("convolve2d_backward"), grad_y, image, output_size)
    return CorrelationGrads(*gradients(_convolve, grad_y, image, kernel))


def _correlate(image: Tensor, kernel: Tensor) -> Tensor:
    return F.conv2d(image[None, None], kernel[None, None])[0, 0]


def _convolve(image: Tensor, kernel: Tensor) -> Tensor:
    return _correlate(image, kernel.flip(0, 1))
