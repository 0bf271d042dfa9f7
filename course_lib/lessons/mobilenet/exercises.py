"""Exercises of notebook 22: MobileNet."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib.exercises.blocks import as_numbers
from course_lib.exercises.record import Case, Exercise

# 22.merge


def merge(kernels: NDArray, mix: NDArray) -> NDArray:
    """Scale the kernel of each input channel by the weight that leads from it to an output."""
    return mix[:, :, None, None] * kernels


def merge_flipped(kernels: NDArray, mix: NDArray) -> NDArray:
    """Turn the kernels around, as for a convolution in the sense of mathematics."""
    return mix[:, :, None, None] * kernels[:, ::-1, ::-1]


def merge_transposed(kernels: NDArray, mix: NDArray) -> NDArray:
    """Put the input channel first."""
    return merge(kernels, mix).swapaxes(0, 1)


def merge_summed(kernels: NDArray, mix: NDArray) -> NDArray:
    """Add the input channels up, which the layer itself does later."""
    return np.einsum("oc,cij->oij", mix, kernels)


def merge_unmixed(kernels: NDArray, mix: NDArray) -> NDArray:
    """Give every output the kernels as they are."""
    return np.broadcast_to(kernels, (len(mix), *kernels.shape)).copy()


def merge_added(kernels: NDArray, mix: NDArray) -> NDArray:
    """Add where one layer behind another multiplies."""
    return mix[:, :, None, None] + kernels


# 22.knobs


def knobs(in_channels: int, out_channels: int, size: int, alpha: float, rho: float) -> float:
    """Thin both sides of the 1 × 1 and all maps; the depthwise layer is thinned once."""
    before, after, side = alpha * in_channels, alpha * out_channels, rho * size
    return side**2 * before * (9 + after)


def knobs_all_squared(
    in_channels: int, out_channels: int, size: int, alpha: float, rho: float
) -> float:
    """Thin the depthwise layer twice."""
    return alpha**2 * knobs(in_channels, out_channels, size, 1, rho)


def knobs_alpha_once(
    in_channels: int, out_channels: int, size: int, alpha: float, rho: float
) -> float:
    """Thin only the outputs of the 1 × 1, or only its inputs."""
    return alpha * knobs(in_channels, out_channels, size, 1, rho)


def knobs_rho_once(
    in_channels: int, out_channels: int, size: int, alpha: float, rho: float
) -> float:
    """Shrink the image in one direction only."""
    return knobs(in_channels, out_channels, size, alpha, 1) * rho


def knobs_pointwise(
    in_channels: int, out_channels: int, size: int, alpha: float, rho: float
) -> float:
    """Forget the depthwise layer."""
    return alpha**2 * rho**2 * in_channels * out_channels * size**2


def knobs_full(in_channels: int, out_channels: int, size: int, alpha: float, rho: float) -> float:
    """Count a full convolution."""
    return 9 * knobs_pointwise(in_channels, out_channels, size, alpha, rho)


def knobs_weights(
    in_channels: int, out_channels: int, size: int, alpha: float, rho: float
) -> float:
    """Count the weights, which do not know of places."""
    return knobs(in_channels, out_channels, 1, alpha, 1)


# 22.inverted


class _Block(nn.Module):
    """A block of `path`, to whose output the input is added where `adds` says so."""

    def __init__(self, path: nn.Module, *, adds: bool, bent: bool = False) -> None:
        super().__init__()
        self.path, self.adds, self.bent = path, adds, bent

    def forward(self, x: Tensor) -> Tensor:
        y = x + self.path(x) if self.adds else self.path(x)
        return torch.relu(y) if self.bent else y


@as_numbers
def inverted(in_channels: int, t: int, c: int, s: int) -> nn.Module:
    """Widen, look at each channel, project without activation; add the input where it fits."""

    class InvertedResidual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            hidden = t * in_channels
            layers = []
            if t > 1:
                layers += [nn.Conv2d(in_channels, hidden, 1, bias=False),
                           nn.BatchNorm2d(hidden), nn.ReLU6()]  # fmt: skip
            layers += [
                nn.Conv2d(hidden, hidden, 3, stride=s, padding=1, groups=hidden, bias=False),
                nn.BatchNorm2d(hidden),
                nn.ReLU6(),
                nn.Conv2d(hidden, c, 1, bias=False),
                nn.BatchNorm2d(c),
            ]
            self.branch = nn.Sequential(*layers)
            self.adds = s == 1 and in_channels == c

        def forward(self, x: Tensor) -> Tensor:
            return x + self.branch(x) if self.adds else self.branch(x)

    return InvertedResidual()


def _convolution(
    before: int, after: int, kernel: int, *, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    sizes = before, after, kernel, stride, kernel // 2
    convolution = nn.Conv2d(*sizes, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(after), nn.ReLU6()]


def _slip(
    *,
    widened: Callable[[int, int, int], int] = lambda before, t, c: t * before,
    always_widens: bool = False,
    on_first: bool = False,
    depthwise: bool = True,
    projection: int = 2,
    adds: bool = True,
    bent: bool = False,
) -> Callable:
    """Make a near miss of the block; `projection` is how many of its three layers are there."""

    def slipped(in_channels: int, t: int, c: int, s: int) -> nn.Module:
        hidden = widened(in_channels, t, c)
        first, second = (s, 1) if on_first else (1, s)
        layers: list[nn.Module] = []
        if t > 1 or always_widens:
            layers += _convolution(in_channels, hidden, 1, stride=first)
        groups = hidden if depthwise else 1
        layers += _convolution(hidden, hidden, 3, stride=second, groups=groups)
        layers += _convolution(hidden, c, 1)[:projection]
        fits = s == 1 and in_channels == c
        return _Block(nn.Sequential(*layers), adds=adds and fits, bent=bent)

    return as_numbers(slipped)


BLOCK_SLIPS: Mapping[str, Callable] = {
    "ReLU6 behind the projection": _slip(projection=3),
    "no norm behind the projection": _slip(projection=1),
    "no shortcut": _slip(adds=False),
    "ReLU behind the addition, as in ResNet": _slip(bent=True),
    "a full 3×3 between": _slip(depthwise=False),
    "a bottleneck: narrow inside": _slip(widened=lambda before, t, c: max(1, before // t)),
    "the stride on the first 1×1": _slip(on_first=True),
    "widened to t times the output channels": _slip(widened=lambda before, t, c: t * c),
    "a 1×1 that widens nothing where t = 1": _slip(always_widens=True),
}

EXERCISES = [
    Exercise(
        id="22.by_hand",
        prompt="A full 5×5 convolution leads from 30 channels to 100. How many times fewer "
        "multiply-adds has the pair of a depthwise 5×5 and a 1×1?",
        solution=20,
        why="1/100 + 1/25 = 1/20. The 30 input channels cancel.",
        hints=(
            "What is left is the share 1/C_out + 1/K².",
            "1/100 + 1/25: how many times fewer is that?",
        ),
        near_misses={
            "the 1×1 forgotten: K²": 25,
            "the depthwise layer forgotten: C_out": 100,
            "C_in for C_out": 25 * 30 / 55,
            "K for K²": 500 / 105,
            "the share that is left": 0.05,
            "a 3×3": 900 / 109,
        },
    ),
    Exercise(
        id="22.merge",
        prompt="Write merge(kernels, mix): the weight (C_out, C_in, K, K) of the full layer that "
        "gives what a depthwise layer with kernels (C_in, K, K) and a 1×1 with mix (C_out, C_in) "
        "give together, nothing between them.",
        solution=merge,
        cases=(
            Case(
                "2 channels to 3",
                (
                    np.array([[[1.0, 2.0], [0.0, -1.0]], [[3.0, 0.0], [1.0, 2.0]]]),
                    np.array([[1.0, -2.0], [0.5, 3.0], [4.0, 0.0]]),
                ),
            ),
            Case(
                "4 channels to 2, 3×3",
                (np.arange(36.0).reshape(4, 3, 3) % 7 - 3, np.arange(8.0).reshape(2, 4) - 3),
            ),
            Case("one channel to two", (np.ones((1, 2, 2)), np.array([[2.0], [-1.0]]))),
        ),
        hints=(
            "Light up one input channel: what does output channel o make of it?",
            "weight[o, c] is the kernel of channel c, times one number.",
            "mix[:, :, None, None] * kernels[None]: look at the shapes.",
        ),
        near_misses={
            "kernels turned around": merge_flipped,
            "input channels first": merge_transposed,
            "channels added up already": merge_summed,
            "the mix left out": merge_unmixed,
            "added, not multiplied": merge_added,
        },
    ),
    Exercise(
        id="22.intensity",
        prompt="A depthwise 5×5 convolution keeps the size of its maps. How many multiply-adds "
        "does it make for each byte of input and output, at 4 bytes a number (its few weights left "
        "out)?",
        solution=3.125,
        why="25 multiply-adds for each output, and two numbers moved, 8 bytes. The number of "
        "channels and the size cancel.",
        hints=(
            "How many multiply-adds does one output number need?",
            "As many numbers come in as go out: 8 bytes for one of each.",
        ),
        near_misses={
            "only the input or the output": 6.25,
            "per number, not per byte": 12.5,
            "per pair of numbers": 25,
            "a 3×3": 1.125,
            "bytes per multiply-add": 0.32,
        },
    ),
    Exercise(
        id="22.why",
        prompt="Why does a depthwise convolution take so much more time than its share of the "
        "multiply-adds?",
        solution="c",
        choices={
            "a": "A 3×3 window costs nine times what a 1×1 costs.",
            "b": "It has too few weights to learn anything.",
            "c": "It makes few multiply-adds for each number that it must fetch and store.",
            "d": "Every channel needs the results of all channels before it.",
        },
        why="Memory and calls are paid by numbers moved, not by products. A 1×1 uses each number "
        "it fetches C_out times, a depthwise 3×3 nine times.",
        hints=(
            "The nine taps are in the count of multiply-adds already.",
            "What else must a processor do for a layer, besides multiplying?",
        ),
        near_misses={"taps counted twice": "a", "learning for time": "b", "a chain": "d"},
    ),
    Exercise(
        id="22.knobs",
        prompt="Write knobs(in_channels, out_channels, size, alpha, rho): the multiply-adds of a "
        "depthwise 3×3 and the 1×1 behind it on maps of size × size pixels, stride 1, when all "
        "channels are multiplied by alpha and the side of the image by rho.",
        solution=knobs,
        cases=(
            Case("half the width, half the side", (8, 12, 6, 0.5, 0.5)),
            Case("a quarter of the width", (512, 512, 14, 0.25, 1.0)),
            Case("160 of 224 pixels", (256, 512, 14, 1.0, 160 / 224)),
            Case("as it is", (32, 64, 112, 1.0, 1.0)),
        ),
        hints=(
            "Take the formula for the pair, with alpha · C_in, alpha · C_out and rho · size in it.",
            "size² places · C_in · (9 + C_out).",
            "In the depthwise part alpha stands once, in the 1×1 twice; rho is squared in both.",
        ),
        near_misses={
            "alpha squared in the depthwise layer as well": knobs_all_squared,
            "alpha on one side of the 1×1": knobs_alpha_once,
            "rho on one side of the image": knobs_rho_once,
            "the depthwise layer forgotten": knobs_pointwise,
            "a full convolution": knobs_full,
            "weights, not multiply-adds": knobs_weights,
        },
    ),
    Exercise(
        id="22.inverted",
        prompt="Write inverted(in_channels, t, c, s): a torch.nn.Module for a row of the paper's "
        "table, as the notebook describes it.",
        solution=inverted,
        cases=(
            Case("the input is added", (4, 2, 4, 1)),
            Case("halving: no shortcut", (4, 6, 4, 2)),
            Case("more channels: no shortcut", (4, 3, 6, 1)),
            Case("t = 1: nothing to widen", (6, 1, 6, 1)),
            Case("fewer channels, halving", (8, 6, 5, 2)),
        ),
        hints=(
            "hidden = t * in_channels. The depthwise layer is nn.Conv2d(hidden, hidden, 3, "
            "stride=s, padding=1, groups=hidden, bias=False).",
            "Three convolutions, each with a norm behind it; ReLU6 behind the first two norms. "
            "The first of the three is missing where t = 1.",
            "The input is added where s == 1 and in_channels == c, and nothing follows.",
        ),
        near_misses=BLOCK_SLIPS,
    ),
]
