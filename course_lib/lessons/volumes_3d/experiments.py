"""What notebook 26 trains on clips and clouds, and what networks keep for the way back."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib import datasets
from course_lib.datasets import Dataset
from course_lib.lessons.volumes_3d import clouds
from course_lib.lessons.volumes_3d.networks import clip_network
from course_lib.training.repeats import accuracies_of, train_on_seeds

NUM_TRAIN, NUM_TEST = 1000, 500
STEPS, RATE = 64, 0.03  # of the rates .01 and .03 the better one for each kind, on seeds 10 to 12
MOVING = 4  # frames in which the digit of a late clip moves
LENGTH = 8  # frames of such a clip; in the others it rests
SPACE = 8e9  # bytes: a common amount of memory


@cache
def clips() -> Dataset:
    """Load 1,000 training and 500 test clips of moving digits, 6 frames of 12 × 12 pixels."""
    return datasets.load("moving_digits", num_train=NUM_TRAIN, num_test=NUM_TEST)


def whole_clip(direction: str) -> NDArray:
    """Find the first test clip (T, H, W) of a direction in which no frame splits the digit."""
    data = clips()
    ink = data.x_test[:, 0] > 0
    across = ink[:, :, 0].any(axis=2) & ink[:, :, -1].any(axis=2)
    along = ink[..., 0].any(axis=2) & ink[..., -1].any(axis=2)
    split = (across | along).any(axis=1)
    return data.x_test[~split & (data.y_test == data.class_names.index(direction))][0, 0]


def accuracies(kind: str, *, seeds: Sequence[int], steps: int = STEPS) -> list[float]:
    """Train a kind of `clip_network` to name directions; its share right on test clips, a seed."""
    models = train_on_seeds(
        lambda: clip_network(kind, num_classes=8), clips(), seeds=seeds, steps=steps,
        learning_rate=RATE,
    )  # fmt: skip
    return accuracies_of(models, clips())


def rest(x: NDArray, before: int) -> NDArray:
    """Let clips (N, C, 4, H, W) rest for `before` frames, move, and rest until 8 are full.

    Examples
    --------
    >>> clip = np.arange(4.0).reshape(1, 1, 4, 1, 1)
    >>> rest(clip, 3).ravel().tolist()
    [0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 3.0]
    """
    after = LENGTH - before - x.shape[2]
    first, last = x[:, :, :1], x[:, :, -1:]
    return np.concatenate([first.repeat(before, axis=2), x, last.repeat(after, axis=2)], axis=2)


class Moments(NamedTuple):
    """Shares right, one a seed: with the movement as early as in training, and later."""

    early: list[float]
    late: list[float]


def early_and_late(kind: str, *, seeds: Sequence[int]) -> Moments:
    """Train on clips whose digit moves at once or after a frame; test on such, and on later ones.

    Parameters
    ----------
    kind : str
        As for `clip_network`.
    seeds : sequence of int
        Each draws first weights and batches.

    Returns
    -------
    Moments
        In late clips the digit rests for four frames first.
    """
    moving = datasets.load("moving_digits", num_train=NUM_TRAIN, num_test=NUM_TEST, frames=MOVING)
    half = NUM_TRAIN // 2
    x_train = np.concatenate([rest(moving.x_train[:half], 0), rest(moving.x_train[half:], 1)])
    early, late = (
        replace(moving, x_train=x_train, x_test=rest(moving.x_test, before)) for before in (0, 4)
    )
    models = train_on_seeds(
        lambda: clip_network(kind, num_classes=8, frames=LENGTH), early, seeds=seeds, steps=STEPS,
        learning_rate=RATE,
    )  # fmt: skip
    return Moments(accuracies_of(models, early), accuracies_of(models, late))


class Clouds(NamedTuple):
    """Shares right on clouds, one a seed: standing as in training, and turned."""

    standing: list[float]
    turned: list[float]


def read_clouds(*, seeds: Sequence[int]) -> Clouds:
    """Train the 3-D network of the clips on the voxels of standing clouds."""
    standing, turned = (clouds.dataset(turned=turned) for turned in (False, True))
    models = train_on_seeds(
        lambda: clip_network("3-D", num_classes=len(clouds.SHAPES)), standing, seeds=seeds,
        steps=48, learning_rate=RATE,
    )  # fmt: skip
    return Clouds(accuracies_of(models, standing), accuracies_of(models, turned))


def kept_bytes(network: nn.Module, shape: tuple[int, ...]) -> int:
    """Measure what PyTorch keeps of one forward pass for the way back, weights left out.

    Parameters
    ----------
    network : torch.nn.Module
        In training mode.
    shape : tuple of int
        Of the input, with its batch axis.

    Returns
    -------
    int
        Bytes; what several layers keep together counts once.

    Examples
    --------
    >>> kept_bytes(nn.Linear(3, 5), (2, 3))
    24
    """
    weights = {_memory(parameter) for parameter in network.parameters()}
    kept: dict[int, int] = {}
    alive = []  # else the memory of one could be given to the next, and counted as the same

    def keep(tensor: Tensor) -> Tensor:
        if _memory(tensor) not in weights:
            alive.append(tensor)
            kept[_memory(tensor)] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        network(torch.zeros(shape, requires_grad=False))
    return sum(kept.values())


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def largest_side(bytes_each: float, *, axes: int, space: float = SPACE) -> int:
    """Find the longest side of a square (2 axes) or cube (3 axes) that `space` bytes can hold.

    Examples
    --------
    >>> largest_side(8, axes=3, space=8 * 1000)
    10
    """
    side = round((space / bytes_each) ** (1 / axes))
    return side - (side**axes * bytes_each > space)
