"""Which images come when: the same order from the same seed, whoever trains."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import dtype_name, require_flag, require_int
from course_lib.errors import InvalidValue

MOST_SAMPLES = 10**9
SINGLE_JOINS = (
    "The last batch of an epoch would be a single image, too few for batch norm: it joins the "
    "batch before."
)


def num_steps_per_epoch(num_samples: int, batch_size: int, *, merge_single: bool = False) -> int:
    """Count the batches of one epoch; the last one may be smaller.

    Examples
    --------
    >>> num_steps_per_epoch(100, 32)
    4
    >>> num_steps_per_epoch(97, 32), num_steps_per_epoch(97, 32, merge_single=True)
    (4, 3)
    """
    steps = -(-num_samples // batch_size)
    return steps - 1 if merge_single and ends_in_single(num_samples, batch_size) else steps


def ends_in_single(num_samples: int, batch_size: int) -> bool:
    """Tell whether the last batch of an epoch, and no other, is a single sample.

    Examples
    --------
    >>> ends_in_single(97, 32), ends_in_single(96, 32), ends_in_single(97, 1)
    (True, False, False)
    """
    return num_samples > batch_size > 1 and num_samples % batch_size == 1


def epoch_order(num_samples: int, *, seed: int, epoch: int) -> NDArray:
    """Shuffle the sample numbers for one epoch.

    The order depends on seed and epoch alone, so an interrupted training finds its place again.

    Examples
    --------
    >>> sorted(epoch_order(4, seed=0, epoch=7).tolist())
    [0, 1, 2, 3]
    """
    return np.random.default_rng([seed, epoch]).permutation(num_samples)


def batches(
    num_samples: int,
    *,
    batch_size: int,
    epochs: int,
    seed: int,
    start_step: int = 0,
    merge_single: bool = False,
) -> Iterator[tuple[int, int, NDArray]]:
    """Give epoch, step and sample numbers of every batch, one after another, from `start_step` on.

    Parameters
    ----------
    num_samples : int
        Size of the training set.
    batch_size : int
        Samples a batch; the last one of an epoch has what is left.
    epochs : int
        Passes over the training set; each is shuffled anew by `epoch_order`.
    seed : int
        Chooses the order.
    start_step : int, default=0
        Number of batches to leave out: those that are done already.
    merge_single : bool, default=False
        With True, a last batch of one sample joins the batch before it: batch norm cannot train on
        one sample.

    Returns
    -------
    iterator of (int, int, (B,) int64)
        Epoch and step, both from 0, and which samples.

    Raises
    ------
    TypeError, ValueError
        If a number is no int or too small.

    Examples
    --------
    >>> [(epoch, step, len(picked)) for epoch, step, picked in
    ...  batches(5, batch_size=3, epochs=2, seed=0)]
    [(0, 0, 3), (0, 1, 2), (1, 2, 3), (1, 3, 2)]
    """
    least = {"num_samples": 0, "batch_size": 1, "epochs": 0, "seed": 0, "start_step": 0}
    given = num_samples, batch_size, epochs, seed, start_step
    num_samples, batch_size, epochs, seed, start_step = (
        require_int("batches", name, value, minimum=minimum)
        for (name, minimum), value in zip(least.items(), given, strict=True)
    )
    if num_samples > MOST_SAMPLES:
        raise InvalidValue(
            "batches", received=f"num_samples={num_samples}",
            needed=f"at most {MOST_SAMPLES:,} samples, whose order takes 8 GB",
            fix="train on a part of them at a time")  # fmt: skip
    merge_single = require_flag("batches", "merge_single", merge_single)
    steps = num_steps_per_epoch(num_samples, batch_size, merge_single=merge_single)
    if steps == 0:
        return iter(())
    return _batches(num_samples, batch_size, steps, epochs, seed, start_step)


def _batches(
    num_samples: int, batch_size: int, steps: int, epochs: int, seed: int, start_step: int
) -> Iterator[tuple[int, int, NDArray]]:
    for epoch in range(start_step // steps, epochs):
        order = epoch_order(num_samples, seed=seed, epoch=epoch)
        for step in range(max(start_step, epoch * steps), (epoch + 1) * steps):
            first = (step - epoch * steps) * batch_size
            is_last = step + 1 == (epoch + 1) * steps
            yield epoch, step, order[first : None if is_last else first + batch_size]


def scale_images(x: Any) -> float:
    """Return what to divide images by: 255 for uint8, 1 for floating point."""
    return 255.0 if dtype_name(x) == "uint8" else 1.0
