"""ResNet: layers that learn what to add to their input.

He, Zhang, Ren, Sun, 2016: Deep residual learning for image recognition, CVPR, arXiv:1512.03385,
Table 1, Figure 5.

Differs from the paper
----------------------
The bottlenecks of `resnet50` and deeper halve the image in their 3 × 3 convolution, as in
torchvision; the paper does it in the first 1 × 1: `stride_on="1x1"`. The linear layer keeps
PyTorch's default initialization.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from course_lib.checks import require_choice, require_flag, require_int
from course_lib.models.layers import ImageNetwork, he_fan_out, initialize
from course_lib.models.registry import Published, Weights, register

__all__ = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]

EXPANSION = 4  # a bottleneck puts out four times the channels it works with
STRIDE_CHOICES = ("3x3", "1x1")


class Stages(NamedTuple):
    """How many residual blocks stand in each of the four stages (Table 1)."""

    conv2: int
    conv3: int
    conv4: int
    conv5: int


class Plan(NamedTuple):
    """Blocks of each stage, and whether they are bottlenecks of three convolutions."""

    stages: Stages
    bottleneck: bool


PLANS = {
    "resnet18": Plan(Stages(2, 2, 2, 2), bottleneck=False),
    "resnet34": Plan(Stages(3, 4, 6, 3), bottleneck=False),
    "resnet50": Plan(Stages(3, 4, 6, 3), bottleneck=True),
    "resnet101": Plan(Stages(3, 4, 23, 3), bottleneck=True),
    "resnet152": Plan(Stages(3, 8, 36, 3), bottleneck=True),
}


class BlockShape(NamedTuple):
    """What one block must know; `width` is the number of channels it works with."""

    in_channels: int
    width: int
    out_channels: int
    stride: int
    stride_on: str

    @property
    def keeps_shape(self) -> bool:
        """Whether the shortcut can be the input itself."""
        return self.stride == 1 and self.in_channels == self.out_channels


class BasicBlock(nn.Module):
    """Two 3 × 3 convolutions and a shortcut (Figure 5, left)."""

    def __init__(self, shape: BlockShape) -> None:
        super().__init__()
        self.conv1 = convolution(shape.in_channels, shape.width, 3, shape.stride)
        self.bn1 = nn.BatchNorm2d(shape.width)
        self.relu1 = nn.ReLU()
        self.conv2 = convolution(shape.width, shape.width, 3)
        self.bn2 = nn.BatchNorm2d(shape.width)
        self.downsample = None if shape.keeps_shape else projection(shape)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Map x (N, C, H, W) to relu(x + what was learned), (N, width, H / S, W / S)."""
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu2(y + shortcut)


class Bottleneck(nn.Module):
    """A 3 × 3 convolution between two 1 × 1, and a shortcut (Figure 5, right)."""

    def __init__(self, shape: BlockShape) -> None:
        super().__init__()
        first, second = strides(shape)
        self.conv1 = convolution(shape.in_channels, shape.width, 1, first)
        self.bn1 = nn.BatchNorm2d(shape.width)
        self.relu1 = nn.ReLU()
        self.conv2 = convolution(shape.width, shape.width, 3, second)
        self.bn2 = nn.BatchNorm2d(shape.width)
        self.relu2 = nn.ReLU()
        self.conv3 = convolution(shape.width, shape.out_channels, 1)
        self.bn3 = nn.BatchNorm2d(shape.out_channels)
        self.downsample = None if shape.keeps_shape else projection(shape)
        self.relu3 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Map x (N, C, H, W) to relu(x + what was learned), (N, 4 * width, H / S, W / S)."""
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.relu1(self.bn1(self.conv1(x)))  # (N, width, ...)
        y = self.relu2(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))  # (N, 4 * width, ...)
        return self.relu3(y + shortcut)


class ResNet(ImageNetwork):
    """Four stages of residual blocks: see `resnet18` and `resnet50`."""

    def __init__(
        self,
        name: str,
        num_classes: int,
        in_channels: int,
        stride_on: str,
        zero_init_residual: bool,
    ) -> None:
        super().__init__(name, in_channels=in_channels, image_size=(224, 224))
        plan = PLANS[name]
        self.conv1 = nn.Conv2d(in_channels, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        block = Bottleneck if plan.bottleneck else BasicBlock
        for number, shapes in enumerate(block_shapes(plan, stride_on), start=1):
            self.add_module(f"layer{number}", nn.Sequential(*(block(shape) for shape in shapes)))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(shapes[-1].out_channels, num_classes)
        initialize(self, convolution=he_fan_out, linear=None)
        if zero_init_residual:
            self._start_as_identity()

    def _start_as_identity(self) -> None:
        """Start the last norm of each block at 0: Goyal et al. 2017, arXiv:1706.02677, 5.1."""
        for block in self.modules():
            if isinstance(block, BasicBlock | Bottleneck):
                last = block.bn3 if isinstance(block, Bottleneck) else block.bn2
                nn.init.zeros_(last.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, num_classes) of images x (N, in_channels, H, W)."""
        x = self.relu(self.bn1(self.conv1(x)))  # (N, 64, 112, 112)
        x = self.layer1(self.maxpool(x))  # (N, 64 or 256, 56, 56)
        x = self.layer4(self.layer3(self.layer2(x)))  # (N, 512 or 2048, 7, 7)
        return self.fc(torch.flatten(self.avgpool(x), 1))


def convolution(in_channels: int, out_channels: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    """Build a convolution without bias that keeps the size at stride 1."""
    return nn.Conv2d(in_channels, out_channels, kernel, stride, kernel // 2, bias=False)


def projection(shape: BlockShape) -> nn.Sequential:
    """Build the shortcut of a block that changes the shape (option B of the paper)."""
    return nn.Sequential(
        convolution(shape.in_channels, shape.out_channels, 1, shape.stride),
        nn.BatchNorm2d(shape.out_channels),
    )


def strides(shape: BlockShape) -> tuple[int, int]:
    """Give the strides of the first 1 × 1 and the 3 × 3 convolution of a bottleneck."""
    # differs: "3x3" is torchvision's, "1x1" the paper's; the receptive fields differ too
    return (1, shape.stride) if shape.stride_on == "3x3" else (shape.stride, 1)


def block_shapes(plan: Plan, stride_on: str) -> list[list[BlockShape]]:
    """Spell out the blocks of the four stages; all but the first stage begin by halving."""
    channels, stages = 64, []
    for width, repeats in zip((64, 128, 256, 512), plan.stages, strict=True):
        out_channels = width * EXPANSION if plan.bottleneck else width
        stage = []
        for i in range(repeats):
            stride = 2 if i == 0 and width > 64 else 1
            stage.append(BlockShape(channels, width, out_channels, stride, stride_on))
            channels = out_channels
        stages.append(stage)
    return stages


@register(
    year=2015,
    weights=Weights("resnet18-f37072fd.pth"),
    published=Published(
        parameters=11_689_512, multiply_adds=1.814, receptive_field=435, top1=69.758, top5=89.078
    ),
)
def resnet18(
    *, num_classes: int = 1000, in_channels: int = 3, zero_init_residual: bool = False
) -> ResNet:
    """Build ResNet-18, with torchvision's state-dict keys.

    Parameters
    ----------
    num_classes : int, default=1000
        Length of the output.
    in_channels : int, default=3
        Channels of the images, of any size.
    zero_init_residual : bool, default=False
        Start the last norm of each block at 0, so that each block starts as the identity.

    Returns
    -------
    ResNet
        Maps images (N, in_channels, H, W) to logits (N, num_classes); 11,689,512 parameters by
        default.

    Raises
    ------
    TypeError, ValueError
        If an option is of the wrong type or out of range.

    Examples
    --------
    >>> network = resnet18(num_classes=10)
    >>> network(torch.zeros(2, 3, 64, 48)).shape
    torch.Size([2, 10])
    """
    return _resnet("resnet18", num_classes, in_channels, "3x3", zero_init_residual)


@register(
    year=2015,
    weights=Weights("resnet34-b627a593.pth"),
    published=Published(
        parameters=21_797_672, multiply_adds=3.664, receptive_field=899, top1=73.314, top5=91.42
    ),
)
def resnet34(
    *, num_classes: int = 1000, in_channels: int = 3, zero_init_residual: bool = False
) -> ResNet:
    """Build ResNet-34: 21,797,672 parameters; else as `resnet18`."""
    return _resnet("resnet34", num_classes, in_channels, "3x3", zero_init_residual)


@register(
    year=2015,
    weights=Weights("resnet50-0676ba61.pth"),
    published=Published(
        parameters=25_557_032, multiply_adds=4.089, receptive_field=427, top1=76.13, top5=92.862
    ),
)
def resnet50(
    *,
    num_classes: int = 1000,
    in_channels: int = 3,
    stride_on: str = "3x3",
    zero_init_residual: bool = False,
) -> ResNet:
    """Build ResNet-50, with torchvision's state-dict keys.

    Parameters
    ----------
    num_classes, in_channels
        As for `resnet18`.
    stride_on : {"3x3", "1x1"}, default="3x3"
        Which convolution of a bottleneck halves the image: torchvision's or the paper's choice.
        The weights have the same shapes, the receptive field is 427 or 483 pixels.
    zero_init_residual
        As for `resnet18`.

    Returns
    -------
    ResNet
        Maps images (N, in_channels, H, W) to logits (N, num_classes); 25,557,032 parameters by
        default.

    Raises
    ------
    TypeError, ValueError
        If an option is of the wrong type or out of range.

    Examples
    --------
    >>> network = resnet50(stride_on="1x1")
    >>> sum(p.numel() for p in network.parameters())
    25557032
    """
    return _resnet("resnet50", num_classes, in_channels, stride_on, zero_init_residual)


@register(
    year=2015,
    weights=Weights("resnet101-63fe2227.pth"),
    published=Published(
        parameters=44_549_160, multiply_adds=7.801, receptive_field=971, top1=77.374, top5=93.546
    ),
)
def resnet101(
    *,
    num_classes: int = 1000,
    in_channels: int = 3,
    stride_on: str = "3x3",
    zero_init_residual: bool = False,
) -> ResNet:
    """Build ResNet-101: 44,549,160 parameters; else as `resnet50`."""
    return _resnet("resnet101", num_classes, in_channels, stride_on, zero_init_residual)


@register(
    year=2015,
    weights=Weights("resnet152-394f9c45.pth"),
    published=Published(
        parameters=60_192_808, multiply_adds=11.514, receptive_field=1451, top1=78.312, top5=94.046
    ),
)
def resnet152(
    *,
    num_classes: int = 1000,
    in_channels: int = 3,
    stride_on: str = "3x3",
    zero_init_residual: bool = False,
) -> ResNet:
    """Build ResNet-152: 60,192,808 parameters; else as `resnet50`."""
    return _resnet("resnet152", num_classes, in_channels, stride_on, zero_init_residual)


def _resnet(
    name: str, num_classes: int, in_channels: int, stride_on: str, zero_init_residual: bool
) -> ResNet:
    return ResNet(
        name,
        require_int(name, "num_classes", num_classes, minimum=1),
        require_int(name, "in_channels", in_channels, minimum=1),
        require_choice(name, "stride_on", stride_on, STRIDE_CHOICES),
        require_flag(name, "zero_init_residual", zero_init_residual),
    )
