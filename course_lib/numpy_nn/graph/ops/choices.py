"""Comparisons, clamping and choosing between values, element by element."""

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_nn.graph.operation import Operation, without_gradient
from course_lib.numpy_nn.graph.ops.broadcasting import Operand, elementwise, sum_to

Bound = Operand | None


def clamp(x: NDArray, low: Bound = None, high: Bound = None) -> NDArray:
    """Keep x within low … high; where low is above high, high counts."""
    if isinstance(low, int | float) and isinstance(high, int | float):
        return np.clip(x, low, high)  # in one pass
    x = x if low is None else np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def clamp_backward(grad_y: NDArray, x: NDArray, low: Bound = None, high: Bound = None) -> tuple:
    """Let the gradient through inside, ends included; the bounds get what is outside."""
    below = np.zeros(x.shape, bool) if low is None else np.less(x, low)
    above = np.zeros(x.shape, bool) if high is None else np.greater(x, high)
    if low is not None and high is not None:
        crossed = np.less(high, low)
        above, below = (above | crossed), below & ~crossed
    return (
        sum_to(grad_y * ~(below | above), x),
        None if low is None else sum_to(grad_y * (below & ~above), low),
        None if high is None else sum_to(grad_y * above, high),
    )


def choose(condition: NDArray, x: Operand, other: Operand) -> NDArray:
    """Take x where the condition holds, and other elsewhere."""
    return np.where(condition, x, other)


def choose_backward(grad_y: NDArray, condition: NDArray, x: Operand, other: Operand) -> tuple:
    """Hand the gradient to what was taken."""
    return None, sum_to(grad_y * condition, x), sum_to(grad_y * ~condition, other)


def fill_masked(x: NDArray, mask: NDArray, value: Operand) -> NDArray:
    """Put value where the mask is True."""
    return np.where(mask, value, x).astype(x.dtype, copy=False)


def fill_masked_backward(grad_y: NDArray, x: NDArray, mask: NDArray, value: Operand) -> tuple:
    """Hand the gradient to what is left of x."""
    return sum_to(grad_y * ~mask, x), None, sum_to(grad_y * mask, value)


def hardtanh_backward(grad_y: NDArray, x: NDArray, low: float, high: float) -> NDArray:
    """Let the gradient through inside, ends left out."""
    return grad_y * ((x > low) & (x < high))


def threshold_backward(grad_y: NDArray, x: NDArray, threshold: float, value: float) -> NDArray:
    """Let the gradient through above the threshold."""
    return grad_y * (x > threshold)


CLAMP = Operation(clamp, clamp_backward, "each")
FILL = Operation(fill_masked, fill_masked_backward, "each")

COMPARISONS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}
TABLE = {
    **{name: without_gradient(function) for name, function in COMPARISONS.items()},
    **{f"{name}.Scalar": without_gradient(function) for name, function in COMPARISONS.items()},
    "logical_not": without_gradient(np.logical_not),
    "logical_and": without_gradient(np.logical_and),
    "logical_or": without_gradient(np.logical_or),
    "logical_xor": without_gradient(np.logical_xor),
    "bitwise_not": without_gradient(np.bitwise_not),
    "bitwise_and": without_gradient(np.bitwise_and),
    "bitwise_or": without_gradient(np.bitwise_or),
    "isnan": without_gradient(np.isnan),
    "floor_divide": without_gradient(np.floor_divide),
    "remainder": elementwise(np.mod, lambda x, other: 1.0, lambda x, other: -np.floor(x / other)),
    "remainder.Scalar": elementwise(np.mod, lambda x, other: 1.0),
    "fmod": elementwise(np.fmod, lambda x, other: 1.0, lambda x, other: -np.trunc(x / other)),
    "fmod.Scalar": elementwise(np.fmod, lambda x, other: 1.0),
    "clamp": CLAMP,
    "clamp_min": CLAMP,
    "clamp_max": Operation(
        lambda x, high: clamp(x, None, high),
        lambda grad_y, x, high: clamp_backward(grad_y, x, None, high)[::2],
        "each",
    ),
    "hardtanh": Operation(
        clamp, hardtanh_backward, "each", references=("relu6",), layers=("ReLU6",)
    ),
    "threshold": Operation(
        lambda x, threshold, value: np.where(x > threshold, x, value), threshold_backward, "each"
    ),
    "where": Operation(choose, choose_backward, "each"),
    "where.ScalarSelf": Operation(choose, choose_backward, "each"),
    "where.ScalarOther": Operation(choose, choose_backward, "each"),
    "where.Scalar": without_gradient(choose),
    "masked_fill": FILL,
    "masked_fill.Scalar": FILL,
}
