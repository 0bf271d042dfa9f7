"""What notebook 13 trains: one network, and seven ways to halve its maps twice."""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from course_lib import torch_ops
from course_lib.checks import require_choice

CHANNELS = (1, 16, 24, 24)


class BlurPool(nn.Module):
    """Blur with 1 2 1 along both axes, then keep every second pixel; no weights."""

    def forward(self, x: Tensor) -> Tensor:
        """Halve maps (N, C, H, W)."""
        return torch_ops.blur_pool2d(x)


class DenseMax(nn.Module):
    """Take the largest of each 2x2 pixels at every place: max pooling of stride 1, same size."""

    def forward(self, x: Tensor) -> Tensor:
        """Keep the size of maps (N, C, H, W); the last row and column see fewer pixels."""
        return nn.functional.max_pool2d(nn.functional.pad(x, (0, 1, 0, 1), value=-torch.inf), 2, 1)


# What follows the activation; a bare stride is taken by the convolution itself.
HALVINGS: dict[str, Callable[[], list[nn.Module]]] = {
    "stride": list,
    "max": lambda: [nn.MaxPool2d(2)],
    "overlapping max": lambda: [nn.MaxPool2d(3, stride=2, padding=1)],
    "average": lambda: [nn.AvgPool2d(2)],
    "blur": lambda: [BlurPool()],
    "max, blur": lambda: [DenseMax(), BlurPool()],
    "none": list,
}


def network(halving: str, *, head: str = "global average") -> nn.Sequential:
    """Make three 3x3 convolutions with batch norm, two halvings, a global average, ten classes.

    All have the same weights to learn, 9,226 of them with a global head.

    Parameters
    ----------
    halving : str
        A name in `HALVINGS`: how the maps are halved behind the first two convolutions.
    head : {"global average", "dense"}, default="global average"
        What follows the maps: the mean of each, or a weight for each of their pixels.

    Returns
    -------
    Sequential
        From images (N, 1, 16, 16) to scores (N, 10).

    Raises
    ------
    ValueError
        If there is no such halving or head.

    Examples
    --------
    >>> network("max")(torch.zeros(2, 1, 16, 16)).shape
    torch.Size([2, 10])
    """
    require_choice("network", "halving", halving, HALVINGS)
    require_choice("network", "head", head, ("global average", "dense"))
    layers: list[nn.Module] = []
    for number, (inputs, outputs) in enumerate(pairwise(CHANNELS)):
        halves = number < 2
        stride = 2 if halving == "stride" and halves else 1
        layers += [
            nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            *(HALVINGS[halving]() if halves else []),
        ]
    if head == "global average":
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(24, 10))
    side = 16 if halving == "none" else 4
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(24 * side**2, 10))
