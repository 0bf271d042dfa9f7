"""What notebook 22 counts: the networks of the two papers, by layer, width and resolution."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn

from course_lib import models
from course_lib.analysis import Block, complexity
from course_lib.analysis.complexity import align
from course_lib.models.layers import ConvNormActivation
from course_lib.models.mobilenet import INVERTED_PLAN, SEPARABLE_PLAN, InvertedResidual
from course_lib.models.resnet import BlockShape, Bottleneck

BYTES = 4  # of a float32
IMAGE = (1, 3, 224, 224)


class Published(NamedTuple):
    """A row of a paper's table: top-1 accuracy (%), multiply-adds (10⁶), parameters (10⁶)."""

    top1: float
    multiply_adds: int
    parameters: float


# Howard et al. 2017, Table 4: the network with full convolutions, and with separable ones.
PAPER_FULL, PAPER_SEPARABLE = Published(71.7, 4866, 29.3), Published(70.6, 569, 4.2)
# Table 2: shares of multiply-adds and of parameters (%), without norms and biases.
PAPER_SHARES = {
    "1×1": (94.86, 74.59), "depthwise 3×3": (3.06, 1.06), "full 3×3": (1.19, 0.02),
    "dense": (0.18, 24.33),
}  # fmt: skip
# Table 6, by width multiplier, and Table 7, by side of the image in pixels.
PAPER_WIDTHS = {
    1.0: PAPER_SEPARABLE, 0.75: Published(68.4, 325, 2.6), 0.5: Published(63.7, 149, 1.3),
    0.25: Published(50.6, 41, 0.5),
}  # fmt: skip
PAPER_SIDES = {
    224: PAPER_SEPARABLE, 192: Published(69.1, 418, 4.2), 160: Published(67.2, 290, 4.2),
    128: Published(64.4, 186, 4.2),
}  # fmt: skip
# keras.applications: all numbers of a network, and those of its norms that are not trained.
KERAS_PARAMETERS = {1.0: 4_253_864, 0.75: 2_601_976, 0.5: 1_342_536, 0.25: 475_544}


def without_weights(name: str, **options: float) -> nn.Module:
    """Build a network of which only the shapes are needed: nothing is drawn or stored."""
    with torch.device("meta"):
        return models.build(name, **options)


def full_mobilenet() -> nn.Module:
    """Build MobileNetV1 with a full 3 × 3 convolution in place of each pair of layers, no weights.

    References
    ----------
    Howard et al. 2017, arXiv:1704.04861, Table 4 ("Conv MobileNet").
    """
    with torch.device("meta"):
        channels = 32
        layers: list[nn.Module] = [ConvNormActivation(3, channels, stride=2)]
        for stage in SEPARABLE_PLAN:
            for place in range(stage.repeats):
                stride = 1 if place else stage.stride
                layers.append(ConvNormActivation(channels, stage.out_channels, stride=stride))
                channels = stage.out_channels
        return nn.Sequential(
            *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000)
        )


def shares(network: nn.Module) -> dict[str, tuple[float, float]]:
    """Share the multiply-adds and the weights of a network out among its kinds of layers.

    Returns
    -------
    dict of str to (float, float)
        In percent, by the keys of `PAPER_SHARES`; norms and biases are not counted.
    """
    sums = {kind: [0, 0] for kind in PAPER_SHARES}
    for layer in complexity(network, IMAGE).layers:
        part = network.get_submodule(layer.name)
        if isinstance(part, nn.Conv2d | nn.Linear):
            kind = _kind_of(part)
            sums[kind][0] += layer.multiply_adds
            sums[kind][1] += part.weight.numel()
    totals = [sum(each[k] for each in sums.values()) for k in range(2)]
    return {
        kind: (100 * work / totals[0], 100 * weights / totals[1])
        for kind, (work, weights) in sums.items()
    }


def _kind_of(layer: nn.Conv2d | nn.Linear) -> str:
    if isinstance(layer, nn.Linear):
        return "dense"
    if layer.kernel_size == (1, 1):
        return "1×1"
    return "depthwise 3×3" if layer.groups > 1 else "full 3×3"


def widths() -> str:
    """Write the table of the width multipliers: counted here, and published."""
    rows = [("width", "parameters", "published", "mult-adds (10⁶)", "published", "top-1 (%)")]
    for width, paper in PAPER_WIDTHS.items():
        cost = complexity(without_weights("mobilenet_v1", width=width), IMAGE)
        rows.append((
            str(width), f"{cost.parameters:,}", f"{paper.parameters} · 10⁶",
            f"{cost.multiply_adds / 1e6:.0f}", str(paper.multiply_adds), str(paper.top1),
        ))  # fmt: skip
    return align(rows)


def sides() -> str:
    """Write the table of the resolutions: counted here, and published."""
    network = without_weights("mobilenet_v1")
    rows = [("pixels", "parameters", "mult-adds (10⁶)", "published", "top-1 (%)")]
    for side, paper in PAPER_SIDES.items():
        cost = complexity(network, (1, 3, side, side))
        rows.append((
            f"{side}×{side}", f"{cost.parameters:,}", f"{cost.multiply_adds / 1e6:.0f}",
            str(paper.multiply_adds), str(paper.top1),
        ))  # fmt: skip
    return align(rows)


def rows_of_blocks(blocks: Sequence[Block]) -> str:
    """Write Table 2 of MobileNetV2, its rows of inverted residuals, with what was counted for them.

    Parameters
    ----------
    blocks : sequence of Block
        Of MobileNetV2, as `analysis.network_blocks` gives them.

    Returns
    -------
    str
        Expansion t, channels c, number of blocks n and stride s, as the paper has them.

    Raises
    ------
    ValueError
        If the network has another number of rows.
    """
    rows = [("t", "c", "n", "s", "maps", "parameters", "sees (px)")]
    found = [block for block in blocks if block.kind == "block"]
    for stage, block in zip(INVERTED_PLAN, found, strict=True):
        rows.append((
            str(stage.expansion), str(block.output_shape[0]), str(block.count), str(stage.stride),
            "×".join(map(str, block.output_shape[1:])), f"{block.parameters:,}", str(block.sees),
        ))  # fmt: skip
    return align(rows)


def full_block(channels: int) -> nn.Module:
    """Make a full 3 × 3 convolution with norm and ReLU that keeps channels and size."""
    return ConvNormActivation(channels, channels)


def separable_block(channels: int) -> nn.Module:
    """Make a depthwise 3 × 3 and a 1 × 1, each with norm and ReLU, that keep channels and size."""
    return nn.Sequential(
        ConvNormActivation(channels, channels, groups=channels),
        ConvNormActivation(channels, channels, kernel_size=1),
    )


def convolutions(channels: int) -> dict[str, nn.Conv2d]:
    """Make the three kinds of convolution from `channels` to as many, without bias."""
    return {
        "full 3×3": nn.Conv2d(channels, channels, 3, padding=1, bias=False),
        "1×1": nn.Conv2d(channels, channels, 1, bias=False),
        "depthwise 3×3": nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False),
    }


def intensity(convolution: nn.Conv2d, size: int) -> float:
    """Count multiply-adds for each byte that a layer must at least read or write.

    Parameters
    ----------
    convolution : torch.nn.Conv2d
        One that keeps the size of its maps.
    size : int
        Height and width of the maps, in pixels; one image.

    Returns
    -------
    float
        Multiply-adds per byte of input, weights and output, 4 bytes a number, each moved once.

    References
    ----------
    Williams, Waterman, Patterson 2009, doi:10.1145/1498765.1498785 ("operational intensity").

    Examples
    --------
    >>> round(intensity(nn.Conv2d(64, 64, 3, padding=1, groups=64, bias=False), 1000), 3)
    1.125
    """
    places, weights = size**2, convolution.weight.numel()
    numbers = places * (convolution.in_channels + convolution.out_channels) + weights
    return weights * places / (BYTES * numbers)


def inverted_residual(channels: int) -> nn.Module:
    """Make the block of MobileNetV2 that keeps channels and size, expansion 6."""
    return InvertedResidual(channels, channels, 1, 6)


def resnet_bottleneck(channels: int) -> nn.Module:
    """Make the block of ResNet-50 that keeps channels and size, a quarter of them inside."""
    return Bottleneck(BlockShape(channels, channels // 4, channels, 1, "3x3"))
