"""Exercises of notebook 04: the convolutional layer."""

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.exercises import Case, Exercise


def pixel_cases() -> tuple[Case, ...]:
    """Make images and 1x1 filters."""
    rng = np.random.default_rng(seed=5)
    sizes = [((3, 4, 5), 2), ((4, 1, 3), 6), ((2, 3, 3), 2)]
    by_hand = Case(
        "two channels of two pixels",
        (np.array([[[1.0, 2.0]], [[10.0, 20.0]]]), np.array([[1.0, 1.0], [3.0, 0.0]])),
    )
    return (
        by_hand,
        *(
            Case(f"x {size}, {c_out} filters", (rng.random(size), rng.random((c_out, size[0]))))
            for size, c_out in sizes
        ),
    )


def window_cases() -> tuple[Case, ...]:
    """Make images and kernel sizes, oblong ones too."""
    rng = np.random.default_rng(seed=6)
    sizes = [((2, 3, 4), 2, 3), ((3, 5, 4), 3, 2), ((1, 2, 6), 1, 2), ((2, 3, 3), 3, 3)]
    return (
        Case("two channels of nine pixels", (np.arange(18.0).reshape(2, 3, 3), 2, 2)),
        *(Case(f"x {size}, kernel {h}×{w}", (rng.random(size), h, w)) for size, h, w in sizes),
    )


def gradient_cases() -> tuple[Case, ...]:
    """Make an image and an output gradient each: one to try by hand, then oblong ones."""
    rng = np.random.default_rng(seed=7)
    sizes = [((4, 6), (3, 2)), ((3, 5), (2, 3)), ((2, 7), (1, 3))]
    pixels = np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 1.0], [0.0, 2.0, 4.0]])
    by_hand = Case("nine pixels, kernel (2, 2)", (pixels, np.array([[1.0, 0.0], [2.0, -1.0]])))
    return (
        by_hand,
        *(
            Case(
                f"image {image}, kernel {kernel}",
                (rng.random(image), rng.standard_normal(np.subtract(image, kernel) + 1)),
            )
            for image, kernel in sizes
        ),
    )


def kernel_cases() -> tuple[Case, ...]:
    """Make output gradients and kernels: one to try by hand, then oblong ones."""
    rng = np.random.default_rng(seed=8)
    sizes = [((2, 4), (3, 2)), ((3, 3), (2, 2)), ((1, 4), (1, 3))]
    by_hand = Case("one window", (np.array([[1.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])))
    return (
        by_hand,
        *(
            Case(
                f"grad_y {size}, kernel {kernel}",
                (rng.standard_normal(size), rng.standard_normal(kernel)),
            )
            for size, kernel in sizes
        ),
    )


# 04.pointwise


def pointwise(x: NDArray, weight: NDArray) -> NDArray:
    """Line the pixels up, multiply once, and lay them out again."""
    pixels = x.reshape(x.shape[0], -1)
    return (weight @ pixels).reshape(-1, *x.shape[1:])


def pointwise_transposed(x: NDArray, weight: NDArray) -> NDArray:
    """Take the pixels for rows: right numbers, scattered over the wrong places."""
    pixels = x.reshape(x.shape[0], -1)
    return (pixels.T @ weight.T).reshape(-1, *x.shape[1:])


def pointwise_first_channel(x: NDArray, weight: NDArray) -> NDArray:
    """Forget the sum over the channels."""
    return weight[:, 0, None, None] * x[0]


def pointwise_averages(x: NDArray, weight: NDArray) -> NDArray:
    """Average over the channels instead of adding up."""
    return pointwise(x, weight) / x.shape[0]


def pointwise_flat(x: NDArray, weight: NDArray) -> NDArray:
    """Forget to lay the pixels out again."""
    return weight @ x.reshape(x.shape[0], -1)


# 04.im2col


def im2col(x: NDArray, height: int, width: int) -> NDArray:
    """Flatten each window, all channels of it, into one column."""
    rows, columns = x.shape[1] - height + 1, x.shape[2] - width + 1
    windows = [
        x[:, i : i + height, j : j + width].ravel() for i in range(rows) for j in range(columns)
    ]
    return np.stack(windows, axis=1)


def im2col_as_rows(x: NDArray, height: int, width: int) -> NDArray:
    """Make each window a row."""
    return im2col(x, height, width).T


def im2col_columns_first(x: NDArray, height: int, width: int) -> NDArray:
    """Walk down before walking right."""
    rows, columns = x.shape[1] - height + 1, x.shape[2] - width + 1
    windows = [
        x[:, i : i + height, j : j + width].ravel() for j in range(columns) for i in range(rows)
    ]
    return np.stack(windows, axis=1)


def im2col_channels_last(x: NDArray, height: int, width: int) -> NDArray:
    """Put the channels of one pixel beside each other: not the order of the weight."""
    rows, columns = x.shape[1] - height + 1, x.shape[2] - width + 1
    windows = [
        np.moveaxis(x[:, i : i + height, j : j + width], 0, -1).ravel()
        for i in range(rows)
        for j in range(columns)
    ]
    return np.stack(windows, axis=1)


def im2col_blocks(x: NDArray, height: int, width: int) -> NDArray:
    """Cut the image into tiles that do not overlap."""
    rows, columns = x.shape[1] // height, x.shape[2] // width
    windows = [
        x[:, i * height :, j * width :][:, :height, :width].ravel()
        for i in range(rows)
        for j in range(columns)
    ]
    return np.stack(windows, axis=1)


# 04.grad_weight


def grad_weight(image: NDArray, grad_y: NDArray) -> NDArray:
    """Slide the output gradient over the image: each tap sums what it met."""
    return numpy_ops.cross_correlate2d(image, grad_y)


def grad_weight_convolves(image: NDArray, grad_y: NDArray) -> NDArray:
    """Flip the gradient."""
    return numpy_ops.convolve2d(image, grad_y)


def grad_weight_flipped(image: NDArray, grad_y: NDArray) -> NDArray:
    """Flip the result: the gradient of a kernel that is flipped."""
    return numpy_ops.cross_correlate2d(image, grad_y)[::-1, ::-1]


def grad_weight_mean(image: NDArray, grad_y: NDArray) -> NDArray:
    """Average over the windows instead of adding up."""
    return numpy_ops.cross_correlate2d(image, grad_y) / grad_y.size


# 04.grad_x_bug


def grad_x_without_flip(grad_y: NDArray, kernel: NDArray) -> NDArray:
    """Return the gradient of the image — with a bug."""
    border = ((kernel.shape[0] - 1,) * 2, (kernel.shape[1] - 1,) * 2)
    return numpy_ops.cross_correlate2d(np.pad(grad_y, border), kernel)


def grad_image(grad_y: NDArray, kernel: NDArray) -> NDArray:
    """Convolve fully: pixel p met tap u in the window that starts at p - u, hence the flip."""
    border = ((kernel.shape[0] - 1,) * 2, (kernel.shape[1] - 1,) * 2)
    return numpy_ops.cross_correlate2d(np.pad(grad_y, border), kernel[::-1, ::-1])


def grad_x_flips_rows_only(grad_y: NDArray, kernel: NDArray) -> NDArray:
    """Flip one axis only."""
    return grad_x_without_flip(grad_y, kernel[::-1])


def grad_x_transposes(grad_y: NDArray, kernel: NDArray) -> NDArray:
    """Take the transpose for a flip, with the border that it needs."""
    return grad_x_without_flip(grad_y, kernel.T)


def grad_x_valid(grad_y: NDArray, kernel: NDArray) -> NDArray:
    """Flip, and forget half of the border."""
    return grad_image(grad_y, kernel)[1:-1, 1:-1]


EXERCISES = [
    Exercise(
        id="04.parameters",
        prompt="How many parameters has a 3×3 layer from 16 to 32 channels, 4 groups, with bias?",
        solution=32 * 4 * 9 + 32,
        why="Each of the 32 filters sees 16 / 4 = 4 channels: 4 · 9 weights and one bias.",
        hints=(
            "How many channels does one filter see when there are 4 groups?",
            "32 filters, each with 4 · 3 · 3 weights; then the biases.",
        ),
        near_misses={
            "no groups": 32 * 16 * 9 + 32,
            "no bias": 32 * 4 * 9,
            "a bias a group": 32 * 4 * 9 + 4,
            "groups on both sides": 8 * 4 * 9 + 32,
        },
    ),
    Exercise(
        id="04.pointwise",
        prompt="Write pointwise(x, weight): a 1×1 layer as one matrix product.",
        solution=pointwise,
        cases=pixel_cases(),
        hints=(
            "At each pixel the channels are a vector; which matrix multiplies it?",
            "x.reshape(C_in, -1) has one column for each pixel.",
            "weight @ x.reshape(C_in, -1), then back to (C_out, H, W).",
        ),
        near_misses={
            "pixels as rows": pointwise_transposed,
            "first channel only": pointwise_first_channel,
            "mean for sum": pointwise_averages,
            "left flat": pointwise_flat,
        },
    ),
    Exercise(
        id="04.im2col",
        prompt="Write im2col(x, height, width): each window of x (C, H, W) as a column.",
        solution=im2col,
        cases=window_cases(),
        hints=(
            "x[:, i : i + height, j : j + width] is a window with all its channels.",
            "ravel() flattens it in the order of the weight: channel, row, column.",
            "Walk row by row, collect the flat windows, then np.stack(windows, axis=1).",
        ),
        near_misses={
            "windows as rows": im2col_as_rows,
            "down before right": im2col_columns_first,
            "channels last": im2col_channels_last,
            "tiles": im2col_blocks,
        },
    ),
    Exercise(
        id="04.columns_memory",
        prompt="x is 64×56×56 in float32, the kernel 3×3, padding 1: bytes of its columns?",
        solution=64 * 9 * 56 * 56 * 4,
        why="64 · 9 rows, 56 · 56 columns, 4 bytes each: nine times the image.",
        hints=(
            "The columns have C · K · K rows. How many windows are there with padding 1?",
            "A float32 takes 4 bytes.",
        ),
        near_misses={
            "the image itself": 64 * 56 * 56 * 4,
            "numbers, not bytes": 64 * 9 * 56 * 56,
            "no padding": 64 * 9 * 54 * 54 * 4,
            "one channel": 9 * 56 * 56 * 4,
        },
    ),
    Exercise(
        id="04.grad_weight",
        prompt="Write grad_weight(image, grad_y): the kernel's gradient, one channel, stride 1.",
        solution=grad_weight,
        cases=gradient_cases(),
        hints=(
            "Which pixels does tap (u, v) meet while the kernel slides?",
            "grad_weight[u, v] = sum over i, j of grad_y[i, j] * image[i + u, j + v].",
            "That is a cross-correlation of image and grad_y.",
        ),
        near_misses={
            "convolution": grad_weight_convolves,
            "flipped": grad_weight_flipped,
            "mean for sum": grad_weight_mean,
        },
    ),
    Exercise(
        id="04.grad_x_bug",
        prompt="Repair grad_image: its shape is right, its numbers are not.",
        solution=grad_image,
        given=grad_x_without_flip,
        cases=kernel_cases(),
        hints=(
            "Try one window: grad_y = 1 gives each pixel the tap that it met. What comes out now?",
            "The pixel at the top left met tap (0, 0), and gets tap (1, 1).",
            "Slide the kernel flipped along both axes.",
        ),
        near_misses={
            "rows only": grad_x_flips_rows_only,
            "transposed": grad_x_transposes,
            "border cut": grad_x_valid,
        },
    ),
    Exercise(
        id="04.why",
        prompt="im2col copies each pixel up to nine times. Why is it still faster than einsum over "
        "the windows?",
        solution="c",
        choices={
            "a": "It needs fewer multiplications.",
            "b": "The columns fit into the cache and the image does not.",
            "c": "The columns lie in long runs, and the matrix product reuses the numbers it has "
            "loaded.",
            "d": "The matrix product leaves out multiplications with zero.",
        },
        why="The multiply-adds are as many. The layout gives most: runs of 784 numbers where the "
        "view has runs of 3. The matrix product gives the rest: it keeps small blocks in registers "
        "and multiplies several numbers at once.",
        hints=(
            "Compare the multiply-adds of both: who does fewer?",
            "How many numbers lie side by side in the view, and in a row of the columns?",
        ),
        near_misses={"fewer": "a", "cache": "b", "zeros": "d"},
    ),
]
