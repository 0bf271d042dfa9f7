"""Make blocks comparable that learners build: the same weights, the same input, numbers out."""

import zlib
from collections.abc import Callable
from functools import wraps

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib.exercises.stubs import does_nothing

Make = Callable[[int, int, int], nn.Module | None]


def as_numbers(make: Make) -> Callable[[int, int, int], NDArray | None]:
    """Decorate a function that builds a block, so that it gives numbers that `check` can compare.

    The weights of every layer are set by their shape alone, so that it does not matter how layers
    are called and in which order they are built.

    Parameters
    ----------
    make : callable
        make(in_channels, width, stride) gives a `torch.nn.Module`.

    Returns
    -------
    callable
        With the same arguments, gives an array: the number of parameters; the output shape
        (C, H, W); the mean, the smallest and the largest output of each channel. An empty `make`
        is handed back as it is.

    Examples
    --------
    >>> as_numbers(lambda in_channels, width, stride: nn.Conv2d(in_channels, width, 1))(2, 3, 1)[:4]
    array([9., 3., 7., 8.])
    """
    if does_nothing(make):
        return make

    @wraps(make)
    def numbers(in_channels: int, width: int, stride: int) -> NDArray | None:
        block = make(in_channels, width, stride)
        if not isinstance(block, nn.Module):
            return block
        block = block.double().train()
        for parameter in block.parameters():
            parameter.data = _by_shape(parameter.shape)
        with torch.no_grad():
            y = block(_by_shape((2, in_channels, 7, 8)))
        count = sum(parameter.numel() for parameter in block.parameters())
        channels = [y.mean(dim=(0, 2, 3)), y.amin(dim=(0, 2, 3)), y.amax(dim=(0, 2, 3))]
        return np.array([count, *y.shape[1:], *torch.cat(channels).tolist()])

    return numbers


def _by_shape(shape: tuple[int, ...]) -> Tensor:
    """Draw numbers that depend on the shape only; those of norms and biases are mostly positive."""
    rng = np.random.default_rng(zlib.crc32(repr(tuple(shape)).encode()))
    values = rng.standard_normal(shape)
    if len(shape) == 1:
        values = 0.5 + 0.3 * values
    return torch.from_numpy(values)
