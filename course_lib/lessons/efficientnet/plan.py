"""What notebook 23 counts: EfficientNets of any size by formula, the released ones, one block."""

from collections.abc import Sequence
from math import ceil, prod
from typing import NamedTuple

import torch
from torch import nn

from course_lib import models, plots
from course_lib.analysis import complexity
from course_lib.analysis.complexity import align
from course_lib.models import Scaling, compound_scaling
from course_lib.models.scaling import SCALINGS, Stage, scaled_blocks

IMAGE = (1, 3, 224, 224)
B0 = SCALINGS["efficientnet_b0"]
# Which power of the rule each released network stands for; `models/scaling.py` has them beside it.
POWERS = {"B0": 0.0, "B1": 0.5, "B2": 1.0, "B3": 2.0, "B4": 3.5, "B5": 5.0, "B6": 6.0, "B7": 7.0}
GROWTH = 1.2 * 1.1**2 * 1.15**2  # of the multiply-adds, for each step of the power by 1


class Row(NamedTuple):
    """What a stage of a scaled network looks like.

    `channels` come out of each of its `repeats` blocks, on maps of `side` × `side` pixels.
    """

    channels: int
    repeats: int
    side: int
    parameters: int
    multiply_adds: int


def rows(scaling: Scaling) -> list[Row]:
    """Count an EfficientNet by formula: first convolution, seven stages, last layers.

    Parameters
    ----------
    scaling : Scaling
        Factors on B0's channels and repeats, and the side of the image in pixels.

    Returns
    -------
    list of Row
        Nine. Norms have two parameters a channel and no multiply-adds; the last row holds the 1 × 1
        convolution and the dense layer of 1,000 classes.

    References
    ----------
    Tan, Le 2019, arXiv:1905.11946, Table 1.

    Examples
    --------
    >>> sum(row.parameters for row in rows(B0))
    5288548
    """
    blocks = scaled_blocks(scaling)
    side = ceil(scaling.resolution / 2)
    first, last = blocks[0][0].in_channels, blocks[-1][-1].out_channels
    counted = [Row(first, 1, side, 27 * first + 2 * first, 27 * first * side**2)]
    for stage in blocks:
        parameters = multiply_adds = 0
        for block in stage:
            side, more, products = _block(block, side)
            parameters, multiply_adds = parameters + more, multiply_adds + products
        counted.append(Row(stage[0].out_channels, len(stage), side, parameters, multiply_adds))
    head = 4 * last
    parameters = last * head + 2 * head + 1000 * head + 1000
    counted.append(Row(head, 1, side, parameters, last * head * side**2 + 1000 * head))
    return counted


def _block(block: Stage, side: int) -> tuple[int, int, int]:
    """Give the side behind a block, its parameters and its multiply-adds."""
    hidden, after = block.expansion * block.in_channels, ceil(side / block.stride)
    expand = block.in_channels * hidden if block.expansion > 1 else 0
    look, project = block.kernel_size**2 * hidden, hidden * block.out_channels
    squeezed = max(1, block.in_channels // 4)
    gate = 2 * hidden * squeezed
    norms = 2 * (hidden * (2 if expand else 1) + block.out_channels)
    parameters = expand + look + project + norms + gate + squeezed + hidden
    return after, parameters, expand * side**2 + (look + project) * after**2 + gate


def released(name: str) -> Scaling:
    """Give the factors of a released network, "B0" to "B7"."""
    return SCALINGS[f"efficientnet_{name.lower()}"]


def multiply_adds(scaling: Scaling) -> int:
    """Count the multiply-adds of a scaled network for one image of its size."""
    return sum(row.multiply_adds for row in rows(scaling))


def product(scaling: Scaling) -> float:
    """Give the factor that the rule expects on the multiply-adds of B0: d w² r².

    Examples
    --------
    >>> product(Scaling(width=2, depth=1, resolution=448))
    16.0
    """
    return prod(factors(scaling))


def factors(scaling: Scaling) -> list[float]:
    """Give what depth, width and pixels do to the multiply-adds each, as the rule expects."""
    return [scaling.depth, scaling.width**2, (scaling.resolution / B0.resolution) ** 2]


def by_the_rule() -> str:
    """Write what the rule gives for B0 to B7 beside what was released."""
    table = [("", "φ", "width", "", "depth", "", "pixels", "")]
    for name, power in POWERS.items():
        rule, chosen = compound_scaling(power), released(name)
        table.append((
            name, f"{power:g}", f"{rule.width:.2f}", f"{chosen.width:.1f}", f"{rule.depth:.2f}",
            f"{chosen.depth:.1f}", f"{rule.resolution}", f"{chosen.resolution}",
        ))  # fmt: skip
    return align(table)


def family() -> str:
    """Write parameters and multiply-adds of B0 to B7, generated here, beside the published ones."""
    head = ("", "parameters", "published", "pixels", "mult-adds (10⁹)", "published", "× B0", "rule")
    table = [head]
    for name, power in POWERS.items():
        published = models.facts(f"efficientnet_{name.lower()}").published
        scaling = released(name)._replace(resolution=published.image_size)
        counted = rows(scaling)
        table.append((
            name, f"{sum(row.parameters for row in counted):,}", f"{published.parameters:,}",
            f"{published.image_size}", f"{multiply_adds(scaling) / 1e9:.3f}",
            f"{published.multiply_adds:.3f}",
            f"{multiply_adds(released(name)) / multiply_adds(B0):.2f}", f"{GROWTH**power:.2f}",
        ))  # fmt: skip
    return align(table)


FAMILIES = {
    "VGG": {str(depth): f"vgg{depth}" for depth in (11, 13, 16, 19)},
    "ResNet": {str(depth): f"resnet{depth}" for depth in (18, 34, 50, 101, 152)},
    "EfficientNet": {name: f"efficientnet_{name.lower()}" for name in POWERS},
}


def accuracies() -> dict[str, list[plots.Rival]]:
    """Give the published costs and top-1 accuracies of three families."""
    found = {}
    for family, members in FAMILIES.items():
        published = {short: models.facts(name).published for short, name in members.items()}
        found[family] = [
            plots.Rival(s, each.multiply_adds, each.top1) for s, each in published.items()
        ]
    return found


# Tan, Le 2019, Table 7: B0 by one knob and by all, the multiply-adds (10⁹) and top-1 accuracies
# (%) that it prints.
TABLE_7 = {
    "depth × 4": (Scaling(1, 4, 224), 1.8, 79.0),
    "width × 2": (Scaling(2, 1, 224), 1.8, 78.9),
    "resolution × 2": (Scaling(1, 1, 448), 1.9, 79.1),
    "1.4, 1.2, 1.3": (Scaling(1.2, 1.4, 291), 1.8, 81.1),
}


def table_7() -> str:
    """Write the paper's Table 7, and what we count for the same networks."""
    table = [("", "mult-adds (10⁹)", "of the paper", "top-1 of the paper (%)")]
    table += [
        (name, f"{multiply_adds(scaling) / 1e9:.2f}", f"{printed}", f"{accuracy}")
        for name, (scaling, printed, accuracy) in TABLE_7.items()
    ]
    return align(table)


PARTS = ("expand 1×1", "look, depthwise", "squeeze and excite", "project 1×1")


def parts_of(block: nn.Module, input_shape: Sequence[int]) -> dict[str, tuple[int, int]]:
    """Count a block with all four parts: parameters (norms included) and multiply-adds of each.

    Parameters
    ----------
    block : Module
        An inverted bottleneck of `models.efficientnet_b0` that expands.
    input_shape : sequence of int
        (1, C, H, W).

    Returns
    -------
    dict of str to (int, int)
        By the name of the part, in order.
    """
    sums = {part: [0, 0] for part in PARTS}
    for layer in complexity(block, tuple(input_shape)).layers:
        part = PARTS[int(layer.name.split(".")[1])] if layer.name.startswith("block.") else None
        if part is not None:
            sums[part][0] += layer.parameters
            sums[part][1] += layer.multiply_adds
    return {part: (parameters, products) for part, (parameters, products) in sums.items()}


def without_weights(name: str) -> nn.Module:
    """Build a network of which only the shapes are needed: nothing is drawn or stored."""
    with torch.device("meta"):
        return models.build(name)
