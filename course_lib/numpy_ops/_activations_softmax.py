"""Softmax and its logarithm in plain NumPy, forward beside backward.

twin: course_lib/torch_ops/activations.py   test: tests/parity/test_activations.py
"""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.activations import check_activation_grad, check_axis, check_rows


def softmax(x: NDArray, *, axis: int) -> NDArray:
    """Turn scores into probabilities that sum to 1 along an axis.

    y = exp(x) / sum(exp(x)), both sums along `axis`

    Parameters
    ----------
    x : any shape
        Scores (logits), floating point.
    axis : int
        The axis whose values compete, for example 1 for class scores (N, C).

    Returns
    -------
    y : the shape of x
        Between 0 and 1; the sum along `axis` is 1.

    Raises
    ------
    TypeError
        If x is not floating point or axis not an int.
    ValueError
        If x has no such axis, or a row along it holds only -inf: nothing is left to choose from.

    Notes
    -----
    The largest score of a row is subtracted first. That changes nothing, because both halves of
    the fraction shrink by the same factor, and keeps exp from overflowing.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 4.1.

    Examples
    --------
    >>> softmax(np.array([[1000.0, 1000.0, -1000.0]]), axis=1)
    array([[0.5, 0.5, 0. ]])
    """
    return _softmax("softmax", x, check_axis("softmax", x, axis))


def softmax_backward(grad_y: NDArray, x: NDArray, *, axis: int) -> NDArray:
    """Send the loss gradient back through `softmax`.

    grad_x = y * (grad_y - sum(y * grad_y)), the sum along `axis`

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `softmax`.
    x, axis
        The values that were passed to `softmax`.

    Returns
    -------
    grad_x : the shape of x
        Sums to 0 along `axis`: moving all scores of a row together changes nothing.

    Raises
    ------
    TypeError, ValueError
        As `softmax`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> softmax_backward(np.array([1.0, 0.0]), np.array([3.0, 3.0]), axis=0)
    array([ 0.25, -0.25])
    """
    axis = check_axis("softmax_backward", x, axis)
    check_activation_grad("softmax_backward", grad_y, x)
    y = _softmax("softmax_backward", x, axis)
    grad_x = np.multiply(y, grad_y, out=np.empty_like(x))
    np.subtract(grad_y, grad_x.sum(axis=axis, keepdims=True), out=grad_x)
    return np.multiply(y, grad_x, out=grad_x)


def log_softmax(x: NDArray, *, axis: int) -> NDArray:
    """Take the logarithm of `softmax` without ever taking the logarithm of 0.

    y = x - log(sum(exp(x))), the sum along `axis`

    Parameters
    ----------
    x : any shape
        Scores (logits), floating point.
    axis : int
        The axis whose values compete, for example 1 for class scores (N, C).

    Returns
    -------
    y : the shape of x
        Logarithms of probabilities, in nats: 0 or less.

    Raises
    ------
    TypeError
        If x is not floating point or axis not an int.
    ValueError
        If x has no such axis, or a row along it holds only -inf.

    Notes
    -----
    `np.log(softmax(x))` gives -inf as soon as a probability is too small to store; this does not.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 6.2.2.3.

    Examples
    --------
    >>> log_softmax(np.array([[0.0, -1000.0]]), axis=1)
    array([[    0., -1000.]])
    """
    return _log_softmax("log_softmax", x, check_axis("log_softmax", x, axis))


def log_softmax_backward(grad_y: NDArray, x: NDArray, *, axis: int) -> NDArray:
    """Send the loss gradient back through `log_softmax`.

    grad_x = grad_y - softmax(x) * sum(grad_y), the sum along `axis`

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `log_softmax`.
    x, axis
        The values that were passed to `log_softmax`.

    Returns
    -------
    grad_x : the shape of x
        Sums to 0 along `axis`.

    Raises
    ------
    TypeError, ValueError
        As `log_softmax`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> log_softmax_backward(np.array([1.0, 0.0]), np.array([3.0, 3.0]), axis=0)
    array([ 0.5, -0.5])
    """
    axis = check_axis("log_softmax_backward", x, axis)
    check_activation_grad("log_softmax_backward", grad_y, x)
    grad_x = _softmax("log_softmax_backward", x, axis)
    np.multiply(grad_x, grad_y.sum(axis=axis, keepdims=True), out=grad_x)
    return np.subtract(grad_y, grad_x, out=grad_x)


def _softmax(operation: str, x: NDArray, axis: int) -> NDArray:
    y = _minus_largest(operation, x, axis)
    np.exp(y, out=y)
    return np.divide(y, y.sum(axis=axis, keepdims=True), out=y)


def _log_softmax(operation: str, x: NDArray, axis: int) -> NDArray:
    y = _minus_largest(operation, x, axis)
    total = np.exp(y).sum(axis=axis, keepdims=True)
    # At least 1, as the largest value became exp(0); only a row without classes sums to 0.
    with np.errstate(divide="ignore"):
        return np.subtract(y, np.log(total), out=y)


def _minus_largest(operation: str, x: NDArray, axis: int) -> NDArray:
    """Shift each row so that its largest value is 0, into a new array."""
    largest = x.max(axis=axis, keepdims=True, initial=-np.inf)
    check_rows(operation, x, largest, axis)
    # A distance beyond the largest float is -inf, and inf - inf is NaN: both are meant.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.subtract(x, largest, out=np.empty_like(x))
