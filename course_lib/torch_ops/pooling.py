"""Pooling in PyTorch: one call forward, autograd backward.

twin: course_lib/numpy_ops/pooling.py (its docstrings hold for this file too)
"""

from functools import partial

from torch import Tensor

from course_lib.contracts.pooling import check_avg_pool, check_pool, check_pool_grad
from course_lib.torch_ops._pooling_1d import (
    avg_pool1d,
    avg_pool1d_backward,
    max_pool1d,
    max_pool1d_backward,
)
from course_lib.torch_ops._pooling_3d import (
    avg_pool3d,
    avg_pool3d_backward,
    max_pool3d,
    max_pool3d_backward,
)
from course_lib.torch_ops._pooling_blur import blur_pool2d, blur_pool2d_backward
from course_lib.torch_ops._pooling_whole import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    global_max_pool2d,
    global_max_pool2d_backward,
)
from course_lib.torch_ops._pooling_windows import average_windows, max_windows
from course_lib.torch_ops.autograd import gradients

__all__ = [  # noqa: RUF022 (in the order of the course)
    "max_pool1d",
    "max_pool1d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool3d",
    "max_pool3d_backward",
    "avg_pool1d",
    "avg_pool1d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "avg_pool3d",
    "avg_pool3d_backward",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "global_avg_pool2d",
    "global_avg_pool2d_backward",
    "global_max_pool2d",
    "global_max_pool2d_backward",
    "blur_pool2d",
    "blur_pool2d_backward",
]


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
        "max_pool2d_backward", x, num_axes=2, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    check_pool_grad("max_pool2d_backward", grad_y, x, geometry.output_size)
    forward = partial(max_windows, geometry=geometry, ceil_mode=ceil_mode)
    return gradients(forward, grad_y, x)[0]


def avg_pool2d(
    x: Tensor,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Twin of `numpy_ops.avg_pool2d`."""
    geometry = check_avg_pool(
        "avg_pool2d", x, num_axes=2, kernel_size=kernel_size, stride=stride, padding=padding,
        ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    return average_windows(x, geometry, ceil_mode, count_include_pad)


def avg_pool2d_backward(
    grad_y: Tensor,
    x: Tensor,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Twin of `numpy_ops.avg_pool2d_backward`, computed by autograd."""
    geometry = check_avg_pool(
        "avg_pool2d_backward", x, num_axes=2, kernel_size=kernel_size, stride=stride,
        padding=padding, ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    check_pool_grad("avg_pool2d_backward", grad_y, x, geometry.output_size)
    return gradients(
        lambda x: average_windows(x, geometry, ceil_mode, count_include_pad), grad_y, x
    )[0]
