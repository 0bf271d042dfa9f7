"""Exercises of notebook 16: training a CNN."""

import math

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises import Case, Exercise


def step_cases() -> tuple[Case, ...]:
    """Make weights, gradients, velocities, learning rates and momenta."""
    rng = np.random.default_rng(seed=5)
    by_hand = Case(
        "two weights", (np.array([1.0, 2.0]), np.array([4.0, -2.0]), np.ones(2), 0.1, 0.5)
    )
    sizes = [(3,), (2, 3), (4, 1, 2)]
    return (
        by_hand,
        *(Case(f"weights {size}", (*rng.standard_normal((3, *size)), 0.03, 0.9)) for size in sizes),
        Case("no momentum", (*rng.standard_normal((3, 5)), 0.2, 0.0)),
    )


def gradient_cases() -> tuple[Case, ...]:
    """Make rows of gradients, one number a step."""
    rng = np.random.default_rng(seed=6)
    return (
        Case("one step", (np.array([3.0]),)),
        Case("a constant slope", (np.full(4, 0.5),)),
        Case("changing slopes", (rng.standard_normal(6),)),
        Case("a small gradient last", (np.array([1.0, 1.0, 1e-3]),)),
        Case("gradients as small as eps", (np.array([1e-8, 3e-8, -2e-8]),)),
    )


def count_cases() -> tuple[Case, ...]:
    """Make confusion matrices in which every class occurs and is predicted."""
    rng = np.random.default_rng(seed=7)
    by_hand = Case("two classes", (np.array([[8, 2], [1, 4]]),))
    others = [rng.integers(1, 9, (n, n)) + 20 * np.eye(n, dtype=int) for n in (3, 5)]
    return (by_hand, *(Case(f"{len(counts)} classes", (counts,)) for counts in others))


def line_cases() -> tuple[Case, ...]:
    """Make points near a line through the origin, learning rates and numbers of steps."""
    rng = np.random.default_rng(seed=8)
    x = rng.uniform(0.5, 1.5, 6)
    return (
        Case("one step", (np.array([1.0, 2.0]), np.array([2.0, 4.0]), 0.1, 1)),
        Case("three steps", (np.array([1.0, 2.0]), np.array([2.0, 4.0]), 0.1, 3)),
        Case("thirty steps", (x, 3 * x + 0.1 * rng.standard_normal(6), 0.2, 30)),
    )


# 16.momentum_step


def momentum_step(
    weight: NDArray, grad: NDArray, velocity: NDArray, learning_rate: float, momentum: float
) -> NDArray:
    """Return the new weight and the new velocity, stacked."""
    velocity = momentum * velocity + grad
    weight = weight - learning_rate * velocity
    return np.stack([weight, velocity])


def momentum_step_with_old_velocity(
    weight: NDArray, grad: NDArray, velocity: NDArray, learning_rate: float, momentum: float
) -> NDArray:
    """Move by the velocity from before this step."""
    return np.stack([weight - learning_rate * velocity, momentum * velocity + grad])


def momentum_step_uphill(
    weight: NDArray, grad: NDArray, velocity: NDArray, learning_rate: float, momentum: float
) -> NDArray:
    """Add the step instead of subtracting it."""
    velocity = momentum * velocity + grad
    return np.stack([weight + learning_rate * velocity, velocity])


def momentum_step_averaged(
    weight: NDArray, grad: NDArray, velocity: NDArray, learning_rate: float, momentum: float
) -> NDArray:
    """Average gradients: momentum * velocity + (1 - momentum) * grad."""
    velocity = momentum * velocity + (1 - momentum) * grad
    return np.stack([weight - learning_rate * velocity, velocity])


def momentum_step_scaled_velocity(
    weight: NDArray, grad: NDArray, velocity: NDArray, learning_rate: float, momentum: float
) -> NDArray:
    """Put the learning rate into the velocity, as other books do."""
    velocity = momentum * velocity + learning_rate * grad
    return np.stack([weight - velocity, velocity])


def momentum_step_nesterov(
    weight: NDArray, grad: NDArray, velocity: NDArray, learning_rate: float, momentum: float
) -> NDArray:
    """Look a step ahead."""
    velocity = momentum * velocity + grad
    return np.stack([weight - learning_rate * (grad + momentum * velocity), velocity])


# 16.adam_moves


def adam_moves(grads: NDArray) -> NDArray:
    """Return what Adam subtracts at each step, with rate 1, betas 0.9 and 0.999, eps 1e-8."""
    mean, square, moves = 0.0, 0.0, []
    for t, grad in enumerate(grads, start=1):
        mean = 0.9 * mean + 0.1 * grad
        square = 0.999 * square + 0.001 * grad**2
        moves.append(mean / (1 - 0.9**t) / (np.sqrt(square / (1 - 0.999**t)) + 1e-8))
    return np.array(moves)


def adam_moves_uncorrected(grads: NDArray) -> NDArray:
    """Leave out the division by 1 - beta**t."""
    mean, square, moves = 0.0, 0.0, []
    for grad in grads:
        mean = 0.9 * mean + 0.1 * grad
        square = 0.999 * square + 0.001 * grad**2
        moves.append(mean / (np.sqrt(square) + 1e-8))
    return np.array(moves)


def adam_moves_without_root(grads: NDArray) -> NDArray:
    """Divide by the mean square, not by its root."""
    mean, square, moves = 0.0, 0.0, []
    for t, grad in enumerate(grads, start=1):
        mean = 0.9 * mean + 0.1 * grad
        square = 0.999 * square + 0.001 * grad**2
        moves.append(mean / (1 - 0.9**t) / (square / (1 - 0.999**t) + 1e-8))
    return np.array(moves)


def adam_moves_one_step_late(grads: NDArray) -> NDArray:
    """Correct with t + 1."""
    mean, square, moves = 0.0, 0.0, []
    for t, grad in enumerate(grads, start=2):
        mean = 0.9 * mean + 0.1 * grad
        square = 0.999 * square + 0.001 * grad**2
        moves.append(mean / (1 - 0.9**t) / (np.sqrt(square / (1 - 0.999**t)) + 1e-8))
    return np.array(moves)


def adam_moves_without_eps(grads: NDArray) -> NDArray:
    """Leave eps out."""
    mean, square, moves = 0.0, 0.0, []
    for t, grad in enumerate(grads, start=1):
        mean = 0.9 * mean + 0.1 * grad
        square = 0.999 * square + 0.001 * grad**2
        moves.append(mean / (1 - 0.9**t) / np.sqrt(square / (1 - 0.999**t)))
    return np.array(moves)


def adam_moves_with_eps_inside(grads: NDArray) -> NDArray:
    """Add eps before the root is taken."""
    mean, square, moves = 0.0, 0.0, []
    for t, grad in enumerate(grads, start=1):
        mean = 0.9 * mean + 0.1 * grad
        square = 0.999 * square + 0.001 * grad**2
        moves.append(mean / (1 - 0.9**t) / np.sqrt(square / (1 - 0.999**t) + 1e-8))
    return np.array(moves)


def adam_moves_with_eps_too_early(grads: NDArray) -> NDArray:
    """Add eps to the root before it is corrected."""
    mean, square, moves = 0.0, 0.0, []
    for t, grad in enumerate(grads, start=1):
        mean = 0.9 * mean + 0.1 * grad
        square = 0.999 * square + 0.001 * grad**2
        moves.append(mean / (1 - 0.9**t) / ((np.sqrt(square) + 1e-8) / np.sqrt(1 - 0.999**t)))
    return np.array(moves)


# 16.recall


def recall(counts: NDArray) -> NDArray:
    """Divide the diagonal by the sum of each row: the true class."""
    return np.diag(counts) / counts.sum(axis=1)


def recall_by_column(counts: NDArray) -> NDArray:
    """Divide by the columns: that is the precision."""
    return np.diag(counts) / counts.sum(axis=0)


def recall_of_all(counts: NDArray) -> NDArray:
    """Divide by all images."""
    return np.diag(counts) / counts.sum()


def recall_of_errors(counts: NDArray) -> NDArray:
    """Return the share that was missed."""
    return 1 - recall(counts)


# 16.loop_bug


def fit_line_keeps_gradients(x: NDArray, y: NDArray, learning_rate: float, steps: int) -> float:
    """Fit y = slope * x by gradient descent — with a bug: it swings ever wider."""
    slope, grad = 0.0, 0.0
    for _ in range(steps):
        error = slope * x - y
        grad += np.mean(2 * error * x)
        slope -= learning_rate * grad
    return slope


def fit_line(x: NDArray, y: NDArray, learning_rate: float, steps: int) -> float:
    """Fit y = slope * x by gradient descent, with a fresh gradient in every step."""
    slope = 0.0
    for _ in range(steps):
        error = slope * x - y
        grad = np.mean(2 * error * x)
        slope -= learning_rate * grad
    return slope


def fit_line_uphill(x: NDArray, y: NDArray, learning_rate: float, steps: int) -> float:
    """Go up the slope."""
    return fit_line(x, y, -learning_rate, steps)


def fit_line_halves_gradients(x: NDArray, y: NDArray, learning_rate: float, steps: int) -> float:
    """Lose the factor 2 of the derivative."""
    return fit_line(x, y, learning_rate / 2, steps)


def fit_line_once(x: NDArray, y: NDArray, learning_rate: float, steps: int) -> float:
    """Compute the gradient before the loop, and never again."""
    return -steps * learning_rate * float(np.mean(-2 * y * x))


EXERCISES = [
    Exercise(
        id="16.first_loss",
        prompt="An untrained network knows nothing of 100 classes. Its mean loss, in nats?",
        solution=math.log(100),
        tolerance=2e-3,
        why="It gives each class about 1/100, and −log(1/100) = log 100 = 4.605.",
        hints=(
            "Which probability does it give to the right class?",
            "The loss is −log of that probability; nats mean the natural logarithm.",
        ),
        near_misses={
            "base 10": 2.0,
            "base 2": math.log2(100),
            "ten classes": math.log(10),
            "the probability itself": 0.01,
        },
    ),
    Exercise(
        id="16.momentum_by_hand",
        prompt="Weight 1, gradient always 2, learning rate 0.1, momentum 0.5, velocity 0 at the "
        "start. The weight after three steps?",
        solution=0.15,
        why="The velocities are 2, 3 and 3.5; 1 − 0.1 · 8.5 = 0.15.",
        hints=(
            "First the velocity: half of the old one, plus the gradient.",
            "The velocities of the three steps are 2, 3 and ...",
        ),
        near_misses={
            "no momentum": 0.4,
            "averaged gradients": 0.575,
            "two steps": 0.5,
            "uphill": 1.85,
        },
    ),
    Exercise(
        id="16.momentum_step",
        prompt="Write momentum_step(weight, grad, velocity, learning_rate, momentum); return "
        "np.stack([new weight, new velocity]).",
        solution=momentum_step,
        cases=step_cases(),
        hints=(
            "Two lines: first the velocity, then the weight moves by it.",
            "The new velocity is momentum * velocity + grad.",
            "Do not write weight -= ...: that changes the caller's array.",
        ),
        near_misses={
            "old velocity": momentum_step_with_old_velocity,
            "uphill": momentum_step_uphill,
            "averaged": momentum_step_averaged,
            "rate inside the velocity": momentum_step_scaled_velocity,
            "Nesterov": momentum_step_nesterov,
        },
    ),
    Exercise(
        id="16.adam_moves",
        prompt="Write adam_moves(grads): for the gradients of one weight, step by step, what Adam "
        "subtracts each time with rate 1, betas 0.9 and 0.999, eps 1e-8.",
        solution=adam_moves,
        cases=gradient_cases(),
        hints=(
            "Keep two running averages: of the gradient and of its square. Both start at 0.",
            "In step t = 1, 2, ... divide them by 1 − 0.9**t and 1 − 0.999**t.",
            "Then mean / (sqrt(square) + eps), with eps outside the root. The first move is 1, "
            "unless the gradient is about as small as eps.",
        ),
        near_misses={
            "no correction": adam_moves_uncorrected,
            "no square root": adam_moves_without_root,
            "t counted from 2": adam_moves_one_step_late,
            "no eps": adam_moves_without_eps,
            "eps inside the root": adam_moves_with_eps_inside,
            "eps before the correction": adam_moves_with_eps_too_early,
            "plain gradients": np.copy,
        },
    ),
    Exercise(
        id="16.why",
        prompt="On the digits momentum 0.9 wants about a third of the rate of plain SGD. Why a "
        "smaller one?",
        solution="a",
        choices={
            "a": "Gradients that keep their sign add up in v, so the same rate makes longer steps.",
            "b": "v is an average of gradients, so it is noisier than the newest one.",
            "c": "Momentum also multiplies the learning rate by 0.9 at every step.",
            "d": "The way back is computed twice, so every gradient counts double.",
        },
        why="With a gradient g that stays the same, v grows to g + 0.9 g + 0.81 g + ... = 10 g: in "
        "the extreme a tenth of the rate makes the same steps. Real gradients change, so it is "
        "less than ten.",
        hints=(
            "Let the gradient be 1 at every step, and write down v for five steps.",
            "Does v come to rest? At which number is v = 0.9 v + 1?",
        ),
        near_misses={
            "an average is calmer, not noisier": "b",
            "the rate does not change": "c",
            "the way back is the same": "d",
        },
    ),
    Exercise(
        id="16.recall",
        prompt="Write recall(counts): of each true class (a row), the share that was recognized.",
        solution=recall,
        cases=count_cases(),
        hints=(
            "The diagonal holds what was right: np.diag(counts).",
            "Row i holds all images that truly are class i. Sum along which axis?",
        ),
        near_misses={
            "precision": recall_by_column,
            "share of all": recall_of_all,
            "share of errors": recall_of_errors,
        },
    ),
    Exercise(
        id="16.loop_bug",
        prompt="Repair fit_line: it should come closer with every step, but it swings ever wider.",
        solution=fit_line,
        given=fit_line_keeps_gradients,
        cases=line_cases(),
        hints=(
            "Print grad in every step. Does it forget?",
            "Which line of a training loop have you seen just before backward?",
            "One character is too many.",
        ),
        near_misses={
            "uphill": fit_line_uphill,
            "half the gradient": fit_line_halves_gradients,
            "one gradient for all steps": fit_line_once,
        },
    ),
    Exercise(
        id="16.own_images",
        prompt="The same recipe for color photos of 40 × 32 pixels (3 channels) and 6 classes: how "
        "many numbers does the linear layer learn, biases included?",
        solution=32 * 10 * 8 * 6 + 6,
        why="Each pooling halves both sides: 40 × 32, 20 × 16, 10 × 8. The 32 maps hold 2,560 "
        "numbers, each with 6 weights, and 6 biases. The 3 colors matter to the first layer only.",
        hints=(
            "What is the size of a map after the second pooling?",
            "How many maps are there, and how many numbers in all?",
        ),
        near_misses={
            "no biases": 32 * 10 * 8 * 6,
            "one pooling": 32 * 20 * 16 * 6 + 6,
            "no pooling": 32 * 40 * 32 * 6 + 6,
            "one map": 10 * 8 * 6 + 6,
            "16 maps": 16 * 10 * 8 * 6 + 6,
        },
    ),
]
