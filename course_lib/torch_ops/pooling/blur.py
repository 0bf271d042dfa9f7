"""Twins of `numpy_ops.pooling.blur`."""

import math

import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.arrays import Twin
from course_lib.contracts.pooling import PoolGeometry, check_blur_pool, check_pool_grad
from course_lib.torch_ops.autograd import gradients

__all__ = [
    "blur_pool2d",
    "blur_pool2d_backward",
]


def blur_pool2d(x: Tensor, *, kernel_size: int = 3, stride: int = 2) -> Tensor:
    """Twin of `numpy_ops.blur_pool2d`."""
    geometry = check_blur_pool(Twin("blur_pool2d"), x, kernel_size=kernel_size, stride=stride)
    return _blur_pool(x, geometry)


def blur_pool2d_backward(
    grad_y: Tensor, x: Tensor, *, kernel_size: int = 3, stride: int = 2
) -> Tensor:
    """Twin of `numpy_ops.blur_pool2d_backward`, computed by autograd."""
    geometry = check_blur_pool(
        Twin("blur_pool2d_backward"), x, kernel_size=kernel_size, stride=stride
    )
    check_pool_grad(Twin("blur_pool2d_backward"), grad_y, x, geometry.output_size)
    return gradients(lambda x: _blur_pool(x, geometry), grad_y, x)[0]


def _blur_pool(x: Tensor, geometry: PoolGeometry) -> Tensor:
    """Convolve each channel on its own with the binomial filter, rims mirrored."""
    if x.shape[0] == 0:  # F.pad mirrors no empty batch
        return x.new_zeros((0, x.shape[1], *geometry.output_size)) + 0 * x.sum()
    kernel_size, num_channels = geometry.kernel[0], x.shape[1]
    x_pad = F.pad(x, geometry.padding[0] * 2, mode="reflect")
    row = x.new_tensor([math.comb(kernel_size - 1, tap) for tap in range(kernel_size)])
    row = row / 2 ** (kernel_size - 1)
    weight = (row[:, None] * row).expand(num_channels, 1, kernel_size, kernel_size)
    return F.conv2d(x_pad, weight, stride=geometry.stride, groups=num_channels)
