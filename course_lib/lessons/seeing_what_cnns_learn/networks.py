"""The network that notebook 27 looks into, and copies of it with weights drawn anew."""

import copy
from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib import datasets
from course_lib.checks import require_int
from course_lib.models import ImageNetwork, load_pretrained, preprocess

NAME = "efficientnet_lite0"
SIDE = 224  # pixels of what the network reads
PHOTOS = ("coffee", "cat", "camera", "motorcycle")
PARTS = (
    "classifier", "last convolution", "stage 7", "stage 6", "stage 5", "stage 4", "stage 3",
    "stage 2", "stage 1", "first convolution",
)  # fmt: skip


def trained() -> ImageNetwork:
    """Load EfficientNet-Lite0 with its published weights, in eval mode."""
    return load_pretrained(NAME)


def inputs(names: Iterable[str] = PHOTOS) -> Tensor:
    """Give photographs of the course as the network reads them: (N, 3, 224, 224)."""
    return torch.cat([preprocess(datasets.photo(name), NAME) for name in names])


def as_picture(x: Tensor) -> NDArray:
    """Turn what the network reads, (3, H, W), back into values from 0 to 1."""
    return np.clip((x.detach().numpy() * 128 + 127) / 255, 0, 1)


def first_guesses(network: nn.Module, x: Tensor) -> Tensor:
    """Give the class that the network ranks first, image by image: (N,)."""
    with torch.no_grad():
        return network(x).argmax(dim=1)


def first_kernels(network: nn.Module) -> NDArray:
    """Give the weights (32, 3, 3, 3) of the first convolution."""
    conv = next(layer for layer in network.modules() if isinstance(layer, nn.Conv2d))
    return conv.weight.detach().numpy()


def parts(network: nn.Module) -> list[nn.Module]:
    """List the parts of the network from its end to its beginning, in the order of `PARTS`."""
    return [network.classifier, *reversed(network.features)]


def share_redrawn(network: nn.Module, depth: int) -> float:
    """Tell which share of all parameters lies in the last `depth` parts."""
    count = sum(p.numel() for part in parts(network)[:depth] for p in part.parameters())
    return count / sum(p.numel() for p in network.parameters())


def redrawn(network: nn.Module, depth: int, *, x: Tensor, seed: int = 0) -> nn.Module:
    """Copy a trained network, with the weights of its last parts drawn by chance.

    Parameters
    ----------
    network : torch.nn.Module
        From `trained`; it stays as it is.
    depth : int
        How many of `PARTS` are drawn anew, from the classifier on; 10 is all.
    x : (N, 3, H, W)
        Images on which the norms of these parts measure their means and variances, so that
        signals keep their usual size.
    seed : int, default=0
        Draws the weights, normal around 0, with the standard deviation that the trained weights
        of the layer have. Biases become 0.

    Returns
    -------
    torch.nn.Module
        In eval mode.

    References
    ----------
    Adebayo et al., 2018, arXiv:1810.03292, section 3: cascading randomization.

    Examples
    --------
    >>> network = trained()
    >>> other = redrawn(network, 1, x=torch.zeros(1, 3, 64, 64))
    >>> weights = [each.classifier[1].weight for each in (network, other)]
    >>> bool((weights[0] == weights[1]).any()), bool(weights[0].std() / weights[1].std() > 0.99)
    (False, True)
    """
    require_int("redrawn", "depth", depth, minimum=0)
    generator = torch.Generator().manual_seed(seed)
    other = copy.deepcopy(network).eval()
    layers = [layer for part in parts(other)[:depth] for layer in part.modules()]
    with torch.no_grad():
        for layer in layers:
            _draw(layer, generator)
        other(x)
    return other.eval()


def _draw(layer: nn.Module, generator: torch.Generator) -> None:
    """Draw the weights of a layer; a norm forgets, and will measure anew."""
    if isinstance(layer, nn.Conv2d | nn.Linear):
        drawn = torch.randn(layer.weight.shape, generator=generator)
        layer.weight.copy_(drawn * layer.weight.std())
        if layer.bias is not None:
            layer.bias.zero_()
    if isinstance(layer, nn.BatchNorm2d):
        layer.weight.fill_(1)
        layer.bias.zero_()
        layer.reset_running_stats()
        layer.momentum = None  # one pass sets the statistics, whole
        layer.train()
