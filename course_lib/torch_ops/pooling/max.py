"""Max pooling in PyTorch: one call forward, autograd backward.

twin: course_lib/numpy_ops/pooling/max.py (its docstrings hold for this file too)
"""

from functools import partial

import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.arrays import Twin
from course_lib.contracts.pooling import PoolGeometry, check_pool, check_pool_grad
from course_lib.torch_ops.autograd import gradients

__all__ = [
    "max_pool1d",
    "max_pool1d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool3d",
    "max_pool3d_backward",
]

MAX_POOL = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}


def max_pool1d(
    x: Tensor,
    *,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    dilation: int | tuple[int] = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """Twin of `numpy_ops.max_pool1d`."""
    geometry = check_pool(
        Twin("max_pool1d"), x, num_axes=1, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    return max_windows(x, geometry, ceil_mode)


def max_pool1d_backward(
    grad_y: Tensor,
    x: Tensor,
    *,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    dilation: int | tuple[int] = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """Twin of `numpy_ops.max_pool1d_backward`, computed by autograd."""
    geometry = check_pool(
        Twin("max_pool1d_backward"), x, num_axes=1, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    check_pool_grad(Twin("max_pool1d_backward"), grad_y, x, geometry.output_size)
    forward = partial(max_windows, geometry=geometry, ceil_mode=ceil_mode)
    return gradients(forward, grad_y, x)[0]


def max_pool2d(
    x: Tensor,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """Twin of `numpy_ops.max_pool2d`."""
    geometry = check_pool(
        Twin("max_pool2d"), x, num_axes=2, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    return max_windows(x, geometry, ceil_mode)


def max_pool2d_backward(
    grad_y: Tensor,
    x: Tensor,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """Twin of `numpy_ops.max_pool2d_backward`, computed by autograd."""
    geometry = check_pool(
        Twin("max_pool2d_backward"), x, num_axes=2, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    check_pool_grad(Twin("max_pool2d_backward"), grad_y, x, geometry.output_size)
    forward = partial(max_windows, geometry=geometry, ceil_mode=ceil_mode)
    return gradients(forward, grad_y, x)[0]


def max_pool3d(
    x: Tensor,
    *,
    kernel_size: int | tuple[int, int, int],
    stride: int | tuple[int, int, int] | None = None,
    padding: int | tuple[int, int, int] = 0,
    dilation: int | tuple[int, int, int] = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """Twin of `numpy_ops.max_pool3d`."""
    geometry = check_pool(
        Twin("max_pool3d"), x, num_axes=3, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    return max_windows(x, geometry, ceil_mode)


def max_pool3d_backward(
    grad_y: Tensor,
    x: Tensor,
    *,
    kernel_size: int | tuple[int, int, int],
    stride: int | tuple[int, int, int] | None = None,
    padding: int | tuple[int, int, int] = 0,
    dilation: int | tuple[int, int, int] = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """Twin of `numpy_ops.max_pool3d_backward`, computed by autograd."""
    geometry = check_pool(
        Twin("max_pool3d_backward"), x, num_axes=3, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    check_pool_grad(Twin("max_pool3d_backward"), grad_y, x, geometry.output_size)
    forward = partial(max_windows, geometry=geometry, ceil_mode=ceil_mode)
    return gradients(forward, grad_y, x)[0]


def max_windows(x: Tensor, geometry: PoolGeometry, ceil_mode: bool) -> Tensor:
    """Call the max pooling of the rank of `x`."""
    padding = tuple(before for before, _ in geometry.padding)
    pool = MAX_POOL[len(geometry.kernel)]
    return pool(x, geometry.kernel, geometry.stride, padding, geometry.dilation, ceil_mode)
