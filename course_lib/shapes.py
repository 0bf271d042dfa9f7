"""Axis letters and size formulas shared by both twins.

N batch        C_in, C_out input and output channels     H, W image rows and columns
L length (1-D) D depth (3-D)                             K_h, K_w kernel rows and columns
H_out, W_out output rows and columns                     G groups
"""

from typing import NamedTuple

from course_lib.checks import require_flag, require_int
from course_lib.errors import InvalidValue


def conv_output_size(
    size: int, kernel: int, *, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """Count the window positions along one axis; positions that do not fit whole are dropped.

    floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1

    Parameters
    ----------
    size : int
        Length of the input axis, in pixels.
    kernel : int
        Number of taps of the kernel along this axis.
    stride : int, default=1
        Step between neighboring windows, in pixels.
    padding : int, default=0
        Zeros added on *each* of the two sides, in pixels.
    dilation : int, default=1
        Distance between neighboring taps, in pixels.

    Returns
    -------
    int
        Length of the output axis, at least 1.

    Raises
    ------
    TypeError
        If an argument is not an int.
    ValueError
        If `size`, `kernel`, `stride` or `dilation` is below 1, `padding` below 0, or the kernel
        is larger than the padded input.

    References
    ----------
    Dumoulin and Visin, 2016, arXiv:1603.07285, relationship 6; with dilation, relationship 15.

    Examples
    --------
    >>> conv_output_size(5, 3)
    3
    >>> conv_output_size(224, 7, stride=2, padding=3)  # 112.5 before the floor
    112
    """
    operation = "conv_output_size"
    size, kernel, stride, dilation = _lengths(operation, size, kernel, stride, dilation)
    padding = require_int(operation, "padding", padding, minimum=0)
    described = f"size={size}, kernel={kernel}, padding={padding} and dilation={dilation}"
    span = dilation * (kernel - 1) + 1
    return count_windows(operation, described, size + 2 * padding, span, stride)


def _lengths(operation: str, *values: int) -> list[int]:
    """Return size, kernel, stride and dilation as plain ints of at least 1, or raise."""
    names = ("size", "kernel", "stride", "dilation")
    return [
        require_int(operation, name, value, minimum=1)
        for name, value in zip(names, values, strict=True)
    ]


def count_windows(operation: str, described: str, size: int, span: int, stride: int) -> int:
    """Count where a kernel that spans `span` pixels fits on a padded axis of `size` pixels.

    The numbers are checked already; `described` says in the text of a ValueError where they
    come from.
    """
    if span > size:
        raise InvalidValue(
            operation,
            received=f"{described}: a kernel that spans {span} pixels on a padded axis of {size}",
            needed="a kernel no larger than the padded input",
            fix="pad more or use a smaller kernel or dilation")  # fmt: skip
    return (size - span) // stride + 1


def pool_output_size(
    size: int,
    kernel: int,
    *,
    stride: int | None = None,
    padding: int = 0,
    dilation: int = 1,
    ceil_mode: bool = False,
) -> int:
    """Count the pooling windows along one axis.

    As `conv_output_size`, with `stride` equal to `kernel` unless given. With `ceil_mode` the
    division rounds up, and a last window that would start in the right padding is dropped.

    Parameters
    ----------
    size, kernel : int
        As for `conv_output_size`, in pixels.
    stride : int or None, default=None
        Step between windows, in pixels; None means `kernel`: windows that touch, not overlap.
    padding, dilation : int
        As for `conv_output_size`, in pixels.
    ceil_mode : bool, default=False
        Keep a last window that sticks out of the padded input.

    Returns
    -------
    int
        Length of the output axis, at least 1.

    Raises
    ------
    TypeError, ValueError
        As `conv_output_size`; ValueError also if `padding` is above half of `kernel`.

    References
    ----------
    `torch.nn.MaxPool2d`, "Shape" and the note on `ceil_mode`.

    Examples
    --------
    >>> pool_output_size(55, 3, stride=2)
    27
    >>> pool_output_size(5, 2), pool_output_size(5, 2, ceil_mode=True)
    (2, 3)
    """
    stride = kernel if stride is None else stride
    operation = "pool_output_size"
    size, kernel, stride, dilation = _lengths(operation, size, kernel, stride, dilation)
    padding = require_int(operation, "padding", padding, minimum=0)
    require_flag(operation, "ceil_mode", ceil_mode)
    axis = PooledAxis(size, kernel, stride, padding, dilation)
    return count_pool_windows(operation, f"size={size}", axis, ceil_mode=ceil_mode)


class PooledAxis(NamedTuple):
    """An axis that is pooled, and the options along it, in pixels."""

    size: int
    kernel: int
    stride: int
    padding: int
    dilation: int

    @property
    def span(self) -> int:
        """From the first to the last pixel that a window reads."""
        return self.dilation * (self.kernel - 1) + 1


def count_pool_windows(operation: str, described: str, axis: PooledAxis, *, ceil_mode: bool) -> int:
    """Count the windows along an axis of checked numbers; `described` is for the error texts."""
    if 2 * axis.padding > axis.kernel:
        raise InvalidValue(
            operation, received=f"padding={axis.padding} with a window of {axis.kernel}",
            needed="padding of at most half the window",
            fix=f"use padding <= {axis.kernel // 2}")  # fmt: skip
    padded = axis.size + 2 * axis.padding
    num_windows = (padded - axis.span) // axis.stride + 1
    pixels_left = (padded - axis.span) % axis.stride
    if ceil_mode and pixels_left and num_windows * axis.stride < axis.size + axis.padding:
        num_windows += 1  # it starts inside
    if num_windows < 1:
        raise InvalidValue(
            operation, received=f"{described}: a window that spans {axis.span} pixels on a padded "
            f"axis of {padded}", needed="a window no larger than the padded input",
            fix="use a smaller kernel_size or dilation")  # fmt: skip
    return num_windows


def conv_transpose_output_size(
    size: int,
    kernel: int,
    *,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
) -> int:
    """Give the output length of a transposed convolution along one axis.

    (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1

    Parameters
    ----------
    size, kernel, stride : int
        As for `conv_output_size`, in pixels; here `stride` is the step between *outputs*.
    padding : int, default=0
        Rows cut from each of the two sides of the full output, in pixels.
    output_padding : int, default=0
        Rows added at the far end: it picks one of the sizes that a strided convolution floors
        to the same value. Below `stride` or `dilation`.
    dilation : int, default=1
        As for `conv_output_size`, in pixels.

    Returns
    -------
    int
        Length of the output axis, at least 1.

    Raises
    ------
    TypeError
        If an argument is not an int.
    ValueError
        If an argument is out of its range or nothing is left of the output.

    References
    ----------
    Dumoulin and Visin, 2016, arXiv:1603.07285, relationship 14.

    Examples
    --------
    >>> conv_transpose_output_size(4, 3, stride=2, padding=1)
    7
    >>> conv_output_size(7, 3, stride=2, padding=1)
    4
    """
    operation = "conv_transpose_output_size"
    size, kernel, stride, dilation = _lengths(operation, size, kernel, stride, dilation)
    padding = require_int(operation, "padding", padding, minimum=0)
    output_padding = require_int(operation, "output_padding", output_padding, minimum=0)
    return transposed_size(
        operation, f"size={size} and kernel={kernel}", size, kernel,
        stride=stride, padding=padding, output_padding=output_padding, dilation=dilation,
    )  # fmt: skip


def transposed_size(
    operation: str,
    described: str,
    size: int,
    kernel: int,
    *,
    stride: int,
    padding: int,
    output_padding: int,
    dilation: int,
) -> int:
    """Give the output length for checked numbers; `described` is for the error texts."""
    if output_padding >= max(stride, dilation):
        raise InvalidValue(
            operation, received=f"output_padding {output_padding} with stride {stride} and "
            f"dilation {dilation}", needed="output_padding below stride or below dilation",
            fix="reduce output_padding")  # fmt: skip
    full = (size - 1) * stride + dilation * (kernel - 1) + 1 + output_padding
    if size < 1 or full <= 2 * padding:
        raise InvalidValue(
            operation, received=f"{described}: a full output of {full} pixels, less padding "
            f"{padding} on both sides",
            needed="at least one pixel in and one pixel out on each axis",
            fix="reduce padding or use a larger x")  # fmt: skip
    return full - 2 * padding
