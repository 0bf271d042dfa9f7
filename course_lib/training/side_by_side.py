"""Several small networks trained at once, as the groups of one network.

Small layers cost mostly the calling of them. So the networks of all seeds run side by side: each
has a group of the channels, and no number of one ever meets a number of another.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from course_lib.datasets import Dataset

__all__ = ["draw_weights", "losses_of", "part_of", "shares_right", "train_side_by_side"]


def part_of(array: Tensor, part: int, parts: int) -> slice:
    """Tell which rows of an array, such as a weight, belong to one of the networks.

    Examples
    --------
    >>> part_of(torch.zeros(6, 2), 1, 3)
    slice(2, 4, None)
    """
    rows = len(array) // parts
    return slice(part * rows, (part + 1) * rows)


def draw_weights(layers: Sequence[nn.Conv2d], seeds: Sequence[int], *, last: nn.Conv2d) -> None:
    """Draw the weights of all networks, each from its own seed, layer by layer.

    Parameters
    ----------
    layers : sequence of Conv2d
        Grouped layers, in the order in which they are drawn.
    seeds : sequence of int
        One a network; its numbers do not depend on what stands beside it.
    last : Conv2d
        The one that gives the logits: N(0, 1 / fan_in) and no bias, where others have
        N(0, 2 / fan_in).

    References
    ----------
    He et al., 2015, arXiv:1502.01852, equation 10.
    """
    nn.init.zeros_(last.bias)
    for part, seed in enumerate(seeds):
        generator = torch.Generator().manual_seed(seed)
        for layer in layers:
            mine = layer.weight.data[part_of(layer.weight, part, len(seeds))]
            gain = 1.0 if layer is last else 2.0
            mine.normal_(0, (gain / mine[0].numel()) ** 0.5, generator=generator)


def losses_of(network: nn.Module, x: Tensor, target: Tensor) -> Tensor:
    """Measure the mean cross-entropy of each of S networks, in nats.

    Parameters
    ----------
    network : Module
        Maps (N, S, H, W) to logits (N, S * C, ...), those of one network next to each other.
    x, target : (N, S, H, W) and (N, S)
        Images and classes, one of each network in a row.

    Returns
    -------
    (S,)
        With their gradient.
    """
    logits = network(x).reshape(target.numel(), -1)
    each = functional.cross_entropy(logits, target.reshape(-1), reduction="none")
    return each.reshape(target.shape).mean(dim=0)


def train_side_by_side(
    network: nn.Module,
    dataset: Dataset,
    stepper: torch.optim.Optimizer,
    *,
    seeds: Sequence[int],
    steps: int,
    batch_size: int,
    watch: Callable[[int], None] | None = None,
) -> NDArray:
    """Train on batches that each seed draws for itself; the rate falls to 0 over the second half.

    Parameters
    ----------
    network : Module
        S networks side by side, as `losses_of` takes them. It is trained in place.
    dataset : Dataset
        Its training images, of one channel.
    stepper : torch Optimizer
        Of all parameters; its learning rate is that of the first half.
    seeds : sequence of int
        S of them.
    steps, batch_size : int
        Steps, and images in each.
    watch : callable, default=None
        Is called with the number of the step, from 0, when its gradients are there.

    Returns
    -------
    losses : (S, steps)
        Of the training batches, in nats.
    """
    x, target = torch.from_numpy(dataset.x_train[:, 0]), torch.from_numpy(dataset.y_train)
    rate = stepper.param_groups[0]["lr"]
    orders = [np.random.default_rng(seed) for seed in seeds]
    losses = np.empty((len(seeds), steps))
    for step in range(steps):
        drawn = [order.choice(len(x), batch_size, replace=False) for order in orders]
        picked = torch.from_numpy(np.stack(drawn, axis=1))
        stepper.param_groups[0]["lr"] = rate * min(1.0, 2 - 2 * step / steps)
        each = losses_of(network, x[picked], target[picked])
        stepper.zero_grad()
        each.sum().backward()
        if watch is not None:
            watch(step)
        stepper.step()
        losses[:, step] = each.detach().numpy()
    return losses


def shares_right(network: nn.Module, dataset: Dataset, *, networks: int) -> NDArray:
    """Give the share of test images, of one channel, that each network reads right: (networks,).

    The network is left in eval mode.
    """
    x = torch.from_numpy(dataset.x_test).expand(-1, networks, -1, -1)
    network.eval()
    with torch.no_grad():
        logits = network(x).reshape(len(x), networks, -1)
    right = logits.argmax(dim=2) == torch.from_numpy(dataset.y_test)[:, None]
    return right.double().mean(dim=0).numpy()
