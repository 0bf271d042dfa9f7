"""What notebook 21 measures: how the small networks train, and how their first layer fares."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib import datasets
from course_lib.datasets import Dataset
from course_lib.lessons.resnet.networks import NUM_CLASSES, build, part_of

SIZE = 12  # pixels of the canvas on which a digit of 8 stands anywhere
STEPS, BATCH_SIZE = 80, 32
TAIL = 20  # last steps, whose mean loss is what a training has come to
TRIED = (0.003, 0.01, 0.03)  # learning rates of Adam
# Each network trains at the rate of TRIED at which it ended lowest on two other seeds, 10 and
# 11, in 100 steps.
BEST_RATES = {
    ("plain", 8): 0.03, ("plain", 20): 0.01, ("plain", 44): 0.01,
    ("residual", 8): 0.03, ("residual", 20): 0.01, ("residual", 44): 0.01,
    ("zero start", 44): 0.01, ("pre-activation", 44): 0.01,
}  # fmt: skip


class Trained(NamedTuple):
    """How the training of several networks went, one row a network.

    `losses` (networks, steps) in nats, of the training batches; `tails` (networks,), their means
    over the last 20 steps; `accuracies` (networks,), the share of the test digits read right;
    `slopes` (networks,), the length of the gradient of the first layer's weights before any step.
    """

    losses: NDArray
    tails: NDArray
    accuracies: NDArray
    slopes: NDArray


def digits() -> Dataset:
    """Load 2,000 training and 1,000 test digits, each anywhere on a canvas of 12 × 12 pixels."""
    return datasets.load("shifted_digits", size=SIZE, width=8)


def train(
    kind: str,
    *,
    depth: int,
    seeds: Sequence[int],
    rate: float | None = None,
    steps: int = STEPS,
) -> Trained:
    """Train networks by Adam on batches of 32 digits; the rate falls to 0 over the second half.

    Parameters
    ----------
    kind, depth, seeds
        As for `networks.build`; the seeds also choose the batches.
    rate : float, default=None
        Learning rate of the first half; None is the best of those tried.
    steps : int, default=80
        How many.

    Returns
    -------
    Trained
        A row a seed.

    Raises
    ------
    KeyError
        If no rate is given, and none was ever chosen for such a network.
    """
    rate = BEST_RATES[kind, depth] if rate is None else rate
    dataset = digits()
    x, target = torch.from_numpy(dataset.x_train), torch.from_numpy(dataset.y_train)
    network = build(kind, depth=depth, seeds=seeds)
    stepper = torch.optim.Adam(network.parameters(), lr=rate)
    orders = [np.random.default_rng(seed) for seed in seeds]
    losses, slopes = np.empty((len(seeds), steps)), np.empty(len(seeds))
    for step in range(steps):
        picked = [order.choice(len(x), BATCH_SIZE, replace=False) for order in orders]
        stepper.param_groups[0]["lr"] = rate * min(1.0, 2 - 2 * step / steps)
        each = _losses(network, x, target, torch.from_numpy(np.stack(picked, axis=1)))
        stepper.zero_grad()
        each.sum().backward()
        slopes = _first_slopes(network, len(seeds)) if step == 0 else slopes
        stepper.step()
        losses[:, step] = each.detach()
    tails = losses[:, -TAIL:].mean(axis=1)
    return Trained(losses, tails, _accuracies(network, dataset, len(seeds)), slopes)


def _losses(network: nn.Module, x: Tensor, target: Tensor, picked: Tensor) -> Tensor:
    """Give the mean loss of each network on its own digits, `picked` (N, networks)."""
    n, networks = picked.shape
    logits = network(x[picked, 0]).reshape(n * networks, NUM_CLASSES)
    each = nn.functional.cross_entropy(logits, target[picked].reshape(-1), reduction="none")
    return each.reshape(n, networks).mean(dim=0)


def _first_slopes(network: nn.Sequential, networks: int) -> NDArray:
    weight = network[0].weight
    grads = [weight.grad[part_of(weight, part, networks)] for part in range(networks)]
    return np.array([grad.norm().item() for grad in grads])


def _accuracies(network: nn.Module, dataset: Dataset, networks: int) -> NDArray:
    """Give the share of test digits that each network reads right."""
    x = torch.from_numpy(dataset.x_test).expand(-1, networks, -1, -1)
    network.eval()
    with torch.no_grad():
        logits = network(x).reshape(len(x), networks, NUM_CLASSES)
    right = logits.argmax(dim=2) == torch.from_numpy(dataset.y_test)[:, None]
    return right.double().mean(dim=0).numpy()
