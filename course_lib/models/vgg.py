"""VGG: depth from 3 × 3 convolutions alone.

Simonyan, Zisserman, 2015: Very deep convolutional networks for large-scale image recognition,
ICLR, arXiv:1409.1556, Table 1, columns A, B, D, E.

Differs from the paper
----------------------
He's initialization (as torchvision) instead of training a shallow network first; the `_bn`
networks add batch norm after each convolution; an adaptive average pooling before the linear
layers, without effect at 224 px, lets other sizes through.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from course_lib.checks import require_int, require_number
from course_lib.models.layers import ImageNetwork, he_fan_out, initialize
from course_lib.models.registry import Published, Weights, register

__all__ = ["vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn"]

CHANNELS = (64, 128, 256, 512, 512)
MINIMUM_SIZE = 32  # five poolings
POOLED = 7  # height and width that the first linear layer sees


class Convolutions(NamedTuple):
    """How many 3 × 3 convolutions stand before each of the five poolings (Table 1)."""

    at_64: int
    at_128: int
    at_256: int
    at_512: int
    at_512_again: int


PLANS = {
    "vgg11": Convolutions(1, 1, 2, 2, 2),  # A
    "vgg13": Convolutions(2, 2, 2, 2, 2),  # B
    "vgg16": Convolutions(2, 2, 3, 3, 3),  # D
    "vgg19": Convolutions(2, 2, 4, 4, 4),  # E
}


class VGG(ImageNetwork):
    """A plain stack of 3 × 3 convolutions and poolings: see `vgg16`."""

    def __init__(self, name: str, num_classes: int, in_channels: int, dropout: float) -> None:
        super().__init__(
            name, in_channels=in_channels, image_size=(224, 224), minimum_size=MINIMUM_SIZE
        )
        plan = PLANS[name.removesuffix("_bn")]
        self.features = _stack(plan, in_channels, batch_norm=name.endswith("_bn"))
        self.avgpool = nn.AdaptiveAvgPool2d(POOLED)  # differs: other image sizes
        self.classifier = nn.Sequential(
            nn.Linear(CHANNELS[-1] * POOLED * POOLED, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, num_classes),
        )
        # differs: the paper draws from N(0, 0.1²) and starts deep networks from a trained vgg11
        initialize(self, convolution=he_fan_out, linear=_narrow_normal)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, num_classes) of images x (N, in_channels, H, W)."""
        x = self.avgpool(self.features(x))  # (N, 512, 7, 7)
        return self.classifier(torch.flatten(x, 1))  # (N, 25088), then (N, num_classes)


def _stack(plan: Convolutions, in_channels: int, *, batch_norm: bool) -> nn.Sequential:
    layers: list[nn.Module] = []
    for channels, repeats in zip(CHANNELS, plan, strict=True):
        for _ in range(repeats):
            layers.append(nn.Conv2d(in_channels, channels, 3, padding=1))
            if batch_norm:
                layers.append(nn.BatchNorm2d(channels))
            layers.append(nn.ReLU())
            in_channels = channels
        layers.append(nn.MaxPool2d(2))  # (N, channels, H / 2, W / 2)
    return nn.Sequential(*layers)


def _narrow_normal(weight: Tensor) -> Tensor:
    return nn.init.normal_(weight, std=0.01)


def _vgg(name: str, num_classes: int, in_channels: int, dropout: float) -> VGG:
    return VGG(
        name,
        require_int(name, "num_classes", num_classes, minimum=1),
        require_int(name, "in_channels", in_channels, minimum=1),
        require_number(name, "dropout", dropout, minimum=0.0, maximum=1.0),
    )


@register(
    year=2014,
    weights=Weights("vgg16-397923af.pth"),
    published=Published(
        parameters=138_357_544, multiply_adds=15.47, receptive_field=212, top1=71.592, top5=90.382
    ),
)
def vgg16(*, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5) -> VGG:
    """Build VGG-16 (Table 1, column D), with torchvision's state-dict keys.

    Parameters
    ----------
    num_classes : int, default=1000
        Length of the output.
    in_channels : int, default=3
        Channels of the images, at least 32 × 32 pixels each.
    dropout : float, default=0.5
        Share of values dropped after the first two linear layers while training.

    Returns
    -------
    VGG
        Maps images (N, in_channels, H, W) to logits (N, num_classes); 138,357,544 parameters by
        default.

    Raises
    ------
    TypeError, ValueError
        If an option is of the wrong type or out of range.

    Examples
    --------
    >>> with torch.device("meta"):  # shapes only, no memory
    ...     network = vgg16()
    >>> sum(p.numel() for p in network.parameters())
    138357544
    """
    return _vgg("vgg16", num_classes, in_channels, dropout)


@register(
    year=2014,
    weights=Weights("vgg11-8a719046.pth"),
    published=Published(
        parameters=132_863_336, multiply_adds=7.609, receptive_field=150, top1=69.02, top5=88.628
    ),
)
def vgg11(*, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5) -> VGG:
    """Build VGG-11 (column A): 132,863,336 parameters; else as `vgg16`."""
    return _vgg("vgg11", num_classes, in_channels, dropout)


@register(
    year=2014,
    weights=Weights("vgg13-19584684.pth"),
    published=Published(
        parameters=133_047_848, multiply_adds=11.308, receptive_field=156, top1=69.928, top5=89.246
    ),
)
def vgg13(*, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5) -> VGG:
    """Build VGG-13 (column B): 133,047,848 parameters; else as `vgg16`."""
    return _vgg("vgg13", num_classes, in_channels, dropout)


@register(
    year=2014,
    weights=Weights("vgg19-dcbb9e9d.pth"),
    published=Published(
        parameters=143_667_240, multiply_adds=19.632, receptive_field=268, top1=72.376, top5=90.876
    ),
)
def vgg19(*, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5) -> VGG:
    """Build VGG-19 (column E): 143,667,240 parameters; else as `vgg16`."""
    return _vgg("vgg19", num_classes, in_channels, dropout)


@register(
    year=2014,
    weights=Weights("vgg11_bn-6002323d.pth"),
    published=Published(
        parameters=132_868_840, multiply_adds=7.609, receptive_field=150, top1=70.37, top5=89.81
    ),
)
def vgg11_bn(*, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5) -> VGG:
    """Build VGG-11 (column A) with batch norm: 132,868,840 parameters; else as `vgg16`."""
    return _vgg("vgg11_bn", num_classes, in_channels, dropout)


@register(
    year=2014,
    weights=Weights("vgg13_bn-abd245e5.pth"),
    published=Published(
        parameters=133_053_736, multiply_adds=11.308, receptive_field=156, top1=71.586, top5=90.374
    ),
)
def vgg13_bn(*, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5) -> VGG:
    """Build VGG-13 (column B) with batch norm: 133,053,736 parameters; else as `vgg16`."""
    return _vgg("vgg13_bn", num_classes, in_channels, dropout)


@register(
    year=2014,
    weights=Weights("vgg16_bn-6c64b313.pth"),
    published=Published(
        parameters=138_365_992, multiply_adds=15.47, receptive_field=212, top1=73.36, top5=91.516
    ),
)
def vgg16_bn(*, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5) -> VGG:
    """Build VGG-16 (column D) with batch norm: 138,365,992 parameters; else as `vgg16`."""
    return _vgg("vgg16_bn", num_classes, in_channels, dropout)


@register(
    year=2014,
    weights=Weights("vgg19_bn-c79401a0.pth"),
    published=Published(
        parameters=143_678_248, multiply_adds=19.632, receptive_field=268, top1=74.218, top5=91.842
    ),
)
def vgg19_bn(*, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5) -> VGG:
    """Build VGG-19 (column E) with batch norm: 143,678,248 parameters; else as `vgg16`."""
    return _vgg("vgg19_bn", num_classes, in_channels, dropout)
