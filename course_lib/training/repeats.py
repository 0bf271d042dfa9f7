"""The same training from several seeds: what is the network's, and what was luck."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_lib.checks import require_finite, require_int, require_list
from course_lib.datasets import Dataset
from course_lib.errors import InvalidType, InvalidValue
from course_lib.training.batches import num_steps_per_epoch
from course_lib.training.devices import predict
from course_lib.training.inputs import require_seed, require_training_set
from course_lib.training.loop import fit
from course_lib.training.metrics import accuracy

if TYPE_CHECKING:
    import torch


def train_on_seeds(
    make_model: "Callable[[], torch.nn.Module]",
    dataset: Dataset,
    *,
    seeds: Sequence[int],
    steps: int,
    batch_size: int = 32,
    learning_rate: float = 0.01,
) -> "list[torch.nn.Module]":
    """Train one network from each seed, on the CPU, with Adam and one cycle of the rate.

    Training is measured in steps, not epochs, so that networks which see few images take as many
    steps as those which see many.

    Parameters
    ----------
    make_model : callable
        Makes a fresh network; its weights are drawn after `torch.manual_seed(seed)`.
    dataset : Dataset
        What to train on; its test images are not looked at.
    seeds : sequence of int
        Each chooses the first weights and the order of the images.
    steps : int
        Steps at least; the last epoch is always finished.
    batch_size : int, default=32
        Images a step.
    learning_rate : float, default=0.01
        Highest rate of the cycle.

    Returns
    -------
    list of torch.nn.Module
        The trained networks, in the order of the seeds.

    Raises
    ------
    TypeError, ValueError
        As `fit`; also if `steps` is below 1.

    Examples
    --------
    >>> import torch
    >>> from course_lib import datasets
    >>> def make_model():
    ...     return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
    >>> models = train_on_seeds(make_model, datasets.load("digits"), seeds=(0, 1), steps=1)
    >>> len(models)
    2
    """
    import torch

    if not callable(make_model):
        raise InvalidType(
            "train_on_seeds", received=f"make_model of type {type(make_model).__name__}",
            needed="a function that makes a fresh network",
            fix="write lambda: in front of what makes it")  # fmt: skip
    one_is_enough = "write brackets around a single one"
    given = require_list("train_on_seeds", "seeds", seeds, of="ints", fix=one_is_enough)
    chosen = [require_seed("train_on_seeds", seed) for seed in given]
    data = require_training_set("train_on_seeds", dataset)
    steps = require_int("train_on_seeds", "steps", steps, minimum=1)
    batch_size = require_int("train_on_seeds", "batch_size", batch_size, minimum=1)
    epochs = -(-steps // num_steps_per_epoch(len(data.y_train), batch_size))
    # `fit` judges after every epoch; a single image keeps that from costing more than the training.
    unjudged = data._replace(x_test=data.x_test[:1], y_test=data.y_test[:1])
    models = []
    for seed in chosen:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            models.append(make_model())
        fit(
            models[-1], unjudged, epochs=epochs, batch_size=batch_size, optimizer="adam",
            learning_rate=learning_rate, schedule="one_cycle", device="cpu", seed=seed,
            progress=False,
        )  # fmt: skip
    return models


def accuracies_of(models: "Sequence[torch.nn.Module]", dataset: Dataset) -> list[float]:
    """Measure each network on the test images of a data set, on the CPU; shares from 0 to 1."""
    data = require_training_set("accuracies_of", dataset)
    listed = require_list(
        "accuracies_of", "models", models, of="networks", fix="write brackets around a single one"
    )
    logits = [predict(model, data.x_test, device="cpu") for model in listed]
    return [accuracy(each.argmax(axis=1), data.y_test) for each in logits]


def mean_std(values: Sequence[float]) -> str:
    """Write the mean of several runs and their standard deviation.

    Raises
    ------
    TypeError, ValueError
        If there are fewer than two values, or one is no finite number.

    Examples
    --------
    >>> mean_std([0.9, 0.92, 0.94])
    '0.920 ± 0.020'
    """
    given = require_list("mean_std", "values", values, of="numbers", fix="put them in a list")
    values = [require_finite("mean_std", f"values[{i}]", one) for i, one in enumerate(given)]
    if len(values) < 2:
        raise InvalidValue(
            "mean_std", received=f"{len(values)} values",
            needed="at least two: one run has no spread", fix="train on more seeds")  # fmt: skip
    return f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}"
