"""What notebook 05 measures: an order that a small field cannot see, and pixels that count."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib import datasets, training
from course_lib.analysis.receptive_field import effective_receptive_field, field_spread
from course_lib.datasets import Dataset

DIGIT = 8  # pixels, the side of a digit
GAP = 9  # pixels of paper between the two digits
MARGIN = 10  # pixels of paper left and right of them, so that no field sees digit and border
JITTER = 3  # pixels that a pair may stand further to the right
POOL = 4  # pixels, the side of a pooling window
STEPS = 120
SIX_CHANNELS, SIX_FIELD = 16, 13  # of six 3x3 convolutions: channels, and field in pixels


def two_digits(*, seed: int, gap: int = GAP, num_train: int = 400, num_test: int = 300) -> Dataset:
    """Put a real 1 and a real 7 side by side, each pair in both orders: 17 and 71.

    Parameters
    ----------
    seed : int
        Chooses digits and places. Digits of training and test are different ones.
    gap : int, default=9
        Pixels of paper between the two digits.
    num_train, num_test : int
        Images; even numbers, as each pair gives two.

    Returns
    -------
    Dataset
        Images (N, 1, 8, 39 + gap), classes 0 for 17 and 1 for 71; images 2k and 2k + 1 are the
        same two digits, swapped.

    Examples
    --------
    >>> two_digits(seed=0, num_train=4, num_test=2).x_train.shape
    (4, 1, 8, 48)
    """
    generator = np.random.default_rng(seed)
    digits = datasets.load("digits")
    train = _pairs(digits.x_train, digits.y_train, num_train, gap, generator)
    test = _pairs(digits.x_test, digits.y_test, num_test, gap, generator)
    return Dataset(*train, *test, ("17", "71"), digits.source, digits.licence)


def _pairs(
    x: NDArray, y: NDArray, count: int, gap: int, generator: np.random.Generator
) -> tuple[NDArray, NDArray]:
    ones, sevens = x[y == 1], x[y == 7]
    width = 2 * (DIGIT + MARGIN) + gap + JITTER
    images = np.zeros((count, 1, DIGIT, width), np.float32)
    for k in range(0, count, 2):
        pair = [generator.choice(group) for group in (ones, sevens)]
        left = MARGIN + generator.integers(JITTER + 1)
        for image, order in zip(images[k : k + 2], (pair, pair[::-1]), strict=True):
            for digit, start in zip(order, (left, left + DIGIT + gap), strict=True):
                image[:, :, start : start + DIGIT] = digit
    return images, np.arange(count) % 2


def reader(pool_after: int | None, *, channels: int = 12) -> nn.Sequential:
    """Make three 3x3 convolutions, a global maximum and a dense layer with two scores.

    Parameters
    ----------
    pool_after : {1, 2, 3} or None
        Behind which convolution a 4x4 max pooling stands; None leaves it out.
    channels : int, default=12
        Of each convolution.

    Returns
    -------
    Sequential
        The convolutional part is its first child, so that its field can be computed.
    """
    layers: list[nn.Module] = []
    for number in (1, 2, 3):
        layers += [nn.Conv2d(channels if layers else 1, channels, 3, padding=1), nn.ReLU()]
        if number == pool_after:
            layers.append(nn.MaxPool2d(POOL))
    head = (nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(channels, 2))
    return nn.Sequential(nn.Sequential(*layers), *head)


def accuracies(pool_after: int | None, *, seeds: Sequence[int], steps: int = STEPS) -> list[float]:
    """Train a reader from each seed; give the share of unseen images that it reads right.

    Parameters
    ----------
    pool_after : {1, 2, 3} or None
        As for `reader`.
    seeds : sequence of int
        Each chooses the digits, the first weights and the order of the images.
    steps : int, default=120
        Steps of 32 images.

    Returns
    -------
    list of float
        Shares from 0 to 1; guessing gives 0.5.
    """
    return [_trained(pool_after, seed, steps)[1] for seed in seeds]


def change_when_swapped(
    pool_after: int | None, *, seeds: Sequence[int], steps: int = STEPS
) -> list[float]:
    """Train readers; give the largest change of a score when the two digits change places.

    Parameters
    ----------
    pool_after, seeds, steps
        As for `accuracies`.

    Returns
    -------
    list of float
        One a seed, over all test images; 0 where the network cannot see the order.
    """
    changes = []
    for seed in seeds:
        network, _ = _trained(pool_after, seed, steps)
        scores = training.predict(network, two_digits(seed=seed).x_test, device="cpu")
        changes.append(float(abs(scores[::2] - scores[1::2]).max()))
    return changes


@cache
def _trained(pool_after: int | None, seed: int, steps: int) -> tuple[nn.Module, float]:
    data = two_digits(seed=seed)
    models = training.train_on_seeds(lambda: reader(pool_after), data, seeds=(seed,), steps=steps)
    return models[0], training.accuracies_of(models, data)[0]


def resnet50_layers(stride_on_first: bool) -> list[tuple[int, int, int, int]]:
    """List kernel, stride, padding and dilation of the layers of ResNet-50.

    Parameters
    ----------
    stride_on_first : bool
        Whether a block that halves its map does so in its first 1x1 convolution, as published (He
        et al. 2016, table 1), or in its 3x3 convolution, as in torchvision.

    Returns
    -------
    list of (int, int, int, int)
        Up to the last convolution.

    Examples
    --------
    >>> len(resnet50_layers(True))
    50
    """
    layers = [(7, 2, 3, 1), (3, 2, 1, 1)]
    for blocks, stride in ((3, 1), (4, 2), (6, 2), (3, 2)):
        for number in range(blocks):
            halving = stride if number == 0 else 1
            first, second = (halving, 1) if stride_on_first else (1, halving)
            layers += [(1, first, 0, 1), (3, second, 1, 1), (1, 1, 0, 1)]
    return layers


def gradient_by_torch(x: NDArray, weights: Sequence[NDArray]) -> Tensor:
    """Let autograd find the gradient of the unit in the middle, as (N, C, H, W).

    Parameters
    ----------
    x : (N, C, H, W)
        The image.
    weights : sequence of (C_out, C_in, 3, 3)
        Of convolutions with padding 1, one on the other.

    Returns
    -------
    Tensor, shape of x
        The gradient.
    """
    y = pixels = torch.from_numpy(x).requires_grad_()
    for weight in weights:
        y = nn.functional.conv2d(y, torch.from_numpy(weight), padding=1)
    center = y[..., y.shape[2] // 2, y.shape[3] // 2].sum()
    return torch.autograd.grad(center, pixels)[0]


def random_stack(depth: int, *, seed: int, channels: int = 8) -> nn.Sequential:
    """Make 3x3 convolutions with random weights (He), each followed by a ReLU."""
    generator = torch.Generator().manual_seed(seed)
    layers: list[nn.Module] = []
    for _ in range(depth):
        width = channels if layers else 1
        conv = nn.Conv2d(width, channels, 3, padding=1, bias=False)
        nn.init.kaiming_normal_(conv.weight, generator=generator)
        layers += [conv, nn.ReLU()]
    return nn.Sequential(*layers)


def mean_field(depth: int, *, seed: int, networks: int = 40, images: int = 2) -> NDArray:
    """Average the effective field of many random networks.

    Parameters
    ----------
    depth : int
        Convolutions of each network.
    seed : int
        Chooses networks and images.
    networks : int, default=40
        How many.
    images : int, default=2
        Random images for each.

    Returns
    -------
    (2 * depth + 1, 2 * depth + 1)
        As large as the theoretical field; the shares of the pixels add up to 1.
    """
    side = 2 * depth + 1
    generator = torch.Generator().manual_seed(seed)
    total = torch.zeros(side, side)
    for number in range(networks):
        network = random_stack(depth, seed=networks * seed + number)
        shape = (images, 1, side, side)
        total += effective_receptive_field(network, shape, generator=generator)
    return (total / networks).numpy()


def spread(field: NDArray) -> float:
    """Give the standard deviation of a field in pixels, the mean of both axes."""
    return float(np.mean(field_spread(torch.as_tensor(field))))


class Training(NamedTuple):
    """Spread of an effective field in pixels before and after training, and share read right."""

    before: float
    after: float
    accuracy: float


def spread_after_training(*, seed: int, epochs: int = 3, num_train: int = 1000) -> Training:
    """Train six 3x3 convolutions to read digits at random places; measure their effective field.

    Parameters
    ----------
    seed : int
        Chooses digits, first weights and the order of the images.
    epochs : int, default=3
        Times that every image is seen.
    num_train : int, default=1000
        Images to train on.

    Returns
    -------
    Training
        Spreads before and after, and the accuracy on 300 unseen images.
    """
    data = datasets.load(
        "shifted_digits", num_train=num_train, num_test=300, size=16, width=8, seed=seed
    )
    torch.manual_seed(seed)
    seeing = _six_convolutions()
    head = (nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(SIX_CHANNELS, len(data.class_names)))
    before = _spread_now(seeing, seed)
    history = training.fit(
        nn.Sequential(seeing, *head), data, epochs=epochs, batch_size=32, optimizer="adam",
        learning_rate=0.01, schedule="one_cycle", device="cpu", seed=seed, progress=False,
    )  # fmt: skip
    return Training(before, _spread_now(seeing, seed), history.test_accuracies[-1])


def _six_convolutions() -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(6):
        width = SIX_CHANNELS if layers else 1
        conv = nn.Conv2d(width, SIX_CHANNELS, 3, padding=1)
        layers += [conv, nn.BatchNorm2d(SIX_CHANNELS), nn.ReLU()]
    return nn.Sequential(*layers)


def _spread_now(network: nn.Module, seed: int) -> float:
    generator = torch.Generator().manual_seed(seed)
    shape = (8, 1, SIX_FIELD + 6, SIX_FIELD + 6)  # a little paper around the field
    return spread(effective_receptive_field(network, shape, generator=generator).numpy())
