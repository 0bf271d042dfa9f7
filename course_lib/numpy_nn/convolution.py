"""Convolutional layers: the convolutions of `numpy_ops` with weights, as in `torch.nn`."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.checks import per_axis, require_flag, require_int
from course_lib.errors import InvalidValue
from course_lib.numpy_nn.initialization import require_generator, uniform_by_fan_in
from course_lib.numpy_nn.module import (
    Module,
    Parameter,
    require_callable,
    require_needed,
    require_options,
    require_sizes,
)


class Convolution(Module):
    """What all convolutional layers share: a weight, perhaps a bias, and one operation.

    Parameters
    ----------
    operation, operation_backward : callable
        Such as `numpy_ops.conv2d` and `numpy_ops.conv2d_backward`.
    shape : tuple of int
        Shape of the weight; (C_out, C_in / groups, K, ...) except for transposed ones.
    out_channels : int
        C_out, the length of the bias.
    bias : bool
        Whether a learned number is added to each output channel.
    options : mapping
        Keyword options for both operations.
    generator : numpy.random.Generator
        Draws the initial values.
    """

    def __init__(
        self,
        operation: Callable[..., NDArray],
        operation_backward: Callable[..., Any],
        *,
        shape: tuple[int, ...],
        out_channels: int,
        bias: bool,
        options: Mapping[str, Any],
        generator: np.random.Generator,
    ) -> None:
        name = type(self).__name__
        require_generator(name, generator)
        require_flag(name, "bias", bias)
        require_callable(name, operation=operation, operation_backward=operation_backward)
        out_channels = require_int(name, "out_channels", out_channels, minimum=1)
        shape = require_sizes(name, shape)
        self.operation, self.operation_backward = operation, operation_backward
        self.options = require_options(name, options)
        fan_in = math.prod(shape[1:])
        self.weight = uniform_by_fan_in(shape, fan_in=fan_in, generator=generator)
        self.bias: Parameter | None = None
        if bias:
            self.bias = uniform_by_fan_in((out_channels,), fan_in=fan_in, generator=generator)

    def forward(self, x: NDArray) -> NDArray:
        """Convolve `x` (N, C_in, ...) to (N, C_out, ...)."""
        self._last_x = x
        bias = None if self.bias is None else self.bias.data
        return self.operation(x, self.weight.data, bias, **self.options)

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Add to the gradients of weight and bias; return grad_x, or None if not needed."""
        x, bias = self._latest("_last_x"), None if self.bias is None else self.bias.data
        require_needed(self, needs_grad_x)
        grads = self.operation_backward(
            grad_y, x, self.weight.data, bias, needs_grad_x=needs_grad_x, **self.options
        )
        self.weight.add_grad(grads.grad_weight)
        if self.bias is not None:
            self.bias.add_grad(grads.grad_bias)
        return grads.grad_x


class Conv2d(Convolution):
    """A bank of learned filters that slides over the image: `numpy_ops.conv2d` with weights.

    Parameters
    ----------
    in_channels, out_channels : int
        C_in and C_out, both divisible by `groups`.
    kernel_size : int or (int, int)
        K_h and K_w, in pixels.
    stride, padding, dilation, groups
        As for `numpy_ops.conv2d`.
    bias : bool, default=True
        Whether a learned number is added to each output channel.
    generator : numpy.random.Generator
        Draws the initial weights and biases, as `uniform_by_fan_in` says.

    Attributes
    ----------
    weight : Parameter (C_out, C_in / groups, K_h, K_w)
    bias : Parameter (C_out,), or None

    Raises
    ------
    TypeError, ValueError
        If a number is out of range, or channels are not divisible by groups.

    Examples
    --------
    >>> layer = Conv2d(3, 8, 5, padding=2, generator=np.random.default_rng(seed=0))
    >>> layer(np.zeros((2, 3, 7, 9), np.float32)).shape
    (2, 8, 7, 9)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        *,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] | str = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        generator: np.random.Generator,
    ) -> None:
        in_channels, out_channels, groups, kernel = _checked_sizes(
            "Conv2d", in_channels, out_channels, kernel_size, groups, num_axes=2
        )
        options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        super().__init__(
            numpy_ops.conv2d,
            numpy_ops.conv2d_backward,
            shape=(out_channels, in_channels // groups, *kernel),
            out_channels=out_channels,
            bias=bias,
            options=options,
            generator=generator,
        )


class Conv1d(Convolution):
    """Learned filters that slide along a signal (N, C_in, L); parameters as for `Conv2d`."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int],
        *,
        stride: int | tuple[int] = 1,
        padding: int | tuple[int] | str = 0,
        dilation: int | tuple[int] = 1,
        groups: int = 1,
        bias: bool = True,
        generator: np.random.Generator,
    ) -> None:
        in_channels, out_channels, groups, kernel = _checked_sizes(
            "Conv1d", in_channels, out_channels, kernel_size, groups, num_axes=1
        )
        options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        super().__init__(
            numpy_ops.conv1d,
            numpy_ops.conv1d_backward,
            shape=(out_channels, in_channels // groups, *kernel),
            out_channels=out_channels,
            bias=bias,
            options=options,
            generator=generator,
        )


class Conv3d(Convolution):
    """Learned filters that slide through volumes (N, C_in, D, H, W); parameters as for `Conv2d`."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int, int],
        *,
        stride: int | tuple[int, int, int] = 1,
        padding: int | tuple[int, int, int] | str = 0,
        dilation: int | tuple[int, int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        generator: np.random.Generator,
    ) -> None:
        in_channels, out_channels, groups, kernel = _checked_sizes(
            "Conv3d", in_channels, out_channels, kernel_size, groups, num_axes=3
        )
        options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        super().__init__(
            numpy_ops.conv3d,
            numpy_ops.conv3d_backward,
            shape=(out_channels, in_channels // groups, *kernel),
            out_channels=out_channels,
            bias=bias,
            options=options,
            generator=generator,
        )


class ConvTranspose2d(Convolution):
    """Learned filters that enlarge maps: `numpy_ops.conv_transpose2d` with weights.

    Parameters as for `Conv2d`, and `output_padding` as for the operation. The weight is
    (C_in, C_out / groups, K_h, K_w), and fan_in counts its last three axes, as in torch.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        *,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        output_padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        generator: np.random.Generator,
    ) -> None:
        in_channels, out_channels, groups, kernel = _checked_sizes(
            "ConvTranspose2d", in_channels, out_channels, kernel_size, groups, num_axes=2
        )
        options = {
            "stride": stride,
            "padding": padding,
            "output_padding": output_padding,
            "dilation": dilation,
            "groups": groups,
        }
        super().__init__(
            numpy_ops.conv_transpose2d,
            numpy_ops.conv_transpose2d_backward,
            shape=(in_channels, out_channels // groups, *kernel),
            out_channels=out_channels,
            bias=bias,
            options=options,
            generator=generator,
        )


def _checked_sizes(
    operation: str,
    in_channels: int,
    out_channels: int,
    kernel_size: int | tuple[int, ...],
    groups: int,
    *,
    num_axes: int,
) -> tuple[int, int, int, tuple[int, ...]]:
    """Return channels, groups and the kernel size for each axis; raise if they do not fit."""
    # As ints of Python: those of NumPy may be too short for the product of all sizes.
    in_channels, out_channels, groups = (
        require_int(operation, name, value, minimum=1)
        for name, value in (
            ("in_channels", in_channels), ("out_channels", out_channels), ("groups", groups)
        )
    )  # fmt: skip
    kernel = per_axis(operation, "kernel_size", kernel_size, num_axes=num_axes, minimum=1)
    if in_channels % groups or out_channels % groups:
        raise InvalidValue(
            operation, received=f"in_channels={in_channels}, out_channels={out_channels} and "
            f"groups={groups}", needed="both channel counts divisible by groups",
            fix="choose groups that divides both")  # fmt: skip
    return in_channels, out_channels, groups, kernel
