"""What notebook 01 measures: how alike pixels are, and who reads digits with moved pixels."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn

from course_lib import datasets, training
from course_lib.checks import require_int
from course_lib.errors import InvalidValue

SIZE = 16  # of the canvas, in pixels
NUM_IMAGES = 1000  # to learn from; as many others to be read
# Passes over the images. More do not help the MLP, and the CNN has passed it long before.
PASSES = {"MLP": 30, "CNN": 8}

Order = Callable[[np.random.Generator], NDArray]


def tile_order(tile: int, generator: np.random.Generator, *, size: int = SIZE) -> NDArray:
    """Cut an image into square tiles and shuffle them, so that no tile keeps its place.

    Inside a tile nothing changes.

    Parameters
    ----------
    tile : int
        Side of a tile in pixels; divides `size`. With 1 all pixels are shuffled.
    generator : numpy.random.Generator
        Shuffles the tiles.
    size : int, default=SIZE
        Side of the image in pixels.

    Returns
    -------
    (size * size,) of int
        For each place, row by row, which pixel it gets.

    Raises
    ------
    ValueError
        If the tiles do not fill the image.

    Examples
    --------
    >>> tile_order(2, np.random.default_rng(seed=1), size=4).reshape(4, 4)
    array([[10, 11,  0,  1],
           [14, 15,  4,  5],
           [ 2,  3,  8,  9],
           [ 6,  7, 12, 13]])
    """
    if size % tile:
        raise InvalidValue(
            "tile_order", received=f"tile={tile} on {size} pixels", needed="a divisor of the size",
            fix="use 1, 2, 4, 8 or 16 on 16 pixels")  # fmt: skip
    side = size // tile
    tiles = np.arange(size * size).reshape(side, tile, side, tile).swapaxes(1, 2)
    places = np.arange(side * side)
    chosen = generator.permutation(places)
    while (chosen == places).any() and side > 1:
        chosen = generator.permutation(places)
    shuffled = tiles.reshape(side * side, tile, tile)[chosen]
    return shuffled.reshape(side, side, tile, tile).swapaxes(1, 2).ravel()


def mirror_order(generator: np.random.Generator) -> NDArray:
    """Swap left and right; nothing is left to chance."""
    return np.arange(SIZE * SIZE).reshape(SIZE, SIZE)[:, ::-1].ravel()


ARRANGEMENTS: dict[str, Order] = {
    "as they are": lambda generator: np.arange(SIZE * SIZE),
    "mirrored": mirror_order,
    "tiles, 8 × 8": lambda generator: tile_order(8, generator),
    "tiles, 4 × 4": lambda generator: tile_order(4, generator),
    "tiles, 2 × 2": lambda generator: tile_order(2, generator),
    "shuffled": lambda generator: tile_order(1, generator),
}


def digits(arrangement: str, *, seed: int) -> datasets.Dataset:
    """Draw digits, each at a random place; in all images pixels are moved by one common order."""
    dataset = _digits_as_they_are(seed)
    order = ARRANGEMENTS[arrangement](np.random.default_rng(seed))

    def moved(x: NDArray) -> NDArray:
        return x.reshape(len(x), -1)[:, order].reshape(x.shape)

    return replace(dataset, x_train=moved(dataset.x_train), x_test=moved(dataset.x_test))


@cache
def _digits_as_they_are(seed: int) -> datasets.Dataset:
    return datasets.load("shifted_digits", num_train=NUM_IMAGES, num_test=NUM_IMAGES, size=SIZE,
                         width=SIZE // 2, seed=seed)  # fmt: skip


def build_mlp() -> nn.Sequential:
    """Two dense layers: 256 pixels to 32 units to ten classes."""
    return nn.Sequential(nn.Flatten(), nn.Linear(SIZE * SIZE, 32), nn.ReLU(), nn.Linear(32, 10))


def build_cnn() -> nn.Sequential:
    """Two convolutions, the largest number of each map, and a dense layer to ten classes."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 24, 3, padding=1), nn.ReLU(), nn.AdaptiveMaxPool2d(1),
        nn.Flatten(), nn.Linear(24, 10),
    )  # fmt: skip


NETWORKS = {"MLP": build_mlp, "CNN": build_cnn}


def accuracies(
    network: str,
    arrangements: Sequence[str],
    *,
    seeds: Sequence[int],
    passes: Mapping[str, int] = PASSES,
) -> dict[str, list[float]]:
    """Train a network anew on each arrangement, from each seed, and let it read other digits.

    Parameters
    ----------
    network : {"MLP", "CNN"}
        What to train.
    arrangements : sequence of str
        Keys of `ARRANGEMENTS`.
    seeds : sequence of int
        Each draws images, an order of the pixels, first weights and batches.
    passes : mapping of str to int, default=PASSES
        Passes over the training images, by network.

    Returns
    -------
    dict of str to list of float
        Shares of test digits read right, a value a seed, by arrangement.
    """
    return {
        arrangement: [_learn(network, arrangement, seed, passes[network]) for seed in seeds]
        for arrangement in arrangements
    }


def _learn(network: str, arrangement: str, seed: int, passes: int) -> float:
    torch.manual_seed(seed)
    history = training.fit(
        NETWORKS[network](), digits(arrangement, seed=seed), epochs=passes, batch_size=32,
        optimizer="adam", learning_rate=0.01, schedule="one_cycle", device="cpu", seed=seed,
        progress=False,
    )  # fmt: skip
    return history.test_accuracies[-1]


def pixel_correlation(image: NDArray, distances: ArrayLike) -> NDArray:
    """Correlate every pixel with the one some columns to its right.

    r(d) = cov(x[i, j], x[i, j + d]) / (std(x[i, j]) * std(x[i, j + d])), over all i and j for
    which both pixels are in the image.

    Parameters
    ----------
    image : (H, W)
        One channel.
    distances : (D,) of int
        Distances in pixels, from 1 to W - 1.

    Returns
    -------
    (D,)
        Pearson's correlation: 1 where pixels rise and fall together, 0 where one says nothing
        about the other.

    Raises
    ------
    TypeError, ValueError
        If the image is not (H, W), a distance does not fit, or all pixels are equal.

    Examples
    --------
    >>> stripes = np.tile([0.0, 1.0], (3, 4))
    >>> pixel_correlation(stripes, [1, 2])
    array([-1.,  1.])
    """
    if np.ndim(image) != 2:
        raise InvalidValue(
            "pixel_correlation", received=f"image with shape {np.shape(image)}",
            needed="image (H, W)", fix="pick one channel, for example image[0]")  # fmt: skip
    return np.array([_correlation(image, distance) for distance in distances])


def _correlation(image: NDArray, distance: int) -> float:
    distance = require_int("pixel_correlation", "distance", distance, minimum=1)
    left, right = image[:, :-distance], image[:, distance:]
    if left.size < 2 or left.std() == 0 or right.std() == 0:
        raise InvalidValue(
            "pixel_correlation", received=f"distance={distance} on an image {image.shape}",
            needed="a distance below the width, and pixels that differ",
            fix="use smaller distances or another image")  # fmt: skip
    return float(np.corrcoef(left.ravel(), right.ravel())[0, 1])
