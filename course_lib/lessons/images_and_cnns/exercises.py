"""Exercises of notebook 01: images and CNNs."""

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises import Case, Exercise


def correlation_cases() -> tuple[Case, ...]:
    """Make smooth images, so that neighbors are alike, and distances."""
    rng = np.random.default_rng(seed=11)
    by_hand = Case("two rows", (np.array([[0.0, 1.0, 3.0], [2.0, 4.0, 1.0]]), 1))
    smooth = np.cumsum(rng.standard_normal((7, 12)), axis=1)
    cases = [(smooth, 1), (smooth, 4), (np.cumsum(smooth, axis=0), 2)]
    return (by_hand, *(Case(f"image {x.shape}, distance {d}", (x, d)) for x, d in cases))


def layer_cases() -> tuple[Case, ...]:
    """Make layers: filters, channels and filter sizes that all differ."""
    sizes = [(10, 3, 5), (6, 1, 3), (4, 8, 1), (1, 2, 7)]
    return tuple(Case(f"{f} filters {k} × {k} on {c} channels", (f, c, k)) for f, c, k in sizes)


def unshuffle_cases() -> tuple[Case, ...]:
    """Make weights of a dense layer and an order of its inputs."""
    rng = np.random.default_rng(seed=12)
    by_hand = Case("three pixels", (np.array([[10.0, 20.0, 30.0]]), np.array([1, 2, 0])))
    sizes = [(2, 5), (4, 9)]
    return (
        by_hand,
        *(
            Case(f"weight {size}", (rng.standard_normal(size), rng.permutation(size[1])))
            for size in sizes
        ),
    )


# 01.correlation


def correlation(image: NDArray, distance: int) -> float:
    """Correlate each pixel with the one `distance` columns to its right."""
    left, right = image[:, :-distance], image[:, distance:]
    return np.corrcoef(left.ravel(), right.ravel())[0, 1]


def correlation_down(image: NDArray, distance: int) -> float:
    """Look down instead of to the right."""
    distance = min(distance, len(image) - 1)
    return np.corrcoef(image[:-distance].ravel(), image[distance:].ravel())[0, 1]


def correlation_wraps(image: NDArray, distance: int) -> float:
    """Let the last pixels of a row meet its first ones."""
    return np.corrcoef(image.ravel(), np.roll(image, -distance, axis=1).ravel())[0, 1]


def covariance(image: NDArray, distance: int) -> float:
    """Forget to divide by the spread."""
    left, right = image[:, :-distance], image[:, distance:]
    return ((left - left.mean()) * (right - right.mean())).mean()


def correlation_in_rows(image: NDArray, distance: int) -> NDArray:
    """Return the whole table of `np.corrcoef`."""
    left, right = image[:, :-distance], image[:, distance:]
    return np.corrcoef(left.ravel(), right.ravel())


# 01.count_bug


def count_parameters_wrong(filters: int, channels: int, kernel_size: int) -> int:
    """Count the parameters of a convolutional layer — with a bug: a filter has a depth."""
    weights = filters * kernel_size * kernel_size
    biases = filters
    return weights + biases


def count_parameters(filters: int, channels: int, kernel_size: int) -> int:
    """Count the weights of every filter, through all channels, and one bias a filter."""
    weights = filters * channels * kernel_size * kernel_size
    biases = filters
    return weights + biases


def count_without_biases(filters: int, channels: int, kernel_size: int) -> int:
    """Leave the biases out."""
    return filters * channels * kernel_size**2


def count_bias_per_channel(filters: int, channels: int, kernel_size: int) -> int:
    """Give every channel of every filter a bias."""
    return filters * channels * (kernel_size**2 + 1)


def count_one_bias(filters: int, channels: int, kernel_size: int) -> int:
    """Share one bias among all filters."""
    return filters * channels * kernel_size**2 + 1


# 01.unshuffle


def reorder_weights(weight: NDArray, order: NDArray) -> NDArray:
    """Give each weight the place to which its pixel has moved."""
    return weight[:, order]


def reorder_back(weight: NDArray, order: NDArray) -> NDArray:
    """Use the inverse order: right only where the order is its own inverse."""
    return weight[:, np.argsort(order)]


def reorder_sorted(weight: NDArray, order: NDArray) -> NDArray:
    """Sort the weights instead."""
    return np.sort(weight, axis=1)


def reorder_reversed(weight: NDArray, order: NDArray) -> NDArray:
    """Read the order from its end."""
    return weight[:, order[::-1]]


EXERCISES = [
    Exercise(
        id="01.correlation",
        prompt="Write correlation(image, distance): how alike are pixels that many columns apart?",
        solution=correlation,
        cases=correlation_cases(),
        hints=(
            "You need two arrays of the same shape: all left pixels, and all their partners.",
            "image[:, :-distance] are the left ones.",
            "np.corrcoef(a, b) returns a 2 × 2 table; the number off its diagonal is the one.",
        ),
        near_misses={
            "downwards": correlation_down,
            "wraps around": correlation_wraps,
            "covariance": covariance,
            "whole table": correlation_in_rows,
        },
    ),
    Exercise(
        id="01.why",
        prompt="Why do shuffled pixels hurt the CNN and not the MLP?",
        solution="c",
        choices={
            "a": "The CNN has fewer parameters, so it cannot learn as much.",
            "b": "Shuffling destroys information, and the CNN needs more of it.",
            "c": "A filter looks at neighbors, and after shuffling neighbors belong to nothing "
            "in common; the MLP never knew who is whose neighbor.",
            "d": "The MLP learns to put the pixels back in order before it starts.",
        },
        why="The CNN is built on an assumption about its input. Where the assumption holds it "
        "helps, where it does not it hurts.",
        hints=(
            "Shuffling with one fixed order can be undone: is anything lost?",
            "What does each network know about the places of pixels before training begins?",
        ),
        near_misses={"size": "a", "information": "b", "sorting": "d"},
    ),
    Exercise(
        id="01.weights",
        prompt="How many parameters has a convolutional layer of 16 filters of 3×3 on a color "
        "image, biases included?",
        solution=448,
        why="Each filter has 3 · 3 weights for each of 3 channels, and a bias: 28. Times 16.",
        hints=(
            "Count one filter first. It reaches through all channels of the image.",
            "The size of the image does not matter.",
        ),
        near_misses={"no biases": 432, "one channel": 160, "one bias for all": 433},
    ),
    Exercise(
        id="01.count_bug",
        prompt="Repair count_parameters: on a color image it gives too few.",
        solution=count_parameters,
        given=count_parameters_wrong,
        cases=layer_cases(),
        hints=(
            "Which of its three arguments does the function never use?",
            "On a gray image the answer is right. Why?",
        ),
        near_misses={
            "no biases": count_without_biases,
            "bias a channel": count_bias_per_channel,
            "one bias": count_one_bias,
        },
    ),
    Exercise(
        id="01.unshuffle",
        prompt="Write reorder_weights(weight, order): the weight (M, D) that gives on x[:, order] "
        "what the old one gives on x.",
        solution=reorder_weights,
        cases=unshuffle_cases(),
        hints=(
            "Try three pixels: order 1 2 0 puts pixel 1 first. Which weight must come first?",
            "Weights must move exactly as the pixels do.",
        ),
        near_misses={
            "inverse order": reorder_back,
            "sorted": reorder_sorted,
            "reversed": reorder_reversed,
        },
    ),
]
