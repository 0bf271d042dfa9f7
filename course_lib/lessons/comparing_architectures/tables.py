"""What notebook 24 counts: every network from 1998 to 2019, and the best of them for a budget."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import inf
from typing import Any, NamedTuple

import torch
from torch import nn

from course_lib import models
from course_lib.analysis import complexity, receptive_field
from course_lib.analysis.complexity import align
from course_lib.errors import InvalidValue

# A network a family, for a table that fits a page.
ONE_EACH = ("lenet5_original", "alexnet", "vgg16", "resnet50", "squeezenet1_1",
            "mobilenet_v2", "efficientnet_b0", "efficientnet_b7")  # fmt: skip
FAMILIES = ("LeNet", "AlexNet", "VGG", "GoogLeNet", "ResNet", "SqueezeNet", "MobileNet",
            "EfficientNet")  # fmt: skip
TITLES = {
    "lenet5_original": "LeNet-5, 1998",
    "lenet5": "LeNet-5, today",
    "alexnet_original": "AlexNet, 2012",
    "squeezenet1_1": "SqueezeNet 1.1",
    "mobilenet_v1": "MobileNetV1",
    "mobilenet_v2": "MobileNetV2",
}
# torchvision, weights IMAGENET1K_V2 of ResNet-50: the network of IMAGENET1K_V1, trained otherwise.
# It lists them in torchvision/models/resnet.py.
RETRAINED_RESNET50 = (80.858, 95.434)


class Variant(NamedTuple):
    """A form of a network that is on no other row: what to tell `models.build`, and its total."""

    title: str
    name: str
    options: dict[str, Any]
    known: int
    source: str


ONE_OUTPUT = models.facts("googlenet").single_output
FROM_PAPER = "counted from the layers of the paper"
KERAS = "keras.applications, trainable parameters"
VARIANTS = (
    Variant("AlexNet in one column", "alexnet_original", {"groups": 1}, 62_378_344, FROM_PAPER),
    Variant("GoogLeNet of the paper", "googlenet", {"variant": "paper"} | ONE_OUTPUT,
            6_998_552, FROM_PAPER),
    Variant("the same, with its two heads", "googlenet", {"variant": "paper"}, 13_378_280,
            FROM_PAPER),
    Variant("GoogLeNet with its two heads", "googlenet", {}, 13_004_888, "torchvision 0.28"),
    Variant("MobileNetV1, width 0.75", "mobilenet_v1", {"width": 0.75}, 2_585_560, KERAS),
    Variant("MobileNetV1, width 0.5", "mobilenet_v1", {"width": 0.5}, 1_331_592, KERAS),
    Variant("MobileNetV1, width 0.25", "mobilenet_v1", {"width": 0.25}, 470_072, KERAS),
)  # fmt: skip
PAPER_FIELDS = (  # in pixels; closed form of Araujo, Norris and Sim 2019
    ("googlenet", {"variant": "paper"} | ONE_OUTPUT, 715),
    ("resnet50", {"stride_on": "1x1"}, 483),
    ("resnet101", {"stride_on": "1x1"}, 1027),
    ("resnet152", {"stride_on": "1x1"}, 1507),
)
BYTES = 4  # of a number in float32
ADAM_COPIES = 4  # weights, gradients, and the two means that Adam keeps of them


class Row(NamedTuple):
    """A network on the large table: counted here, but for year and accuracies, for one image.

    `side` is that of its images and `field` that of its last layer that does not see all of them,
    in pixels; `top1` and `top5` are published, in percent, None where the source gives none.
    """

    name: str
    title: str
    family: str
    year: int
    side: int
    parameters: int
    multiply_adds: int
    activation_bytes: int
    field: int
    top1: float | None
    top5: float | None


def without_weights(name: str, **options: Any) -> nn.Module:
    """Build a network of which only the shapes are needed: nothing is drawn or stored."""
    with torch.device("meta"):
        return models.build(name, **options)


@cache
def row(name: str) -> Row:
    """Count one network.

    Examples
    --------
    >>> row("resnet18").parameters, row("resnet18").field
    (11689512, 435)
    """
    facts = models.facts(name)
    network, published = without_weights(name, **facts.single_output), facts.published
    side = published.image_size if published else network.image_size[0]
    shape = (1, network.in_channels, side, side)
    cost = complexity(network, shape)
    return Row(
        name, _title(name), _family(name), facts.year, side, cost.parameters, cost.multiply_adds,
        cost.activation_bytes, receptive_field(network, input_shape=shape).last.size,
        published and published.top1, published and published.top5,
    )  # fmt: skip


def all_rows() -> tuple[Row, ...]:
    """Count all networks of the package that a paper from 1998 to 2019 describes, oldest first.

    Pre-activation networks are left out: they cost what their ResNets cost.
    """
    names = [name for name in models.list_models() if not name.startswith("preact")]
    return tuple(row(name) for name in names if models.facts(name).year <= 2019)


def _family(name: str) -> str:
    return next(family for family in FAMILIES if name.startswith(family.lower()))


def _title(name: str) -> str:
    family, rest = _family(name), name[len(_family(name)) :].strip("_")
    joined = f"{family}-{rest.upper()}" if rest else family
    return TITLES.get(name, joined.replace("_BN", " bn"))


def as_table(rows: Iterable[Row], *, brief: bool = False) -> str:
    """Write rows under each other, numbers aligned to the right.

    A `brief` table fits a slide: it leaves out the size of the images and the top-5 accuracy.
    """
    head = ("network", "year", "image", "parameters", "mult-adds (10⁶)", "memory (MiB)",
            "field (px)", "top-1 (%)", "top-5 (%)")  # fmt: skip
    lines = [head, *map(_cells, rows)]
    return align([(*line[:2], *line[3:-1]) for line in lines] if brief else lines)


def _cells(one: Row) -> tuple[str, ...]:
    return (
        one.title, str(one.year), str(one.side), f"{one.parameters:,}",
        f"{one.multiply_adds / 1e6:,.1f}", f"{one.activation_bytes / 2**20:,.1f}", str(one.field),
        *("-" if share is None else f"{share:.1f}" for share in (one.top1, one.top5)),
    )  # fmt: skip


def variants() -> str:
    """Write the table of `VARIANTS`: parameters counted here, and the known total."""
    rows = [("form", "parameters", "known", "source")]
    for form in VARIANTS:
        count = sum(p.numel() for p in without_weights(form.name, **form.options).parameters())
        rows.append((form.title, f"{count:,}", f"{form.known:,}", form.source))
    return align(rows)


def on_frontier(costs: Sequence[float], accuracies: Sequence[float]) -> list[bool]:
    """Tell of each network whether none is at least as good in both, and better in one.

    Examples
    --------
    >>> on_frontier([1, 2, 3], [70, 60, 80])
    [True, False, True]
    """
    pairs = list(zip(costs, accuracies, strict=True))
    return [
        not any(c <= cost and a >= accuracy and (c, a) != (cost, accuracy) for c, a in pairs)
        for cost, accuracy in pairs
    ]


def best(
    rows: Iterable[Row],
    *,
    megabytes: float = inf,
    bytes_a_weight: int = BYTES,
    multiply_adds: float = inf,
    allow: Callable[[Row], bool] = lambda one: True,
) -> Row:
    """Find the most accurate network within a budget.

    Parameters
    ----------
    rows : iterable of Row
        Those to choose from; without a published accuracy they are passed over.
    megabytes : float, default=inf
        Room for the weights, in units of 10⁶ bytes.
    bytes_a_weight : int, default=4
        Bytes in which a weight is stored.
    multiply_adds : float, default=inf
        For one image.
    allow : callable, default=all
        What else is asked.

    Raises
    ------
    ValueError
        If no network fits.

    Examples
    --------
    >>> best([row("alexnet"), row("resnet18")], megabytes=100).title
    'ResNet-18'
    """
    fit = [
        one for one in rows
        if one.top1 is not None and bytes_a_weight * one.parameters <= megabytes * 1e6
        and one.multiply_adds <= multiply_adds and allow(one)
    ]  # fmt: skip
    if not fit:
        raise InvalidValue(
            "best", received=f"{megabytes:g} MB and {multiply_adds:g} multiply-adds",
            needed="room for at least one network", fix="give more")  # fmt: skip
    return max(fit, key=lambda one: one.top1)


def largest_batch(gib: float, parameters: int, activation_bytes: int) -> int:
    """Say how many images fit into memory while Adam trains in float32.

    Parameters
    ----------
    gib : float
        Memory, in units of 2³⁰ bytes.
    parameters : int
        Of the network: Adam keeps four numbers for each.
    activation_bytes : int
        What all layers give for one image.

    Examples
    --------
    >>> largest_batch(1, 2**24, 2**26)
    12
    """
    left = gib * 2**30 - ADAM_COPIES * BYTES * parameters
    return int(max(left, 0) // activation_bytes)
