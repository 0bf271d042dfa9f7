"""What notebook 21 measures: how the small networks train, and how their first layer fares."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from course_lib import datasets
from course_lib.datasets import Dataset
from course_lib.lessons.resnet.networks import build
from course_lib.training.side_by_side import part_of, shares_right, train_side_by_side

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
    network = build(kind, depth=depth, seeds=seeds)
    stepper = torch.optim.Adam(network.parameters(), lr=rate)
    slopes = np.empty(len(seeds))

    def watch(step: int) -> None:
        if step == 0:
            slopes[:] = _first_slopes(network, len(seeds))

    losses = train_side_by_side(
        network, dataset, stepper, seeds=seeds, steps=steps, batch_size=BATCH_SIZE, watch=watch
    )
    tails = losses[:, -TAIL:].mean(axis=1)
    accuracies = shares_right(network, dataset, networks=len(seeds))
    return Trained(losses, tails, accuracies, slopes)


def _first_slopes(network: nn.Sequential, networks: int) -> NDArray:
    weight = network[0].weight
    grads = [weight.grad[part_of(weight, part, networks)] for part in range(networks)]
    return np.array([grad.norm().item() for grad in grads])
