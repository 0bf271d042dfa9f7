"""Exercises of notebook 20: GoogLeNet."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib.exercises.blocks import as_numbers
from course_lib.exercises.record import Case, Exercise

# 20.parameters: a row is 1×1, 3×3 reduced, 3×3, 5×5 reduced, 5×5, pooled


def parameters(
    in_channels: int,
    ones: int,
    threes_reduced: int,
    threes: int,
    fives_reduced: int,
    fives: int,
    pooled: int,
) -> int:
    """Count six convolutions, each with its biases."""
    convolutions = (
        (1, in_channels, ones),
        (1, in_channels, threes_reduced),
        (3, threes_reduced, threes),
        (1, in_channels, fives_reduced),
        (5, fives_reduced, fives),
        (1, in_channels, pooled),
    )
    return sum(size**2 * before * after + after for size, before, after in convolutions)


def _biases(row: tuple[int, ...]) -> int:
    return sum(row)


def parameters_no_bias(in_channels: int, *row: int) -> int:
    """Leave the biases out."""
    return parameters(in_channels, *row) - _biases(row)


def parameters_direct(in_channels: int, *row: int) -> int:
    """Let the 3 × 3 and the 5 × 5 see all that comes in, beside their reductions."""
    extra = 9 * (in_channels - row[1]) * row[2] + 25 * (in_channels - row[3]) * row[4]
    return parameters(in_channels, *row) + extra


def parameters_side(in_channels: int, *row: int) -> int:
    """Take the side of a kernel for its number of taps."""
    return parameters(in_channels, *row) - 6 * row[1] * row[2] - 20 * row[3] * row[4]


def parameters_threes(in_channels: int, *row: int) -> int:
    """Put a 3 × 3 into the branch of the 5 × 5, as torchvision does."""
    return parameters(in_channels, *row) - 16 * row[3] * row[4]


def parameters_free_pool(in_channels: int, *row: int) -> int:
    """Forget the 1 × 1 behind the pooling."""
    return parameters(in_channels, *row) - (in_channels + 1) * row[5]


def parameters_pool_kernel(in_channels: int, *row: int) -> int:
    """Give the pooling nine weights for each pair of channels."""
    return parameters(in_channels, *row) + 8 * in_channels * row[5]


# 20.join_backward


def join_backward(grad_y: NDArray, x: NDArray, a: NDArray, b: NDArray) -> NDArray:
    """Cut the gradient where the parts were joined; send each back, and add at the input."""
    first, second = np.split(grad_y, [len(a)], axis=1)
    return _back(first, a) + _back(second, b)


def _back(grad: NDArray, weight: NDArray) -> NDArray:
    return np.einsum("nohw,oc->nchw", grad, weight)


def join_mean(grad_y: NDArray, x: NDArray, a: NDArray, b: NDArray) -> NDArray:
    """Take the mean of what comes back, not the sum."""
    return join_backward(grad_y, x, a, b) / 2


def join_first(grad_y: NDArray, x: NDArray, a: NDArray, b: NDArray) -> NDArray:
    """Send back what came through the first branch only."""
    return _back(grad_y[:, : len(a)], a)


def join_last(grad_y: NDArray, x: NDArray, a: NDArray, b: NDArray) -> NDArray:
    """Send back what came through the second branch only: the last one overwrites the first."""
    return _back(grad_y[:, len(a) :], b)


def join_swapped(grad_y: NDArray, x: NDArray, a: NDArray, b: NDArray) -> NDArray:
    """Take the first channels for those of the second branch."""
    first, second = np.split(grad_y, [len(b)], axis=1)
    return _back(second, a) + _back(first, b)


def join_times_input(grad_y: NDArray, x: NDArray, a: NDArray, b: NDArray) -> NDArray:
    """Multiply by the input, as for the gradient of a weight."""
    return join_backward(grad_y, x, a, b) * x


def join_uncut(grad_y: NDArray, x: NDArray, a: NDArray, b: NDArray) -> NDArray:
    """Send the sum of all channels through each branch."""
    whole = grad_y.sum(axis=1, keepdims=True)
    return whole * (a.sum(axis=0) + b.sum(axis=0))[None, :, None, None]


def _join_case(name: str, n: int, channels: tuple[int, int, int], size: tuple[int, int]) -> Case:
    before, first, second = channels
    rng = np.random.default_rng([20, n, before, first, second])
    shapes = (
        (n, first + second, *size), (n, before, *size), (first, before), (second, before),
    )  # fmt: skip
    return Case(name, tuple(rng.integers(-4, 5, shape) + 0.5 for shape in shapes))


# 20.inception


class _Module(nn.Module):
    def __init__(self, branches: list[nn.Module], join: Callable[[list[Tensor]], Tensor]) -> None:
        super().__init__()
        self.branches, self.join = nn.ModuleList(branches), join

    def forward(self, x: Tensor) -> Tensor:
        return self.join([branch(x) for branch in self.branches])


def _conv(before: int, after: int, size: int, *, relu: bool = True) -> nn.Sequential:
    layers: list[nn.Module] = [nn.Conv2d(before, after, size, padding=size // 2)]
    return nn.Sequential(*layers, nn.ReLU()) if relu else nn.Sequential(*layers)


def _module(
    in_channels: int,
    ones: int,
    threes_reduced: int,
    threes: int,
    fives_reduced: int,
    fives: int,
    pooled: int,
    *,
    large: int = 5,
    between: bool = True,
    pool: Callable[[], nn.Module] = lambda: nn.MaxPool2d(3, stride=1, padding=1),
    order: tuple[int, ...] = (0, 1, 2, 3),
    reduced: bool = True,
) -> nn.Module:
    """Build the module of the exercise, or one with a slip."""
    three, five = (threes_reduced, fives_reduced) if reduced else (in_channels, in_channels)
    branches = [
        [_conv(in_channels, ones, 1)],
        [_conv(in_channels, three, 1, relu=between), _conv(three, threes, 3)],
        [_conv(in_channels, five, 1, relu=between), _conv(five, fives, large)],
        [pool(), _conv(in_channels, pooled, 1)],
    ]
    if not reduced:
        branches[1:3] = [branches[1][1:], branches[2][1:]]
    chosen = [nn.Sequential(*branches[place]) for place in order]
    return _Module(chosen, partial(torch.cat, dim=1))


@as_numbers
def inception(
    in_channels: int,
    ones: int,
    threes_reduced: int,
    threes: int,
    fives_reduced: int,
    fives: int,
    pooled: int,
) -> nn.Module:
    """Set four branches side by side and join their channels in the order of the row."""

    def conv(before: int, after: int, size: int) -> nn.Sequential:
        return nn.Sequential(nn.Conv2d(before, after, size, padding=size // 2), nn.ReLU())

    class Inception(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.branches = nn.ModuleList(
                [
                    conv(in_channels, ones, 1),
                    nn.Sequential(
                        conv(in_channels, threes_reduced, 1), conv(threes_reduced, threes, 3)
                    ),
                    nn.Sequential(
                        conv(in_channels, fives_reduced, 1), conv(fives_reduced, fives, 5)
                    ),
                    nn.Sequential(
                        nn.MaxPool2d(3, stride=1, padding=1), conv(in_channels, pooled, 1)
                    ),
                ]
            )

        def forward(self, x: Tensor) -> Tensor:
            return torch.cat([branch(x) for branch in self.branches], dim=1)

    return Inception()


def _slip(**options: object) -> Callable:
    """Make a near miss of the module."""

    def slipped(in_channels: int, *row: int) -> nn.Module:
        return _module(in_channels, *row, **options)

    return as_numbers(slipped)


MODULE_SLIPS: Mapping[str, Callable] = {
    "a 3×3 in the branch of the 5×5": _slip(large=3),
    "no ReLU behind the reductions": _slip(between=False),
    "the mean for the maximum": _slip(pool=lambda: nn.AvgPool2d(3, stride=1, padding=1)),
    "no pooling": _slip(pool=nn.Identity),
    "branches joined in another order": _slip(order=(3, 0, 1, 2)),
    "no reductions": _slip(reduced=False),
    "the pooled branch left out": _slip(order=(0, 1, 2)),
}

# 20.break_even


def break_even(kernel: int, in_channels: int, out_channels: int) -> int:
    """Find the largest width R with C_in R + K² R C_out < K² C_in C_out."""
    taps = kernel**2
    direct, a_channel = taps * in_channels * out_channels, in_channels + taps * out_channels
    return (direct - 1) // a_channel


def break_even_free_ones(kernel: int, in_channels: int, out_channels: int) -> int:
    """Forget what the 1 × 1 itself costs."""
    return in_channels - 1


def break_even_side(kernel: int, in_channels: int, out_channels: int) -> int:
    """Take the side of the kernel for its number of taps."""
    direct = kernel * in_channels * out_channels
    return (direct - 1) // (in_channels + kernel * out_channels)


def break_even_kernel_on_ones(kernel: int, in_channels: int, out_channels: int) -> int:
    """Give the 1 × 1 the taps of the kernel."""
    return (in_channels * out_channels - 1) // (in_channels + out_channels)


def break_even_equal(kernel: int, in_channels: int, out_channels: int) -> int:
    """Let a width pass at which nothing is saved."""
    taps = kernel**2
    return taps * in_channels * out_channels // (in_channels + taps * out_channels)


ROW = ((6, 5, 2, 4, 3, 2, 1), (192, 64, 96, 128, 16, 32, 32), (50, 7, 11, 13, 5, 9, 8))

EXERCISES = [
    Exercise(
        id="20.saved",
        prompt="A 5×5 convolution leads from 200 channels to 40 on maps of 10×10, with padding. "
        "How many multiply-adds does a 1×1 to 20 channels in front of it save?",
        solution=17_600_000,
        why="25 · 200 · 40 · 100 = 20.0 · 10⁶ without; 200 · 20 · 100 = 0.4 · 10⁶ and "
        "25 · 20 · 40 · 100 = 2.0 · 10⁶ with.",
        hints=(
            "A convolution costs K · K · C_in · C_out multiply-adds at each of H · W places.",
            "With the 1×1 there are two convolutions: 200 to 20, and 20 to 40.",
        ),
        near_misses={
            "the 1×1 itself is free": 18_000_000,
            "what is left, not what is saved": 2_400_000,
            "one place": 176_000,
            "10 places for 10 · 10": 1_760_000,
            "the whole 5×5": 20_000_000,
            "25 taps for the 1×1 as well": 8_000_000,
        },
    ),
    Exercise(
        id="20.break_even",
        prompt="Write break_even(kernel, in_channels, out_channels): the largest width (channels "
        "between) at which a 1×1 in front of a kernel×kernel convolution still saves "
        "multiply-adds.",
        solution=break_even,
        cases=(
            Case("a 3×3 from 18 channels to 2", (3, 18, 2)),
            Case("a 5×5 from 6 channels to 2", (5, 6, 2)),
            Case("a 3×3 from 64 channels to 64", (3, 64, 64)),
            Case("a 7×7 from 192 channels to 32", (7, 192, 32)),
            Case("a 5×5 from 24 channels to 96", (5, 24, 96)),
        ),
        hints=(
            "With width R, each place costs C_in · R for the 1×1 and K² · R · C_out behind it.",
            "Without: K² · C_in · C_out. For which R is the first smaller?",
            "Saving means less, not equal: look at what happens when the division comes out even.",
        ),
        near_misses={
            "the 1×1 is free": break_even_free_ones,
            "the side of the kernel for its taps": break_even_side,
            "the kernel's taps for the 1×1 too": break_even_kernel_on_ones,
            "a width at which nothing is saved": break_even_equal,
        },
    ),
    Exercise(
        id="20.why",
        prompt="A module with reductions needs 2.4 times fewer multiply-adds, and takes much more "
        "than 1 / 2.4 of the time. Why?",
        solution="c",
        choices={
            "a": "A processor needs more time for a 1×1 than for a 5×5 of the same channels.",
            "b": "The 1×1 convolutions add more multiply-adds than were counted.",
            "c": "Layers that multiply nothing take time as well, and they did not shrink.",
            "d": "Fewer parameters need longer training.",
        },
        why="The max pooling reads and compares as before. What does not shrink sets a floor.",
        hints=(
            "Which part of the time is the same in both modules?",
            "Halve one half of a sum: how much smaller is the sum?",
        ),
        near_misses={"slow 1×1": "a", "wrong count": "b", "training": "d"},
    ),
    Exercise(
        id="20.join_backward",
        prompt="Two 1×1 convolutions without bias, of weights a (A, C) and b (B, C), read the same "
        "x (N, C, H, W); y joins what they give, (N, A + B, H, W). Write "
        "join_backward(grad_y, x, a, b): the gradient of x.",
        solution=join_backward,
        cases=(
            _join_case("one channel in, one and two out", 1, (1, 1, 2), (1, 2)),
            _join_case("two images", 2, (3, 2, 4), (2, 3)),
            _join_case("more in the first branch", 1, (4, 5, 2), (3, 2)),
        ),
        hints=(
            "The first A channels of grad_y belong to a, the others to b.",
            "Back through a 1×1: each place takes its A numbers times a, which gives C numbers.",
            "x went two ways. A nudge of x moves y by both, so what comes back is added.",
        ),
        near_misses={
            "the mean of both ways": join_mean,
            "only the first branch": join_first,
            "only the second branch": join_last,
            "the cut at the wrong channel": join_swapped,
            "times x, as for a weight": join_times_input,
            "not cut at all": join_uncut,
        },
    ),
    Exercise(
        id="20.parameters",
        prompt="Write parameters(in_channels, ones, threes_reduced, threes, fives_reduced, fives, "
        "pooled): the parameters of an Inception module as in the paper, biases counted.",
        solution=parameters,
        cases=tuple(
            Case(name, row)
            for name, row in zip(("a small row", "row 3a", "an odd row"), ROW, strict=True)
        ),
        hints=(
            "Six convolutions: three 1×1 that read the input and end in the module or in front of "
            "a kernel; which reads what?",
            "A convolution has K · K · C_in · C_out weights and C_out biases.",
            "The 3×3 reads threes_reduced channels, the 5×5 fives_reduced.",
        ),
        near_misses={
            "no biases": parameters_no_bias,
            "3×3 and 5×5 read all channels": parameters_direct,
            "the side of a kernel for its taps": parameters_side,
            "a 3×3 where the paper has the 5×5": parameters_threes,
            "no 1×1 behind the pooling": parameters_free_pool,
            "weights for the pooling": parameters_pool_kernel,
        },
    ),
    Exercise(
        id="20.inception",
        prompt="Write inception(in_channels, ones, threes_reduced, threes, fives_reduced, fives, "
        "pooled): a torch.nn.Module, as the notebook describes it.",
        solution=inception,
        cases=tuple(
            Case(name, row)
            for name, row in zip(
                ("a small row", "another row"),
                ((3, 2, 1, 2, 2, 1, 2), (4, 5, 2, 3, 1, 4, 2)),
                strict=True,
            )
        ),
        hints=(
            "Four branches, each an nn.Sequential: 1×1; 1×1 and 3×3; 1×1 and 5×5; max pooling "
            "and 1×1. A ReLU follows every convolution.",
            "All must keep height and width: padding is size // 2, and the pooling has stride 1 "
            "and padding 1.",
            "forward: torch.cat([branch(x) for branch in self.branches], dim=1).",
        ),
        near_misses=MODULE_SLIPS,
    ),
]
