"""The small CNN of notebook 15, one a seed, side by side in one.

Small layers cost mostly the calling of them. So the networks of all seeds are run at once: groups
of one convolution, slices of one product. No number of one ever meets a number of another.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

SIZE, NUM_CLASSES = 16, 10  # of the images in pixels; digits
CHANNELS, HIDDEN = 16, 256


class Drop(NamedTuple):
    """Shares that dropout takes away: of whole maps behind each convolution, of single numbers."""

    maps: float = 0.0
    units: float = 0.0


class Readers(nn.Module):
    """Two 3 × 3 convolutions, each pooled by 2, and two dense layers, once for each seed.

    Parameters
    ----------
    seeds : sequence of int
        Each draws the weights of one network, the same whatever stands beside it.
    drop : Drop, default=Drop()
        `units` are dropped in front of both dense layers.

    Examples
    --------
    >>> Readers((0, 1))(torch.zeros(5, 2, 16, 16)).shape
    torch.Size([2, 5, 10])
    """

    def __init__(self, seeds: Sequence[int], *, drop: Drop = Drop()) -> None:  # noqa: B008 (frozen)
        super().__init__()
        self.drop, self.count = drop, len(seeds)
        shapes = {
            "conv1": (CHANNELS, 1, 3, 3),
            "conv2": (CHANNELS, CHANNELS, 3, 3),
            "dense1": (HIDDEN, CHANNELS * (SIZE // 4) ** 2),
            "dense2": (NUM_CLASSES, HIDDEN),
        }
        drawn: dict[str, list[Tensor]] = {name: [] for name in shapes}
        for seed in seeds:
            generator = torch.Generator().manual_seed(seed)
            for name, shape in shapes.items():
                spread = (2 / torch.Size(shape[1:]).numel()) ** 0.5
                drawn[name].append(spread * torch.randn(shape, generator=generator))
        self.weights = nn.ParameterDict({name: torch.stack(each) for name, each in drawn.items()})
        self.biases = nn.ParameterDict(
            {name: torch.zeros(len(seeds), shape[0]) for name, shape in shapes.items()}
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map x (N, networks, 16, 16) to logits (networks, N, 10)."""
        x = x.contiguous(memory_format=torch.channels_last)  # twice as fast here
        for name in ("conv1", "conv2"):
            x = torch.relu(functional.max_pool2d(self._convolve(name, x), 2))
            x = functional.dropout2d(x, self.drop.maps, self.training)
        h = x.reshape(len(x), self.count, -1).transpose(0, 1)
        h = functional.dropout(h, self.drop.units, self.training)
        h = functional.dropout(torch.relu(self._dense("dense1", h)), self.drop.units, self.training)
        return self._dense("dense2", h)

    def _convolve(self, name: str, x: Tensor) -> Tensor:
        weight = self.weights[name].flatten(0, 1).contiguous(memory_format=torch.channels_last)
        bias = self.biases[name].flatten()
        return functional.conv2d(x, weight, bias, padding=1, groups=self.count)

    def _dense(self, name: str, h: Tensor) -> Tensor:
        return torch.baddbmm(self.biases[name][:, None], h, self.weights[name].transpose(1, 2))
