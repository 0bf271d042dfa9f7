"""Promises of the linear layer and of flatten: which input is valid, and the gradients' names."""

from typing import Any, NamedTuple

from course_lib.checks import require_axes, require_flag, require_shape, shape_text
from course_lib.contracts.arrays import require_float, require_grad
from course_lib.errors import InvalidValue


class LinearGrads(NamedTuple):
    """Gradients of a scalar loss with respect to the inputs of `linear`.

    `grad_x` is None when it was not asked for; `grad_bias` is what a bias of zeros would get
    when the layer had none.
    """

    grad_x: Any
    grad_weight: Any
    grad_bias: Any


def check_linear(operation: str, x: Any, weight: Any, bias: Any) -> None:
    """Raise TypeError or ValueError unless `x`, `weight` and `bias` fit each other."""
    require_float(operation, x=x, weight=weight, optional={"bias": bias})
    require_axes(operation, "weight", weight, "out_features, in_features")
    if len(x.shape) < 1 or x.shape[-1] != weight.shape[1]:
        raise InvalidValue(
            operation, received=f"x with shape {shape_text(x)} and weight with shape "
            f"{shape_text(weight)}",
            needed="x (..., in_features) with in_features = weight.shape[1]",
            fix="flatten images first, and check that weight is (out_features, "
            "in_features)")  # fmt: skip
    if bias is not None:
        require_shape(operation, "bias", bias, (weight.shape[0],), "one number an output feature")


def check_linear_grad(
    operation: str, grad_y: Any, x: Any, weight: Any, *, needs_grad_x: Any
) -> None:
    """Raise TypeError or ValueError unless `grad_y` fits the output of a checked `linear`."""
    require_flag(operation, "needs_grad_x", needs_grad_x)
    require_grad(operation, grad_y, (*x.shape[:-1], weight.shape[0]), x=x)


def check_flatten(operation: str, x: Any) -> None:
    """Raise TypeError or ValueError unless `x` is floating point with an axis beside the batch."""
    require_float(operation, x=x)
    if len(x.shape) < 2:
        raise InvalidValue(
            operation, received=f"x with shape {shape_text(x)}",
            needed="x (N, ...) with at least two axes",
            fix="add the batch axis, for example x[None]")  # fmt: skip
