"""The small CNN of notebook 11 with one normalization or another, many of them side by side.

A network is a block of channels: convolutions with as many groups as there are networks keep the
blocks apart. So all networks of an experiment train at once, each with its own first weights,
digits and rate, and none hears of its neighbors. That is several times faster than one after the
other, because networks as small as these leave a processor waiting.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from course_lib.checks import require_choice

CHANNELS = (8, 16, 16)  # after each of the three convolutions
STRIDES = {1: (2, 2, 2), 2: (2, 2, 1)}  # by the side of the last maps, for digits of 8×8 pixels
CLASSES = 10


class Plan(NamedTuple):
    """One network to train.

    Attributes
    ----------
    norm : str
        A name in `NORMS`.
    seed : int
        Chooses the first weights, and the digits of each step.
    rate : float
        Learning rate of gradient descent; Adam has one for all networks and leaves it aside.
    scale : float
        What He's first weights of the convolutions are multiplied with.
    """

    norm: str
    seed: int
    rate: float = 0.1
    scale: float = 1.0


class NoisyBatchNorm(nn.BatchNorm2d):
    """Batch norm that in training shifts and stretches each channel afterwards, differently always.

    In the manner of Santurkar et al. 2018: what was put in order is put out of order again.
    """

    SHIFT, STRETCH = 0.5, 1.25  # shifts from −0.5 to 0.5, factors from 1 to 1.25

    def forward(self, x: Tensor) -> Tensor:
        """Normalize, then shift and stretch."""
        y = super().forward(x)
        if not self.training:
            return y
        shift, stretch = torch.rand(2, 1, y.shape[1], 1, 1)
        return y * (1 + (self.STRETCH - 1) * stretch) + self.SHIFT * (2 * shift - 1)


def _groups(number: int) -> Callable[[int, int], nn.Module]:
    return lambda channels, count: nn.GroupNorm(number * count, channels * count)


# What makes the normalization of `count` networks with so many `channels` each.
NORMS: dict[str, Callable[[int, int], nn.Module]] = {
    "none": lambda channels, count: nn.Identity(),
    "batch": lambda channels, count: nn.BatchNorm2d(channels * count),
    "noisy batch": lambda channels, count: NoisyBatchNorm(channels * count),
    "layer": _groups(1),
    "4 groups": _groups(4),
    "8 groups": _groups(8),
}


class Apart(nn.Module):
    """Different normalizations side by side, each for its own run of channels."""

    def __init__(self, norms: Sequence[nn.Module], channels: Sequence[int]) -> None:
        super().__init__()
        self.norms, self.channels = nn.ModuleList(norms), list(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Normalize each run of channels (N, C, H, W) by its own rule."""
        if len(self.norms) == 1:
            return self.norms[0](x)
        parts = x.split(self.channels, dim=1)
        return torch.cat([norm(part) for norm, part in zip(self.norms, parts, strict=True)], dim=1)


def build(plans: Sequence[Plan], *, last: int = 1, momentum: float = 0.1) -> nn.Sequential:
    """Build the networks of all plans side by side.

    Three times convolution 3×3, normalization, ReLU; then the mean of each map and a linear layer.

    Parameters
    ----------
    plans : sequence of Plan
        One a network, S in all; those with the same `norm` stand together.
    last : {1, 2}, default=1
        Side of the last maps, in pixels: the third convolution halves them, or not.
    momentum : float, default=0.1
        Of the running statistics: weight of the new value.

    Returns
    -------
    Sequential
        Maps (N, S, 8, 8), an image for each network, to logits (N, S · 10).

    Raises
    ------
    ValueError
        If a norm or `last` is another.

    Examples
    --------
    >>> network = build([Plan("none", 0), Plan("batch", 0)])
    >>> network(torch.zeros(5, 2, 8, 8)).shape
    torch.Size([5, 20])
    """
    require_choice("build", "last", last, STRIDES)
    runs = [(name, len(list(run))) for name, run in groupby(plan.norm for plan in plans)]
    for name, _ in runs:
        require_choice("build", "norm", name, NORMS)
    count, c_in = len(plans), 1
    layers: list[nn.Module] = []
    for c_out, stride in zip(CHANNELS, STRIDES[last], strict=True):
        options = {"stride": stride, "padding": 1, "groups": count}
        norms = [NORMS[name](c_out, members) for name, members in runs]
        apart = Apart(norms, [c_out * members for _, members in runs])
        layers += [nn.Conv2d(c_in * count, c_out * count, 3, **options), apart, nn.ReLU()]
        c_in = c_out
    head = nn.Conv2d(c_in * count, CLASSES * count, 1, groups=count)
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), head, nn.Flatten())
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = momentum
    _draw_weights(network, plans)
    return network


def _draw_weights(network: nn.Sequential, plans: Sequence[Plan]) -> None:
    """Give each network the weights of its seed: He's rule, for the last layer 1/n; biases 0."""
    generators = [np.random.default_rng(plan.seed) for plan in plans]
    *convolutions, head = (layer for layer in network if isinstance(layer, nn.Conv2d))
    for layer in (*convolutions, head):
        shape = (layer.out_channels // len(plans), *layer.weight.shape[1:])
        std = np.sqrt((1 if layer is head else 2) / np.prod(shape[1:]))
        drawn = [
            std * (1 if layer is head else plan.scale) * generator.standard_normal(shape)
            for plan, generator in zip(plans, generators, strict=True)
        ]
        layer.weight.data = torch.tensor(np.concatenate(drawn), dtype=torch.float32)
        nn.init.zeros_(layer.bias)
