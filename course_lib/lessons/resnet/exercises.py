"""Exercises of notebook 21: ResNet."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from course_lib.exercises.blocks import as_numbers
from course_lib.exercises.record import Case, Exercise

# 21.cost


def cost(channels: int, width: int, size: int) -> int:
    """Count the two 1 × 1 and the 3 × 3 at each place."""
    return size**2 * (channels * width + 9 * width * width + width * channels)


def cost_all_3x3(channels: int, width: int, size: int) -> int:
    """Give all three convolutions nine taps."""
    return size**2 * 9 * (2 * channels * width + width * width)


def cost_no_3x3(channels: int, width: int, size: int) -> int:
    """Give all three convolutions one tap."""
    return size**2 * (2 * channels * width + width * width)


def cost_one_place(channels: int, width: int, size: int) -> int:
    """Count the weights, which every place uses once more."""
    return 2 * channels * width + 9 * width * width


def cost_side(channels: int, width: int, size: int) -> int:
    """Take the side of the image for its number of places."""
    return size * (2 * channels * width + 9 * width * width)


def cost_not_back(channels: int, width: int, size: int) -> int:
    """Forget the way back to all channels."""
    return size**2 * (channels * width + 9 * width * width)


def cost_projected(channels: int, width: int, size: int) -> int:
    """Charge for a shortcut that is free."""
    return cost(channels, width, size) + size**2 * channels**2


# 21.bottleneck


class _Block(nn.Module):
    """A bottleneck of `path` and `shortcut`; `join` says how they meet."""

    def __init__(
        self, path: nn.Module, shortcut: nn.Module, join: Callable[[Tensor, Tensor], Tensor]
    ) -> None:
        super().__init__()
        self.path, self.shortcut, self.join = path, shortcut, join

    def forward(self, x: Tensor) -> Tensor:
        return self.join(self.path(x), self.shortcut(x))


def _block(
    in_channels: int,
    width: int,
    stride: int,
    *,
    expansion: int = 4,
    on_first: bool = False,
    always: bool = False,
    bare: bool = False,
    join: Callable[[Tensor, Tensor], Tensor] = lambda y, shortcut: torch.relu(y + shortcut),
) -> nn.Module:
    """Build the block of the exercise, or one with a slip."""
    out_channels = expansion * width
    first, second = (stride, 1) if on_first else (1, stride)
    path = nn.Sequential(
        nn.Conv2d(in_channels, width, 1, first, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
        nn.Conv2d(width, width, 3, second, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
        nn.Conv2d(width, out_channels, 1, bias=False), nn.BatchNorm2d(out_channels),
    )  # fmt: skip
    shortcut: nn.Module = nn.Identity()
    if always or stride > 1 or in_channels != out_channels:
        fitted = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)
        shortcut = fitted if bare else nn.Sequential(fitted, nn.BatchNorm2d(out_channels))
    return _Block(path, shortcut, join)


@as_numbers
def bottleneck(in_channels: int, width: int, stride: int) -> nn.Module:
    """Squeeze, look, widen; add the input, fitted where it must be; then ReLU."""

    class Bottleneck(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            out_channels = 4 * width
            self.branch = nn.Sequential(
                nn.Conv2d(in_channels, width, 1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.Conv2d(width, out_channels, 1, bias=False),
                nn.BatchNorm2d(out_channels),
            )
            self.shortcut: nn.Module = nn.Identity()
            if stride > 1 or in_channels != out_channels:
                self.shortcut = nn.Sequential(
                    nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False),
                    nn.BatchNorm2d(out_channels),
                )

        def forward(self, x: Tensor) -> Tensor:
            return torch.relu(self.branch(x) + self.shortcut(x))

    return Bottleneck()


def _slip(**options: object) -> Callable:
    """Make a near miss of the block."""

    def slipped(in_channels: int, width: int, stride: int) -> nn.Module:
        return _block(in_channels, width, stride, **options)

    return as_numbers(slipped)


def _after_relu(y: Tensor, shortcut: Tensor) -> Tensor:
    return torch.relu(y) + shortcut


def _no_relu(y: Tensor, shortcut: Tensor) -> Tensor:
    return y + shortcut


def _no_shortcut(y: Tensor, shortcut: Tensor) -> Tensor:
    return torch.relu(y)


BLOCK_SLIPS: Mapping[str, Callable] = {
    "the stride on the first 1×1": _slip(on_first=True),
    "ReLU before the addition": _slip(join=_after_relu),
    "no ReLU after the addition": _slip(join=_no_relu),
    "no shortcut": _slip(join=_no_shortcut),
    "no norm in the projection": _slip(bare=True),
    "twice as many channels out, not four times": _slip(expansion=2),
    "a projection where none is needed": _slip(always=True),
}

EXERCISES = [
    Exercise(
        id="21.layers",
        prompt="A network has ResNet's first layer, four stages of 2, 5, 9 and 2 bottlenecks, and "
        "its dense layer. How many layers does it have, as the paper counts them?",
        solution=56,
        why="18 bottlenecks of three convolutions make 54, the first layer and the last make 56. "
        "Projections, norms and pooling are not counted.",
        hints=(
            "How many convolutions stand in one bottleneck, shortcuts aside?",
            "ResNet-50 has 3 + 4 + 6 + 3 = 16 bottlenecks: how do they come to 50?",
        ),
        near_misses={
            "two convolutions a block, as in a basic block": 38,
            "the first layer and the dense layer forgotten": 54,
            "the dense layer or the first layer forgotten": 55,
            "projections counted": 60,
            "blocks counted, not layers": 18,
            "the max pool counted": 57,
        },
    ),
    Exercise(
        id="21.cost",
        prompt="Write cost(channels, width, size): the multiply-adds of a bottleneck that takes "
        "and gives `channels` channels of size × size pixels, and works with `width` between.",
        solution=cost,
        cases=(
            Case("6 channels, 2 between", (6, 2, 5)),
            Case("256 channels, 64 between", (256, 64, 14)),
            Case("the same number between", (4, 4, 3)),
            Case("one pixel", (12, 3, 1)),
        ),
        hints=(
            "A convolution costs C_out · C_in · K · K multiply-adds at each place.",
            "1×1 from channels to width, 3×3 from width to width, 1×1 back to channels.",
            "The shortcut is the input itself: it costs no multiply-adds.",
        ),
        near_misses={
            "nine taps for the 1×1 as well": cost_all_3x3,
            "one tap for the 3×3 as well": cost_no_3x3,
            "the weights, for one place only": cost_one_place,
            "size instead of size²": cost_side,
            "the last 1×1 forgotten": cost_not_back,
            "a projection in the shortcut": cost_projected,
        },
    ),
    Exercise(
        id="21.bottleneck",
        prompt="Write bottleneck(in_channels, width, stride): a torch.nn.Module with 4·width "
        "channels out, as the notebook describes it.",
        solution=bottleneck,
        cases=(
            Case("the shortcut is the input", (8, 2, 1)),
            Case("halving", (8, 3, 2)),
            Case("more channels, the same size", (5, 2, 1)),
            Case("the channels fit, the size does not", (8, 2, 2)),
        ),
        hints=(
            "Write the branch as an nn.Sequential of eight layers: three convolutions, three "
            "norms, two ReLUs. All convolutions have bias=False, the 3×3 has padding 1.",
            "The shortcut is nn.Identity(), or where stride or channels change the shape, "
            "a 1×1 convolution with that stride and a norm.",
            "forward: torch.relu(self.branch(x) + self.shortcut(x)).",
        ),
        near_misses=BLOCK_SLIPS,
    ),
    Exercise(
        id="21.budget",
        prompt="You may spend 6.0 · 10⁹ multiply-adds on a network of bottlenecks with 3, 4, n and "
        "3 blocks. How many layers can it have? (ResNet-50: n = 6 for 4.089 · 10⁹; one more block "
        "in the third stage costs 0.218 · 10⁹.)",
        solution=74,
        why="1.911 / 0.218 leaves room for 8 blocks more, so n = 14: 24 blocks of three layers, "
        "and two.",
        hints=(
            "How many more blocks fit into 6.0 − 4.089?",
            "Only whole blocks; each has three layers.",
        ),
        near_misses={
            "one block too many": 77,
            "n instead of layers": 14,
            "a block counted as one layer": 58,
            "the first and the last layer forgotten": 72,
            "only the blocks of the budget": 24,
            "the whole budget spent on new blocks": 131,
        },
    ),
    Exercise(
        id="21.field",
        prompt="A halving bottleneck gets maps whose neighbors are 8 pixels of the image apart. By "
        "how many pixels does it widen the field in the paper's form, stride on the first 1×1?",
        solution=32,
        why="Behind the first 1×1 neighbors are 16 pixels apart, and a 3×3 adds (3 − 1) · 16.",
        hints=(
            "A window of K places adds (K − 1) times the distance of its neighbors (notebook 5).",
            "How far apart are neighbors when the 3×3 sees them, after the stride?",
        ),
        near_misses={
            "the stride on the 3×3": 16,
            "three distances instead of two": 48,
            "three distances, before the stride": 24,
            "what the 1×1 adds": 0,
            "the distance behind the block": 64,
        },
    ),
    Exercise(
        id="21.why",
        prompt="Why does torchvision halve the image in the 3×3 and not in the first 1×1?",
        solution="b",
        choices={
            "a": "It has fewer weights.",
            "b": "The branch then reads every place of its input.",
            "c": "It needs fewer multiply-adds.",
            "d": "The last layer then sees a larger part of the image.",
        },
        why="The weights are the same, the multiply-adds are 6 % more, the field is smaller. But "
        "a 1×1 of stride 2 passes over three places of four.",
        hints=(
            "Three of the four are false: look for them in the table of this section.",
            "Which places does a window of one pixel meet when it takes steps of two?",
        ),
        near_misses={"weights": "a", "cost": "c", "field": "d"},
    ),
]
