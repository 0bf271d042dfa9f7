"""LeNet-5 with each part as in 1998 or as today, and a dense network of the same size.

C1 → squash → subsampling → C3 → squash → subsampling → C5 → squash → F6 → squash → output

The arithmetic is that of `models.lenet`; here each part can be chosen, and trains faster.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from course_lib.checks import require_choice
from course_lib.models.lenet import (
    FIRST_MAPS,
    FIRST_UNITS,
    QUADRUPLES,
    SECOND_MAPS,
    SECOND_UNITS,
    TRIPLES,
    DistanceOutput,
    ScaledTanh,
)

CLASSES, SIDE, KERNEL = 10, 32, 5
LAST_SIDE = 5  # of the maps of S4
HIDDEN = 58  # units of the dense network


class Version(NamedTuple):
    """What stands in the five places where today's LeNet-5 differs from that of 1998.

    Attributes
    ----------
    table : {"partial", "full"}
        Which maps of S2 the maps of C3 read: those of Table I, or all.
    pooling : {"trained", "mean", "max"}
        Sum times a trained number plus another, then squashed; the plain mean; the maximum.
    activation : {"tanh", "relu"}
        1.7159 tanh(2a/3), or ReLU.
    output : {"codes", "linear"}
        Minus the squared distances to ten drawn digits; a linear layer.
    start : {"by count", "by root"}
        First weights of a unit with F inputs: uniform within ±2.4 / F, as in Appendix A; or normal
        with variance 1 / F for tanh and 2 / F for ReLU, as in notebook 10.
    """

    table: str
    pooling: str
    activation: str
    output: str
    start: str


YEAR_1998 = Version("partial", "trained", "tanh", "codes", "by count")
TODAY = Version("full", "max", "relu", "linear", "by root")
GAINS = {"tanh": 1.0, "relu": 2.0}


class TrainedSubsampling(nn.Module):
    """Each 2 × 2 square's sum times a trained number plus another, one pair a map."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.coefficient = nn.Parameter(torch.empty(maps))
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, x: Tensor) -> Tensor:
        """Halve the maps x (N, C, H, W)."""
        means = functional.avg_pool2d(x, 2)
        scale, shift = (p[:, None, None] for p in (4 * self.coefficient, self.bias))
        return torch.addcmul(shift, means, scale)  # (N, C, H / 2, W / 2)


class TableConv2d(nn.Conv2d):
    """A convolution from 6 to 16 maps whose weights outside Table I are held at 0."""

    table: Tensor

    def __init__(self) -> None:
        super().__init__(FIRST_MAPS, SECOND_MAPS, KERNEL)
        self.register_buffer("table", connection_table())

    def forward(self, x: Tensor) -> Tensor:
        """Turn 6 maps x (N, 6, H, W) into 16, 4 pixels smaller."""
        return functional.conv2d(x, self.weight * self.table[:, :, None, None], self.bias)


CHOICES: dict[str, dict[str, Callable[..., nn.Module]]] = {
    "table": {
        "partial": TableConv2d,
        "full": lambda: nn.Conv2d(FIRST_MAPS, SECOND_MAPS, KERNEL),
    },
    "pooling": {
        "trained": TrainedSubsampling,
        "mean": lambda maps: nn.AvgPool2d(2),
        "max": lambda maps: nn.MaxPool2d(2),
    },
    "activation": {"tanh": ScaledTanh, "relu": nn.ReLU},
    "output": {
        "codes": lambda: DistanceOutput(CLASSES),
        "linear": lambda: nn.Linear(SECOND_UNITS, CLASSES),
    },
}


def connection_table() -> Tensor:
    """Give Table I of the paper as 0 and 1: (16, 6), a row for each map of C3.

    Examples
    --------
    >>> connection_table().sum(dim=1).int().tolist()
    [3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 6]
    """
    table = torch.zeros(SECOND_MAPS, FIRST_MAPS)
    for row, read in enumerate((*TRIPLES, *QUADRUPLES, range(FIRST_MAPS))):
        table[row, list(read)] = 1
    return table


def build(version: Version) -> nn.Sequential:
    """Build LeNet-5 with these five parts; torch's generator draws the weights.

    Parameters
    ----------
    version : Version
        What stands in each place.

    Returns
    -------
    Sequential
        Maps images (N, 1, 32, 32) to outputs (N, 10).

    Raises
    ------
    ValueError
        If a part is unknown.

    Examples
    --------
    >>> build(YEAR_1998)(torch.zeros(2, 1, 32, 32)).shape
    torch.Size([2, 10])
    >>> parameters(build(YEAR_1998)), parameters(build(TODAY)), parameters(build_dense())
    (60000, 61706, 60040)
    """
    for place, name in version._asdict().items():
        require_choice("build", place, name, CHOICES.get(place, ("by count", "by root")))
    squash = CHOICES["activation"][version.activation]
    pool = CHOICES["pooling"][version.pooling]
    after = (squash,) if version.pooling == "trained" else ()
    network = nn.Sequential(
        nn.Conv2d(1, FIRST_MAPS, KERNEL), squash(),
        pool(FIRST_MAPS), *(make() for make in after),  # (N, 6, 14, 14)
        CHOICES["table"][version.table](), squash(),
        pool(SECOND_MAPS), *(make() for make in after),  # (N, 16, 5, 5)
        nn.Flatten(),
        nn.Linear(SECOND_MAPS * LAST_SIDE**2, FIRST_UNITS), squash(),
        nn.Linear(FIRST_UNITS, SECOND_UNITS), squash(),
        CHOICES["output"][version.output](),
    )  # fmt: skip
    _draw_weights(network, version.start, GAINS[version.activation])
    return network


def build_dense() -> nn.Sequential:
    """Build a dense network with one hidden layer of 58 ReLUs, for images (N, 1, 32, 32)."""
    network = nn.Sequential(
        nn.Flatten(), nn.Linear(SIDE**2, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES)
    )
    _draw_weights(network, "by root", GAINS["relu"])
    return network


def parameters(network: nn.Module) -> int:
    """Count what training can change; weights that a table holds at 0 do not count."""
    held = sum(
        int((layer.table == 0).sum()) * KERNEL**2
        for layer in network.modules()
        if isinstance(layer, TableConv2d)
    )
    return sum(p.numel() for p in network.parameters()) - held


def _draw_weights(network: nn.Module, start: str, gain: float) -> None:
    """Draw the first weights from torch's generator; biases are 0."""
    for layer in network.modules():
        if isinstance(layer, TrainedSubsampling):
            nn.init.uniform_(layer.coefficient, -2.4, 2.4)  # one input a unit: its sum
        elif isinstance(layer, nn.Conv2d | nn.Linear):
            inputs = torch.full((len(layer.weight),), float(layer.weight[0].numel()))
            if isinstance(layer, TableConv2d):
                inputs = layer.table.sum(dim=1) * KERNEL**2
            if start == "by count":
                nn.init.uniform_(layer.weight, -2.4, 2.4)
                scale = 1 / inputs
            else:
                nn.init.normal_(layer.weight)
                scale = (gain / inputs).sqrt()
            layer.weight.data *= scale.reshape(-1, *[1] * (layer.weight.dim() - 1))
            nn.init.zeros_(layer.get_parameter("bias"))
