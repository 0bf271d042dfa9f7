"""Arrays from nothing: constants, ranges and random draws."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from course_lib.numpy_nn.graph.operation import Operation, without_gradient


def zeros(shape: Sequence[int], dtype: str | None = None) -> NDArray:
    """Fill with 0."""
    return np.zeros(shape)


def ones(shape: Sequence[int], dtype: str | None = None) -> NDArray:
    """Fill with 1."""
    return np.ones(shape)


def full(shape: Sequence[int], value: float, dtype: str | None = None) -> NDArray:
    """Fill with a value."""
    return np.full(shape, value)


def fill(x: NDArray, value: Any) -> NDArray:
    """Take the shape of x and one value."""
    return np.full(x.shape, value, x.dtype)


def fill_backward(grad_y: NDArray, x: NDArray, value: Any) -> tuple[NDArray, NDArray]:
    """Send everything to the value."""
    return np.zeros_like(x), grad_y.sum()


def copy(x: NDArray, source: NDArray, *_: object) -> NDArray:
    """Take the shape of x and the values of source."""
    return np.broadcast_to(source, x.shape)


def bernoulli(generator: Generator, x: NDArray, p: float) -> NDArray:
    """Draw 1 with probability p, else 0, in the shape of x: what dropout keeps."""
    return (generator.random(x.shape) < p).astype(x.dtype)


def bernoulli_of(generator: Generator, x: NDArray) -> NDArray:
    """Draw 1 with the probabilities in x."""
    return (generator.random(x.shape) < x).astype(x.dtype)


def _row(forward: Any) -> Operation:
    return without_gradient(forward, field="constant")


def _draw(forward: Any) -> Operation:
    return Operation(forward, None, "constant", draws=True)


def _copy_backward(grad_y: NDArray, x: NDArray, source: NDArray, *_: object) -> tuple:
    from course_lib.numpy_nn.graph.ops.broadcasting import sum_to

    return None, sum_to(grad_y, source)


TABLE = {
    "empty.memory_format": _row(zeros),
    "zeros": _row(zeros),
    "ones": _row(ones),
    "full": _row(full),
    "eye": _row(lambda n, dtype=None: np.eye(n)),
    "eye.m": _row(lambda n, m, dtype=None: np.eye(n, m)),
    "arange": _row(lambda end, dtype=None: np.arange(end)),
    "arange.start": _row(lambda start, end, dtype=None: np.arange(start, end)),
    "arange.start_step": _row(lambda start, end, step=1, dtype=None: np.arange(start, end, step)),
    "linspace": _row(lambda start, end, steps, dtype=None: np.linspace(start, end, steps)),
    "scalar_tensor": _row(lambda value, dtype=None: np.asarray(value)),
    "new_zeros": _row(lambda x, shape, dtype=None: np.zeros(shape)),
    "new_ones": _row(lambda x, shape, dtype=None: np.ones(shape)),
    "new_empty": _row(lambda x, shape, dtype=None: np.zeros(shape)),
    "new_full": _row(lambda x, shape, value, dtype=None: np.full(shape, value)),
    "zeros_like": _row(lambda x, dtype=None: np.zeros(x.shape)),
    "ones_like": _row(lambda x, dtype=None: np.ones(x.shape)),
    "empty_like": _row(lambda x, dtype=None: np.zeros(x.shape)),
    "full_like": _row(lambda x, value, dtype=None: np.full(x.shape, value)),
    "zero": Operation(np.zeros_like, lambda grad_y, x: np.zeros_like(x), "constant"),
    "fill": Operation(fill, fill_backward, "each"),
    "fill.Scalar": Operation(fill, lambda grad_y, x, value: np.zeros_like(x), "constant"),
    "copy": Operation(copy, _copy_backward, "each"),
    "bernoulli.p": Operation(
        bernoulli,
        None,
        "constant",
        draws=True,
        references=("dropout", "dropout2d"),
        layers=("Dropout", "Dropout2d"),
    ),
    "bernoulli": _draw(bernoulli_of),
    "rand": _draw(lambda generator, shape, dtype=None: generator.random(shape)),
    "rand_like": _draw(lambda generator, x, dtype=None: generator.random(x.shape)),
    "randn": _draw(lambda generator, shape, dtype=None: generator.standard_normal(shape)),
    "randn_like": _draw(lambda generator, x, dtype=None: generator.standard_normal(x.shape)),
}
