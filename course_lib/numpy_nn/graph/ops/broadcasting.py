"""What NumPy's broadcasting repeated on the way forward is summed on the way back."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_nn.graph.operation import Operation

Operand = NDArray | float


def sum_to(grad: NDArray, x: Operand) -> NDArray | None:
    """Sum a gradient over the axes along which `x` was repeated; a plain number gets none.

    Examples
    --------
    >>> sum_to(np.ones((2, 3)), np.ones((3,)))
    array([2., 2., 2.])
    """
    if not isinstance(x, np.ndarray | np.generic):
        return None
    extra = tuple(range(grad.ndim - x.ndim))
    repeated = tuple(
        axis for axis, size in enumerate(x.shape, len(extra)) if size == 1 != grad.shape[axis]
    )
    return grad.sum(axis=extra + repeated).reshape(x.shape) if extra + repeated else grad


def elementwise(
    forward: Callable[..., NDArray],
    *slopes: Callable[..., Any],
    field: str = "each",
    reads_result: bool = False,
) -> Operation:
    """Make a row from the partial derivative for each argument.

    `slopes[i](*arguments)` is the derivative of y by the argument i, element by element; with
    `reads_result` the result comes first.
    """

    def backward(grad_y: NDArray, *arguments: Any) -> tuple[NDArray | None, ...]:
        inputs = arguments[1:] if reads_result else arguments
        return tuple(
            sum_to(grad_y * slope(*arguments), x)
            if isinstance(x, np.ndarray | np.generic) and x.dtype.kind == "f"
            else None
            for slope, x in zip(slopes, inputs, strict=False)
        )

    return Operation(forward, backward, field, reads_result=reads_result)
