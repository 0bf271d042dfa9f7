"""Exercises of notebook 00: trying the exercises out."""

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises import Case, Exercise


def image_cases() -> tuple[Case, ...]:
    """Make gray images with values from 0 to 1."""
    rng = np.random.default_rng(seed=9)
    by_hand = Case("four pixels", (np.array([[0.0, 0.25], [0.5, 1.0]]),))
    return (by_hand, *(Case(f"image {size}", (rng.random(size),)) for size in [(3, 5), (8, 8)]))


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
        id="00.why",
        prompt="Why is the network judged on images that it has not been trained with?",
        solution="b",
        choices={
            "a": "Training images are used up after one pass.",
            "b": "It may have learned the training images by heart, which says nothing about new "
            "ones.",
            "c": "Test images are easier, so the result looks better.",
            "d": "There are too few training images to measure with.",
        },
        why="What counts is how it does on images it will meet later; the test images stand for "
        "them.",
        hints=("Think of an exam whose questions were handed out, with answers, the week before.",),
        near_misses={"used up": "a", "easier": "c", "too few": "d"},
    ),
]
