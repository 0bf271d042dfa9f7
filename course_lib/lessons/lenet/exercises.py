"""Exercises of notebook 17: LeNet-5."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from course_lib.exercises.record import Case, Exercise

# 17.subsample


def subsample(x: NDArray, coefficient: NDArray, bias: NDArray) -> NDArray:
    """Sum each 2 × 2 square, times a number, plus a number, one pair a map; then squash."""
    n, c, h, w = x.shape
    sums = x.reshape(n, c, h // 2, 2, w // 2, 2).sum(axis=(3, 5))
    a = sums * coefficient[:, None, None] + bias[:, None, None]
    return 1.7159 * np.tanh(2 * a / 3)


def _sums(x: NDArray) -> NDArray:
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).sum(axis=(3, 5))


def _squash(a: NDArray) -> NDArray:
    return 1.7159 * np.tanh(2 * a / 3)


def subsample_mean(x: NDArray, coefficient: NDArray, bias: NDArray) -> NDArray:
    """Take the mean for the sum."""
    return _squash(_sums(x) / 4 * coefficient[:, None, None] + bias[:, None, None])


def subsample_max(x: NDArray, coefficient: NDArray, bias: NDArray) -> NDArray:
    """Take the maximum for the sum."""
    n, c, h, w = x.shape
    largest = x.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))
    return _squash(largest * coefficient[:, None, None] + bias[:, None, None])


def subsample_unsquashed(x: NDArray, coefficient: NDArray, bias: NDArray) -> NDArray:
    """Forget the squash."""
    return _sums(x) * coefficient[:, None, None] + bias[:, None, None]


def subsample_plain_tanh(x: NDArray, coefficient: NDArray, bias: NDArray) -> NDArray:
    """Forget the two numbers of the squash."""
    return np.tanh(subsample_unsquashed(x, coefficient, bias))


def subsample_bias_first(x: NDArray, coefficient: NDArray, bias: NDArray) -> NDArray:
    """Multiply the bias as well."""
    return _squash((_sums(x) + bias[:, None, None]) * coefficient[:, None, None])


def subsample_squash_first(x: NDArray, coefficient: NDArray, bias: NDArray) -> NDArray:
    """Squash the inputs instead of the outputs."""
    return subsample_unsquashed(_squash(x), coefficient, bias)


def subsample_overlapping(x: NDArray, coefficient: NDArray, bias: NDArray) -> NDArray:
    """Move the square by one pixel, not by two."""
    sums = sliding_window_view(x, (2, 2), axis=(2, 3)).sum(axis=(4, 5))
    return _squash(sums * coefficient[:, None, None] + bias[:, None, None])


def subsample_cases() -> tuple[Case, ...]:
    """Make one image of two maps to try by hand, then others."""
    rng = np.random.default_rng(seed=17)
    small = np.array([[[[0.5, -0.1, 0.3, 0.0], [0.2, 0.4, -0.5, 0.6]],
                       [[-0.3, 0.2, 0.1, 0.7], [0.1, 0.6, 0.2, -0.4]]]])  # fmt: skip
    by_hand = (small, np.array([0.5, -0.8]), np.array([0.1, 0.3]))
    return (
        Case("one image, two maps of 2×4 pixels", by_hand),
        *(
            Case(
                f"shape {shape}",
                (rng.standard_normal(shape), *rng.standard_normal((2, shape[1]))),
            )
            for shape in ((2, 3, 4, 6), (3, 1, 2, 2), (1, 5, 6, 2))
        ),
    )


# 17.table


def table_conv(x: NDArray, kernels: NDArray, bias: NDArray, table: NDArray) -> NDArray:
    """Correlate each map with the kernels that the table gives it, row by row."""
    windows = sliding_window_view(x, kernels.shape[1:], axis=(2, 3))
    y = np.tile(bias[:, None, None], (len(x), 1, *windows.shape[2:4]))
    for kernel, (o, c) in zip(kernels, np.argwhere(table), strict=True):
        y[:, o] += (windows[:, c] * kernel).sum(axis=(3, 4))
    return y


def table_conv_by_columns(x: NDArray, kernels: NDArray, bias: NDArray, table: NDArray) -> NDArray:
    """Hand the kernels out column by column."""
    windows = sliding_window_view(x, kernels.shape[1:], axis=(2, 3))
    y = np.tile(bias[:, None, None], (len(x), 1, *windows.shape[2:4]))
    for kernel, (c, o) in zip(kernels, np.argwhere(table.T), strict=True):
        y[:, o] += (windows[:, c] * kernel).sum(axis=(3, 4))
    return y


def table_conv_without_bias(x: NDArray, kernels: NDArray, bias: NDArray, table: NDArray) -> NDArray:
    """Forget the bias."""
    return table_conv(x, kernels, 0.0 * bias, table)


def table_conv_bias_a_kernel(
    x: NDArray, kernels: NDArray, bias: NDArray, table: NDArray
) -> NDArray:
    """Add the bias once for each kernel, where it belongs to the map."""
    return table_conv(x, kernels, bias * table.sum(axis=1), table)


def table_conv_flipped(x: NDArray, kernels: NDArray, bias: NDArray, table: NDArray) -> NDArray:
    """Turn the kernels round, as a true convolution does."""
    return table_conv(x, kernels[:, ::-1, ::-1], bias, table)


def table_conv_first_maps(x: NDArray, kernels: NDArray, bias: NDArray, table: NDArray) -> NDArray:
    """Read the right number of maps, but always from the first one on."""
    return table_conv(x, kernels, bias, -np.sort(-table, axis=1))


def table_conv_overwritten(x: NDArray, kernels: NDArray, bias: NDArray, table: NDArray) -> NDArray:
    """Keep the last kernel of each map, where they should be added up."""
    last = table * 0
    last[np.arange(len(table)), table.shape[1] - 1 - table[:, ::-1].argmax(axis=1)] = 1
    places = [tuple(place) for place in np.argwhere(table)]
    kept = np.array([kernels[places.index(tuple(place))] for place in np.argwhere(last)])
    return table_conv(x, kept, bias, last)


def table_cases() -> tuple[Case, ...]:
    """Make two maps in, two out, to try by hand; then others, Table I among them."""
    rng = np.random.default_rng(seed=18)
    by_hand = (
        np.array([[[[1.0, 2.0, 4.0]], [[0.0, 3.0, -1.0]]]]),
        np.array([[[2.0, 0.0]], [[1.0, -1.0]], [[3.0, 1.0]]]),
        np.array([0.5, -10.0]),
        np.array([[0, 1], [1, 1]]),
    )
    cases = [Case("two maps of 1×3 pixels, kernels 1×2", by_hand)]
    for n, c, o, height, width in ((2, 3, 4, 5, 6), (1, 6, 16, 7, 7)):
        table = (rng.random((o, c)) < 0.6).astype(int)
        table[:, rng.integers(c)] = 1
        inputs = (
            rng.standard_normal((n, c, height, width)),
            rng.standard_normal((table.sum(), 3, 2)), rng.standard_normal(o), table,
        )  # fmt: skip
        cases.append(Case(f"{c} maps in, {o} out", inputs))
    return tuple(cases)


# 17.way_back


def coefficient_slopes_buggy(grad_y: NDArray, x: NDArray) -> NDArray:
    """Give the slope of each coefficient of y = coefficient · sum + bias — with a bug."""
    n, c, h, w = x.shape
    sums = x.reshape(n, c, h // 2, 2, w // 2, 2).sum(axis=(3, 5))
    return (grad_y * sums).sum(axis=(1, 2, 3))


def coefficient_slopes(grad_y: NDArray, x: NDArray) -> NDArray:
    """Give the slope of each coefficient of y = coefficient · sum + bias."""
    n, c, h, w = x.shape
    sums = x.reshape(n, c, h // 2, 2, w // 2, 2).sum(axis=(3, 5))
    return (grad_y * sums).sum(axis=(0, 2, 3))


def slopes_of_means(grad_y: NDArray, x: NDArray) -> NDArray:
    """Divide by the four pixels, though the layer adds them."""
    return coefficient_slopes(grad_y, x) / 4


def slopes_of_last_image(grad_y: NDArray, x: NDArray) -> NDArray:
    """Keep the last image only."""
    return coefficient_slopes(grad_y[-1:], x[-1:])


def slopes_over_batch_mean(grad_y: NDArray, x: NDArray) -> NDArray:
    """Average over the images, where they add up."""
    return coefficient_slopes(grad_y, x) / len(x)


def slopes_of_bias(grad_y: NDArray, x: NDArray) -> NDArray:
    """Give the slope of the bias."""
    return grad_y.sum(axis=(0, 2, 3))


def slope_cases() -> tuple[Case, ...]:
    """Make two images of two maps to try by hand, then others."""
    rng = np.random.default_rng(seed=19)
    x = np.array([[[[1.0, 2], [0, 1]], [[2, 0], [1, 2]]], [[[3, 0], [1, 1]], [[0, 1], [0, 6]]]])
    by_hand = (np.array([1.0, 2.0, -1.0, 3.0]).reshape(2, 2, 1, 1), x)
    return (
        Case("two images, two maps of 2×2 pixels", by_hand),
        *(
            Case(
                f"shape {(n, c, 2 * h, 2 * w)}",
                (rng.standard_normal((n, c, h, w)), rng.standard_normal((n, c, 2 * h, 2 * w))),
            )
            for n, c, h, w in ((3, 3, 2, 3), (4, 4, 1, 2))
        ),
    )


EXERCISES = [
    Exercise(
        id="17.connections",
        prompt="A convolution turns 4 maps of 12×12 pixels into 10 maps, kernels 3×3, no padding. "
        "How many connections has it, biases included?",
        solution=37_000,
        why="Each output has 4·9 connections to its window and one to its bias: 37. There are "
        "10·10·10 outputs. Its parameters are only 10·37 = 370, because a map shares them.",
        hints=(
            "How large are the output maps?",
            "How many inputs does a single output read? It also has a bias.",
            "Connections = outputs · (inputs of each + 1).",
        ),
        near_misses={
            "parameters, not connections": 370,
            "biases forgotten": 36_000,
            "one bias a map, though each output is connected to it": 36_010,
            "input pixels counted for output pixels": 53_280,
            "one input map only": 10_000,
        },
    ),
    Exercise(
        id="17.subsample",
        prompt="Write subsample(x, coefficient, bias): S2 with its squash, for x (N, C, H, W) "
        "with even sides and one coefficient and one bias a map, (C,) each.",
        solution=subsample,
        cases=subsample_cases(),
        hints=(
            "Three steps: add up each 2×2 square, scale and shift each map, squash.",
            "x.reshape(n, c, h // 2, 2, w // 2, 2) has the square's two sides as axes 3 and 5.",
            "coefficient[:, None, None] goes with (N, C, H/2, W/2); f(a) = 1.7159 tanh(2a/3).",
        ),
        near_misses={
            "the mean for the sum": subsample_mean,
            "the maximum for the sum": subsample_max,
            "no squash": subsample_unsquashed,
            "a plain tanh": subsample_plain_tanh,
            "the bias multiplied as well": subsample_bias_first,
            "squashed before, not after": subsample_squash_first,
            "squares that overlap": subsample_overlapping,
        },
    ),
    Exercise(
        id="17.way_back",
        prompt="Repair coefficient_slopes(grad_y, x): the slope of the loss for each of the C "
        "coefficients, from its slopes grad_y at y = coefficient · sum + bias (before the squash).",
        solution=coefficient_slopes,
        given=coefficient_slopes_buggy,
        cases=slope_cases(),
        hints=(
            "How many arrows leave the coefficient of map c, and where do they end?",
            "It is used in every image and at every place of its map, in no other map.",
            "The axes of (N, C, H/2, W/2) that are added over are all but C.",
        ),
        near_misses={
            "means for sums": slopes_of_means,
            "the last image only": slopes_of_last_image,
            "averaged over the images": slopes_over_batch_mean,
            "the slope of the bias": slopes_of_bias,
        },
    ),
    Exercise(
        id="17.table",
        prompt="Build C3 from its description: table_conv(x, kernels, bias, table) for x "
        "(N, C, H, W). table (O, C) holds a 1 where output map o reads map c; kernels holds one "
        "kernel for each 1, row by row of the table, and no more; bias (O,).",
        solution=table_conv,
        cases=table_cases(),
        hints=(
            "Start every output map with its bias, then add what each kernel finds.",
            "np.argwhere(table) lists the places (o, c) of the ones, row by row.",
            "numpy_ops.cross_correlate2d(x[n, c], kernel) is added to y[n, o].",
        ),
        near_misses={
            "kernels handed out column by column": table_conv_by_columns,
            "bias forgotten": table_conv_without_bias,
            "a bias for each kernel": table_conv_bias_a_kernel,
            "kernels flipped": table_conv_flipped,
            "always the first maps": table_conv_first_maps,
            "overwritten, not added": table_conv_overwritten,
        },
    ),
    Exercise(
        id="17.codes",
        prompt="The ten codes are frozen, 84 numbers of ±1 each. Which layer, after a softmax, "
        "gives the same probabilities as minus the squared distance of x to each code?",
        solution="b",
        choices={
            "a": "None: a squared distance is not linear, so no linear layer can do it.",
            "b": "A frozen linear layer with weights 2 · code and no bias.",
            "c": "A frozen linear layer with weights code and no bias.",
            "d": "A frozen linear layer with weights −2 · code and no bias.",
        },
        why="−|x − c|² = 2 c·x − |x|² − |c|². |x|² is the same for all classes and |c|² is 84 for "
        "each code; what all classes share does not change a softmax. Without the 2 the order of "
        "the classes is the same, but not the probabilities; with −2 the farthest code wins.",
        hints=(
            "Multiply −|x − c|² out: three terms. Which of them differ from class to class?",
            "A softmax does not change when all its inputs rise by the same number.",
        ),
        near_misses={"squares stay": "a", "the 2 lost": "c", "the wrong sign": "d"},
    ),
    Exercise(
        id="17.larger",
        prompt="Your checks are scanned with 48×48 pixels. C1 to S4 stay as they are; the kernels "
        "of C5 become as large as the maps of S4, so that it still gives 120 maps of 1×1. How many "
        "parameters has C5?",
        solution=155_640,
        why="48 → 44 → 22 → 18 → 9: maps of 9×9, so each of the 120 units reads 16·81 inputs and "
        "a bias. The layer grows with the square of the image's side: 3 times the weights.",
        hints=(
            "Follow the side of the maps: a 5×5 kernel takes 4 away, S2 and S4 halve.",
            "S4 gives 16 maps of 9×9.",
        ),
        near_misses={
            "C5 left as it was": 48_120,
            "biases forgotten": 155_520,
            "sides of C3 for those of S4": 622_200,
            "padding that keeps the sides": 276_600,
            "one map read": 9_840,
        },
    ),
]
