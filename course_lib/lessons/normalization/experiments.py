"""What notebook 11 measures, on a small CNN for digits of 8×8 pixels."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib import datasets
from course_lib.lessons.normalization.networks import Plan
from course_lib.lessons.normalization.training import (
    Step,
    Trained,
    predictions,
    train,
)
from course_lib.training.side_by_side import losses_of

LAST_STEPS = 10  # a final loss is the mean over so many batches
PASSES = 2  # over the training digits, for batches of every size
PROBES = 256  # training digits on which drift is measured, the same ones all the time
WATCHED = 6  # layers before the third convolution, whose input is watched

Accuracies = dict[str, NDArray]


def accuracies(
    trained: Trained, *, training: bool, sort: bool = False, batch_size: int = 500
) -> NDArray:
    """Measure the share of 500 test digits that each network reads right.

    Parameters
    ----------
    trained : Trained
        S networks.
    training : bool
        Whether the networks are in training mode.
    sort : bool, default=False
        Whether the digits are sorted by class, as they lie in folders; else as they come.
    batch_size : int, default=500
        Digits that go through together.

    Returns
    -------
    (S,)
        Shares from 0 to 1.
    """
    dataset = datasets.load("digits")
    order = np.argsort(dataset.y_test, kind="stable") if sort else np.arange(len(dataset.y_test))
    found = predictions(
        trained.network, dataset.x_test[order], training=training, batch_size=batch_size
    )
    return (found == dataset.y_test[order, None]).mean(axis=0)


def in_two_orders(*, seeds: Sequence[int], steps: int = 150, batch_size: int = 20) -> Accuracies:
    """Train with batch norm and with group norm, then ask for the test digits in two orders.

    Parameters
    ----------
    seeds : sequence of int
        One network of each kind a seed.
    steps : int, default=150
        Steps of Adam on 64 digits.
    batch_size : int, default=20
        Test digits that go through together.

    Returns
    -------
    dict of str to (number of seeds,)
        Accuracy by norm, mode and order of the test digits.
    """
    plans = [Plan(norm, seed) for norm in ("batch", "4 groups") for seed in seeds]
    trained = train(plans, steps=steps, batch_size=64)
    asked = {
        "batch norm, training mode, shuffled": (True, False, slice(None, len(seeds))),
        "batch norm, training mode, sorted": (True, True, slice(None, len(seeds))),
        "batch norm, eval mode, sorted": (False, True, slice(None, len(seeds))),
        "group norm, training mode, sorted": (True, True, slice(len(seeds), None)),
    }
    return {
        name: accuracies(trained, training=mode, sort=sort, batch_size=batch_size)[networks]
        for name, (mode, sort, networks) in asked.items()
    }


class CatchingUp(NamedTuple):
    """Accuracy after so many steps, in training mode, and in eval mode for each momentum.

    `steps` (L,), `training` (L, seeds), `evaluating` by momentum (L, seeds).
    """

    steps: NDArray
    training: NDArray
    evaluating: dict[float, NDArray]


def catch_up(*, seeds: Sequence[int], momenta: Sequence[float], steps: Sequence[int]) -> CatchingUp:
    """Follow the accuracy with the statistics of the batch, and with the running ones.

    Parameters
    ----------
    seeds : sequence of int
        One network a seed; the momentum of the statistics does not touch its training.
    momenta : sequence of float
        Weight of the new value.
    steps : sequence of int
        When to ask for the test digits; training, with 64 digits a step, ends with the last.

    Returns
    -------
    CatchingUp
        Shares from 0 to 1; in training mode test digits come shuffled, 100 at a time.
    """
    training: list[NDArray] = []
    evaluating: dict[float, list[NDArray]] = {momentum: [] for momentum in momenta}

    def ask(step: Step, momentum: float) -> None:
        if step.number not in steps:
            return
        now = Trained(step.network, plans, np.empty(0))
        evaluating[momentum].append(accuracies(now, training=False))
        if momentum == momenta[0]:
            training.append(accuracies(now, training=True, batch_size=100))

    plans = [Plan("batch", seed) for seed in seeds]
    for momentum in momenta:
        train(
            plans, steps=max(steps), batch_size=64, momentum=momentum,
            watch=lambda step, momentum=momentum: ask(step, momentum),
        )  # fmt: skip
    return CatchingUp(
        np.array(steps), np.array(training), {m: np.array(a) for m, a in evaluating.items()}
    )


def by_batch_size(
    *, seeds: Sequence[int], norms: Sequence[str], sizes: Sequence[int], last: int = 1
) -> Accuracies:
    """Train on batches of each size, for two passes over 1,297 digits; judge in eval mode.

    Parameters
    ----------
    seeds : sequence of int
        One network a seed, norm and size.
    norms : sequence of str
        Names in `NORMS`.
    sizes : sequence of int
        Digits a step.
    last : {1, 2}, default=1
        As for `build`.

    Returns
    -------
    dict of str to (number of sizes, number of seeds)
        Accuracy on test digits, by norm.
    """
    plans = [Plan(norm, seed) for norm in norms for seed in seeds]
    images = len(datasets.load("digits").y_train)
    found = []
    for size in sizes:
        trained = train(plans, steps=PASSES * images // size, batch_size=size, last=last)
        found.append(accuracies(trained, training=False).reshape(len(norms), len(seeds)))
    return {norm: np.stack(found)[:, k] for k, norm in enumerate(norms)}


def final_losses(
    choices: Mapping[str, Sequence[float]], *, seeds: Sequence[int], norms: Sequence[str]
) -> Accuracies:
    """Train with every rate (by gradient descent) or every first scale (by Adam), 32 digits a step.

    Parameters
    ----------
    choices : mapping of str to sequence of float
        "rate" or "scale", and its values.
    seeds, norms
        As for `by_batch_size`.

    Returns
    -------
    dict of str to (number of values, number of seeds)
        Loss by norm, in nats: its mean over the last 10 of 120 steps.
    """
    ((name, values),) = choices.items()
    plans = [
        Plan(norm, seed, **{name: value}) for norm in norms for seed in seeds for value in values
    ]
    optimizer = "gradient descent" if name == "rate" else "adam"
    trained = train(plans, steps=120, batch_size=32, optimizer=optimizer)
    losses = trained.losses[-LAST_STEPS:].mean(axis=0).reshape(len(norms), len(seeds), len(values))
    return {norm: losses[k].T for k, norm in enumerate(norms)}


class Drift(NamedTuple):
    """How networks of one kind trained, a number a seed.

    Attributes
    ----------
    drift : (number of seeds,)
        How far the mean of a channel before the third convolution moves at a step, as a share of
        the spread of the channels; mean over channels and steps.
    turn : (number of seeds,)
        By how many degrees the gradient of a batch turns with the step along it; median.
    loss : (number of seeds,)
        Final loss, in nats.
    """

    drift: NDArray
    turn: NDArray
    loss: NDArray


def drifting(
    *, seeds: Sequence[int], norms: Sequence[str], rate: float = 0.3, steps: int = 100
) -> dict[str, Drift]:
    """Measure how inputs drift and gradients turn while networks learn, all at the same rate.

    Parameters
    ----------
    seeds, norms
        As for `by_batch_size`.
    rate : float, default=0.3
        Of gradient descent, on 32 digits a step.
    steps : int, default=100
        Of each network.

    Returns
    -------
    dict of str to Drift
        By norm.
    """
    plans = [Plan(norm, seed, rate=rate) for norm in norms for seed in seeds]
    probes = torch.from_numpy(datasets.load("digits").x_train[:PROBES]).expand(
        -1, len(plans), -1, -1
    )
    means: list[Tensor] = []
    spreads: list[Tensor] = []
    turns: list[Tensor] = []

    def measure(step: Step) -> None:
        mean, spread = _moments(step.network, probes, len(plans))
        means.append(mean)
        spreads.append(spread)
        before = _gradients(step.network, len(plans))
        step.network.zero_grad()
        losses_of(step.network, step.x, step.target).sum().backward()
        after = _gradients(step.network, len(plans))
        cosine = torch.cosine_similarity(before, after, dim=1).clamp(-1, 1)
        turns.append(torch.rad2deg(torch.acos(cosine)))

    trained = train(plans, steps=steps, batch_size=32, optimizer="gradient descent", watch=measure)
    moved = torch.stack(means).diff(dim=0).abs().mean(dim=2)  # (steps − 1, S)
    found = Drift(
        (moved / torch.stack(spreads)[:-1].mean(dim=2)).mean(dim=0).numpy(),
        torch.stack(turns).median(dim=0).values.numpy(),
        trained.losses[-LAST_STEPS:].mean(axis=0),
    )
    by_norm = [part.reshape(len(norms), len(seeds)) for part in found]
    return {norm: Drift(*(part[k] for part in by_norm)) for k, norm in enumerate(norms)}


def _moments(network: nn.Sequential, x: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Give mean and spread of each channel before the third convolution, (S, C) each."""
    with torch.no_grad():
        h = network[:WATCHED](x).transpose(0, 1).flatten(1)
    return h.mean(dim=1).reshape(count, -1), h.std(dim=1).reshape(count, -1)


def _gradients(network: nn.Sequential, count: int) -> Tensor:
    """Lay the gradients of the weights of each network in a row, (S, number of weights)."""
    layers = [layer for layer in network if isinstance(layer, nn.Conv2d)]
    return torch.cat([layer.weight.grad.reshape(count, -1) for layer in layers], dim=1)
