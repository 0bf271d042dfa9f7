"""What notebook 06 trains: networks on digits that stand in the middle, or have moved."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import nn

from course_lib import datasets, training
from course_lib.analysis.equivariance import shift_image
from course_lib.datasets import Dataset

CANVAS, DIGIT = 16, 8  # pixels
TRAINING_IMAGES, TEST_IMAGES = 1300, 500
STEPS = 120  # of 32 images: for digits that stand in the middle, or near it
# Digits anywhere: so many steps that a network reads nearly all images it was trained on.
STEPS_ANYWHERE = {
    "CNN": {50: 120, 250: 120, 1300: 240},
    "MLP": {50: 600, 250: 1200, 1300: 1200},
}


def digits(*, train_shift: int, test_shift: int, num_train: int = TRAINING_IMAGES) -> Dataset:
    """Put real digits of 8x8 pixels on a canvas of 16x16, off its middle by up to so many pixels.

    Examples
    --------
    >>> digits(train_shift=0, test_shift=2, num_train=20).x_train.shape
    (20, 1, 16, 16)
    """
    return datasets.load(
        "shifted_digits", size=CANVAS, width=DIGIT, num_train=num_train, num_test=TEST_IMAGES,
        train_shift=train_shift, test_shift=test_shift,
    )  # fmt: skip


def cnn(poolings: int, *, padding_mode: str = "zeros") -> nn.Sequential:
    """Make three 3x3 convolutions, a global maximum and ten classes: 9,098 weights.

    Parameters
    ----------
    poolings : {0, 1, 2}
        How many of the first convolutions have a 2x2 max pooling behind them.
    padding_mode : {"zeros", "circular"}, default="zeros"
        What the convolutions find outside of a map.

    Returns
    -------
    Sequential
        From images (N, 1, 16, 16) to scores (N, 10).
    """
    layers: list[nn.Module] = []
    for number, (inputs, outputs) in enumerate([(1, 16), (16, 24), (24, 24)]):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1, padding_mode=padding_mode), nn.ReLU()]
        if number < poolings:
            layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(24, 10))


def mlp() -> nn.Sequential:
    """Make a multilayer perceptron with one hidden layer: 8,821 weights."""
    return nn.Sequential(nn.Flatten(), nn.Linear(CANVAS**2, 33), nn.ReLU(), nn.Linear(33, 10))


def trained(
    poolings: int, *, seeds: Sequence[int], train_shift: int = 0, padding_mode: str = "zeros"
) -> list[nn.Module]:
    """Train a CNN from each seed on digits up to `train_shift` pixels off the middle."""
    return [_trained(poolings, seed, train_shift, padding_mode) for seed in seeds]


@cache
def _trained(poolings: int, seed: int, train_shift: int, padding_mode: str) -> nn.Module:
    data = digits(train_shift=train_shift, test_shift=0)
    make = lambda: cnn(poolings, padding_mode=padding_mode)  # noqa: E731
    return training.train_on_seeds(make, data, seeds=(seed,), steps=STEPS)[0]


def accuracies(models: Sequence[nn.Module], *, test_shift: int) -> list[float]:
    """Give the share of unseen digits, up to so many pixels off the middle, that are read right."""
    return training.accuracies_of(models, digits(train_shift=0, test_shift=test_shift))


def accuracies_by_shift(models: Sequence[nn.Module], shifts: Sequence[int]) -> NDArray:
    """Move every test digit from the middle to the right, and read it.

    Parameters
    ----------
    models : sequence of Module
        A network a seed.
    shifts : sequence of int
        Pixels.

    Returns
    -------
    (models, shifts)
        Shares read right.
    """
    data = digits(train_shift=0, test_shift=0)
    moved = [shift_image(data.x_test, (0, shift)) for shift in shifts]
    return np.array([[_share_right(model, x, data.y_test) for x in moved] for model in models])


class Learned(NamedTuple):
    """Shares read right of unseen images, and of those a network was trained on; one a seed."""

    test: list[float]
    train: list[float]


def learn_anywhere(kind: str, count: int, *, seeds: Sequence[int]) -> Learned:
    """Train on digits up to 4 pixels off the middle, until the training images are known by heart.

    Parameters
    ----------
    kind : {"CNN", "MLP"}
        Which network; the CNN has no pooling.
    count : {50, 250, 1300}
        Training images.
    seeds : sequence of int
        Each chooses the first weights and the order of the images.

    Returns
    -------
    Learned
        Shares from 0 to 1.
    """
    data = digits(train_shift=4, test_shift=4, num_train=count)
    make = mlp if kind == "MLP" else lambda: cnn(0)
    models = training.train_on_seeds(make, data, seeds=seeds, steps=STEPS_ANYWHERE[kind][count])
    train = [_share_right(model, data.x_train, data.y_train) for model in models]
    return Learned(training.accuracies_of(models, data), train)


def num_distinct(images: NDArray) -> int:
    """Count the different images among (N, C, H, W).

    Examples
    --------
    >>> num_distinct(np.zeros((3, 1, 2, 2)))
    1
    """
    return len(np.unique(images.reshape(len(images), -1), axis=0))


def num_weights(model: nn.Module) -> int:
    """Count weights and biases."""
    return sum(parameter.numel() for parameter in model.parameters())


def _share_right(model: nn.Module, x: NDArray, y: NDArray) -> float:
    return training.accuracy(training.predict(model, x, device="cpu").argmax(axis=1), y)
