"""Training many small networks side by side, and asking them for digits."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib import datasets
from course_lib.checks import require_choice
from course_lib.lessons.normalization.networks import CLASSES, Plan, build
from course_lib.training.side_by_side import losses_of

ADAM_RATE = 4e-3
OPTIMIZERS = ("adam", "gradient descent")


class Trained(NamedTuple):
    """Networks that were trained side by side.

    Attributes
    ----------
    network : Sequential
        All S of them, as `build` gives them.
    plans : sequence of Plan
        What each was, in order.
    losses : (steps, S)
        Mean cross-entropy of each batch, in nats, before the step.
    """

    network: nn.Sequential
    plans: Sequence[Plan]
    losses: NDArray


class Step(NamedTuple):
    """What a watcher is told after a step: its number from 1, the networks, the batch it used."""

    number: int
    network: nn.Sequential
    x: Tensor
    target: Tensor


def train(
    plans: Sequence[Plan],
    *,
    steps: int,
    batch_size: int,
    optimizer: str = "adam",
    momentum: float = 0.1,
    last: int = 1,
    watch: Callable[[Step], None] | None = None,
) -> Trained:
    """Train the networks of all plans at once; those with the same seed see the same digits.

    Parameters
    ----------
    plans, momentum, last
        As for `build`.
    steps, batch_size : int
        Steps, and digits in each.
    optimizer : {"adam", "gradient descent"}, default="adam"
        Adam takes the rate 0.004 for all, gradient descent that of each plan.
    watch : callable, default=None
        Is called after every step.

    Returns
    -------
    Trained
        The networks, in training mode.
    """
    require_choice("train", "optimizer", optimizer, OPTIMIZERS)
    dataset = datasets.load("digits")
    x_train, y_train = torch.from_numpy(dataset.x_train[:, 0]), torch.from_numpy(dataset.y_train)
    network = build(plans, last=last, momentum=momentum)
    rates = torch.ones(len(plans))
    if optimizer == "adam":
        stepper = torch.optim.Adam(network.parameters(), lr=ADAM_RATE, fused=True)
    else:  # the loss of each network times its rate has the step of this rate
        rates = torch.tensor([plan.rate for plan in plans])
        stepper = torch.optim.SGD(network.parameters(), lr=1.0)
    generators = {plan.seed: np.random.default_rng(plan.seed) for plan in plans}
    losses = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(plans[0].seed)  # for the noise of `NoisyBatchNorm`
        for number in range(1, steps + 1):
            picked = {
                seed: generator.choice(len(x_train), batch_size, replace=False)
                for seed, generator in generators.items()
            }
            drawn = np.stack([picked[plan.seed] for plan in plans], axis=1)
            x, target = x_train[drawn], y_train[drawn]
            loss = losses_of(network, x, target)
            stepper.zero_grad()
            (loss * rates).sum().backward()
            stepper.step()
            losses.append(loss.detach().numpy())
            if watch is not None:
                watch(Step(number, network, x, target))
    return Trained(network, plans, np.array(losses))


def predictions(
    network: nn.Sequential, x: NDArray, *, training: bool, batch_size: int = 500
) -> NDArray:
    """Ask all networks for the classes of images, and leave them as they were.

    Parameters
    ----------
    network : Sequential
        S networks, as `build` gives them.
    x : (N, 1, 8, 8)
        Images, float32.
    training : bool
        Whether in training mode, where batch norm looks at the batch.
    batch_size : int, default=500
        Images that go through together, in the order in which they stand.

    Returns
    -------
    (N, S)
        Classes.
    """
    count = network[-2].groups
    state = {name: value.clone() for name, value in network.state_dict().items()}
    was_training = network.training
    network.train(training)
    with torch.no_grad():
        logits = torch.cat(
            [
                network(part.expand(-1, count, -1, -1))
                for part in torch.from_numpy(x).split(batch_size)
            ]
        )
    network.load_state_dict(state)  # training mode has moved the running statistics
    network.train(was_training)
    return logits.reshape(len(x), count, CLASSES).argmax(dim=2).numpy()
