"""The training loop, plain: what `fit` does, with nothing but NumPy."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import require_choice, require_int
from course_lib.numpy_nn import SGD, Adam, BatchNorm2d, CrossEntropyLoss, Module, Optimizer
from course_lib.training.batches import (
    SINGLE_JOINS,
    batches,
    ends_in_single,
    num_steps_per_epoch,
    require_training_set,
    scale_images,
)
from course_lib.training.history import History
from course_lib.training.metrics import accuracy
from course_lib.training.schedules import Schedule, find_schedule

OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "sgd": SGD,
    "momentum": partial(SGD, momentum=0.9),
    "nesterov": partial(SGD, momentum=0.9, nesterov=True),
    "adam": Adam,
}


def fit_numpy(
    network: Module,
    dataset: Any,
    *,
    epochs: int,
    batch_size: int,
    optimizer: str | Callable[..., Optimizer],
    learning_rate: float,
    schedule: str | Schedule = "constant",
    seed: int,
    progress: bool = True,
) -> History:
    """Train a network of `numpy_nn` to classify: the loop of `fit`, in NumPy alone.

    From the same weights, seed and options, `fit` takes the same batches and the same steps.

    Parameters
    ----------
    network : numpy_nn.Module
        Maps images (N, C, H, W) to logits (N, classes); trained in place, in its own dtype.
    dataset : Dataset
        Has x_train, y_train, x_test and y_test; uint8 images are divided by 255.
    epochs, batch_size : int
        Passes over the training set, and images a step. The last batch of an epoch may be
        smaller; with batch norm, a single image joins the batch before.
    optimizer : {"sgd", "momentum", "nesterov", "adam"} or callable
        Momentum is 0.9. A callable gets (parameters, learning_rate=...).
    learning_rate : float
        Rate at which the schedule is 1.
    schedule : {"constant", "linear", "cosine", "one_cycle"} or callable, default="constant"
        Gives the share of the rate when a share from 0 to 1 of all steps is done.
    seed : int
        Chooses the order of the images.
    progress : bool, default=True
        Print one line an epoch.

    Returns
    -------
    History
        Losses of all steps, test results of all epochs.

    Raises
    ------
    TypeError, ValueError
        If the data cannot be trained on, or an option is unknown or out of range.
    """
    require_training_set("fit_numpy", dataset, epochs=epochs, batch_size=batch_size)
    require_int("fit_numpy", "seed", seed, minimum=0)
    rate_at = find_schedule("fit_numpy", schedule)
    if isinstance(optimizer, str):
        optimizer = OPTIMIZERS[require_choice("fit_numpy", "optimizer", optimizer, OPTIMIZERS)]
    moves = optimizer(network.parameters(), learning_rate=learning_rate)
    num_images = len(dataset.x_train)
    merge = has_batch_norm(network) and ends_in_single(num_images, batch_size)
    if merge and progress:
        print(SINGLE_JOINS)
    steps = num_steps_per_epoch(num_images, batch_size, merge_single=merge)
    history = History(num_images=num_images)
    started = time.perf_counter()
    order = batches(num_images, batch_size=batch_size, epochs=epochs, seed=seed, merge_single=merge)
    for _, step, picked in order:
        moves.learning_rate = learning_rate * rate_at(step / (epochs * steps))
        x = as_images(dataset.x_train[picked], network)
        history.losses.append(training_step(network, moves, x, dataset.y_train[picked]))
        history.learning_rates.append(moves.learning_rate)
        if (step + 1) % steps == 0:
            _finish_epoch(history, network, dataset, batch_size, started)
            started = time.perf_counter()
            if progress:
                print(history.line(epochs))
    return history


def training_step(network: Module, optimizer: Optimizer, x: NDArray, target: NDArray) -> float:
    """Take one step: predict, measure the loss, send it back, move the weights.

    Parameters
    ----------
    network : numpy_nn.Module
        Switched to training, unless it is in training mode with some layers frozen by `eval()`.
    optimizer : Optimizer
        Holds the parameters of the network.
    x : (N, C, H, W)
        Images in the dtype of the network.
    target : (N,)
        Their class numbers.

    Returns
    -------
    float
        The loss before the step, in nats.
    """
    loss = CrossEntropyLoss()
    if not network.training:
        network.train()  # else each layer keeps its mode: those in eval mode are frozen
    value = loss(network(x), target)
    network.zero_grad()
    network.backward(loss.backward(), needs_grad_x=False)
    optimizer.step()
    return float(value)


def predict_numpy(network: Module, x: NDArray, *, batch_size: int = 256) -> NDArray:
    """Return the logits (N, classes) of `network` in eval mode, computed batch by batch."""
    require_int("predict_numpy", "batch_size", batch_size, minimum=1)
    starts = range(0, max(len(x), 1), batch_size)
    with network.evaluating():
        parts = [network(as_images(x[i : i + batch_size], network)) for i in starts]
    return np.concatenate(parts)


def as_images(x: NDArray, network: Module) -> NDArray:
    """Convert images to the dtype of the network, uint8 scaled to 0...1."""
    dtype = network.parameters()[0].data.dtype
    return x.astype(dtype) / dtype.type(scale_images(x))


def has_batch_norm(network: Module) -> bool:
    """Tell whether some batch norm of the network is not frozen: those of 1-D and 3-D too."""
    mode_of_all = not network.training  # then it is switched to training as a whole
    return any(
        isinstance(layer, BatchNorm2d) and (mode_of_all or layer.training)
        for layer in network.modules()
    )


def _finish_epoch(
    history: History, network: Module, dataset: Any, batch_size: int, started: float
) -> None:
    logits = predict_numpy(network, dataset.x_test, batch_size=batch_size)
    history.test_losses.append(float(CrossEntropyLoss()(logits, dataset.y_test)))
    history.test_accuracies.append(accuracy(logits.argmax(axis=1), dataset.y_test))
    history.seconds.append(time.perf_counter() - started)
