"""Promises of the activations: which input is valid, and what the gradients are called."""

from math import prod
from typing import Any

from course_lib.contracts.checks import (
    complaint,
    require_float,
    require_grad,
    require_int,
    shape_text,
)


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
        raise ValueError(
            complaint(
                operation,
                received=f"x with shape {shape_text(x)} and axis={axis}",
                needed=f"axis from {-num_axes} to {num_axes - 1}",
                fix="name an axis that x has; -1 is the last",
            )
        )
    return axis


def check_rows(operation: str, x: Any, largest: Any, axis: int) -> None:
    """Raise ValueError if a row along `axis` is all -inf; `largest` is the maximum of each row."""
    if prod(x.shape) > 0 and bool((largest == float("-inf")).any()):
        raise ValueError(
            complaint(
                operation,
                received=f"x with shape {shape_text(x)} in which a row along axis {axis} "
                "holds only -inf",
                needed="at least one other value in each row",
                fix="mask fewer entries or leave the row out",
            )
        )
