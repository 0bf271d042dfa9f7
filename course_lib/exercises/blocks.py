"""Make blocks comparable that learners build: the same weights, the same input, numbers out."""

import zlib
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib.exercises.stubs import does_nothing

SIZES = (7, 8)  # pixels of the images that a block is tried on, unless said otherwise


def as_numbers(make: Callable | None = None, *, sizes: tuple[int, ...] = SIZES) -> Any:
    """Decorate a function that builds a block, so that it gives numbers that `check` can compare.

    The weights of every layer are set by their shape alone, so that it does not matter how layers
    are called and in which order they are built.

    Parameters
    ----------
    make : callable, default=None
        make(in_channels, ...) gives a `torch.nn.Module`; None gives a decorator with these sizes.
    sizes : tuple of int, default=(7, 8)
        Pixels of the input along each axis: two for images, three for volumes and videos.

    Returns
    -------
    callable
        With the same arguments, gives an array: the number of parameters; the output shape
        (C, ...); the mean, the smallest and the largest output of each channel. An empty `make`
        is handed back as it is.

    Examples
    --------
    >>> as_numbers(lambda in_channels, width: nn.Conv2d(in_channels, width, 1))(2, 3)[:4]
    array([9., 3., 7., 8.])
    >>> @as_numbers(sizes=(4, 5, 6))
    ... def block(in_channels, width):
    ...     return nn.Conv3d(in_channels, width, 1)
    >>> block(2, 3)[:5]
    array([9., 3., 4., 5., 6.])
    """
    if make is None:
        return partial(as_numbers, sizes=sizes)
    if does_nothing(make):
        return make

    @wraps(make)
    def numbers(in_channels: int, *options: int) -> NDArray | None:
        block = make(in_channels, *options)
        if not isinstance(block, nn.Module):
            return block
        block = block.double().train()
        for parameter in block.parameters():
            parameter.data = _by_shape(parameter.shape)
        with torch.no_grad():
            y = block(_by_shape((2, in_channels, *sizes)))
        count = sum(parameter.numel() for parameter in block.parameters())
        places = [axis for axis in range(y.ndim) if axis != 1]
        channels = [y.mean(dim=places), y.amin(dim=places), y.amax(dim=places)]
        return np.array([count, *y.shape[1:], *torch.cat(channels).tolist()])

    return numbers


def _by_shape(shape: tuple[int, ...]) -> Tensor:
    """Draw numbers that depend on the shape only; those of norms and biases are mostly positive."""
    rng = np.random.default_rng(zlib.crc32(repr(tuple(shape)).encode()))
    values = rng.standard_normal(shape)
    if len(shape) == 1:
        values = 0.5 + 0.3 * values
    return torch.from_numpy(values)
