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
    """Make weights of a dense layer that has learned from pixels in this order."""
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


def word_cases() -> tuple[Case, ...]:
    """Make words of DNA, some with an N for "any letter"."""
    return tuple(Case(f"word {word}", (word,)) for word in ("GNA", "TATA", "CNNGT"))


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


def correlation_two_divisors(image: NDArray, distance: int) -> float:
    """Divide a covariance over n - 1 by spreads over n."""
    left, right = image[:, :-distance].ravel(), image[:, distance:].ravel()
    return np.cov(left, right)[0, 1] / (np.std(left) * np.std(right))


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


def unshuffle(weight: NDArray, order: NDArray) -> NDArray:
    """Send each weight back to the pixel that it was learned for."""
    return weight[:, np.argsort(order)]


def unshuffle_shuffles(weight: NDArray, order: NDArray) -> NDArray:
    """Shuffle the weights once more: right only where the order is its own inverse."""
    return weight[:, order]


def unshuffle_nothing(weight: NDArray, order: NDArray) -> NDArray:
    """Leave the weights where they are."""
    return weight.copy()


def unshuffle_reversed(weight: NDArray, order: NDArray) -> NDArray:
    """Read the order from its end."""
    return weight[:, order[::-1]]


# 01.motif


def motif(word: str) -> NDArray:
    """Write 1 for each letter that fits; N fits all four."""
    return np.array([[float(letter in (base, "N")) for letter in word] for base in "ACGT"])


def motif_without_any(word: str) -> NDArray:
    """Give N no weight: the answer is then smaller than the word is long."""
    return np.array([[float(letter == base) for letter in word] for base in "ACGT"])


def motif_quarter(word: str) -> NDArray:
    """Share the 1 among the four letters: N then counts a quarter."""
    return motif_without_any(word) + 0.25 * np.array([letter == "N" for letter in word])


def motif_lying(word: str) -> NDArray:
    """Give each letter of the word a row, and each base a column."""
    return motif(word).T


def motif_other_bases(word: str) -> NDArray:
    """Take the bases in another order than the data."""
    return motif(word)[[0, 3, 2, 1]]


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
            "np.cov divides by n − 1 and np.std by n": correlation_two_divisors,
            "whole table": correlation_in_rows,
        },
    ),
    Exercise(
        id="01.unshuffle",
        prompt="Write unshuffle(weight, order): weight (M, D) was learned on x[:, order]. Return "
        "the weight that gives the same on x.",
        solution=unshuffle,
        cases=unshuffle_cases(),
        hints=(
            "Take order 1 2 0. The first weight was learned for pixel 1: where must it stand?",
            "You need the order that undoes the given one.",
            "np.argsort(order) undoes it.",
        ),
        near_misses={
            "shuffled once more": unshuffle_shuffles,
            "left where they were": unshuffle_nothing,
            "reversed": unshuffle_reversed,
        },
    ),
    Exercise(
        id="01.why",
        prompt="In all images the 16 rows change places, in one common order. Which filter can "
        "still find what it found before?",
        solution="a",
        choices={
            "a": "One of 1 × 3 pixels, which lies along a row.",
            "b": "One of 3 × 1 pixels, which stands across three rows.",
            "c": "Both, because no pixel is lost.",
            "d": "Neither, because a filter needs the whole image in order.",
        },
        why="Inside a row every pixel has kept its neighbors. Across rows it has new ones: nothing "
        "is lost, but a filter sees only what lies side by side.",
        hints=(
            "Follow one pixel: which of its neighbors are still its neighbors?",
            "A filter does not know where it is; it knows what lies under it.",
        ),
        near_misses={"standing": "b", "information": "c", "whole image": "d"},
    ),
    Exercise(
        id="01.weights",
        prompt="How many parameters does a convolutional layer of 16 filters of 3 × 3 on a color "
        "image have, biases included?",
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
        id="01.motif",
        prompt="Write motif(word): the filter (4, L) that answers L exactly where the word stands. "
        "Rows are A, C, G, T; an N in the word fits any letter.",
        solution=motif,
        cases=word_cases(),
        hints=(
            "Without an N it is as_channels(word).",
            "Whatever stands in the place of an N must add 1.",
        ),
        near_misses={
            "N counts nothing": motif_without_any,
            "N counts a quarter": motif_quarter,
            "rows and columns swapped": motif_lying,
            "another order of bases": motif_other_bases,
        },
    ),
]
