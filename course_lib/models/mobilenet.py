"""MobileNet: depthwise separable convolutions, and inverted residuals.

Howard et al., 2017: MobileNets: efficient convolutional neural networks for mobile vision
applications, arXiv:1704.04861, Table 1.
Sandler, Howard, Zhu, Zhmoginov, Chen, 2018: MobileNetV2: inverted residuals and linear
bottlenecks, CVPR, arXiv:1801.04381, Table 2.

Differs from the paper
----------------------
`mobilenet_v1`: the last depthwise convolution has stride 1; Table 1 prints "s2", but its output
stays 7 × 7. He's initialization, and dropout only if asked for (the paper gives neither).
`mobilenet_v2`: He's initialization and N(0, 0.01²) in the linear layer, as torchvision (the paper
gives none); dropout 0.2, as torchvision (the paper mentions it without a number); widths are
rounded to multiples of 8, as in the authors' code.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from course_lib.checks import require_int, require_number
from course_lib.errors import InvalidValue
from course_lib.models.layers import (
    ConvNormActivation,
    ImageNetwork,
    he_fan_out,
    initialize,
    make_divisible,
)
from course_lib.models.registry import Published, Weights, register

__all__ = ["mobilenet_v1", "mobilenet_v2"]

KERAS = "keras.applications MobileNet, without its 21,888 batch norm statistics"


class SeparableStage(NamedTuple):
    """Some pairs of a depthwise 3 × 3 and a 1 × 1 convolution; the first has the stride."""

    out_channels: int
    stride: int
    repeats: int


SEPARABLE_PLAN = (
    SeparableStage(64, stride=1, repeats=1),
    SeparableStage(128, stride=2, repeats=2),
    SeparableStage(256, stride=2, repeats=2),
    SeparableStage(512, stride=2, repeats=6),
    SeparableStage(1024, stride=2, repeats=2),  # differs: Table 1 prints s2 twice
)


class InvertedStage(NamedTuple):
    """A row of Table 2: some inverted residuals; the first has the stride."""

    expansion: int
    out_channels: int
    repeats: int
    stride: int


INVERTED_PLAN = (
    InvertedStage(expansion=1, out_channels=16, repeats=1, stride=1),
    InvertedStage(expansion=6, out_channels=24, repeats=2, stride=2),
    InvertedStage(expansion=6, out_channels=32, repeats=3, stride=2),
    InvertedStage(expansion=6, out_channels=64, repeats=4, stride=2),
    InvertedStage(expansion=6, out_channels=96, repeats=3, stride=1),
    InvertedStage(expansion=6, out_channels=160, repeats=3, stride=2),
    InvertedStage(expansion=6, out_channels=320, repeats=1, stride=1),
)


class MobileNetV1(ImageNetwork):
    """A stack of depthwise separable convolutions: see `mobilenet_v1`."""

    def __init__(
        self, num_classes: int, in_channels: int, width: float, resolution: int, dropout: float
    ) -> None:
        super().__init__(
            "mobilenet_v1", in_channels=in_channels, image_size=(resolution, resolution)
        )
        channels = scaled(32, width)
        layers: list[nn.Module] = [ConvNormActivation(in_channels, channels, stride=2)]
        for stage in SEPARABLE_PLAN:
            for i in range(stage.repeats):
                out_channels = scaled(stage.out_channels, width)
                layers.append(separable(channels, out_channels, stage.stride if i == 0 else 1))
                channels = out_channels
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(channels, num_classes))
        initialize(self, convolution=he_fan_out, linear=_narrow_normal)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, num_classes) of images x (N, in_channels, H, W)."""
        x = self.features(x)  # (N, 1024 * width, H / 32, W / 32)
        return self.classifier(torch.flatten(self.avgpool(x), 1))


def separable(in_channels: int, out_channels: int, stride: int) -> nn.Sequential:
    """Filter each channel by itself, then mix the channels (Figure 3, right)."""
    return nn.Sequential(
        ConvNormActivation(in_channels, in_channels, stride=stride, groups=in_channels),
        ConvNormActivation(in_channels, out_channels, kernel_size=1),
    )


def scaled(channels: int, width: float) -> int:
    """Multiply a number of channels by the width multiplier; at least 8 are left."""
    return max(8, int(channels * width))


class InvertedResidual(nn.Module):
    """Expand by 1 × 1, filter each channel, project to few channels without activation."""

    def __init__(self, in_channels: int, out_channels: int, stride: int, expansion: int) -> None:
        super().__init__()
        hidden = in_channels * expansion
        layers: list[nn.Module] = []
        if expansion != 1:
            layers.append(_conv6(in_channels, hidden, kernel_size=1))
        layers.append(_conv6(hidden, hidden, stride=stride, groups=hidden))
        layers.append(nn.Conv2d(hidden, out_channels, 1, bias=False))
        layers.append(nn.BatchNorm2d(out_channels))  # linear: no activation follows
        self.conv = nn.Sequential(*layers)
        self.has_shortcut = stride == 1 and in_channels == out_channels

    def forward(self, x: Tensor) -> Tensor:
        """Map x (N, C, H, W) to (N, out_channels, H / S, W / S)."""
        return x + self.conv(x) if self.has_shortcut else self.conv(x)


class MobileNetV2(ImageNetwork):
    """A stack of inverted residuals: see `mobilenet_v2`."""

    def __init__(self, num_classes: int, in_channels: int, width: float, dropout: float) -> None:
        super().__init__("mobilenet_v2", in_channels=in_channels, image_size=(224, 224))
        channels = make_divisible(32 * width)
        layers: list[nn.Module] = [_conv6(in_channels, channels, stride=2)]
        for stage in INVERTED_PLAN:
            out_channels = make_divisible(stage.out_channels * width)
            for i in range(stage.repeats):
                stride = stage.stride if i == 0 else 1
                layers.append(InvertedResidual(channels, out_channels, stride, stage.expansion))
                channels = out_channels
        last = make_divisible(1280 * max(1.0, width))
        layers.append(_conv6(channels, last, kernel_size=1))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(last, num_classes))
        initialize(self, convolution=he_fan_out, linear=_narrow_normal)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, num_classes) of images x (N, in_channels, H, W)."""
        x = self.features(x)  # (N, 1280, H / 32, W / 32)
        return self.classifier(torch.flatten(self.avgpool(x), 1))


@register(
    year=2017,
    published=Published(
        parameters=4_231_976, multiply_adds=0.569, receptive_field=315, source=KERAS
    ),
)
def mobilenet_v1(
    *,
    width: float = 1.0,
    resolution: int = 224,
    num_classes: int = 1000,
    in_channels: int = 3,
    dropout: float = 0.0,
) -> MobileNetV1:
    """Build MobileNetV1.

    Parameters
    ----------
    width : float, default=1.0
        Multiplies the channels of every layer; the paper uses 1, 0.75, 0.5 and 0.25.
    resolution : int, default=224
        Height and width of the images it is meant for, in pixels; the paper uses 224, 192, 160
        and 128. Changes the cost, not the weights: the network takes other sizes as well.
    num_classes : int, default=1000
        Length of the output.
    in_channels : int, default=3
        Channels of the images.
    dropout : float, default=0.0
        Share dropped before the linear layer while training.

    Returns
    -------
    MobileNetV1
        Maps images (N, in_channels, H, W) to logits (N, num_classes); 4,231,976 parameters by
        default, 2,585,560, 1,331,592 and 470,072 with the smaller widths of the paper.

    Raises
    ------
    TypeError, ValueError
        If an option is of the wrong type or out of range.

    Examples
    --------
    >>> network = mobilenet_v1(width=0.25, resolution=128)
    >>> sum(p.numel() for p in network.parameters()), network.image_size
    (470072, (128, 128))
    """
    return MobileNetV1(
        require_int("mobilenet_v1", "num_classes", num_classes, minimum=1),
        require_int("mobilenet_v1", "in_channels", in_channels, minimum=1),
        _require_width("mobilenet_v1", width),
        require_int("mobilenet_v1", "resolution", resolution, minimum=1),
        require_number("mobilenet_v1", "dropout", dropout, minimum=0.0, maximum=1.0),
    )


@register(
    year=2018,
    weights=Weights("mobilenet_v2-b0353104.pth"),
    published=Published(
        parameters=3_504_872, multiply_adds=0.301, receptive_field=491, top1=71.878, top5=90.286
    ),
)
def mobilenet_v2(
    *, width: float = 1.0, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.2
) -> MobileNetV2:
    """Build MobileNetV2, with torchvision's state-dict keys.

    Parameters
    ----------
    width : float, default=1.0
        Multiplies the channels of every layer, the last one only upwards.
    num_classes, in_channels, dropout
        As for `mobilenet_v1`.

    Returns
    -------
    MobileNetV2
        Maps images (N, in_channels, H, W) to logits (N, num_classes); 3,504,872 parameters by
        default.

    Raises
    ------
    TypeError, ValueError
        If an option is of the wrong type or out of range.

    Examples
    --------
    >>> network = mobilenet_v2()
    >>> sum(p.numel() for p in network.parameters())
    3504872
    """
    return MobileNetV2(
        require_int("mobilenet_v2", "num_classes", num_classes, minimum=1),
        require_int("mobilenet_v2", "in_channels", in_channels, minimum=1),
        _require_width("mobilenet_v2", width),
        require_number("mobilenet_v2", "dropout", dropout, minimum=0.0, maximum=1.0),
    )


def _require_width(name: str, width: float) -> float:
    if require_number(name, "width", width, minimum=0.0) == 0.0:
        raise InvalidValue(
            name, received="width=0", needed="a width multiplier above 0",
            fix="use 1, 0.75, 0.5 or 0.25")  # fmt: skip
    return float(width)


def _conv6(
    in_channels: int, out_channels: int, *, kernel_size: int = 3, stride: int = 1, groups: int = 1
) -> ConvNormActivation:
    return ConvNormActivation(
        in_channels,
        out_channels,
        kernel_size=kernel_size,
        stride=stride,
        groups=groups,
        activation=nn.ReLU6,
    )


def _narrow_normal(weight: Tensor) -> Tensor:
    return nn.init.normal_(weight, std=0.01)
