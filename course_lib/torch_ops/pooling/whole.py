"""Twins of `numpy_ops.pooling.whole`."""

import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.arrays import Twin
from course_lib.contracts.pooling import (
    check_adaptive_pool,
    check_global_pool_grad,
    check_images,
    check_pool_grad,
)
from course_lib.torch_ops.autograd import gradients

__all__ = [
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "global_avg_pool2d",
    "global_avg_pool2d_backward",
    "global_max_pool2d",
    "global_max_pool2d_backward",
]


def adaptive_avg_pool2d(
    x: Tensor, *, output_size: int | tuple[int | None, int | None] | None
) -> Tensor:
    """Twin of `numpy_ops.adaptive_avg_pool2d`."""
    sizes = check_adaptive_pool(Twin("adaptive_avg_pool2d"), x, output_size)
    return F.adaptive_avg_pool2d(x, sizes).clone()


def adaptive_avg_pool2d_backward(
    grad_y: Tensor, x: Tensor, *, output_size: int | tuple[int | None, int | None] | None
) -> Tensor:
    """Twin of `numpy_ops.adaptive_avg_pool2d_backward`, computed by autograd."""
    sizes = check_adaptive_pool(Twin("adaptive_avg_pool2d_backward"), x, output_size)
    check_pool_grad(Twin("adaptive_avg_pool2d_backward"), grad_y, x, sizes)
    return gradients(lambda x: F.adaptive_avg_pool2d(x, sizes), grad_y, x)[0]


def global_avg_pool2d(x: Tensor) -> Tensor:
    """Twin of `numpy_ops.global_avg_pool2d`."""
    check_images(Twin("global_avg_pool2d"), x, num_axes=2)
    return x.mean(dim=(2, 3))


def global_avg_pool2d_backward(grad_y: Tensor, x: Tensor) -> Tensor:
    """Twin of `numpy_ops.global_avg_pool2d_backward`, computed by autograd."""
    check_global_pool_grad(Twin("global_avg_pool2d_backward"), grad_y, x)
    return gradients(lambda x: x.mean(dim=(2, 3)), grad_y, x)[0]


def global_max_pool2d(x: Tensor) -> Tensor:
    """Twin of `numpy_ops.global_max_pool2d`."""
    check_images(Twin("global_max_pool2d"), x, num_axes=2)
    return _largest_pixel(x)


def global_max_pool2d_backward(grad_y: Tensor, x: Tensor) -> Tensor:
    """Twin of `numpy_ops.global_max_pool2d_backward`, computed by autograd."""
    check_global_pool_grad(Twin("global_max_pool2d_backward"), grad_y, x)
    return gradients(_largest_pixel, grad_y, x)[0]


def _largest_pixel(x: Tensor) -> Tensor:
    # Not x.amax: that would split the gradient between equal values.
    return F.max_pool2d(x, x.shape[2:]).flatten(1)
