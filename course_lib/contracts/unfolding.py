"""Promises of im2col, col2im and padding."""

import math
from typing import Any, NamedTuple

from course_lib.checks import (
    per_axis,
    require_axes,
    require_int,
    require_number,
    require_room,
    require_shape,
    shape_text,
)
from course_lib.contracts.arrays import require_float
from course_lib.contracts.convolution import ConvGeometry, conv_geometry
from course_lib.errors import InvalidValue


class Columns(NamedTuple):
    """How columns (N, C * K_h * K_w, H_out * W_out) and an image (N, C, H, W) belong together."""

    image_shape: tuple[int, int, int, int]
    columns_shape: tuple[int, int, int]
    kernel: tuple[int, int]
    geometry: ConvGeometry


class Padding(NamedTuple):
    """One (before, after) pair an image axis, the shape of the result, and what to fill in."""

    pairs: tuple[tuple[int, int], tuple[int, int]]
    shape: tuple[int, int, int, int]
    value: float


def check_im2col(
    operation: str,
    x: Any,
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int],
    padding: int | tuple[int, int],
    dilation: int | tuple[int, int],
) -> Columns:
    """Raise TypeError or ValueError unless `x` can be laid out as columns."""
    require_float(operation, x=x)
    require_axes(operation, "x", x, "N, C, H, W")
    return _columns(
        operation, "x", x, tuple(x.shape), kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation,
    )  # fmt: skip


def check_col2im(
    operation: str,
    columns: Any,
    *,
    output_size: int | tuple[int, int],
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int],
    padding: int | tuple[int, int],
    dilation: int | tuple[int, int],
) -> Columns:
    """Raise TypeError or ValueError unless `columns` fit an image of `output_size`."""
    require_float(operation, columns=columns)
    require_axes(operation, "columns", columns, "N, C * K_h * K_w, H_out * W_out")
    height, width = per_axis(operation, "output_size", output_size, num_axes=2, minimum=1)
    kernel = per_axis(operation, "kernel_size", kernel_size, num_axes=2, minimum=1)
    if columns.shape[1] % math.prod(kernel):
        raise InvalidValue(
            operation, received=f"columns with shape {shape_text(columns)} and "
            f"kernel_size={kernel}",
            needed=f"columns.shape[1] divisible by the {math.prod(kernel)} taps of the kernel",
            fix="use the kernel_size that im2col was called with")  # fmt: skip
    shape = (columns.shape[0], columns.shape[1] // math.prod(kernel), height, width)
    layout = _columns(
        operation, "columns", columns, shape, kernel_size=kernel_size, stride=stride,
        padding=padding, dilation=dilation,
    )  # fmt: skip
    why = f"one column for each window on an image of {height, width}"
    require_shape(operation, "columns", columns, layout.columns_shape, why)
    return layout


def check_pad2d(
    operation: str, x: Any, *, padding: int | tuple[int, int, int, int], value: float
) -> Padding:
    """Raise TypeError or ValueError unless `x` can be padded."""
    require_float(operation, x=x)
    require_axes(operation, "x", x, "N, C, H, W")
    sides = padding if isinstance(padding, tuple | list) else (padding,) * 4
    if len(sides) != 4:
        raise InvalidValue(
            operation, received=f"padding={tuple(sides)} with {len(sides)} numbers",
            needed="padding as one int or as (left, right, top, bottom)",
            fix="give one number for each side")  # fmt: skip
    left, right, top, bottom = (
        require_int(operation, "padding", side, minimum=0) for side in sides
    )
    n, c, h, w = x.shape
    shape = (n, c, h + top + bottom, w + left + right)
    require_room(operation, f"padding={padding}", shape)
    value = require_number(operation, "value", value)
    return Padding(((top, bottom), (left, right)), shape, value)


def _columns(
    operation: str,
    name: str,
    given: Any,
    image_shape: tuple[int, int, int, int],
    *,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int],
    padding: int | tuple[int, int],
    dilation: int | tuple[int, int],
) -> Columns:
    require_room(operation, f"an image of {image_shape[2:]}", image_shape)
    k_h, k_w = per_axis(operation, "kernel_size", kernel_size, num_axes=2, minimum=1)
    pads = per_axis(operation, "padding", padding, num_axes=2, minimum=0)
    n, c, *size = image_shape
    described = f"{name} with shape {shape_text(given)}, an image of {tuple(size)}"
    described += f" and kernel_size={k_h, k_w}"
    geometry = conv_geometry(
        operation, described, tuple(size), (k_h, k_w), stride=stride, padding=pads,
        dilation=dilation,
    )  # fmt: skip
    columns_shape = (n, c * k_h * k_w, math.prod(geometry.output_size))
    return Columns(image_shape, columns_shape, (k_h, k_w), geometry)
