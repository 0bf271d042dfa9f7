"""EfficientNet: one small network, scaled in depth, width and resolution at once.

Tan, Le, 2019: EfficientNet: rethinking model scaling for convolutional neural networks, ICML,
arXiv:1905.11946, Table 1, equation 3.

Differs from the paper
----------------------
Batch norm of B0 to B4 has PyTorch's eps 1e-5 and momentum 0.1, as torchvision; the authors' code
has 1e-3 and 0.01, which B5 to B7 keep. Even sizes are halved with symmetric padding.
The released coefficients of B1 to B7 are near equation 3, not on it: see `scaling.py`.
"""

from collections.abc import Callable
from functools import partial
from math import sqrt
from typing import NamedTuple

import torch
from torch import Tensor, nn

from course_lib.checks import require_int, require_number
from course_lib.models.layers import (
    ConvNormActivation,
    ImageNetwork,
    SqueezeExcitation,
    StochasticDepth,
    he_fan_out,
    initialize,
)
from course_lib.models.registry import BICUBIC, Preparation, Published, Weights, register
from course_lib.models.scaling import SCALINGS, Scaling, Stage, scaled_blocks

__all__ = [
    "efficientnet",
    "efficientnet_b0",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
]

DROPPED_BLOCKS = 0.2  # stochastic depth of the last block; it grows linearly from 0


class BlockStyle(NamedTuple):
    """What all blocks of a network have in common."""

    norm: Callable[[int], nn.Module]
    activation: Callable[[], nn.Module]
    has_squeeze: bool
    shift_padding: bool

    def convolution(
        self,
        in_channels: int,
        out_channels: int,
        *,
        kernel_size: int = 1,
        stride: int = 1,
        groups: int = 1,
        linear: bool = False,
    ) -> ConvNormActivation:
        """Build a convolution with the norm and, unless `linear`, the activation."""
        return ConvNormActivation(
            in_channels,
            out_channels,
            kernel_size=kernel_size,
            stride=stride,
            groups=groups,
            norm=self.norm,
            activation=None if linear else self.activation,
            shift_padding=self.shift_padding,
        )


AUTHORS_NORM = partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)
SMALL_STYLE = BlockStyle(nn.BatchNorm2d, nn.SiLU, has_squeeze=True, shift_padding=False)
LARGE_STYLE = SMALL_STYLE._replace(norm=AUTHORS_NORM)
LARGE = ("efficientnet_b5", "efficientnet_b6", "efficientnet_b7")


class InvertedBottleneck(nn.Module):
    """Expand by 1 × 1, filter each channel, weigh the channels, project (MBConv of Table 1)."""

    def __init__(self, stage: Stage, style: BlockStyle, drop_probability: float) -> None:
        super().__init__()
        hidden = stage.in_channels * stage.expansion
        layers: list[nn.Module] = []
        if stage.expansion != 1:
            layers.append(style.convolution(stage.in_channels, hidden))
        depthwise = style.convolution(
            hidden, hidden, kernel_size=stage.kernel_size, stride=stage.stride, groups=hidden
        )
        layers.append(depthwise)
        if style.has_squeeze:  # a quarter of the block's input channels, not of the hidden ones
            layers.append(SqueezeExcitation(hidden, max(1, stage.in_channels // 4)))
        layers.append(style.convolution(hidden, stage.out_channels, linear=True))
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(drop_probability)
        self.has_shortcut = stage.stride == 1 and stage.in_channels == stage.out_channels

    def forward(self, x: Tensor) -> Tensor:
        """Map x (N, C, H, W) to (N, out_channels, H / S, W / S)."""
        return self.stochastic_depth(self.block(x)) + x if self.has_shortcut else self.block(x)


class EfficientNet(ImageNetwork):
    """A scaled stack of inverted bottlenecks: see `efficientnet_b0`."""

    def __init__(
        self,
        name: str,
        scaling: Scaling,
        style: BlockStyle,
        *,
        num_classes: int,
        in_channels: int,
        dropout: float,
    ) -> None:
        side = (scaling.resolution, scaling.resolution)
        super().__init__(name, in_channels=in_channels, image_size=side)
        blocks = scaled_blocks(scaling)
        first, last = blocks[0][0].in_channels, blocks[-1][-1].out_channels
        features = [style.convolution(in_channels, first, kernel_size=3, stride=2)]
        count, done = sum(map(len, blocks)), 0
        for stage in blocks:
            rates = [DROPPED_BLOCKS * (done + i) / count for i in range(len(stage))]
            pairs = zip(stage, rates, strict=True)
            features.append(nn.Sequential(*(InvertedBottleneck(b, style, p) for b, p in pairs)))
            done += len(stage)
        features.append(style.convolution(last, 4 * last))
        self.features = nn.Sequential(*features)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(4 * last, num_classes))
        initialize(self, convolution=he_fan_out, linear=_uniform_by_fan_out)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, num_classes) of images x (N, in_channels, H, W)."""
        x = self.features(x)  # (N, 1280 * width, H / 32, W / 32)
        return self.classifier(torch.flatten(self.avgpool(x), 1))


def efficientnet(
    scaling: Scaling,
    *,
    num_classes: int = 1000,
    in_channels: int = 3,
    dropout: float = 0.2,
) -> EfficientNet:
    """Build an EfficientNet of any size, for example `efficientnet(compound_scaling(1.5))`.

    Parameters
    ----------
    scaling : Scaling
        Factors on B0, from `compound_scaling` or chosen by hand.
    num_classes, in_channels, dropout
        As for `efficientnet_b0`.

    Returns
    -------
    EfficientNet
        Maps images (N, in_channels, H, W) to logits (N, num_classes).

    Raises
    ------
    TypeError, ValueError
        If an option is of the wrong type or out of range.

    Examples
    --------
    >>> network = efficientnet(Scaling(width=0.25, depth=0.5, resolution=64), num_classes=10)
    >>> network(torch.zeros(2, 3, 64, 64)).shape
    torch.Size([2, 10])
    """
    for field in ("width", "depth"):
        require_number("efficientnet", field, getattr(scaling, field), minimum=0.01)
    return build_checked("efficientnet", scaling, SMALL_STYLE, num_classes, in_channels, dropout)


@register(
    year=2019,
    weights=Weights("efficientnet_b0_rwightman-7f5810bc.pth"),
    published=Published(
        parameters=5_288_548, multiply_adds=0.386, receptive_field=851, top1=77.692, top5=93.532
    ),
    preparation=Preparation(256, 224, BICUBIC),
)
def efficientnet_b0(
    *, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.2
) -> EfficientNet:
    """Build EfficientNet-B0, with torchvision's state-dict keys.

    Parameters
    ----------
    num_classes : int, default=1000
        Length of the output.
    in_channels : int, default=3
        Channels of the images, of any size.
    dropout : float, default=0.2
        Share dropped before the linear layer while training.

    Returns
    -------
    EfficientNet
        Maps images (N, in_channels, H, W) to logits (N, num_classes); 5,288,548 parameters by
        default.

    Raises
    ------
    TypeError, ValueError
        If an option is of the wrong type or out of range.

    Examples
    --------
    >>> network = efficientnet_b0()
    >>> sum(p.numel() for p in network.parameters())
    5288548
    """
    return _released("efficientnet_b0", num_classes, in_channels, dropout)


@register(
    year=2019,
    weights=Weights("efficientnet_b1_rwightman-bac287d4.pth"),
    published=Published(
        parameters=7_794_184,
        multiply_adds=0.687,
        receptive_field=1183,
        top1=78.642,
        top5=94.186,
        image_size=240,
    ),
    preparation=Preparation(256, 240, BICUBIC),
)
def efficientnet_b1(
    *, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.2
) -> EfficientNet:
    """Build EfficientNet-B1: 7,794,184 parameters; else as `efficientnet_b0`."""
    return _released("efficientnet_b1", num_classes, in_channels, dropout)


@register(
    year=2019,
    weights=Weights("efficientnet_b2_rwightman-c35c1473.pth"),
    published=Published(
        parameters=9_109_994,
        multiply_adds=1.088,
        receptive_field=1183,
        top1=80.608,
        top5=95.31,
        image_size=288,
    ),
    preparation=Preparation(288, 288, BICUBIC),
)
def efficientnet_b2(
    *, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.3
) -> EfficientNet:
    """Build EfficientNet-B2: 9,109,994 parameters; else as `efficientnet_b0`."""
    return _released("efficientnet_b2", num_classes, in_channels, dropout)


@register(
    year=2019,
    weights=Weights("efficientnet_b3_rwightman-b3899882.pth"),
    published=Published(
        parameters=12_233_232,
        multiply_adds=1.827,
        receptive_field=1407,
        top1=82.008,
        top5=96.054,
        image_size=300,
    ),
    preparation=Preparation(320, 300, BICUBIC),
)
def efficientnet_b3(
    *, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.3
) -> EfficientNet:
    """Build EfficientNet-B3: 12,233,232 parameters; else as `efficientnet_b0`."""
    return _released("efficientnet_b3", num_classes, in_channels, dropout)


@register(
    year=2019,
    weights=Weights("efficientnet_b4_rwightman-23ab8bcd.pth"),
    published=Published(
        parameters=19_341_616,
        multiply_adds=4.394,
        receptive_field=1799,
        top1=83.384,
        top5=96.594,
        image_size=380,
    ),
    preparation=Preparation(384, 380, BICUBIC),
)
def efficientnet_b4(
    *, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.4
) -> EfficientNet:
    """Build EfficientNet-B4: 19,341,616 parameters; else as `efficientnet_b0`."""
    return _released("efficientnet_b4", num_classes, in_channels, dropout)


@register(
    year=2019,
    weights=Weights("efficientnet_b5_lukemelas-1a07897c.pth"),
    published=Published(
        parameters=30_389_784,
        multiply_adds=10.266,
        receptive_field=2131,
        top1=83.444,
        top5=96.628,
        image_size=456,
    ),
    preparation=Preparation(456, 456, BICUBIC),
)
def efficientnet_b5(
    *, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.4
) -> EfficientNet:
    """Build EfficientNet-B5: 30,389,784 parameters; else as `efficientnet_b0`."""
    return _released("efficientnet_b5", num_classes, in_channels, dropout)


@register(
    year=2019,
    weights=Weights("efficientnet_b6_lukemelas-24a108a5.pth"),
    published=Published(
        parameters=43_040_704,
        multiply_adds=19.068,
        receptive_field=2523,
        top1=84.008,
        top5=96.916,
        image_size=528,
    ),
    preparation=Preparation(528, 528, BICUBIC),
)
def efficientnet_b6(
    *, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5
) -> EfficientNet:
    """Build EfficientNet-B6: 43,040,704 parameters; else as `efficientnet_b0`."""
    return _released("efficientnet_b6", num_classes, in_channels, dropout)


@register(
    year=2019,
    weights=Weights("efficientnet_b7_lukemelas-c5b4e57e.pth"),
    published=Published(
        parameters=66_347_960,
        multiply_adds=37.746,
        receptive_field=3079,
        top1=84.122,
        top5=96.908,
        image_size=600,
    ),
    preparation=Preparation(600, 600, BICUBIC),
)
def efficientnet_b7(
    *, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5
) -> EfficientNet:
    """Build EfficientNet-B7: 66,347,960 parameters; else as `efficientnet_b0`."""
    return _released("efficientnet_b7", num_classes, in_channels, dropout)


def _released(name: str, num_classes: int, in_channels: int, dropout: float) -> EfficientNet:
    style = LARGE_STYLE if name in LARGE else SMALL_STYLE
    return build_checked(name, SCALINGS[name], style, num_classes, in_channels, dropout)


def build_checked(
    name: str,
    scaling: Scaling,
    style: BlockStyle,
    num_classes: int,
    in_channels: int,
    dropout: float,
) -> EfficientNet:
    """Build a network of this scaling and style, once its options are checked."""
    return EfficientNet(
        name,
        scaling,
        style,
        num_classes=require_int(name, "num_classes", num_classes, minimum=1),
        in_channels=require_int(name, "in_channels", in_channels, minimum=1),
        dropout=require_number(name, "dropout", dropout, minimum=0.0, maximum=1.0),
    )


def _uniform_by_fan_out(weight: Tensor) -> Tensor:
    """Draw from U(-1 / sqrt(classes), 1 / sqrt(classes)), as the authors' code."""
    bound = 1 / sqrt(weight.shape[0])
    return nn.init.uniform_(weight, -bound, bound)
