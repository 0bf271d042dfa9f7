"""Pooling in PyTorch: one call forward, autograd backward.

twin: course_lib/numpy_ops/pooling.py (its docstrings hold for this file too)
"""

import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.pooling import PoolGeometry, check_pool, check_pool_grad
from course_lib.torch_ops.autograd import gradients

MAX_POOL = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}


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
        "max_pool2d", x, num_axes=2, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    return _max_pool(x, geometry, ceil_mode)


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
        "max_pool2d_backward", x, num_axes=2, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    check_pool_grad("max_pool2d_backward", grad_y, x, geometry.output_size)
    return gradients(lambda x: _max_pool(x, geometry, ceil_mode), grad_y, x)[0]


def _max_pool(x: Tensor, geometry: PoolGeometry, ceil_mode: bool) -> Tensor:
    padding = [before for before, _ in geometry.padding]
    pool = MAX_POOL[len(geometry.kernel)]
    return pool(x, geometry.kernel, geometry.stride, padding, geometry.dilation, ceil_mode)
