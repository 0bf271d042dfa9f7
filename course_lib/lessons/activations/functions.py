"""The activations of notebook 07 as functions with their slopes, and chains of layers of them."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops


class Activation(NamedTuple):
    """A function of an array, and its backward: (grad_y, x) to grad_x."""

    forward: Callable[[NDArray], NDArray]
    backward: Callable[[NDArray, NDArray], NDArray]


PRELU_SLOPE = np.array([0.25])  # what He et al. begin with

FUNCTIONS: Mapping[str, Activation] = {
    "no activation": Activation(np.copy, lambda grad_y, x: grad_y.copy()),
    "sigmoid": Activation(numpy_ops.sigmoid, numpy_ops.sigmoid_backward),
    "tanh": Activation(numpy_ops.tanh, numpy_ops.tanh_backward),
    "ReLU": Activation(numpy_ops.relu, numpy_ops.relu_backward),
    "leaky ReLU": Activation(numpy_ops.leaky_relu, numpy_ops.leaky_relu_backward),
    "PReLU": Activation(
        lambda x: numpy_ops.prelu(x, PRELU_SLOPE),
        lambda grad_y, x: numpy_ops.prelu_backward(grad_y, x, PRELU_SLOPE).grad_x,
    ),
    "ELU": Activation(numpy_ops.elu, numpy_ops.elu_backward),
    "GELU": Activation(numpy_ops.gelu, numpy_ops.gelu_backward),
    "SiLU": Activation(numpy_ops.silu, numpy_ops.silu_backward),
    "hard-swish": Activation(numpy_ops.hardswish, numpy_ops.hardswish_backward),
}


def value_and_slope(name: str, x: NDArray) -> tuple[NDArray, NDArray]:
    """Give an activation and its slope at every x.

    Examples
    --------
    >>> value_and_slope("ReLU", np.array([-2.0, 3.0]))
    (array([0., 3.]), array([0., 1.]))
    """
    forward, backward = FUNCTIONS[name]
    return forward(x), backward(np.ones_like(x), x)


class Chain(NamedTuple):
    """One number on its way through layers y = f(w y): (L,) each.

    `z` are the sums, `y` the outputs, `slopes` those of f at z, and `through` the slope of each
    output for the input: the product of all weights and slopes before it.
    """

    z: NDArray
    y: NDArray
    slopes: NDArray
    through: NDArray


def chain(name: str, x: float, *, weight: float, layers: int = 10) -> Chain:
    """Send one number through layers of one unit each, and follow its slope.

    Parameters
    ----------
    name : str
        An activation in `FUNCTIONS`.
    x : float
        The input of the first layer.
    weight : float
        Of every layer.
    layers : int, default=10
        How many.

    Returns
    -------
    Chain
        What each layer makes of it.

    Examples
    --------
    >>> chain("ReLU", 3.0, weight=0.5, layers=2).through
    array([0.5 , 0.25])
    """
    z, y, slopes = (np.empty(layers) for _ in range(3))
    for layer in range(layers):
        z[layer] = weight * (y[layer - 1] if layer else x)
        y[layer], slopes[layer] = value_and_slope(name, z[layer])
    return Chain(z, y, slopes, np.cumprod(weight * slopes))


def tents(x: NDArray, times: int) -> NDArray:
    """Fold the line from 0 to 1 in the middle, again and again: two ReLUs a fold.

    Parameters
    ----------
    x : any shape
        From 0 to 1.
    times : int
        Layers of 2 relu(x) − 4 relu(x − ½).

    Returns
    -------
    y : the shape of x

    Examples
    --------
    >>> tents(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), 2)
    array([0., 1., 0., 1., 0.])
    """
    for _ in range(times):
        x = 2 * numpy_ops.relu(x) - 4 * numpy_ops.relu(x - 0.5)
    return x
