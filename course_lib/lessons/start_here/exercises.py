"""Exercises of notebook 00: trying the exercises out."""

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises import Case, Exercise


def image_cases() -> tuple[Case, ...]:
    """Make gray images with values from 0 to 1."""
    rng = np.random.default_rng(seed=9)
    by_hand = Case("four pixels", (np.array([[0.0, 0.25], [0.5, 1.0]]),))
    return (by_hand, *(Case(f"image {size}", (rng.random(size),)) for size in [(3, 5), (8, 8)]))


def score_cases() -> tuple[Case, ...]:
    """Make scores of networks, and true classes, of which some are hit."""
    by_hand = np.array([[1, 20, 3], [30, 10, 20], [5, 4, 2], [10, 20, 15], [2, 3, 1]])
    rng = np.random.default_rng(seed=10)
    drawn = rng.standard_normal((20, 4))
    labels = np.where(rng.random(20) < 0.6, drawn.argmax(axis=1), rng.integers(4, size=20))
    return (
        Case("five images", (by_hand, np.array([1, 0, 2, 1, 0]))),
        Case("20 images", (drawn, labels)),
    )


# 00.negative


def negative(image: NDArray) -> NDArray:
    """Swap black and white: 0 becomes 1 and 1 becomes 0."""
    return 1 - image


def negative_sign(image: NDArray) -> NDArray:
    """Change the sign: then values are below black."""
    return -image


def negative_of_bytes(image: NDArray) -> NDArray:
    """Subtract from 255, the white of another convention."""
    return 255 - image


def negative_reversed(image: NDArray) -> NDArray:
    """Turn the image upside down."""
    return image[::-1]


def negative_rounded(image: NDArray) -> NDArray:
    """Round to black and white first."""
    return 1 - np.round(image)


# 00.accuracy


def accuracy(scores: NDArray, labels: NDArray) -> float:
    """Read the class with the highest score in each row, and count the share that is right."""
    return np.mean(scores.argmax(axis=1) == labels)


def accuracy_counts(scores: NDArray, labels: NDArray) -> int:
    """Count the right answers, and forget to divide."""
    return np.sum(scores.argmax(axis=1) == labels)


def accuracy_of_errors(scores: NDArray, labels: NDArray) -> float:
    """Give the share of wrong answers."""
    return np.mean(scores.argmax(axis=1) != labels)


def accuracy_per_class(scores: NDArray, labels: NDArray) -> float:
    """Divide by the number of classes in place of the images."""
    return np.sum(scores.argmax(axis=1) == labels) / scores.shape[1]


def accuracy_of_lowest(scores: NDArray, labels: NDArray) -> float:
    """Read the class with the lowest score."""
    return np.mean(scores.argmin(axis=1) == labels)


EXERCISES = [
    Exercise(
        id="00.pixels",
        prompt="How many numbers make a color photo of 20 rows and 30 columns?",
        solution=1800,
        why="3 channels, red, green and blue, of 20 · 30 pixels each.",
        hints=("Count the pixels first.", "Each pixel of a color photo holds three numbers."),
        near_misses={"one channel": 600, "four channels": 2400, "rows and columns only": 50},
    ),
    Exercise(
        id="00.negative",
        prompt="Write negative(image): black (0) becomes white (1), white becomes black, and gray "
        "changes accordingly.",
        solution=negative,
        cases=image_cases(),
        hints=(
            "A pixel of 0.25 should become 0.75.",
            "NumPy computes with whole arrays: 2 * image doubles every pixel.",
        ),
        near_misses={
            "sign": negative_sign,
            "255": negative_of_bytes,
            "upside down": negative_reversed,
            "rounded": negative_rounded,
        },
    ),
    Exercise(
        id="00.accuracy",
        prompt="Write accuracy_of(scores, labels): the share of rows of scores (N, C) whose "
        "largest number stands at the true class in labels (N,).",
        solution=accuracy,
        cases=score_cases(),
        hints=(
            "scores.argmax(axis=1) is the class that is read in each row.",
            "The mean of True and False is the share of True.",
        ),
        near_misses={
            "a count, not a share": accuracy_counts,
            "the share of errors": accuracy_of_errors,
            "divided by the number of classes": accuracy_per_class,
            "the lowest score": accuracy_of_lowest,
        },
    ),
    Exercise(
        id="00.why",
        prompt="Why is the network judged on images that it has not been trained with?",
        solution="d",
        choices={
            "a": "Training images are used up after one pass.",
            "b": "New images are easier, so the result looks better.",
            "c": "The training images are too few to measure with.",
            "d": "It may have learned the training images by heart, which says nothing about new "
            "ones.",
        },
        why="What counts is how it does on images it will meet later; the test images stand for "
        "them.",
        hints=("Think of an exam whose questions were handed out, with answers, the week before.",),
        near_misses={"used up": "a", "easier": "b", "too few": "c"},
    ),
]
