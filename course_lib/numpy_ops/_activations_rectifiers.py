"""Rectifiers in plain NumPy: straight lines with a kink, forward beside backward.

twin: course_lib/torch_ops/activations.py   test: tests/parity/test_activations.py
"""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.activations import (
    PreluGrads,
    check_activation,
    check_activation_grad,
    check_prelu,
)
from course_lib.contracts.checks import require_number


def relu(x: NDArray) -> NDArray:
    """Keep what is positive and set the rest to zero.

    y = max(x, 0)

    Parameters
    ----------
    x : any shape
        Floating point.

    Returns
    -------
    y : the shape of x

    Raises
    ------
    TypeError
        If x is not floating point.

    References
    ----------
    Nair and Hinton, 2010, Rectified linear units improve restricted Boltzmann machines, ICML.

    Examples
    --------
    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """
    check_activation("relu", x)
    return np.maximum(x, 0, out=np.empty_like(x))


def relu_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the loss gradient back through `relu`.

    grad_x = grad_y where x > 0, else 0; the slope at the kink x = 0 is taken as 0.

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `relu`.
    x : any shape
        The value that was passed to `relu`.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `relu`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> relu_backward(np.array([5.0, 6.0, 7.0]), np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 7.])
    """
    check_activation_grad("relu_backward", grad_y, x)
    return np.multiply(grad_y, x > 0, out=np.empty_like(x))


def leaky_relu(x: NDArray, *, negative_slope: float = 0.01) -> NDArray:
    """Keep what is positive and shrink the rest, so that no gradient is lost.

    y = x where x > 0, else negative_slope * x

    Parameters
    ----------
    x : any shape
        Floating point.
    negative_slope : float, default=0.01
        Slope left of 0.

    Returns
    -------
    y : the shape of x

    Raises
    ------
    TypeError
        If x is not floating point or negative_slope not a number.
    ValueError
        If negative_slope is NaN.

    References
    ----------
    Maas, Hannun and Ng, 2013, Rectifier nonlinearities improve neural network acoustic models.

    Examples
    --------
    >>> leaky_relu(np.array([-2.0, 0.0, 3.0]), negative_slope=0.5)
    array([-1.,  0.,  3.])
    """
    check_activation("leaky_relu", x)
    slope = require_number("leaky_relu", "negative_slope", negative_slope)
    return _bend(x, x, slope)


def leaky_relu_backward(grad_y: NDArray, x: NDArray, *, negative_slope: float = 0.01) -> NDArray:
    """Send the loss gradient back through `leaky_relu`.

    grad_x = grad_y where x > 0, else negative_slope * grad_y

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `leaky_relu`.
    x, negative_slope
        The values that were passed to `leaky_relu`.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `leaky_relu`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> leaky_relu_backward(np.array([5.0, 6.0]), np.array([-2.0, 3.0]), negative_slope=0.5)
    array([2.5, 6. ])
    """
    check_activation_grad("leaky_relu_backward", grad_y, x)
    slope = require_number("leaky_relu_backward", "negative_slope", negative_slope)
    return _bend(grad_y, x, slope)


def prelu(x: NDArray, weight: NDArray) -> NDArray:
    """Shrink what is negative by a slope that is learned.

    y[n, c] = x[n, c] where x > 0, else weight[c] * x[n, c]

    Parameters
    ----------
    x : (N, C, ...), or any shape with a single slope
        Floating point.
    weight : (C,) or (1,)
        One slope for each channel, or one for all.

    Returns
    -------
    y : the shape of x

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If weight holds neither one slope nor one a channel.

    References
    ----------
    He et al., 2015, arXiv:1502.01852, equation 1.

    Examples
    --------
    >>> prelu(np.array([[-2.0, -2.0]]), np.array([0.5, 0.25]))
    array([[-1. , -0.5]])
    """
    shape = check_prelu("prelu", x, weight)
    return _bend(x, x, weight.reshape(shape))


def prelu_backward(grad_y: NDArray, x: NDArray, weight: NDArray) -> PreluGrads:
    """Send the loss gradient back through `prelu`.

    grad_x = grad_y where x > 0, else weight * grad_y; grad_weight sums grad_y * x over all
    x <= 0 that share the slope

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `prelu`.
    x, weight
        The values that were passed to `prelu`.

    Returns
    -------
    PreluGrads
        `grad_x` (the shape of x), `grad_weight` (the shape of weight).

    Raises
    ------
    TypeError, ValueError
        As `prelu`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> x, weight = np.array([[-2.0, 3.0]]), np.array([0.5])
    >>> prelu_backward(np.array([[10.0, 10.0]]), x, weight)
    PreluGrads(grad_x=array([[ 5., 10.]]), grad_weight=array([-20.]))
    """
    shape = check_prelu("prelu_backward", x, weight)
    check_activation_grad("prelu_backward", grad_y, x)
    shares = grad_y * np.minimum(x, 0)
    one_slope = weight.size == 1
    shared_axes = None if one_slope else (0, *range(2, x.ndim))
    grad_weight = np.asarray(shares.sum(axis=shared_axes)).reshape(weight.shape)
    return PreluGrads(_bend(grad_y, x, weight.reshape(shape)), grad_weight)


def relu6(x: NDArray) -> NDArray:
    """Cut everything below 0 and above 6.

    y = min(max(x, 0), 6)

    Parameters
    ----------
    x : any shape
        Floating point.

    Returns
    -------
    y : the shape of x

    Raises
    ------
    TypeError
        If x is not floating point.

    References
    ----------
    Sandler et al., 2018, MobileNetV2, arXiv:1801.04381, section 3.1.

    Examples
    --------
    >>> relu6(np.array([-2.0, 3.0, 8.0]))
    array([0., 3., 6.])
    """
    check_activation("relu6", x)
    return np.clip(x, 0, 6, out=np.empty_like(x))


def relu6_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the loss gradient back through `relu6`.

    grad_x = grad_y where 0 < x < 6, else 0

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `relu6`.
    x : any shape
        The value that was passed to `relu6`.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `relu6`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> relu6_backward(np.array([5.0, 6.0, 7.0]), np.array([-2.0, 3.0, 8.0]))
    array([0., 6., 0.])
    """
    check_activation_grad("relu6_backward", grad_y, x)
    return np.multiply(grad_y, (x > 0) & (x < 6), out=np.empty_like(x))


def _bend(values: NDArray, x: NDArray, slope: float | NDArray) -> NDArray:
    """Multiply `values` by `slope` wherever x is not positive."""
    above = x > 0  # multiplying by it is faster than choosing with np.where
    factors = np.multiply(~above, slope, out=np.empty_like(x), dtype=x.dtype)
    factors += above
    with np.errstate(invalid="ignore"):  # slope 0 times infinity is NaN, as IEEE says
        return np.multiply(values, factors, out=factors)
