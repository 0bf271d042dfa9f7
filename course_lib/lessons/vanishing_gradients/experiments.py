"""What notebook 09 measures: gradients layer by layer, and how deep networks learn."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.checks import require_choice
from course_lib.lessons.vanishing_gradients.network import (
    CLASSES,
    Kept,
    Layer,
    Recipe,
    digits,
    forward,
    fresh_weights,
    gradients,
)
from course_lib.numpy_nn import SGD, Adam, Optimizer
from course_lib.numpy_nn.module import Parameter

RATES = (1e-3, 3e-3, 1e-2)  # that every recipe may choose from
# Which of them ends with the lowest training loss, tried on seeds 0 to 2 (a test tries again).
BEST_RATES = {
    (Recipe("sigmoid", 1.0), 2): 1e-2,
    (Recipe("sigmoid", 1.0), 5): 1e-2,
    (Recipe("sigmoid", 1.0), 10): 3e-3,
    (Recipe("sigmoid", 1.0), 30): 1e-2,
    (Recipe("sigmoid", 1.0, normalized=True), 10): 1e-2,
    (Recipe("relu", 1.0), 30): 1e-3,
    (Recipe("relu", 2.0), 30): 1e-3,
    (Recipe("relu", 2.0, normalized=True), 30): 1e-2,
    (Recipe("relu", 2.0, shortcuts=True), 30): 3e-3,
    (Recipe("relu", 2.0, normalized=True, shortcuts=True), 2): 1e-2,
    (Recipe("relu", 2.0, normalized=True, shortcuts=True), 5): 1e-2,
    (Recipe("relu", 2.0, normalized=True, shortcuts=True), 10): 1e-2,
    (Recipe("relu", 2.0, normalized=True, shortcuts=True), 30): 1e-2,
}
STEPS, BATCH = 300, 64
LAST = 20  # steps over which the training loss is averaged to choose a rate


class Trained(NamedTuple):
    """Networks of one recipe after training, a place a seed.

    Attributes
    ----------
    rate : float
        The learning rate with the lowest training loss at the end, averaged over the seeds.
    losses : (S, steps)
        Loss of every training batch (nats).
    accuracies : (S,)
        Share of the 500 test digits that are read right.
    moved : (S, D + 1)
        How far the weights of each layer have gone: ‖W − W₀‖ / ‖W₀‖.
    """

    rate: float
    losses: NDArray
    accuracies: NDArray
    moved: NDArray


class Flow(NamedTuple):
    """One pass forward and back through a fresh network, by layer.

    Attributes
    ----------
    gradients : (D + 1,)
        ‖∂L/∂W‖ of the D hidden layers and the output layer (nats per unit).
    spreads : (D + 1,)
        How far images differ, before the first layer and after each hidden layer: the standard
        deviation over the images, averaged over the units.
    """

    gradients: NDArray
    spreads: NDArray


def flow(recipe: Recipe, depth: int, *, seed: int, images: int = 256, width: int = 32) -> Flow:
    """Measure gradients and signals of a fresh network on training digits, in float64.

    Examples
    --------
    >>> flow(Recipe("relu", scale=2.0), 5, seed=0).gradients.shape
    (6,)
    """
    x, target = digits(count=images)
    layers = fresh_weights(depth, scale=recipe.scale, seed=seed, width=width)
    kept = forward(x.astype(float), layers, recipe)
    grads, _ = gradients(target, layers, recipe, kept)
    return Flow(
        np.array([np.linalg.norm(grad.W) for grad in grads]),
        np.array([h.std(axis=0).mean() for h in kept.inputs]),
    )


def factor_per_layer(norms: NDArray) -> float:
    """Fit a straight line to log(norms): what one layer multiplies on the way *back*.

    Examples
    --------
    >>> round(factor_per_layer(np.array([1.0, 2.0, 4.0, 8.0])), 3)
    0.5
    """
    return float(np.exp(-np.polyfit(np.arange(len(norms)), np.log(norms), 1)[0]))


def heat_maps(
    activations: Sequence[str],
    scales: Sequence[float],
    depths: Sequence[int],
    *,
    seed: int,
    images: int = 64,
) -> dict[tuple[str, float], NDArray]:
    """Give log₁₀ ‖∂L/∂W‖ of each hidden layer of fresh networks, for every combination.

    Returns
    -------
    dict of (activation, scale) to (len(depths), max(depths))
        A row a depth; places behind the last layer are NaN.

    Examples
    --------
    >>> maps = heat_maps(["tanh"], [1.0, 2.0], [1, 3], seed=0)
    >>> [rows.shape for rows in maps.values()]
    [(2, 3), (2, 3)]
    """
    maps = {}
    for activation, scale in product(activations, scales):
        rows = np.full((len(depths), max(depths)), np.nan)
        for row, depth in zip(rows, depths, strict=True):
            fresh = flow(Recipe(activation, scale), depth, seed=seed, images=images)
            row[:depth] = np.log10(fresh.gradients[:-1])
        maps[activation, scale] = rows
    return maps


def conv_flow(
    activation: str, scale: float, depth: int, *, seed: int, channels: int = 8
) -> NDArray:
    """Give ‖∂L/∂K‖ of each of `depth` 3×3 convolutions of fresh weights, on 64 digits.

    The maps keep their 8×8 pixels; weights have the variance scale / (9 C_in), and the mean of
    each map goes into a linear layer.

    Returns
    -------
    (depth,)
        In float64; the first is nearest the image.
    """
    import torch
    from torch import nn

    from course_lib.analysis import gradient_flow

    kinds = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
    require_choice("conv_flow", "activation", activation, kinds)
    generator = torch.Generator().manual_seed(seed)
    layers: list[nn.Module] = []
    for c_in in (1, *[channels] * (depth - 1)):
        conv = nn.Conv2d(c_in, channels, 3, padding=1, padding_mode="circular", bias=False)
        nn.init.normal_(conv.weight, std=(scale / (9 * c_in)) ** 0.5, generator=generator)
        layers += [conv, kinds[activation]()]
    head = nn.Linear(channels, CLASSES)
    nn.init.normal_(head.weight, std=channels**-0.5, generator=generator)
    nn.init.zeros_(head.bias)
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head).double()
    x, target = digits(count=64)
    images, classes = torch.from_numpy(x.astype(float)).view(-1, 1, 8, 8), torch.from_numpy(target)
    rows = gradient_flow(model, images, lambda y: nn.functional.cross_entropy(y, classes))
    norms = [row.grad_weight_norm for row in rows if row.kind == "Conv2d"]
    return np.array(norms, float)


def explode(scale: float, depth: int, *, seed: int, rate: float, steps: int) -> list[float]:
    """Take plain gradient steps with a ReLU network, and give the loss before each (nats)."""
    x, target = digits(count=256)
    recipe, layers = Recipe("relu", scale), fresh_weights(depth, scale=scale, seed=seed)
    losses = []
    with np.errstate(all="ignore"):  # that is what is to be seen
        for _ in range(steps):
            kept = forward(x.astype(float), layers, recipe)
            losses.append(float(_losses(kept, target)))
            grads, _ = gradients(target, layers, recipe, kept)
            layers = [
                Layer(layer.W - rate * grad.W, layer.b - rate * grad.b)
                for layer, grad in zip(layers, grads, strict=True)
            ]
    return losses


class _Stack:
    """Networks of one recipe side by side: all their numbers in one array (rates, seeds, P).

    The weights of the layers are views of it, so that an optimizer needs one move for all.
    """

    def __init__(self, recipe: Recipe, depth: int, seeds: Sequence[int], rates: Sequence[float]):
        each = [fresh_weights(depth, scale=recipe.scale, seed=seed) for seed in seeds]
        rows = [np.concatenate([a.ravel() for layer in net for a in layer]) for net in each]
        self.recipe = recipe
        self.shapes = [array.shape for layer in each[0] for array in layer]
        self.flat = np.broadcast_to(rows, (len(rates), *np.shape(rows))).astype(np.float32)
        self.layers = self.as_layers(self.flat)

    def as_layers(self, flat: NDArray) -> list[Layer]:
        """Give views with the shapes of the weights: W (rates, seeds, O, I), b (..., O)."""
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])
        pieces = np.split(flat, ends[:-1], axis=-1)
        arrays = [p.reshape(*p.shape[:-1], *s) for p, s in zip(pieces, self.shapes, strict=True)]
        return [Layer(*pair) for pair in zip(arrays[::2], arrays[1::2], strict=True)]

    def gradient(self, x: NDArray, target: NDArray) -> tuple[NDArray, NDArray]:
        """Give the losses (rates, seeds) and the gradient in one array (rates, seeds, P)."""
        kept = forward(x, self.layers, self.recipe)
        grads, _ = gradients(target, self.layers, self.recipe, kept)
        lead = self.flat.shape[:2]
        rows = [array.reshape(*lead, -1) for grad in grads for array in grad]
        return _losses(kept, target), np.concatenate(rows, axis=-1)

    def accuracies(self) -> NDArray:
        """Read the test digits; normalization uses the statistics of all training digits."""
        statistics = None
        if self.recipe.normalized:
            statistics = forward(digits()[0], self.layers, self.recipe).statistics
        x, target = digits(train=False)
        kept = forward(x, self.layers, self.recipe, statistics=statistics)
        return (kept.logits.argmax(axis=-1) == target).mean(axis=-1)


def _losses(kept: Kept, target: NDArray) -> NDArray:
    rows = numpy_ops.log_softmax(kept.logits, axis=-1)
    return -rows[..., np.arange(len(target)), target].mean(axis=-1)


def train(
    recipe: Recipe,
    depth: int,
    *,
    seeds: Sequence[int],
    rates: Sequence[float] | None = None,
    steps: int = STEPS,
    adam: bool = True,
) -> Trained:
    """Train a network from each seed at each learning rate, and keep the best rate.

    Parameters
    ----------
    recipe : Recipe
        Activation, start and cures.
    depth : int
        Number of hidden layers.
    seeds : sequence of int
        Each chooses first weights; all networks see the same batches.
    rates : sequence of float, default=None
        Learning rates to choose from, by the training loss. None takes the one in `BEST_RATES`,
        or tries `RATES` where none stands there.
    steps : int, default=300
        Of 64 digits each.
    adam : bool, default=True
        Adam, or plain gradient steps.

    Returns
    -------
    Trained
        The networks at the best rate.
    """
    if rates is None:
        known = BEST_RATES.get((recipe, depth))
        rates = RATES if known is None else (known,)
    stack = _Stack(recipe, depth, seeds, rates)
    start = stack.flat.copy()
    kind = Adam if adam else SGD
    parameters = [Parameter(numbers) for numbers in stack.flat]
    optimizers: list[Optimizer] = [
        kind([parameter], learning_rate=rate)
        for parameter, rate in zip(parameters, rates, strict=True)
    ]
    x, target = digits()
    order, losses = np.random.default_rng(seed=9), []
    with np.errstate(over="ignore", invalid="ignore"):  # a rate that is too large blows up
        for _ in range(steps):
            batch = order.choice(len(x), BATCH, replace=False)
            loss, gradient = stack.gradient(x[batch], target[batch])
            losses.append(loss)
            for parameter, optimizer, grad in zip(parameters, optimizers, gradient, strict=True):
                parameter.grad = grad
                optimizer.step()
        return _best(stack, start, np.stack(losses, axis=-1), rates)


def _best(stack: _Stack, start: NDArray, losses: NDArray, rates: Sequence[float]) -> Trained:
    ends = np.nan_to_num(losses[..., -LAST:].mean(axis=-1), nan=np.inf).mean(axis=-1)
    best = int(np.argmin(ends))
    gone, before = (stack.as_layers(a[best]) for a in (stack.flat - start, start))
    moved = [
        np.linalg.norm(to.W, axis=(-2, -1)) / np.linalg.norm(at.W, axis=(-2, -1))
        for to, at in zip(gone, before, strict=True)
    ]
    stack.flat, stack.layers = stack.flat[best], stack.as_layers(stack.flat[best])
    return Trained(rates[best], losses[best], stack.accuracies(), np.stack(moved, axis=-1))
