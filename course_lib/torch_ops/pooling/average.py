"""Average pooling in PyTorch: one call forward, autograd backward.

twin: course_lib/numpy_ops/pooling/average.py (its docstrings hold for this file too)
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.arrays import Twin
from course_lib.contracts.pooling import PoolGeometry, check_avg_pool, check_pool_grad
from course_lib.torch_ops.autograd import gradients

__all__ = [
    "avg_pool1d",
    "avg_pool1d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "avg_pool3d",
    "avg_pool3d_backward",
]

AVG_POOL = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


def avg_pool1d(
    x: Tensor,
    *,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Twin of `numpy_ops.avg_pool1d`."""
    geometry = check_avg_pool(
        Twin("avg_pool1d"), x, num_axes=1, kernel_size=kernel_size, stride=stride, padding=padding,
        ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    return average_windows(x, geometry, ceil_mode, count_include_pad)


def avg_pool1d_backward(
    grad_y: Tensor,
    x: Tensor,
    *,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Twin of `numpy_ops.avg_pool1d_backward`, computed by autograd."""
    geometry = check_avg_pool(
        Twin("avg_pool1d_backward"), x, num_axes=1, kernel_size=kernel_size, stride=stride,
        padding=padding, ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    check_pool_grad(Twin("avg_pool1d_backward"), grad_y, x, geometry.output_size)
    return gradients(
        lambda x: average_windows(x, geometry, ceil_mode, count_include_pad), grad_y, x
    )[0]


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
        Twin("avg_pool2d"), x, num_axes=2, kernel_size=kernel_size, stride=stride, padding=padding,
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
        Twin("avg_pool2d_backward"), x, num_axes=2, kernel_size=kernel_size, stride=stride,
        padding=padding, ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    check_pool_grad(Twin("avg_pool2d_backward"), grad_y, x, geometry.output_size)
    return gradients(
        lambda x: average_windows(x, geometry, ceil_mode, count_include_pad), grad_y, x
    )[0]


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
        Twin("avg_pool3d"), x, num_axes=3, kernel_size=kernel_size, stride=stride, padding=padding,
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
        Twin("avg_pool3d_backward"), x, num_axes=3, kernel_size=kernel_size, stride=stride,
        padding=padding, ceil_mode=ceil_mode, count_include_pad=count_include_pad,
    )  # fmt: skip
    check_pool_grad(Twin("avg_pool3d_backward"), grad_y, x, geometry.output_size)
    return gradients(
        lambda x: average_windows(x, geometry, ceil_mode, count_include_pad), grad_y, x
    )[0]


def average_windows(
    x: Tensor, geometry: PoolGeometry, ceil_mode: bool, count_include_pad: bool
) -> Tensor:
    """Call the average pooling of the rank of `x`."""
    padding = tuple(before for before, _ in geometry.padding)
    pool = AVG_POOL[len(geometry.kernel)]
    if any(k > pixels for k, pixels in zip(geometry.kernel, x.shape[2:], strict=True)):
        return _average_beyond(x, geometry, count_include_pad)
    if pool is F.avg_pool3d and x.dtype in (torch.float16, torch.bfloat16):
        # The CPU has no avg_pool3d in half precision.
        args = (geometry.kernel, geometry.stride, padding, ceil_mode, count_include_pad)
        return pool(x.float(), *args).to(x.dtype)
    return pool(x, geometry.kernel, geometry.stride, padding, ceil_mode, count_include_pad)


def _average_beyond(x: Tensor, geometry: PoolGeometry, count_include_pad: bool) -> Tensor:
    """Average windows longer than the image, which `F.avg_pool3d` refuses or reads wrongly.

    What a window sums is divided by what it counts: the pixels, and the padding if asked for.
    """
    pool = AVG_POOL[len(geometry.kernel)]
    wide = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
    counted = torch.ones((1, 1, *x.shape[2:]), dtype=wide.dtype, device=x.device)
    # `F.pad` names the last axis first; ceil_mode may read more than the padding asked for.
    sides = [side for before, after in geometry.padding[::-1] for side in (before, after)]
    asked = [side for before, _ in geometry.padding[::-1] for side in (before, before)]
    if count_include_pad:
        counted = F.pad(counted, asked, value=1.0)
        sides_of_counts = [side - before for side, before in zip(sides, asked, strict=True)]
    else:
        sides_of_counts = sides
    total, count = (
        pool(F.pad(a, around), geometry.kernel, geometry.stride)
        for a, around in ((wide, sides), (counted, sides_of_counts))
    )
    return (total / count).to(x.dtype)
