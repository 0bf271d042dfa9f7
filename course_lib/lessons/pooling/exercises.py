"""Exercises of notebook 13: pooling."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.exercises.record import Case, Exercise

# 13.max_pool


def max_pool(x: NDArray) -> NDArray:
    """Take the largest of the four pixels of each 2x2 block."""
    rows, columns = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    x = x[:, :, :rows, :columns]
    above = np.maximum(x[..., ::2, ::2], x[..., ::2, 1::2])
    below = np.maximum(x[..., 1::2, ::2], x[..., 1::2, 1::2])
    return np.maximum(above, below)


def max_pool_keeps_first(x: NDArray) -> NDArray:
    """Keep the first pixel of each block: a bare stride."""
    return x[..., ::2, ::2].copy()


def max_pool_averages(x: NDArray) -> NDArray:
    """Take the mean of each block."""
    return numpy_ops.avg_pool2d(x, kernel_size=2)


def max_pool_overlaps(x: NDArray) -> NDArray:
    """Move the window by one pixel instead of two."""
    return numpy_ops.max_pool2d(x, kernel_size=2, stride=1)


def max_pool_over_channels(x: NDArray) -> NDArray:
    """Take the largest over the channels as well."""
    return max_pool(x).max(axis=1, keepdims=True)


def max_pool_by_size(x: NDArray) -> NDArray:
    """Take the number of the largest size, whatever its sign."""
    above, below = max_pool(x), -max_pool(-x)
    return np.where(abs(above) >= abs(below), above, below)


def max_pool_by_reshape(x: NDArray) -> NDArray:
    """Reshape to fours in the order of memory: neighbors of a row, not of a block."""
    rows, columns = x.shape[2] // 2, x.shape[3] // 2
    x = x[:, :, : 2 * rows, : 2 * columns]
    return x.reshape(*x.shape[:2], rows, columns, 4).max(axis=-1)


def map_cases() -> tuple[Case, ...]:
    """Make two channels of 2x4 pixels to try by hand, then larger batches."""
    rng = np.random.default_rng(seed=13)
    by_hand = np.array([[[[1.0, 2, 0, -3], [5, -9, 4, 2]], [[-1, -7, 3, 8], [-4, -2, 6, 0]]]])
    sizes = [(3, 2, 4, 6), (1, 4, 6, 2), (2, 3, 5, 7)]
    return (
        Case("two channels of 2×4 pixels", (by_hand,)),
        *(Case(f"shape {size}", (rng.standard_normal(size),)) for size in sizes),
    )


# 13.max_pool_backward


def max_pool_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send each slope to the first largest pixel of its block."""
    rows, columns = grad_y.shape[2:]
    blocks = x[:, :, : 2 * rows, : 2 * columns].reshape(*x.shape[:2], rows, 2, columns, 2)
    blocks = blocks.swapaxes(3, 4).reshape(*grad_y.shape, 4)  # the four pixels in reading order
    chosen = blocks.argmax(axis=-1)
    grad_x = np.zeros_like(x)
    for place, (u, v) in enumerate(np.ndindex(2, 2)):
        grad_x[:, :, u : 2 * rows : 2, v : 2 * columns : 2] = grad_y * (chosen == place)
    return grad_x


def _spread(grad_y: NDArray, x: NDArray) -> NDArray:
    """Give every pixel the slope of its block; 0 where no block reaches."""
    grad_x = np.zeros_like(x)
    spread = grad_y.repeat(2, axis=2).repeat(2, axis=3)
    grad_x[:, :, : spread.shape[2], : spread.shape[3]] = spread
    return grad_x


def _is_largest(x: NDArray) -> NDArray:
    """Mark every pixel that is as large as the largest of its block."""
    return _spread(max_pool(x), np.full_like(x, np.nan)) == x


def max_pool_backward_to_all_ties(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send the whole slope to every largest pixel."""
    return _spread(grad_y, x) * _is_largest(x)


def max_pool_backward_shares_ties(grad_y: NDArray, x: NDArray) -> NDArray:
    """Share the slope evenly among the largest pixels."""
    mask = _is_largest(x).astype(float)
    return _spread(grad_y / (4 * numpy_ops.avg_pool2d(mask, kernel_size=2)), x) * mask


def max_pool_backward_to_last(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send each slope to the last of several largest pixels."""
    rows, columns = 2 * grad_y.shape[2], 2 * grad_y.shape[3]
    kept = x[:, :, :rows, :columns]
    grad_x = np.zeros_like(x)
    grad_x[:, :, :rows, :columns] = max_pool_backward(
        grad_y[..., ::-1, ::-1], kept[..., ::-1, ::-1]
    )[..., ::-1, ::-1]
    return grad_x


def max_pool_backward_spreads(grad_y: NDArray, x: NDArray) -> NDArray:
    """Give each pixel of a block a quarter, as average pooling does."""
    return _spread(grad_y, x) / 4


def max_pool_backward_times_x(grad_y: NDArray, x: NDArray) -> NDArray:
    """Multiply the slope with the largest pixel, where the slope of a maximum is 1."""
    return max_pool_backward(grad_y, x) * x


def max_pool_backward_to_first_pixel(grad_y: NDArray, x: NDArray) -> NDArray:
    """Send each slope to the first pixel of its block, as a bare stride does."""
    grad_x = np.zeros_like(x)
    grad_x[:, :, : 2 * grad_y.shape[2] : 2, : 2 * grad_y.shape[3] : 2] = grad_y
    return grad_x


def slope_cases() -> tuple[Case, ...]:
    """Make three blocks, one of them with a tie, to try by hand, then larger batches."""
    rng = np.random.default_rng(seed=14)
    x = np.array([[[[1.0, 2, 0, 4, 5, 5], [3, -2, 4, 1, 2, 0]]]])
    sizes = [(3, 2, 4, 6), (1, 4, 6, 2), (2, 3, 5, 7)]
    return (
        Case("three blocks, two of them with a tie", (np.array([[[[10.0, -2, 6]]]]), x)),
        *(
            Case(
                f"shape {(n, c, h, w)}",
                (
                    rng.standard_normal((n, c, h // 2, w // 2)),
                    rng.integers(0, 5, (n, c, h, w)).astype(float),
                ),
            )
            for n, c, h, w in sizes
        ),
    )


# 13.padding_bug


def max_pool_padded_with_zeros(row: NDArray) -> NDArray:
    """Take the largest of three neighbors at each place — with a bug."""
    padded = np.pad(row, 1)
    return np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])


def max_pool_same_size(row: NDArray) -> NDArray:
    """Take the largest of three neighbors at each place."""
    padded = np.pad(row, 1, constant_values=-np.inf)
    return np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])


def max_pool_wraps_around(row: NDArray) -> NDArray:
    """Let the first pixel have the last one as its neighbor."""
    padded = np.pad(row, 1, mode="wrap")
    return np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])


def max_pool_without_ends(row: NDArray) -> NDArray:
    """Leave the padding away: two outputs are missing."""
    return np.maximum(np.maximum(row[:-2], row[1:-1]), row[2:])


def max_pool_padded_with_minimum_of_zero(row: NDArray) -> NDArray:
    """Pad with a small number that is not small enough."""
    padded = np.pad(row, 1, constant_values=-1.0)
    return np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])


def max_pool_as_average(row: NDArray) -> NDArray:
    """Take means of the pixels that are there."""
    return numpy_ops.avg_pool1d(
        row[None, None], kernel_size=3, stride=1, padding=1, count_include_pad=False
    )[0, 0]


def row_cases() -> tuple[Case, ...]:
    """Make a row of negative numbers to try by hand, then longer ones."""
    rng = np.random.default_rng(seed=15)
    return (
        Case("four numbers below 0", (np.array([-3.0, -5.0, -4.0, -2.0]),)),
        *(Case(f"{n} numbers", (rng.standard_normal(n) - 20,)) for n in (6, 11)),
    )


# 13.adaptive


def adaptive_average(row: NDArray, num_windows: int) -> NDArray:
    """Average windows from floor(i n / m) to ceil((i + 1) n / m)."""
    n = len(row)
    starts = [i * n // num_windows for i in range(num_windows)]
    stops = [-(-(i + 1) * n // num_windows) for i in range(num_windows)]
    return np.array([row[i:j].mean() for i, j in zip(starts, stops, strict=True)])


def adaptive_by_floor(row: NDArray, num_windows: int) -> NDArray:
    """Round the end of each window down as well, so that no two share a pixel."""
    n = len(row)
    edges = [i * n // num_windows for i in range(num_windows + 1)]
    return np.array([row[i:j].mean() for i, j in pairwise(edges)])


def adaptive_by_fixed_stride(row: NDArray, num_windows: int) -> NDArray:
    """Use one window size, n // m: the last pixels are lost."""
    size = len(row) // num_windows
    return row[: size * num_windows].reshape(num_windows, size).mean(axis=1)


def adaptive_of_sums(row: NDArray, num_windows: int) -> NDArray:
    """Divide each sum by n / m instead of by how many pixels it has."""
    n, m = len(row), num_windows
    counts = [-(-(i + 1) * n // m) - i * n // m for i in range(m)]
    return adaptive_average(row, m) * np.array(counts) * m / n


def adaptive_of_maxima(row: NDArray, num_windows: int) -> NDArray:
    """Take the largest of each window."""
    n, m = len(row), num_windows
    return np.array([row[i * n // m : -(-(i + 1) * n // m)].max() for i in range(m)])


def adaptive_cases() -> tuple[Case, ...]:
    """Make seven pixels and three windows to try by hand, then others."""
    rng = np.random.default_rng(seed=16)
    return (
        Case("7 pixels, 3 windows", (np.array([2.0, 4, 9, 1, 3, 5, 7]), 3)),
        *(Case(f"{n} pixels, {m} windows", (rng.standard_normal(n), m))
          for n, m in ((6, 3), (10, 4), (5, 5), (8, 1), (11, 6))),
    )  # fmt: skip


EXERCISES = [
    Exercise(
        id="13.max_pool",
        prompt="Write max_pool(x): the largest of each 2×2 pixels of maps x (N, C, H, W). An odd "
        "last row or column is left away.",
        solution=max_pool,
        cases=map_cases(),
        hints=(
            "x[..., ::2, ::2] holds the pixel at the top left of every block.",
            "Four such arrays, one a place in the block; np.maximum compares two arrays.",
            "Where H is odd, cut x to H // 2 * 2 rows first.",
        ),
        near_misses={
            "the first of each block: a bare stride": max_pool_keeps_first,
            "mean for maximum": max_pool_averages,
            "a window that moves by one pixel": max_pool_overlaps,
            "maximum over the channels too": max_pool_over_channels,
            "largest size, whatever the sign": max_pool_by_size,
            "reshaped to fours: neighbors of a row, not of a block": max_pool_by_reshape,
        },
    ),
    Exercise(
        id="13.padding_bug",
        prompt="Repair same_size: the largest of each pixel and its two neighbors. At the ends "
        "there is one neighbor only.",
        solution=max_pool_same_size,
        given=max_pool_padded_with_zeros,
        cases=row_cases(),
        hints=(
            "Try the row −3 −5 −4 −2 by hand. Which outputs are wrong?",
            "What should the padding be, so that it never wins?",
        ),
        near_misses={
            "wrapped around": max_pool_wraps_around,
            "no padding: two outputs too few": max_pool_without_ends,
            "padded with −1": max_pool_padded_with_minimum_of_zero,
            "mean for maximum": max_pool_as_average,
        },
    ),
    Exercise(
        id="13.row_backward",
        prompt="The row 2 1 6 0 3 3 1 is max-pooled with windows of 3 and stride 2. The slopes 1, "
        "10, 100 arrive at the three outputs. Write down the slopes of the seven pixels.",
        solution=np.array([0.0, 0, 11, 0, 100, 0, 0]),
        why="The 6 is the largest of two windows and collects both slopes, 1 + 10. In the last "
        "window two pixels are 3, and by convention the first of them gets everything.",
        hints=(
            "Write down the three windows; each shares a pixel with the next.",
            "Which pixel gave each output? It gets the slope of that output.",
            "A pixel that gave two outputs has two arrows: they add up.",
        ),
        near_misses={
            "later windows overwrite": np.array([0.0, 0, 10, 0, 100, 0, 0]),
            "a tie goes to the last": np.array([0.0, 0, 11, 0, 0, 100, 0]),
            "a tie is shared": np.array([0.0, 0, 11, 0, 50, 50, 0]),
            "a tie sends to both": np.array([0.0, 0, 11, 0, 100, 100, 0]),
            "average pooling": np.array([1, 1, 11, 10, 110, 100, 100]) / 3,
            "multiplied with the pixel": np.array([0.0, 0, 66, 0, 300, 0, 0]),
        },
    ),
    Exercise(
        id="13.max_pool_backward",
        prompt="Write max_pool_backward(grad_y, x) for your max_pool: the slopes of x, a tie to "
        "the first of the largest in reading order.",
        solution=max_pool_backward,
        cases=slope_cases(),
        hints=(
            "Start from zeros in the shape of x: most pixels get nothing.",
            "The four slices x[..., u::2, v::2] are the pixels of all blocks at place (u, v).",
            "Stack them on a last axis: argmax gives the first largest of each block, 0 to 3.",
            "Then, for each of the four places, grad_x[..., u::2, v::2] = grad_y where it won.",
        ),
        near_misses={
            "a tie sends to both": max_pool_backward_to_all_ties,
            "a tie is shared": max_pool_backward_shares_ties,
            "a tie goes to the last": max_pool_backward_to_last,
            "a quarter to each pixel: average pooling": max_pool_backward_spreads,
            "multiplied with the pixel": max_pool_backward_times_x,
            "to the first pixel of each block": max_pool_backward_to_first_pixel,
        },
    ),
    Exercise(
        id="13.adaptive",
        prompt="Write adaptive_average(row, num_windows): means of windows that share a row of any "
        "length; window i goes from ⌊i·n/m⌋ up to, but not including, ⌈(i + 1)·n/m⌉.",
        solution=adaptive_average,
        cases=adaptive_cases(),
        hints=(
            "For 7 pixels and 3 windows: 0 to 3, 2 to 5, 4 to 7. They overlap.",
            "Rounding up in whole numbers: -(-a // b).",
        ),
        near_misses={
            "both ends rounded down": adaptive_by_floor,
            "windows of ⌊n/m⌋, the rest lost": adaptive_by_fixed_stride,
            "every sum divided by n/m": adaptive_of_sums,
            "maximum for mean": adaptive_of_maxima,
        },
    ),
    Exercise(
        id="13.why",
        prompt="A network has five halvings, then global average pooling. Which change makes it "
        "most nearly invariant to shifts, at the same number of weights?",
        solution="c",
        choices={
            "a": "Max pooling of 2×2 for each halving: a maximum does not care where it was.",
            "b": "Global maximum for the global average: the largest number is always the same.",
            "c": "A blur before each step of two: then a skipped pixel is still in its neighbors.",
            "d": "Larger kernels in the convolutions: they see more of the image.",
        },
        why="What breaks invariance is the step that looks at every second place only. A maximum "
        "softens it, but max pooling still takes such steps; a global head cannot mend maps that "
        "have changed already; a larger kernel does not change which places are looked at.",
        hints=(
            "Which layer, alone, gives other numbers for a shifted image?",
            "In how many parts does the text take max pooling apart?",
        ),
        near_misses={
            "maximum is invariant": "a", "the head decides": "b", "the field decides": "d",
        },
    ),
]  # fmt: skip
