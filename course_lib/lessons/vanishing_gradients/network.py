"""The deep dense network of notebook 09, forward and backward, with each of the four cures.

Pixels → D hidden layers → linear → softmax and cross-entropy. All arrays may carry further axes in
front, one network a place: networks that differ in their weights then train side by side.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import datasets, numpy_ops
from course_lib.checks import require_choice, require_int, require_number

WIDTH, PIXELS, CLASSES = 32, 64, 10
ACTIVATIONS = {
    "sigmoid": (numpy_ops.sigmoid, numpy_ops.sigmoid_backward),
    "tanh": (numpy_ops.tanh, numpy_ops.tanh_backward),
    "relu": (numpy_ops.relu, numpy_ops.relu_backward),
}


class Recipe(NamedTuple):
    """How a deep network is built and started.

    Attributes
    ----------
    activation : {"sigmoid", "tanh", "relu"}
        Of all hidden layers.
    scale : float
        Weights of a layer with I inputs start with the variance scale / I.
    normalized : bool
        Whether the sums z are batch normalized before the activation.
    shortcuts : bool
        Whether the input of layers 2 and 3, of 4 and 5 and so on is added to what they give,
        before the second activation.
    """

    activation: str = "sigmoid"
    scale: float = 1.0
    normalized: bool = False
    shortcuts: bool = False


class Layer(NamedTuple):
    """Weights (..., O, I) and biases (..., O) of a layer, or their gradients."""

    W: NDArray
    b: NDArray


Statistics = tuple[NDArray, NDArray]  # mean and variance of each unit, (M,) each


class Kept(NamedTuple):
    """What a forward pass leaves for the way back, a place a hidden layer.

    Attributes
    ----------
    inputs : list of (..., N, I)
        What goes into each layer; the last one goes into the output layer.
    sums : list of (..., N, O)
        z = h Wᵀ + b.
    bent : list of (..., N, O)
        What goes into the activation: z, normalized and with the shortcut added if there is one.
    logits : (..., N, 10)
        What comes out.
    statistics : list of (mean, variance)
        Of each unit over the batch; empty without normalization.
    """

    inputs: list[NDArray]
    sums: list[NDArray]
    bent: list[NDArray]
    logits: NDArray
    statistics: list[Statistics]


def digits(*, train: bool = True, count: int | None = None) -> tuple[NDArray, NDArray]:
    """Give the first digits of the training or test set (N, 64), float32, and classes (N,)."""
    dataset = datasets.load("digits")
    x, y = (dataset.x_train, dataset.y_train) if train else (dataset.x_test, dataset.y_test)
    return x[:count].reshape(-1, PIXELS), y[:count]


def fresh_weights(
    depth: int, *, scale: float = 1.0, seed: int, width: int = WIDTH, inputs: int = PIXELS
) -> list[Layer]:
    """Draw the weights of a network: normal, of variance scale / I; biases are 0.

    Parameters
    ----------
    depth : int
        Number of hidden layers.
    scale : float, default=1.0
        Variance of the weights times the inputs of their layer; the output layer keeps 1.
    seed : int
        Chooses the weights.
    width : int, default=32
        Units of each hidden layer.
    inputs : int, default=64
        Pixels of an image.

    Returns
    -------
    list of Layer
        `depth` hidden layers and the output layer, float64.

    Raises
    ------
    TypeError, ValueError
        If `depth` is not an int of at least 1 or `scale` is negative.

    Examples
    --------
    >>> [layer.W.shape for layer in fresh_weights(3, seed=0)]
    [(32, 64), (32, 32), (32, 32), (10, 32)]
    """
    require_int("fresh_weights", "depth", depth, minimum=1)
    require_number("fresh_weights", "scale", scale, minimum=0.0)
    generator = np.random.default_rng(seed)
    sizes = [inputs, *[width] * depth, CLASSES]
    scales = [scale] * depth + [1.0]
    return [
        Layer(generator.standard_normal((o, i)) * np.sqrt(s / i), np.zeros(o))
        for i, o, s in zip(sizes[:-1], sizes[1:], scales, strict=True)
    ]


def forward(
    x: NDArray,
    layers: Sequence[Layer],
    recipe: Recipe,
    *,
    statistics: Sequence[Statistics] | None = None,
) -> Kept:
    """Send a batch (N, I) through all layers.

    Parameters
    ----------
    x : (N, I) or (..., N, I)
        Images, a row each.
    layers : sequence of Layer
        As `fresh_weights` gives them.
    recipe : Recipe
        Activation and cures.
    statistics : sequence of (mean, variance), default=None
        What to normalize with; None takes those of the batch.

    Returns
    -------
    Kept
        All that the way back needs.

    Raises
    ------
    ValueError
        If the recipe names an activation that is not there.
    """
    require_choice("forward", "activation", recipe.activation, ACTIVATIONS)
    activation = ACTIVATIONS[recipe.activation][0]
    kept = Kept([x], [], [], x, [])
    for number, layer in enumerate(layers[:-1], start=1):
        z = _linear(kept.inputs[-1], layer)
        u = _normalize(z, kept, statistics and statistics[number - 1]) if recipe.normalized else z
        if _closes_block(number, recipe):
            u = u + kept.inputs[-2]
        kept.sums.append(z)
        kept.bent.append(u)
        kept.inputs.append(activation(u))
    return kept._replace(logits=_linear(kept.inputs[-1], layers[-1]))


def _linear(h: NDArray, layer: Layer) -> NDArray:
    return h @ layer.W.swapaxes(-1, -2) + layer.b[..., None, :]


def _closes_block(number: int, recipe: Recipe) -> bool:
    """Tell whether a shortcut ends at this layer: at the third, the fifth, the seventh..."""
    return recipe.shortcuts and number >= 3 and number % 2 == 1


def _as_channels(z: NDArray) -> NDArray:
    """Lay the units of all networks side by side: (..., N, O) becomes (N, M)."""
    return np.moveaxis(z, -2, 0).reshape(z.shape[-2], -1)


def _as_networks(y: NDArray, shape: tuple[int, ...]) -> NDArray:
    """Undo `_as_channels`."""
    return np.moveaxis(y.reshape(shape[-2], *shape[:-2], shape[-1]), 0, -2)


def _normalize(z: NDArray, kept: Kept, statistics: Statistics | None) -> NDArray:
    rows = _as_channels(z)
    start = (np.zeros_like(rows[0]), np.ones_like(rows[0])) if statistics is None else statistics
    result = numpy_ops.batch_norm(rows, *start, training=statistics is None, momentum=1.0)
    kept.statistics.append((result.running_mean, result.running_var))
    return _as_networks(result.y, z.shape)


def gradients(
    target: NDArray, layers: Sequence[Layer], recipe: Recipe, kept: Kept
) -> tuple[list[Layer], list[NDArray]]:
    """Send the error of a training batch back: the gradient of the mean cross-entropy.

    Parameters
    ----------
    target : (N,)
        Classes of the batch.
    layers, recipe
        As for `forward`.
    kept : Kept
        What `forward` gave for this batch, with the statistics of the batch.

    Returns
    -------
    grads : list of Layer
        Gradients with the shapes of `layers`.
    deltas : list of (..., N, O)
        ∂L/∂z of every layer.
    """
    back = ACTIVATIONS[recipe.activation][1]
    delta = (numpy_ops.softmax(kept.logits, axis=-1) - np.eye(CLASSES)[target]) / len(target)
    deltas = [delta.astype(kept.logits.dtype)]
    grad_h = deltas[0] @ layers[-1].W
    waiting: NDArray | float = 0.0  # what a shortcut carries past the two layers of its block
    for number in range(len(layers) - 1, 0, -1):
        grad_u = back(grad_h, kept.bent[number - 1])
        delta = _normalize_backward(grad_u, kept.sums[number - 1]) if recipe.normalized else grad_u
        deltas.append(delta)
        if number > 1:
            grad_h = delta @ layers[number - 1].W + waiting
            waiting = grad_u if _closes_block(number, recipe) else 0.0
    deltas.reverse()
    return [_of_weights(*pair) for pair in zip(deltas, kept.inputs, strict=True)], deltas


def _normalize_backward(grad_u: NDArray, z: NDArray) -> NDArray:
    grad = numpy_ops.batch_norm_backward(
        _as_channels(grad_u), _as_channels(z), None, None, training=True
    )
    return _as_networks(grad.grad_x, z.shape)


def _of_weights(delta: NDArray, h: NDArray) -> Layer:
    return Layer(delta.swapaxes(-1, -2) @ h, delta.sum(axis=-2))
