"""Cases for the losses. Targets are drawn as data: labels, probabilities, or values in [0, 1]."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from course_lib.parity.cases import Case

Draw = Callable[[np.random.Generator], NDArray]
NUM_CLASSES = 5
WEIGHT = np.array([0.5, 2.0, 0.0, 1.0, 0.3])


def logits(*shape: int) -> Draw:
    """Draw scores wide enough that some softmax rows are nearly certain."""
    return lambda rng: 3 * rng.standard_normal(shape)


def labels(*shape: int) -> Draw:
    """Draw one of five classes for each position."""
    return lambda rng: rng.integers(0, NUM_CLASSES, shape)


def distribution(*shape: int) -> Draw:
    """Draw probabilities that sum to 1 over the second axis."""

    def draw(rng: np.random.Generator) -> NDArray:
        positive = rng.exponential(size=shape)
        return positive / positive.sum(axis=1, keepdims=True)

    return draw


def inputs(*draws: Draw) -> Callable[[np.random.Generator], tuple[NDArray, ...]]:
    """Draw each input in turn from one generator."""
    return lambda rng: tuple(draw(rng) for draw in draws)


LABELLED = inputs(logits(7, 5), labels(7))
LABELLED_IMAGE = inputs(logits(2, 5, 3, 4), labels(2, 3, 4))
SOFT = inputs(logits(7, 5), distribution(7, 5))
SOFT_IMAGE = inputs(logits(2, 5, 3, 4), distribution(2, 5, 3, 4))

CASES = [
    Case("cross_entropy", "labels", LABELLED),
    Case("cross_entropy", "labels-none", LABELLED, {"reduction": "none"}),
    Case("cross_entropy", "labels-sum", LABELLED, {"reduction": "sum"}),
    Case("cross_entropy", "weighted-mean", LABELLED, {"weight": WEIGHT}),
    Case("cross_entropy", "weighted-sum", LABELLED, {"weight": WEIGHT, "reduction": "sum"}),
    Case("cross_entropy", "smoothed", LABELLED, {"label_smoothing": 0.1}),
    Case(
        "cross_entropy",
        "smoothed-weighted-image",
        LABELLED_IMAGE,
        {"weight": WEIGHT, "label_smoothing": 0.3},
    ),
    Case(
        "cross_entropy",
        "weighted-image-none",
        LABELLED_IMAGE,
        {"weight": WEIGHT, "reduction": "none"},
    ),
    Case("cross_entropy", "soft", SOFT),
    Case("cross_entropy", "soft-weighted", SOFT, {"weight": WEIGHT}),
    Case(
        "cross_entropy",
        "soft-smoothed-image-none",
        SOFT_IMAGE,
        {"weight": WEIGHT, "label_smoothing": 0.2, "reduction": "none"},
    ),
    Case("cross_entropy", "one-sample", inputs(logits(1, 5), labels(1))),
]
