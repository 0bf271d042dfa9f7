"""Exercises of notebook 04: the convolutional layer."""

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises import Case, Exercise


def window_cases() -> tuple[Case, ...]:
    """Make images and kernel sizes, oblong ones too."""
    rng = np.random.default_rng(seed=6)
    sizes = [((2, 3, 4), 2, 3), ((3, 5, 4), 3, 2), ((1, 2, 6), 1, 2), ((2, 3, 3), 3, 3)]
    return (
        Case("two channels of nine pixels", (np.arange(18.0).reshape(2, 3, 3), 2, 2)),
        *(Case(f"x {size}, kernel {h}×{w}", (rng.random(size), h, w)) for size, h, w in sizes),
    )


def kernel_cases() -> tuple[Case, ...]:
    """Make output gradients and kernels: one to try by hand, then oblong ones."""
    rng = np.random.default_rng(seed=8)
    sizes = [((2, 4), (3, 2), 1, (4, 5)), ((3, 2), (2, 3), 2, (7, 6)), ((1, 3), (2, 4), 3, (2, 10))]
    by_hand = Case(
        "two windows, stride 1",
        (np.array([[1.0, 2.0]]), np.array([[1.0, 2.0], [3.0, 5.0]]), 1, (2, 3)),
    )
    strided = Case(
        "two windows, stride 2",
        (np.array([[1.0], [2.0]]), np.array([[1.0, 2.0], [3.0, 5.0], [0.0, 4.0]]), 2, (5, 2)),
    )
    return (
        by_hand,
        strided,
        *(
            Case(
                f"grad_y {size}, kernel {kernel}, stride {stride}",
                (rng.standard_normal(size), rng.standard_normal(kernel), stride, shape),
            )
            for size, kernel, stride, shape in sizes
        ),
    )


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


# 04.grad_x_bug


def flipped_stamps(grad_y: NDArray, kernel: NDArray, stride: int, shape: tuple) -> NDArray:
    """Return the gradient of the image — with a bug."""
    grad_x = np.zeros(shape)
    height, width = kernel.shape
    for i, j in np.ndindex(*grad_y.shape):
        row, column = i * stride, j * stride
        grad_x[row : row + height, column : column + width] += grad_y[i, j] * kernel[::-1, ::-1]
    return grad_x


def grad_image(grad_y: NDArray, kernel: NDArray, stride: int, shape: tuple) -> NDArray:
    """Stamp the kernel as it is: only who gathers, pixel by pixel, counts the taps backward."""
    grad_x = np.zeros(shape)
    height, width = kernel.shape
    for i, j in np.ndindex(*grad_y.shape):
        row, column = i * stride, j * stride
        grad_x[row : row + height, column : column + width] += grad_y[i, j] * kernel
    return grad_x


def stamps_flipped_in_rows(grad_y: NDArray, kernel: NDArray, stride: int, shape: tuple) -> NDArray:
    """Undo one of the two flips."""
    return grad_image(grad_y, kernel[::-1], stride, shape)


def stamps_overwritten(grad_y: NDArray, kernel: NDArray, stride: int, shape: tuple) -> NDArray:
    """Undo the flip, and write over what is there."""
    grad_x = np.zeros(shape)
    height, width = kernel.shape
    for i, j in np.ndindex(*grad_y.shape):
        row, column = i * stride, j * stride
        grad_x[row : row + height, column : column + width] = grad_y[i, j] * kernel
    return grad_x


def stamps_without_stride(grad_y: NDArray, kernel: NDArray, stride: int, shape: tuple) -> NDArray:
    """Undo the flip, and lose the stride."""
    return grad_image(grad_y, kernel, 1, shape)


def stamps_turned_back(grad_y: NDArray, kernel: NDArray, stride: int, shape: tuple) -> NDArray:
    """Turn δ as well, as if two flips would cancel."""
    return flipped_stamps(grad_y[::-1, ::-1], kernel, stride, shape)


EXERCISES = [
    Exercise(
        id="04.parameters",
        prompt="A 3×3 layer from 48 to 96 channels, with bias, may have 6,000 parameters at most. "
        "Which is the smallest number of groups?",
        solution=8,
        why="With G groups there are 96 · 48 / G · 9 + 96 parameters. That is 7,008 for G = 6 and "
        "5,280 for G = 8; 7 divides neither 48 nor 96.",
        hints=(
            "How many channels does one filter see when there are G groups?",
            "96 · (48 / G) · 9 + 96 may not exceed 6,000.",
            "G must divide both numbers of channels.",
        ),
        near_misses={
            "7 does not divide the channels": 7,
            "one divisor too few: 7,008 parameters": 6,
            "not the smallest": 12,
            "C_out split, not C_in: as if groups saved twice": 3,
            "depthwise": 48,
        },
    ),
    Exercise(
        id="04.tripling",
        prompt="A transposed layer with stride 3 shall exactly triple every size, with stamps that "
        "overlap evenly. Give the smallest kernel and its padding, as (K, P).",
        solution=np.array([9.0, 3.0]),
        why="Even stamps need a K that 3 divides, and K = 3 does not overlap. "
        "(H − 1) · 3 + K − 2P = 3H asks for 2P = K − 3, so K is odd: 9, with P = 3.",
        hints=(
            "Put H_out = 3H into (H − 1) · S + K − 2P. What must 2P be?",
            "Which kernel sizes overlap evenly at stride 3, and for which of them is P whole?",
        ),
        near_misses={
            "K = 3 fits, but its stamps do not overlap": np.array([3.0, 0.0]),
            "K = 5 fits, but it overlaps unevenly": np.array([5.0, 1.0]),
            "K = 6 needs 1.5 rows of padding": np.array([6.0, 1.5]),
            "K = 6 with padding 1 makes 3H + 1": np.array([6.0, 1.0]),
            "padding forgotten": np.array([9.0, 0.0]),
            "the padding of a 'same' layer": np.array([9.0, 4.0]),
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
        id="04.grad_x_bug",
        prompt="Repair grad_image: each number of grad_y stamps the kernel onto the image.",
        solution=grad_image,
        given=flipped_stamps,
        cases=kernel_cases(),
        hints=(
            "Take one window with grad_y = 1. Each pixel should get the tap that it met.",
            "The pixel at the top left of the window met tap (0, 0). Which one does it get here?",
            "Whoever gathers counts backward, so the kernel is flipped. And who stamps?",
        ),
        near_misses={
            "one flip left": stamps_flipped_in_rows,
            "overwritten": stamps_overwritten,
            "no stride": stamps_without_stride,
            "grad_y turned": stamps_turned_back,
        },
    ),
    Exercise(
        id="04.why",
        prompt="A test sends δ = 1 everywhere back through a 3×3 layer with stride 1, and looks at "
        "pixels two and more from the rim. It passes with the flip and without. Why?",
        solution="a",
        choices={
            "a": "Each of these pixels meets every tap once, and a sum has no order.",
            "b": "At stride 1 the flip changes nothing.",
            "c": "With δ = 1 the loss has no slope there.",
            "d": "A kernel that has been learned is nearly symmetric.",
        },
        why="With ones a pixel gets the sum of all taps, in whatever order. Hence random δ in "
        "every test; and at stride 2, where a pixel meets only some taps, even ones would tell.",
        hints=(
            "Write down which taps a pixel in the middle meets, and with which δ.",
            "What would it get from the flipped kernel, if every δ were 1?",
        ),
        near_misses={"stride": "b", "no slope": "c", "symmetric": "d"},
    ),
]
