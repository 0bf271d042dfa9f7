"""Promises of the transposed convolution."""

from typing import Any, NamedTuple

from course_lib.checks import (
    per_axis,
    require_axes,
    require_flag,
    require_int,
    require_room,
    require_shape,
    shape_text,
)
from course_lib.contracts.arrays import require_float, require_grad
from course_lib.contracts.convolution import ConvGeometry, require_kernel, within
from course_lib.errors import InvalidValue
from course_lib.shapes import transposed_size


class ConvTransposeGeometry(NamedTuple):
    """The convolution that is transposed, and the size (H_out, W_out) of its input, our output."""

    convolution: ConvGeometry
    output_size: tuple[int, int]


def check_conv_transpose2d(
    operation: str,
    x: Any,
    weight: Any,
    bias: Any,
    *,
    stride: int | tuple[int, int],
    padding: int | tuple[int, int],
    output_padding: int | tuple[int, int],
    dilation: int | tuple[int, int],
    groups: int,
) -> ConvTransposeGeometry:
    """Raise TypeError or ValueError unless the transposed convolution is valid."""
    require_float(operation, x=x, weight=weight, optional={"bias": bias})
    require_axes(operation, "x", x, "N, C_in, H, W")
    require_axes(operation, "weight", weight, "C_in, C_out / groups, K_h, K_w")
    groups = require_int(operation, "groups", groups, minimum=1)
    described = f"x with shape {shape_text(x)} and weight with shape {shape_text(weight)}"
    _check_channels(operation, described, x, weight, groups)
    if bias is not None:
        num_channels = weight.shape[1] * groups
        require_shape(operation, "bias", bias, (num_channels,), "one number an output channel")
    require_kernel(operation, described, tuple(weight.shape[2:]))
    strides = per_axis(operation, "stride", stride, num_axes=2, minimum=1)
    dilations = per_axis(operation, "dilation", dilation, num_axes=2, minimum=1)
    pads = per_axis(operation, "padding", padding, num_axes=2, minimum=0)
    extra = per_axis(operation, "output_padding", output_padding, num_axes=2, minimum=0)
    h_out, w_out = (
        transposed_size(
            operation, described, x.shape[2 + axis], weight.shape[2 + axis], stride=strides[axis],
            padding=pads[axis], output_padding=extra[axis], dilation=dilations[axis],
        )
        for axis in range(2)
    )  # fmt: skip
    shape = (x.shape[0], weight.shape[1] * groups, h_out, w_out)
    require_room(operation, f"{described} with stride={stride}", shape)
    # One pixel goes nowhere, however long the step; PyTorch's numbers end at 2**31.
    padded = (h_out + 2 * pads[0], w_out + 2 * pads[1])
    strides, dilations = within(strides, padded), within(dilations, padded)
    pairs = tuple((p, p) for p in pads)
    convolution = ConvGeometry(strides, pairs, dilations, groups, tuple(x.shape[2:]))
    return ConvTransposeGeometry(convolution, (h_out, w_out))


def check_conv_transpose2d_grad(
    operation: str,
    grad_y: Any,
    x: Any,
    weight: Any,
    geometry: ConvTransposeGeometry,
    *,
    needs_grad_x: Any,
) -> None:
    """Raise TypeError or ValueError unless `grad_y` fits the output of a checked call."""
    require_flag(operation, "needs_grad_x", needs_grad_x)
    num_channels = weight.shape[1] * geometry.convolution.groups
    require_grad(operation, grad_y, (x.shape[0], num_channels, *geometry.output_size), x=x)


def _check_channels(operation: str, described: str, x: Any, weight: Any, groups: int) -> None:
    if x.shape[1] % groups:
        raise InvalidValue(
            operation, received=f"{described} with groups={groups}",
            needed="C_in divisible by groups", fix="choose groups that divides C_in")  # fmt: skip
    if weight.shape[0] != x.shape[1]:
        raise InvalidValue(
            operation, received=described, needed="equal C_in: weight.shape[0] == x.shape[1]",
            fix="check that x is (N, C, H, W), channels first, and that the weight is (C_in, C_out "
            "/ groups, K_h, K_w), input channels first")  # fmt: skip
