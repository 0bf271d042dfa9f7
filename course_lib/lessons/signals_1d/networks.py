"""The networks of notebook 25, each a few layers."""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional

from course_lib.lessons.signals_1d.signals import ALPHABET, NUM_SYMBOLS, SOUNDS


class CausalConv1d(nn.Conv1d):
    """A 1-D convolution that sees the present and the past: all padding stands in front.

    Examples
    --------
    >>> import torch
    >>> CausalConv1d(2, 5, 3, dilation=4)(torch.zeros(1, 2, 7)).shape
    torch.Size([1, 5, 7])
    """

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, C_in, L) to (N, C_out, L)."""
        reach = self.dilation[0] * (self.kernel_size[0] - 1)
        return super().forward(functional.pad(x, (reach, 0)))


def causal_stack(
    in_channels: int, channels: int, out_channels: int, *, kernel: int, dilations: Sequence[int]
) -> nn.Sequential:
    """Stack causal layers with ReLUs, and a layer of kernel 1 that gives logits at each step.

    Examples
    --------
    >>> import torch
    >>> causal_stack(8, 16, 8, kernel=3, dilations=(1, 2))(torch.zeros(1, 8, 5)).shape
    torch.Size([1, 8, 5])
    """
    layers: list[nn.Module] = []
    for dilation in dilations:
        layers += [CausalConv1d(in_channels, channels, kernel, dilation=dilation), nn.ReLU()]
        in_channels = channels
    return nn.Sequential(*layers, nn.Conv1d(in_channels, out_channels, 1))


def mlp(num_inputs: int, num_classes: int, *, hidden: int) -> nn.Sequential:
    """Make two dense layers that read all numbers at once."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(num_inputs, hidden), nn.ReLU(), nn.Linear(hidden, num_classes)
    )


def motion_cnn() -> nn.Sequential:
    """Two convolutions of 7 readings, a mean over time: for the watch."""
    return nn.Sequential(
        nn.Conv1d(6, 16, 7, padding=3), nn.ReLU(),
        nn.Conv1d(16, 16, 7, padding=3), nn.ReLU(),
        nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(16, 4),
    )  # fmt: skip


def first_symbol_reader(dilations: Sequence[int]) -> nn.Sequential:
    """Six causal layers of 3 taps; weights drawn as He and others say."""
    network = causal_stack(NUM_SYMBOLS, 16, NUM_SYMBOLS, kernel=3, dilations=dilations)
    for layer in network:
        if isinstance(layer, nn.Conv1d):
            last = layer is network[-1]
            nn.init.kaiming_normal_(layer.weight, nonlinearity="linear" if last else "relu")
            nn.init.zeros_(layer.bias)
    return network


def wave_cnn() -> nn.Sequential:
    """Three 1-D convolutions with norms, the largest over time: for waves."""
    return nn.Sequential(
        nn.Conv1d(1, 16, 32, stride=4), nn.BatchNorm1d(16), nn.ReLU(), nn.MaxPool1d(4),
        nn.Conv1d(16, 16, 9, padding=4), nn.BatchNorm1d(16), nn.ReLU(), nn.MaxPool1d(2),
        nn.Conv1d(16, 16, 9, padding=4), nn.BatchNorm1d(16), nn.ReLU(),
        nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(16, len(SOUNDS)),
    )  # fmt: skip


def picture_cnn() -> nn.Sequential:
    """Two 2-D convolutions and the largest over time and frequency: for spectrograms."""
    return nn.Sequential(
        nn.Conv2d(1, 12, 5, stride=2, padding=2), nn.ReLU(),
        nn.Conv2d(12, 12, 5, padding=2), nn.ReLU(),
        nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(12, len(SOUNDS)),
    )  # fmt: skip


def scanner() -> nn.Sequential:
    """Four filters of 12 letters, the largest answer of each: for DNA."""
    return nn.Sequential(
        nn.Conv1d(4, 4, 12), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(4, 2)
    )


def next_letter(dilations: Sequence[int]) -> nn.Sequential:
    """Causal layers of 2 taps that guess the next letter of the poem at each."""
    return causal_stack(len(ALPHABET), 48, len(ALPHABET), kernel=2, dilations=dilations)


def next_letter_leaking() -> nn.Sequential:
    """Make a guesser with padding on both sides of its 3 taps: it sees one letter ahead."""
    return nn.Sequential(
        nn.Conv1d(len(ALPHABET), 48, 3, padding=1), nn.ReLU(), nn.Conv1d(48, len(ALPHABET), 1)
    )
