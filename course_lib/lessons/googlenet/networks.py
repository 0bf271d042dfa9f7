"""What notebook 20 trains: Inception modules in small, with and without the 1 × 1 in front."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_lib.checks import require_choice
from course_lib.models.googlenet import VARIANTS, Branches, ConvRelu, Inception

PLAIN = VARIANTS["paper"]  # a 5 × 5 in the third branch, biases, no batch norm
NORMED = PLAIN._replace(batch_norm=True)

# "direct, narrow" costs as many multiply-adds as "reduced" and has fewer channels everywhere.
KINDS = {
    "direct": Branches(16, 0, 32, 0, 8, 8),
    "reduced": Branches(16, 12, 32, 4, 8, 8),
    "direct, narrow": Branches(9, 0, 18, 0, 4, 5),
}
SIZE = 16  # pixels of a digit's image along each axis
DEEP = Branches(8, 8, 16, 4, 4, 4)
DEEP_MODULES, HEADS_AFTER = 6, (2, 4)


def module(in_channels: int, plan: Branches, *, reduced: bool, normed: bool = False) -> Inception:
    """Make an Inception module, or one whose 3 × 3 and 5 × 5 see all channels that come in.

    Parameters
    ----------
    in_channels : int
        Channels of the input.
    plan : Branches
        A row of Table 1; without reduction two of its numbers are not used.
    reduced : bool
        Whether a 1 × 1 stands in front of the 3 × 3 and of the 5 × 5.
    normed : bool, default=False
        Whether batch norm follows each convolution, which the paper did not have yet.

    Returns
    -------
    Inception
        Maps (N, in_channels, H, W) to (N, plan.total, H, W).
    """
    variant = NORMED if normed else PLAIN
    block = Inception(in_channels, plan if reduced else _filled(plan), variant)
    if not reduced:
        block.branch2 = ConvRelu(in_channels, plan.threes, variant, kernel_size=3)
        block.branch3 = ConvRelu(in_channels, plan.fives, variant, kernel_size=5)
    return block


def _filled(plan: Branches) -> Branches:
    """Give reductions that are not used a width that layers can be made with."""
    return plan._replace(threes_reduced=1, fives_reduced=1)


def named_convolutions(block: nn.Module, names: Sequence[str]) -> dict[str, nn.Conv2d]:
    """Name the convolutions of a module in their order, and set their biases to 0."""
    found = [layer for layer in block.modules() if isinstance(layer, nn.Conv2d)]
    for layer in found:
        nn.init.zeros_(layer.bias)
    return dict(zip(names, found, strict=True))


def build(kind: str) -> nn.Sequential:
    """Make a network of two Inception modules that ends in a mean over all places.

    Parameters
    ----------
    kind : {"direct", "reduced", "direct, narrow"}
        Which modules: a key of `KINDS`.

    Returns
    -------
    torch.nn.Sequential
        Maps images (N, 1, H, W) to logits (N, 10).

    Raises
    ------
    ValueError
        If `kind` is unknown.
    """
    plan = KINDS[require_choice("build", "kind", kind, KINDS)]
    options = {"reduced": kind == "reduced", "normed": True}
    width = plan.total // 2
    return nn.Sequential(
        ConvRelu(1, width, NORMED, kernel_size=3),
        nn.MaxPool2d(2),
        module(width, plan, **options),
        nn.MaxPool2d(2),
        module(plan.total, plan, **options),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(plan.total, 10),
    )


class Deep(nn.Module):
    """Six narrow modules without batch norm, and auxiliary heads after the second and the fourth.

    The heads are those of the paper in small: a mean in 2 × 2 bins, a 1 × 1 convolution, two dense
    layers. Convolutions start from He's weights.
    """

    def __init__(self) -> None:
        super().__init__()
        width = DEEP.total
        self.stem = nn.Sequential(ConvRelu(1, width, PLAIN, kernel_size=3), nn.MaxPool2d(2))
        self.blocks = nn.ModuleList(module(width, DEEP, reduced=True) for _ in range(DEEP_MODULES))
        self.halve = nn.MaxPool2d(2)
        self.heads = nn.ModuleList(_head(width) for _ in HEADS_AFTER)
        self.fc = nn.Linear(width, 10)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Give the logits (N, 10) of images (N, 1, H, W), and those of the two heads."""
        x, early = self.stem(x), []
        for count, block in enumerate(self.blocks, start=1):
            x = block(x)
            if count in HEADS_AFTER:
                early.append(self.heads[len(early)](x))
            if count == HEADS_AFTER[0]:
                x = self.halve(x)
        return self.fc(x.mean(dim=(2, 3))), early


def _head(channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.AdaptiveAvgPool2d(2), ConvRelu(channels, 16, PLAIN, kernel_size=1), nn.Flatten(),
        nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10),
    )  # fmt: skip


def class_maps(network: nn.Sequential, x: Tensor) -> Tensor:
    """Give the score of each class at each place of the last maps of a network from `build`.

    The mean over places and the dense layer both only multiply and add, so they can change places:
    the mean of these scores is the logit.

    Parameters
    ----------
    network : torch.nn.Sequential
        A trained network; it is left in eval mode.
    x : (N, 1, H, W)
        Images.

    Returns
    -------
    (N, 10, H / 4, W / 4)
        Scores; their mean over places, plus the bias, is what the network gives.

    References
    ----------
    Zhou et al., 2016, arXiv:1512.04150, equation 2.
    """
    maps, dense = network[:-3], network[-1]
    network.eval()
    with torch.no_grad():
        return nn.functional.conv2d(maps(x), dense.weight[:, :, None, None])
