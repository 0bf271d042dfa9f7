"""Exercises of notebook 24: Comparing architectures."""

from collections.abc import Callable, Sequence
from math import ceil, log, log2

from torch import nn

from course_lib.exercises.record import Case, Exercise
from course_lib.lessons.comparing_architectures.judging import within_budget

# 24.frontier


def frontier(costs: Sequence[float], accuracies: Sequence[float]) -> list[int]:
    """Keep a network unless another is at least as good in both and better in one."""
    return _kept(costs, accuracies, lambda c, a, cost, accuracy: c <= cost and a >= accuracy)


def _kept(
    costs: Sequence[float],
    accuracies: Sequence[float],
    beats: Callable[[float, float, float, float], bool],
    *,
    itself: bool = False,
) -> list[int]:
    pairs = list(zip(costs, accuracies, strict=True))
    return [
        place for place, (cost, accuracy) in enumerate(pairs)
        if not any(
            beats(c, a, cost, accuracy) and (itself or (c, a) != (cost, accuracy)) for c, a in pairs
        )
    ]  # fmt: skip


def frontier_strict(costs: Sequence[float], accuracies: Sequence[float]) -> list[int]:
    """Ask a rival to be better in both."""
    return _kept(costs, accuracies, lambda c, a, cost, accuracy: c < cost and a > accuracy)


def frontier_cheaper(costs: Sequence[float], accuracies: Sequence[float]) -> list[int]:
    """Ask a rival to be cheaper, not just as cheap."""
    return _kept(costs, accuracies, lambda c, a, cost, accuracy: c < cost and a >= accuracy)


def frontier_more_accurate(costs: Sequence[float], accuracies: Sequence[float]) -> list[int]:
    """Ask a rival to be more accurate, not just as accurate."""
    return _kept(costs, accuracies, lambda c, a, cost, accuracy: c <= cost and a > accuracy)


def frontier_itself(costs: Sequence[float], accuracies: Sequence[float]) -> list[int]:
    """Let each network beat itself."""
    return _kept(
        costs, accuracies, lambda c, a, cost, accuracy: c <= cost and a >= accuracy, itself=True
    )


def frontier_dearer(costs: Sequence[float], accuracies: Sequence[float]) -> list[int]:
    """Take a higher cost for the better one."""
    return _kept(costs, accuracies, lambda c, a, cost, accuracy: c >= cost and a >= accuracy)


def frontier_ends(costs: Sequence[float], accuracies: Sequence[float]) -> list[int]:
    """Keep only the cheapest and the most accurate."""
    places = range(len(costs))
    return sorted({min(places, key=costs.__getitem__), max(places, key=accuracies.__getitem__)})


# 24.doubling


def doubling(cost: float, accuracy: float, more_cost: float, more_accuracy: float) -> float:
    """Divide the points gained by the number of doublings."""
    return (more_accuracy - accuracy) / log2(more_cost / cost)


def doubling_natural(cost: float, accuracy: float, more_cost: float, more_accuracy: float) -> float:
    """Count by e instead of by 2."""
    return (more_accuracy - accuracy) / log(more_cost / cost)


def doubling_ratio(cost: float, accuracy: float, more_cost: float, more_accuracy: float) -> float:
    """Divide by how many times as much it costs."""
    return (more_accuracy - accuracy) / (more_cost / cost)


def doubling_halves(cost: float, accuracy: float, more_cost: float, more_accuracy: float) -> float:
    """Divide by half of how many times as much it costs."""
    return 2 * doubling_ratio(cost, accuracy, more_cost, more_accuracy)


def doubling_added(cost: float, accuracy: float, more_cost: float, more_accuracy: float) -> float:
    """Divide by the cost that was added."""
    return (more_accuracy - accuracy) / (more_cost - cost)


def doubling_relative(
    cost: float, accuracy: float, more_cost: float, more_accuracy: float
) -> float:
    """Take the gain as a share of the accuracy before."""
    return doubling(cost, accuracy, more_cost, more_accuracy) / accuracy


def doubling_turned(cost: float, accuracy: float, more_cost: float, more_accuracy: float) -> float:
    """Divide the smaller cost by the larger."""
    return -doubling(cost, accuracy, more_cost, more_accuracy)


# 24.batch


def batch(gib: float, parameters: int, activation_bytes: int) -> int:
    """Take off 16 bytes a parameter, and see how often an image fits into the rest."""
    return _batch(gib * 2**30, 16 * parameters, activation_bytes)


def _batch(memory: float, kept: float, activation_bytes: int) -> int:
    return int(max(memory - kept, 0) // activation_bytes)


def batch_weights_only(gib: float, parameters: int, activation_bytes: int) -> int:
    """Forget gradients and means."""
    return _batch(gib * 2**30, 4 * parameters, activation_bytes)


def batch_no_means(gib: float, parameters: int, activation_bytes: int) -> int:
    """Forget the two means of Adam."""
    return _batch(gib * 2**30, 8 * parameters, activation_bytes)


def batch_no_parameters(gib: float, parameters: int, activation_bytes: int) -> int:
    """Forget all but the activations."""
    return _batch(gib * 2**30, 0, activation_bytes)


def batch_numbers(gib: float, parameters: int, activation_bytes: int) -> int:
    """Take a number for a byte."""
    return _batch(gib * 2**30, 4 * parameters, 4 * activation_bytes)


def batch_powers_of_ten(gib: float, parameters: int, activation_bytes: int) -> int:
    """Take 10⁹ bytes for a GiB."""
    return _batch(gib * 1e9, 16 * parameters, activation_bytes)


def batch_rounded_up(gib: float, parameters: int, activation_bytes: int) -> int:
    """Let the last image in that does not quite fit."""
    return ceil(max(gib * 2**30 - 16 * parameters, 0) / activation_bytes)


# 24.design


def _network(
    *convolutions: tuple[int, int, int], num_classes: int, pooled: bool = True, sizes: int = 1
) -> nn.Sequential:
    """Build a network of (kernel, stride, channels), for images of three channels."""
    layers: list[nn.Module] = []
    before = 3
    for kernel, stride, channels in convolutions:
        conv = nn.Conv2d(before, channels, kernel, stride, kernel // 2, bias=False)
        layers += [conv, nn.BatchNorm2d(channels), nn.ReLU()]
        before = channels
    if not pooled:
        return nn.Sequential(*layers, nn.Conv2d(before, num_classes, 1))
    head = nn.Linear(before * sizes**2, num_classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(sizes), nn.Flatten(), head)


PLAN = ((5, 2, 16), (3, 2, 24), (3, 1, 24), (3, 1, 24))


@within_budget
def design(num_classes: int) -> nn.Module:
    """Make the image small at once, then look at it with a few 3 × 3 convolutions."""

    def convolution(before: int, after: int, kernel: int, stride: int) -> list[nn.Module]:
        conv = nn.Conv2d(before, after, kernel, stride, kernel // 2, bias=False)
        return [conv, nn.BatchNorm2d(after), nn.ReLU()]

    return nn.Sequential(
        *convolution(3, 16, 5, 2),
        *convolution(16, 24, 3, 2),
        *convolution(24, 24, 3, 1),
        *convolution(24, 24, 3, 1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(24, num_classes),
    )


@within_budget
def design_dense(num_classes: int) -> nn.Module:
    """Flatten maps of 8 × 8 instead of taking their mean."""
    return _network(*PLAN, num_classes=num_classes, sizes=8)


@within_budget
def design_no_stride(num_classes: int) -> nn.Module:
    """Keep the image at its full size."""
    return _network(
        *((kernel, 1, n) for kernel, _, n in (*PLAN, (7, 1, 8))), num_classes=num_classes
    )


@within_budget
def design_maps(num_classes: int) -> nn.Module:
    """Give a map of logits."""
    return _network(*PLAN, num_classes=num_classes, pooled=False)


@within_budget
def design_ten(num_classes: int) -> nn.Module:
    """Give ten classes, whatever is asked for."""
    return _network(*PLAN, num_classes=10)


@within_budget
def design_short(num_classes: int) -> nn.Module:
    """Stop two layers earlier."""
    return _network(*PLAN[:2], num_classes=num_classes)


@within_budget
def design_zero(num_classes: int) -> nn.Module:
    """Start the last layer at zero, so that all images give the same."""
    network = _network(*PLAN, num_classes=num_classes)
    nn.init.zeros_(network.get_parameter(f"{len(network) - 1}.weight"))
    return network


EXERCISES = [
    Exercise(
        id="24.frontier",
        prompt="Write frontier(costs, accuracies): the places, in rising order, of the networks "
        "that no other beats. A network beats another if it is at least as good in cost and in "
        "accuracy, and better in one of the two.",
        solution=frontier,
        cases=(
            Case("six networks, two of one cost", ([4, 1, 3, 3, 6, 2], [70, 60, 72, 65, 72, 64])),
            Case("one network", ([5], [50])),
            Case("two alike", ([5, 5], [50, 50])),
            Case("each dearer and better", ([1, 2, 3], [1, 2, 3])),
        ),
        hints=(
            "For each network, look for one that beats it; keep it if there is none.",
            "At least as good in both: c <= cost and a >= accuracy.",
            "A network with the same cost and the same accuracy, itself above all, does not beat "
            "it.",
        ),
        near_misses={
            "better in both asked for": frontier_strict,
            "an equal cost does not count": frontier_cheaper,
            "an equal accuracy does not count": frontier_more_accurate,
            "each beats itself": frontier_itself,
            "dearer taken for better": frontier_dearer,
            "only the two ends": frontier_ends,
        },
    ),
    Exercise(
        id="24.doubling",
        prompt="Write doubling(cost, accuracy, more_cost, more_accuracy): how many points of "
        "accuracy each doubling of the cost brought, on average.",
        solution=doubling,
        cases=(
            Case("eight times the cost, nine points", (2.0, 70.0, 16.0, 79.0)),
            Case("one doubling", (1.5, 60.0, 3.0, 61.25)),
            Case("less than one doubling", (7.609, 69.02, 10.0, 70.0)),
            Case("a loss", (1.0, 80.0, 4.0, 79.0)),
        ),
        hints=(
            "From 2 to 16 there are three doublings: 2 → 4 → 8 → 16.",
            "The number of doublings is log2(more_cost / cost).",
        ),
        near_misses={
            "the natural logarithm": doubling_natural,
            "the ratio instead of its logarithm": doubling_ratio,
            "half of the ratio": doubling_halves,
            "the cost that was added": doubling_added,
            "the gain as a share": doubling_relative,
            "the ratio upside down": doubling_turned,
        },
    ),
    Exercise(
        id="24.why",
        prompt="EfficientNet-B0 has a fifth of ResNet-18's multiply-adds, but needs much more than "
        "a fifth of its time. Why?",
        solution="c",
        choices={
            "a": "It has more parameters, and they must all be read.",
            "b": "Its images are larger.",
            "c": "It does few products with each number that it reads or writes.",
            "d": "Its squeeze-and-excitation adds products that nobody counts.",
        },
        why="Depthwise layers, norms and SiLU move many numbers and multiply little: its "
        "activation memory is more than twice that of ResNet-18.",
        hints=(
            "Look up both in the table: parameters, image, memory.",
            "Moving a number from memory takes longer than multiplying it.",
        ),
        near_misses={"parameters": "a", "images": "b", "uncounted products": "d"},
    ),
    Exercise(
        id="24.photos",
        prompt="VGG-13 with batch norm names 71.586 % of the 50,000 validation photos right, "
        "VGG-16 without names 71.592 %. By how many photos do they differ?",
        solution=3,
        why="0.006 % of 50,000. No one should choose a network by three photos.",
        hints=("How many points of a percent lie between the two?", "0.006 % is 0.00006."),
        near_misses={
            "the percent sign forgotten": 300,
            "the difference in percent": 0.006,
            "0.06 % taken": 30,
            "a thousand times": 6,
            "the photos that one names right": 35796,
        },
    ),
    Exercise(
        id="24.batch",
        prompt="Write batch(gib, parameters, activation_bytes): how many images fit into a memory "
        "of `gib` · 2³⁰ bytes while Adam trains in float32. It keeps four numbers of 4 bytes for "
        "each parameter; each image needs its activation_bytes.",
        solution=batch,
        cases=(
            Case("1 GiB", (1, 2**24, 50_000_000)),
            Case("the parameters alone are too many", (0.5, 2**26, 1000)),
            Case("half a GiB", (0.5, 1000, 123_456_789)),
            Case("a large card", (16, 25_557_032, 128_000_000)),
        ),
        hints=(
            "First take away what the parameters need: 16 bytes each.",
            "Then see how often an image fits into the rest, whole images only.",
            "If nothing is left, no image fits: max(left, 0).",
        ),
        near_misses={
            "the weights alone": batch_weights_only,
            "the two means of Adam forgotten": batch_no_means,
            "no parameters": batch_no_parameters,
            "numbers taken for bytes": batch_numbers,
            "10⁹ bytes for a GiB": batch_powers_of_ten,
            "rounded up": batch_rounded_up,
        },
    ),
    Exercise(
        id="24.design",
        prompt="Write design(num_classes): a network for color images of 32 × 32 pixels, with at "
        "most 20,000 parameters and 2,000,000 multiply-adds, and a field of at least 24 pixels.",
        solution=design,
        cases=(Case("7 classes", (7,)), Case("37 classes", (37,))),
        hints=(
            "A 3×3 convolution from 24 to 24 channels has 5,184 weights. On 32×32 pixels it costs "
            "5.3 million multiply-adds, on 8×8 a sixteenth of that.",
            "Make the image small with the first two layers (stride 2). Behind them a 3×3 widens "
            "the field by 8 pixels.",
            "End with nn.AdaptiveAvgPool2d(1), nn.Flatten() and nn.Linear.",
        ),
        near_misses={
            "dense layer over all places": design_dense,
            "no stride": design_no_stride,
            "maps for an output": design_maps,
            "always ten classes": design_ten,
            "two layers too few": design_short,
            "the last layer starts at zero": design_zero,
        },
    ),
]
