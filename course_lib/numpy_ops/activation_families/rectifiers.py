"""Rectifiers in plain NumPy: straight lines with a kink, forward beside backward.

twin: course_lib/torch_ops/activations.py   test: tests/parity/test_activations.py
"""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.activations import check_activation, check_activation_grad


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
