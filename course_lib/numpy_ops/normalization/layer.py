"""Layer normalization: each sample on its own, over its last axes.

twin: course_lib/torch_ops/normalization.py   test: tests/parity/test_normalization.py
"""

import math

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.arrays import require_grad
from course_lib.contracts.normalization import NormGrads, check_layer_norm
from course_lib.numpy_ops.chunks import spans
from course_lib.numpy_ops.normalization.moments import along, blocks, center, sum_last
from course_lib.numpy_ops.normalization.rows import ROW, as_rows, normalize
from course_lib.numpy_ops.precision import at_least_float32, narrowed

__all__ = [
    "layer_norm",
    "layer_norm_backward",
]

ROWS_AT_ONCE = 128  # that are added in the precision of the array


def layer_norm(
    x: NDArray,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    normalized_shape: int | tuple[int, ...],
    eps: float = 1e-5,
) -> NDArray:
    """Give each sample mean 0 and variance 1 over its last axes, then scale and shift.

    y = gamma * (x - mean) / sqrt(var + eps) + beta, with the mean and the biased variance over
    the last axes and one gamma and beta for each place in them.

    Parameters
    ----------
    x : (..., *normalized_shape)
        Floating point.
    gamma, beta : normalized_shape, default=None
        Scale and shift of each place; None is 1 and 0.
    normalized_shape : int or tuple of int
        Sizes of the last axes, over which to normalize: x.shape[1:] takes whole images.
    eps : float, default=1e-5
        Added to the variance, above 0.

    Returns
    -------
    y : as `x`
        Over a single value it is 0 * gamma + beta.

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If normalized_shape is not that of the last axes, gamma or beta has another shape, or
        eps is not above 0.

    References
    ----------
    Ba, Kiros and Hinton, 2016, arXiv:1607.06450, equation 3.

    Examples
    --------
    >>> layer_norm(np.array([[1.0, 3.0], [10.0, 30.0]]), normalized_shape=2).round(3)
    array([[-1.,  1.],
           [-1.,  1.]])
    """
    shape, eps = check_layer_norm(
        "layer_norm", x, gamma, beta, normalized_shape=normalized_shape, eps=eps
    )
    rows = as_rows(x, _num_samples(x, shape), 1)
    y = normalize(rows, _as_row(gamma), _as_row(beta), eps)
    return narrowed(y.reshape(x.shape), x)


def layer_norm_backward(
    grad_y: NDArray,
    x: NDArray,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    normalized_shape: int | tuple[int, ...],
    eps: float = 1e-5,
) -> NormGrads:
    """Send the loss gradient back through `layer_norm`.

    The formula of `group_norm_backward`, with means over the last axes; grad_gamma and
    grad_beta sum over all other axes.

    Parameters
    ----------
    grad_y : as `x`
        Gradient of the loss with respect to the output.
    x, gamma, beta, normalized_shape, eps
        The values that were passed to `layer_norm`.

    Returns
    -------
    NormGrads
        `grad_x` as `x`, `grad_gamma` and `grad_beta` of shape normalized_shape.

    Raises
    ------
    TypeError, ValueError
        As `layer_norm`; also if `grad_y` has another dtype or shape than `x`.

    Examples
    --------
    >>> x = np.array([[1.0, 3.0]])
    >>> layer_norm_backward(np.array([[1.0, 0.0]]), x, normalized_shape=2).grad_gamma.round(3)
    array([-1.,  0.])
    """
    operation = "layer_norm_backward"
    shape, eps = check_layer_norm(
        operation, x, gamma, beta, normalized_shape=normalized_shape, eps=eps
    )
    require_grad(operation, grad_y, x.shape, x=x)
    rows, grad_rows = (as_rows(a, _num_samples(x, shape), 1) for a in (x, grad_y))
    grad_x = np.empty(rows.shape, rows.dtype)
    sums = np.zeros((2, math.prod(shape)))  # in double precision from block to block
    with np.errstate(over="ignore", invalid="ignore"):  # what does not fit is infinite
        for block in blocks(rows, ROW):
            of_block = grad_rows[block], rows[block], _as_row(gamma)
            sums += _row_backward(*of_block, eps, out=grad_x[block])
    grads = grad_x.reshape(x.shape), *sums.reshape(2, *shape)
    return NormGrads(*(narrowed(grad, x) for grad in grads))


def _row_backward(
    grad_y: NDArray, x: NDArray, gamma: NDArray | None, eps: float, *, out: NDArray
) -> NDArray:
    """Write grad_x of some rows (rows, 1, L) to `out`; return what they add to the other two.

    y stays the same when a whole row is shifted or stretched, so grad_x has no part along ones
    and none along z.
    """
    *_, factor, slope = center(x, ROW, eps, out=out)  # (rows,)
    products = grad_y * out
    sums = _add_rows(factor, products), _add_rows(np.ones(len(x)), grad_y)
    size = x.shape[2]
    mean, tilt = sum_last(grad_y, gamma)[:, 0] / size, sum_last(products, gamma)[:, 0] / size
    # `out` holds x - mean: with one factor it becomes the part along z, and then grad_x.
    out *= along(ROW, -tilt * factor**2, out)
    out -= along(ROW, mean, out)
    out += grad_y if gamma is None else np.multiply(grad_y, gamma, out=products)
    out *= along(ROW, slope, out)
    return np.stack(sums)


def _add_rows(weights: NDArray, values: NDArray) -> NDArray:
    """Sum rows (rows, 1, L) times their weights, a few at a time as single precision rounds."""
    total = np.zeros(values.shape[2])
    for span in spans(len(values), ROWS_AT_ONCE):
        total += weights[span].astype(values.dtype) @ values[span, 0]
    return total


def _as_row(parameter: NDArray | None) -> NDArray | None:
    """Lay one number a place out as (1, 1, L)."""
    return None if parameter is None else at_least_float32(parameter).reshape(1, 1, -1)


def _num_samples(x: NDArray, shape: tuple[int, ...]) -> int:
    """Count the places in front of the last axes, 1 where there are no other axes."""
    return int(np.prod(x.shape[: x.ndim - len(shape)], dtype=int))
