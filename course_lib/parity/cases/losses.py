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
    """Draw probabilities over the second axis: 64ths, whose sum is 1 in every precision."""

    def draw(rng: np.random.Generator) -> NDArray:
        even = np.full(shape[1], 1 / shape[1])
        counts = rng.multinomial(64, even, size=(shape[0], *shape[2:]))
        return np.moveaxis(counts, -1, 1) / 64

    return draw


def values(*shape: int) -> Draw:
    """Draw standard normal numbers."""
    return lambda rng: rng.standard_normal(shape)


def unit_interval(*shape: int) -> Draw:
    """Draw numbers from 0 to 1, some of them exactly 0 or 1."""
    return lambda rng: np.clip(rng.uniform(-0.2, 1.2, shape), 0, 1)


def inside_interval(*shape: int) -> Draw:
    """Draw probabilities that are not close to 0 or 1, where the gradient is steep."""
    return lambda rng: rng.uniform(0.05, 0.95, shape)


def reduced(operation: str, name: str, draws: Callable, **options: object) -> list[Case]:
    """Make one case for each reduction."""
    return [
        Case(operation, f"{name}-{reduction}", draws, {**options, "reduction": reduction})
        for reduction in ("none", "mean", "sum")
    ]


def log_probabilities(*shape: int) -> Draw:
    """Draw numbers below 0: logarithms of probabilities, not made to sum to 1."""
    return lambda rng: -rng.exponential(size=shape)


def inputs(*draws: Draw) -> Callable[[np.random.Generator], tuple[NDArray, ...]]:
    """Draw each input in turn from one generator."""
    return lambda rng: tuple(draw(rng) for draw in draws)


LABELED = inputs(logits(7, 5), labels(7))
LABELED_IMAGE = inputs(logits(2, 5, 3, 4), labels(2, 3, 4))
LOG_LABELED = inputs(log_probabilities(7, 5), labels(7))
LOG_LABELED_IMAGE = inputs(log_probabilities(2, 5, 3, 4), labels(2, 3, 4))
SOFT = inputs(logits(7, 5), distribution(7, 5))
SOFT_IMAGE = inputs(logits(2, 5, 3, 4), distribution(2, 5, 3, 4))

BINARY = inputs(inside_interval(3, 4), unit_interval(3, 4))
BINARY_LOGITS = inputs(logits(3, 4), unit_interval(3, 4))
PAIR = inputs(values(2, 3, 4), values(2, 3, 4))
FACTORS = np.array([0.5, 2.0, 1.5, 0.25])

CASES = [
    *reduced("cross_entropy", "labels", LABELED),
    *reduced("cross_entropy", "weighted", LABELED, weight=WEIGHT),
    *reduced("cross_entropy", "smoothed", LABELED, label_smoothing=0.1),
    *reduced("cross_entropy", "smoothed-image", LABELED_IMAGE, weight=WEIGHT, label_smoothing=0.3),
    *reduced("cross_entropy", "soft", SOFT),
    *reduced("cross_entropy", "soft-weighted", SOFT, weight=WEIGHT),
    *reduced("cross_entropy", "soft-image", SOFT_IMAGE, weight=WEIGHT, label_smoothing=0.2),
    Case("cross_entropy", "one-sample", inputs(logits(1, 5), labels(1))),
    *reduced("nll_loss", "labels", LOG_LABELED),
    *reduced("nll_loss", "weighted-image", LOG_LABELED_IMAGE, weight=WEIGHT),
    *reduced("binary_cross_entropy", "plain", BINARY),
    *reduced("binary_cross_entropy", "weighted", BINARY, weight=FACTORS),
    *reduced("binary_cross_entropy_with_logits", "plain", BINARY_LOGITS),
    *reduced(
        "binary_cross_entropy_with_logits",
        "weighted",
        BINARY_LOGITS,
        weight=FACTORS[:3, None],
        pos_weight=FACTORS,
    ),
    *reduced("focal_loss", "labels", LABELED),
    *reduced("focal_loss", "image", LABELED_IMAGE, gamma=0.5, alpha=WEIGHT),
    Case("focal_loss", "gamma-zero", LABELED, {"gamma": 0.0}),
    *reduced("binary_focal_loss", "plain", BINARY_LOGITS),
    *reduced("binary_focal_loss", "no-alpha", BINARY_LOGITS, gamma=0.5, alpha=None),
    Case("binary_focal_loss", "gamma-zero", BINARY_LOGITS, {"gamma": 0.0}),
    *reduced("mse_loss", "volume", PAIR),
    Case("mse_loss", "one-number", inputs(values(), values())),
]
