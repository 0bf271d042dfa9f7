"""Columns and padding in PyTorch: `unfold`, `fold` and `pad`.

twin: course_lib/numpy_ops/unfolding.py (its docstrings hold for this file too)
"""

import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.arrays import Twin, require_grad
from course_lib.contracts.unfolding import (
    Columns,
    Padding,
    check_col2im,
    check_im2col,
    check_pad2d,
)
from course_lib.torch_ops.autograd import gradients

__all__ = [  # noqa: RUF022 (in the order of the course)
    "im2col",
    "im2col_backward",
    "col2im",
    "col2im_backward",
    "pad2d",
    "pad2d_backward",
]


def im2col(
    x: Tensor,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> Tensor:
    """Twin of `numpy_ops.im2col`."""
    layout = check_im2col(
        Twin("im2col"),
        x,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
    )
    return _unfold(x, layout)


def im2col_backward(
    grad_y: Tensor,
    x: Tensor,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> Tensor:
    """Twin of `numpy_ops.im2col_backward`, computed by autograd."""
    layout = check_im2col(
        Twin("im2col_backward"), x, kernel_size=kernel_size, stride=stride, padding=padding,
        dilation=dilation,
    )  # fmt: skip
    require_grad(Twin("im2col_backward"), grad_y, layout.columns_shape, x=x)
    return gradients(lambda x: _unfold(x, layout), grad_y, x)[0]


def col2im(
    columns: Tensor,
    *,
    output_size: int | tuple[int, int],
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> Tensor:
    """Twin of `numpy_ops.col2im`."""
    layout = check_col2im(
        Twin("col2im"), columns, output_size=output_size, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation,
    )  # fmt: skip
    return _fold(columns, layout)


def col2im_backward(
    grad_y: Tensor,
    columns: Tensor,
    *,
    output_size: int | tuple[int, int],
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> Tensor:
    """Twin of `numpy_ops.col2im_backward`, computed by autograd."""
    layout = check_col2im(
        Twin("col2im_backward"), columns, output_size=output_size, kernel_size=kernel_size,
        stride=stride, padding=padding, dilation=dilation,
    )  # fmt: skip
    require_grad(Twin("col2im_backward"), grad_y, layout.image_shape, columns=columns)
    return gradients(lambda columns: _fold(columns, layout), grad_y, columns)[0]


def pad2d(x: Tensor, *, padding: int | tuple[int, int, int, int], value: float = 0.0) -> Tensor:
    """Twin of `numpy_ops.pad2d`."""
    return _pad(x, check_pad2d(Twin("pad2d"), x, padding=padding, value=value))


def pad2d_backward(
    grad_y: Tensor,
    x: Tensor,
    *,
    padding: int | tuple[int, int, int, int],
    value: float = 0.0,
) -> Tensor:
    """Twin of `numpy_ops.pad2d_backward`, computed by autograd."""
    target = check_pad2d(Twin("pad2d_backward"), x, padding=padding, value=value)
    require_grad(Twin("pad2d_backward"), grad_y, target.shape, x=x)
    return gradients(lambda x: _pad(x, target), grad_y, x)[0]


def _unfold(x: Tensor, layout: Columns) -> Tensor:
    stride, pairs, dilation, _, _ = layout.geometry
    padding = tuple(before for before, _ in pairs)
    if 0 in x.shape[:2]:  # which PyTorch refuses where there are no channels
        return x.new_zeros(layout.columns_shape) + 0 * x.sum()
    return F.unfold(x, layout.kernel, dilation=dilation, padding=padding, stride=stride)


def _fold(columns: Tensor, layout: Columns) -> Tensor:
    stride, pairs, dilation, _, _ = layout.geometry
    padding = tuple(before for before, _ in pairs)
    size = layout.image_shape[2:]
    if 0 in columns.shape[:2]:
        return columns.new_zeros(layout.image_shape) + 0 * columns.sum()
    return F.fold(columns, size, layout.kernel, dilation=dilation, padding=padding, stride=stride)


def _pad(x: Tensor, target: Padding) -> Tensor:
    top_bottom, left_right = target.pairs
    return F.pad(x, (*left_right, *top_bottom), value=target.value)
