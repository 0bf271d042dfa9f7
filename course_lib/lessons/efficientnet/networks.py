"""Small EfficientNets, several side by side, that can grow along one axis or along all three.

The networks of all seeds are run at once, as `training.side_by_side` says.
"""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

import torch
from torch import Tensor, nn

from course_lib.models.layers import make_divisible
from course_lib.training.side_by_side import draw_weights

NUM_CLASSES = 10
EXPANSION = 3
DIVISOR = 4  # channels are multiples of it, as those of the paper are of 8


class Stage(NamedTuple):
    """Some blocks with as many channels out; the first has the stride."""

    channels: int
    repeats: int
    stride: int


FIRST_CHANNELS = 8
BASE = (Stage(8, 1, 1), Stage(16, 2, 2), Stage(24, 2, 2))
BASE_SIZE = 14  # pixels


class Size(NamedTuple):
    """Factors on the channels and repeats of the base, and the side of the image in pixels."""

    width: float
    depth: float
    resolution: int


SIZES = {  # each about four times the multiply-adds of the base
    "base": Size(1, 1, BASE_SIZE),
    "depth × 4": Size(1, 4, BASE_SIZE),
    "width × 2": Size(2, 1, BASE_SIZE),
    "resolution × 2": Size(1, 1, 2 * BASE_SIZE),
    "all three": Size(1.21, 1.44, 17),
}


class Block(nn.Module):
    """Expand, look at each channel, weigh the channels, project: MBConv, `groups` of them."""

    def __init__(
        self,
        before: int,
        after: int,
        *,
        stride: int,
        groups: int,
        activation: type[nn.Module],
        squeeze: bool,
    ) -> None:
        super().__init__()
        hidden = groups * before * EXPANSION
        self.has_shortcut = stride == 1 and before == after
        self.expand = nn.Conv2d(groups * before, hidden, 1, groups=groups, bias=False)
        self.look = nn.Conv2d(hidden, hidden, 3, stride, 1, groups=hidden, bias=False)
        self.project = nn.Conv2d(hidden, groups * after, 1, groups=groups, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(n) for n in (hidden, hidden, groups * after))
        self.activation = activation()
        self.gate: nn.Module | None = None
        if squeeze:
            few = groups * max(1, before // 4)
            self.gate = nn.Sequential(
                nn.AdaptiveAvgPool2d(1),
                nn.Conv2d(hidden, few, 1, groups=groups),
                activation(),
                nn.Conv2d(few, hidden, 1, groups=groups),
                nn.Sigmoid(),
            )

    def forward(self, x: Tensor) -> Tensor:
        """Map x (N, groups * C_in, H, W) to (N, groups * C_out, H / S, W / S)."""
        y = self.activation(self.norms[0](self.expand(x)))
        y = self.activation(self.norms[1](self.look(y)))
        if self.gate is not None:
            y = y * self.gate(y)
        y = self.norms[2](self.project(y))
        return x + y if self.has_shortcut else y


def build(
    size: Size,
    *,
    seeds: Sequence[int],
    activation: type[nn.Module] = nn.SiLU,
    squeeze: bool = True,
) -> nn.Sequential:
    """Make one network a seed, side by side.

    Parameters
    ----------
    size : Size
        Factors on the base; the resolution changes the images, not the network.
    seeds : sequence of int
        Each draws the weights of one network, the same whatever stands beside it.
    activation : type of Module, default=SiLU
        What follows the norms, and stands inside the gate.
    squeeze : bool, default=True
        Whether blocks weigh their channels.

    Returns
    -------
    torch.nn.Sequential
        Maps (N, seeds, H, W) to logits (N, seeds * 10, 1, 1).

    References
    ----------
    Tan, Le 2019, arXiv:1905.11946, Table 1, made small.

    Examples
    --------
    >>> build(SIZES["base"], seeds=(0, 1))(torch.zeros(5, 2, 14, 14)).shape
    torch.Size([5, 20, 1, 1])
    """
    groups = len(seeds)
    channels = make_divisible(FIRST_CHANNELS * size.width, DIVISOR)
    layers: list[nn.Module] = [
        nn.Conv2d(groups, groups * channels, 3, 1, 1, groups=groups, bias=False),
        nn.BatchNorm2d(groups * channels),
        activation(),
    ]
    for stage in BASE:
        width = make_divisible(stage.channels * size.width, DIVISOR)
        for place in range(ceil(stage.repeats * size.depth)):
            layers.append(
                Block(
                    channels, width, stride=1 if place else stage.stride, groups=groups,
                    activation=activation, squeeze=squeeze,
                )
            )  # fmt: skip
            channels = width
    head = 4 * channels
    layers += [
        nn.Conv2d(groups * channels, groups * head, 1, groups=groups, bias=False),
        nn.BatchNorm2d(groups * head),
        activation(),
        nn.AdaptiveAvgPool2d(1),
    ]
    last = nn.Conv2d(groups * head, groups * NUM_CLASSES, 1, groups=groups)
    network = nn.Sequential(*layers, last)
    if not last.weight.is_meta:
        _draw(network, seeds, last)
    return network.to(memory_format=torch.channels_last)


def _draw(network: nn.Sequential, seeds: Sequence[int], last: nn.Conv2d) -> None:
    """Draw all weights; gates start half open."""
    convolutions = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    draw_weights(convolutions, seeds, last=last)
    for layer in convolutions:
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
