"""Deep networks with and without shortcuts, several of them side by side in one.

The networks of all seeds are run at once, as `training.side_by_side` says.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from course_lib.checks import require_choice
from course_lib.errors import InvalidValue
from course_lib.training.side_by_side import draw_weights

WIDTH = 8  # channels of every layer
SIZE = 8  # of the digits, in pixels
NUM_CLASSES = 10
KINDS = ("plain", "residual", "ReLU before adding", "pre-activation")


class Start(nn.ReLU):
    """The ReLU of the first layer: what it gives is the input of the first block."""


class Block(nn.Module):
    """Two 3 × 3 convolutions with batch norm, and shortcuts around them as `kind` says.

    The four kinds have the same weights. "ReLU before adding" is y = f(W y) + y: a shortcut around
    every single convolution, and nothing after the addition.
    """

    def __init__(self, kind: str, *, groups: int) -> None:
        super().__init__()
        self.kind = kind
        channels = groups * WIDTH
        self.conv1, self.conv2 = (
            nn.Conv2d(channels, channels, 3, padding=1, groups=groups, bias=False) for _ in range(2)
        )
        self.norm1, self.norm2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map x (N, groups * WIDTH, H, W) to as many numbers."""
        if self.kind == "pre-activation":
            h = self.conv1(torch.relu(self.norm1(x)))
            return self.conv2(torch.relu(self.norm2(h))) + x
        h = torch.relu(self.norm1(self.conv1(x)))
        if self.kind == "ReLU before adding":
            h = h + x
            return torch.relu(self.norm2(self.conv2(h))) + h
        y = self.norm2(self.conv2(h))
        return torch.relu(y + x if self.kind == "residual" else y)


def build(kind: str, *, depth: int, seeds: Sequence[int], last_norm: bool = True) -> nn.Sequential:
    """Make one network a seed, side by side.

    Parameters
    ----------
    kind : {"plain", "residual", "ReLU before adding", "pre-activation"}
        How its blocks are joined.
    depth : int
        Layers with weights: a first convolution, two in each block, and a dense layer.
    seeds : sequence of int
        Each draws the weights of one network, the same whatever stands beside it.
    last_norm : bool, default=True
        Whether what the blocks have added up meets one more batch norm before the dense layer;
        pre-activation always ends with norm and ReLU.

    Returns
    -------
    torch.nn.Sequential
        Maps (N, seeds, 8, 8), a digit for each network, to logits (N, seeds * 10, 1, 1).

    Raises
    ------
    ValueError
        If `kind` is unknown, or `depth` is odd or below 4.

    Examples
    --------
    >>> build("plain", depth=8, seeds=(0, 1))(torch.zeros(5, 2, 8, 8)).shape
    torch.Size([5, 20, 1, 1])
    """
    require_choice("build", "kind", kind, KINDS)
    if depth < 4 or depth % 2:
        raise InvalidValue(
            "build", received=f"depth={depth}", needed="an even number from 4",
            fix="count the first layer, two a block, and the last")  # fmt: skip
    groups, channels = len(seeds), len(seeds) * WIDTH
    first = nn.Conv2d(groups, channels, 3, padding=1, groups=groups, bias=False)
    blocks = [Block(kind, groups=groups) for _ in range((depth - 2) // 2)]
    after = [nn.BatchNorm2d(channels)] if last_norm or kind == "pre-activation" else []
    if kind == "pre-activation":
        after.append(nn.ReLU())
    last = nn.Conv2d(channels, groups * NUM_CLASSES, SIZE, groups=groups)  # dense, for each
    start = (first, nn.BatchNorm2d(channels), Start())
    network = nn.Sequential(*start, *blocks, *after, last)
    draw_weights(convolutions(network), seeds, last=last)
    return network.to(memory_format=torch.channels_last)  # the faster order here


def convolutions(network: nn.Module) -> list[nn.Conv2d]:
    """List the layers with weights, from the image to the logits."""
    return [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]


def watch_blocks(network: nn.Sequential, look: Callable[[Tensor], None]) -> None:
    """Have `look` called with the output of the first layer and of each block, on every pass."""
    for layer in network:
        if isinstance(layer, Start | Block):
            layer.register_forward_hook(lambda _, __, y: look(y))
