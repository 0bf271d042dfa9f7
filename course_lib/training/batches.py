"""Which images come when: the same order from the same seed, whoever trains."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import dtype_name, require_int, shape_text
from course_lib.errors import InvalidType, InvalidValue

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
    """Yield epoch, step and sample numbers of every batch, from `start_step` on.

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

    Examples
    --------
    >>> [(epoch, step, len(picked)) for epoch, step, picked in
    ...  batches(5, batch_size=3, epochs=2, seed=0)]
    [(0, 0, 3), (0, 1, 2), (1, 2, 3), (1, 3, 2)]
    """
    steps = num_steps_per_epoch(num_samples, batch_size, merge_single=merge_single)
    for epoch in range(start_step // steps, epochs):
        order = epoch_order(num_samples, seed=seed, epoch=epoch)
        for step in range(max(start_step, epoch * steps), (epoch + 1) * steps):
            first = (step - epoch * steps) * batch_size
            is_last = step + 1 == (epoch + 1) * steps
            yield epoch, step, order[first : None if is_last else first + batch_size]


def scale_images(x: Any) -> float:
    """Return what to divide images by: 255 for uint8, 1 for floating point."""
    return 255.0 if dtype_name(x) == "uint8" else 1.0


def require_training_set(operation: str, dataset: Any, *, epochs: int, batch_size: int) -> None:
    """Raise TypeError or ValueError unless `dataset` can be trained on and tested with."""
    require_int(operation, "epochs", epochs, minimum=1)
    require_int(operation, "batch_size", batch_size, minimum=1)
    for part in ("train", "test"):
        _require_images(
            operation, part, getattr(dataset, f"x_{part}"), getattr(dataset, f"y_{part}")
        )


def require_logits(operation: str, logits: Any, largest_label: int) -> None:
    """Raise ValueError unless there is a logit for each class."""
    if len(logits.shape) != 2 or logits.shape[1] <= largest_label:
        raise InvalidValue(
            operation, received=f"a model with outputs of shape {shape_text(logits)} and labels up "
            f"to {largest_label}",
            needed=f"logits (N, classes) for at least {largest_label + 1} classes",
            fix="make the last layer wider, or number the classes from 0")  # fmt: skip


def _require_images(operation: str, part: str, x: Any, y: Any) -> None:
    shapes = f"x_{part} with shape {shape_text(x)} and y_{part} with shape {shape_text(y)}"
    if len(x) == 0 or tuple(y.shape) != (len(x),):
        raise InvalidValue(
            operation, received=shapes, needed="at least one image and one label for each",
            fix="check how the data set was made")  # fmt: skip
    if dtype_name(x) not in ("uint8", "float32", "float64"):
        raise InvalidType(
            operation, received=f"x_{part} with dtype {dtype_name(x)}",
            needed="uint8, float32 or float64",
            fix="scale to float first, for example x.astype(float) / 255")  # fmt: skip
    # Minimum and maximum of an array with a NaN are NaN.
    if dtype_name(x) != "uint8" and not (math.isfinite(x.min()) and math.isfinite(x.max())):
        raise InvalidValue(
            operation, received=f"x_{part} with NaN or infinite values", needed="finite numbers",
            fix="find them with np.isfinite and drop or repair those images")  # fmt: skip
    if not dtype_name(y).startswith("int"):
        raise InvalidType(
            operation, received=f"y_{part} with dtype {dtype_name(y)}",
            needed="class numbers as signed integers", fix="convert them to int64")  # fmt: skip
    if y.min() < 0:
        raise InvalidValue(
            operation, received=f"y_{part} with label {y.min()}", needed="labels from 0",
            fix="number the classes from 0 and drop images without a label")  # fmt: skip
