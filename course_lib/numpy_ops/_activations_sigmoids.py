"""S-shaped curves and the gates made of them in plain NumPy, forward beside backward.

twin: course_lib/torch_ops/activations.py   test: tests/parity/test_activations.py
"""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.activations import check_activation, check_activation_grad


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
    return _sigmoid(x)


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
    y = _sigmoid(x)
    grad_x = np.subtract(1, y, out=np.empty_like(x))
    grad_x *= y
    return np.multiply(grad_y, grad_x, out=grad_x)


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
    return np.tanh(x, out=np.empty_like(x))


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
    grad_x = np.tanh(x, out=np.empty_like(x))
    grad_x *= grad_x
    np.subtract(1, grad_x, out=grad_x)
    return np.multiply(grad_y, grad_x, out=grad_x)


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
    y = _sigmoid(x)
    with np.errstate(invalid="ignore"):  # infinity times 0 is NaN, as IEEE says
        return np.multiply(x, y, out=y)


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
    s = _sigmoid(x)
    slope = np.subtract(1, s, out=np.empty_like(x))
    with np.errstate(invalid="ignore"):  # infinity times 0 is NaN, as IEEE says
        slope *= x
        slope += 1
        slope *= s
    return np.multiply(grad_y, slope, out=slope)


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
    return _hardsigmoid(x)


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
    grad_x = np.multiply(grad_y, (x > -3) & (x < 3), out=np.empty_like(x))
    return np.divide(grad_x, 6, out=grad_x)


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
    y = _hardsigmoid(x)
    with np.errstate(invalid="ignore"):  # infinity times 0 is NaN, as IEEE says
        return np.multiply(x, y, out=y)


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
    slope = np.divide(x, 3, out=np.empty_like(x))
    slope += 0.5
    np.copyto(slope, x > 0, where=(x <= -3) | (x >= 3))
    return np.multiply(grad_y, slope, out=slope)


def _sigmoid(x: NDArray) -> NDArray:
    y = np.negative(x, out=np.empty_like(x))
    with np.errstate(over="ignore"):  # where exp(-x) is infinite, 1 / (1 + inf) = 0 is right
        np.exp(y, out=y)
    y += 1
    return np.divide(1, y, out=y)


def _hardsigmoid(x: NDArray) -> NDArray:
    y = np.add(x, 3, out=np.empty_like(x))
    np.clip(y, 0, 6, out=y)
    return np.divide(y, 6, out=y)
