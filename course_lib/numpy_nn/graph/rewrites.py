"""What PyTorch does in ways that a trace cannot follow, done in others with the same result."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


def circular_pad(x: Tensor, padding: Sequence[int]) -> Tensor:
    """Go round in a circle beyond the edges of the last axes; torch's own fills slices in place.

    Examples
    --------
    >>> circular_pad(torch.arange(4.0), (2, 1))
    tensor([2., 3., 0., 1., 2., 3., 0.])
    """
    for axis, (before, after) in enumerate(zip(padding[::2], padding[1::2], strict=True), start=1):
        size = x.shape[-axis] - max(0, -before) - max(0, -after)
        x = x.narrow(-axis, max(0, -before), size)
        first = x.narrow(-axis, size - max(0, before), max(0, before))
        x = torch.cat([first, x, x.narrow(-axis, 0, max(0, after))], -axis)
    return x


class CumulativeAverage:
    """A batch norm without a momentum, whose running statistics are the mean over all batches.

    Torch divides by a number that it reads from the count of batches. Here the layer replaces its
    statistics by those of the batch, and `mend` weighs them by a tensor.
    """

    def __init__(self, layer: nn.Module) -> None:
        self._layer = layer
        self._before = layer.running_mean.clone(), layer.running_var.clone()
        layer.momentum = 1.0

    @classmethod
    def of(cls, layer: nn.Module) -> "CumulativeAverage | None":
        """Begin, if the layer is one of these and in training."""
        is_one = isinstance(layer, nn.modules.batchnorm._BatchNorm) and layer.momentum is None
        return cls(layer) if is_one and layer.training and layer.running_mean is not None else None

    def mend(self) -> None:
        """Give the running statistics the share 1 / (number of batches) of what is new."""
        layer = self._layer
        layer.momentum = None
        with torch.no_grad():
            share = 1 / layer.num_batches_tracked.to(layer.running_mean.dtype)
            for now, before in zip(
                (layer.running_mean, layer.running_var), self._before, strict=True
            ):
                now.copy_(before + (now - before) * share)
