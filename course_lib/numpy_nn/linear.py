"""Fully connected layers, and the step from images to vectors."""

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.checks import require_flag, require_int
from course_lib.numpy_nn.initialization import require_generator, uniform_by_fan_in
from course_lib.numpy_nn.module import Module, Operation, require_needed


class Linear(Module):
    """A fully connected layer: y = x weight^T + bias, `numpy_ops.linear` with weights.

    Parameters
    ----------
    in_features, out_features : int
        Length of the input and output vectors.
    bias : bool, default=True
        Whether a learned number is added to each output.
    generator : numpy.random.Generator
        Draws the initial weights and biases, as `uniform_by_fan_in` says.

    Attributes
    ----------
    weight : Parameter (out_features, in_features)
    bias : Parameter (out_features,), or None

    Raises
    ------
    TypeError, ValueError
        If a number is not an int of at least 1.

    Examples
    --------
    >>> layer = Linear(64, 10, generator=np.random.default_rng(seed=0))
    >>> layer(np.zeros((5, 64), np.float32)).shape
    (5, 10)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        bias: bool = True,
        generator: np.random.Generator,
    ) -> None:
        fan_in = require_int("Linear", "in_features", in_features, minimum=1)
        fan_out = require_int("Linear", "out_features", out_features, minimum=1)
        require_generator("Linear", generator)
        require_flag("Linear", "bias", bias)
        self.weight = uniform_by_fan_in((fan_out, fan_in), fan_in=fan_in, generator=generator)
        self.bias = None
        if bias:
            self.bias = uniform_by_fan_in((fan_out,), fan_in=fan_in, generator=generator)

    def forward(self, x: NDArray) -> NDArray:
        """Map `x` (N, in_features) to (N, out_features)."""
        self._last_x = x
        return numpy_ops.linear(x, self.weight.data, None if self.bias is None else self.bias.data)

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Add to the gradients of weight and bias; return grad_x, or None if not needed."""
        require_needed(self, needs_grad_x)
        grads = numpy_ops.linear_backward(
            grad_y,
            self._latest("_last_x"),
            self.weight.data,
            None if self.bias is None else self.bias.data,
            needs_grad_x=needs_grad_x,
        )
        self.weight.add_grad(grads.grad_weight)
        if self.bias is not None:
            self.bias.add_grad(grads.grad_bias)
        return grads.grad_x


class Flatten(Operation):
    """Lay every image out as one vector: (N, C, H, W) to (N, C*H*W)."""

    def __init__(self) -> None:
        super().__init__(numpy_ops.flatten, numpy_ops.flatten_backward)
