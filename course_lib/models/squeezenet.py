"""SqueezeNet 1.1: the accuracy of AlexNet with a fiftieth of its parameters.

Iandola, Han, Moskewicz, Ashraf, Dally, Keutzer, 2016: SqueezeNet: AlexNet-level accuracy with 50x
fewer parameters and <0.5MB model size, arXiv:1602.07360, Figure 1, Table 1.
Version 1.1: github.com/forresti/SqueezeNet, folder SqueezeNet_v1.1.

Differs from the paper
----------------------
Version 1.1, of the authors, begins with 64 filters of 3 × 3 instead of 96 of 7 × 7 and pools
earlier, which saves more than half of the multiply-adds. He's initialization, and N(0, 0.01²) in
the last convolution, as torchvision. The weights are not compressed.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from course_lib.checks import require_int, require_number
from course_lib.models.layers import ImageNetwork, initialize
from course_lib.models.registry import Published, Weights, register

__all__ = ["squeezenet1_1"]

MINIMUM_SIZE = 17  # leaves 1 pixel after the third pooling


class Channels(NamedTuple):
    """Channels of a Fire module: what it squeezes to, and half of what it expands to."""

    squeezed: int
    expanded: int


# a list for each size of the maps, with a pooling before it (1.1: fire2 to fire9)
PLAN = (
    (Channels(16, 64), Channels(16, 64)),
    (Channels(32, 128), Channels(32, 128)),
    (Channels(48, 192), Channels(48, 192), Channels(64, 256), Channels(64, 256)),
)


class Fire(nn.Module):
    """Squeeze to few channels by 1 × 1, then expand by 1 × 1 and 3 × 3 side by side (Figure 1)."""

    def __init__(self, in_channels: int, plan: Channels) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(in_channels, plan.squeezed, 1)
        self.squeeze_activation = nn.ReLU()
        self.expand1x1 = nn.Conv2d(plan.squeezed, plan.expanded, 1)
        self.expand1x1_activation = nn.ReLU()
        self.expand3x3 = nn.Conv2d(plan.squeezed, plan.expanded, 3, padding=1)
        self.expand3x3_activation = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Map x (N, C_in, H, W) to (N, 2 * plan.expanded, H, W)."""
        x = self.squeeze_activation(self.squeeze(x))  # (N, squeezed, H, W)
        ones = self.expand1x1_activation(self.expand1x1(x))
        threes = self.expand3x3_activation(self.expand3x3(x))
        return torch.cat([ones, threes], dim=1)


class SqueezeNet(ImageNetwork):
    """Eight Fire modules and no linear layer: see `squeezenet1_1`."""

    def __init__(self, num_classes: int, in_channels: int, dropout: float) -> None:
        super().__init__(
            "squeezenet1_1",
            in_channels=in_channels,
            image_size=(224, 224),
            minimum_size=MINIMUM_SIZE,
        )
        layers: list[nn.Module] = [nn.Conv2d(in_channels, 64, 3, stride=2), nn.ReLU()]
        channels = 64
        for stage in PLAN:
            layers.append(nn.MaxPool2d(3, stride=2, ceil_mode=True))
            for plan in stage:
                layers.append(Fire(channels, plan))
                channels = 2 * plan.expanded
        self.features = nn.Sequential(*layers)
        last = nn.Conv2d(channels, num_classes, 1)  # the classes, at every place of the map
        self.classifier = nn.Sequential(
            nn.Dropout(dropout), last, nn.ReLU(), nn.AdaptiveAvgPool2d(1)
        )
        initialize(self, convolution=nn.init.kaiming_uniform_, linear=None)
        nn.init.normal_(last.weight, std=0.01)

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores (N, num_classes), none below 0, of images x (N, in_channels, H, W)."""
        x = self.features(x)  # (N, 512, 13, 13)
        return torch.flatten(self.classifier(x), 1)


@register(
    year=2016,
    weights=Weights("squeezenet1_1-b8a52dc0.pth"),
    published=Published(parameters=1_235_496, multiply_adds=0.349, top1=58.178, top5=80.624),
)
def squeezenet1_1(
    *, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5
) -> SqueezeNet:
    """Build SqueezeNet 1.1, with torchvision's state-dict keys.

    Parameters
    ----------
    num_classes : int, default=1000
        Length of the output.
    in_channels : int, default=3
        Channels of the images, at least 17 × 17 pixels each.
    dropout : float, default=0.5
        Share of values dropped before the last convolution while training.

    Returns
    -------
    SqueezeNet
        Maps images (N, in_channels, H, W) to scores (N, num_classes); 1,235,496 parameters by
        default.

    Raises
    ------
    TypeError, ValueError
        If an option is of the wrong type or out of range.

    Examples
    --------
    >>> network = squeezenet1_1()
    >>> sum(p.numel() for p in network.parameters())
    1235496
    """
    return SqueezeNet(
        require_int("squeezenet1_1", "num_classes", num_classes, minimum=1),
        require_int("squeezenet1_1", "in_channels", in_channels, minimum=1),
        require_number("squeezenet1_1", "dropout", dropout, minimum=0.0, maximum=1.0),
    )
