"""The training loop, plain: what `fit` does, with nothing but NumPy."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import require_choice, require_finite, require_flag, require_int
from course_lib.errors import InvalidType, InvalidValue
from course_lib.numpy_nn import SGD, Adam, BatchNorm2d, CrossEntropyLoss, Module, Optimizer
from course_lib.training.batches import (
    SINGLE_JOINS,
    batches,
    ends_in_single,
    num_steps_per_epoch,
    scale_images,
)
from course_lib.training.history import History
from course_lib.training.inputs import (
    TrainingSet,
    require_images,
    require_logits,
    require_made,
    require_seed,
    require_training_set,
)
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
        Gives the share of the rate, 0 or more, when a share from 0 to 1 of all steps is done.
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
    require_network("fit_numpy", network)
    data = require_training_set("fit_numpy", dataset)
    epochs = require_int("fit_numpy", "epochs", epochs, minimum=1)
    batch_size = require_int("fit_numpy", "batch_size", batch_size, minimum=1)
    learning_rate = require_finite("fit_numpy", "learning_rate", learning_rate, minimum=0.0)
    seed, rate_at = require_seed("fit_numpy", seed), find_schedule("fit_numpy", schedule)
    require_flag("fit_numpy", "progress", progress)
    moves = _make_optimizer(optimizer, network, learning_rate)
    _try_other_size(network, data)
    num_images = len(data.x_train)
    merge = has_batch_norm(network) and ends_in_single(num_images, batch_size)
    if merge and progress:
        print(SINGLE_JOINS)
    steps = num_steps_per_epoch(num_images, batch_size, merge_single=merge)
    history = History(num_images=num_images)
    started = time.perf_counter()
    order = batches(num_images, batch_size=batch_size, epochs=epochs, seed=seed, merge_single=merge)
    for _, step, picked in order:
        moves.learning_rate = learning_rate * rate_at(step / (epochs * steps))
        x = as_images(data.x_train[picked], network)
        history.losses.append(training_step(network, moves, x, data.y_train[picked]))
        history.learning_rates.append(moves.learning_rate)
        if (step + 1) % steps == 0:
            _finish_epoch(history, network, data, batch_size, started)
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

    Raises
    ------
    TypeError, ValueError
        If something is of another kind, or the network does not take the images.
    """
    require_network("training_step", network)
    if not isinstance(optimizer, Optimizer):
        raise InvalidType(
            "training_step", received=f"optimizer of type {type(optimizer).__name__}",
            needed="an optimizer of numpy_nn",
            fix="make one, for example SGD(network.parameters(), learning_rate=0.1)")  # fmt: skip
    loss = CrossEntropyLoss()
    if not network.training:
        network.train()  # else each layer keeps its mode: those in eval mode are frozen
    value = loss(network(x), target)
    network.zero_grad()
    network.backward(loss.backward(), needs_grad_x=False)
    optimizer.step()
    return float(value)


def predict_numpy(network: Module, x: NDArray, *, batch_size: int = 256) -> NDArray:
    """Return the logits (N, classes) of `network` in eval mode: `predict`, in NumPy alone."""
    require_network("predict_numpy", network)
    batch_size = require_int("predict_numpy", "batch_size", batch_size, minimum=1)
    x = require_images("predict_numpy", "x", x)
    starts = range(0, max(len(x), 1), batch_size)
    with network.evaluating():
        parts = [network(as_images(x[i : i + batch_size], network)) for i in starts]
    return np.concatenate(parts)


def as_images(x: NDArray, network: Module) -> NDArray:
    """Convert images to the dtype of the network, uint8 scaled to 0...1.

    Without a weight that has one, images keep their own; bytes become float32.
    """
    own = np.dtype(np.float32) if x.dtype == np.uint8 else x.dtype
    dtype = next((parameter.data.dtype for parameter in network.parameters()), own)
    return x.astype(dtype) / dtype.type(scale_images(x))


def require_network(operation: str, network: Module) -> None:
    """Raise TypeError unless `network` is one of numpy_nn."""
    if not isinstance(network, Module):
        raise InvalidType(
            operation, received=f"a network of type {type(network).__name__}",
            needed="a module of course_lib.numpy_nn",
            fix="build the network first; one of PyTorch is for fit and predict")  # fmt: skip


def has_batch_norm(network: Module) -> bool:
    """Tell whether some batch norm of the network is not frozen: those of 1-D and 3-D too."""
    mode_of_all = not network.training  # then it is switched to training as a whole
    return any(
        isinstance(layer, BatchNorm2d) and (mode_of_all or layer.training)
        for layer in network.modules()
    )


def _make_optimizer(
    optimizer: str | Callable[..., Optimizer], network: Module, learning_rate: float
) -> Optimizer:
    parameters = network.parameters()
    if not parameters:
        raise InvalidValue(
            "fit_numpy", received="a network without any parameter to train",
            needed="at least one layer with weights",
            fix="give the network a layer such as Linear")  # fmt: skip
    if not callable(optimizer):
        optimizer = OPTIMIZERS[require_choice("fit_numpy", "optimizer", optimizer, OPTIMIZERS)]
    return require_made(
        "fit_numpy", optimizer, Optimizer, parameters=parameters, learning_rate=learning_rate
    )


def _try_other_size(network: Module, dataset: TrainingSet) -> None:
    """Raise ValueError where the network does not take test images of another size."""
    if dataset.x_test.shape[1:] == dataset.x_train.shape[1:]:
        return
    logits = predict_numpy(network, dataset.x_test[:1])
    require_logits("fit_numpy", logits, dataset.largest_label)


def _finish_epoch(
    history: History, network: Module, dataset: TrainingSet, batch_size: int, started: float
) -> None:
    logits = predict_numpy(network, dataset.x_test, batch_size=batch_size)
    history.test_losses.append(float(CrossEntropyLoss()(logits, dataset.y_test)))
    history.test_accuracies.append(accuracy(logits.argmax(axis=1), dataset.y_test))
    history.seconds.append(time.perf_counter() - started)
