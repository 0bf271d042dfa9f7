"""Exercises of notebook 19: VGG."""

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.exercises.record import Case, Exercise

# 19.stack


def stack(kernel: int, channels: int) -> list[int]:
    """Each 3 × 3 adds 2 pixels to the field of 1, and has 9 weights for each pair of channels."""
    layers = (kernel - 1) // 2
    return [layers, layers * 9 * channels**2]


def stack_adds_three(kernel: int, channels: int) -> list[int]:
    """Let every layer add 3 pixels."""
    layers = -(-kernel // 3)
    return [layers, layers * 9 * channels**2]


def stack_starts_at_zero(kernel: int, channels: int) -> list[int]:
    """Begin with a field of 0 pixels."""
    layers = (kernel + 1) // 2
    return [layers, layers * 9 * channels**2]


def stack_channels_once(kernel: int, channels: int) -> list[int]:
    """Count the channels once, as if each looked at itself alone."""
    layers = (kernel - 1) // 2
    return [layers, layers * 9 * channels]


def stack_single_layer(kernel: int, channels: int) -> list[int]:
    """Count the weights of one layer of the stack."""
    return [(kernel - 1) // 2, 9 * channels**2]


def stack_large_weights(kernel: int, channels: int) -> list[int]:
    """Count the weights of the large kernel."""
    return [(kernel - 1) // 2, kernel**2 * channels**2]


# 19.fields


def _fields(
    plan: list[int], *, add: int = 2, pool_adds: bool = True, early: bool = False
) -> list[int]:
    size, jump, found = 1, 1, []
    for repeats in plan:
        for _ in range(repeats):
            size += add * jump
            found.append(size)
        jump *= 2 if early else 1
        size += jump if pool_adds else 0
        found.append(size)
        jump *= 1 if early else 2
    return found


def fields(plan: list[int]) -> list[int]:
    """Add two jumps a convolution and one a pooling; then the jump doubles."""
    return _fields(plan)


def fields_jump_too_early(plan: list[int]) -> list[int]:
    """Double the jump before the pooling itself is counted."""
    return _fields(plan, early=True)


def fields_pooling_adds_nothing(plan: list[int]) -> list[int]:
    """Let a pooling double the jump, and see no further itself."""
    return _fields(plan, pool_adds=False)


def fields_add_three(plan: list[int]) -> list[int]:
    """Add K pixels where K - 1 are new."""
    return _fields(plan, add=3)


def fields_without_jump(plan: list[int]) -> NDArray:
    """Forget that later layers step by more than a pixel."""
    return np.cumsum([step for repeats in plan for step in [2] * repeats + [1]] + [1])[:-1] + 1


def fields_of_convolutions(plan: list[int]) -> NDArray:
    """Leave the poolings out of the list."""
    places = np.cumsum([repeats + 1 for repeats in plan]) - 1
    return np.delete(_fields(plan), places)


# 19.block


def _cut(numbers: NDArray, before: int, channels: int) -> list[tuple[NDArray, NDArray]]:
    """Cut the numbers of a block up into the weights and biases of its two convolutions."""
    layers, at = [], 0
    for depth in (before, channels):
        size = channels * depth * 9
        weight = numbers[at : at + size].reshape(channels, depth, 3, 3)
        layers.append((weight, numbers[at + size : at + size + channels]))
        at += size + channels
    return layers


def block(x: NDArray, numbers: NDArray, channels: int) -> NDArray:
    """Convolve with padding 1 and cut off at 0, twice; then pool."""
    return numpy_ops.max_pool2d(block_unpooled(x, numbers, channels), kernel_size=2)


def block_unpooled(x: NDArray, numbers: NDArray, channels: int) -> NDArray:
    """Forget the pooling."""
    for weight, bias in _cut(numbers, x.shape[1], channels):
        x = np.maximum(numpy_ops.conv2d(x, weight, bias, padding=1), 0)
    return x


def block_linear(x: NDArray, numbers: NDArray, channels: int) -> NDArray:
    """Put one ReLU at the end of the block only."""
    for weight, bias in _cut(numbers, x.shape[1], channels):
        x = numpy_ops.conv2d(x, weight, bias, padding=1)
    return numpy_ops.max_pool2d(np.maximum(x, 0), kernel_size=2)


def block_pools_each_time(x: NDArray, numbers: NDArray, channels: int) -> NDArray:
    """Pool after both convolutions."""
    for weight, bias in _cut(numbers, x.shape[1], channels):
        x = np.maximum(numpy_ops.conv2d(x, weight, bias, padding=1), 0)
        x = numpy_ops.max_pool2d(x, kernel_size=2)
    return x


def block_without_padding(x: NDArray, numbers: NDArray, channels: int) -> NDArray:
    """Leave the padding out."""
    for weight, bias in _cut(numbers, x.shape[1], channels):
        x = np.maximum(numpy_ops.conv2d(x, weight, bias), 0)
    return numpy_ops.max_pool2d(x, kernel_size=2)


def block_without_bias(x: NDArray, numbers: NDArray, channels: int) -> NDArray:
    """Leave the biases out."""
    for weight, _ in _cut(numbers, x.shape[1], channels):
        x = np.maximum(numpy_ops.conv2d(x, weight, padding=1), 0)
    return numpy_ops.max_pool2d(x, kernel_size=2)


def block_mean(x: NDArray, numbers: NDArray, channels: int) -> NDArray:
    """Take the mean of each window, not the largest."""
    return numpy_ops.avg_pool2d(block_unpooled(x, numbers, channels), kernel_size=2)


def block_cases() -> tuple[Case, ...]:
    """Make blocks of different sizes, oblong ones too, with just as many numbers as they need."""
    rng = np.random.default_rng(seed=19)
    x = np.array([[[[1.0, -2.0], [3.0, 2.0]]]])
    first, second = [1, 0, 2, -1, 1, 3, 0, -2, 1], [2, 1, 0, -1, 3, 1, 1, 0, -2]
    cases = [Case("one channel", (x, np.array([*first, 1, *second, -1.0]), 1))]
    for n, before, height, width, channels in ((2, 3, 6, 8, 2), (1, 2, 8, 10, 4)):
        count = 9 * channels * before + channels + 9 * channels**2 + channels
        name = f"{before} channels to {channels}, {height}×{width} pixels"
        images = rng.standard_normal((n, before, height, width))
        cases.append(Case(name, (images, rng.standard_normal(count) + 0.2, channels)))
    return tuple(cases)


EXERCISES = [
    Exercise(
        id="19.saved",
        prompt="A 7×7 convolution leads from 10 channels to 10. Three 3×3 convolutions of 10 "
        "channels see as much. How many weights do they save (no biases)?",
        solution=2200,
        why="49 · 100 = 4,900 against 3 · 9 · 100 = 2,700.",
        hints=(
            "A weight stands for each tap, each input channel and each output channel.",
            "7·7·10·10 for the large one. And 3·3·10·10 for each of the small ones.",
        ),
        near_misses={
            "one 3×3 against the 7×7": 4000,
            "channels counted once": 220,
            "no channels at all": 22,
            "the weights of the three": 2700,
            "two 3×3 against one 5×5": 700,
        },
    ),
    Exercise(
        id="19.stack",
        prompt="Write stack(kernel, channels): for an odd kernel from 3 on, the number of 3×3 "
        "convolutions that see as much, and their weights together, without biases; all have "
        "`channels` channels in and out.",
        solution=stack,
        cases=(
            Case("a field of 9", (9, 2)),
            Case("a field of 3", (3, 5)),
            Case("a field of 11", (11, 64)),
            Case("a field of 15", (15, 7)),
        ),
        hints=(
            "A unit sees 1 pixel before the first layer. How many more after each?",
            "1 + 2n = kernel.",
            "Each layer has 3 · 3 · channels · channels weights.",
        ),
        near_misses={
            "3 pixels a layer, where 2 are new": stack_adds_three,
            "a field of 0 at the start": stack_starts_at_zero,
            "channels counted once": stack_channels_once,
            "the weights of one layer": stack_single_layer,
            "the weights of the large kernel": stack_large_weights,
        },
    ),
    Exercise(
        id="19.why",
        prompt="Two 3×3 convolutions with no ReLU between them are to replace a 5×5 one. What can "
        "they compute?",
        solution="b",
        choices={
            "a": "More than the 5×5: there are two layers, and depth always adds.",
            "b": "Some of what the 5×5 can, and nothing else: two linear steps are one.",
            "c": "Exactly what the 5×5 can: the fields are the same.",
            "d": "Nothing that resembles it: they see only 3×3 pixels.",
        },
        why="A convolution of a convolution is a convolution with a 5×5 kernel. But 18·C² weights "
        "cannot set all 25·C² taps at will.",
        hints=(
            "Write both steps as one sum over the pixels: is it still a weighted sum?",
            "How many weights does each side have?",
        ),
        near_misses={"depth for its own sake": "a", "equal fields": "c", "one layer's field": "d"},
    ),
    Exercise(
        id="19.block",
        prompt="Build a block of VGG from its description: block(x, numbers, channels). "
        "Two 3×3 convolutions to `channels` channels with padding 1, a ReLU after each, then max "
        "pooling 2×2. `numbers` holds the parameters in a row: for each convolution its weight "
        "(channels, C_in, 3, 3), then its biases (channels,).",
        solution=block,
        cases=block_cases(),
        hints=(
            "numbers[:k].reshape(channels, C_in, 3, 3) is the first weight: how large is k?",
            "C_in is x.shape[1] for the first convolution, and `channels` for the second.",
            "numpy_ops.conv2d(x, weight, bias, padding=1), np.maximum, numpy_ops.max_pool2d.",
        ),
        near_misses={
            "a single ReLU at the end": block_linear,
            "a pooling after every convolution": block_pools_each_time,
            "no padding": block_without_padding,
            "no biases": block_without_bias,
            "mean for max pooling": block_mean,
            "no pooling": block_unpooled,
        },
    ),
    Exercise(
        id="19.larger_image",
        prompt="VGG-16 is to read images of 288×288, and its first dense layer takes all numbers "
        "that the last pooling leaves, as it does at 224. How many weights has that layer (no "
        "biases)?",
        solution=169_869_312,
        why="Five poolings leave 288 / 32 = 9 pixels a side: 512 · 9 · 9 · 4096. The convolutions "
        "keep their weights; this one layer gets 67 million more.",
        hints=(
            "Each of five poolings halves the side.",
            "The last pooling leaves 512 maps of 9×9, and each number has a weight to each of "
            "4,096 outputs.",
        ),
        near_misses={
            "the layer as it is at 224": 102_760_448,
            "four poolings": 679_477_248,
            "one side for two": 18_874_368,
            "one map for 512": 331_776,
            "the ratio of the sides, not of the areas": 132_120_576,
        },
    ),
    Exercise(
        id="19.fields",
        prompt="Write fields(plan): plan says how many 3×3 convolutions stand before each 2×2 "
        "pooling of stride 2. Return the receptive field after every convolution and "
        "every pooling.",
        solution=fields,
        cases=(
            Case("a convolution and a pooling, twice", ([1, 1],)),
            Case("column A", ([1, 1, 2, 2, 2],)),
            Case("column E", ([2, 2, 4, 4, 4],)),
            Case("three, then one", ([3, 1],)),
        ),
        hints=(
            "Keep two numbers: the field, and the jump from one unit's field to the next one's.",
            "A layer adds (K − 1) jumps: two for a convolution, one for a pooling.",
            "Only after the pooling is counted does the jump double.",
        ),
        near_misses={
            "the jump doubled before the pooling is counted": fields_jump_too_early,
            "a pooling that sees no further": fields_pooling_adds_nothing,
            "K jumps a convolution, not K − 1": fields_add_three,
            "no jumps at all": fields_without_jump,
            "the poolings left out of the list": fields_of_convolutions,
        },
    ),
]
