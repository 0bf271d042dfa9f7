"""The CNN of notebook 07: four convolutions, one dense layer, and a place for an activation."""

from collections.abc import Callable, Mapping
from functools import cache, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from course_lib import datasets
from course_lib.datasets import Dataset

CHANNELS, STRIDES, SIZE, CLASSES = 16, (2, 1, 2, 1), 12, 10

# Each makes one layer; those of the notebook, in its order.
ACTIVATIONS: Mapping[str, Callable[[], nn.Module]] = {
    "no activation": nn.Identity,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "ReLU": nn.ReLU,
    "leaky ReLU": nn.LeakyReLU,
    "PReLU": partial(nn.PReLU, CHANNELS),
    "ELU": nn.ELU,
    "GELU": nn.GELU,
    "SiLU": nn.SiLU,
    "hard-swish": nn.Hardswish,
}


@cache
def digits() -> Dataset:
    """Real digits, each 8 by 8 and at a random place of 12 by 12: 1,600 to learn, 1,000 to test."""
    return datasets.load("shifted_digits", size=SIZE, width=8, num_train=1600, num_test=1000)


def make_network(make_activation: Callable[[], nn.Module], *, seed: int) -> nn.Sequential:
    """Make the CNN: 8,570 weights, and an activation behind each of the four convolutions.

    Parameters
    ----------
    make_activation : callable
        Makes one layer, such as `nn.ReLU`.
    seed : int
        Chooses the first weights. Those of the convolutions have the variance 2 / fan_in (He et
        al., 2015, equation 10), with biases 0, the same for every activation.

    Returns
    -------
    nn.Sequential
        Maps (N, 1, 12, 12) to (N, 10).

    Examples
    --------
    >>> network = make_network(nn.ReLU, seed=0)
    >>> sum(weight.numel() for weight in network.parameters())
    8570
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for stride, channels in zip(STRIDES, (1, *[CHANNELS] * 3), strict=True):
            layers += [
                nn.Conv2d(channels, CHANNELS, 3, stride=stride, padding=1),
                make_activation(),
            ]
        layers += [nn.Flatten(), nn.Linear(CHANNELS * 3 * 3, CLASSES)]
        for layer in layers:
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight)
                nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


def logits_of(network: nn.Module, x: NDArray) -> NDArray:
    """Send images (N, 1, 12, 12) through a network, in the dtype of its weights."""
    dtype = next(network.parameters()).dtype
    with torch.no_grad():
        return network(torch.from_numpy(x).to(dtype)).numpy()


def dead_share(network: nn.Sequential, x: NDArray) -> float:
    """Find the share of channels that are 0 at every place of every image.

    Parameters
    ----------
    network : nn.Sequential
        With four ReLUs, of 16 channels each.
    x : (N, 1, 12, 12)
        Images to look at.

    Returns
    -------
    float
        Between 0 and 1.
    """
    shares, signal = [], torch.from_numpy(x)
    with torch.no_grad():
        for layer in network:
            signal = layer(signal)
            if isinstance(layer, nn.ReLU):
                shares.append((signal.amax(dim=(0, 2, 3)) <= 0).double().mean().item())
    return float(np.mean(shares))
