"""What the pretrained network of notebook 23 looks at: photographs, odd pictures, the reader's."""

from collections.abc import Iterable

import numpy as np
import skimage.data
import torch
from numpy.typing import NDArray
from torch import Tensor

from course_lib import datasets
from course_lib.errors import InvalidValue
from course_lib.models import ImageNetwork, imagenet_labels, preprocess
from course_lib.models.photos import Guess
from course_lib.unchanged import unchanged

SIDE = 224  # pixels of what the network reads
FALLBACK = "china"  # of the course's photographs, where the reader has given none
CREDITS = {
    "eye": "skimage, microaneurysms: HRF database, Budai et al. 2013; CC0",
    "moon": "skimage, moon",
    "text": "skimage, text: Wikipedia, Corner.png; public domain",
}


def nameless(seed: int = 0) -> dict[str, NDArray]:
    """Give six pictures whose subject has no class among the 1,000 of ImageNet.

    Parameters
    ----------
    seed : int, default=0
        Draws the noise.

    Returns
    -------
    dict of str to (C, H, W)
        Blood vessels in an eye, the moon's surface, handwriting, bricks, an astronaut, and noise:
        every value uniform from 0 to 1.
    """
    return {
        "vessels in an eye": skimage.data.microaneurysms()[None],
        "the moon": skimage.data.moon()[None],
        "handwriting": skimage.data.text()[None],
        "bricks": datasets.photo("brick"),
        "an astronaut": datasets.photo("astronaut"),
        "noise": np.random.default_rng(seed).random((3, 256, 256)),
    }


def as_seen(photo: NDArray) -> NDArray:
    """Give what is left of a photograph when the network reads it: (3, 224, 224), from 0 to 1."""
    return (preprocess(photo)[0].numpy() * 128 + 127) / 255


def shuffled(photo: NDArray, tiles: int, *, seed: int = 0) -> NDArray:
    """Cut what the network reads into tiles × tiles squares, and lay them down in any order.

    Parameters
    ----------
    photo : (C, H, W)
        As `models.preprocess` takes it.
    tiles : int
        Squares along each side; a divisor of 224.
    seed : int, default=0
        Draws the order.

    Returns
    -------
    (3, 224, 224)
        Values from 0 to 1.

    Raises
    ------
    ValueError
        If `tiles` does not divide 224.

    Examples
    --------
    >>> cut = shuffled(datasets.photo("cat"), 4)
    >>> bool(np.isclose(cut.mean(), as_seen(datasets.photo("cat")).mean()))
    True
    """
    if tiles < 1 or SIDE % tiles:
        raise InvalidValue(
            "shuffled", received=f"tiles={tiles}", needed=f"a divisor of {SIDE}",
            fix="use 2, 4, 7 or 8")  # fmt: skip
    side = SIDE // tiles
    cut = as_seen(photo).reshape(3, tiles, side, tiles, side).transpose(1, 3, 0, 2, 4)
    order = np.random.default_rng(seed).permutation(tiles**2)
    mixed = cut.reshape(tiles**2, 3, side, side)[order].reshape(tiles, tiles, 3, side, side)
    return mixed.transpose(2, 0, 3, 1, 4).reshape(3, SIDE, SIDE)


def guess(network: ImageNetwork, pixels: NDArray, *, top: int = 3) -> list[Guess]:
    """Name what a network sees in 224 × 224 pixels that need no further cutting.

    Parameters
    ----------
    network : ImageNetwork
        From `models.load_pretrained("efficientnet_lite0")`.
    pixels : (3, 224, 224)
        Values from 0 to 1, as `as_seen` and `shuffled` give them.
    top : int, default=3
        How many guesses.

    Returns
    -------
    list of Guess
        Most probable first.
    """
    x = torch.from_numpy((pixels[None] * 255 - 127) / 128).float()
    with unchanged(network), torch.no_grad():
        logits = network.eval()(x)[0]
    return best(logits, top=top)


def cut_up(names: Iterable[str], tiles: Iterable[int]) -> dict[str, NDArray]:
    """Cut photographs of the course into tiles × tiles squares in random order, by their titles."""
    sizes = tuple(tiles)
    return {
        f"{name}, {size}×{size}": shuffled(datasets.photo(name), size)
        for name in names
        for size in sizes
    }


def first_guesses(
    network: ImageNetwork, photo: NDArray, tiles: int, *, seeds: Iterable[int]
) -> list[Guess]:
    """Give a network's first guess for a photograph, shuffled once with each seed."""
    return [guess(network, shuffled(photo, tiles, seed=seed), top=1)[0] for seed in seeds]


def best(logits: Tensor | NDArray, *, top: int) -> list[Guess]:
    """Name the classes with the largest of 1,000 logits, with their softmax probabilities."""
    shares = torch.as_tensor(logits).softmax(dim=0).topk(top)
    labels, pairs = imagenet_labels(), zip(*(each.tolist() for each in shares), strict=True)
    return [Guess(labels[index], share) for share, index in pairs]


def own_photo(file: str) -> tuple[str, NDArray]:
    """Read the reader's photograph; without one, or where it cannot be read, one of the course's.

    Parameters
    ----------
    file : str
        A path, or "".

    Returns
    -------
    str, (C, H, W)
        What is shown, and its pixels. Whatever is wrong with a file is printed in one sentence.

    Examples
    --------
    >>> own_photo("")[0]
    "china, one of the course's photographs"
    """
    if file:
        try:
            return str(file), datasets.photo(file)
        except (TypeError, ValueError) as problem:
            print(problem)
    return f"{FALLBACK}, one of the course's photographs", datasets.photo(FALLBACK)
