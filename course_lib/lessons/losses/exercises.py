"""Exercises of notebook 14: losses."""

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises.record import Case, Exercise

# 14.log_sum_exp


def log_sum_exp(z: NDArray) -> NDArray:
    """Take the largest of each row off, and put it back after the logarithm."""
    largest = z.max(axis=1, keepdims=True)
    return largest[:, 0] + np.log(np.exp(z - largest).sum(axis=1))


def log_sum_exp_typed(z: NDArray) -> NDArray:
    """Type the formula as it stands."""
    with np.errstate(over="ignore", divide="ignore"):
        return np.log(np.exp(z).sum(axis=1))


def log_sum_exp_not_put_back(z: NDArray) -> NDArray:
    """Forget to put the largest back."""
    return log_sum_exp(z) - z.max(axis=1)


def log_sum_exp_put_back_inside(z: NDArray) -> NDArray:
    """Multiply by the largest, where the logarithm turned the product into a sum."""
    return z.max(axis=1) * (log_sum_exp(z) - z.max(axis=1))


def log_sum_exp_of_columns(z: NDArray) -> NDArray:
    """Add up over the samples."""
    return log_sum_exp(z.T)


def log_sum_exp_of_all(z: NDArray) -> NDArray:
    """Add up over everything."""
    return log_sum_exp(z.reshape(1, -1))[0]


def log_sum_exp_mean(z: NDArray) -> NDArray:
    """Average over the classes, where the formula adds up."""
    return log_sum_exp(z) - np.log(z.shape[1])


def row_cases() -> tuple[Case, ...]:
    """Make a batch to try by hand, then rows that overflow and rows that vanish."""
    rng = np.random.default_rng(seed=14)
    return (
        Case("two samples, three classes", (np.array([[0.0, 1.0, 3.0], [1000.0, 1002.0, 998.0]]),)),
        Case("scores far below 0", (np.array([[-1000.0, -1001.0], [-800.0, -2.0], [5.0, 5.0]]),)),
        Case("shape (4, 6)", (rng.standard_normal((4, 6)),)),
        Case("one sample", (10 * rng.standard_normal((1, 5)),)),
    )


# 14.binary_focal


def binary_focal(z: NDArray, t: NDArray, gamma: float, alpha: float) -> NDArray:
    """Weigh the cross-entropy of each answer by how far it is from the truth."""
    p = 1 / (1 + np.exp(-z))
    p_t = np.where(t == 1, p, 1 - p)
    alpha_t = np.where(t == 1, alpha, 1 - alpha)
    return -alpha_t * (1 - p_t) ** gamma * np.log(p_t)


def binary_focal_of_yes(z: NDArray, t: NDArray, gamma: float, alpha: float) -> NDArray:
    """Multiply by t, so that a wrong "yes" costs nothing."""
    return binary_focal(z, t, gamma, alpha) * t


def binary_focal_one_alpha(z: NDArray, t: NDArray, gamma: float, alpha: float) -> NDArray:
    """Use α for both answers."""
    return binary_focal(z, t, gamma, 0.5) * 2 * alpha


def binary_focal_without_alpha(z: NDArray, t: NDArray, gamma: float, alpha: float) -> NDArray:
    """Leave α out."""
    return binary_focal(z, t, gamma, 0.5) * 2


def binary_focal_on_the_right(z: NDArray, t: NDArray, gamma: float, alpha: float) -> NDArray:
    """Take p_t to the power γ, so that easy answers count most."""
    p_t = np.where(t == 1, 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(z)))
    return -np.where(t == 1, alpha, 1 - alpha) * p_t**gamma * np.log(p_t)


def binary_focal_p_of_yes(z: NDArray, t: NDArray, gamma: float, alpha: float) -> NDArray:
    """Use p, the probability of "yes", for both answers in the factor."""
    p = 1 / (1 + np.exp(-z))
    p_t = np.where(t == 1, p, 1 - p)
    return -np.where(t == 1, alpha, 1 - alpha) * (1 - p) ** gamma * np.log(p_t)


def binary_focal_times(z: NDArray, t: NDArray, gamma: float, alpha: float) -> NDArray:
    """Multiply by γ, where γ is a power."""
    p_t = np.where(t == 1, 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(z)))
    return -np.where(t == 1, alpha, 1 - alpha) * gamma * (1 - p_t) * np.log(p_t)


def answer_cases() -> tuple[Case, ...]:
    """Make right and wrong answers of both kinds."""
    rng = np.random.default_rng(seed=15)
    z = np.array([2.0, -1.0, 1.5, -0.5])
    return (
        Case("four answers", (z, np.array([1.0, 1.0, 0.0, 0.0]), 3.0, 0.25)),
        Case("γ = 0", (z, np.array([0.0, 1.0, 0.0, 1.0]), 0.0, 0.75)),
        Case("a table of answers",
             (rng.standard_normal((3, 4)), rng.integers(0, 2, (3, 4)) * 1.0, 1.5, 0.4)),
    )  # fmt: skip


# 14.weighted_bug


def weighted_gradient(p: NDArray, target: NDArray, weight: NDArray) -> NDArray:
    """Give the gradient of the weighted mean of the cross-entropy, for the scores."""
    y = np.eye(p.shape[1])[target]
    w = weight[target]
    return (p - y) * w[:, None] / w.sum()


def weighted_gradient_with_bug(p: NDArray, target: NDArray, weight: NDArray) -> NDArray:
    """Give the gradient of the weighted mean of the cross-entropy — with a bug."""
    y = np.eye(p.shape[1])[target]
    return (p - y) * weight / weight[target].sum()


def weighted_gradient_over_n(p: NDArray, target: NDArray, weight: NDArray) -> NDArray:
    """Divide by the number of samples."""
    y = np.eye(p.shape[1])[target]
    return (p - y) * weight[target][:, None] / len(p)


def weighted_gradient_not_averaged(p: NDArray, target: NDArray, weight: NDArray) -> NDArray:
    """Leave the division out."""
    return (p - np.eye(p.shape[1])[target]) * weight[target][:, None]


def weighted_gradient_of_label(p: NDArray, target: NDArray, weight: NDArray) -> NDArray:
    """Weigh the label only."""
    y = np.eye(p.shape[1])[target]
    return (p - y * weight) / weight[target].sum()


def weighted_gradient_all_classes(p: NDArray, target: NDArray, weight: NDArray) -> NDArray:
    """Divide by the sum of the weights of the classes."""
    y = np.eye(p.shape[1])[target]
    return (p - y) * weight[target][:, None] / weight.sum()


def weighted_cases() -> tuple[Case, ...]:
    """Make probabilities of two samples to try by hand, then larger batches."""
    rng = np.random.default_rng(seed=16)
    p = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1]])
    return (
        Case("two samples, three classes", (p, np.array([2, 0]), np.array([1.0, 2.0, 6.0]))),
        *(
            Case(
                f"{n} samples, {c} classes",
                (rng.dirichlet(np.ones(c), n), rng.integers(0, c, n), rng.uniform(0.5, 4, c)),
            )
            for n, c in ((4, 3), (1, 5), (7, 2))
        ),
    )


EXERCISES = [
    Exercise(
        id="14.log_sum_exp",
        prompt="Write log_sum_exp(z): for scores (N, C), the logarithm of Σ exp(z) of each row, "
        "finite for every finite score.",
        solution=log_sum_exp,
        cases=row_cases(),
        hints=(
            "exp(1000) is infinite. What may be taken off every score of a row?",
            "Σ exp(z) = exp(m) · Σ exp(z − m): what does the logarithm make of it?",
            "m differs from row to row: keepdims=True keeps the axis to subtract along.",
        ),
        near_misses={
            "the formula as it stands, which overflows": log_sum_exp_typed,
            "the largest is not put back": log_sum_exp_not_put_back,
            "multiplied by the largest, where it is added": log_sum_exp_put_back_inside,
            "added up over the samples": log_sum_exp_of_columns,
            "added up over everything": log_sum_exp_of_all,
            "mean for sum": log_sum_exp_mean,
        },
    ),
    Exercise(
        id="14.by_hand",
        prompt="The scores of three classes are 0, log 3 and log 4; the truth is class 1 (the "
        "middle one). Write down the three slopes ∂L/∂z of the cross-entropy.",
        solution=np.array([1 / 8, -5 / 8, 4 / 8]),
        why="The exponentials are 1, 3 and 4, so p = 1/8, 3/8, 4/8; take 1 off that of the truth. "
        "The truth is pulled up by 5/8, and what pulls the others down adds up to 5/8.",
        hints=(
            "exp(log 3) = 3.",
            "Divide the three exponentials by their sum.",
            "The slope is p, less 1 for the true class.",
        ),
        near_misses={
            "the probabilities": np.array([1 / 8, 3 / 8, 4 / 8]),
            "y − p, the wrong sign": np.array([-1 / 8, 5 / 8, -4 / 8]),
            "the truth counted from 1": np.array([-7 / 8, 3 / 8, 4 / 8]),
            "the class with the largest score taken for the truth": np.array(
                [1 / 8, 3 / 8, -4 / 8]
            ),
            "the slope for the probability, −1/p": np.array([0.0, -8 / 3, 0.0]),
        },
    ),
    Exercise(
        id="14.which",
        prompt="A photo may show a dog, a ball, both or neither. Which loss fits?",
        solution="c",
        choices={
            "a": "Softmax and cross-entropy over {dog, ball}: the larger score wins.",
            "b": "Softmax and cross-entropy over {dog, ball}, and two classes count as found when "
            "both probabilities pass 0.5.",
            "c": "A sigmoid and binary cross-entropy for each: two questions of yes or no.",
            "d": "The squared error of the two scores, because it does not force a sum of 1.",
        },
        why="A softmax shares out one whole: two objects at once can have 0.5 each at best, and "
        "'neither' has no place. Two sigmoids answer two questions.",
        hints=(
            "What do the probabilities of a softmax add up to?",
            "What should they add up to when both are there, and when nothing is?",
        ),
        near_misses={"one winner": "a", "two winners of one softmax": "b", "squared error": "d"},
    ),
    Exercise(
        id="14.design_weight",
        prompt="A test for a disease shall say 'ill' wherever the chance is 8 % or more, and it "
        "shall do so at p ≥ 0.5. Which weight must 'ill' have in the loss?",
        solution=11.5,
        why="The weight multiplies the odds. Chance 0.08 has the odds 8 : 92, and 0.5 has 1 : 1: "
        "w = 92/8.",
        hints=(
            "Write the chance as odds: ill to healthy.",
            "p = 0.5 means odds of 1. What must the odds of 8 % be multiplied with?",
        ),
        near_misses={
            "1/0.08, shares taken for odds": 12.5,
            "upside down": 8 / 92,
            "0.5/0.08, ratio of the two thresholds": 6.25,
            "1 − 0.08, as an α": 0.92,
        },
        tolerance=1e-3,
    ),
    Exercise(
        id="14.weighted_bug",
        prompt="Repair weighted_gradient: the gradient, for the scores, of the weighted mean "
        "Σ w[t] · loss / Σ w[t] over the samples.",
        solution=weighted_gradient,
        given=weighted_gradient_with_bug,
        cases=weighted_cases(),
        hints=(
            "Which class decides how much a sample counts?",
            "A sample that counts six times has six times the slope at *all* its scores.",
        ),
        near_misses={
            "divided by the number of samples": weighted_gradient_over_n,
            "not averaged": weighted_gradient_not_averaged,
            "the label weighed, not the probabilities": weighted_gradient_of_label,
            "divided by the weights of the classes": weighted_gradient_all_classes,
        },
    ),
    Exercise(
        id="14.binary_focal",
        prompt="Write binary_focal(z, t, gamma, alpha): the focal loss of every answer, for scores "
        "z and truths t (0 or 1) of any shape.",
        solution=binary_focal,
        cases=answer_cases(),
        hints=(
            "p_t is p where t is 1, and 1 − p where t is 0; np.where chooses.",
            "α_t goes the same way: α or 1 − α.",
            "An answer that is nearly right has p_t near 1; its factor must be small.",
        ),
        near_misses={
            "nothing charged where t = 0": binary_focal_of_yes,
            "α for both answers": binary_focal_one_alpha,
            "α left out": binary_focal_without_alpha,
            "p_t ** γ for (1 − p_t) ** γ": binary_focal_on_the_right,
            "1 − p for 1 − p_t": binary_focal_p_of_yes,
            "times γ for to the power γ": binary_focal_times,
        },
    ),
]
