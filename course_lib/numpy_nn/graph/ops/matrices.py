"""Products of matrices and vectors."""

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_nn.graph.operation import Operation
from course_lib.numpy_nn.graph.ops.broadcasting import sum_to


def product_backward(grad_y: NDArray, x: NDArray, other: NDArray) -> tuple[NDArray, NDArray]:
    """Multiply by the other factor, transposed."""
    return grad_y @ other.swapaxes(-1, -2), x.swapaxes(-1, -2) @ grad_y


def add_product(
    bias: NDArray, x: NDArray, other: NDArray, beta: float = 1, alpha: float = 1
) -> NDArray:
    """Give beta * bias + alpha * x @ other."""
    product = x @ other
    product = product if alpha == 1 else alpha * product
    return product + (bias if beta == 1 else beta * bias)


def add_product_backward(
    grad_y: NDArray, bias: NDArray, x: NDArray, other: NDArray, beta: float = 1, alpha: float = 1
) -> tuple[NDArray, ...]:
    """Hand the gradient to the bias, and through the product."""
    through = grad_y if alpha == 1 else alpha * grad_y
    return sum_to(grad_y * np.asarray(beta, grad_y.dtype), bias), *product_backward(
        through, x, other
    )


def matrix_vector_backward(grad_y: NDArray, x: NDArray, vector: NDArray) -> tuple:
    """grad_x = grad_y vectorᵀ, grad_vector = xᵀ grad_y."""
    return np.outer(grad_y, vector), x.T @ grad_y


PRODUCT = Operation(np.matmul, product_backward, "matrix")
ADD_PRODUCT = Operation(
    add_product, add_product_backward, "matrix", references=("linear",), layers=("Linear",)
)
DOT = Operation(np.dot, lambda grad_y, x, other: (grad_y * other, grad_y * x), "matrix")
TABLE = {
    "mm": PRODUCT,
    "bmm": PRODUCT,
    "addmm": ADD_PRODUCT,
    "baddbmm": ADD_PRODUCT,
    "mv": Operation(np.matmul, matrix_vector_backward, "matrix"),
    "dot": DOT,
    "vdot": DOT,
}
