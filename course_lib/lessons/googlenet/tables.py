"""What notebook 20 counts: Table 1 from code, the naive module, and heads."""

from functools import cache
from typing import NamedTuple

import torch
from torch import nn

from course_lib import models
from course_lib.analysis import complexity
from course_lib.analysis.complexity import LayerCost, align
from course_lib.models.googlenet import PLANS, Branches

IMAGE = (1, 3, 224, 224)
SIDES = {"3": 28, "4": 14, "5": 7}  # pixels of the maps, by the first sign of a module's name
STEM_CHANNELS = 192
# Parameters without and with the auxiliary heads: as the plan of Szegedy et al. 2015, Table 1,
# gives them with a bias for each channel, and as torchvision 0.28 publishes them.
PUBLISHED = {"paper": (6_998_552, 13_378_280), "torchvision": (6_624_904, 13_004_888)}
# Section 1 of the paper: the budget in multiply-adds, and "12 × fewer parameters" than AlexNet.
PAPER_BUDGET, PAPER_TIMES_FEWER = 1.5e9, 12


@cache
def without_weights(*, variant: str = "paper", heads: bool = False) -> nn.Module:
    """Build GoogLeNet where only the shapes are needed: nothing is drawn or stored."""
    options = {} if heads else models.facts("googlenet").single_output
    with torch.device("meta"):
        return models.build("googlenet", variant=variant, **options)


def count(*, variant: str, heads: bool) -> int:
    """Count the parameters of GoogLeNet."""
    return sum(p.numel() for p in without_weights(variant=variant, heads=heads).parameters())


def alexnet_parameters() -> int:
    """Count AlexNet as it was published, in two groups."""
    with torch.device("meta"):
        network = models.build("alexnet_original", groups=2)
    return sum(p.numel() for p in network.parameters())


@cache
def layers() -> tuple[LayerCost, ...]:
    """Count the layers of the published network, one by one."""
    return tuple(complexity(without_weights(), IMAGE).layers)


def cost_of(part: str) -> tuple[int, int]:
    """Sum the parameters and multiply-adds of a part of the network, such as "inception3a"."""
    mine = [layer for layer in layers() if layer.name.split(".")[0] == part]
    return sum(each.parameters for each in mine), sum(each.multiply_adds for each in mine)


def table_1() -> str:
    """Write the rows of Table 1 that have parameters: the plan, and what is counted."""
    plan_head = ("1×1", "to 3×3", "3×3", "to 5×5", "5×5", "pool")
    rows = [("layer", "output", *plan_head, "parameters", "10⁶ m-a")]
    for name, part, shape in (
        ("conv 7×7", "conv1", "112² × 64"), ("conv 1×1", "conv2", "56² × 64"),
        ("conv 3×3", "conv3", "56² × 192"),
    ):  # fmt: skip
        rows.append((name, shape, *[""] * 6, *_written(part)))
    for name, plan in PLANS.items():
        shape = f"{SIDES[name[0]]}² × {plan.total}"
        rows.append((f"Inc. {name}", shape, *map(str, plan), *_written(f"inception{name}")))
    rows.append(("linear", "1000", *[""] * 6, *_written("fc")))
    total = complexity(without_weights(), IMAGE)
    cells = (f"{total.parameters:,}", f"{total.multiply_adds / 1e6:.0f}")
    return align([*rows, ("total", *[""] * 7, *cells)])


def _written(part: str) -> tuple[str, str]:
    parameters, multiply_adds = cost_of(part)
    return f"{parameters:,}", f"{multiply_adds / 1e6:.0f}"


class Grown(NamedTuple):
    """A module of Figure 2a: `channels` that come out, and multiply-adds for one image."""

    name: str
    channels: int
    multiply_adds: int


def naive_modules() -> list[Grown]:
    """Count the nine modules as in Figure 2a: no 1 × 1 in front, and none behind the pooling.

    Each gives as many channels from its 1 × 1, 3 × 3 and 5 × 5 as in Table 1. What comes in passes
    the pooling and is joined to them, so that channels can only become more.
    """
    channels, found = STEM_CHANNELS, []
    for name, plan in PLANS.items():
        weights = channels * (plan.ones + 9 * plan.threes + 25 * plan.fives)
        channels += plan.ones + plan.threes + plan.fives
        found.append(Grown(name, channels, weights * SIDES[name[0]] ** 2))
    return found


def direct_multiply_adds(in_channels: int, plan: Branches, side: int) -> int:
    """Count a module without the 1 × 1 in front, but with the one behind the pooling."""
    weights = plan.ones + 9 * plan.threes + 25 * plan.fives + plan.pooled
    return in_channels * weights * side**2


class Saved(NamedTuple):
    """Multiply-adds of a module for one image, without and with the 1 × 1 in front."""

    direct: int
    reduced: int


def savings() -> dict[str, Saved]:
    """Count each of the nine modules without and with its reductions."""
    channels, found = STEM_CHANNELS, {}
    for name, plan in PLANS.items():
        direct = direct_multiply_adds(channels, plan, SIDES[name[0]])
        found[name] = Saved(direct, cost_of(f"inception{name}")[1])
        channels = plan.total
    return found
