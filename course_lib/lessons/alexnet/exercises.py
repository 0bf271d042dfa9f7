"""Exercises of notebook 18: AlexNet."""

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.exercises.record import Case, Exercise

# 18.sizes


def _sides(side: int, padding: int, *, pool: int = 3, floor: bool = True) -> list[float]:
    found = [(side + 2 * padding - 11) / 4 + 1]
    for _ in range(3):
        found[-1] = found[-1] // 1 if floor else found[-1]
        found.append((found[-1] - pool) / 2 + 1)
    return [each // 1 for each in found] if floor else found


def sizes(side: int, padding: int) -> list[float]:
    """Shrink by 11 with stride 4, then by 3 with stride 2, three times; the rest keep the size."""
    return _sides(side, padding)


def sizes_with_fractions(side: int, padding: int) -> list[float]:
    """Forget the floor."""
    return _sides(side, padding, floor=False)


def sizes_rounded_up(side: int, padding: int) -> list[int]:
    """Round up, where the last pixels should be dropped."""
    found = [-(-(side + 2 * padding - 11) // 4) + 1]
    for _ in range(3):
        found.append(-(-(found[-1] - 3) // 2) + 1)
    return found


def sizes_pool_two(side: int, padding: int) -> list[float]:
    """Pool windows of 2 with stride 2."""
    return _sides(side, padding, pool=2)


def sizes_padding_once(side: int, padding: int) -> list[float]:
    """Count the padding on one side only."""
    return _sides(side, 0) if not padding else _sides(side + padding, 0)


def sizes_without_one(side: int, padding: int) -> list[int]:
    """Forget the window that stands at the start."""
    found = [(side + 2 * padding - 11) // 4]
    for _ in range(3):
        found.append((found[-1] - 3) // 2)
    return found


# 18.same_map


def _same_map(
    x: NDArray,
    n: int,
    k: float,
    alpha: float,
    beta: float,
    *,
    height: int | None = None,
    power: int = 2,
    mode: str = "constant",
) -> NDArray:
    """Sum over height × n pixels; None makes the window a square."""
    height = n if height is None else height
    padding = ((0, 0), (0, 0), (height // 2,) * 2, (n // 2,) * 2)
    energy = np.pad(abs(x) ** power, padding, mode=mode)
    windows = np.lib.stride_tricks.sliding_window_view(energy, (height, n), axis=(2, 3))
    return x / (k + alpha * windows.sum(axis=(4, 5))) ** beta


def same_map(x: NDArray, n: int, k: float, alpha: float, beta: float) -> NDArray:
    """Sum the squares of n × n pixels of the same map, with zeros around it."""
    return _same_map(x, n, k, alpha, beta)


def same_map_of_means(x: NDArray, n: int, k: float, alpha: float, beta: float) -> NDArray:
    """Take the mean of the squares, as PyTorch's alpha means."""
    return _same_map(x, n, k, alpha / n**2, beta)


def same_map_rows(x: NDArray, n: int, k: float, alpha: float, beta: float) -> NDArray:
    """Look along the rows only."""
    return _same_map(x, n, k, alpha, beta, height=1)


def same_map_sizes(x: NDArray, n: int, k: float, alpha: float, beta: float) -> NDArray:
    """Sum the sizes, not the squares."""
    return _same_map(x, n, k, alpha, beta, power=1)


def same_map_edges(x: NDArray, n: int, k: float, alpha: float, beta: float) -> NDArray:
    """Repeat the pixels of the rim outside."""
    return _same_map(x, n, k, alpha, beta, mode="edge")


def same_map_two_n(x: NDArray, n: int, k: float, alpha: float, beta: float) -> NDArray:
    """Reach n pixels to each side."""
    return _same_map(x, 2 * n + 1, k, alpha, beta)


def same_map_channels(x: NDArray, n: int, k: float, alpha: float, beta: float) -> NDArray:
    """Look at neighboring channels, as AlexNet does."""
    return numpy_ops.local_response_norm(x, size=n, alpha=n * alpha, beta=beta, k=k)


# 18.stage


def _convolved(x: NDArray, numbers: NDArray, channels: int, kernel: int) -> NDArray:
    """Cut out the weight and the biases, convolve in two groups, and cut off at 0."""
    shape = (channels, x.shape[1] // 2, kernel, kernel)
    count = int(np.prod(shape))
    weight, bias = numbers[:count].reshape(shape), numbers[count:]
    return numpy_ops.conv2d(x, weight, bias, padding=kernel // 2, groups=2)


def _normed(x: NDArray) -> NDArray:
    return numpy_ops.local_response_norm(x, size=5, alpha=5.0, beta=0.75, k=2.0)


def _pooled(x: NDArray) -> NDArray:
    return numpy_ops.max_pool2d(x, kernel_size=3, stride=2)


def stage(x: NDArray, numbers: NDArray, channels: int, kernel: int) -> NDArray:
    """Convolve in two groups, cut off at 0, normalize, pool."""
    return _pooled(_normed(np.maximum(_convolved(x, numbers, channels, kernel), 0)))


def stage_norm_after_pool(x: NDArray, numbers: NDArray, channels: int, kernel: int) -> NDArray:
    """Pool first, then normalize."""
    return _normed(_pooled(np.maximum(_convolved(x, numbers, channels, kernel), 0)))


def stage_norm_before_relu(x: NDArray, numbers: NDArray, channels: int, kernel: int) -> NDArray:
    """Normalize before the ReLU, so that negative channels count as loud."""
    return _pooled(np.maximum(_normed(_convolved(x, numbers, channels, kernel)), 0))


def stage_side_by_side(x: NDArray, numbers: NDArray, channels: int, kernel: int) -> NDArray:
    """Pool windows of 2 that do not overlap."""
    y = _normed(np.maximum(_convolved(x, numbers, channels, kernel), 0))
    return numpy_ops.max_pool2d(y, kernel_size=2)


def stage_without_norm(x: NDArray, numbers: NDArray, channels: int, kernel: int) -> NDArray:
    """Leave the normalization out."""
    return _pooled(np.maximum(_convolved(x, numbers, channels, kernel), 0))


def stage_without_bias(x: NDArray, numbers: NDArray, channels: int, kernel: int) -> NDArray:
    """Leave the biases out."""
    return stage(x, np.concatenate([numbers[:-channels], np.zeros(channels)]), channels, kernel)


def stage_one_card_each(x: NDArray, numbers: NDArray, channels: int, kernel: int) -> NDArray:
    """Let each card normalize its own channels, as if the window ended at the border."""
    y = np.maximum(_convolved(x, numbers, channels, kernel), 0)
    half = channels // 2
    return _pooled(np.concatenate([_normed(y[:, :half]), _normed(y[:, half:])], axis=1))


def stage_cards_crossed(x: NDArray, numbers: NDArray, channels: int, kernel: int) -> NDArray:
    """Let the first half of the filters read the second half of the channels."""
    half = x.shape[1] // 2
    crossed = np.concatenate([x[:, half:], x[:, :half]], axis=1)
    return stage(crossed, numbers, channels, kernel)


def stage_cases() -> tuple[Case, ...]:
    """Make stages of different sizes, with just as many numbers as they need."""
    rng = np.random.default_rng(seed=18)
    x = np.array([[[[1, 3, 0], [2, -1, 1], [0, 1, 5]], [[4, 0, 2], [-3, 1, 0], [1, 2, 4]]]], float)
    cases = [Case("two channels, kernel 1", (x, np.array([1.0, -2.0, -1.0, 3.0]), 2, 1))]
    for n, before, height, width, channels, kernel in ((2, 4, 7, 9, 6, 5), (1, 6, 9, 7, 8, 3)):
        numbers = rng.standard_normal(channels * before // 2 * kernel**2 + channels) + 0.1
        images = rng.standard_normal((n, before, height, width))
        name = f"{before} channels to {channels}, kernel {kernel}"
        cases.append(Case(name, (images, numbers, channels, kernel)))
    return tuple(cases)


SMALL_MAPS = np.array([[[[1.0, 2.0, 0.0], [3.0, -1.0, 2.0]], [[4.0, 0.0, 1.0], [-2.0, 1.0, 3.0]]]])

EXERCISES = [
    Exercise(
        id="18.sizes",
        prompt="Write sizes(side, padding): the side of the maps after the first convolution "
        "(11×11, stride 4) and after each of the three poolings (3×3, stride 2). All other "
        "convolutions keep the size.",
        solution=sizes,
        cases=(
            Case("70 pixels, padding 1", (70, 1)),
            Case("227 pixels, no padding", (227, 0)),
            Case("224 pixels, padding 2", (224, 2)),
            Case("300 pixels, padding 5", (300, 5)),
        ),
        hints=(
            "floor((side + 2 · padding − kernel) / stride) + 1.",
            "The map of one layer is the input of the next; poolings have no padding.",
            "A list of four numbers; for 227 and 0 it begins with 55 and 27.",
        ),
        near_misses={
            "no floor": sizes_with_fractions,
            "rounded up": sizes_rounded_up,
            "windows of 2": sizes_pool_two,
            "padding on one side": sizes_padding_once,
            "the first window forgotten": sizes_without_one,
        },
    ),
    Exercise(
        id="18.seven",
        prompt="Without padding, which is the smallest side of an image that leaves 7×7 after the "
        "third pooling?",
        solution=259,
        why="Backwards: 7 come from 15, these from 31, these from 63, and 62 · 4 + 11 = 259. That "
        "is 32, the product of all strides, above 227.",
        hints=(
            "Go backwards: how many pixels do 7 windows of 3 with stride 2 span?",
            "n windows of K with stride S span (n − 1) · S + K.",
        ),
        near_misses={
            "32 pixels for each of 7": 224,
            "one field of 32 more than 224": 256,
            "windows of 2": 231,
            "the first convolution forgotten": 63,
            "as at 6×6": 227,
        },
    ),
    Exercise(
        id="18.groups",
        prompt="A 3×3 convolution leads from 96 channels to 64, in 4 groups. How many weights has "
        "it, biases left out?",
        solution=13_824,
        why="Each of 64 filters sees 96 / 4 = 24 channels of 9 taps.",
        hints=(
            "Every filter belongs to one group. How many channels does it see?",
            "64 filters, each with 24 · 3 · 3 weights.",
        ),
        near_misses={
            "no groups": 55_296,
            "both sides divided": 3456,
            "two groups": 27_648,
            "one tap": 1536,
            "groups multiply": 221_184,
        },
    ),
    Exercise(
        id="18.why",
        prompt="The network of 2012 runs on one card today, with its two groups as they were. What "
        "do the groups save, against one network without groups?",
        solution="c",
        choices={
            "a": "Half of everything: each filter sees half of the channels.",
            "b": "Half of the activations: each card had half of the maps.",
            "c": "A third of the multiply-adds, and very few of the parameters.",
            "d": "Nothing: groups only say which card computes what.",
        },
        why="Three of five convolutions are halved. They do most of the work and have few of the "
        "parameters, and the maps are as many as before.",
        hints=(
            "Which layers have groups, and which share of the parameters is in them?",
            "Does a map become smaller when its filter sees fewer channels?",
        ),
        near_misses={"all layers alike": "a", "maps for weights": "b", "a mere label": "d"},
    ),
    Exercise(
        id="18.same_map",
        prompt="Write same_map(x, n, k, alpha, beta) for x (N, C, H, W) and an odd n: each number "
        "is divided by (k + alpha · S) to the power beta, where S sums the squares of the n × n "
        "pixels around it in the same map. Outside the map are zeros.",
        solution=same_map,
        cases=(
            Case("two maps of 2×3, n = 3", (SMALL_MAPS, 3, 1.0, 0.5, 0.5)),
            Case(
                "the paper's constants, large numbers",
                (100 * np.random.default_rng(0).standard_normal((2, 3, 7, 6)), 5, 2.0, 1e-4, 0.75),
            ),
        ),
        hints=(
            "x * x first, then n // 2 zeros around every map.",
            "Add up n · n shifted copies of the padded squares.",
            "padded[:, :, i : i + H, j : j + W] for i and j from 0 to n − 1.",
        ),
        near_misses={
            "mean for sum": same_map_of_means,
            "along the rows only": same_map_rows,
            "no squares": same_map_sizes,
            "the rim repeated outside": same_map_edges,
            "n pixels to each side": same_map_two_n,
            "across channels, as in AlexNet": same_map_channels,
        },
    ),
    Exercise(
        id="18.stage",
        prompt="Build the second stage for any odd kernel: a convolution to `channels` channels "
        "in two groups, padded so that the size stays; ReLU; response normalization over 5 "
        "channels with k = 2, beta = 0.75 and alpha = 1, not divided by 5; max pooling of 3×3 "
        "with stride 2. `numbers` holds the weight (channels, C_in / 2, kernel, kernel), then the "
        "biases (channels,).",
        solution=stage,
        cases=stage_cases(),
        hints=(
            "numbers[:m].reshape(channels, C_in // 2, kernel, kernel), the weight: how large is m?",
            "numpy_ops.conv2d(..., groups=2), np.maximum, numpy_ops.local_response_norm, "
            "numpy_ops.max_pool2d.",
            "numpy_ops divides alpha by the size of the window, so alpha = 1 is 5 there.",
        ),
        near_misses={
            "pooled before it is normalized": stage_norm_after_pool,
            "normalized before the ReLU": stage_norm_before_relu,
            "windows of 2": stage_side_by_side,
            "no normalization": stage_without_norm,
            "no biases": stage_without_bias,
            "normalized within each group": stage_one_card_each,
            "groups crossed": stage_cards_crossed,
        },
    ),
]
