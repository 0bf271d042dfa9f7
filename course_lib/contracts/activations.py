"""Promises of the activations: which input is valid, and what the gradients are called."""

from math import prod
from typing import Any, NamedTuple

from course_lib.checks import require_choice, require_int, require_number, shape_text
from course_lib.contracts.arrays import require_float, require_grad
from course_lib.errors import InvalidValue

# Above this, softplus is its argument to the last bit: log(1 + exp(-40)) is 4e-18.
SOFTPLUS_IS_STRAIGHT = 40.0


class PreluGrads(NamedTuple):
    """Gradients of a scalar loss with respect to the inputs of `prelu`."""

    grad_x: Any
    grad_weight: Any


def check_activation(operation: str, x: Any) -> None:
    """Raise TypeError unless `x` is floating point; any shape will do."""
    require_float(operation, x=x)


def check_activation_grad(operation: str, grad_y: Any, x: Any) -> None:
    """Raise TypeError or ValueError unless `grad_y` has the shape and dtype of `x`."""
    require_float(operation, x=x)
    require_grad(operation, grad_y, tuple(x.shape), x=x)


def check_axis(operation: str, x: Any, axis: Any) -> int:
    """Raise TypeError or ValueError unless `x` is floating point and has that axis; return it.

    A single number without axes is taken as a row of one, as in PyTorch.
    """
    require_float(operation, x=x)
    num_axes = max(len(x.shape), 1)
    axis = require_int(operation, "axis", axis, minimum=-num_axes)
    if axis >= num_axes:
        raise InvalidValue(
            operation, received=f"x with shape {shape_text(x)} and axis={axis}",
            needed=f"axis from {-num_axes} to {num_axes - 1}",
            fix="name an axis that x has; -1 is the last")  # fmt: skip
    return axis


def check_rows(operation: str, x: Any, largest: Any, axis: int) -> None:
    """Raise ValueError if a row along `axis` is all -inf; `largest` is the maximum of each row."""
    if prod(x.shape) > 0 and bool((largest == float("-inf")).any()):
        raise InvalidValue(
            operation, received=f"x with shape {shape_text(x)} in which a row along axis {axis} "
            "holds only -inf", needed="at least one other value in each row",
            fix="mask fewer entries or leave the row out")  # fmt: skip


def check_gelu(operation: str, x: Any, approximate: Any) -> None:
    """Raise TypeError or ValueError unless `x` is floating point and the form is known."""
    require_float(operation, x=x)
    require_choice(operation, "approximate", approximate, ("none", "tanh"))


def check_softplus(operation: str, x: Any, beta: Any, threshold: Any) -> tuple[float, float]:
    """Return beta and the threshold, no higher than needed, or raise TypeError or ValueError."""
    require_float(operation, x=x)
    beta = require_number(operation, "beta", beta)
    if beta == 0:
        raise InvalidValue(
            operation, received="beta=0", needed="beta other than 0, by which it divides",
            fix="use beta=1 for the plain softplus")  # fmt: skip
    threshold = require_number(operation, "threshold", threshold)
    return beta, min(threshold, SOFTPLUS_IS_STRAIGHT)


def check_prelu(operation: str, x: Any, weight: Any) -> tuple[int, ...]:
    """Raise unless `weight` holds one slope, or one a channel; return its shape beside `x`."""
    require_float(operation, x=x, weight=weight)
    num_channels = x.shape[1] if len(x.shape) > 1 else 1
    count = prod(weight.shape)
    if len(weight.shape) > 1 or count not in (1, num_channels):
        raise InvalidValue(
            operation, received=f"x with shape {shape_text(x)} and weight with shape "
            f"{shape_text(weight)}",
            needed=f"weight with shape (1,), or ({num_channels},) for one slope a channel",
            fix="check that x is (N, C, ...), channels first, and the weight was made for it",
        )  # fmt: skip
    return (count,) + (1,) * (len(x.shape) - 2) if len(x.shape) > 1 else ()
