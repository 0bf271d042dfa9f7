"""The small CNN of notebook 08, its way back, and the ways to leave a step of it out.

x → convolution 3×3 → ReLU → convolution 3×3 → ReLU → linear → softmax and cross-entropy.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import datasets, numpy_ops
from course_lib.checks import require_choice, require_int

Weights = dict[str, NDArray]

CHANNELS, CLASSES = 6, 10


def digits(count: int | None = None) -> tuple[NDArray, NDArray]:
    """Give the first training digits (N, 1, 8, 8) in float64 and their classes (N,)."""
    dataset = datasets.load("digits")
    return dataset.x_train[:count].astype(float), dataset.y_train[:count]


def fresh_weights(seed: int, *, channels: int = CHANNELS) -> Weights:
    """Draw the weights of the small CNN: He's normal distribution, biases zero.

    Parameters
    ----------
    seed : int
        Chooses the weights.
    channels : int, default=6
        Maps that each of the two convolutions gives.

    Returns
    -------
    dict of str to array
        K1 (C, 1, 3, 3), b1 (C,), K2 (C, C, 3, 3), b2 (C,), W (10, 16 C), b3 (10,).

    Raises
    ------
    TypeError, ValueError
        If `channels` is not an int of at least 1.

    Examples
    --------
    >>> sum(array.size for array in fresh_weights(seed=0).values())
    1360
    """
    require_int("fresh_weights", "channels", channels, minimum=1)
    generator = np.random.default_rng(seed)
    shapes = {
        "K1": (channels, 1, 3, 3),
        "K2": (channels, channels, 3, 3),
        "W": (CLASSES, channels * 4 * 4),
    }
    weights = {}
    for name, bias in zip(shapes, ("b1", "b2", "b3"), strict=True):
        draw = numpy_ops.lecun_normal if name == "W" else numpy_ops.he_normal
        weights[name] = draw(shapes[name], generator=generator)
        weights[bias] = np.zeros(len(weights[name]))
    return weights


class Kept(NamedTuple):
    """What the way back needs: the sums z and the outputs h of each layer."""

    z1: NDArray
    h1: NDArray
    z2: NDArray
    h2: NDArray
    z3: NDArray


def forward(x: NDArray, weights: Mapping[str, NDArray]) -> Kept:
    """Run the small CNN on images (N, 1, 8, 8); the logits are `z3` (N, 10)."""
    z1 = numpy_ops.conv2d(x, weights["K1"], weights["b1"])
    h1 = numpy_ops.relu(z1)
    z2 = numpy_ops.conv2d(h1, weights["K2"], weights["b2"])
    h2 = numpy_ops.relu(z2)
    return Kept(
        z1, h1, z2, h2, numpy_ops.linear(numpy_ops.flatten(h2), weights["W"], weights["b3"])
    )


def loss_of(x: NDArray, target: NDArray, weights: Mapping[str, NDArray]) -> float:
    """Measure the mean cross-entropy, in nats, of classes `target` (N,)."""
    return float(numpy_ops.cross_entropy(forward(x, weights).z3, target))


ConvBackward = Callable[[NDArray, NDArray, NDArray], tuple[NDArray, NDArray, NDArray]]


def correct(delta: NDArray, x: NDArray, weight: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Send δ back through a convolution: gradients of x, weight and bias."""
    return tuple(numpy_ops.conv2d_backward(delta, x, weight, np.zeros(len(weight))))


def no_transpose(delta: NDArray, x: NDArray, weight: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Leave the channel axes of the weight as they are; runs only where C_in = C_out."""
    _, grad_weight, grad_bias = correct(delta, x, weight)
    square = weight.shape[0] == weight.shape[1]
    grad_x, _, _ = correct(delta, x, weight.swapaxes(0, 1) if square else weight)
    return grad_x, grad_weight, grad_bias


def no_batch_sum(delta: NDArray, x: NDArray, weight: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Go through the images one by one and keep the last, where they should be added up."""
    grad_x, _, _ = correct(delta, x, weight)
    _, grad_weight, grad_bias = correct(delta[-1:], x[-1:], weight)
    return grad_x, grad_weight, grad_bias


def overwritten(delta: NDArray, x: NDArray, weight: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Write `=` where each tap should add to the gradient of x with `+=`."""
    _, grad_weight, grad_bias = correct(delta, x, weight)
    grad_x = np.zeros_like(x)
    rows, columns = delta.shape[2:]
    for u, v in np.ndindex(*weight.shape[2:]):
        sent = np.einsum("noij,oc->ncij", delta, weight[:, :, u, v])
        grad_x[:, :, u : u + rows, v : v + columns] = sent
    return grad_x, grad_weight, grad_bias


SLIPS: dict[str, ConvBackward] = {
    "nothing left out": correct,
    "no transpose": no_transpose,
    "no sum over the batch": no_batch_sum,
    "δ overwritten": overwritten,
}


def gradients(
    x: NDArray, target: NDArray, weights: Mapping[str, NDArray], *, slip: str = "nothing left out"
) -> Weights:
    """Give the gradient of the loss for every weight, with a slip in the convolutions.

    Parameters
    ----------
    x, target : (N, 1, 8, 8) and (N,)
        Images and their classes.
    weights : mapping of str to array
        As `fresh_weights` gives them.
    slip : str, default="nothing left out"
        A name in `SLIPS`.

    Returns
    -------
    dict of str to array
        Under the names and with the shapes of `weights`.

    Raises
    ------
    ValueError
        If there is no such slip.
    """
    require_choice("gradients", "slip", slip, SLIPS)
    back = SLIPS[slip]
    z1, h1, z2, h2, z3 = forward(x, weights)
    delta3 = numpy_ops.cross_entropy_backward(np.ones(()), z3, target)
    grads = {"W": delta3.T @ numpy_ops.flatten(h2), "b3": delta3.sum(axis=0)}
    delta2 = (delta3 @ weights["W"]).reshape(h2.shape) * (z2 > 0)
    grad_h1, grads["K2"], grads["b2"] = back(delta2, h1, weights["K2"])
    _, grads["K1"], grads["b1"] = back(grad_h1 * (z1 > 0), x, weights["K1"])
    return {name: grads[name] for name in weights}


def by_autograd(x: NDArray, target: NDArray, weights: Mapping[str, NDArray]) -> Weights:
    """Give the same gradients as `gradients`, from PyTorch's autograd.

    Parameters
    ----------
    x, target, weights
        As for `gradients`.

    Returns
    -------
    dict of str to array
        Under the names and with the shapes of `weights`.
    """
    import torch
    from torch.nn import functional

    w = {name: torch.tensor(array, requires_grad=True) for name, array in weights.items()}
    h = torch.relu(functional.conv2d(torch.from_numpy(x), w["K1"], w["b1"]))
    h = torch.relu(functional.conv2d(h, w["K2"], w["b2"]))
    logits = functional.linear(h.flatten(1), w["W"], w["b3"])
    functional.cross_entropy(logits, torch.from_numpy(target)).backward()
    return {name: tensor.grad.numpy() for name, tensor in w.items()}
