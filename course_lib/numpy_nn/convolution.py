"""Convolutional layers: the weights of `numpy_ops.conv2d`, as `torch.nn.Conv2d` holds them."""

import math

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.contracts.checks import complaint, per_axis, require_int
from course_lib.numpy_nn.initialization import require_generator, uniform_by_fan_in
from course_lib.numpy_nn.module import Module


class Conv2d(Module):
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
        shape = _weight_shape("Conv2d", in_channels, out_channels, kernel_size, groups, num_axes=2)
        require_generator("Conv2d", generator)
        fan_in = math.prod(shape[1:])
        self.weight = uniform_by_fan_in(shape, fan_in=fan_in, generator=generator)
        self.bias = None
        if bias:
            self.bias = uniform_by_fan_in(shape[:1], fan_in=fan_in, generator=generator)
        self.options = {
            "stride": stride, "padding": padding, "dilation": dilation, "groups": groups,
        }  # fmt: skip

    def forward(self, x: NDArray) -> NDArray:
        """Convolve `x` (N, C_in, H, W) to (N, C_out, H_out, W_out)."""
        self._last_x = x
        bias = None if self.bias is None else self.bias.data
        return numpy_ops.conv2d(x, self.weight.data, bias, **self.options)

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Add to the gradients of weight and bias; return grad_x, or None if not needed."""
        grads = numpy_ops.conv2d_backward(
            grad_y,
            self._latest("_last_x"),
            self.weight.data,
            None if self.bias is None else self.bias.data,
            needs_grad_x=needs_grad_x,
            **self.options,
        )
        self.weight.add_grad(grads.grad_weight)
        if self.bias is not None:
            self.bias.add_grad(grads.grad_bias)
        return grads.grad_x


def _weight_shape(
    operation: str,
    in_channels: int,
    out_channels: int,
    kernel_size: int | tuple[int, ...],
    groups: int,
    *,
    num_axes: int,
) -> tuple[int, ...]:
    """Return (C_out, C_in / groups, K, ...) or raise if the numbers do not fit."""
    counts = {"in_channels": in_channels, "out_channels": out_channels, "groups": groups}
    for name, value in counts.items():
        require_int(operation, name, value, minimum=1)
    kernel = per_axis(operation, "kernel_size", kernel_size, num_axes=num_axes, minimum=1)
    if in_channels % groups or out_channels % groups:
        raise ValueError(
            complaint(
                operation,
                received=f"in_channels={in_channels}, out_channels={out_channels} and "
                f"groups={groups}",
                needed="both channel counts divisible by groups",
                fix="choose groups that divides both",
            )
        )
    return (out_channels, in_channels // groups, *kernel)
