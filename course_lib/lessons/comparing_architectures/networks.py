"""Eight networks in small, built from the blocks of the classic ones.

They read a digit anywhere on 12 × 12 pixels. Each has about 240,000 multiply-adds for one image, so
that they differ in how they spend them. What a year did not know yet, its network here does not
have either.
"""

from collections.abc import Callable

from torch import nn

from course_lib.checks import require_choice
from course_lib.models.efficientnet import SMALL_STYLE, InvertedBottleneck
from course_lib.models.googlenet import VARIANTS, Branches, ConvRelu, Inception
from course_lib.models.layers import ConvNormActivation
from course_lib.models.mobilenet import separable
from course_lib.models.resnet import BasicBlock, BlockShape
from course_lib.models.scaling import Stage

SIDE = 12  # pixels
IMAGE = (1, 1, SIDE, SIDE)
NUM_CLASSES = 10


def build(name: str) -> nn.Sequential:
    """Make one of the small networks, with fresh weights.

    Parameters
    ----------
    name : str
        One of `SMALL`.

    Returns
    -------
    torch.nn.Sequential
        Maps images (N, 1, 12, 12) to logits (N, 10).

    Raises
    ------
    ValueError
        If there is no such network.

    Examples
    --------
    >>> import torch
    >>> build("ResNet, 2015")(torch.zeros(2, 1, 12, 12)).shape
    torch.Size([2, 10])
    """
    network = SMALL[require_choice("build", "name", name, SMALL)]()
    rule = "linear" if any(isinstance(layer, nn.Tanh) for layer in network) else "relu"
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity=rule)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    nn.init.kaiming_normal_(network[-1].weight, nonlinearity="linear")
    return network


def _head(channels: int) -> list[nn.Module]:
    """Average over all places, then one dense layer: what all networks since GoogLeNet end with."""
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, NUM_CLASSES)]


def lenet() -> nn.Sequential:
    """Stack two 5 × 5 convolutions, tanh, mean pooling, three dense layers."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(8, 24, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(216, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(),
        nn.Linear(84, NUM_CLASSES),
    )  # fmt: skip


def alexnet() -> nn.Sequential:
    """Begin with a large kernel and a stride; ReLU, overlapping max pooling, dropout."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=2, padding=2), nn.ReLU(),
        nn.Conv2d(16, 20, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1),
        nn.Conv2d(20, 30, 3, padding=1), nn.ReLU(),
        nn.Conv2d(30, 30, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1),
        nn.Flatten(), nn.Linear(120, 64), nn.ReLU(), nn.Dropout(),
        nn.Linear(64, NUM_CLASSES),
    )  # fmt: skip


def vgg(*, normed: bool = False) -> nn.Sequential:
    """Stack pairs of 3 × 3 convolutions between poolings of 2 × 2, two dense layers."""
    layers: list[nn.Module] = []
    before = 1
    for width in (6, 12, 32):
        for _ in range(2):
            layers.append(nn.Conv2d(before, width, 3, padding=1))
            layers += [nn.BatchNorm2d(width), nn.ReLU()] if normed else [nn.ReLU()]
            before = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(
        *layers, nn.Flatten(), nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, NUM_CLASSES)
    )


def vgg_with_norm() -> nn.Sequential:
    """Give VGG what came a year later: a batch norm behind each convolution."""
    return vgg(normed=True)


def googlenet() -> nn.Sequential:
    """Follow a convolution by three Inception blocks with 1 × 1 reductions, as published."""
    variant = VARIANTS["paper"]
    return nn.Sequential(
        ConvRelu(1, 12, variant, kernel_size=3), nn.MaxPool2d(3, 2, padding=1),
        Inception(12, Branches(8, 8, 12, 4, 4, 8), variant),
        Inception(32, Branches(8, 8, 16, 4, 8, 8), variant), nn.MaxPool2d(3, 2, padding=1),
        Inception(40, Branches(16, 16, 24, 4, 12, 8), variant),
        *_head(60),
    )  # fmt: skip


def resnet() -> nn.Sequential:
    """Follow a convolution by three basic blocks with their shortcuts."""
    shapes = ((6, 6, 1), (6, 12, 2), (12, 24, 2))
    blocks = [BasicBlock(BlockShape(a, b, b, stride, "3x3")) for a, b, stride in shapes]
    return nn.Sequential(ConvNormActivation(1, 6), *blocks, *_head(24))


def mobilenet() -> nn.Sequential:
    """Follow a convolution by five depthwise separable ones."""
    shapes = ((12, 20, 1), (20, 36, 2), (36, 36, 1), (36, 72, 2), (72, 72, 1))
    return nn.Sequential(
        ConvNormActivation(1, 12), *(separable(*shape) for shape in shapes), *_head(72)
    )


def efficientnet() -> nn.Sequential:
    """Stack inverted bottlenecks with squeeze-and-excitation and SiLU, and a 1 × 1."""
    plan = (Stage(1, 3, 1, 8, 8, 1), Stage(3, 3, 2, 8, 16, 1), Stage(3, 5, 2, 16, 32, 1),
            Stage(4, 3, 1, 32, 32, 1))  # fmt: skip
    blocks = [InvertedBottleneck(stage, SMALL_STYLE, 0.0) for stage in plan]
    return nn.Sequential(
        SMALL_STYLE.convolution(1, 8, kernel_size=3), *blocks, SMALL_STYLE.convolution(32, 128),
        *_head(128),
    )  # fmt: skip


SMALL: dict[str, Callable[[], nn.Sequential]] = {
    "LeNet, 1998": lenet,
    "AlexNet, 2012": alexnet,
    "VGG, 2014": vgg,
    "VGG with norm": vgg_with_norm,
    "GoogLeNet, 2014": googlenet,
    "ResNet, 2015": resnet,
    "MobileNet, 2017": mobilenet,
    "EfficientNet, 2019": efficientnet,
}
