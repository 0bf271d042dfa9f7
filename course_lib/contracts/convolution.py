"""Promises of the convolutions: which input is valid, and what the gradients are called."""

from typing import Any, NamedTuple

from course_lib.checks import (
    per_axis,
    require_axes,
    require_choice,
    require_flag,
    require_int,
    require_room,
    require_shape,
    shape_text,
)
from course_lib.contracts.arrays import require_float, require_grad
from course_lib.errors import InvalidValue
from course_lib.shapes import count_windows

SPATIAL_AXES = {1: "L", 2: "H, W", 3: "D, H, W"}
KERNEL_AXES = {1: "K", 2: "K_h, K_w", 3: "K_d, K_h, K_w"}


class ConvGrads(NamedTuple):
    """Gradients of a scalar loss with respect to the inputs of a convolution.

    `grad_x` is None when it was not asked for; `grad_bias` is what a bias of zeros would get
    when the convolution had none.
    """

    grad_x: Any
    grad_weight: Any
    grad_bias: Any


class ConvGeometry(NamedTuple):
    """Options of a convolution, spelled out for each spatial axis.

    `padding` holds one pair (before, after) an axis, in pixels: "same" may need one more after.
    """

    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    groups: int
    output_size: tuple[int, ...]

    def with_plain_axis(self, output_size: int) -> "ConvGeometry":
        """Add a last axis along which the kernel has one tap, which moves in single steps.

        Examples
        --------
        >>> along_a_signal = ConvGeometry((2,), ((1, 1),), (1,), groups=1, output_size=(5,))
        >>> along_a_signal.with_plain_axis(1).stride  # on an image of one column
        (2, 1)
        """
        return ConvGeometry(
            stride=(*self.stride, 1),
            padding=(*self.padding, (0, 0)),
            dilation=(*self.dilation, 1),
            groups=self.groups,
            output_size=(*self.output_size, output_size),
        )


def check_conv(
    operation: str,
    x: Any,
    weight: Any,
    bias: Any,
    *,
    num_axes: int,
    stride: int | tuple[int, ...],
    padding: int | tuple[int, ...] | str,
    dilation: int | tuple[int, ...],
    groups: int,
) -> ConvGeometry:
    """Raise TypeError or ValueError unless the convolution is valid; return its geometry."""
    require_float(operation, x=x, weight=weight, optional={"bias": bias})
    require_axes(operation, "x", x, f"N, C_in, {SPATIAL_AXES[num_axes]}")
    require_axes(operation, "weight", weight, f"C_out, C_in / groups, {KERNEL_AXES[num_axes]}")
    groups = require_int(operation, "groups", groups, minimum=1)
    _check_channels(operation, x, weight, groups)
    if bias is not None:
        require_shape(operation, "bias", bias, (weight.shape[0],), "one number an output channel")
    kernel = tuple(weight.shape[2:])
    described = f"x with shape {shape_text(x)} and weight with shape {shape_text(weight)}"
    return conv_geometry(
        operation, described, tuple(x.shape[2:]), kernel, stride=stride, padding=padding,
        dilation=dilation, groups=groups,
    )  # fmt: skip


def conv_geometry(
    operation: str,
    described: str,
    size: tuple[int, ...],
    kernel: tuple[int, ...],
    *,
    stride: int | tuple[int, ...],
    padding: int | tuple[int, ...] | str,
    dilation: int | tuple[int, ...],
    groups: int = 1,
) -> ConvGeometry:
    """Count where a kernel of `kernel` taps fits on `size` pixels; `described` is for the texts."""
    require_kernel(operation, described, kernel)
    stride = per_axis(operation, "stride", stride, num_axes=len(size), minimum=1)
    dilation = per_axis(operation, "dilation", dilation, num_axes=len(size), minimum=1)
    spans = tuple(d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True))
    pads = _padding_pairs(operation, padding, spans, stride)
    padded = tuple(pixels + sum(pair) for pixels, pair in zip(size, pads, strict=True))
    require_room(operation, f"{described} and padding={padding}", padded)
    output_size = tuple(
        count_windows(operation, described, *axis)
        for axis in zip(padded, spans, stride, strict=True)
    )
    stride, dilation = within(stride, padded), within(dilation, padded)
    return ConvGeometry(stride, pads, dilation, groups, output_size)


def within(steps: tuple[int, ...], padded: tuple[int, ...]) -> tuple[int, ...]:
    """Shorten steps that lead beyond the padded input to its size, which does so too.

    A single window or a single tap goes nowhere, however long its step; algorithms count phases.

    Examples
    --------
    >>> within((2, 10**12), (7, 9))
    (2, 9)
    """
    return tuple(map(min, steps, padded))


def require_kernel(operation: str, described: str, kernel: tuple[int, ...]) -> None:
    """Raise ValueError unless the kernel has at least one pixel on each axis."""
    if min(kernel) < 1:
        raise InvalidValue(
            operation, received=described, needed="a kernel of at least 1 pixel on each axis",
            fix="use a kernel size of 1 or more")  # fmt: skip


def check_conv_grad(
    operation: str,
    grad_y: Any,
    x: Any,
    weight: Any,
    geometry: ConvGeometry,
    *,
    needs_grad_x: Any = True,
) -> None:
    """Raise TypeError or ValueError unless `grad_y` fits the output of a checked convolution."""
    require_flag(operation, "needs_grad_x", needs_grad_x)
    require_grad(operation, grad_y, (x.shape[0], weight.shape[0], *geometry.output_size), x=x)


def _check_channels(operation: str, x: Any, weight: Any, groups: int) -> None:
    shapes = f"x with shape {shape_text(x)} and weight with shape {shape_text(weight)}"
    if x.shape[1] % groups or weight.shape[0] % groups:
        raise InvalidValue(
            operation, received=f"{shapes} with groups={groups}",
            needed="C_in and C_out divisible by groups",
            fix="choose groups that divides both")  # fmt: skip
    if weight.shape[1] * groups != x.shape[1]:
        raise InvalidValue(
            operation, received=f"{shapes} with groups={groups}",
            needed="equal C_in: weight.shape[1] * groups == x.shape[1]",
            fix="check that x is (N, C, ...), channels first, and the weight was made for it",
        )  # fmt: skip


def _padding_pairs(
    operation: str, padding: Any, spans: tuple[int, ...], stride: tuple[int, ...]
) -> tuple[tuple[int, int], ...]:
    """Turn an int, a tuple, "valid" or "same" into one (before, after) pair an axis."""
    if not isinstance(padding, str):
        pads = per_axis(operation, "padding", padding, num_axes=len(spans), minimum=0)
        return tuple((p, p) for p in pads)
    if require_choice(operation, "padding", padding, ("valid", "same")) == "valid":
        return ((0, 0),) * len(spans)
    if max(stride) > 1:
        raise InvalidValue(
            operation, received=f'padding="same" with stride={stride}',
            needed='stride 1 with padding="same"', fix="give the padding as numbers")  # fmt: skip
    return tuple(((span - 1) // 2, span // 2) for span in spans)
