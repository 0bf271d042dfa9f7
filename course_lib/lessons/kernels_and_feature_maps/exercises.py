"""Exercises of notebook 03: kernels and feature maps."""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.exercises import Case, Exercise

BY_HAND_IMAGE = np.array(
    [[0, 0, 0, 0, 0], [0, 2, 2, 2, 0], [0, 2, 2, 2, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]], float
)
BY_HAND_KERNEL = np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], float)
BY_HAND_ANSWER = np.array([[-4, -6, -4], [4, 6, 4], [4, 6, 4]], float)


def size_cases() -> tuple[Case, ...]:
    """Make layers, as size, kernel, stride, padding, dilation."""
    layers = {
        "plain": (5, 3, 1, 0, 1),
        "leftover pixel": (6, 3, 2, 0, 1),
        # Python rounds 2.5 down and 3.5 up: only a second half tells rounding from the floor.
        "another leftover pixel": (8, 3, 2, 0, 1),
        "three leftover pixels": (10, 3, 4, 0, 1),
        "padding": (7, 3, 2, 1, 1),
        "dilation": (9, 3, 1, 0, 2),
        "all at once": (32, 5, 3, 2, 2),
        "one window": (4, 4, 3, 0, 1),
    }
    return tuple(Case(name, layer) for name, layer in layers.items())


def kernel_cases() -> tuple[Case, ...]:
    """Make kernels that answer to brightness, and one that does not."""
    rng = np.random.default_rng(seed=5)
    return (
        Case("four numbers", (np.array([[1.0, 0.0], [2.0, 5.0]]),)),
        Case("a blur", (np.full((3, 3), 1 / 9),)),
        Case("an edge", (BY_HAND_KERNEL,)),
        Case("an oblong one", (rng.standard_normal((2, 5)),)),
    )


def strided_cases() -> tuple[Case, ...]:
    """Make an image, a kernel, a stride and a padding each."""
    rng = np.random.default_rng(seed=6)
    kernel = np.array([[1.0, -2.0], [3.0, 1.0]])
    options = [((4, 4), 1, 0), ((3, 4), 2, 0), ((3, 3), 1, 1), ((5, 7), 2, 0), ((6, 9), 3, 2)]
    return tuple(
        Case(
            f"image {shape}, stride {stride}, padding {padding}",
            (rng.integers(0, 9, shape).astype(float), kernel, stride, padding),
        )
        for shape, stride, padding in options
    )


def learning_cases() -> tuple[Case, ...]:
    """Make an image, a wanted map and a kernel each: one to try by hand, then random ones."""
    by_hand = Case(
        "nine pixels",
        (
            np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 1.0], [0.0, 2.0, 4.0]]),
            np.array([[1.0, 0.0], [2.0, 5.0]]),
            np.array([[1.0, -2.0], [0.0, 1.0]]),
        ),
    )
    rng = np.random.default_rng(seed=7)
    sizes = [((3, 4), (2, 2)), ((5, 6), (2, 3)), ((4, 4), (4, 1))]
    return (
        by_hand,
        *(
            Case(
                f"image {image}, kernel {kernel}",
                (
                    rng.standard_normal(image),
                    rng.standard_normal((image[0] - kernel[0] + 1, image[1] - kernel[1] + 1)),
                    rng.standard_normal(kernel),
                ),
            )
            for image, kernel in sizes
        ),
    )


# 03.output_size


def output_size(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """Count the whole steps behind the first window, and add the first window."""
    span = dilation * (kernel - 1) + 1
    return (size + 2 * padding - span) // stride + 1


def output_size_unfloored(
    size: int, kernel: int, stride: int, padding: int, dilation: int
) -> float:
    """Forget the floor."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1


def output_size_rounded(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """Round to the nearest whole number."""
    return round((size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1)


def output_size_rounded_up(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """Count a last window that sticks out."""
    return ceil((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1


def output_size_one_side(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """Pad one side only."""
    return (size + padding - dilation * (kernel - 1) - 1) // stride + 1


def output_size_undilated(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """Forget the gaps between the taps."""
    return (size + 2 * padding - kernel) // stride + 1


def output_size_gap_after_each(
    size: int, kernel: int, stride: int, padding: int, dilation: int
) -> int:
    """Count a gap behind the last number of the kernel as well."""
    return (size + 2 * padding - dilation * kernel) // stride + 1


# 03.blind_to_brightness


def blind_to_brightness(kernel: NDArray) -> NDArray:
    """Subtract the mean, so that the numbers add up to 0."""
    return kernel - kernel.mean()


def blind_by_sum(kernel: NDArray) -> NDArray:
    """Subtract the sum from every number."""
    return kernel - kernel.sum()


def blind_in_each_row(kernel: NDArray) -> NDArray:
    """Make each row add up to 0: that takes away more than brightness."""
    return kernel - kernel.mean(axis=1, keepdims=True)


def blind_in_the_middle(kernel: NDArray) -> NDArray:
    """Make up for the sum in one number only."""
    blind = kernel.copy()
    blind[kernel.shape[0] // 2, kernel.shape[1] // 2] -= kernel.sum()
    return blind


def scaled_to_one(kernel: NDArray) -> NDArray:
    """Divide by the total of the sizes: a change of scale, not of the sum."""
    return kernel / np.abs(kernel).sum()


# 03.stride_bug


def correlate_with_steps_bug(image: NDArray, kernel: NDArray, stride: int, padding: int) -> NDArray:
    """Correlate with stride and padding — with a bug: some outputs are missing."""
    padded = np.pad(image, padding)
    height = (image.shape[0] - kernel.shape[0]) // stride + 1
    width = (image.shape[1] - kernel.shape[1]) // stride + 1
    y = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            window = padded[i * stride :, j * stride :][: kernel.shape[0], : kernel.shape[1]]
            y[i, j] = (window * kernel).sum()
    return y


def correlate_with_steps(image: NDArray, kernel: NDArray, stride: int, padding: int) -> NDArray:
    """Count the windows on the padded image."""
    padded = np.pad(image, padding)
    height = (padded.shape[0] - kernel.shape[0]) // stride + 1
    width = (padded.shape[1] - kernel.shape[1]) // stride + 1
    y = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            window = padded[i * stride :, j * stride :][: kernel.shape[0], : kernel.shape[1]]
            y[i, j] = (window * kernel).sum()
    return y


def steps_count_padding_once(image: NDArray, kernel: NDArray, stride: int, padding: int) -> NDArray:
    """Count the padding of one side only."""
    y = correlate_with_steps(image, kernel, stride, padding)
    height = (image.shape[0] + padding - kernel.shape[0]) // stride + 1
    width = (image.shape[1] + padding - kernel.shape[1]) // stride + 1
    return y[:height, :width]


def steps_of_one_pixel(image: NDArray, kernel: NDArray, stride: int, padding: int) -> NDArray:
    """Take the right number of windows, one pixel apart."""
    shape = correlate_with_steps(image, kernel, stride, padding).shape
    return correlate_with_steps(image, kernel, 1, padding)[: shape[0], : shape[1]]


def steps_without_padding(image: NDArray, kernel: NDArray, stride: int, padding: int) -> NDArray:
    """Leave the padding out altogether."""
    return correlate_with_steps(image, kernel, stride, 0)


# 03.learn


def kernel_gradient(image: NDArray, target: NDArray, kernel: NDArray) -> NDArray:
    """Correlate the image with the error of the outputs that are not cut off."""
    before = numpy_ops.cross_correlate2d(image, kernel)
    error = (np.maximum(before, 0) - target) * (before > 0)
    return 2 / error.size * numpy_ops.cross_correlate2d(image, error)


def gradient_through_the_cut(image: NDArray, target: NDArray, kernel: NDArray) -> NDArray:
    """Let the error of outputs that were cut off pass as well."""
    error = np.maximum(numpy_ops.cross_correlate2d(image, kernel), 0) - target
    return 2 / error.size * numpy_ops.cross_correlate2d(image, error)


def gradient_without_the_cut(image: NDArray, target: NDArray, kernel: NDArray) -> NDArray:
    """Leave the cut at 0 out altogether, forward and backward."""
    error = numpy_ops.cross_correlate2d(image, kernel) - target
    return 2 / error.size * numpy_ops.cross_correlate2d(image, error)


def gradient_over_the_open(image: NDArray, target: NDArray, kernel: NDArray) -> NDArray:
    """Average over the outputs that are not cut off, where the loss averages over all."""
    is_open = numpy_ops.cross_correlate2d(image, kernel) > 0
    return kernel_gradient(image, target, kernel) * is_open.size / max(is_open.sum(), 1)


def gradient_without_two(image: NDArray, target: NDArray, kernel: NDArray) -> NDArray:
    """Forget the 2 of the square."""
    return kernel_gradient(image, target, kernel) / 2


def gradient_of_the_sum(image: NDArray, target: NDArray, kernel: NDArray) -> NDArray:
    """Differentiate the sum of squares, not their mean."""
    return kernel_gradient(image, target, kernel) * target.size


def gradient_uphill(image: NDArray, target: NDArray, kernel: NDArray) -> NDArray:
    """Take target - y for y - target."""
    return -kernel_gradient(image, target, kernel)


def gradient_flipped(image: NDArray, target: NDArray, kernel: NDArray) -> NDArray:
    """Convolve with the error: the right numbers, turned by 180 degrees."""
    return kernel_gradient(image, target, kernel)[::-1, ::-1]


EXERCISES = [
    Exercise(
        id="03.by_hand",
        prompt="Correlate the 5×5 picture with the horizontal edge detector: nine numbers.",
        solution=BY_HAND_ANSWER,
        why="Each number is the row above minus the row below, over three columns: at the top "
        "left 0 − (0 + 2 + 2) = −4.",
        hints=(
            "The middle row of the kernel is 0: only two rows of each window count.",
            "Add three pixels of the upper row, subtract three of the lower row.",
            "The first window has 0 0 0 above and 0 2 2 below.",
        ),
        near_misses={
            "flipped kernel": -BY_HAND_ANSWER,
            "vertical edges": numpy_ops.cross_correlate2d(BY_HAND_IMAGE, BY_HAND_KERNEL.T),
            "padded to 5 × 5": np.pad(BY_HAND_ANSWER, 1),
            "averaged": BY_HAND_ANSWER / 9,
        },
    ),
    Exercise(
        id="03.why",
        prompt="The same scene in half the light: every gray level is halved. What becomes of an "
        "edge map, made by a kernel whose numbers add up to 0?",
        solution="b",
        choices={
            "a": "It stays as it is, because the numbers add up to 0.",
            "b": "Every answer is halved.",
            "c": "Every answer sinks by the same amount.",
            "d": "Answers sink where the photo was bright, and stay where it was dark.",
        },
        why="Halving is a change of contrast: each product is halved, and so is the sum. The sum 0 "
        "protects only from what is *added* to all pixels.",
        hints=(
            "Write each pixel as half of its old value, and multiply out one window.",
            "Is this a change of a, the contrast, or of b, the brightness?",
        ),
        near_misses={"as if light were added": "a", "a constant": "c", "bright places": "d"},
    ),
    Exercise(
        id="03.blind_to_brightness",
        prompt="Write blind_to_brightness(kernel): subtract one number from all, so that a "
        "plain wall of any brightness gives 0.",
        solution=blind_to_brightness,
        cases=kernel_cases(),
        hints=(
            "On a plain wall the response is brightness times the sum of the kernel.",
            "The same number, taken away from each of n numbers, must take away the whole sum.",
        ),
        near_misses={
            "sum for mean": blind_by_sum,
            "each row": blind_in_each_row,
            "one number only": blind_in_the_middle,
            "scaled": scaled_to_one,
        },
    ),
    Exercise(
        id="03.output_size",
        prompt="Write output_size(size, kernel, stride, padding, dilation) for one axis.",
        solution=output_size,
        cases=size_cases(),
        hints=(
            "How many pixels does a dilated kernel span, from its first tap to its last?",
            "How far can the first window still move to the right? How many whole steps is that?",
            "Whole steps: a // b. The window that has not moved yet counts as well.",
        ),
        near_misses={
            "no floor": output_size_unfloored,
            "rounded to the nearest": output_size_rounded,
            "rounded up": output_size_rounded_up,
            "padding on one side": output_size_one_side,
            "dilation forgotten": output_size_undilated,
            "a gap too many": output_size_gap_after_each,
        },
    ),
    Exercise(
        id="03.alexnet",
        prompt="Input 224, kernel 11, stride 4: the smallest padding, the same on both sides, "
        "that gives 56 outputs?",
        solution=4,
        why="With 4 on each side (224 + 8 − 11) / 4 = 55.25, floored 55, and 55 + 1 = 56. With 3 "
        "it is 54.75, floored 54.",
        hints=(
            "56 outputs are 55 whole steps of 4 pixels after the first window of 11.",
            "The padded input must have at least 55 · 4 + 11 = 231 pixels.",
        ),
        near_misses={
            "the padding for 55": 2,
            "one too few": 3,
            "unequal sides": 3.5,
            "both sides together": 8,
        },
    ),
    Exercise(
        id="03.stride_bug",
        prompt="Repair correlate_with_steps: with padding, outputs are missing.",
        solution=correlate_with_steps,
        given=correlate_with_steps_bug,
        cases=strided_cases(),
        hints=(
            "Without padding it is right. What does padding change besides the pixels?",
            "On which image are the windows counted, and on which should they be?",
        ),
        near_misses={
            "padding counted once": steps_count_padding_once,
            "steps of one pixel": steps_of_one_pixel,
            "padding left out": steps_without_padding,
        },
    ),
    Exercise(
        id="03.learn",
        prompt="Write kernel_gradient(image, target, kernel): the gradient of the mean squared "
        "error of max(cross_correlate2d(image, kernel), 0) with respect to the kernel.",
        solution=kernel_gradient,
        cases=learning_cases(),
        hints=(
            "Without the maximum, the gradient is 2 / n times the cross-correlation of the image "
            "with the error y − t.",
            "An output that was cut to 0 does not change when a kernel number changes a little. "
            "What is its share of the gradient?",
            "Set the error to 0 where the map before the maximum is not positive.",
        ),
        near_misses={
            "error of what was cut": gradient_through_the_cut,
            "no maximum": gradient_without_the_cut,
            "mean over what is left": gradient_over_the_open,
            "no 2": gradient_without_two,
            "sum for mean": gradient_of_the_sum,
            "uphill": gradient_uphill,
            "flipped": gradient_flipped,
        },
    ),
]
