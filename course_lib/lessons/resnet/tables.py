"""What notebook 21 counts: the networks of Table 1, the bill by image size, and single blocks."""

from functools import cache
from typing import NamedTuple

import torch
from torch import nn

from course_lib import models
from course_lib.analysis import complexity, receptive_field
from course_lib.analysis.complexity import Complexity, align
from course_lib.lessons.resnet.networks import PAPER_WIDTHS, build
from course_lib.models.resnet import PLANS, BasicBlock, BlockShape, Bottleneck

IMAGE = (1, 3, 224, 224)
# He et al. 2016a, Table 1: multiply-adds in units of 10⁹, one image of 224 × 224 pixels.
PAPER_MULTIPLY_ADDS = {
    "resnet18": 1.8, "resnet34": 3.6, "resnet50": 3.8, "resnet101": 7.6, "resnet152": 11.3,
}  # fmt: skip
# The same paper, Table 6: parameters in units of 10⁶, and test errors on CIFAR-10 in percent.
PAPER_SMALL = {
    20: (0.27, 8.75), 32: (0.46, 7.51), 44: (0.66, 7.17), 56: (0.85, 6.97), 110: (1.7, 6.43),
    1202: (19.4, 7.93),
}  # fmt: skip

# The same paper, Table 2: top-1 errors on ImageNet of 18 and 34 layers in percent, ten crops; the
# shortcuts have no parameters (option A).
PAPER_IMAGENET = {"plain": (27.94, 28.54), "residual": (27.88, 25.03)}


def without_weights(name: str, **options: str) -> nn.Module:
    """Build a network of which only the shapes are needed: nothing is drawn or stored."""
    with torch.device("meta"):
        return models.build(name, **options)


def num_layers(network: nn.Module) -> int:
    """Count layers as the paper does: convolutions and dense layers, without the projections."""
    return sum(
        isinstance(module, nn.Conv2d | nn.Linear) and "downsample" not in name
        for name, module in network.named_modules()
    )


def family() -> str:
    """Write the table of the five networks: counted here, and published."""
    head = (
        "network",
        "blocks",
        "layers",
        "parameters",
        "published",
        "mult-adds (10⁹)",
        "published",
    )
    rows = []
    for name in PLANS:
        network, published = without_weights(name), models.facts(name).published
        cost = complexity(network, IMAGE)
        rows.append((
            name, " ".join(map(str, PLANS[name].stages)), str(num_layers(network)),
            f"{cost.parameters:,}", f"{published.parameters:,}",
            f"{cost.multiply_adds / 1e9:.2f}", f"{published.multiply_adds:.2f}",
        ))  # fmt: skip
    return align([head, *rows])


class Totals(NamedTuple):
    """A network's multiply-adds, and its last field in pixels before the mean over all places."""

    multiply_adds: int
    field: int


@cache
def totals(name: str, stride_on: str) -> Totals:
    """Count a network of bottlenecks for one choice of the layer that halves the image."""
    network = without_weights(name, stride_on=stride_on)
    return Totals(complexity(network, IMAGE).multiply_adds, receptive_field(network).last.size)


def bill(name: str) -> dict[str, float]:
    """Sum the multiply-adds of a network by the size of the maps that come out, in 10⁹.

    Returns
    -------
    dict of str to float
        "224", "112", "56", "28", "14", "7" (pixels) and "dense".

    Examples
    --------
    >>> round(bill("resnet18")["112"], 3)  # 64 · 3 · 7² · 112²
    0.118
    """
    sums = dict.fromkeys(("224", "112", "56", "28", "14", "7", "dense"), 0.0)
    for layer in complexity(without_weights(name), IMAGE).layers:
        place = str(layer.output_shape[-1]) if len(layer.output_shape) == 4 else "dense"
        if layer.multiply_adds:
            sums[place] += layer.multiply_adds / 1e9
    return sums


def basic(channels: int) -> nn.Module:
    """Make a basic block that takes and gives the same number of channels."""
    return BasicBlock(BlockShape(channels, channels, channels, 1, "3x3"))


def bottleneck(channels: int, width: int) -> nn.Module:
    """Make a bottleneck that works with `width` channels between `channels` and `channels`."""
    return Bottleneck(BlockShape(channels, width, channels, 1, "3x3"))


def cost_of(block: nn.Module, channels: int, size: int) -> Complexity:
    """Count a block for one image of `size` × `size` pixels."""
    return complexity(block, (1, channels, size, size))


def small_family() -> str:
    """Write the table of the paper's networks for CIFAR-10, their parameters counted here too."""
    rows = [("layers", "blocks", "parameters", "published (10⁶)", "test error (%)")]
    for depth, (parameters, error) in PAPER_SMALL.items():
        with torch.device("meta"):  # shortcuts without parameters: what "plain" has
            network = build("plain", depth=depth, seeds=(0,), widths=PAPER_WIDTHS, in_channels=3)
        count = sum(p.numel() for p in network.parameters())
        rows.append((str(depth), str(depth // 2 - 1), f"{count:,}", f"{parameters}", f"{error}"))
    return align(rows)
