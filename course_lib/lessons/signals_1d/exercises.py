"""Exercises of notebook 25: signals."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from course_lib.exercises.record import Case, Exercise
from course_lib.lessons.signals_1d.probe import as_causal_numbers

# 25.causal


def causal(x: NDArray, weight: NDArray, dilation: int) -> NDArray:
    """Pad in front only, so that step t sees t and what came before."""
    reach = dilation * (len(weight) - 1)
    padded = np.concatenate([np.zeros(reach), x])
    return sum(
        weight[tap] * padded[tap * dilation : tap * dilation + len(x)] for tap in range(len(weight))
    )


def centered(x: NDArray, weight: NDArray, dilation: int) -> NDArray:
    """Pad on both sides — with a bug: step t sees what has not happened yet."""
    reach = dilation * (len(weight) - 1)
    front = reach // 2
    padded = np.concatenate([np.zeros(front), x, np.zeros(reach - front)])
    return sum(
        weight[tap] * padded[tap * dilation : tap * dilation + len(x)] for tap in range(len(weight))
    )


def padded_behind(x: NDArray, weight: NDArray, dilation: int) -> NDArray:
    """Pad behind: only the future is seen."""
    return causal(x[::-1], weight[::-1], dilation)[::-1]


def padded_too_far(x: NDArray, weight: NDArray, dilation: int) -> NDArray:
    """Pad a whole kernel: the present is not seen."""
    padded = np.concatenate([np.zeros(dilation * len(weight)), x])
    return sum(
        weight[tap] * padded[tap * dilation : tap * dilation + len(x)] for tap in range(len(weight))
    )


def without_dilation(x: NDArray, weight: NDArray, dilation: int) -> NDArray:
    """Pad for neighbors, and read neighbors."""
    return causal(x, weight, 1)


def flipped(x: NDArray, weight: NDArray, dilation: int) -> NDArray:
    """Let the first weight meet the present."""
    return causal(x, weight[::-1], dilation)


# 25.block


class _Block(nn.Module):
    """A residual block of two layers; `wrong` names its slip."""

    def __init__(self, channels: int, kernel: int, dilation: int, wrong: str) -> None:
        super().__init__()
        self.wrong, self.reach = wrong, dilation * (kernel - 1)
        second = 1 if wrong == "dilation" else dilation
        self.first = nn.Conv1d(channels, channels, kernel, dilation=dilation)
        self.second = nn.Conv1d(channels, channels, kernel, dilation=second)
        self.reaches = (self.reach, second * (kernel - 1))
        if wrong == "one layer":
            self.second = nn.Identity()
            self.reaches = (self.reach, 0)

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for layer, reach in zip((self.first, self.second), self.reaches, strict=True):
            front = reach // 2 if self.wrong == "both sides" else reach
            y = layer(functional.pad(y, (front, reach - front)))
            if layer is self.first or self.wrong == "relu":
                y = torch.relu(y)
        if self.wrong == "no shortcut":
            return torch.relu(y)
        return y + x if self.wrong == "no last relu" else torch.relu(y + x)


@as_causal_numbers
def block(channels: int, kernel: int, dilation: int) -> nn.Module:
    """Two causal layers, the input added, then ReLU."""

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.reach = dilation * (kernel - 1)
            self.first = nn.Conv1d(channels, channels, kernel, dilation=dilation)
            self.second = nn.Conv1d(channels, channels, kernel, dilation=dilation)

        def forward(self, x: Tensor) -> Tensor:
            y = torch.relu(self.first(functional.pad(x, (self.reach, 0))))
            y = self.second(functional.pad(y, (self.reach, 0)))
            return torch.relu(y + x)

    return Block()


def _slip(wrong: str) -> Callable:
    def slipped(channels: int, kernel: int, dilation: int) -> nn.Module:
        return _Block(channels, kernel, dilation, wrong)

    return as_causal_numbers(slipped)


BLOCK_SLIPS: Mapping[str, Callable] = {
    "padding on both sides: it sees the future": _slip("both sides"),
    "dilation in the first layer only": _slip("dilation"),
    "no shortcut": _slip("no shortcut"),
    "ReLU before the addition": _slip("relu"),
    "no ReLU after the addition": _slip("no last relu"),
    "one layer instead of two": _slip("one layer"),
}

# 25.spectrogram


def spectrogram_shape(samples: int, window: int, hop: int) -> list[int]:
    """Count frequencies of a real transform, and windows that fit."""
    return [window // 2 + 1, (samples - window) // hop + 1]


def shape_all_frequencies(samples: int, window: int, hop: int) -> list[int]:
    """Keep the mirror image of the frequencies."""
    return [window, (samples - window) // hop + 1]


def shape_no_zero(samples: int, window: int, hop: int) -> list[int]:
    """Forget frequency 0."""
    return [window // 2, (samples - window) // hop + 1]


def shape_no_first(samples: int, window: int, hop: int) -> list[int]:
    """Count steps between windows, not windows."""
    return [window // 2 + 1, (samples - window) // hop]


def shape_overhanging(samples: int, window: int, hop: int) -> list[int]:
    """Let a window begin at every hop, also where it does not fit any more."""
    return [window // 2 + 1, samples // hop]


def shape_swapped(samples: int, window: int, hop: int) -> list[int]:
    """Give time before frequency."""
    return spectrogram_shape(samples, window, hop)[::-1]


EXERCISES = [
    Exercise(
        id="25.causal",
        prompt="Repair causal(x, weight, dilation): as many outputs as inputs, and step t may see "
        "nothing after t; the last weight meets the present.",
        solution=causal,
        given=centered,
        cases=(
            Case("three taps", (np.array([1.0, 2.0, 4.0, 8.0]), np.array([1.0, 10.0, 50.0]), 2)),
            Case("two taps", (np.array([3.0, -1.0, 2.0]), np.array([2.0, 5.0]), 1)),
            Case("one tap", (np.array([3.0, 1.0]), np.array([2.0]), 3)),
            Case("dilation 3", (np.arange(1.0, 9.0), np.array([1.0, -2.0, 0.5]), 3)),
        ),
        hints=(
            "The lengths are right already. Which zeros let a step look ahead?",
            "The first output may see x[0] and nothing else of x: how many zeros must stand "
            "before x[0]?",
        ),
        near_misses={
            "all zeros behind": padded_behind,
            "one dilation too many in front: the present is not seen": padded_too_far,
            "no dilation": without_dilation,
            "the first weight meets the present": flipped,
        },
    ),
    Exercise(
        id="25.field",
        prompt="Three causal layers of 4 taps with dilations 1, 4 and 16: how many steps, the "
        "present one included, does an output see?",
        solution=64,
        why="A layer adds (4 − 1) · dilation steps: 1 + 3 + 12 + 48.",
        hints=(
            "How far back does the first tap of a layer of dilation 4 look?",
            "A layer adds (taps − 1) · dilation; the present step is counted once.",
        ),
        near_misses={
            "the present step forgotten": 63,
            "four dilations a layer instead of three": 85,
            "no dilation": 10,
            "dilations 1, 2 and 4": 22,
            "a field on both sides": 127,
        },
    ),
    Exercise(
        id="25.seconds",
        prompt="WaveNet's layers have 2 taps and dilations 1, 2, 4, …, 512, and then again from 1. "
        "Sound has 16,000 readings a second. How many such rounds of ten layers does it take to "
        "see at least 0.25 seconds?",
        solution=4,
        why="A round adds 1 + 2 + … + 512 = 1,023 steps, so n rounds see 1 + 1,023 n. Four see "
        "4,093, three see 3,070, and 0.25 s are 4,000.",
        hints=(
            "How many steps does one round add to the field?",
            "1 + 2 + 4 + … + 512 = 1,023; how many readings are 0.25 seconds?",
        ),
        near_misses={
            "rounded down": 3,
            "a whole second": 16,
            "both taps counted": 2,
            "dilations of the last layer only": 8,
            "layers, not rounds": 40,
        },
    ),
    Exercise(
        id="25.block",
        prompt="Write block(channels, kernel, dilation): a torch.nn.Module of two causal dilated "
        "layers with a shortcut, as the notebook describes it.",
        solution=block,
        cases=(
            Case("two taps", (2, 2, 3)),
            Case("three taps", (3, 3, 2)),
            Case("four taps", (2, 4, 2)),
            Case("four channels", (4, 3, 2)),
        ),
        hints=(
            "Two nn.Conv1d(channels, channels, kernel, dilation=dilation), both with a bias.",
            "torch.nn.functional.pad(x, (front, behind)) pads the last axis: what must front be?",
            "y = relu(first(pad(x))); y = second(pad(y)); return relu(y + x).",
        ),
        near_misses=BLOCK_SLIPS,
    ),
    Exercise(
        id="25.spectrogram",
        prompt="Write spectrogram_shape(samples, window, hop): [frequencies, windows] of the "
        "spectrogram of a sound, for an even window and whole windows only.",
        solution=spectrogram_shape,
        cases=(
            Case("a short sound", (20, 8, 5)),
            Case("the sounds of the notebook", (1024, 64, 32)),
            Case("one window", (16, 16, 4)),
            Case("windows without overlap", (100, 10, 10)),
        ),
        hints=(
            "Of a real signal of 8 readings, the transform has waves of 0, 1, 2, 3 and 4 periods.",
            "Windows are counted as outputs of a convolution with this kernel and this stride.",
        ),
        near_misses={
            "the mirrored frequencies kept": shape_all_frequencies,
            "frequency 0 forgotten": shape_no_zero,
            "the first window forgotten": shape_no_first,
            "windows that reach over the end": shape_overhanging,
            "time before frequency": shape_swapped,
        },
    ),
    Exercise(
        id="25.why",
        prompt="A box on a ship measures the waves and tells each minute how rough the sea is. You "
        "have 40 minutes to learn from. Why a CNN with a mean over time, and not an MLP?",
        solution="c",
        choices={
            "a": "An MLP cannot learn 40 examples by heart.",
            "b": "A convolution sees the whole minute at once.",
            "c": "A wave means the same whenever it comes, and the MLP would have to learn it anew "
            "for each moment.",
            "d": "An MLP cannot tell which reading came first.",
        },
        why="The MLP has a weight of its own for each moment. It learns 40 examples by heart with "
        "ease, sees all of them at once, and knows each place: that is what hurts it here.",
        hints=(
            "Look at where the MLP won in this notebook, and at where it lost.",
            "What changes for each of the two when the recording starts a second later?",
        ),
        near_misses={"by heart": "a", "field": "b", "order": "d"},
    ),
]
