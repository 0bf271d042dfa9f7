"""Exercises of notebook 05: receptive fields."""

from math import ceil, floor, log2

import numpy as np

from course_lib.exercises import Case, Exercise

Layers = list[tuple[int, ...]]


# 05.center


def field_center(layers: Layers, unit: int) -> float:
    """Find the first unit's center, layer by layer; the other units lie a jump apart."""
    center, jump = 0.0, 1
    for kernel, stride, padding in layers:
        center += ((kernel - 1) / 2 - padding) * jump
        jump *= stride
    return center + unit * jump


def center_without_padding(layers: Layers, unit: int) -> float:
    """Let the first field begin at the first pixel."""
    return field_center([(kernel, stride, 0) for kernel, stride, _ in layers], unit)


def center_with_early_jump(layers: Layers, unit: int) -> float:
    """Let a stride count for its own layer already."""
    center, jump = 0.0, 1
    for kernel, stride, padding in layers:
        jump *= stride
        center += ((kernel - 1) / 2 - padding) * jump
    return center + unit * jump


def first_pixel(layers: Layers, unit: int) -> float:
    """Give the first pixel of the field, not its center."""
    return field_center([(1, stride, padding) for _, stride, padding in layers], unit)


def center_of_first_unit(layers: Layers, unit: int) -> float:
    """Forget that later units stand further on."""
    return field_center(layers, 0)


def center_cases() -> tuple[Case, ...]:
    """Make layers of kernel, stride and padding, and a unit: a pair by hand first."""
    networks = {
        "two layers": ([(3, 2, 1), (5, 2, 1)], 3),
        "the first layer of AlexNet": ([(11, 4, 2)], 30),
        "with pooling": ([(3, 1, 1), (2, 2, 0), (3, 1, 1)], 4),
        "strides of 2 and 3": ([(7, 2, 3), (3, 2, 1), (1, 1, 0), (3, 3, 0)], 5),
    }
    return tuple(Case(name, inputs) for name, inputs in networks.items())


# 05.field_bug


def field_of(layers: Layers) -> int:
    """Go down from one unit: n units in a row, `stride` apart, see (n - 1) * stride + kernel."""
    size = 1
    for kernel, stride in reversed(layers):
        size = (size - 1) * stride + kernel
    return size


def field_with_whole_steps(layers: Layers) -> int:
    """Go down from one unit — with a bug: n units are taken to lie n strides apart."""
    size = 1
    for kernel, stride in reversed(layers):
        size = size * stride + kernel - 1
    return size


def field_bottom_up(layers: Layers) -> int:
    """Take the layers in the order in which they run."""
    return field_of(layers[::-1])


def field_without_strides(layers: Layers) -> int:
    """Forget that units lie further apart."""
    return 1 + sum(kernel - 1 for kernel, _ in layers)


def field_of_whole_kernels(layers: Layers) -> int:
    """Add whole kernels."""
    size = 1
    for kernel, stride in reversed(layers):
        size = size * stride + kernel
    return size


def network_cases() -> tuple[Case, ...]:
    """Make layers of kernel and stride: a pair by hand first."""
    networks = {
        "two layers": [(5, 2), (2, 3)],
        "two 3-pixel layers": [(3, 1), (3, 1)],
        "one layer": [(5, 3)],
        "five layers": [(7, 2), (3, 2), (1, 1), (3, 3), (5, 1)],
    }
    return tuple(Case(name, (layers,)) for name, layers in networks.items())


# 05.doubling


def layers_needed(size: int) -> int:
    """Add layers of dilation 1, 2, 4, 8, ... until the field is large enough."""
    field, dilation, layers = 1, 1, 0
    while field < size:
        field += 2 * dilation
        dilation *= 2
        layers += 1
    return layers


def layers_of_dilation_one(size: int) -> int:
    """Leave the dilation at 1."""
    return ceil((size - 1) / 2)


def layers_rounded_down(size: int) -> int:
    """Stop one layer too early: 2 ** (n + 1) - 1 <= size."""
    return floor(log2(size + 1)) - 1


def layers_and_input(size: int) -> int:
    """Count the input as a layer."""
    return layers_needed(size) + 1


def layers_of_rising_dilation(size: int) -> int:
    """Let the dilation grow by one a layer: 1, 2, 3, 4."""
    layers = 0
    while 1 + layers * (layers + 1) < size:
        layers += 1
    return layers


EXERCISES = [
    Exercise(
        id="05.by_hand",
        prompt="A 3×3 convolution with stride 2, a 3×3 convolution, 2×2 pooling with stride 2: how "
        "many pixels does a unit of each layer see, as [a, b, c]?",
        solution=np.array([3.0, 7.0, 9.0]),
        why="1 + 2·1 = 3; then units lie 2 pixels apart, so 3 + 2·2 = 7 and 7 + 1·2 = 9.",
        hints=(
            "A layer adds (kernel − 1) jumps to the field. How long is a jump?",
            "After the first layer, neighboring units lie 2 pixels apart. The stride of the "
            "pooling only matters for layers after it.",
        ),
        near_misses={
            "units counted down from the top, not pixels of each layer": np.array([2.0, 4.0, 9.0]),
            "no jumps": np.array([3.0, 5.0, 6.0]),
            "whole kernels, not kernels less one": np.array([3.0, 9.0, 13.0]),
            "a stride counted for its own layer": np.array([5.0, 9.0, 13.0]),
            "only the last layer": np.array(9.0),
        },
    ),
    Exercise(
        id="05.center",
        prompt="Write field_center(layers, unit): the pixel in the middle of the field of that "
        "unit of the last layer, from a list of (kernel, stride, padding); units count from 0.",
        solution=field_center,
        cases=center_cases(),
        hints=(
            "First find the center for unit 0. Its neighbor's field lies one jump further.",
            "Keep two numbers from layer to layer: start 0.0, jump 1.",
            "start += ((kernel - 1) / 2 - padding) * jump, then jump *= stride.",
        ),
        near_misses={
            "padding forgotten": center_without_padding,
            "a stride counted for its own layer": center_with_early_jump,
            "first pixel of the field, not its middle": first_pixel,
            "unit 0 for every unit": center_of_first_unit,
        },
    ),
    Exercise(
        id="05.field_bug",
        prompt="Repair field_of, which counts down from one unit: without strides it is right, "
        "with strides it gives too much.",
        solution=field_of,
        given=field_with_whole_steps,
        cases=network_cases(),
        hints=(
            "Follow it by hand for one layer of kernel 5 and stride 3: one unit sees 5 pixels.",
            "How many steps lie between the first and the last of n units in a row?",
        ),
        near_misses={
            "layers from first to last": field_bottom_up,
            "no strides": field_without_strides,
            "whole kernels, not kernels less one": field_of_whole_kernels,
        },
    ),
    Exercise(
        id="05.doubling",
        prompt="Kernels of 3, no strides, dilation 1, 2, 4, 8 and so on: write "
        "layers_needed(size), the least number of layers whose field is at least size pixels.",
        solution=layers_needed,
        cases=tuple(Case(f"{size} pixels", (size,)) for size in (60, 3, 7, 8, 1, 224)),
        hints=(
            "A layer of dilation D adds 2·D pixels where no stride comes before it.",
            "After n layers the field is 1 + 2·(1 + 2 + 4 + …) = 2^(n+1) − 1.",
        ),
        near_misses={
            "dilation 1 in every layer": layers_of_dilation_one,
            "rounded down": layers_rounded_down,
            "the input counted as a layer": layers_and_input,
            "dilation 1, 2, 3, 4": layers_of_rising_dilation,
        },
    ),
    Exercise(
        id="05.why",
        prompt="Two networks with random weights have fields of 33 pixels: A has 16 layers of "
        "kernel 3, B has 4 layers of kernel 9. In which do pixels far from the middle count more?",
        solution="a",
        choices={
            "a": "In B: a few long steps lead further away than many short ones.",
            "b": "In A: each layer mixes once more, and A has four times as many.",
            "c": "In neither: with equal fields, what counts is equally wide.",
            "d": "In neither: with random weights all 33 pixels count alike.",
        },
        why="A step of kernel 3 has variance 2/3, one of kernel 9 has 60/9 = 20/3. Sixteen of the "
        "first give a spread of 3.3 pixels, four of the second 5.2.",
        hints=(
            "Each layer is a random step. Which variance has a step that is −4, −3, … or 4?",
            "Variances add up: 16 · 2/3 against 4 · 20/3.",
        ),
        near_misses={"more mixing": "b", "equal fields": "c", "all alike": "d"},
    ),
]
