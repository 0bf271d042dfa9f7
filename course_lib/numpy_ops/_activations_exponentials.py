"""Smooth relatives of ReLU in plain NumPy, forward beside backward.

twin: course_lib/torch_ops/activations.py   test: tests/parity/test_activations.py
"""

from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.activations import (
    check_activation,
    check_activation_grad,
    check_gelu,
    check_softplus,
)
from course_lib.contracts.checks import require_number

# Klambauer et al., 2017, section 2: the fixed point with mean 0 and variance 1.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946
# Hendrycks and Gimpel, 2016, section 2: the constant of the tanh form.
GELU_CUBIC = 0.044715


def elu(x: NDArray, *, alpha: float = 1.0) -> NDArray:
    """Keep what is positive and bend the rest softly towards -alpha.

    y = x where x > 0, else alpha * (exp(x) - 1)

    Parameters
    ----------
    x : any shape
        Floating point.
    alpha : float, default=1.0
        Depth of the floor left of 0.

    Returns
    -------
    y : the shape of x

    Raises
    ------
    TypeError
        If x is not floating point or alpha not a number.
    ValueError
        If alpha is NaN.

    References
    ----------
    Clevert, Unterthiner and Hochreiter, 2016, arXiv:1511.07289, equation 15.

    Examples
    --------
    >>> elu(np.array([-1000.0, 0.0, 3.0]), alpha=2.0)
    array([-2.,  0.,  3.])
    """
    check_activation("elu", x)
    return _elu(x, require_number("elu", "alpha", alpha))


def elu_backward(grad_y: NDArray, x: NDArray, *, alpha: float = 1.0) -> NDArray:
    """Send the loss gradient back through `elu`.

    grad_x = grad_y where x > 0, else grad_y * alpha * exp(x)

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `elu`.
    x, alpha
        The values that were passed to `elu`.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `elu`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> elu_backward(np.array([5.0, 5.0, 5.0]), np.array([-1000.0, 0.0, 3.0]), alpha=2.0)
    array([ 0., 10.,  5.])
    """
    check_activation_grad("elu_backward", grad_y, x)
    slope = _elu_slope(x, require_number("elu_backward", "alpha", alpha))
    return np.multiply(grad_y, slope, out=slope)


def selu(x: NDArray) -> NDArray:
    """Scale `elu` so that mean 0 and variance 1 reproduce themselves from layer to layer.

    y = 1.0507 * elu(x, alpha=1.6733), with more digits

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
    Klambauer et al., 2017, Self-normalizing neural networks, arXiv:1706.02515, equation 2.

    Examples
    --------
    >>> selu(np.array([-1000.0, 0.0, 1.0])).round(4)
    array([-1.7581,  0.    ,  1.0507])
    """
    check_activation("selu", x)
    y = _elu(x, SELU_ALPHA)
    with np.errstate(over="ignore"):  # 1.05 times the largest float is infinite
        return np.multiply(y, SELU_SCALE, out=y)


def selu_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the loss gradient back through `selu`.

    grad_x = 1.0507 * grad_y where x > 0, else 1.0507 * 1.6733 * grad_y * exp(x)

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `selu`.
    x : any shape
        The value that was passed to `selu`.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `selu`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> selu_backward(np.array([1.0, 1.0]), np.array([-1000.0, 1.0])).round(4)
    array([0.    , 1.0507])
    """
    check_activation_grad("selu_backward", grad_y, x)
    slope = _elu_slope(x, SELU_ALPHA)
    slope *= SELU_SCALE
    return np.multiply(grad_y, slope, out=slope)


def gelu(x: NDArray, *, approximate: str = "none") -> NDArray:
    """Weigh each number by the share of a normal distribution that lies below it.

    y = x * P(x) with P(x) = (1 + erf(x / sqrt(2))) / 2; the "tanh" form is
    P(x) = (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2

    Parameters
    ----------
    x : any shape
        Floating point.
    approximate : {"none", "tanh"}, default="none"
        Which P to use.

    Returns
    -------
    y : the shape of x

    Raises
    ------
    TypeError
        If x is not floating point.
    ValueError
        If `approximate` is unknown.

    References
    ----------
    Hendrycks and Gimpel, 2016, arXiv:1606.08415, section 2.

    Examples
    --------
    >>> gelu(np.array([-100.0, 1.0, 100.0])).round(4)
    array([ -0.    ,   0.8413, 100.    ])
    """
    check_gelu("gelu", x, approximate)
    y = _share_below(x) if approximate == "none" else _share_below_tanh(x)
    with np.errstate(invalid="ignore"):  # infinity times 0 is NaN, as IEEE says
        return np.multiply(x, y, out=y)


def gelu_backward(grad_y: NDArray, x: NDArray, *, approximate: str = "none") -> NDArray:
    """Send the loss gradient back through `gelu`.

    grad_x = grad_y * (P(x) + x * P'(x)), where P' is the normal density for "none", and
    2 * P * (1 - P) * sqrt(2 / pi) * (1 + 3 * 0.044715 * x**2) for "tanh"

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `gelu`.
    x, approximate
        The values that were passed to `gelu`.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `gelu`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> gelu_backward(np.array([4.0, 4.0]), np.array([0.0, 1000.0]))
    array([2., 4.])
    """
    check_gelu("gelu_backward", x, approximate)
    check_activation_grad("gelu_backward", grad_y, x)
    near = np.clip(x, -50, 50, out=np.empty_like(x))  # P' is 0 beyond, and near**2 small
    squares = np.square(near, out=np.empty_like(x))
    if approximate == "none":
        slope = _share_below(x)
        density = np.exp(-0.5 * squares) / sqrt(2 * pi)
    else:
        slope = _share_below_tanh(x)
        density = 2 * sqrt(2 / pi) * slope * (1 - slope) * (1 + 3 * GELU_CUBIC * squares)
    slope += near * density
    return np.multiply(grad_y, slope, out=slope)


def softplus(x: NDArray, *, beta: float = 1.0, threshold: float = 20.0) -> NDArray:
    """Round off the corner of ReLU.

    y = log(1 + exp(beta * x)) / beta, and y = x where beta * x > threshold

    Parameters
    ----------
    x : any shape
        Floating point.
    beta : float, default=1.0
        Sharpness of the corner; not 0.
    threshold : float, default=20.0
        Where the straight line takes over.

    Returns
    -------
    y : the shape of x

    Raises
    ------
    TypeError
        If x is not floating point, or beta or threshold not a number.
    ValueError
        If beta is 0, or beta or threshold is NaN.

    Notes
    -----
    Computed as (max(z, 0) + log(1 + exp(-abs(z)))) / beta with z = beta * x, which cannot
    overflow. A threshold above 40 acts as 40: there the curve is straight to the last bit.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 3.10.

    Examples
    --------
    >>> softplus(np.array([-100.0, 0.0, 100.0])).round(4)
    array([  0.    ,   0.6931, 100.    ])
    """
    beta, threshold = check_softplus("softplus", x, beta, threshold)
    z = _times(x, beta)
    y = np.abs(z, out=np.empty_like(x))
    np.exp(np.negative(y, out=y), out=y)
    np.log1p(y, out=y)
    y += np.maximum(z, 0)
    y /= beta
    np.copyto(y, x, where=z > threshold)
    return y


def softplus_backward(
    grad_y: NDArray, x: NDArray, *, beta: float = 1.0, threshold: float = 20.0
) -> NDArray:
    """Send the loss gradient back through `softplus`.

    grad_x = grad_y / (1 + exp(-beta * x)), and grad_y where beta * x > threshold

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `softplus`.
    x, beta, threshold
        The values that were passed to `softplus`.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `softplus`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> softplus_backward(np.array([4.0, 4.0]), np.array([0.0, 1000.0]))
    array([2., 4.])
    """
    beta, threshold = check_softplus("softplus_backward", x, beta, threshold)
    check_activation_grad("softplus_backward", grad_y, x)
    z = _times(x, beta)
    with np.errstate(over="ignore"):  # where exp(-z) is infinite, grad_y / inf = 0 is right
        slope = np.exp(np.negative(z, out=np.empty_like(x)), out=np.empty_like(x))
    slope += 1
    np.divide(grad_y, slope, out=slope)
    np.copyto(slope, grad_y, where=z > threshold)
    return slope


def _elu(x: NDArray, alpha: float) -> NDArray:
    y = np.minimum(x, 0, out=np.empty_like(x))
    np.expm1(y, out=y)
    y *= alpha
    y += np.maximum(x, 0)  # one of the two halves is always 0
    return y


def _elu_slope(x: NDArray, alpha: float) -> NDArray:
    slope = np.minimum(x, 0, out=np.empty_like(x))
    np.exp(slope, out=slope)
    if alpha != 1:
        slope *= alpha
        np.copyto(slope, 1, where=x > 0)
    return slope


def _share_below(x: NDArray) -> NDArray:
    """Evaluate the distribution function of the standard normal, (1 + erf(x / sqrt(2))) / 2."""
    # Imported here: SciPy takes longer to load than NumPy, and only this function needs it.
    from scipy.special import ndtr

    return ndtr(x, out=np.empty_like(x), casting="same_kind")


def _share_below_tanh(x: NDArray) -> NDArray:
    """Approximate `_share_below`; beyond 10 tanh is 1 to the last bit, and x**3 stays small."""
    z = np.clip(x, -10, 10, out=np.empty_like(x))
    share = np.tanh(sqrt(2 / pi) * (z + GELU_CUBIC * (z * z * z)))
    share += 1
    share *= 0.5
    return np.asarray(share)


def _times(x: NDArray, factor: float) -> NDArray:
    with np.errstate(over="ignore"):  # a product beyond the largest float is infinite
        return np.multiply(x, factor, out=np.empty_like(x))
