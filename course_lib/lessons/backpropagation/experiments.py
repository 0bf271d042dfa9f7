"""What notebook 08 measures: three ways to learn, and what a slip on the way back costs."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import datasets
from course_lib.lessons.backpropagation.network import (
    CHANNELS,
    Weights,
    digits,
    forward,
    fresh_weights,
    gradients,
    loss_of,
)

NUDGE = 1e-5
RATES = 0.05 * 2.0 ** np.arange(6)  # step lengths that nudging may choose from, 0.05 to 1.6
PASSES_PER_STEP = 3  # one forward, and a way back that costs about two (counted in the notebook)
# Guessing finds its own step length: longer after a success, shorter after a failure, so that about
# one guess in five succeeds (the rule of Rechenberg, 1973).
FIRST_LENGTH, LONGER, SHORTER = 0.02, 1.2, 1.2**-0.25


class Trace(NamedTuple):
    """How a training went: the loss (nats) after so many forward passes, (L,) each."""

    passes: NDArray
    losses: NDArray


def central_differences(
    loss: Callable[[], float], arrays: Mapping[str, NDArray], *, nudge: float = NUDGE
) -> Weights:
    """Measure the slope of a loss for every number by moving it up and down: 2 passes a number.

    Parameters
    ----------
    loss : callable
        Computes the loss from the arrays as they are at the moment.
    arrays : mapping of str to array
        Each number is nudged in place and put back.
    nudge : float, default=1e-5
        How far, in the unit of the numbers.

    Returns
    -------
    dict of str to array
        Slopes, under the names and with the shapes of `arrays`.

    Examples
    --------
    >>> w = np.array([2.0, 5.0])
    >>> central_differences(lambda: float(w[0] * w[1]), {"w": w})["w"].round(6)
    array([5., 2.])
    """
    slopes = {}
    for name, array in arrays.items():
        slopes[name] = np.zeros_like(array)
        for index in np.ndindex(*array.shape):
            value = array[index]
            array[index] = value + nudge
            above = loss()
            array[index] = value - nudge
            below = loss()
            array[index] = value
            slopes[name][index] = (above - below) / (2 * nudge)
    return slopes


def moved(weights: Weights, grads: Mapping[str, NDArray], learning_rate: float) -> Weights:
    """Move every weight against its gradient: W − η ∂L/∂W, as new arrays."""
    return {name: array - learning_rate * grads[name] for name, array in weights.items()}


class Teacher(NamedTuple):
    """What every way to learn is given: images (N, 1, 8, 8), classes (N,), and first weights."""

    x: NDArray
    target: NDArray
    weights: Weights


def by_nudging(given: Teacher, *, passes: int) -> Trace:
    """Measure every slope by two passes, then take the best of six steps; again while passes last.

    The six step lengths cost a pass each, so that no badly chosen one spoils the comparison.
    """
    x, target, weights = given
    price = 2 * sum(array.size for array in weights.values()) + len(RATES)
    losses = [loss_of(x, target, weights)]
    for _ in range(passes // price):
        slopes = central_differences(partial(loss_of, x, target, weights), weights)
        tried = [moved(weights, slopes, rate) for rate in RATES]
        weights = min(tried, key=partial(loss_of, x, target))
        losses.append(loss_of(x, target, weights))
    return Trace(price * np.arange(len(losses)), np.array(losses))


def by_guessing(given: Teacher, *, passes: int, generator: np.random.Generator) -> Trace:
    """Move all weights at random and keep what lowers the loss: one pass a guess."""
    x, target, weights = given
    length, losses = FIRST_LENGTH, [loss_of(x, target, weights)]
    for _ in range(passes):
        guess = {
            name: array + length * generator.standard_normal(array.shape)
            for name, array in weights.items()
        }
        loss = loss_of(x, target, guess)
        better = loss < losses[-1]
        weights, length = (guess, length * LONGER) if better else (weights, length * SHORTER)
        losses.append(loss if better else losses[-1])
    return Trace(np.arange(passes + 1), np.array(losses))


def by_backpropagation(given: Teacher, *, passes: int, learning_rate: float) -> Trace:
    """Send the error back and take a step; each step counts as three forward passes."""
    x, target, weights = given
    losses = [loss_of(x, target, weights)]
    for _ in range(passes // PASSES_PER_STEP):
        weights = moved(weights, gradients(x, target, weights), learning_rate)
        losses.append(loss_of(x, target, weights))
    return Trace(PASSES_PER_STEP * np.arange(len(losses)), np.array(losses))


def compare(
    *,
    seeds: Sequence[int],
    passes: int = 2726,
    images: int = 32,
    channels: int = CHANNELS,
    learning_rate: float = 0.1,
) -> dict[str, list[Trace]]:
    """Teach the same digits to the same networks in three ways, for the same number of passes.

    Parameters
    ----------
    seeds : sequence of int
        Each chooses the first weights, and the guesses.
    passes : int, default=2726
        Forward passes that each way may use; two for each of 1,360 weights, and six to choose
        the length of the step.
    images : int, default=32
        Training digits, all of them in every pass.
    channels : int, default=6
        As for `fresh_weights`.
    learning_rate : float, default=0.1
        Of backpropagation.

    Returns
    -------
    dict of str to list of Trace
        "nudging", "guessing" and "backpropagation", a trace a seed.
    """
    x, target = digits(images)
    found: dict[str, list[Trace]] = {"nudging": [], "guessing": [], "backpropagation": []}
    for seed in seeds:
        first = [fresh_weights(seed, channels=channels) for _ in found]
        nudger, guesser, sender = (Teacher(x, target, weights) for weights in first)
        found["nudging"].append(by_nudging(nudger, passes=passes))
        generator = np.random.default_rng(seed)
        found["guessing"].append(by_guessing(guesser, passes=passes, generator=generator))
        trace = by_backpropagation(sender, passes=passes, learning_rate=learning_rate)
        found["backpropagation"].append(trace)
    return found


def passes_to(trace: Trace, loss: float) -> int | None:
    """Count the passes until the loss is first below `loss`; None where it never is.

    Examples
    --------
    >>> passes_to(Trace(np.array([0, 3, 6]), np.array([2.0, 0.4, 0.1])), 0.5)
    3
    """
    below = np.flatnonzero(trace.losses < loss)
    return int(trace.passes[below[0]]) if len(below) else None


class SlipError(NamedTuple):
    """How far a wrong gradient is from the right one, over all weights together.

    `angle` is in degrees, 0 for the same direction; `length` is a share of the right length.
    """

    angle: float
    length: float


def slip_error(slip: str, *, seed: int, images: int = 64, only: str | None = None) -> SlipError:
    """Compare the gradient that a slip gives with the right one, at fresh weights.

    Parameters
    ----------
    slip : str
        A name in `SLIPS`.
    seed : int
        Chooses the weights.
    images : int, default=64
        Training digits in the batch.
    only : str, default=None
        The name of one array, such as "K1"; None means all weights together.

    Returns
    -------
    SlipError
        Angle and length.
    """
    x, target = digits(images)
    weights = fresh_weights(seed)
    right, wrong = (
        _flat(gradients(x, target, weights, slip=name), only) for name in ("nothing left out", slip)
    )
    length = float(np.linalg.norm(wrong) / np.linalg.norm(right))
    cosine = right @ wrong / (np.linalg.norm(right) * np.linalg.norm(wrong))
    return SlipError(float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))), length)


def _flat(grads: Mapping[str, NDArray], only: str | None) -> NDArray:
    names = grads if only is None else (only,)
    return np.concatenate([grads[name].ravel() for name in names])


def accuracies_with(
    slip: str, *, seeds: Sequence[int], steps: int = 300, learning_rate: float = 0.1
) -> list[float]:
    """Train with a slip on batches of 64 digits; give the share of test digits that are right.

    Parameters
    ----------
    slip : str
        A name in `SLIPS`.
    seeds : sequence of int
        Each chooses first weights and batches; the same ones for every slip.
    steps : int, default=300
        Steps of plain gradient descent.
    learning_rate : float, default=0.1
        Kept throughout.

    Returns
    -------
    list of float
        One accuracy a seed, on 500 digits that training has not seen.
    """
    dataset = datasets.load("digits")
    x_train, x_test = (x.astype(float) for x in (dataset.x_train, dataset.x_test))
    accuracies = []
    for seed in seeds:
        weights, generator = fresh_weights(seed), np.random.default_rng(seed)
        for _ in range(steps):
            picked = generator.choice(len(x_train), 64, replace=False)
            grads = gradients(x_train[picked], dataset.y_train[picked], weights, slip=slip)
            weights = moved(weights, grads, learning_rate)
        predicted = forward(x_test, weights).z3.argmax(axis=1)
        accuracies.append(float((predicted == dataset.y_test).mean()))
    return accuracies
