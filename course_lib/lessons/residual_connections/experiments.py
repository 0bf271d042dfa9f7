"""What notebook 12 measures: how deep networks train, and what becomes of signal and slopes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib import datasets
from course_lib.lessons.residual_connections.networks import (
    build,
    convolutions,
    watch_blocks,
)
from course_lib.lessons.residual_connections.signals import SMUDGE, mixed_up
from course_lib.training.side_by_side import (
    losses_of,
    part_of,
    shares_right,
    train_side_by_side,
)

STEPS, BATCH_SIZE = 80, 32
TAIL = 20  # last steps, whose mean loss is what a training has come to
TRIED = (0.01, 0.03, 0.1, 0.3)
# Each network trains at the rate of TRIED at which it ended lowest on two other seeds, 10 and 11.
BEST_RATES = {
    ("plain", 8): 0.1, ("plain", 32): 0.03, ("residual", 8): 0.3, ("residual", 32): 0.1,
    ("ReLU before adding", 32): 0.3, ("pre-activation", 32): 0.3,
}  # fmt: skip
BEST_RATES_WITHOUT_LAST_NORM = {("residual", 32): 0.01, ("ReLU before adding", 32): 0.03}
BEST_ADAM_RATES = {("plain", 32): 0.01, ("residual", 32): 0.01}  # of 0.003, 0.01 and 0.03


class Trained(NamedTuple):
    """How the training of several networks went, one row a network.

    `losses` (networks, steps) in nats, of the training batches; `tails` (networks,), their means
    over the last 20 steps; `accuracies` (networks,), the share of 500 test digits read right.
    """

    losses: NDArray
    tails: NDArray
    accuracies: NDArray


def train(
    kind: str,
    *,
    depth: int,
    seeds: Sequence[int],
    rate: float | None = None,
    optimizer: str = "sgd",
    steps: int = STEPS,
    last_norm: bool = True,
) -> Trained:
    """Train networks on batches of 32 digits; the rate falls to 0 over the second half.

    Parameters
    ----------
    kind, depth, seeds, last_norm
        As for `networks.build`; the seeds also choose the batches.
    rate : float, default=None
        Learning rate of the first half; None is the best of those tried.
    optimizer : {"sgd", "adam"}, default="sgd"
        Plain gradient descent, or Adam.
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
    dataset = datasets.load("digits")
    if rate is None:
        rate = _best_rates(optimizer, last_norm=last_norm)[kind, depth]
    network = build(kind, depth=depth, seeds=seeds, last_norm=last_norm)
    stepper = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](
        network.parameters(), lr=rate
    )
    losses = train_side_by_side(
        network, dataset, stepper, seeds=seeds, steps=steps, batch_size=BATCH_SIZE
    )
    accuracies = shares_right(network, dataset, networks=len(seeds))
    return Trained(losses, losses[:, -TAIL:].mean(axis=1), accuracies)


def _best_rates(optimizer: str, *, last_norm: bool) -> dict[tuple[str, int], float]:
    if optimizer == "adam":
        return BEST_ADAM_RATES
    return BEST_RATES if last_norm else BEST_RATES_WITHOUT_LAST_NORM


class ConvFlow(NamedTuple):
    """What was measured in one network before its first step.

    `mixed_up` (blocks + 1,), after the first layer and after each block, as `signals.Passage` has
    it; `slopes` (depth - 1,), the length of the gradient of each convolution's weights; `means`
    (blocks + 1,), of all numbers.
    """

    mixed_up: NDArray
    slopes: NDArray
    means: NDArray


def flows(kind: str, *, depth: int, seeds: Sequence[int], digits: int = 64) -> list[ConvFlow]:
    """Send digits and their smudged copies through fresh networks, and the slopes back.

    Parameters
    ----------
    kind, depth, seeds
        As for `networks.build`.
    digits : int, default=64
        How many; their copies stand in the same batch.

    Returns
    -------
    list of ConvFlow
        One a seed.
    """
    images, target = digits_and_copies(digits)
    network, outputs = build(kind, depth=depth, seeds=seeds), []
    watch_blocks(network, lambda y: outputs.append(y.detach()))
    order = torch.arange(2 * digits)[:, None].expand(-1, len(seeds))
    losses_of(network, images[order, 0], target[order]).sum().backward()
    return [_flow(network, outputs, part, len(seeds)) for part in range(len(seeds))]


class Smudged(NamedTuple):
    """Digits and below them their smudged copies, `x` (2 N, 1, 8, 8), and their classes (2 N,)."""

    x: Tensor
    target: Tensor


def digits_and_copies(count: int) -> Smudged:
    """Take training digits, and a copy of each with a little noise."""
    dataset = datasets.load("digits")
    x = dataset.x_train[:count]
    smudged = x + SMUDGE * np.random.default_rng(seed=0).standard_normal(x.shape)
    images = np.concatenate([x, smudged]).astype(np.float32)
    target = np.tile(dataset.y_train[:count], 2)
    return Smudged(torch.from_numpy(images), torch.from_numpy(target))


def _flow(network: nn.Module, outputs: list[Tensor], part: int, parts: int) -> ConvFlow:
    mine = [np.split(y.numpy(), parts, axis=1)[part] for y in outputs]
    weights = [layer.weight for layer in convolutions(network)[:-1]]
    slopes = [weight.grad[part_of(weight, part, parts)].norm().item() for weight in weights]
    return ConvFlow(
        np.array([mixed_up(y.reshape(len(y), -1).astype(float)) for y in mine]),
        np.array(slopes),
        np.array([y.mean() for y in mine]),
    )
