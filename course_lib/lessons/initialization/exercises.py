"""Exercises of notebook 10: initialization."""

from math import prod, sqrt

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises.record import Case, Exercise

# 10.deviation


def deviation(shape: tuple[int, ...], slope: float) -> float:
    """Let the mean square stay as it is: fan_in · variance · (1 + slope²)/2 = 1."""
    return sqrt(2 / ((1 + slope**2) * prod(shape[1:])))


def deviation_as_variance(shape: tuple[int, ...], slope: float) -> float:
    """Give the variance, where its root is asked for."""
    return deviation(shape, slope) ** 2


def deviation_without_kernel(shape: tuple[int, ...], slope: float) -> float:
    """Count the channels only, not the taps."""
    return sqrt(2 / ((1 + slope**2) * shape[1]))


def deviation_by_fan_out(shape: tuple[int, ...], slope: float) -> float:
    """Count what an input reaches, not what an output adds up."""
    return sqrt(2 / ((1 + slope**2) * shape[0] * prod(shape[2:])))


def deviation_by_all_weights(shape: tuple[int, ...], slope: float) -> float:
    """Count all weights of the layer."""
    return sqrt(2 / ((1 + slope**2) * prod(shape)))


def deviation_of_relu(shape: tuple[int, ...], slope: float) -> float:
    """Forget what passes on the left."""
    return sqrt(2 / prod(shape[1:]))


def deviation_slope_not_squared(shape: tuple[int, ...], slope: float) -> float:
    """Add the slope itself, where its square counts."""
    return sqrt(2 / ((1 + slope) * prod(shape[1:])))


# 10.draw_bug


def draw_with_variance(fan_in: int, fan_out: int, normal: NDArray) -> NDArray:
    """Scale standard normal numbers to He's weights — with a bug."""
    variance = 2 / fan_in
    return variance * normal


def draw(fan_in: int, fan_out: int, normal: NDArray) -> NDArray:
    """Scale standard normal numbers to He's weights: a deviation is the root of a variance."""
    variance = 2 / fan_in
    return np.sqrt(variance) * normal


def draw_by_fan_out(fan_in: int, fan_out: int, normal: NDArray) -> NDArray:
    """Take the root, and count the outputs."""
    return np.sqrt(2 / fan_out) * normal


def draw_glorot(fan_in: int, fan_out: int, normal: NDArray) -> NDArray:
    """Take the root, and average both fans."""
    return np.sqrt(2 / (fan_in + fan_out)) * normal


def draw_lecun(fan_in: int, fan_out: int, normal: NDArray) -> NDArray:
    """Take the root, and forget that the ReLU halves."""
    return np.sqrt(1 / fan_in) * normal


def draw_squared(fan_in: int, fan_out: int, normal: NDArray) -> NDArray:
    """Square where the root is needed."""
    return (2 / fan_in) ** 2 * normal


def draw_cases() -> tuple[Case, ...]:
    """Make two rows of three numbers to try by hand, then larger ones."""
    rng = np.random.default_rng(seed=10)
    by_hand = np.array([[1.0, -1.0, 0.5], [2.0, 0.0, -1.5]])
    sizes = [(5, 4), (2, 7), (50, 3)]
    return (
        Case("3 inputs, 2 outputs", (3, 2, by_hand)),
        *(
            Case(f"{n} inputs, {out} outputs", (n, out, rng.standard_normal((out, n))))
            for n, out in sizes
        ),
    )


# 10.rescale


def rescale(x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Make the sums of one layer as large as they should be, and only then look at the next."""
    z1 = x @ W1.T
    first = 1 / np.sqrt((z1**2).mean())
    z2 = np.maximum(first * z1, 0) @ W2.T
    return np.array([first, 1 / np.sqrt((z2**2).mean())])


def rescale_by_square(x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Divide by the mean square, and not by its root."""
    z1 = x @ W1.T
    first = 1 / (z1**2).mean()
    return np.array([first, 1 / ((np.maximum(first * z1, 0) @ W2.T) ** 2).mean()])


def rescale_all_at_once(x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Measure both layers of the old network: the second one's inputs change, too."""
    z1 = x @ W1.T
    z2 = np.maximum(z1, 0) @ W2.T
    return np.array([1 / np.sqrt((z1**2).mean()), 1 / np.sqrt((z2**2).mean())])


def rescale_without_relu(x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Leave the ReLU out."""
    z1 = x @ W1.T
    first = 1 / np.sqrt((z1**2).mean())
    return np.array([first, 1 / np.sqrt(((first * z1 @ W2.T) ** 2).mean())])


def rescale_by_deviation(x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Subtract the mean, which is part of the size."""
    z1 = x @ W1.T
    first = 1 / z1.std()
    return np.array([first, 1 / (np.maximum(first * z1, 0) @ W2.T).std()])


def rescale_behind_relu(x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Measure behind the ReLU, where part is gone."""
    h1 = np.maximum(x @ W1.T, 0)
    first = 1 / np.sqrt((h1**2).mean())
    h2 = np.maximum(first * h1 @ W2.T, 0)
    return np.array([first, 1 / np.sqrt((h2**2).mean())])


def rescale_upside_down(x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Give the sizes, and not what they must be divided by."""
    return 1 / rescale(x, W1, W2)


def rescale_cases() -> tuple[Case, ...]:
    """Make two samples and two layers to try by hand, then larger networks."""
    rng = np.random.default_rng(seed=11)
    by_hand = (
        np.array([[1.0, 2.0], [3.0, -1.0]]),
        np.array([[1.0, 0.0], [1.0, 1.0], [-1.0, 2.0]]),
        np.array([[1.0, -1.0, 2.0], [2.0, 1.0, 0.0]]),
    )
    sizes = [(5, 4, 6, 3), (7, 3, 5, 2)]
    return (
        Case("two samples, layers of 2, 3, 2", by_hand),
        *(
            Case(
                f"{n} samples, layers of {i}, {h}, {o}",
                tuple(rng.standard_normal(shape) for shape in ((n, i), (h, i), (o, h))),
            )
            for n, i, h, o in sizes
        ),
    )


EXERCISES = [
    Exercise(
        id="10.bits",
        prompt="24 dense ReLU layers of width 50, weights of standard deviation 0.1. How many bits "
        "does the mean square gain (+) or lose (−) in all 24 together?",
        solution=-48,
        why="50 · 0.1² / 2 = 1/4 a layer, so −2 bits a layer, and 24 times −2 is −48: what is left "
        "of the mean square is 2⁻⁴⁸.",
        hints=(
            "By which factor does one layer multiply the mean square? n · variance · ½.",
            "The variance is the square of the standard deviation.",
            "A factor of ½ is −1 bit. Bits of layers add up.",
        ),
        near_misses={
            "one layer only": -2,
            "the sign left out": 48,
            "the ReLU left out": -24,
            "the deviation taken for the variance": 24 * np.log2(50 * 0.1 / 2),
            "a factor instead of bits": 2.0**-48,
        },
    ),
    Exercise(
        id="10.draw_bug",
        prompt="Repair draw: `normal` holds numbers with mean 0 and variance 1, shape (fan_out, "
        "fan_in); the result should have He's variance 2/fan_in.",
        solution=draw,
        given=draw_with_variance,
        cases=draw_cases(),
        hints=(
            "If all numbers are multiplied with c, with what is their variance multiplied?",
            "c² should be the variance.",
        ),
        near_misses={
            "fan-out for fan-in": draw_by_fan_out,
            "Glorot's variance": draw_glorot,
            "LeCun's variance": draw_lecun,
            "the square for the root": draw_squared,
        },
    ),
    Exercise(
        id="10.back",
        prompt="A ReLU, then a dense layer from 400 numbers to 100, with He's variance 2/400. With "
        "what do both together multiply the mean square of δ on the way back?",
        solution=0.25,
        why="On the way back each of the 400 numbers adds up 100 slopes: 100 · 2/400 = ½, and the "
        "gate of the ReLU lets half of them through: ¼.",
        hints=(
            "How many arrows leave one of the 400 numbers?",
            "Number of arrows · variance of a weight · share that the gate lets through.",
        ),
        near_misses={
            "fan-in used on the way back": 1.0,
            "the gate left out": 0.5,
            "the fans turned round": 4.0,
            "squared once more": 0.0625,
        },
    ),
    Exercise(
        id="10.why",
        prompt="Widths go 64, 256, 64, 256, … for thirty layers, and weights have He's variance "
        "2/n_in. On the way back layers multiply the mean square of δ with n_out/n_in: with 4, "
        "with ¼, with 4, … Does the error arrive at the first layer?",
        solution="b",
        choices={
            "a": "No: half of the layers multiply with 4, and 4¹⁵ is a billion.",
            "b": "Yes: each width stands once above and once below, so only the ends are left.",
            "c": "Yes: the ReLU lets half of the slopes through, which makes up for n_out/n_in.",
            "d": "No: the way back needs weights of its own, drawn with 2/n_out.",
        },
        why="The product of n_out/n_in over all layers is (last width)/(first width), however many "
        "layers there are (He et al. 2015, end of section 2.2). Only what grows or shrinks layer "
        "upon layer is deadly.",
        hints=(
            "Write the factors of six layers in a row, and multiply.",
            "How often does each width stand above, how often below?",
        ),
        near_misses={"only the growing half": "a", "the ReLU twice": "c", "two sets": "d"},
    ),
    Exercise(
        id="10.deviation",
        prompt="Write deviation(shape, slope): the standard deviation of weights of this shape "
        "(out, in, *kernel) that keeps the mean square through layers with leaky ReLU, which "
        "multiplies negative numbers with `slope`.",
        solution=deviation,
        cases=(
            Case("3 outputs, 2 inputs, kernel 5×5, slope 0.5", ((3, 2, 5, 5), 0.5)),
            Case("a dense layer, slope 0.25", ((4, 7), 0.25)),
            Case("a 1-D convolution, plain ReLU", ((6, 5, 3), 0.0)),
            Case("PReLU at 0.25, kernel 1×3", ((8, 16, 1, 3), 0.25)),
        ),
        hints=(
            "What share of E[z²] passes? Half of the numbers pass whole, half times the slope.",
            "fan_in is what one output adds up: all axes of the shape but the first.",
            "Solve fan_in · variance · (1 + slope²)/2 = 1, and take the root.",
        ),
        near_misses={
            "the variance": deviation_as_variance,
            "taps of the kernel not counted": deviation_without_kernel,
            "fan-out for fan-in": deviation_by_fan_out,
            "all weights counted": deviation_by_all_weights,
            "the slope left out": deviation_of_relu,
            "the slope not squared": deviation_slope_not_squared,
        },
    ),
    Exercise(
        id="10.rescale",
        prompt="Write rescale(x, W1, W2) for z1 = x W1ᵀ, h = ReLU(z1), z2 = h W2ᵀ: the array of "
        "two numbers with which W1 and W2 must be multiplied so that, on the batch x (N, in), z1 "
        "and z2 both have mean square 1.",
        solution=rescale,
        cases=rescale_cases(),
        hints=(
            "Compute z1 and its mean square. With what must W1 be multiplied?",
            "Then send x through the new first layer and its ReLU, and do the same with W2.",
            "The number is 1/√(mean of z²).",
        ),
        near_misses={
            "divided by the mean square": rescale_by_square,
            "the second layer measured before the first has changed": rescale_all_at_once,
            "the ReLU left out": rescale_without_relu,
            "deviation from the mean": rescale_by_deviation,
            "measured behind the ReLU": rescale_behind_relu,
            "the sizes themselves": rescale_upside_down,
        },
    ),
]
