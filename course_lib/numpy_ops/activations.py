"""Activations in plain NumPy, forward beside backward.

twin: course_lib/torch_ops/activations.py   test: tests/parity/test_activations.py
formulas: course_lib/numpy_ops/activation_formulas.py   symbols: course_lib/shapes.py
"""

from collections.abc import Iterator
from functools import partial
from types import EllipsisType

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import require_number
from course_lib.contracts.activations import (
    PreluGrads,
    check_activation,
    check_activation_grad,
    check_axis,
    check_gelu,
    check_prelu,
    check_rows,
    check_softplus,
)
from course_lib.numpy_ops import activation_formulas as formulas
from course_lib.numpy_ops.chunks import PIECE, count_at_once, in_pieces, spans
from course_lib.numpy_ops.precision import at_least_float32, narrowed, sum_axis

__all__ = [  # noqa: RUF022 (in the order of the course)
    "sigmoid",
    "sigmoid_backward",
    "tanh",
    "tanh_backward",
    "relu",
    "relu_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "prelu",
    "prelu_backward",
    "elu",
    "elu_backward",
    "selu",
    "selu_backward",
    "gelu",
    "gelu_backward",
    "silu",
    "silu_backward",
    "mish",
    "mish_backward",
    "relu6",
    "relu6_backward",
    "hardswish",
    "hardswish_backward",
    "hardsigmoid",
    "hardsigmoid_backward",
    "softplus",
    "softplus_backward",
    "softmax",
    "softmax_backward",
    "log_softmax",
    "log_softmax_backward",
]

# Klambauer et al., 2017, section 2: the fixed point with mean 0 and variance 1.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


def sigmoid(x: NDArray) -> NDArray:
    """Squeeze every number into (0, 1).

    y = 1 / (1 + exp(-x))

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
    Goodfellow, Bengio and Courville, 2016, Deep Learning, section 3.10.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    check_activation("sigmoid", x)
    return in_pieces(formulas.sigmoid, x)


def sigmoid_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the loss gradient back through `sigmoid`.

    grad_x = grad_y * y * (1 - y), never more than a quarter of grad_y

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `sigmoid`.
    x : any shape
        The value that was passed to `sigmoid`.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `sigmoid`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> sigmoid_backward(np.array([4.0, 4.0]), np.array([0.0, 1000.0]))
    array([1., 0.])
    """
    check_activation_grad("sigmoid_backward", grad_y, x)
    return in_pieces(formulas.sigmoid_backward, grad_y, x)


def tanh(x: NDArray) -> NDArray:
    """Squeeze every number into (-1, 1), with 0 staying 0.

    y = (exp(x) - exp(-x)) / (exp(x) + exp(-x))

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
    LeCun, Bottou, Orr and Müller, 1998, Efficient BackProp, section 4.4.

    Examples
    --------
    >>> tanh(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])
    """
    check_activation("tanh", x)
    return in_pieces(np.tanh, x)


def tanh_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the loss gradient back through `tanh`.

    grad_x = grad_y * (1 - y**2)

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `tanh`.
    x : any shape
        The value that was passed to `tanh`.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `tanh`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> tanh_backward(np.array([4.0, 4.0]), np.array([0.0, 1000.0]))
    array([4., 0.])
    """
    check_activation_grad("tanh_backward", grad_y, x)
    return in_pieces(formulas.tanh_backward, grad_y, x)


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
    return in_pieces(formulas.relu, x)


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
    return in_pieces(formulas.relu_backward, grad_y, x)


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
    return in_pieces(partial(formulas.bend, slope=slope), x)


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
    return in_pieces(partial(formulas.bend_backward, slope=slope), grad_y, x)


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
    y = np.empty_like(x)
    for images in _images(x):
        formulas.bend(x[images], weight.reshape(shape), out=y[images])
    return y


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
    shares, grad_x = grad_y * np.minimum(x, 0), np.empty_like(x)
    one_slope = weight.size == 1
    shared_axes = None if one_slope else (0, *range(2, x.ndim))
    grad_weight = sum_axis(shares, shared_axes, weight.dtype).reshape(weight.shape)
    for images in _images(x):
        of_images = grad_y[images], x[images], weight.reshape(shape)
        formulas.bend_backward(*of_images, out=grad_x[images])
    return PreluGrads(grad_x, grad_weight)


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
    alpha = require_number("elu", "alpha", alpha)
    return in_pieces(partial(formulas.elu, alpha=alpha), x)


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
    alpha = require_number("elu_backward", "alpha", alpha)
    return in_pieces(partial(formulas.elu_backward, alpha=alpha), grad_y, x)


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
    y = in_pieces(partial(formulas.elu, alpha=SELU_ALPHA), x)
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
    grad_x = in_pieces(partial(formulas.elu_backward, alpha=SELU_ALPHA), grad_y, x)
    with np.errstate(over="ignore"):
        return np.multiply(grad_x, SELU_SCALE, out=grad_x)


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
    return in_pieces(formulas.gelu if approximate == "none" else formulas.gelu_by_tanh, x)


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
    exact = approximate == "none"
    formula = formulas.gelu_backward if exact else formulas.gelu_by_tanh_backward
    return in_pieces(formula, grad_y, x)


def silu(x: NDArray) -> NDArray:
    """Let each number through by as much as its own sigmoid says; also called Swish.

    y = x * sigmoid(x)

    Parameters
    ----------
    x : any shape
        Floating point.

    Returns
    -------
    y : the shape of x
        -0.2785 or more.

    Raises
    ------
    TypeError
        If x is not floating point.

    References
    ----------
    Ramachandran, Zoph and Le, 2017, Searching for activation functions, arXiv:1710.05941.

    Examples
    --------
    >>> silu(np.array([-1000.0, 0.0, 1000.0]))
    array([  -0.,    0., 1000.])
    """
    check_activation("silu", x)
    return in_pieces(formulas.silu, x)


def silu_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the loss gradient back through `silu`.

    grad_x = grad_y * s * (1 + x * (1 - s)) with s = sigmoid(x)

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `silu`.
    x : any shape
        The value that was passed to `silu`.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `silu`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> silu_backward(np.array([4.0, 4.0]), np.array([0.0, 1000.0]))
    array([2., 4.])
    """
    check_activation_grad("silu_backward", grad_y, x)
    return in_pieces(formulas.silu_backward, grad_y, x)


def mish(x: NDArray) -> NDArray:
    """Let each number through by as much as the tanh of its own softplus says.

    y = x * tanh(log(1 + exp(x)))

    Parameters
    ----------
    x : any shape
        Floating point.

    Returns
    -------
    y : the shape of x
        -0.3089 or more.

    Raises
    ------
    TypeError
        If x is not floating point.

    References
    ----------
    Misra, 2019, Mish: a self regularized non-monotonic activation function, arXiv:1908.08681.

    Examples
    --------
    >>> mish(np.array([-1000.0, 0.0, 1000.0]))
    array([  -0.,    0., 1000.])
    """
    check_activation("mish", x)
    return in_pieces(formulas.mish, x)


def mish_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the loss gradient back through `mish`.

    grad_x = grad_y * (t + x * (1 - t²) * sigmoid(x)) with t = tanh(log(1 + exp(x)))

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `mish`.
    x : any shape
        The value that was passed to `mish`.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `mish`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> mish_backward(np.array([5.0, 4.0]), np.array([0.0, 1000.0]))
    array([3., 4.])
    """
    check_activation_grad("mish_backward", grad_y, x)
    return in_pieces(formulas.mish_backward, grad_y, x)


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
    return in_pieces(formulas.relu6, x)


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
    return in_pieces(formulas.relu6_backward, grad_y, x)


def hardswish(x: NDArray) -> NDArray:
    """Replace the sigmoid inside `silu` by `hardsigmoid`.

    y = x * hardsigmoid(x)

    Parameters
    ----------
    x : any shape
        Floating point.

    Returns
    -------
    y : the shape of x
        -0.375 or more.

    Raises
    ------
    TypeError
        If x is not floating point.

    References
    ----------
    Howard et al., 2019, Searching for MobileNetV3, arXiv:1905.02244, section 5.2.

    Examples
    --------
    >>> hardswish(np.array([-4.0, -1.5, 4.0]))
    array([-0.   , -0.375,  4.   ])
    """
    check_activation("hardswish", x)
    return in_pieces(formulas.hardswish, x)


def hardswish_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the loss gradient back through `hardswish`.

    grad_x = grad_y * (x / 3 + 1/2) where -3 < x < 3, grad_y where x >= 3, else 0

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `hardswish`.
    x : any shape
        The value that was passed to `hardswish`.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `hardswish`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> hardswish_backward(np.array([6.0, 6.0]), np.array([0.0, 4.0]))
    array([3., 6.])
    """
    check_activation_grad("hardswish_backward", grad_y, x)
    return in_pieces(formulas.hardswish_backward, grad_y, x)


def hardsigmoid(x: NDArray) -> NDArray:
    """Replace the sigmoid by three straight pieces, which need no exp.

    y = min(max(x + 3, 0), 6) / 6

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
    Howard et al., 2019, Searching for MobileNetV3, arXiv:1905.02244, section 5.2.

    Examples
    --------
    >>> hardsigmoid(np.array([-4.0, 0.0, 4.0]))
    array([0. , 0.5, 1. ])
    """
    check_activation("hardsigmoid", x)
    return in_pieces(formulas.hardsigmoid, x)


def hardsigmoid_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the loss gradient back through `hardsigmoid`.

    grad_x = grad_y / 6 where -3 < x < 3, else 0

    Parameters
    ----------
    grad_y : the shape of x
        Gradient of the loss with respect to the output of `hardsigmoid`.
    x : any shape
        The value that was passed to `hardsigmoid`.

    Returns
    -------
    grad_x : the shape of x

    Raises
    ------
    TypeError, ValueError
        As `hardsigmoid`; also if `grad_y` has not the dtype or the shape of x.

    Examples
    --------
    >>> hardsigmoid_backward(np.array([6.0, 6.0]), np.array([0.0, 4.0]))
    array([1., 0.])
    """
    check_activation_grad("hardsigmoid_backward", grad_y, x)
    return in_pieces(formulas.hardsigmoid_backward, grad_y, x)


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
    return in_pieces(partial(formulas.softplus, beta=beta, threshold=threshold), x)


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
    formula = partial(formulas.softplus_backward, beta=beta, threshold=threshold)
    return in_pieces(formula, grad_y, x)


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


def _images(x: NDArray) -> Iterator[slice | EllipsisType]:
    """Pick as many images of `x` (N, ...) at a time as fit the cache."""
    return spans(len(x), count_at_once(PIECE, x[:1].size)) if x.ndim else iter([...])


def _softmax(operation: str, x: NDArray, axis: int) -> NDArray:
    y = _minus_largest(operation, x, axis)
    np.exp(y, out=y)
    np.divide(y, y.sum(axis=axis, keepdims=True), out=y)
    return narrowed(y, x)


def _log_softmax(operation: str, x: NDArray, axis: int) -> NDArray:
    y = _minus_largest(operation, x, axis)
    total = np.exp(y).sum(axis=axis, keepdims=True)
    # At least 1, as the largest value became exp(0); only a row without classes sums to 0.
    with np.errstate(divide="ignore"):
        np.subtract(y, np.log(total), out=y)
    return narrowed(y, x)


def _minus_largest(operation: str, x: NDArray, axis: int) -> NDArray:
    """Shift each row so that its largest value is 0, into a new array of at least float32."""
    x = at_least_float32(x)
    largest = x.max(axis=axis, keepdims=True, initial=-np.inf)
    check_rows(operation, x, largest, axis)
    # A distance beyond the largest float is -inf, and inf - inf is NaN: both are meant.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.subtract(x, largest, out=np.empty_like(x))
