"""Exercises of notebook 29: Claims checked."""

from collections.abc import Sequence
from math import ceil, exp, prod

from course_lib.exercises.record import Case, Exercise
from course_lib.lessons.claims_checked.judging import pooled_and_shifted

# 29.slope


def slope(x: float, weights: Sequence[float], upstream: float) -> float:
    """Multiply every factor on the way back from the end to the first weight."""
    slopes, h = [], x
    for weight in weights:
        h = 1 / (1 + exp(-weight * h))
        slopes.append(h * (1 - h))
    return upstream * prod(slopes) * prod(weights[1:]) * x


def _slopes(x: float, weights: Sequence[float]) -> float:
    """Give the product of the slopes of all units."""
    return slope(x, weights, 1.0) / (prod(weights[1:]) * x)


def slope_short(x: float, weights: Sequence[float], upstream: float) -> float:
    """Multiply the slopes alone."""
    return _slopes(x, weights)


def slope_no_upstream(x: float, weights: Sequence[float], upstream: float) -> float:
    """Forget what comes in at the end."""
    return slope(x, weights, 1.0)


def slope_no_input(x: float, weights: Sequence[float], upstream: float) -> float:
    """Forget what the first weight was multiplied with."""
    return slope(x, weights, upstream) / x


def slope_no_weights(x: float, weights: Sequence[float], upstream: float) -> float:
    """Forget the weights on the way."""
    return upstream * _slopes(x, weights) * x


def slope_all_weights(x: float, weights: Sequence[float], upstream: float) -> float:
    """Multiply with the first weight as well, as if the input were asked for."""
    return slope(x, weights, upstream) * weights[0]


def slope_of_input(x: float, weights: Sequence[float], upstream: float) -> float:
    """Give the slope of the input."""
    return upstream * _slopes(x, weights) * prod(weights)


# 29.middle


def middle(c_in: int, c_out: int) -> int:
    """Solve 9 M (C_in + C_out) < 25 C_in C_out for the largest whole M."""
    return ceil(25 * c_in * c_out / (9 * (c_in + c_out))) - 1


def middle_as_many(c_in: int, c_out: int) -> int:
    """Allow as many weights as the large kernel has."""
    return 25 * c_in * c_out // (9 * (c_in + c_out))


def middle_sides(c_in: int, c_out: int) -> int:
    """Count sides instead of areas."""
    return ceil(5 * c_in * c_out / (3 * (c_in + c_out))) - 1


def middle_first_only(c_in: int, c_out: int) -> int:
    """Count the first small kernel alone."""
    return ceil(25 * c_out / 9) - 1


def middle_reads_input(c_in: int, c_out: int) -> int:
    """Let the second kernel give C_in channels as well."""
    return ceil(25 * c_in * c_out / (18 * c_in**2) * c_in) - 1


def middle_equal(c_in: int, c_out: int) -> int:
    """Take the rule for equal channels, 25 / 18 of those that come in."""
    return 25 * c_in // 18


# 29.still


@pooled_and_shifted
def still(n: int) -> list[float]:
    """Let every number be larger than the one before."""
    return [float(k) for k in range(1, n + 1)]


@pooled_and_shifted
def still_constant(n: int) -> list[float]:
    """Give the same number everywhere."""
    return [3.0] * n


@pooled_and_shifted
def still_falling(n: int) -> list[float]:
    """Let the numbers fall."""
    return [float(n - k) for k in range(n)]


@pooled_and_shifted
def still_alternating(n: int) -> list[float]:
    """Alternate small and large numbers."""
    return [0.0, 1.0] * (n // 2)


@pooled_and_shifted
def still_one_peak(n: int) -> list[float]:
    """Let a single pixel be bright."""
    return [0.0] * 3 + [5.0] + [0.0] * (n - 4)


@pooled_and_shifted
def still_too_long(n: int) -> list[float]:
    """Give twice as many numbers."""
    return [float(k) for k in range(1, 2 * n + 1)]


# 29.running


def running(means: Sequence[float], keep: float) -> float:
    """Keep a share of the old value, and add the rest of the new."""
    value = 0.0
    for mean in means:
        value = keep * value + (1 - keep) * mean
    return value


def running_other_way(means: Sequence[float], keep: float) -> float:
    """Let the number weigh the new value, as PyTorch does."""
    return running(means, 1 - keep)


def running_plain_mean(means: Sequence[float], keep: float) -> float:
    """Weigh all alike."""
    return sum(means) / len(means)


def running_from_first(means: Sequence[float], keep: float) -> float:
    """Start at the first mean instead of at 0."""
    value = means[0]
    for mean in means[1:]:
        value = keep * value + (1 - keep) * mean
    return value


def running_no_share(means: Sequence[float], keep: float) -> float:
    """Add the whole new value, as momentum of an optimizer does."""
    value = 0.0
    for mean in means:
        value = keep * value + mean
    return value


def running_no_decay(means: Sequence[float], keep: float) -> float:
    """Forget to shrink the old value."""
    return (1 - keep) * sum(means)


EXERCISES = [
    Exercise(
        id="29.slope",
        prompt="Write slope(x, weights, upstream): ∂L/∂w of the *first* weight in a chain of "
        "sigmoids, h = σ(w h) again and again, that starts with x. upstream is ∂L/∂h of the last.",
        solution=slope,
        cases=(
            Case("two units", (0.4, [2.0, -1.5], 0.8)),
            Case("one unit", (-1.0, [0.7], 2.0)),
            Case("four units", (0.3, [1.2, 0.4, -2.0, 0.9], -0.5)),
        ),
        hints=(
            "Go forward first, and keep σ′ = h (1 − h) of every unit.",
            "On its way back a slope meets the weight and the σ′ of every unit but the first, then "
            "the first σ′.",
            "What a weight was multiplied with on the way forward, its slope is multiplied with "
            "on the way back: x.",
        ),
        near_misses={
            "the product of slopes alone": slope_short,
            "the upstream slope forgotten": slope_no_upstream,
            "the input forgotten": slope_no_input,
            "the weights forgotten": slope_no_weights,
            "the first weight as well": slope_all_weights,
            "the slope of the input": slope_of_input,
        },
    ),
    Exercise(
        id="29.alike",
        prompt="A page compares a dense layer of 50 units on a 64 × 64 RGB image with 8 filters of "
        "3 × 3 × 3: 614,400 weights against 216, “2,844 times fewer”. Give the dense layer as many "
        "outputs as the convolution has. How many times more multiply-adds does it need?",
        solution=12288 / 27,
        why="Each output of the dense layer needs 64 · 64 · 3 products, each of the convolution "
        "27, however many outputs there are.",
        hints=(
            "The number of outputs is the same on both sides, so it cancels.",
            "How many products does one output need, on each side?",
        ),
        near_misses={
            "the quotient of the page": 614_400 / 216,
            "one channel of the image": 4096 / 27,
            "one channel of the kernel": 12288 / 9,
            "weights instead of products": 12288 * 8 * 62 * 62 / 216,
            "the sides instead of the areas": 64 / 3,
        },
        tolerance=1e-2,
    ),
    Exercise(
        id="29.why",
        prompt="Batch norm with noise added behind it drifts more than no norm at all, and still "
        "trains better. What follows?",
        solution="b",
        choices={
            "a": "Batch norm does not reduce the drift.",
            "b": "The gain does not depend on less drift.",
            "c": "Noise makes networks train better.",
            "d": "No network gains anything by less drift.",
        },
        why="Where the drift was larger the gain stayed, so it needs another cause. Whether less "
        "drift helps in some other network was not asked.",
        hints=(
            "Two things were changed, the drift and the training. Did they change together?",
            "An experiment on one network says nothing of all networks.",
        ),
        near_misses={"no less drift": "a", "noise helps": "c", "for all networks": "d"},
    ),
    Exercise(
        id="29.middle",
        prompt="Write middle(c_in, c_out): the largest number M of channels between two 3 × 3 "
        "kernels, c_in → M → c_out, for which they have *fewer* weights than one 5 × 5 from c_in "
        "to c_out. No biases.",
        solution=middle,
        cases=(
            Case("9 to 6 channels", (9, 6)),
            Case("64 to 64", (64, 64)),
            Case("3 to 96", (3, 96)),
        ),
        hints=(
            "The two have 9 · c_in · M and 9 · M · c_out weights, the one has 25 · c_in · c_out.",
            "Solve for M, and take the largest whole number that is *below*, not at, the limit.",
        ),
        near_misses={
            "as many weights allowed": middle_as_many,
            "sides counted, not areas": middle_sides,
            "the first kernel alone": middle_first_only,
            "the second gives C_in channels": middle_reads_input,
            "the rule for equal channels": middle_equal,
        },
    ),
    Exercise(
        id="29.still",
        prompt="“Pooling makes a network indifferent to small shifts.” Write still(n), a row of n "
        "numbers for which max pooling by two gives *another* number at every place once the row "
        "has moved one place to the right (a 0 comes in).",
        solution=still,
        cases=(Case("8 numbers", (8,)), Case("14 numbers", (14,))),
        hints=(
            "Write down the windows before and after: (1st, 2nd), (3rd, 4th) become (0, 1st), "
            "(2nd, 3rd).",
            "What row has its largest number always at the right of a window?",
        ),
        near_misses={
            "all equal": still_constant,
            "falling": still_falling,
            "small and large in turn": still_alternating,
            "one bright pixel": still_one_peak,
            "too long": still_too_long,
        },
    ),
    Exercise(
        id="29.running",
        prompt="Another library says momentum for the share of the *old* value that is kept. Write "
        "running(means, keep): the running mean after these batch means, beginning at 0.",
        solution=running,
        cases=(
            Case("three batches", ([1.0, 3.0, 2.0], 0.9)),
            Case("one batch", ([4.0], 0.75)),
            Case("half and half", ([2.0, -1.0, 5.0, 3.0], 0.5)),
        ),
        hints=(
            "In PyTorch: (1 − momentum) · old + momentum · new. Here the roles are exchanged.",
            "value = keep * value + (1 - keep) * mean, once for each batch.",
        ),
        near_misses={
            "the number weighs the new value": running_other_way,
            "a plain mean": running_plain_mean,
            "begins at the first mean": running_from_first,
            "the whole new value": running_no_share,
            "the old value does not shrink": running_no_decay,
        },
    ),
]
