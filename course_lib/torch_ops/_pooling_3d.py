"""Twins of `numpy_ops._pooling_3d`."""

from functools import partial

from torch import Tensor

from course_lib.contracts.pooling import check_avg_pool, check_pool, check_pool_grad
from course_lib.torch_ops._pooling_windows import average_windows, max_windows
from course_lib.torch_ops.autograd import gradients


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
        "max_pool3d", x, num_axes=3, kernel_size=kernel_size, stride=stride, padding=padding,
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
        "max_pool3d_backward", x, num_axes=3, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation, ceil_mode=ceil_mode,
    )  # fmt: skip
    check_pool_grad("max_pool3d_backward", grad_y, x, geometry.output_size)
    forward = partial(max_windows, geometry=geometry, ceil_mode=ceil_mode)
    return gradients(forward, grad_y, x)[0]


def avg_pool3d(
    x: Tensor,
    *,
    kernel_size: int | tuple[int, int, int],
    stride: int | tuple[int, int, int] | None = None,
    padding: int | tuple[int, int, int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Twin of `numpy_ops.avg_pool3d`."""
    geometry = check_avg_pool(
        "avg_pool3d", x, num_axes=3, kernel_size=kernel_size, stride=stride, padding=padding,
        ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    return average_windows(x, geometry, ceil_mode, count_include_pad)


def avg_pool3d_backward(
    grad_y: Tensor,
    x: Tensor,
    *,
    kernel_size: int | tuple[int, int, int],
    stride: int | tuple[int, int, int] | None = None,
    padding: int | tuple[int, int, int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Twin of `numpy_ops.avg_pool3d_backward`, computed by autograd."""
    geometry = check_avg_pool(
        "avg_pool3d_backward", x, num_axes=3, kernel_size=kernel_size, stride=stride,
        padding=padding, ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    check_pool_grad("avg_pool3d_backward", grad_y, x, geometry.output_size)
    return gradients(
        lambda x: average_windows(x, geometry, ceil_mode, count_include_pad), grad_y, x
    )[0]
