"""What notebook 23 measures: which way to grow a small network pays, and what its parts bring."""

from collections.abc import Sequence

import torch
from numpy.typing import NDArray
from torch import nn

from course_lib import datasets
from course_lib.datasets import Dataset
from course_lib.lessons.efficientnet.networks import SIZES, build
from course_lib.training.side_by_side import train_side_by_side

STEPS, BATCH_SIZE = 50, 32
TAIL = 20  # last steps, whose mean loss is what a training has come to
# Each network trains at the rate of .01, .02 and .04 at which it ended lowest on seeds 10 and 11.
RATES = {
    "base": 0.02, "depth × 4": 0.02, "width × 2": 0.02, "resolution × 2": 0.04, "all three": 0.02,
}  # fmt: skip
PARTS = {  # of the base network: activation, whether channels are weighed, learning rate
    "SiLU, with gate": (nn.SiLU, True, 0.02),
    "SiLU": (nn.SiLU, False, 0.04),
    "ReLU, with gate": (nn.ReLU, True, 0.04),
    "ReLU": (nn.ReLU, False, 0.02),
}


def digits(resolution: int) -> Dataset:
    """Load 2,000 digits, each anywhere on the canvas, taken with so many pixels along a side.

    The same scenes for every resolution: a digit is 0.5 to 0.71 of the canvas wide.
    """
    width = (resolution / 2, resolution * 5 / 7)
    return datasets.load(
        "shifted_digits", size=resolution, width=width, num_train=2000, num_test=100
    )


def grow(size: str, *, seeds: Sequence[int], steps: int = STEPS) -> NDArray:
    """Train the small network in one of its sizes, and tell what it came to.

    Parameters
    ----------
    size : str
        One of `networks.SIZES`.
    seeds : sequence of int
        Each chooses the first weights and the batches of one network.
    steps : int, default=50
        Of Adam, on batches of 32 digits; the rate falls to 0 over the second half.

    Returns
    -------
    (networks,)
        Mean loss over the last 20 steps, in nats. Hardly an image comes twice within 50 steps, so
        this is a loss on images that a network has not learned from.
    """
    return _losses(size, nn.SiLU, squeeze=True, rate=RATES[size], seeds=seeds, steps=steps)


def take_apart(parts: str, *, seeds: Sequence[int], steps: int = STEPS) -> NDArray:
    """Train the base network with one of `PARTS`; arguments and result as for `grow`."""
    activation, squeeze, rate = PARTS[parts]
    return _losses("base", activation, squeeze=squeeze, rate=rate, seeds=seeds, steps=steps)


def _losses(
    size: str,
    activation: type[nn.Module],
    *,
    squeeze: bool,
    rate: float,
    seeds: Sequence[int],
    steps: int,
) -> NDArray:
    network = build(SIZES[size], seeds=seeds, activation=activation, squeeze=squeeze)
    losses = train_side_by_side(
        network, digits(SIZES[size].resolution), torch.optim.Adam(network.parameters(), lr=rate),
        seeds=seeds, steps=steps, batch_size=BATCH_SIZE,
    )  # fmt: skip
    return losses[:, -TAIL:].mean(axis=1)
