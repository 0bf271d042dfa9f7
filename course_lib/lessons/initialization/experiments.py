"""What notebook 10 trains: deep networks that differ only in the size of their first weights."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from course_lib import datasets, numpy_ops
from course_lib.lessons.initialization.signals import INITIALIZERS, LAYERS, draw_weights

PIXELS, CLASSES = 64, 10
RATES = (3e-4, 1e-3, 3e-3)
TRAINED_WIDTH = 64


class Runs(NamedTuple):
    """Losses (nats) step by step, and test accuracies, a row a factor and a column a seed.

    `losses` is (factors, seeds, steps), `accuracies` and `rates` are (factors, seeds).
    """

    factors: tuple[float, ...]
    losses: NDArray
    accuracies: NDArray
    rates: NDArray


def train_scaled(
    factors: Sequence[float],
    *,
    seeds: Sequence[int],
    learning_rate: float = RATES[0],
    steps: int = 200,
    batch_size: int = 32,
    layers: int = LAYERS,
) -> Runs:
    """Train deep dense ReLU networks whose first weights are PyTorch's, times a factor.

    Networks of one seed start from the same random numbers and see the same digits, so nothing
    but the factor differs. All are trained side by side, with Adam.

    Parameters
    ----------
    factors : sequence of float
        What the weights of every layer are multiplied with before the first step.
    seeds : sequence of int
        Each chooses the weights and the order of the digits.
    learning_rate : float, default=3e-4
        Of Adam.
    steps, batch_size : int, default=200 and 32
        Steps, and digits in each.
    layers : int, default=30
        Weight matrices; all widths are 64 but the last, which is 10.

    Returns
    -------
    Runs
        Accuracies are shares of 500 digits that training has not seen.

    Examples
    --------
    >>> train_scaled([1.0], seeds=(0, 1), steps=2, layers=3).losses.shape
    (1, 2, 2)
    """
    dataset = datasets.load("digits")
    rows = [torch.from_numpy(x.reshape(len(x), -1)) for x in (dataset.x_train, dataset.x_test)]
    target = torch.from_numpy(dataset.y_train)
    parameters = _stacked(factors, seeds, layers)
    optimizer = torch.optim.Adam(parameters, lr=learning_rate, fused=True)
    generators, losses = [np.random.default_rng(seed) for seed in seeds], []
    for _ in range(steps):
        picked = [g.choice(len(target), batch_size, replace=False) for g in generators]
        batch = torch.from_numpy(np.tile(picked, (len(factors), 1)))  # (networks, batch)
        logits = _forward(parameters, rows[0][batch])
        loss = functional.cross_entropy(
            logits.transpose(1, 2), target[batch], reduction="none"
        ).mean(1)
        losses.append(loss.detach().numpy())
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
    with torch.no_grad():
        predicted = _forward(parameters, rows[1].expand(len(losses[0]), -1, -1)).argmax(2).numpy()
    shape = (len(factors), len(seeds))
    accuracies = (predicted == dataset.y_test).mean(1).reshape(shape)
    rates = np.full(shape, learning_rate)
    return Runs(tuple(factors), np.array(losses).T.reshape(*shape, steps), accuracies, rates)


def _stacked(factors: Sequence[float], seeds: Sequence[int], layers: int) -> list[Tensor]:
    """Draw weights (networks, out, in) and zero biases (networks, 1, out), layer after layer."""
    widths = [PIXELS, *(layers - 1) * [TRAINED_WIDTH], CLASSES]
    drawn = [draw_weights("PyTorch's default", widths, seed=seed) for seed in seeds]
    parameters = []
    for layer, out in enumerate(widths[1:]):
        weights = np.stack([factor * one[layer] for factor in factors for one in drawn])
        parameters.append(torch.tensor(weights, dtype=torch.float32, requires_grad=True))
        parameters.append(torch.zeros(len(weights), 1, out, requires_grad=True))
    return parameters


def _forward(parameters: Sequence[Tensor], x: Tensor) -> Tensor:
    """Run all networks side by side on (networks, N, 64); the logits are (networks, N, 10)."""
    pairs = list(zip(parameters[::2], parameters[1::2], strict=True))
    for number, (weight, bias) in enumerate(pairs):
        x = torch.baddbmm(bias, x, weight.transpose(1, 2))
        x = torch.relu(x) if number < len(pairs) - 1 else x
    return x


def train_at_best_rate(
    factors: Sequence[float],
    *,
    seeds: Sequence[int],
    rates: Sequence[float] = RATES,
    steps: int = 200,
    layers: int = LAYERS,
) -> Runs:
    """Train as `train_scaled` at several learning rates; keep, for each network, the best one.

    Parameters
    ----------
    factors, seeds, steps, layers
        As for `train_scaled`.
    rates : sequence of float, default=(3e-4, 1e-3, 3e-3)
        The best is the one with the lowest loss over the last 20 steps.

    Returns
    -------
    Runs
        With the learning rate that each network got.

    Examples
    --------
    >>> train_at_best_rate([1.0], seeds=(0,), rates=(0.001,), steps=2, layers=3).rates
    array([[0.001]])
    """
    tried = [
        train_scaled(factors, seeds=seeds, learning_rate=rate, steps=steps, layers=layers)
        for rate in rates
    ]
    best = np.argmin([runs.losses[..., -20:].mean(axis=-1) for runs in tried], axis=0)

    def pick(name: str) -> NDArray:
        values = np.stack([getattr(runs, name) for runs in tried])
        index = best.reshape(1, *best.shape, *(1,) * (values.ndim - 1 - best.ndim))
        return np.take_along_axis(values, index, axis=0)[0]

    return Runs(tuple(factors), pick("losses"), pick("accuracies"), pick("rates"))


def train_convolutional(
    *,
    seeds: Sequence[int],
    depths: Sequence[int] = (22, 30),
    initializers: Sequence[str] = ("LeCun", "He"),
    steps: int = 150,
    channels: int = 8,
) -> dict[int, dict[str, NDArray]]:
    """Train deep ReLU networks of 3×3 convolutions and one linear layer, with Adam at 0.001.

    The second convolution halves the maps. All networks of one depth are trained side by side, as
    groups of one grouped convolution; those of one seed see the same digits.

    Parameters
    ----------
    seeds : sequence of int
        Each chooses the weights and the order of the digits.
    depths : sequence of int, default=(22, 30)
        Layers with weights, as in figures 2 and 3 of He et al. 2015; at least 3.
    initializers : sequence of str, default=("LeCun", "He")
        Names in `INITIALIZERS`; biases start at 0.
    steps : int, default=150
        Of 32 digits each.
    channels : int, default=8
        Maps of each convolution.

    Returns
    -------
    dict of int to dict of str to (seeds, steps) array
        Losses in nats, by depth and initializer.

    Examples
    --------
    >>> losses = train_convolutional(seeds=(0,), depths=(3,), steps=2)
    >>> losses[3]["He"].shape
    (1, 2)
    """
    found = {}
    for depth in depths:
        shapes = _convolutional_shapes(depth, channels)
        drawn = [_draw(name, shapes, seed) for name in initializers for seed in seeds]
        losses = _train_side_by_side(drawn, list(seeds) * len(initializers), steps)
        rows = losses.reshape(len(initializers), len(seeds), steps)
        found[depth] = dict(zip(initializers, rows, strict=True))
    return found


def _convolutional_shapes(depth: int, channels: int) -> list[tuple[int, ...]]:
    middle = (depth - 2) * [(channels, channels, 3, 3)]
    return [(channels, 1, 3, 3), *middle, (CLASSES, channels * 4 * 4)]


def _draw(initializer: str, shapes: Sequence[tuple[int, ...]], seed: int) -> list[NDArray]:
    draw, generator = INITIALIZERS[initializer], np.random.default_rng(seed)
    return [draw(shape, generator=generator) for shape in shapes]


def _train_side_by_side(
    drawn: Sequence[Sequence[NDArray]], seeds: Sequence[int], steps: int
) -> NDArray:
    """Train one network for each list of weights; losses are (networks, steps)."""
    dataset = datasets.load("digits")
    x, target = torch.from_numpy(dataset.x_train), torch.from_numpy(dataset.y_train)
    weights, biases = _joined(drawn)
    optimizer = torch.optim.Adam([*weights, *biases], lr=1e-3, fused=True)
    generators, losses = [np.random.default_rng(seed) for seed in seeds], []
    for _ in range(steps):
        picked = np.stack([g.choice(len(target), 32, replace=False) for g in generators], axis=1)
        batch = torch.from_numpy(picked)  # (32, networks)
        logits = _run_groups(x[batch, 0], weights, biases)
        loss = functional.cross_entropy(
            logits.transpose(1, 2), target[batch], reduction="none"
        ).mean(0)
        losses.append(loss.detach().numpy())
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
    return np.array(losses).T


def _joined(drawn: Sequence[Sequence[NDArray]]) -> tuple[list[Tensor], list[Tensor]]:
    """Lay the weights of all networks side by side, as groups; biases are 0."""
    *kernels, heads = (np.stack(arrays) for arrays in zip(*drawn, strict=True))
    weights = [kernel.reshape(-1, *kernel.shape[2:]) for kernel in kernels] + [heads]
    return (
        [torch.tensor(weight, dtype=torch.float32, requires_grad=True) for weight in weights],
        [torch.zeros(weight.shape[:-1] if weight.ndim == 3 else len(weight), requires_grad=True)
         for weight in weights],
    )  # fmt: skip


def _run_groups(h: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Tensor:
    """Run a digit through each network: (N, networks, 8, 8) to (N, networks, 10)."""
    groups = h.shape[1]
    for number, (weight, bias) in enumerate(zip(weights[:-1], biases[:-1], strict=True)):
        stride = 2 if number == 1 else 1
        h = torch.relu(functional.conv2d(h, weight, bias, stride=stride, padding=1, groups=groups))
    return torch.einsum("ngf,gcf->ngc", h.reshape(len(h), groups, -1), weights[-1]) + biases[-1]


def final_bits(
    widths: Sequence[int], *, draws: int = 30, layers: int = LAYERS, seed: int = 0
) -> Mapping[str, NDArray]:
    """Draw many linear networks of each width; give log₂ of what is left of a signal at the end.

    Parameters
    ----------
    widths : sequence of int
        Each network keeps one width throughout.
    draws : int, default=30
        Networks of each width.
    layers : int, default=30
        Their depth.
    seed : int, default=0
        Chooses weights and signals.

    Returns
    -------
    mapping of str to (widths, draws) array
        "normal" for weights of variance 1/n, and "orthogonal".

    Examples
    --------
    >>> bits = final_bits((4,), draws=2, layers=3)["orthogonal"]
    >>> np.allclose(bits, 0)
    True
    """
    draw = {"normal": numpy_ops.lecun_normal, "orthogonal": numpy_ops.orthogonal}
    found = {name: np.zeros((len(widths), draws)) for name in draw}
    for (row, width), column in ((pair, k) for pair in enumerate(widths) for k in range(draws)):
        for name, initializer in draw.items():
            generator = np.random.default_rng([seed, width, column])
            x = generator.standard_normal(width)
            h = x * sqrt(width) / np.linalg.norm(x)
            for _ in range(layers):
                h = initializer((width, width), generator=generator) @ h
            found[name][row, column] = np.log2((h**2).mean())
    return found
