"""Small networks of notebook 22, several side by side: full and separable layers, bottlenecks.

The networks of all seeds are run at once, as `training.side_by_side` says.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_lib.checks import require_choice
from course_lib.training.side_by_side import draw_weights

NUM_CLASSES = 10
LAYERS = ("full", "separable")
# Layers behind the first: how many times the width of the first, and the stride.
PLAN = ((2, 2), (2, 1), (4, 2), (4, 1))
PROJECTIONS = ("linear", "ReLU6")
STRIDES = (2, 1, 2, 1)  # of the bottlenecks
FIRST, LAST, EXPANSION = 16, 64, 6  # channels before and behind the bottlenecks; factor t


def build(kind: str, *, width: int, seeds: Sequence[int]) -> nn.Sequential:
    """Make networks of five layers that read digits, one a seed, side by side.

    Parameters
    ----------
    kind : {"full", "separable"}
        What the four layers behind the first are: 3 × 3 convolutions, or pairs of a depthwise 3 × 3
        and a 1 × 1. Batch norm and ReLU follow every convolution.
    width : int
        Channels of the first layer; the others have twice and four times as many.
    seeds : sequence of int
        Each draws the weights of one network, the same whatever stands beside it.

    Returns
    -------
    torch.nn.Sequential
        Maps (N, seeds, H, W) to logits (N, seeds * 10, 1, 1).

    Raises
    ------
    ValueError
        If `kind` is unknown.

    Examples
    --------
    >>> build("separable", width=8, seeds=(0, 1))(torch.zeros(5, 2, 12, 12)).shape
    torch.Size([5, 20, 1, 1])
    """
    require_choice("build", "kind", kind, LAYERS)
    groups, before = len(seeds), width
    layers = _convolution(1, width, 3, groups=groups)
    for times, stride in PLAN:
        after = times * width
        if kind == "full":
            layers += _convolution(before, after, 3, stride=stride, groups=groups)
        else:
            layers += _depthwise(groups * before, stride=stride)
            layers += _convolution(before, after, 1, groups=groups)
        before = after
    return _with_weights(layers, before, seeds)


def build_bottlenecks(
    projection: str, *, channels: int, seeds: Sequence[int], shortcut: bool = True
) -> nn.Sequential:
    """Make networks of four inverted residuals, one a seed, side by side.

    Parameters
    ----------
    projection : {"linear", "ReLU6"}
        What follows the norm of each projection: nothing, or ReLU6.
    channels : int
        Channels between the blocks; each block widens them six times.
    seeds : sequence of int
        As for `build`.
    shortcut : bool, default=True
        Whether the blocks that keep the size add their input.

    Returns
    -------
    torch.nn.Sequential
        Maps (N, seeds, H, W) to logits (N, seeds * 10, 1, 1).

    Raises
    ------
    ValueError
        If `projection` is unknown.
    """
    require_choice("build_bottlenecks", "projection", projection, PROJECTIONS)
    groups, bent = len(seeds), projection == "ReLU6"
    layers = _convolution(1, FIRST, 3, groups=groups, activation=nn.ReLU6)
    layers += _projection(FIRST, channels, groups, bent=bent)
    for stride in STRIDES:
        layers.append(Bottleneck(channels, stride, groups, bent=bent, shortcut=shortcut))
    layers += _convolution(channels, LAST, 1, groups=groups, activation=nn.ReLU6)
    return _with_weights(layers, LAST, seeds)


class Bottleneck(nn.Module):
    """An inverted residual between maps of as many channels, for networks side by side."""

    def __init__(
        self, channels: int, stride: int, groups: int, *, bent: bool, shortcut: bool
    ) -> None:
        super().__init__()
        hidden = EXPANSION * channels
        self.path = nn.Sequential(
            *_convolution(channels, hidden, 1, groups=groups, activation=nn.ReLU6),
            *_depthwise(groups * hidden, stride=stride, activation=nn.ReLU6),
            *_projection(hidden, channels, groups, bent=bent),
        )
        self.adds = shortcut and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        """Map x (N, groups * C, H, W) to (N, groups * C, H / S, W / S)."""
        return x + self.path(x) if self.adds else self.path(x)


def _convolution(
    before: int,
    after: int,
    kernel: int,
    *,
    groups: int,
    stride: int = 1,
    activation: type[nn.Module] = nn.ReLU,
) -> list[nn.Module]:
    """Make a convolution that keeps the size at stride 1, norm and activation, for each network."""
    sizes = groups * before, groups * after, kernel, stride, kernel // 2
    convolution = nn.Conv2d(*sizes, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(groups * after), activation()]


def _depthwise(
    channels: int, *, stride: int, activation: type[nn.Module] = nn.ReLU
) -> list[nn.Module]:
    return _convolution(1, 1, 3, groups=channels, stride=stride, activation=activation)


def _projection(before: int, after: int, groups: int, *, bent: bool) -> list[nn.Module]:
    layers = _convolution(before, after, 1, groups=groups, activation=nn.ReLU6)
    return layers if bent else layers[:-1]


def _with_weights(layers: list[nn.Module], before: int, seeds: Sequence[int]) -> nn.Sequential:
    """Add a mean and the last layer, and draw all weights, unless only shapes are wanted."""
    groups = len(seeds)
    last = nn.Conv2d(groups * before, groups * NUM_CLASSES, 1, groups=groups)  # dense, for each
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), last)
    if not last.weight.is_meta:
        found = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
        draw_weights(found, seeds, last=last)
    return network.to(memory_format=torch.channels_last)  # the faster order here
