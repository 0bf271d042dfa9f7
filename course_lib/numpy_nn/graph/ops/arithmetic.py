"""Sums, products, powers and elementary functions, element by element."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_nn.graph.operation import Operation
from course_lib.numpy_nn.graph.ops.broadcasting import Operand, elementwise, sum_to


def add(x: Operand, other: Operand, alpha: float = 1) -> NDArray:
    """Give x + alpha * other."""
    return np.add(x, other if alpha == 1 else alpha * other)


def add_backward(grad_y: NDArray, x: Operand, other: Operand, alpha: float = 1) -> tuple:
    """Hand the gradient to both summands."""
    return sum_to(grad_y, x), sum_to(grad_y if alpha == 1 else alpha * grad_y, other)


def subtract(x: Operand, other: Operand, alpha: float = 1) -> NDArray:
    """Give x - alpha * other."""
    return np.subtract(x, other if alpha == 1 else alpha * other)


def subtract_backward(grad_y: NDArray, x: Operand, other: Operand, alpha: float = 1) -> tuple:
    """Hand the gradient on, negated for the subtrahend."""
    return add_backward(grad_y, x, other, -alpha)


def multiply_backward(grad_y: NDArray, x: Operand, other: Operand) -> tuple:
    """Weigh the gradient with the other factor."""
    return sum_to(grad_y * other, x), (
        sum_to(grad_y * x, other) if isinstance(other, np.ndarray) else None
    )


def divide_with_rounding(x: Operand, other: Operand, rounding_mode: str | None) -> NDArray:
    """Divide, and round down or towards 0 if told to."""
    quotient = np.divide(x, other)
    if rounding_mode is None:
        return quotient
    return np.floor(quotient) if rounding_mode == "floor" else np.trunc(quotient)


def divide_with_rounding_backward(
    grad_y: NDArray, x: Operand, other: Operand, rounding_mode: str | None
) -> tuple:
    """Differentiate the quotient; what is rounded is flat."""
    if rounding_mode is not None:
        return tuple(np.zeros_like(a) if isinstance(a, np.ndarray) else None for a in (x, other))
    return DIVIDE.backward(grad_y, x, other)


def _power_slope_of_base(y: NDArray, x: Operand, exponent: Operand) -> NDArray:
    """d(x^p)/dx = p x^(p-1), and 0 for p = 0 even where x is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = exponent * np.power(x, np.subtract(exponent, 1.0), dtype=y.dtype)
    return np.where(np.equal(exponent, 0), 0.0, slope).astype(y.dtype, copy=False)


def _power_slope_of_exponent(y: NDArray, x: Operand, exponent: Operand) -> NDArray:
    """d(x^p)/dp = x^p log x, and 0 where x is 0 and p is not negative."""
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = y * np.log(x, dtype=y.dtype)
    return np.where(np.equal(x, 0) & np.greater_equal(exponent, 0), 0.0, slope)


def power(x: Operand, exponent: Operand) -> NDArray:
    """Raise to a power."""
    return np.power(x, exponent) if _is_float(x) or _is_float(exponent) else x**exponent


def _is_float(x: Any) -> bool:
    return isinstance(x, float) or getattr(x, "dtype", np.dtype(int)).kind == "f"


def addcmul(x: NDArray, first: NDArray, second: NDArray, value: float) -> NDArray:
    """Give x + value * first * second."""
    return x + value * first * second


def lerp(x: NDArray, end: NDArray, weight: Operand) -> NDArray:
    """Go from x towards end by the share weight."""
    return x + weight * (end - x)


def round_half_even(x: NDArray, decimals: int = 0) -> NDArray:
    """Round to the nearest even."""
    return np.round(x, decimals)


def _flat(*_: Any) -> float:
    return 0.0


DIVIDE = elementwise(np.divide, lambda x, other: 1 / other, lambda x, other: -x / (other * other))
POWER = elementwise(power, _power_slope_of_base, _power_slope_of_exponent, reads_result=True)
LARGEST = elementwise(
    np.maximum,  # where both are equal each gets half
    lambda x, other: (x > other) + 0.5 * (x == other),
    lambda x, other: (other > x) + 0.5 * (x == other),
)
SMALLEST = elementwise(
    np.minimum,
    lambda x, other: (x < other) + 0.5 * (x == other),
    lambda x, other: (other < x) + 0.5 * (x == other),
)
ADD, SUBTRACT = Operation(add, add_backward, "each"), Operation(subtract, subtract_backward, "each")
REVERSED = elementwise(
    lambda x, other, alpha=1: other - alpha * x, lambda x, other, alpha=1: -alpha,
    lambda x, other, alpha=1: 1.0,
)  # fmt: skip
MULTIPLY = Operation(np.multiply, multiply_backward, "gate")

TABLE = {
    "add": ADD,
    "add.Scalar": ADD,
    "sub": SUBTRACT,
    "sub.Scalar": SUBTRACT,
    "rsub": REVERSED,
    "rsub.Scalar": REVERSED,
    "mul": MULTIPLY,
    "mul.Scalar": MULTIPLY,
    "div": DIVIDE,
    "div.Scalar": DIVIDE,
    "div.Tensor_mode": Operation(divide_with_rounding, divide_with_rounding_backward, "each"),
    "div.Scalar_mode": Operation(divide_with_rounding, divide_with_rounding_backward, "each"),
    "neg": elementwise(np.negative, lambda x: -1.0),
    "reciprocal": elementwise(np.reciprocal, lambda y, x: -y * y, reads_result=True),
    "pow.Tensor_Scalar": POWER,
    "pow.Tensor_Tensor": POWER,
    "pow.Scalar": POWER,
    "sqrt": elementwise(np.sqrt, lambda y, x: 0.5 / y, reads_result=True),
    "rsqrt": elementwise(
        lambda x: 1 / np.sqrt(x), lambda y, x: -0.5 * y * y * y, reads_result=True
    ),
    "exp": elementwise(np.exp, lambda y, x: y, reads_result=True),
    "exp2": elementwise(np.exp2, lambda y, x: y * np.log(2.0), reads_result=True),
    "expm1": elementwise(np.expm1, lambda y, x: y + 1, reads_result=True),
    "log": elementwise(np.log, lambda x: 1 / x),
    "log2": elementwise(np.log2, lambda x: 1 / (x * np.log(2.0))),
    "log10": elementwise(np.log10, lambda x: 1 / (x * np.log(10.0))),
    "log1p": elementwise(np.log1p, lambda x: 1 / (1 + x)),
    "abs": elementwise(np.abs, np.sign),
    "sign": elementwise(np.sign, _flat),
    "sgn": elementwise(np.sign, _flat),
    "sin": elementwise(np.sin, np.cos),
    "cos": elementwise(np.cos, lambda x: -np.sin(x)),
    "tan": elementwise(np.tan, lambda y, x: 1 + y * y, reads_result=True),
    "atan": elementwise(np.arctan, lambda x: 1 / (1 + x * x)),
    "sinh": elementwise(np.sinh, np.cosh),
    "cosh": elementwise(np.cosh, np.sinh),
    "floor": elementwise(np.floor, _flat),
    "ceil": elementwise(np.ceil, _flat),
    "round": elementwise(round_half_even, _flat),
    "trunc": elementwise(np.trunc, _flat),
    "maximum": LARGEST,
    "minimum": SMALLEST,
    "addcmul": elementwise(
        addcmul,
        lambda x, first, second, value: 1.0,
        lambda x, first, second, value: value * second,
        lambda x, first, second, value: value * first,
    ),
    "addcdiv": elementwise(
        lambda x, first, second, value: x + value * first / second,
        lambda x, first, second, value: 1.0,
        lambda x, first, second, value: value / second,
        lambda x, first, second, value: -value * first / (second * second),
    ),
    "lerp.Scalar": elementwise(
        lerp, lambda x, end, weight: 1 - weight, lambda x, end, weight: weight
    ),
    "lerp": elementwise(
        lerp,
        lambda x, end, weight: 1 - weight,
        lambda x, end, weight: weight,
        lambda x, end, weight: end - x,
    ),
}
