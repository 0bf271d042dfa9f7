"""Kernels that find themselves: a tiny network that is told which pictures were turned."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from course_lib.checks import require_int

CROP = 24  # pixels: about two of the course's bricks at a height of 128
NUM_TRAIN, NUM_TEST = 200, 400
NUM_KERNELS, NUM_STEPS, LEARNING_RATE = 2, 150, 0.03


class LearnedKernels(NamedTuple):
    """Kernels before and after training, each (2, 3, 3), and the accuracy on unseen crops."""

    before: NDArray
    after: NDArray
    accuracy: float


def learn_orientation(
    photo: NDArray,
    *,
    seeds: Sequence[int],
    num_steps: int = NUM_STEPS,
    train_kernels: bool = True,
) -> list[LearnedKernels]:
    """Train two 3 x 3 kernels to tell crops of a photograph from crops turned by 90 degrees.

    The network is convolution, ReLU, mean over the map, and one linear layer. Crops of the left
    half of the photograph train it, crops of the right half test it.

    Parameters
    ----------
    photo : (H, W)
        A texture that differs along its two axes; H and W / 2 are at least 24 pixels.
    seeds : sequence of int
        Each chooses the crops and the kernels before training.
    num_steps : int, default=150
        Steps of Adam, each on all training crops.
    train_kernels : bool, default=True
        With False only the linear layer learns, and the kernels stay random: the control.

    Returns
    -------
    list of LearnedKernels
        The kernels and the accuracy, in the order of the seeds.

    Raises
    ------
    TypeError, ValueError
        If `num_steps` is not an int of at least 0.

    Examples
    --------
    >>> bands = np.tile(np.sin(np.arange(48.0))[:, None], (1, 64))
    >>> [run.after.shape for run in learn_orientation(bands, seeds=(0, 1))]
    [(2, 3, 3), (2, 3, 3)]
    """
    require_int("learn_orientation", "num_steps", num_steps, minimum=0)
    return [_learn_once(photo, seed, num_steps, train_kernels) for seed in seeds]


def _learn_once(photo: NDArray, seed: int, num_steps: int, train_kernels: bool) -> LearnedKernels:
    rng = np.random.default_rng(seed)
    standard = (photo - photo.mean()) / photo.std()
    middle = photo.shape[1] // 2
    x_train, y_train = turned_crops(standard[:, :middle], NUM_TRAIN, generator=rng)
    x_test, y_test = turned_crops(standard[:, middle:], NUM_TEST, generator=rng)
    net = _two_kernels(rng)
    before = _kernels_of(net)
    # Kernels that stay always give the same averages: once is enough.
    learner, inputs = (net, x_train) if train_kernels else (net[-1], net[:-1](x_train).detach())
    optimizer = torch.optim.Adam(learner.parameters(), lr=LEARNING_RATE)
    for _ in range(num_steps):
        loss = nn.functional.cross_entropy(learner(inputs), y_train)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        accuracy = (net(x_test).argmax(1) == y_test).double().mean().item()
    return LearnedKernels(before, _kernels_of(net), accuracy)


def turned_crops(
    photo: NDArray, num_crops: int, *, generator: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Cut square crops and turn about half of them.

    Parameters
    ----------
    photo : (H, W)
        At least 24 pixels along each axis.
    num_crops : int
        How many.
    generator : numpy.random.Generator
        Chooses places and turns.

    Returns
    -------
    x : (num_crops, 1, 24, 24)
        The crops, float32.
    y : (num_crops,)
        1 where a crop was turned by 90 degrees, else 0.

    Examples
    --------
    >>> x, y = turned_crops(np.eye(30), 5, generator=np.random.default_rng(0))
    >>> tuple(x.shape), tuple(y.shape)
    ((5, 1, 24, 24), (5,))
    """
    tops = generator.integers(0, photo.shape[0] - CROP + 1, num_crops)
    lefts = generator.integers(0, photo.shape[1] - CROP + 1, num_crops)
    turned = generator.integers(0, 2, num_crops)
    crops = [
        np.rot90(photo[top : top + CROP, left : left + CROP], turn)
        for top, left, turn in zip(tops, lefts, turned, strict=True)
    ]
    return torch.from_numpy(np.stack(crops)[:, None].astype(np.float32)), torch.from_numpy(turned)


def straight_share(kernels: NDArray) -> NDArray:
    """Measure how much of each kernel is an edge or a line along one axis.

    A kernel splits into a constant, a part that changes only from row to row, a part that changes
    only from column to column, and the rest. The share is that of the larger of the two parts in
    the sum of squares: 1 for the edge detectors of Prewitt, 0 for a blur.

    Parameters
    ----------
    kernels : (..., K, K)
        The kernels, none of them all zero.

    Returns
    -------
    (...)
        Shares from 0 to 1.

    Examples
    --------
    >>> edge = np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -1.0, -1.0]])
    >>> straight_share(np.stack([edge, edge.T, np.ones((3, 3))])).tolist()
    [1.0, 1.0, 0.0]
    """
    size = kernels.shape[-1]
    centered = kernels - kernels.mean((-2, -1), keepdims=True)
    rows, columns = (size * (centered.mean(axis) ** 2).sum(-1) for axis in (-1, -2))
    return np.maximum(rows, columns) / (kernels**2).sum((-2, -1))


def _two_kernels(rng: np.random.Generator) -> nn.Sequential:
    """Make the network with small random weights that depend on `rng` only."""
    net = nn.Sequential(
        nn.Conv2d(1, NUM_KERNELS, 3, bias=False),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(NUM_KERNELS, 2),
    )
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(torch.from_numpy(0.3 * rng.standard_normal(weight.shape)))
    return net


def _kernels_of(net: nn.Sequential) -> NDArray:
    return net[0].weight.detach().double().numpy()[:, 0].copy()
