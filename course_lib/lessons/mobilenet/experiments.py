"""What notebook 22 trains and times."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import torch
from numpy.typing import NDArray
from torch import nn

from course_lib import datasets
from course_lib.analysis import complexity, shortest_times
from course_lib.analysis.complexity import align
from course_lib.datasets import Dataset
from course_lib.lessons.mobilenet.networks import build, build_bottlenecks
from course_lib.training import mean_std
from course_lib.training.side_by_side import shares_right, train_side_by_side

SIZE = 12  # pixels of the canvas on which a digit of 8 stands anywhere
STEPS, BATCH_SIZE = 300, 32
BOTTLENECK_STEPS = 200
TAIL = 20  # last steps, whose mean loss is what a training has come to
# Learning rates of Adam: of 0.01, 0.03 and 0.06 the one at which each network ended lowest on three
# other seeds, 10, 11 and 12 (the full one among 0.01, 0.02 and 0.03).
RATES = {"full": 0.02, "separable": 0.03}
BOTTLENECK_RATE = 0.03  # the best for both projections


class Trained(NamedTuple):
    """How networks of one kind trained, one a seed, and what each of them costs for one image.

    `tails` (seeds,) are mean losses of the last 20 steps in nats, `accuracies` (seeds,) shares of
    the 1,000 test digits read right.
    """

    tails: NDArray
    accuracies: NDArray
    multiply_adds: int


def digits() -> Dataset:
    """Load 2,000 training and 1,000 test digits, each anywhere on a canvas of 12 × 12 pixels."""
    return datasets.load("shifted_digits", size=SIZE, width=8)


def train(kind: str, *, width: int, seeds: Sequence[int], steps: int = STEPS) -> Trained:
    """Train networks of full or of separable layers, by Adam on batches of 32 digits.

    Parameters
    ----------
    kind, width, seeds
        As for `networks.build`; the seeds also choose the batches.
    steps : int, default=300
        How many; the rate falls to 0 over the second half.

    Returns
    -------
    Trained
        A row a seed.
    """
    return _trained(partial(build, kind, width=width), seeds, steps, RATES[kind])


def train_bottlenecks(
    projection: str,
    *,
    channels: int,
    seeds: Sequence[int],
    shortcut: bool = True,
    steps: int = BOTTLENECK_STEPS,
) -> Trained:
    """Train networks of inverted residuals, by Adam on batches of 32 digits.

    Parameters
    ----------
    projection, channels, seeds, shortcut
        As for `networks.build_bottlenecks`; the seeds also choose the batches.
    steps : int, default=200
        How many; the rate falls to 0 over the second half.

    Returns
    -------
    Trained
        A row a seed.
    """
    make = partial(build_bottlenecks, projection, channels=channels, shortcut=shortcut)
    return _trained(make, seeds, steps, BOTTLENECK_RATE)


def _trained(
    make: Callable[..., nn.Module], seeds: Sequence[int], steps: int, rate: float
) -> Trained:
    dataset, network = digits(), make(seeds=seeds)
    stepper = torch.optim.Adam(network.parameters(), lr=rate)
    losses = train_side_by_side(
        network, dataset, stepper, seeds=seeds, steps=steps, batch_size=BATCH_SIZE
    )
    with torch.device("meta"):
        cost = complexity(make(seeds=seeds[:1]), (1, 1, SIZE, SIZE))
    accuracies = shares_right(network, dataset, networks=len(seeds))
    return Trained(losses[:, -TAIL:].mean(axis=1), accuracies, cost.multiply_adds)


def report(trained: Mapping[str, Trained]) -> str:
    """Write a table of networks: cost, training loss and accuracy, mean ± spread over seeds."""
    rows = [("", "mult-adds", "training loss", "read right")]
    for name, each in trained.items():
        rows.append(
            (name, f"{each.multiply_adds:,}", mean_std(each.tails), mean_std(each.accuracies))
        )
    return align(rows)


def times_faster(
    first: nn.Module, second: nn.Module, shape: tuple[int, ...], *, rounds: int = 15
) -> float:
    """Measure how many times as long one module takes as another, forward in eval mode.

    Parameters
    ----------
    first, second : torch.nn.Module
        Modules for inputs of this shape; both are left in eval mode.
    shape : tuple of int
        (N, C, H, W).
    rounds : int, default=15
        How often each has its turn; the shortest time counts.

    Returns
    -------
    float
        The time of the first as a multiple of that of the second.
    """
    x = torch.rand(shape)
    first.eval()
    second.eval()
    with torch.inference_mode():
        times = shortest_times({"1": lambda: first(x), "2": lambda: second(x)}, rounds=rounds)
    return times["1"] / times["2"]
