"""What notebook 24 trains and times: small networks under one budget, large ones on one photo."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from course_lib import datasets, models
from course_lib.analysis import shortest_times
from course_lib.datasets import Dataset
from course_lib.lessons.comparing_architectures.networks import SIDE, SMALL, build
from course_lib.models import preprocess
from course_lib.numpy_nn.graph import from_torch
from course_lib.training import accuracies_of, train_on_seeds

STEPS, BATCH_SIZE = 126, 32
MORE_STEPS = 252  # four epochs instead of two
# Of 0.003, 0.01, 0.03 and 0.1, each network's best on validation digits: mean of the seeds 10, 11.
RATES = {
    "LeNet, 1998": 0.003, "AlexNet, 2012": 0.01, "VGG, 2014": 0.01, "VGG with norm": 0.03,
    "GoogLeNet, 2014": 0.01, "ResNet, 2015": 0.03, "MobileNet, 2017": 0.03,
    "EfficientNet, 2019": 0.03,
}  # fmt: skip


class Seconds(NamedTuple):
    """Shortest times for one photo, in seconds."""

    pytorch: float
    numpy: float


def digits(held_out: str = "test") -> Dataset:
    """Load 2,000 training digits and 1,000 others, each anywhere on a canvas of 12 × 12 pixels.

    `held_out` is "test" or, to choose a learning rate, "validation".
    """
    return datasets.load("shifted_digits", size=SIDE, width=8, held_out=held_out)


def accuracies(
    names: Iterable[str] = SMALL,
    *,
    seeds: Sequence[int],
    steps: int = STEPS,
    rate: float | None = None,
    held_out: str = "test",
) -> dict[str, NDArray]:
    """Train small networks by Adam with one cycle of the rate, each on batches of 32 digits.

    Parameters
    ----------
    names : iterable of str, default=all
        As for `networks.build`.
    seeds : sequence of int
        Each draws the weights and the order of the digits.
    steps : int, default=126
        At least so many; the last epoch is finished.
    rate : float, default=None
        Highest learning rate; None takes the one of `RATES`.
    held_out : {"test", "validation"}, default="test"
        Which digits the networks are tried on.

    Returns
    -------
    dict of str to (seeds,)
        The share of 1,000 digits read right.
    """
    dataset = digits(held_out)
    shares = {}
    for name in names:
        trained = train_on_seeds(
            partial(build, name), dataset, seeds=seeds, steps=steps,
            batch_size=BATCH_SIZE, learning_rate=rate or RATES[name],
        )  # fmt: skip
        shares[name] = np.array(accuracies_of(trained, dataset))
    return shares


def step_times(*, rounds: int = 12) -> dict[str, float]:
    """Time one step of training, forward and back, for each small network; seconds by name."""
    x, target = torch.rand(BATCH_SIZE, 1, SIDE, SIDE), torch.arange(BATCH_SIZE) % 10
    networks = {name: build(name).train() for name in SMALL}

    def step(network: nn.Module) -> None:
        functional.cross_entropy(network(x), target).backward()

    calls = {name: lambda one=one: step(one) for name, one in networks.items()}
    return shortest_times(calls, rounds=rounds)


def photo_times(names: Iterable[str], *, rounds: int = 8) -> dict[str, Seconds]:
    """Time large networks on one photo of 224 × 224 pixels, in turn, by PyTorch and by NumPy.

    Parameters
    ----------
    names : iterable of str
        As for `models.build`; the weights are random, which changes no product's time.
    rounds : int, default=8
        How often each has its turn.

    Returns
    -------
    dict of str to Seconds
        By name.
    """
    x = preprocess(datasets.photo("cat"))
    pixels = x.numpy()
    calls = {}
    for name in names:
        network = models.build(name).eval()
        graph = from_torch(network)
        graph.prepare(pixels)  # traces, which is no part of the time
        calls[name, "pytorch"] = lambda network=network: network(x)
        calls[name, "numpy"] = lambda graph=graph: graph.forward(pixels)
    with torch.inference_mode():
        times = shortest_times(calls, rounds=rounds)
    return {name: Seconds(times[name, "pytorch"], times[name, "numpy"]) for name in names}
