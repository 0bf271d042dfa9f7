"""Numbers on the classic architectures."""

import torch
from torch import nn

from course_lib import models
from course_lib.analysis import complexity
from course_lib.lessons.claims_checked.record import Measured

YEARS = {
    "lenet5_original": 1998, "alexnet_original": 2012, "vgg16": 2014, "googlenet": 2014,
    "resnet50": 2015, "mobilenet_v1": 2017, "efficientnet_b0": 2019,
}  # fmt: skip
POOLS = (nn.MaxPool2d, nn.AvgPool2d)


def build(name: str) -> nn.Module:
    """Build a network of which only the shapes are needed: nothing is drawn or stored."""
    with torch.device("meta"):
        return models.build(name)


def parameters(module: nn.Module) -> int:
    """Count what training adjusts."""
    return sum(p.numel() for p in module.parameters())


def years() -> Measured:
    """Look up the years."""
    found = [models.facts(name).year for name in YEARS]
    return Measured(" ".join(map(str, found)), found == list(YEARS.values()))


def lenet() -> Measured:
    """Count both networks that go by the name."""
    original, modern = map(parameters, map(build, ("lenet5_original", "lenet5")))
    text = f"1998: {original:,}; the usual re-creation: {modern:,}"
    return Measured(text, (original, modern) == (60_000, 61_706))


def eight_layers() -> Measured:
    """Count layers with weights."""
    layers = list(build("alexnet_original").modules())
    convs, dense = (sum(isinstance(m, kind) for m in layers) for kind in (nn.Conv2d, nn.Linear))
    return Measured(f"{convs} convolutions, {dense} dense", (convs, dense) == (5, 3))


def dense_share() -> Measured:
    """Take the share of parameters that dense layers hold."""
    shares = {}
    for name in ("vgg16", "resnet50"):
        network = build(name)
        dense = sum(parameters(m) for m in network.modules() if isinstance(m, nn.Linear))
        shares[name] = dense / parameters(network)
    text = f"VGG-16 {shares['vgg16']:.0%}, ResNet-50 {shares['resnet50']:.0%} of the parameters"
    return Measured(text, shares["vgg16"] > 0.8 and shares["resnet50"] < 0.1)


def poolings() -> Measured:
    """Count the local poolings of an old and a young network."""
    old, young = (
        sum(isinstance(m, POOLS) for m in build(name).modules())
        for name in ("vgg16", "mobilenet_v2")
    )
    return Measured(f"pooling layers: VGG-16 {old}, MobileNetV2 {young}", old > 0 == young)


def stack() -> Measured:
    """Count the weights for 64 channels."""
    two = 2 * parameters(nn.Conv2d(64, 64, 3, bias=False))
    one = parameters(nn.Conv2d(64, 64, 5, bias=False))
    return Measured(f"64 channels: {two:,} against {one:,} weights", two < one)


def separable() -> Measured:
    """Count multiply-adds of a full layer and of the pair, for 16 and 512 channels."""
    ratios = [_saving(channels) for channels in (16, 512)]
    text = f"16 channels: {ratios[0]:.1f} times; 512: {ratios[1]:.1f}"
    return Measured(text, ratios[0] < 8 < ratios[1] < 9)


def _saving(channels: int) -> float:
    full = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
    pair = nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False),
        nn.Conv2d(channels, channels, 1, bias=False),
    )
    shape = (1, channels, 14, 14)
    return complexity(full, shape).multiply_adds / complexity(pair, shape).multiply_adds


def intensity() -> Measured:
    """Count multiply-adds for each byte that must move, of a full and a depthwise layer."""
    shape = (1, 64, 56, 56)
    rates = []
    for groups in (1, 64):
        layer = nn.Conv2d(64, 64, 3, padding=1, groups=groups, bias=False)
        moved = 4 * (2 * 64 * 56 * 56 + parameters(layer))
        rates.append(complexity(layer, shape).multiply_adds / moved)
    text = f"multiply-adds a byte: full 3 × 3 {rates[0]:.0f}, depthwise {rates[1]:.1f}"
    return Measured(text, rates[0] > 20 * rates[1])
