"""Exercises of notebook 05: receptive fields."""

import numpy as np

from course_lib.exercises import Case, Exercise

Layers = list[tuple[int, int]]


def network_cases() -> tuple[Case, ...]:
    """Make networks as lists of kernel size and stride: by hand first, then mixed ones."""
    networks = {
        "one layer": [(5, 1)],
        "two 3-pixel layers": [(3, 1), (3, 1)],
        "with pooling": [(3, 1), (2, 2), (3, 1)],
        "strides of 2 and 3": [(7, 2), (3, 2), (1, 1), (3, 3), (5, 1)],
    }
    return tuple(Case(name, (layers,)) for name, layers in networks.items())


# 05.field_size


def field_size(layers: Layers) -> int:
    """Start with one pixel; each layer adds its other taps, a jump apart."""
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump *= stride
    return size


def field_without_jumps(layers: Layers) -> int:
    """Forget that units of later layers lie further apart."""
    return 1 + sum(kernel - 1 for kernel, _ in layers)


def field_of_whole_kernels(layers: Layers) -> int:
    """Add whole kernels instead of one tap less."""
    size, jump = 0, 1
    for kernel, stride in layers:
        size += kernel * jump
        jump *= stride
    return size


def field_product(layers: Layers) -> int:
    """Multiply the kernel sizes."""
    return int(np.prod([kernel for kernel, _ in layers]))


# 05.field_bug


def field_with_early_jump(layers: Layers) -> int:
    """Compute the field — with a bug: a layer is read with a jump that is not its own."""
    size, jump = 1, 1
    for kernel, stride in layers:
        jump *= stride
        size += (kernel - 1) * jump
    return size


def field_with_added_strides(layers: Layers) -> int:
    """Add strides up instead of multiplying them."""
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump += stride - 1
    return size


# 05.same_field


def layers_needed(size: int) -> int:
    """Count the 3-pixel layers of stride 1 whose field is at least `size`: 1 + 2n >= size."""
    return int(np.ceil((size - 1) / 2))


def layers_one_short(size: int) -> int:
    """Round down."""
    return (size - 1) // 2


def layers_by_thirds(size: int) -> int:
    """Lay kernels side by side."""
    return int(np.ceil(size / 3))


def layers_one_more(size: int) -> int:
    """Count the input as a layer."""
    return layers_needed(size) + 1


EXERCISES = [
    Exercise(
        id="05.by_hand",
        prompt="A 3×3 convolution, 2×2 pooling with stride 2, a 3×3 convolution: give the field "
        "size after each of the three, as [a, b, c].",
        solution=np.array([3.0, 4.0, 8.0]),
        why="1 + 2·1 = 3, 3 + 1·1 = 4; then units lie 2 pixels apart, so 4 + 2·2 = 8.",
        hints=(
            "A layer adds (kernel − 1) steps to the field. How long is a step?",
            "After pooling with stride 2, neighboring units lie 2 pixels apart.",
        ),
        near_misses={
            "no jump": np.array([3.0, 4.0, 6.0]),
            "whole kernels": np.array([3.0, 5.0, 11.0]),
            "jump too early": np.array([3.0, 5.0, 9.0]),
            "only the last": np.array(8.0),
        },
    ),
    Exercise(
        id="05.field_size",
        prompt="Write field_size(layers): the field of the last layer, from a list of (kernel, "
        "stride).",
        solution=field_size,
        cases=network_cases(),
        hints=(
            "Keep two numbers from layer to layer: the size of the field, and the jump.",
            "Begin with one pixel: size 1, jump 1.",
            "First size += (kernel - 1) * jump, then jump *= stride.",
        ),
        near_misses={
            "no jumps": field_without_jumps,
            "whole kernels": field_of_whole_kernels,
            "product": field_product,
        },
    ),
    Exercise(
        id="05.field_bug",
        prompt="Repair field_of: without strides it is right, with strides it gives too much.",
        solution=field_size,
        given=field_with_early_jump,
        cases=network_cases(),
        hints=(
            "Follow it by hand through a single layer of kernel 5 and stride 2. How wide is a "
            "kernel of 5?",
            "The stride of a layer spreads the units *after* it.",
        ),
        near_misses={
            "strides added": field_with_added_strides,
            "no jumps": field_without_jumps,
            "whole kernels": field_of_whole_kernels,
        },
    ),
    Exercise(
        id="05.layers_needed",
        prompt="Write layers_needed(size): how many 3×3 layers of stride 1 give a field of at "
        "least that many pixels?",
        solution=layers_needed,
        cases=tuple(Case(f"{size} pixels", (size,)) for size in (5, 7, 6, 1, 224)),
        hints=(
            "What is the field after n such layers? Try n = 1, 2, 3.",
            "Solve 1 + 2n ≥ size, and round up.",
        ),
        near_misses={
            "rounded down": layers_one_short,
            "side by side": layers_by_thirds,
            "one more": layers_one_more,
        },
    ),
    Exercise(
        id="05.why",
        prompt="Why do pixels in the middle of a field count more than those at its rim?",
        solution="b",
        choices={
            "a": "Kernels learn larger weights in their middle.",
            "b": "Many paths lead from a middle pixel to the unit, and only one from a corner.",
            "c": "Zero padding weakens the rim.",
            "d": "ReLU switches off units that see the rim.",
        },
        why="Counting paths is adding up steps at random: the sum is bell-shaped, whatever the "
        "single kernel looks like.",
        hints=(
            "Look at the cone of the first figure: how many ways go up from each pixel?",
            "The effect is there with kernels whose weights are all equal.",
        ),
        near_misses={"learned": "a", "padding": "c", "ReLU": "d"},
    ),
]
