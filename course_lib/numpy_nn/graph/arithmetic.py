"""What a network computes between its layers: sums, products, means; forward and backward.

Each `foo_backward(grad_y, *inputs, **options of foo)` returns one gradient per array input, or a
single one. Axes that were broadcast are summed away on the way back.
"""

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops

Operand = NDArray | float


def add(x: Operand, other: Operand) -> NDArray:
    """Add with broadcasting."""
    return np.add(x, other)


def add_backward(grad_y: NDArray, x: Operand, other: Operand) -> tuple[NDArray, NDArray]:
    """Hand the gradient to both summands."""
    return _sum_to(grad_y, x), _sum_to(grad_y, other)


def subtract(x: Operand, other: Operand) -> NDArray:
    """Subtract with broadcasting."""
    return np.subtract(x, other)


def subtract_backward(grad_y: NDArray, x: Operand, other: Operand) -> tuple[NDArray, NDArray]:
    """Hand the gradient on, negated for the subtrahend."""
    return _sum_to(grad_y, x), _sum_to(-grad_y, other)


def multiply(x: Operand, other: Operand) -> NDArray:
    """Multiply element by element, with broadcasting."""
    return np.multiply(x, other)


def multiply_backward(grad_y: NDArray, x: Operand, other: Operand) -> tuple[NDArray, NDArray]:
    """Weigh the gradient with the other factor."""
    return _sum_to(grad_y * other, x), _sum_to(grad_y * x, other)


def divide(x: Operand, other: Operand) -> NDArray:
    """Divide element by element, with broadcasting."""
    return np.divide(x, other)


def divide_backward(grad_y: NDArray, x: Operand, other: Operand) -> tuple[NDArray, NDArray]:
    """d(x/o) = dx/o - x do/o²."""
    return _sum_to(grad_y / other, x), _sum_to(-grad_y * x / (other * other), other)


def negate(x: NDArray) -> NDArray:
    """Flip the sign."""
    return -x


def negate_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Flip the sign of the gradient."""
    return -grad_y


def power(x: NDArray, *, exponent: float) -> NDArray:
    """Raise to a constant power."""
    return x**exponent


def power_backward(grad_y: NDArray, x: NDArray, *, exponent: float) -> NDArray:
    """d(x^p) = p x^(p-1) dx."""
    return grad_y * (exponent * x ** (exponent - 1))


def matmul(x: NDArray, other: NDArray) -> NDArray:
    """Multiply matrices, (..., I, K) by (..., K, J)."""
    return np.matmul(x, other)


def matmul_backward(grad_y: NDArray, x: NDArray, other: NDArray) -> tuple[NDArray, NDArray]:
    """Multiply by the other factor, transposed."""
    grad_x = np.matmul(grad_y, other.swapaxes(-1, -2))
    return _sum_to(grad_x, x), _sum_to(np.matmul(x.swapaxes(-1, -2), grad_y), other)


def identity(x: NDArray) -> NDArray:
    """Hand `x` on."""
    return x


def identity_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Hand the gradient on."""
    return grad_y


def floor_divide(x: int, other: int) -> int:
    """Divide whole numbers, such as sizes: no gradient flows here."""
    return x // other


def mean(x: NDArray, *, axis: int | tuple[int, ...] | None, keepdims: bool) -> NDArray:
    """Average over some axes, or all."""
    return x.mean(axis=_axes(axis), keepdims=keepdims)


def mean_backward(
    grad_y: NDArray, x: NDArray, *, axis: int | tuple[int, ...] | None, keepdims: bool
) -> NDArray:
    """Share the gradient equally."""
    count = x.size / max(1, np.size(grad_y))
    return sum_backward(grad_y, x, axis=axis, keepdims=keepdims) / count


def sum(x: NDArray, *, axis: int | tuple[int, ...] | None, keepdims: bool) -> NDArray:
    """Add over some axes, or all."""
    return x.sum(axis=_axes(axis), keepdims=keepdims)


def sum_backward(
    grad_y: NDArray, x: NDArray, *, axis: int | tuple[int, ...] | None, keepdims: bool
) -> NDArray:
    """Repeat the gradient along the summed axes."""
    axes = tuple(range(x.ndim)) if axis is None else _axes(axis)
    if not keepdims:
        grad_y = np.expand_dims(grad_y, axes)
    return np.broadcast_to(grad_y, x.shape).copy()


def spatial_max(x: NDArray) -> NDArray:
    """Keep the largest value of each map: (N, C, H, W) to (N, C, 1, 1)."""
    return numpy_ops.global_max_pool2d(x)[:, :, None, None]


def spatial_max_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the gradient to the pixel that was largest."""
    return numpy_ops.global_max_pool2d_backward(grad_y[:, :, 0, 0], x)


def stochastic_depth(
    x: NDArray, *, p: float, mode: str, generator: np.random.Generator
) -> tuple[NDArray, NDArray]:
    """Zero a whole branch with probability `p`, by sample ("row") or together ("batch").

    Returns y and the mask of what was kept; kept values are divided by 1 - p.
    """
    size = x.shape[0] if mode == "row" else 1
    mask = (generator.random(size) >= p).reshape(size, *[1] * (x.ndim - 1))
    return _keep(x, mask, p), mask


def stochastic_depth_backward(
    grad_y: NDArray, x: NDArray, *, p: float, mode: str, mask: NDArray
) -> NDArray:
    """Let the gradient through where the branch was kept."""
    return _keep(grad_y, mask, p)


def _keep(x: NDArray, mask: NDArray, p: float) -> NDArray:
    return x * (mask / max(1 - p, np.finfo(float).tiny)).astype(x.dtype)


def _axes(axis: int | list[int] | tuple[int, ...] | None) -> int | tuple[int, ...] | None:
    return tuple(axis) if isinstance(axis, list | tuple) else axis


def _sum_to(grad: NDArray, x: Operand) -> NDArray:
    """Sum a gradient over the axes along which `x` was repeated."""
    shape = np.shape(x)
    extra = tuple(range(grad.ndim - len(shape)))
    repeated = tuple(
        axis for axis, size in enumerate(shape, len(extra)) if size == 1 and grad.shape[axis] != 1
    )
    return grad.sum(axis=extra + repeated).reshape(shape) if extra + repeated else grad
