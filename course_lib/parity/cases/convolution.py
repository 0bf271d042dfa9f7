"""Cases for the convolutions."""

from course_lib.parity.cases import Case, normal
from course_lib.parity.compare import Tolerance

# What numpy_ops/algorithms/winograd.py promises: its transforms mix large and small numbers.
WINOGRAD_TOLERANCES = {"float32": Tolerance(2e-5, 2e-5)}


def conv2d(
    name: str,
    *,
    x: tuple[int, ...] = (2, 3, 7, 11),
    weight: tuple[int, ...] = (5, 3, 3, 3),
    bias: bool = True,
    **options: object,
) -> Case:
    """Make a case whose axis sizes all differ."""
    shapes = (x, weight, (weight[0],) if bias else None)
    return Case("conv2d", name, normal(*shapes), options)


def conv1d(
    name: str,
    *,
    x: tuple[int, ...] = (2, 3, 11),
    weight: tuple[int, ...] = (5, 3, 4),
    bias: bool = True,
    **options: object,
) -> Case:
    """Make a case whose axis sizes all differ."""
    shapes = (x, weight, (weight[0],) if bias else None)
    return Case("conv1d", name, normal(*shapes), options)


def conv3d(
    name: str,
    *,
    x: tuple[int, ...] = (2, 3, 4, 5, 6),
    weight: tuple[int, ...] = (4, 3, 2, 3, 1),
    bias: bool = True,
    **options: object,
) -> Case:
    """Make a case whose axis sizes all differ."""
    shapes = (x, weight, (weight[0],) if bias else None)
    return Case("conv3d", name, normal(*shapes), options)


SMALL_CASES = [
    conv1d("plain"),
    conv1d("pointwise", weight=(5, 3, 1), stride=2),
    conv1d("no-bias", bias=False, padding=(2,)),
    conv1d("stride-leaves-samples-over", stride=3, padding=1),
    conv1d("dilated", dilation=3, padding=2),
    conv1d("padding-same-even-kernel", padding="same"),
    conv1d("kernel-fills-signal", weight=(5, 3, 11)),
    conv1d("two-groups", x=(2, 6, 11), weight=(4, 3, 3), groups=2),
    conv1d("depthwise", x=(2, 4, 11), weight=(8, 1, 3), groups=4, padding=1),
    conv1d("empty-batch", x=(0, 3, 11)),
    conv2d("pointwise", weight=(5, 3, 1, 1)),
    conv2d("pointwise-strided-padded", weight=(5, 3, 1, 1), stride=(2, 3), padding=1),
    conv2d("oblong-kernel", weight=(5, 3, 3, 2)),
    conv2d("no-bias", bias=False),
    conv2d("same-size", padding=1),
    conv2d("stride-leaves-pixels-over", weight=(5, 3, 4, 3), stride=3, padding=2),
    conv2d("oblong-options", stride=(2, 1), padding=(0, 2), dilation=(1, 3)),
    conv2d("kernel-fills-image", weight=(5, 3, 7, 11)),
    conv2d("dilated", dilation=2, padding=2),
    conv2d("padding-same", weight=(5, 3, 3, 5), padding="same"),
    conv2d("padding-same-even-kernel", weight=(5, 3, 2, 4), padding="same"),
    conv2d("padding-valid", padding="valid"),
    conv2d("two-groups", x=(2, 6, 7, 11), weight=(4, 3, 3, 2), groups=2),
    conv2d("depthwise", x=(2, 6, 7, 11), weight=(6, 1, 3, 3), groups=6, padding=1),
    conv2d("depthwise-doubled", x=(2, 3, 7, 11), weight=(6, 1, 3, 2), groups=3, stride=2),
    conv2d("one-image", x=(1, 3, 7, 11)),
    conv2d("empty-batch", x=(0, 3, 7, 11)),
    conv3d("oblong-kernel"),
    conv3d("pointwise", weight=(5, 3, 1, 1, 1), stride=(2, 1, 3)),
    conv3d("no-bias", bias=False, padding=1),
    conv3d("oblong-options", stride=(2, 1, 3), padding=(1, 0, 2), dilation=(1, 2, 3)),
    conv3d("padding-same-even-kernel", weight=(4, 3, 2, 3, 4), padding="same"),
    conv3d("kernel-fills-volume", weight=(2, 3, 4, 5, 6)),
    conv3d("two-groups", x=(2, 6, 4, 5, 3), weight=(4, 3, 2, 1, 3), groups=2),
    conv3d("depthwise", x=(2, 4, 3, 5, 6), weight=(4, 1, 2, 3, 2), groups=4, stride=2),
    conv3d("empty-batch", x=(0, 3, 4, 5, 6)),
]

# Large enough for Winograd, and too large for the loops and for central differences.
LARGE_CASES = [
    Case(
        "conv2d",
        name,
        normal((2, 33, 15, 18), (32, 33, taps, taps), (32,)),
        {"padding": taps // 2},
        tolerances=WINOGRAD_TOLERANCES,
    )
    for name, taps in (("winograd-three-taps", 3), ("winograd-five-taps", 5))
]

CASES = SMALL_CASES + LARGE_CASES
