"""What the notebook measures: learning rates, speed, and trainings that were interrupted."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from course_lib import datasets, numpy_nn, training
from course_lib.analysis.timing import shortest_times
from course_lib.checks import require_int
from course_lib.lessons.training_a_cnn.capstone import train_with
from course_lib.lessons.training_a_cnn.sick import (
    FAULTS,
    climb,
    climb_table,
    fresh_cnn,
    labels_in_place_and_slipped,
)

__all__ = [
    "FAULTS",
    "OPTIMIZERS",
    "RATES",
    "climb",
    "climb_table",
    "fresh_cnn",
    "images_per_second",
    "in_step",
    "interrupted",
    "labels_in_place_and_slipped",
    "rate_range",
    "steps_to_memorize",
    "torch_step",
    "train_with",
    "walks",
]

BATCH = 32
OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "momentum": partial(torch.optim.SGD, momentum=0.9),
    "adam": torch.optim.Adam,
}
RATES = tuple((10.0 ** np.arange(-3, 0.1, 0.5)).tolist())


def images_per_second(
    steps: Mapping[str, Callable[[], object]], *, num_images: int, rounds: int = 60
) -> dict[str, float]:
    """Time training steps in turn, each on one thread, and keep the fastest of each.

    Parameters
    ----------
    steps : mapping of str to callable
        A training step of each competitor, by name.
    num_images : int
        Images in one step.
    rounds : int, default=60
        How often each has its turn.

    Returns
    -------
    dict of str to float
        Images a second, by name.

    Raises
    ------
    TypeError, ValueError
        If a number is not an int of at least 1, or there is no step.

    Examples
    --------
    >>> rates = images_per_second({"much": lambda: sum(range(99999)), "little": int}, num_images=1)
    >>> rates["little"] > rates["much"]
    True
    """
    require_int("images_per_second", "num_images", num_images, minimum=1)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(limits=1):
            times = shortest_times(steps, rounds=rounds)
    finally:
        torch.set_num_threads(threads)
    return {name: num_images / seconds for name, seconds in times.items()}


def rate_range(seeds: Sequence[int], *, steps: int = 120) -> dict[tuple[str, float], NDArray]:
    """Train the CNN of the notebook with each optimizer at each learning rate.

    Parameters
    ----------
    seeds : sequence of int
        Each chooses first weights and the order of the images; all optimizers and rates meet the
        same ones.
    steps : int, default=120
        Steps of 32 images.

    Returns
    -------
    dict of (optimizer, rate) to (S, T)
        The loss of each step in nats, a row for each seed; NaN after an overflow.
    """
    digits = datasets.load("digits")
    x, labels = torch.from_numpy(digits.x_train), torch.from_numpy(digits.y_train)
    epochs = -(-steps // -(-len(x) // BATCH))
    losses: dict[tuple[str, float], list[list[float]]] = {}
    for seed in seeds:
        order = training.batches(len(x), batch_size=BATCH, epochs=epochs, seed=seed)
        batches = [torch.from_numpy(picked) for _, _, picked in order][:steps]
        for name, optimizer in OPTIMIZERS.items():
            for rate in RATES:
                model = fresh_cnn(seed)
                moves = optimizer(model.parameters(), lr=rate)
                run = [torch_step(model, moves, x[picked], labels[picked]) for picked in batches]
                losses.setdefault((name, rate), []).append(run)
    return {key: np.array(runs) for key, runs in losses.items()}


def torch_step(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    x: torch.Tensor,
    labels: torch.Tensor,
) -> float:
    """Take the five lines of a training step in PyTorch; give the loss before it, in nats."""
    loss = torch.nn.functional.cross_entropy(model(x), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def interrupted(seed: int, *, epochs: int = 4) -> dict[str, NDArray]:
    """Train without a break; stop halfway and resume; stop halfway and keep the weights only.

    Parameters
    ----------
    seed : int
        Chooses first weights and the order of the images.
    epochs : int, default=4
        Passes over 200 images, half of them before the break.

    Returns
    -------
    dict of str to (T,)
        The losses after the break, by what was done: "never stopped", "resumed" and
        "weights only".
    """
    digits = datasets.load("digits")
    few = replace(digits, x_train=digits.x_train[:200], y_train=digits.y_train[:200])
    options = {"batch_size": BATCH, "optimizer": "adam", "learning_rate": 0.005, "seed": seed}
    fit = partial(training.fit, dataset=few, **options, device="cpu", progress=False)
    whole = fit(fresh_cnn(seed), epochs=epochs).losses
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "half.ckpt"
        stopped = fresh_cnn(seed)
        half = len(fit(stopped, epochs=epochs // 2, checkpoint=path).losses)
        resumed = fit(fresh_cnn(seed), epochs=epochs, checkpoint=path, resume=True).losses
    again = fit(stopped, epochs=epochs - epochs // 2).losses
    after = {"never stopped": whole[half:], "resumed": resumed[half:], "weights only": again}
    return {name: np.array(losses) for name, losses in after.items()}


def in_step(build: Callable[..., Any], *, steps: int = 200, seed: int = 1) -> NDArray:
    """Train one recipe in NumPy and in PyTorch, from the same weights, on the same batches.

    Parameters
    ----------
    build : callable
        Builds the network from `numpy_nn` (with generator=...) or from `torch.nn`.
    steps : int, default=200
        Steps of momentum 0.9 at rate 0.05, each with 64 digits, in float64.
    seed : int, default=1
        Chooses the first weights and the order of the images.

    Returns
    -------
    (T, 2)
        The loss of each step in nats: NumPy's, PyTorch's.
    """
    digits = datasets.load("digits")
    ours = build(numpy_nn, generator=np.random.default_rng(seed)).astype("float64")
    twin = build(torch.nn).double()
    twin.load_state_dict({name: torch.from_numpy(w) for name, w in ours.state_dict().items()})
    moves = numpy_nn.SGD(ours.parameters(), learning_rate=0.05, momentum=0.9)
    twin_moves = torch.optim.SGD(twin.parameters(), lr=0.05, momentum=0.9)
    epochs = -(-steps // -(-len(digits.x_train) // 64))
    losses = []
    for _, _, picked in training.batches(
        len(digits.x_train), batch_size=64, epochs=epochs, seed=seed
    ):
        x, labels = digits.x_train[picked].astype(float), digits.y_train[picked]
        tensors = torch.from_numpy(x), torch.from_numpy(labels)
        mine = training.training_step(ours, moves, x, labels)
        losses.append((mine, torch_step(twin, twin_moves, *tensors)))
    return np.array(losses[:steps])


def steps_to_memorize(
    build: Callable[..., Any], x: NDArray, labels: NDArray, *, seed: int, most: int = 300
) -> int | None:
    """Count the steps of Adam, at rate 0.01, until all of a batch is known by heart.

    Parameters
    ----------
    build : callable
        Builds the network from `numpy_nn`.
    x : (N, 1, 8, 8)
        The batch, the same in every step.
    labels : (N,)
        Its classes, true or not.
    seed : int
        Chooses the first weights.
    most : int, default=300
        Steps after which to give up.

    Returns
    -------
    int or None
        The number of steps; None where `most` were not enough.
    """
    network = build(numpy_nn, generator=np.random.default_rng(seed))
    optimizer = numpy_nn.Adam(network.parameters(), learning_rate=0.01)
    for step in range(1, most + 1):
        training.training_step(network, optimizer, x, labels)
        if (network(x).argmax(axis=1) == labels).all():
            return step
    return None


STEEPNESS = np.array([1.0, 25.0])


def walks(*, steps: int = 40) -> dict[str, NDArray]:
    """Let four optimizers walk down the valley (w1**2 + 25 w2**2) / 2, from (-8, 1.5).

    Parameters
    ----------
    steps : int, default=40
        Steps of each.

    Returns
    -------
    dict of str to (T + 1, 2)
        The weights before the first step and after each.
    """
    sgd = partial(numpy_nn.SGD, learning_rate=0.077)
    walkers = {
        "SGD": sgd,
        "momentum 0.5": partial(sgd, momentum=0.5),
        "momentum 0.9": partial(sgd, momentum=0.9),
        "Adam": partial(numpy_nn.Adam, learning_rate=0.4),
    }
    return {name: _walk(make, steps) for name, make in walkers.items()}


def _walk(make_optimizer: Callable[..., numpy_nn.Optimizer], steps: int) -> NDArray:
    weights = numpy_nn.Parameter(np.array([-8.0, 1.5]))
    optimizer, path = make_optimizer([weights]), [weights.data.copy()]
    for _ in range(steps):
        weights.grad = STEEPNESS * weights.data
        optimizer.step()
        path.append(weights.data.copy())
    return np.array(path)
