"""Activations as layers; each is the operation of the same name in `numpy_ops`."""

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.checks import require_finite, require_int
from course_lib.numpy_nn.module import (
    Module,
    Operation,
    Parameter,
    require_needed,
    require_parameter_room,
)


class ReLU(Operation):
    """Keep what is positive: max(0, x)."""

    def __init__(self) -> None:
        super().__init__(numpy_ops.relu, numpy_ops.relu_backward)


class Sigmoid(Operation):
    """Squeeze into 0...1: 1 / (1 + exp(-x))."""

    def __init__(self) -> None:
        super().__init__(numpy_ops.sigmoid, numpy_ops.sigmoid_backward)


class Tanh(Operation):
    """Squeeze into -1...1."""

    def __init__(self) -> None:
        super().__init__(numpy_ops.tanh, numpy_ops.tanh_backward)


class SELU(Operation):
    """Scaled ELU, which keeps mean 0 and variance 1 from layer to layer."""

    def __init__(self) -> None:
        super().__init__(numpy_ops.selu, numpy_ops.selu_backward)


class SiLU(Operation):
    """Weigh x by its own sigmoid: x * sigmoid(x)."""

    def __init__(self) -> None:
        super().__init__(numpy_ops.silu, numpy_ops.silu_backward)


class Mish(Operation):
    """Weigh x by the tanh of its own softplus: x * tanh(log(1 + exp(x)))."""

    def __init__(self) -> None:
        super().__init__(numpy_ops.mish, numpy_ops.mish_backward)


class ReLU6(Operation):
    """Keep what is positive, up to 6: min(max(0, x), 6)."""

    def __init__(self) -> None:
        super().__init__(numpy_ops.relu6, numpy_ops.relu6_backward)


class Hardswish(Operation):
    """Piecewise approximation of `SiLU`: x * relu6(x + 3) / 6."""

    def __init__(self) -> None:
        super().__init__(numpy_ops.hardswish, numpy_ops.hardswish_backward)


class Hardsigmoid(Operation):
    """Piecewise approximation of `Sigmoid`: relu6(x + 3) / 6."""

    def __init__(self) -> None:
        super().__init__(numpy_ops.hardsigmoid, numpy_ops.hardsigmoid_backward)


class LeakyReLU(Operation):
    """Keep what is positive, and a small share of the rest."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__(
            numpy_ops.leaky_relu, numpy_ops.leaky_relu_backward, {"negative_slope": negative_slope}
        )


class ELU(Operation):
    """Keep what is positive; bend the rest towards -alpha: alpha * (exp(x) - 1)."""

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__(numpy_ops.elu, numpy_ops.elu_backward, {"alpha": alpha})


class GELU(Operation):
    """Weigh x by the share of a normal distribution that lies below it."""

    def __init__(self, *, approximate: str = "none") -> None:
        super().__init__(numpy_ops.gelu, numpy_ops.gelu_backward, {"approximate": approximate})


class Softplus(Operation):
    """Smooth ReLU: log(1 + exp(beta * x)) / beta."""

    def __init__(self, *, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__(
            numpy_ops.softplus, numpy_ops.softplus_backward, {"beta": beta, "threshold": threshold}
        )


class Softmax(Operation):
    """Turn numbers along `axis` into probabilities; `axis` is `dim` in torch."""

    def __init__(self, *, axis: int) -> None:
        super().__init__(numpy_ops.softmax, numpy_ops.softmax_backward, {"axis": axis})


class LogSoftmax(Operation):
    """Logarithm of `Softmax`, computed without overflow."""

    def __init__(self, *, axis: int) -> None:
        super().__init__(numpy_ops.log_softmax, numpy_ops.log_softmax_backward, {"axis": axis})


class PReLU(Module):
    """Leaky ReLU with learned slopes: one for all channels, or one a channel.

    Parameters
    ----------
    num_parameters : int, default=1
        1, or the number of channels.
    init : float, default=0.25
        First value of the slopes.

    Attributes
    ----------
    weight : Parameter (num_parameters,)

    References
    ----------
    He, Zhang, Ren and Sun, 2015, arXiv:1502.01852, equation 1.
    """

    def __init__(self, *, num_parameters: int = 1, init: float = 0.25) -> None:
        count = require_int("PReLU", "num_parameters", num_parameters, minimum=1)
        require_parameter_room((count,))
        slope = require_finite("PReLU", "init", init)
        self.weight = Parameter(np.full(count, slope, np.float32))

    def forward(self, x: NDArray) -> NDArray:
        """Apply `numpy_ops.prelu`."""
        self._last_x = x
        return numpy_ops.prelu(x, self.weight.data)

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Add to the gradient of the slopes; return grad_x, or None if not needed."""
        needed = require_needed(self, needs_grad_x)
        grads = numpy_ops.prelu_backward(grad_y, self._latest("_last_x"), self.weight.data)
        self.weight.add_grad(grads.grad_weight)
        return grads.grad_x if needed else None
