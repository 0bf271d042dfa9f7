"""The linear layer and flatten in plain NumPy, forward beside backward.

twin: course_lib/torch_ops/linear.py   test: tests/parity/test_linear.py
taught in: notebooks/16_training_a_cnn.ipynb   symbols: course_lib/shapes.py
"""

from math import prod

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.arrays import require_grad
from course_lib.contracts.linear import (
    LinearGrads,
    check_flatten,
    check_linear,
    check_linear_grad,
)
from course_lib.numpy_ops.precision import sum_axis

__all__ = [  # noqa: RUF022 (in the order of the course)
    "linear",
    "linear_backward",
    "flatten",
    "flatten_backward",
]


def linear(x: NDArray, weight: NDArray, bias: NDArray | None = None) -> NDArray:
    """Weigh and sum the features of each sample: a fully connected layer.

    y[..., o] = bias[o] + sum_i weight[o, i] * x[..., i]

    Parameters
    ----------
    x : (..., in_features)
        Samples, floating point; often (N, in_features).
    weight : (out_features, in_features)
        One row of weights per output feature.
    bias : (out_features,), default=None
        Added to every sample; None adds nothing.

    Returns
    -------
    y : (..., out_features)

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If shapes do not fit each other.

    Notes
    -----
    Cost: N * in_features * out_features multiply-adds.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 6.1.

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0]])
    >>> weight = np.array([[1.0, 0.0, -1.0], [0.5, 0.5, 0.5]])
    >>> linear(x, weight, bias=np.array([10.0, 0.0]))
    array([[8., 3.]])
    """
    check_linear("linear", x, weight, bias)
    y = _rows(x) @ weight.T
    if bias is not None:
        np.add(y, bias, out=y)
    return y.reshape(*x.shape[:-1], weight.shape[0])


def linear_backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    needs_grad_x: bool = True,
) -> LinearGrads:
    """Send the loss gradient back through `linear`.

    grad_x[..., i] = sum_o grad_y[..., o] * weight[o, i];
    grad_weight[o, i] = sum_n grad_y[n, o] * x[n, i]; grad_bias[o] = sum_n grad_y[n, o],
    where n runs over all samples.

    Parameters
    ----------
    grad_y : (..., out_features)
        Gradient of the loss with respect to the output of `linear`.
    x, weight, bias
        The values that were passed to `linear`.
    needs_grad_x : bool, default=True
        With False `grad_x` is None and is not computed: the first layer never needs it.

    Returns
    -------
    LinearGrads
        `grad_x` (..., in_features), `grad_weight` (out_features, in_features), `grad_bias`
        (out_features,).

    Raises
    ------
    TypeError, ValueError
        As `linear`; also if `grad_y` has another dtype than `x` or not the shape of the output.

    Examples
    --------
    >>> x, weight = np.array([[1.0, 2.0, 3.0]]), np.ones((2, 3))
    >>> linear_backward(np.array([[1.0, -1.0]]), x, weight).grad_weight
    array([[ 1.,  2.,  3.],
           [-1., -2., -3.]])
    """
    check_linear("linear_backward", x, weight, bias)
    check_linear_grad("linear_backward", grad_y, x, weight, needs_grad_x=needs_grad_x)
    rows = _rows(grad_y)
    grad_x = (rows @ weight).reshape(x.shape) if needs_grad_x else None
    return LinearGrads(grad_x, rows.T @ _rows(x), sum_axis(rows, 0, rows.dtype))


def flatten(x: NDArray) -> NDArray:
    """Lay each sample out as one row of features.

    y[n] = x[n] read in order, the last axis fastest

    Parameters
    ----------
    x : (N, ...)
        Floating point, at least two axes; often feature maps (N, C, H, W).

    Returns
    -------
    y : (N, product of the other sizes)
        A copy.

    Raises
    ------
    TypeError
        If x is not floating point.
    ValueError
        If x has fewer than two axes.

    Examples
    --------
    >>> flatten(np.arange(8.0).reshape(2, 1, 2, 2))
    array([[0., 1., 2., 3.],
           [4., 5., 6., 7.]])
    """
    check_flatten("flatten", x)
    return np.array(x, order="C").reshape(x.shape[0], prod(x.shape[1:]))


def flatten_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the loss gradient back through `flatten`: give every value its old place.

    Parameters
    ----------
    grad_y : (N, product of the other sizes)
        Gradient of the loss with respect to the output of `flatten`.
    x : (N, ...)
        The value that was passed to `flatten`.

    Returns
    -------
    grad_x : the shape of x
        A copy.

    Raises
    ------
    TypeError, ValueError
        As `flatten`; also if `grad_y` has another dtype than `x` or not the shape of the output.

    Examples
    --------
    >>> flatten_backward(np.arange(6.0).reshape(1, 6), np.zeros((1, 2, 3)))
    array([[[0., 1., 2.],
            [3., 4., 5.]]])
    """
    check_flatten("flatten_backward", x)
    require_grad("flatten_backward", grad_y, (x.shape[0], prod(x.shape[1:])), x=x)
    return np.array(grad_y, order="C").reshape(x.shape)


def _rows(x: NDArray) -> NDArray:
    """View samples of any leading shape as the rows of one matrix."""
    return x.reshape(prod(x.shape[:-1]), x.shape[-1])
