"""The paper's network for small images (He et al. 2016a, section 4.2), several side by side.

The networks of all seeds are run at once, as `training.side_by_side` says.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_lib.checks import require_choice
from course_lib.errors import InvalidValue
from course_lib.training.side_by_side import draw_weights

KINDS = ("plain", "residual", "zero start", "pre-activation")
WIDTHS = (8, 16, 16)  # channels of the three stages here
PAPER_WIDTHS = (16, 32, 64)  # and in the paper
NUM_CLASSES = 10


class Block(nn.Module):
    """Two 3 × 3 convolutions with norms, in the order that `kind` asks for.

    "zero start" is a residual block whose last norm starts with γ = 0, so that its branch starts by
    adding nothing (Goyal et al. 2017, arXiv:1706.02677, section 5.1).
    """

    def __init__(
        self, kind: str, channels: tuple[int, int], *, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__()
        self.kind = kind
        before, after = (groups * count for count in channels)
        self.conv1 = convolution(before, after, 3, stride, groups)
        self.conv2 = convolution(after, after, 3, 1, groups)
        self.norm1 = nn.BatchNorm2d(before if kind == "pre-activation" else after)
        self.norm2 = nn.BatchNorm2d(after)
        self.projection: nn.Module = nn.Identity()
        if kind != "plain" and (stride > 1 or before != after):
            fitted = convolution(before, after, 1, stride, groups)
            last = nn.Identity() if kind == "pre-activation" else nn.BatchNorm2d(after)
            self.projection = nn.Sequential(fitted, last)
        if kind == "zero start":
            nn.init.zeros_(self.norm2.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Map x (N, groups * C_in, H, W) to (N, groups * C_out, H / S, W / S)."""
        if self.kind == "pre-activation":
            active = torch.relu(self.norm1(x))
            shortcut = self.projection(x if isinstance(self.projection, nn.Identity) else active)
            return shortcut + self.conv2(torch.relu(self.norm2(self.conv1(active))))
        y = self.norm2(self.conv2(torch.relu(self.norm1(self.conv1(x)))))
        return torch.relu(y if self.kind == "plain" else y + self.projection(x))


def convolution(before: int, after: int, kernel: int, stride: int, groups: int) -> nn.Conv2d:
    """Make a convolution without bias that keeps the size at stride 1."""
    return nn.Conv2d(before, after, kernel, stride, kernel // 2, groups=groups, bias=False)


def build(
    kind: str,
    *,
    depth: int,
    seeds: Sequence[int],
    widths: Sequence[int] = WIDTHS,
    in_channels: int = 1,
) -> nn.Sequential:
    """Make one network a seed, side by side.

    Parameters
    ----------
    kind : {"plain", "residual", "zero start", "pre-activation"}
        How the two convolutions of a block are joined.
    depth : int
        Layers with weights, projections not counted: 6 n + 2, with n blocks in each stage.
    seeds : sequence of int
        Each draws the weights of one network, the same whatever stands beside it.
    widths : sequence of int, default=(8, 16, 16)
        Channels of the three stages; the second and the third halve the image.
    in_channels : int, default=1
        Channels of an image.

    Returns
    -------
    torch.nn.Sequential
        Maps (N, seeds * in_channels, H, W) to logits (N, seeds * 10, 1, 1).

    Raises
    ------
    ValueError
        If `kind` is unknown, or `depth` is not 6 n + 2 for some n from 1 on.

    References
    ----------
    He et al. 2016a, arXiv:1512.03385, section 4.2 and Table 6.

    Examples
    --------
    >>> build("residual", depth=8, seeds=(0, 1))(torch.zeros(5, 2, 12, 12)).shape
    torch.Size([5, 20, 1, 1])
    """
    require_choice("build", "kind", kind, KINDS)
    if depth < 8 or depth % 6 != 2:
        raise InvalidValue(
            "build", received=f"depth={depth}", needed="6 n + 2 layers: 8, 14, 20 and so on",
            fix="count the first layer, two a block, n blocks a stage, and the last")  # fmt: skip
    groups = len(seeds)
    channels = widths[0]
    first = convolution(groups * in_channels, groups * channels, 3, 1, groups)
    layers: list[nn.Module] = [first, nn.BatchNorm2d(groups * channels), nn.ReLU()]
    for number, width in enumerate(widths):
        for place in range((depth - 2) // 6):
            stride = 2 if number and not place else 1
            layers.append(Block(kind, (channels, width), stride=stride, groups=groups))
            channels = width
    if kind == "pre-activation":
        layers += [nn.BatchNorm2d(groups * channels), nn.ReLU()]
    last = nn.Conv2d(groups * channels, groups * NUM_CLASSES, 1, groups=groups)  # dense, for each
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), last)
    if not last.weight.is_meta:
        found = [(name, m) for name, m in network.named_modules() if isinstance(m, nn.Conv2d)]
        found.sort(key=lambda pair: "projection" in pair[0])  # what all kinds have is drawn alike
        draw_weights([layer for _, layer in found], seeds, last=last)
    return network.to(memory_format=torch.channels_last)  # the faster order here
