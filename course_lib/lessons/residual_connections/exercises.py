"""Exercises of notebook 12: residual connections."""

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises.record import Case, Exercise

# 12.do_nothing


def do_nothing(channels: int) -> NDArray:
    """Put a 1 into the middle of the kernel that leads from each channel to itself."""
    kernel = np.zeros((channels, channels, 3, 3))
    kernel[np.arange(channels), np.arange(channels), 1, 1] = 1
    return kernel


def do_nothing_between_all(channels: int) -> NDArray:
    """Put the 1 between every two channels: the output adds all channels up."""
    kernel = np.zeros((channels, channels, 3, 3))
    kernel[:, :, 1, 1] = 1
    return kernel


def do_nothing_in_the_corner(channels: int) -> NDArray:
    """Put the 1 into the first tap: the image moves."""
    kernel = np.zeros((channels, channels, 3, 3))
    kernel[np.arange(channels), np.arange(channels), 0, 0] = 1
    return kernel


def do_nothing_everywhere(channels: int) -> NDArray:
    """Fill the kernels with 1: a sum over nine pixels."""
    kernel = np.zeros((channels, channels, 3, 3))
    kernel[np.arange(channels), np.arange(channels)] = 1
    return kernel


def do_nothing_by_zeros(channels: int) -> NDArray:
    """Leave all at 0, which is right with a shortcut only."""
    return np.zeros((channels, channels, 3, 3))


def do_nothing_diagonal_of_taps(channels: int) -> NDArray:
    """Make each kernel a small identity matrix."""
    kernel = np.zeros((channels, channels, 3, 3))
    kernel[np.arange(channels), np.arange(channels)] = np.eye(3)
    return kernel


# 12.block_backward


def block_backward(grad_y: NDArray, x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Go back through the last ReLU, then both ways, and add."""
    z = x @ W1.T
    delta = grad_y * (x + np.maximum(z, 0) @ W2.T > 0)
    return delta + ((delta @ W2) * (z > 0)) @ W1


def block_backward_ungated(grad_y: NDArray, x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Leave out the ReLU after the addition."""
    return grad_y + ((grad_y @ W2) * (x @ W1.T > 0)) @ W1


def block_backward_gated_branch(grad_y: NDArray, x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Put the shortcut around the last ReLU as well."""
    z = x @ W1.T
    delta = grad_y * (x + np.maximum(z, 0) @ W2.T > 0)
    return grad_y + ((delta @ W2) * (z > 0)) @ W1


def block_backward_branch_only(grad_y: NDArray, x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Forget the way around."""
    z = x @ W1.T
    delta = grad_y * (x + np.maximum(z, 0) @ W2.T > 0)
    return ((delta @ W2) * (z > 0)) @ W1


def block_backward_without_x(grad_y: NDArray, x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Ask the branch alone whether the last ReLU was open."""
    z = x @ W1.T
    delta = grad_y * (np.maximum(z, 0) @ W2.T > 0)
    return delta + ((delta @ W2) * (z > 0)) @ W1


def block_backward_inner_open(grad_y: NDArray, x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Leave out the ReLU inside the branch."""
    delta = grad_y * (x + np.maximum(x @ W1.T, 0) @ W2.T > 0)
    return delta + delta @ W2 @ W1


def block_backward_transposed(grad_y: NDArray, x: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Multiply with the transposed weights, which fit only where they are square."""
    z = x @ W1.T
    delta = grad_y * (x + np.maximum(z, 0) @ W2.T > 0)
    return delta + ((delta @ W2.T) * (z > 0)) @ W1.T


def block_cases() -> tuple[Case, ...]:
    """Make two samples of two features to try by hand, then larger batches."""
    rng = np.random.default_rng(seed=12)
    by_hand = Case(
        "two samples, two features",
        (
            np.array([[1.0, 2.0], [3.0, -1.0]]),
            np.array([[4.0, -1.0], [2.0, 1.0]]),
            np.array([[1.0, 2.0], [-3.0, 1.0]]),
            np.array([[-1.0, 1.0], [2.0, 3.0]]),
        ),
    )
    sizes = [(4, 3, 5), (1, 4, 2), (6, 2, 3)]
    return (
        by_hand,
        *(
            Case(
                f"{n} samples, {d} features, {h} hidden",
                tuple(rng.standard_normal(shape) for shape in ((n, d), (n, d), (h, d), (d, h))),
            )
            for n, d, h in sizes
        ),
    )


# 12.free_shortcut


def free_shortcut(x: NDArray, channels: int) -> NDArray:
    """Take every second pixel, and put channels of zeros behind those that are there."""
    kept = x[:, :, ::2, ::2]
    n, c, h, w = kept.shape
    return np.concatenate([kept, np.zeros((n, channels - c, h, w))], axis=1)


def free_shortcut_zeros_first(x: NDArray, channels: int) -> NDArray:
    """Put the zeros in front."""
    return np.roll(free_shortcut(x, channels), channels - x.shape[1], axis=1)


def free_shortcut_from_the_second(x: NDArray, channels: int) -> NDArray:
    """Begin with the second pixel."""
    return free_shortcut(np.roll(x, -1, axis=(2, 3)), channels)


def free_shortcut_full_size(x: NDArray, channels: int) -> NDArray:
    """Forget the stride."""
    n, c, h, w = x.shape
    return np.concatenate([x, np.zeros((n, channels - c, h, w))], axis=1)


def free_shortcut_repeated(x: NDArray, channels: int) -> NDArray:
    """Repeat channels, where zeros are asked for."""
    return x[:, np.arange(channels) % x.shape[1], ::2, ::2]


def free_shortcut_one_axis(x: NDArray, channels: int) -> NDArray:
    """Take every second row, and all columns."""
    kept = x[:, :, ::2]
    n, c, h, w = kept.shape
    return np.concatenate([kept, np.zeros((n, channels - c, h, w))], axis=1)


def shortcut_cases() -> tuple[Case, ...]:
    """Make one image of one channel to try by hand, then oblong ones."""
    rng = np.random.default_rng(seed=13)
    by_hand = np.array([[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 1.0, 2.0, 3.0]]]])
    sizes = [((2, 3, 4, 6), 6), ((1, 2, 5, 3), 5), ((3, 2, 2, 4), 4)]
    return (
        Case("one channel to two, 3×4 pixels", (by_hand, 2)),
        *(Case(f"{shape} to {c} channels", (rng.standard_normal(shape), c)) for shape, c in sizes),
    )


EXERCISES = [
    Exercise(
        id="12.do_nothing",
        prompt="Write do_nothing(channels): the weights (channels, channels, 3, 3) with which a "
        "convolution with padding 1 hands on its input unchanged.",
        solution=do_nothing,
        cases=(
            Case("3 channels", (3,)),
            Case("2 channels", (2,)),
            Case("1 channel", (1,)),
            Case("5 channels", (5,)),
        ),
        hints=(
            "With padding 1, which tap lies on the pixel itself?",
            "Output channel o should take from input channel o, and from no other.",
            "All weights are 0, except for one in each of `channels` kernels.",
        ),
        near_misses={
            "a 1 between every two channels": do_nothing_between_all,
            "the first tap for the middle one": do_nothing_in_the_corner,
            "1 at all nine taps": do_nothing_everywhere,
            "zeros, as a block with a shortcut would need": do_nothing_by_zeros,
            "an identity matrix as kernel": do_nothing_diagonal_of_taps,
        },
    ),
    Exercise(
        id="12.slope",
        prompt="Two blocks y = x + w₂·ReLU(w₁·x) in a row: w₁ = 2, w₂ = ½, then w₁ = 1, w₂ = −¼. "
        "The input is 1.5. What is the slope of the last output for the input?",
        solution=1.5,
        why="Both ReLUs are open. The first block has the slope 1 + ½·2 = 2, the second "
        "1 − ¼·1 = ¾; one after the other they multiply: 1.5.",
        hints=(
            "Go forward first: which of the ReLUs are open?",
            "The slope of one block is 1, from the way around, plus the slope of its branch.",
            "Inside a block the ways add; from block to block slopes multiply.",
        ),
        near_misses={
            "the branches alone": -0.25,
            "no shortcut around the second block": -0.5,
            "no shortcut around the first block": 0.75,
            "the slopes of the blocks added": 2.75,
            "the shortcuts alone": 1,
            "the output instead of its slope": 2.25,
        },
    ),
    Exercise(
        id="12.block_backward",
        prompt="Write block_backward(grad_y, x, W1, W2): the gradient of x for "
        "y = ReLU(x + ReLU(x W1ᵀ) W2ᵀ).",
        solution=block_backward,
        cases=block_cases(),
        hints=(
            "The last ReLU comes first: where was its input, x + F(x), positive?",
            "What passes it goes two ways: around, unchanged, and through the branch.",
            "Through the branch: times W2, times the gate of the inner ReLU, times W1.",
        ),
        near_misses={
            "the ReLU after the addition left out": block_backward_ungated,
            "the shortcut around the last ReLU too": block_backward_gated_branch,
            "the way around forgotten": block_backward_branch_only,
            "the last gate asked without x": block_backward_without_x,
            "the ReLU inside the branch left out": block_backward_inner_open,
            "weights transposed": block_backward_transposed,
        },
    ),
    Exercise(
        id="12.projection",
        prompt="A block leads from 32 channels of 16×16 pixels to 64 channels of 8×8. Its shortcut "
        "is a 1×1 convolution of stride 2 without bias, then batch norm. How many parameters?",
        solution=2176,
        why="The convolution has 64·32·1·1 = 2,048 weights, batch norm a γ and a β for each of 64 "
        "channels. Stride and image size cost no parameters.",
        hints=(
            "The weights of a convolution: C_out · C_in · K_h · K_w.",
            "Batch norm learns two numbers a channel, of its input, which has 64.",
        ),
        near_misses={
            "batch norm forgotten": 2048,
            "batch norm for the 32 channels of the input": 2112,
            "a 3×3 kernel": 18560,
            "a 2×2 kernel, because of the stride": 8320,
            "one parameter a channel in batch norm, and a bias": 2240,
            "one for each of 8×8 places": 131200,
        },
    ),
    Exercise(
        id="12.free_shortcut",
        prompt="Write free_shortcut(x, channels): a shortcut without parameters that takes every "
        "second pixel, from the first, and adds channels of zeros behind.",
        solution=free_shortcut,
        cases=shortcut_cases(),
        hints=(
            "A slice with a step: x[:, :, ::2, ::2].",
            "How many channels are missing, and how large are their maps?",
            "np.concatenate(..., axis=1), the zeros last.",
        ),
        near_misses={
            "zeros in front": free_shortcut_zeros_first,
            "from the second pixel": free_shortcut_from_the_second,
            "no stride": free_shortcut_full_size,
            "channels repeated": free_shortcut_repeated,
            "every second row, but all columns": free_shortcut_one_axis,
        },
    ),
    Exercise(
        id="12.why",
        prompt="A textbook says: deep plain networks train badly because their gradients vanish. "
        "Which observation speaks against it?",
        solution="c",
        choices={
            "a": "Residual networks reach a lower training loss within the same steps.",
            "b": "A plain network of 8 layers trains as well as a residual one.",
            "c": "With batch norm the slopes of a plain network's first layers are its largest.",
            "d": "A deeper network has more weights, and so more slopes to compute.",
        },
        why="Vanishing would make the slopes of the first layers small. With batch norm they are "
        "large, and the deep plain network trains badly all the same. The other observations are "
        "true, and fit the textbook's reason as well as any other.",
        hints=(
            "What would the explanation predict that you can measure?",
            "Look at the slopes of the first layers in the figure.",
        ),
        near_misses={"the cure as a proof of the cause": "a", "shallow": "b", "counting": "d"},
    ),
]
