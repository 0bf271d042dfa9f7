"""Exercises of notebook 09: vanishing gradients."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises.record import Case, Exercise

Arrays = Sequence[NDArray]


def slope_of_sigmoid(z: NDArray) -> NDArray:
    """Give σ′(z)."""
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s)


# 09.delta_norms


def delta_norms(weights: Arrays, sums: Arrays, delta: NDArray) -> NDArray:
    """Send δ of the last layer back, layer by layer, and keep the norms, first layer first."""
    norms = [np.linalg.norm(delta)]
    for layer in reversed(range(len(sums) - 1)):
        delta = (delta @ weights[layer + 1]) * slope_of_sigmoid(sums[layer])
        norms.append(np.linalg.norm(delta))
    return np.array(norms[::-1])


def delta_norms_backward_order(weights: Arrays, sums: Arrays, delta: NDArray) -> NDArray:
    """List the last layer first."""
    return delta_norms(weights, sums, delta)[::-1]


def delta_norms_own_weight(weights: Arrays, sums: Arrays, delta: NDArray) -> NDArray:
    """Take the weights of the layer itself, where those of the next one carry δ back."""
    return delta_norms([weights[0], *weights[:-1]], sums, delta)


def delta_norms_transposed(weights: Arrays, sums: Arrays, delta: NDArray) -> NDArray:
    """Multiply with the transpose: the weights here are square, so nothing complains."""
    return delta_norms([weight.T for weight in weights], sums, delta)


def delta_norms_without_slope(weights: Arrays, sums: Arrays, delta: NDArray) -> NDArray:
    """Leave out the slope of the activation."""
    norms = [np.linalg.norm(delta)]
    for weight in reversed(weights[1:]):
        delta = delta @ weight
        norms.append(np.linalg.norm(delta))
    return np.array(norms[::-1])


def delta_norms_sigma_for_slope(weights: Arrays, sums: Arrays, delta: NDArray) -> NDArray:
    """Multiply with σ(z) instead of its slope."""
    norms = [np.linalg.norm(delta)]
    for layer in reversed(range(len(sums) - 1)):
        delta = (delta @ weights[layer + 1]) / (1 + np.exp(-sums[layer]))
        norms.append(np.linalg.norm(delta))
    return np.array(norms[::-1])


def delta_norms_slope_at_next(weights: Arrays, sums: Arrays, delta: NDArray) -> NDArray:
    """Take the slope at the sums of the next layer."""
    norms = [np.linalg.norm(delta)]
    for layer in reversed(range(len(sums) - 1)):
        delta = (delta * slope_of_sigmoid(sums[layer + 1])) @ weights[layer + 1]
        norms.append(np.linalg.norm(delta))
    return np.array(norms[::-1])


def delta_norms_squared(weights: Arrays, sums: Arrays, delta: NDArray) -> NDArray:
    """Forget the root."""
    return delta_norms(weights, sums, delta) ** 2


def norm_cases() -> tuple[Case, ...]:
    """Make a network of three layers to try by hand, then larger ones."""
    rng = np.random.default_rng(seed=9)
    by_hand = Case(
        "three layers of two units, one sample",
        (
            [
                np.array([[3.0, 1.0], [0.0, 2.0]]),
                np.array([[1.0, 4.0], [-2.0, 1.0]]),
                np.array([[2.0, 0.0], [5.0, 1.0]]),
            ],
            [np.array([[0.0, 1.0]]), np.array([[-1.0, 0.0]]), np.array([[2.0, 0.0]])],
            np.array([[0.6, -0.8]]),
        ),
    )
    sizes = [(4, 3, 5), (5, 2, 3), (2, 6, 4)]
    return (
        by_hand,
        *(
            Case(
                f"{layers} layers of {units} units, {samples} samples",
                (
                    [rng.standard_normal((units, units)) for _ in range(layers)],
                    [rng.standard_normal((samples, units)) for _ in range(layers)],
                    rng.standard_normal((samples, units)),
                ),
            )
            for layers, units, samples in sizes
        ),
    )


# 09.clip


def clip(gradients: NDArray, limit: float) -> NDArray:
    """Shorten all gradients by one factor where their common norm is above the limit."""
    norm = np.linalg.norm(gradients)
    return gradients * (limit / norm) if norm > limit else gradients.copy()


def clip_each_row(gradients: NDArray, limit: float) -> NDArray:
    """Shorten each layer for itself: the direction changes."""
    return np.stack([clip(row, limit) for row in gradients])


def clip_each_number(gradients: NDArray, limit: float) -> NDArray:
    """Cut each number off: the direction changes."""
    return np.clip(gradients, -limit, limit)


def clip_always(gradients: NDArray, limit: float) -> NDArray:
    """Stretch short gradients as well."""
    return gradients * (limit / np.linalg.norm(gradients))


def clip_by_squares(gradients: NDArray, limit: float) -> NDArray:
    """Forget the root of the sum of squares."""
    squares = (gradients**2).sum()
    return gradients * (limit / squares) if squares > limit else gradients.copy()


def clip_by_sum(gradients: NDArray, limit: float) -> NDArray:
    """Add up sizes instead of squares."""
    total = abs(gradients).sum()
    return gradients * (limit / total) if total > limit else gradients.copy()


def clip_never(gradients: NDArray, limit: float) -> NDArray:
    """Divide by the limit and forget the norm."""
    return gradients / limit


def clip_cases() -> tuple[Case, ...]:
    """Make gradients above the limit, below it, and of many sizes."""
    rng = np.random.default_rng(seed=10)
    exploding = rng.standard_normal((5, 3)) * 10.0 ** np.arange(5)[::-1, None]
    return (
        Case("norm 13, limit 6.5", (np.array([[3.0, -4.0], [0.0, 12.0]]), 6.5)),
        Case("norm 0.5, limit 1", (np.array([[0.3, 0.0], [0.0, -0.4]]), 1.0)),
        Case("five layers that explode", (exploding, 1.0)),
        Case("nothing to send back", (np.zeros((2, 3)), 1.0)),
    )


EXERCISES = [
    Exercise(
        id="09.why",
        prompt="Ten sigmoid layers; the gradients of the last two are as large as in a network "
        "that learns. Why do these two not learn to read the digits?",
        solution="c",
        choices={
            "a": "Their gradients are so large that every step goes too far.",
            "b": "The layers below move, and with them what the last layers have learned.",
            "c": "What arrives at them is nearly the same for every image.",
            "d": "A gradient that has vanished once stays 0 for the whole training.",
        },
        why="A layer can only tell apart what arrives as different. After eight random sigmoid "
        "layers the images differ by a millionth, and the layers that could change that are "
        "those that get no gradient.",
        hints=(
            "Their gradients are those of a network that learns, and the layers below hardly move: "
            "which answers does that exclude?",
            "What would the best possible last layer make of ten inputs that are all alike?",
        ),
        near_misses={"steps too long": "a", "moving ground": "b", "zero for good": "d"},
    ),
    Exercise(
        id="09.chain",
        prompt="A chain of three sigmoid units, all sums 0: x = 3, w1 = 5, w2 = 2, w3 = −4, "
        "∂L/∂h3 = ½. What is ∂L/∂w1?",
        solution=-0.1875,
        why="½ · ¼ · (−4) · ¼ · 2 · ¼ · 3 = −12/64: what arrives, three slopes, the two weights on "
        "the way, and the input. w1 itself is not on the way.",
        hints=(
            "Start at the end with ½, and walk back to w1: what is written on each arrow?",
            "At z = 0 the slope of the sigmoid is ¼. There are three of them.",
            "The last arrow goes from z1 to w1, and it carries what w1 was multiplied with.",
        ),
        tolerance=3e-3,
        near_misses={
            "slopes alone": 1 / 64,
            "weights forgotten": 3 / 128,
            "input forgotten": -0.0625,
            "upstream forgotten": -0.375,
            "w1 multiplied in as well": -0.9375,
            "one slope forgotten": -0.75,
            "sign lost": 0.1875,
        },
    ),
    Exercise(
        id="09.delta_norms",
        prompt="Write delta_norms(weights, sums, delta): the norm of δ of each layer of a sigmoid "
        "network, first layer first, from the δ of the last one.",
        solution=delta_norms,
        cases=norm_cases(),
        hints=(
            "Two things happen on the way from a layer to the one before: a product with weights, "
            "and a product with slopes, number by number.",
            "The weights that carry δ from layer l + 1 to layer l are those of layer l + 1; the "
            "slope is taken at the sums of layer l.",
            "delta = (delta @ weights[l + 1]) * slope(sums[l]); keep np.linalg.norm(delta) each "
            "time, and turn the list round at the end.",
        ),
        near_misses={
            "last layer first": delta_norms_backward_order,
            "the weights of the layer itself": delta_norms_own_weight,
            "weights transposed": delta_norms_transposed,
            "no slope": delta_norms_without_slope,
            "σ(z) for its slope": delta_norms_sigma_for_slope,
            "slope at the sums of the next layer": delta_norms_slope_at_next,
            "squared norms": delta_norms_squared,
        },
    ),
    Exercise(
        id="09.budget",
        prompt="On its way back a gradient is multiplied by 0.2 from each layer to the one before. "
        "The first layer shall get at least 1/10,000 of what the last one gets. How many layers "
        "can the network have?",
        solution=6,
        why="n layers are n − 1 steps apart. 0.2⁵ = 0.00032 is enough, 0.2⁶ = 0.000064 is not: "
        "five steps, six layers.",
        hints=(
            "How many times is the gradient multiplied between the last of two layers and the "
            "first? And of three?",
            "Find the largest number of steps k with 0.2 to the power k at least 0.0001.",
        ),
        near_misses={
            "steps for layers": 5,
            "rounded up": 7,
            "a step for each layer, rounded up": 6.72,
            "not a whole number": 5.72,
            "0.2 of 10,000, linearly": 2000,
        },
    ),
    Exercise(
        id="09.clip",
        prompt="Write clip(gradients, limit): where the norm of all gradients together (a row a "
        "layer) is above the limit, shorten them to it without changing their direction.",
        solution=clip,
        cases=clip_cases(),
        hints=(
            "The norm of all gradients together is the root of the sum of all squares.",
            "The direction stays if all numbers are multiplied by the same factor.",
            "What should happen to gradients that are short enough?",
        ),
        near_misses={
            "each layer for itself": clip_each_row,
            "each number for itself": clip_each_number,
            "short ones stretched": clip_always,
            "root forgotten": clip_by_squares,
            "sizes for squares": clip_by_sum,
            "divided by the limit": clip_never,
        },
    ),
]
