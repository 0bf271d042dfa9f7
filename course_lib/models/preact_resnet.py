"""ResNet with pre-activation: norm and ReLU before each convolution, a clean shortcut.

He, Zhang, Ren, Sun, 2016: Identity mappings in deep residual networks, ECCV, arXiv:1603.05027,
Figure 4e and the appendix on the first and last residual units.

Differs from the paper
----------------------
The shallower networks, which the paper does not train on ImageNet, put its unit into the plans of
the first ResNet paper. The linear layer keeps PyTorch's default initialization.
"""

import torch
from torch import Tensor, nn

from course_lib.checks import require_choice, require_int
from course_lib.models.layers import ImageNetwork, he_fan_out, initialize
from course_lib.models.registry import register
from course_lib.models.resnet import (
    PLANS,
    STRIDE_CHOICES,
    BlockShape,
    block_shapes,
    convolution,
    strides,
)

__all__ = [
    "preact_resnet18",
    "preact_resnet34",
    "preact_resnet50",
    "preact_resnet101",
    "preact_resnet152",
]


class PreActBlock(nn.Module):
    """Norm and ReLU before each convolution; nothing after the sum (Figure 4e).

    Where the shape changes, the shortcut is a bare 1 × 1 convolution of the activated input. The
    first block of all gets its input activated by the stem: `activated`.
    """

    def __init__(self, shape: BlockShape, *, bottleneck: bool, activated: bool) -> None:
        super().__init__()
        active = [] if activated else [nn.BatchNorm2d(shape.in_channels), nn.ReLU()]
        self.activate = nn.Sequential(*active)
        self.shares_activation = activated or not shape.keeps_shape
        self.shortcut = nn.Identity()
        if not shape.keeps_shape:
            self.shortcut = convolution(shape.in_channels, shape.out_channels, 1, shape.stride)
        self.residual = _preact_bottleneck(shape) if bottleneck else _preact_basic(shape)

    def forward(self, x: Tensor) -> Tensor:
        """Map x (N, C, H, W) to x + what was learned, (N, out_channels, H / S, W / S)."""
        active = self.activate(x)
        return self.shortcut(active if self.shares_activation else x) + self.residual(active)


def _preact_basic(shape: BlockShape) -> nn.Sequential:
    return nn.Sequential(
        convolution(shape.in_channels, shape.width, 3, shape.stride),
        nn.BatchNorm2d(shape.width),
        nn.ReLU(),
        convolution(shape.width, shape.out_channels, 3),
    )


def _preact_bottleneck(shape: BlockShape) -> nn.Sequential:
    first, second = strides(shape)
    return nn.Sequential(
        convolution(shape.in_channels, shape.width, 1, first),
        nn.BatchNorm2d(shape.width),
        nn.ReLU(),
        convolution(shape.width, shape.width, 3, second),
        nn.BatchNorm2d(shape.width),
        nn.ReLU(),
        convolution(shape.width, shape.out_channels, 1),
    )


class PreActResNet(ImageNetwork):
    """Four stages of pre-activation blocks: see `preact_resnet18`."""

    def __init__(self, name: str, num_classes: int, in_channels: int, stride_on: str) -> None:
        super().__init__(name, in_channels=in_channels, image_size=(224, 224))
        plan = PLANS[name.removeprefix("preact_")]
        self.conv1 = nn.Conv2d(in_channels, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu1 = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        for number, shapes in enumerate(block_shapes(plan, stride_on), start=1):
            blocks = [
                PreActBlock(shape, bottleneck=plan.bottleneck, activated=(number, i) == (1, 0))
                for i, shape in enumerate(shapes)
            ]
            self.add_module(f"layer{number}", nn.Sequential(*blocks))
        out_channels = shapes[-1].out_channels
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.relu2 = nn.ReLU()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(out_channels, num_classes)
        initialize(self, convolution=he_fan_out, linear=None)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, num_classes) of images x (N, in_channels, H, W)."""
        x = self.maxpool(self.relu1(self.bn1(self.conv1(x))))  # (N, 64, 56, 56)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))  # (N, 512 or 2048, 7, 7)
        x = self.relu2(self.bn2(x))  # the one activation that no block does
        return self.fc(torch.flatten(self.avgpool(x), 1))


@register(year=2016)
def preact_resnet18(*, num_classes: int = 1000, in_channels: int = 3) -> PreActResNet:
    """Build the pre-activation form of ResNet-18.

    Parameters
    ----------
    num_classes : int, default=1000
        Length of the output.
    in_channels : int, default=3
        Channels of the images, of any size.

    Returns
    -------
    PreActResNet
        Maps images (N, in_channels, H, W) to logits (N, num_classes).

    Raises
    ------
    TypeError, ValueError
        If an option is of the wrong type or out of range.

    Examples
    --------
    >>> network = preact_resnet18(num_classes=10)
    >>> network(torch.zeros(2, 3, 64, 48)).shape
    torch.Size([2, 10])
    """
    return _preact_resnet("preact_resnet18", num_classes, in_channels, "1x1")


@register(year=2016)
def preact_resnet34(*, num_classes: int = 1000, in_channels: int = 3) -> PreActResNet:
    """Build the pre-activation form of ResNet-34; else as `preact_resnet18`."""
    return _preact_resnet("preact_resnet34", num_classes, in_channels, "1x1")


@register(year=2016)
def preact_resnet50(
    *, num_classes: int = 1000, in_channels: int = 3, stride_on: str = "1x1"
) -> PreActResNet:
    """Build the pre-activation form of ResNet-50; `stride_on` as for `resnet50`."""
    return _preact_resnet("preact_resnet50", num_classes, in_channels, stride_on)


@register(year=2016)
def preact_resnet101(
    *, num_classes: int = 1000, in_channels: int = 3, stride_on: str = "1x1"
) -> PreActResNet:
    """Build the pre-activation form of ResNet-101; `stride_on` as for `resnet50`."""
    return _preact_resnet("preact_resnet101", num_classes, in_channels, stride_on)


@register(year=2016)
def preact_resnet152(
    *, num_classes: int = 1000, in_channels: int = 3, stride_on: str = "1x1"
) -> PreActResNet:
    """Build the pre-activation form of ResNet-152; `stride_on` as for `resnet50`."""
    return _preact_resnet("preact_resnet152", num_classes, in_channels, stride_on)


def _preact_resnet(name: str, num_classes: int, in_channels: int, stride_on: str) -> PreActResNet:
    return PreActResNet(
        name,
        require_int(name, "num_classes", num_classes, minimum=1),
        require_int(name, "in_channels", in_channels, minimum=1),
        require_choice(name, "stride_on", stride_on, STRIDE_CHOICES),
    )
