"""Make causal blocks comparable that learners build: numbers, and how far the past reaches."""

from collections.abc import Callable
from functools import wraps

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from course_lib.exercises.blocks import as_numbers
from course_lib.exercises.stubs import does_nothing

STEPS, TOUCHED = 16, 9


def as_causal_numbers(make: Callable) -> Callable:
    """Decorate a function that builds a block for signals, so that `check` can compare numbers.

    Returns
    -------
    callable
        With the same arguments, gives what `exercises.blocks.as_numbers` gives for a signal of 16
        steps; then the first and the last step of the output that change when step 9 of the input
        does (−1 where none does). An empty `make` is handed back as it is.

    Examples
    --------
    >>> block = as_causal_numbers(lambda channels: nn.Conv1d(channels, 1, 3, padding=1))(2)
    >>> block[:3].tolist(), block[-2:].tolist()
    ([7.0, 1.0, 16.0], [8.0, 10.0])
    """
    if does_nothing(make):
        return make
    numbers = as_numbers(make, sizes=(STEPS,))

    @wraps(make)
    def causal_numbers(channels: int, *options: int) -> NDArray | None:
        found = numbers(channels, *options)
        if not isinstance(found, np.ndarray):
            return found
        return np.append(found, _changed(make(channels, *options), channels))

    return causal_numbers


def _changed(block: nn.Module, channels: int) -> tuple[int, int]:
    """Find the first and the last step that change when one of the input does."""
    block = block.double().eval()
    x = torch.linspace(1, 2, channels * STEPS, dtype=torch.float64).reshape(1, channels, STEPS)
    for parameter in block.parameters():
        parameter.data = torch.full_like(parameter, 0.1)  # no ReLU is shut
    other = x.clone()
    other[..., TOUCHED] += 1
    with torch.no_grad():
        changed = (block(x) != block(other)).any(dim=1)[0].nonzero().flatten().tolist()
    return (changed[0], changed[-1]) if changed else (-1, -1)
