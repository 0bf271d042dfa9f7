"""Which images come when: the same order from the same seed, whoever trains."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.checks import complaint, require_int, shape_text


def num_steps_per_epoch(num_samples: int, batch_size: int) -> int:
    """Count the batches of one epoch; the last one may be smaller.

    Examples
    --------
    >>> num_steps_per_epoch(100, 32)
    4
    """
    return -(-num_samples // batch_size)


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
    num_samples: int, *, batch_size: int, epochs: int, seed: int, start_step: int = 0
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

    Examples
    --------
    >>> [(epoch, step, len(picked)) for epoch, step, picked in
    ...  batches(5, batch_size=3, epochs=2, seed=0)]
    [(0, 0, 3), (0, 1, 2), (1, 2, 3), (1, 3, 2)]
    """
    steps = num_steps_per_epoch(num_samples, batch_size)
    for epoch in range(start_step // steps, epochs):
        order = epoch_order(num_samples, seed=seed, epoch=epoch)
        for step in range(max(start_step, epoch * steps), (epoch + 1) * steps):
            first = (step - epoch * steps) * batch_size
            yield epoch, step, order[first : first + batch_size]


def scale_images(x: Any) -> float:
    """Return what to divide images by: 255 for uint8, 1 for floating point."""
    return 255.0 if str(x.dtype).endswith("uint8") else 1.0


def require_training_set(operation: str, dataset: Any, *, epochs: int, batch_size: int) -> None:
    """Raise TypeError or ValueError unless `dataset` can be trained on."""
    require_int(operation, "epochs", epochs, minimum=1)
    require_int(operation, "batch_size", batch_size, minimum=1)
    x, y = dataset.x_train, dataset.y_train
    if len(x) != len(y) or len(x) == 0:
        raise ValueError(
            complaint(
                operation,
                received=f"x_train with shape {shape_text(x)} and y_train with shape "
                f"{shape_text(y)}",
                needed="at least one image and one label for each",
                fix="check how the data set was made",
            )
        )
    if not str(x.dtype).endswith(("uint8", "float32", "float64")):
        raise TypeError(
            complaint(
                operation,
                received=f"x_train with dtype {x.dtype}",
                needed="uint8, float32 or float64",
                fix="scale to float first, for example x.astype(float) / 255",
            )
        )
