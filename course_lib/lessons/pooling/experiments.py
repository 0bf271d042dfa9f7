"""What notebook 13 measures: what becomes of answers when digits move by a pixel or two."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from torch import nn

from course_lib import datasets, numpy_ops, training
from course_lib.analysis.complexity import complexity
from course_lib.analysis.equivariance import shift_image
from course_lib.datasets import Dataset
from course_lib.lessons.pooling.networks import network
from course_lib.parity import relative_error

CANVAS, DIGIT = 16, 8  # pixels
LARGEST_SHIFT = 3  # test digits stand at most 1 pixel off the middle: none leaves its canvas
STEPS = 120  # of 32 images


@cache
def digits(*, num_train: int = 1300, num_test: int = 500) -> Dataset:
    """Put digits of 8x8 pixels on a canvas of 16x16: anywhere to train, near the middle to test.

    Examples
    --------
    >>> digits(num_train=20, num_test=10).x_test.shape
    (10, 1, 16, 16)
    """
    return datasets.load(
        "shifted_digits", size=CANVAS, width=DIGIT, num_train=num_train, num_test=num_test,
        train_shift=(CANVAS - DIGIT) // 2, test_shift=1,
    )  # fmt: skip


def trained(
    halving: str, *, seeds: Sequence[int], head: str = "global average", steps: int = STEPS
) -> list[nn.Module]:
    """Train a network from each seed; see `networks.network` for the names."""
    return [_trained(halving, seed, head, steps) for seed in seeds]


@cache
def _trained(halving: str, seed: int, head: str, steps: int) -> nn.Module:
    make = lambda: network(halving, head=head)  # noqa: E731
    return training.train_on_seeds(make, digits(), seeds=(seed,), steps=steps)[0]


def answers(model: nn.Module, images: NDArray) -> NDArray:
    """Give the class (N,) that a network sees in each image."""
    return training.predict(model, images, device="cpu").argmax(axis=1)


class Shifted(NamedTuple):
    """What becomes of the answers, a row a network, a column a shift of 0, 1, 2, 3 pixels.

    Attributes
    ----------
    survived : (models, 4)
        Share of test digits whose answer is that of the unmoved digit.
    right : (models, 4)
        Share of test digits that are read right.
    """

    survived: NDArray
    right: NDArray


def shifted(
    halving: str, *, seeds: Sequence[int], head: str = "global average", steps: int = STEPS
) -> Shifted:
    """Train a network from each seed, and move each test digit to the right.

    Parameters
    ----------
    halving, head : str
        As for `networks.network`.
    seeds : sequence of int
        Each chooses the first weights and the order of the images.
    steps : int, default=120
        Steps of 32 images.

    Returns
    -------
    Shifted
        Shares from 0 to 1.
    """
    rows = [_shifted(halving, seed, head, steps) for seed in seeds]
    return Shifted(*(np.array(shares) for shares in zip(*rows, strict=True)))


@cache
def _shifted(halving: str, seed: int, head: str, steps: int) -> tuple[list[float], list[float]]:
    data, model = digits(), _trained(halving, seed, head, steps)
    seen = [
        answers(model, shift_image(data.x_test, (0, pixels), fill=0))
        for pixels in range(LARGEST_SHIFT + 1)
    ]
    survived = [float((classes == seen[0]).mean()) for classes in seen]
    return survived, [training.accuracy(classes, data.y_test) for classes in seen]


def measure(halvings: Sequence[str], *, seeds: Sequence[int]) -> dict[str, Shifted]:
    """Compare networks of several kinds, named as in `networks.HALVINGS`."""
    return {halving: shifted(halving, seeds=seeds) for halving in halvings}


class Walk(NamedTuple):
    """One digit on its way to the right: images (L, H, W), and the answers (L,) of each network."""

    images: NDArray
    answers: dict[str, NDArray]
    target: int


def walk(models: Mapping[str, nn.Module], *, number: int) -> Walk:
    """Move one test digit from 3 pixels left of its place to 3 pixels right of it."""
    data = digits()
    steps = range(-LARGEST_SHIFT, LARGEST_SHIFT + 1)
    moved = np.stack([shift_image(data.x_test[number], (0, step), fill=0) for step in steps])
    seen = {name: answers(model, moved) for name, model in models.items()}
    return Walk(moved[:, 0], seen, int(data.y_test[number]))


def least_steady(model: nn.Module) -> int:
    """Find a test digit that is read right where it stands, and wrong most often around it.

    Returns
    -------
    int
        Its number; the first of several.
    """
    data = digits()
    steps = range(-LARGEST_SHIFT, LARGEST_SHIFT + 1)
    right = np.array([
        answers(model, shift_image(data.x_test, (0, step), fill=0)) == data.y_test for step in steps
    ])  # fmt: skip
    return int(np.where(right[LARGEST_SHIFT], right.sum(axis=0), len(right) + 1).argmin())


class Ties(NamedTuple):
    """Share of 2x2 windows in which several pixels are the largest; and where these are above 0."""

    windows: float
    above_zero: float


def ties(model: nn.Module) -> Ties:
    """Count ties in the first maps of a network, behind the ReLU, over the training images."""
    with torch.no_grad():
        maps = model.eval()[:3](torch.from_numpy(digits().x_train)).numpy()
    windows = sliding_window_view(maps, (2, 2), axis=(2, 3))[:, :, ::2, ::2]
    largest = windows.max(axis=(-2, -1))
    tied = (windows == largest[..., None, None]).sum(axis=(-2, -1)) > 1
    return Ties(float(tied.mean()), float((tied & (largest > 0)).mean()))


def tie_rule_matters(model: nn.Module, *, images: int = 64) -> tuple[float, float]:
    """Send slopes through the first max pooling with ties to the first, and then to the last.

    Parameters
    ----------
    model : Module
        A trained `network("max")`.
    images : int, default=64
        Training images whose mean loss is sent back.

    Returns
    -------
    pixels, weights : float
        How far the slopes of the maps, and of the first kernels, differ between the two rules, as
        shares of the largest slope.
    """
    data, model = digits(), model.eval()
    maps = model[:3](torch.from_numpy(data.x_train[:images]))
    pooled = model[3](maps)
    loss = nn.functional.cross_entropy(model[4:](pooled), torch.from_numpy(data.y_train[:images]))
    (slopes,) = torch.autograd.grad(loss, pooled, retain_graph=True)
    h, grad_y = maps.detach().numpy(), slopes.numpy()
    first = numpy_ops.max_pool2d_backward(grad_y, h, kernel_size=2)
    turned = numpy_ops.max_pool2d_backward(
        grad_y[..., ::-1, ::-1].copy(), h[..., ::-1, ::-1].copy(), kernel_size=2
    )
    last = turned[..., ::-1, ::-1].copy()
    kernels = [
        torch.autograd.grad(maps, model[0].weight, torch.from_numpy(sent), retain_graph=True)[0]
        for sent in (last, first)
    ]
    return relative_error(last, first), relative_error(*(k.numpy() for k in kernels))


def multiply_adds(halving: str) -> int:
    """Count the multiply-adds of the convolutions and of the last layer for one image."""
    return complexity(network(halving), (1, 1, CANVAS, CANVAS)).multiply_adds
