"""Cases for the poolings."""

from collections.abc import Callable
from math import prod

import numpy as np

from course_lib.parity.cases import Case, normal

SHAPES = {"1": (2, 3, 11), "2": (2, 3, 7, 11), "3": (2, 3, 5, 7, 6)}


def distinct(*shape: int) -> Callable[[np.random.Generator], tuple]:
    """Make an input whose values differ within an image, by steps that bfloat16 can tell apart."""
    num_images, num_pixels = prod(shape[:2]), prod(shape[2:])
    values = (np.arange(num_pixels) - num_pixels // 2) * 0.125
    return lambda rng: (rng.permuted(np.tile(values, (num_images, 1)), axis=1).reshape(shape),)


def ties(*shape: int) -> Callable[[np.random.Generator], tuple]:
    """Make an input with many equal values in every window."""
    return lambda rng: (rng.integers(0, 3, shape).astype(float),)


def max_pool(rank: str, name: str, *, x: tuple[int, ...] = (), **options: object) -> Case:
    """Make a case without ties, whose axis sizes all differ."""
    return Case(f"max_pool{rank}d", name, distinct(*(x or SHAPES[rank])), options)


def avg_pool(rank: str, name: str, *, x: tuple[int, ...] = (), **options: object) -> Case:
    """Make a case whose axis sizes all differ."""
    return Case(f"avg_pool{rank}d", name, normal(x or SHAPES[rank]), options)


def whole(
    operation: str, name: str, *, x: tuple[int, ...] = (2, 3, 7, 11), **options: object
) -> Case:
    """Make a case for an operation on whole images."""
    make = distinct(*x) if "max" in operation else normal(x)
    return Case(operation, name, make, options)


CASES = [
    max_pool("1", "windows-touch", kernel_size=2),
    max_pool("1", "all-options", kernel_size=3, stride=2, padding=1, dilation=2, ceil_mode=True),
    max_pool("1", "empty-batch", x=(0, 3, 11), kernel_size=(3,)),
    Case("max_pool1d", "ties", ties(2, 3, 11), {"kernel_size": 3, "stride": 1, "padding": 1}),
    max_pool("2", "windows-touch", kernel_size=2),
    max_pool("2", "windows-overlap", kernel_size=3, stride=2),
    max_pool("2", "windows-overlap-padded", kernel_size=3, stride=1, padding=1),
    max_pool("2", "gaps-between-windows", kernel_size=2, stride=3),
    max_pool("2", "oblong-options", kernel_size=(2, 3), stride=(1, 2), padding=(1, 0)),
    max_pool("2", "dilated", kernel_size=2, stride=2, padding=1, dilation=(2, 3)),
    max_pool("2", "dilated-interleaved", kernel_size=3, stride=2, dilation=2),
    max_pool("2", "ceil", kernel_size=2, ceil_mode=True),
    max_pool("2", "ceil-padded", kernel_size=(3, 2), stride=(3, 2), padding=1, ceil_mode=True),
    max_pool("2", "ceil-beyond-map", x=(2, 3, 2, 3), kernel_size=4, stride=(3, 2), ceil_mode=True),
    max_pool("2", "ceil-drops-window", kernel_size=2, stride=3, padding=1, ceil_mode=True),
    max_pool("2", "window-fills-image", kernel_size=(7, 11)),
    max_pool("2", "one-pixel-windows", kernel_size=1),
    max_pool("2", "one-pixel-windows-strided", kernel_size=1, stride=(2, 3)),
    max_pool("2", "more-than-256-taps", x=(1, 2, 18, 19), kernel_size=17, stride=1),
    max_pool("2", "one-image", x=(1, 3, 7, 11), kernel_size=2),
    max_pool("2", "empty-batch", x=(0, 3, 7, 11), kernel_size=2),
    Case("max_pool2d", "ties", ties(2, 3, 7, 11), {"kernel_size": 3, "stride": 2, "padding": 1}),
    Case("max_pool2d", "ties-touching", ties(2, 3, 7, 11), {"kernel_size": (2, 3)}),
    max_pool("3", "windows-touch", kernel_size=2),
    max_pool("3", "oblong", kernel_size=(2, 3, 1), stride=(1, 2, 2), padding=(1, 1, 0)),
    max_pool("3", "ceil-dilated", kernel_size=2, dilation=(1, 2, 3), ceil_mode=True),
    max_pool("3", "empty-batch", x=(0, 3, 5, 7, 6), kernel_size=2),
    Case("max_pool3d", "ties", ties(1, 2, 5, 7, 6), {"kernel_size": 3, "stride": 2, "padding": 1}),
    avg_pool("1", "windows-touch", kernel_size=2),
    avg_pool("1", "padded-ceil", kernel_size=3, stride=2, padding=1, ceil_mode=True),
    avg_pool("1", "empty-batch", x=(0, 3, 11), kernel_size=(3,)),
    avg_pool("2", "windows-touch", kernel_size=2),
    avg_pool("2", "windows-overlap", kernel_size=3, stride=2),
    avg_pool("2", "gaps-between-windows", kernel_size=2, stride=3),
    avg_pool("2", "oblong-options", kernel_size=(2, 3), stride=(1, 2), padding=(1, 0)),
    avg_pool("2", "padded", kernel_size=3, stride=1, padding=1),
    avg_pool("2", "padded-not-counted", kernel_size=3, padding=1, count_include_pad=False),
    avg_pool("2", "ceil", kernel_size=(3, 2), stride=2, ceil_mode=True),
    avg_pool("2", "ceil-beyond-map", x=(2, 3, 2, 3), kernel_size=4, stride=(3, 2), ceil_mode=True),
    avg_pool("2", "ceil-padded", kernel_size=(3, 4), stride=(3, 2), padding=1, ceil_mode=True),
    avg_pool("2", "ceil-padded-not-counted", kernel_size=(3, 4), stride=(3, 2), padding=(1, 2),
             ceil_mode=True, count_include_pad=False),
    avg_pool("2", "window-fills-image", kernel_size=(7, 11)),
    avg_pool("2", "one-pixel-windows", kernel_size=1),
    avg_pool("2", "one-image", x=(1, 3, 7, 11), kernel_size=2),
    avg_pool("2", "empty-batch", x=(0, 3, 7, 11), kernel_size=2),
    avg_pool("3", "windows-touch", kernel_size=2),
    avg_pool("3", "oblong", kernel_size=(2, 3, 1), stride=(1, 2, 2), padding=(1, 1, 0)),
    avg_pool("3", "ceil-not-counted", kernel_size=(2, 3, 4), padding=(1, 0, 2), ceil_mode=True,
             count_include_pad=False),
    avg_pool("3", "empty-batch", x=(0, 3, 5, 7, 6), kernel_size=2),
    whole("adaptive_avg_pool2d", "divides", x=(2, 3, 6, 8), output_size=(3, 2)),
    whole("adaptive_avg_pool2d", "overlaps", output_size=(3, 4)),
    whole("adaptive_avg_pool2d", "larger-than-image", output_size=(9, 25)),
    whole("adaptive_avg_pool2d", "one-number", output_size=5),
    whole("adaptive_avg_pool2d", "keeps-one-axis", output_size=(None, 3)),
    whole("adaptive_avg_pool2d", "keeps-both-axes", output_size=None),
    whole("adaptive_avg_pool2d", "one-pixel", output_size=1),
    whole("adaptive_avg_pool2d", "empty-batch", x=(0, 3, 7, 11), output_size=2),
    whole("global_avg_pool2d", "oblong"),
    whole("global_avg_pool2d", "one-pixel", x=(2, 3, 1, 1)),
    whole("global_avg_pool2d", "empty-batch", x=(0, 3, 7, 11)),
    whole("global_max_pool2d", "oblong"),
    whole("global_max_pool2d", "one-pixel", x=(2, 3, 1, 1)),
    whole("global_max_pool2d", "empty-batch", x=(0, 3, 7, 11)),
    Case("global_max_pool2d", "ties", ties(2, 3, 7, 11)),
    whole("blur_pool2d", "default"),
    whole("blur_pool2d", "even-kernel", kernel_size=4, stride=3),
    whole("blur_pool2d", "stride-one", kernel_size=5, stride=1),
    whole("blur_pool2d", "one-tap", kernel_size=1),
    whole("blur_pool2d", "largest-mirror", x=(2, 3, 4, 5), kernel_size=7),
    whole("blur_pool2d", "empty-batch", x=(0, 3, 7, 11)),
]  # fmt: skip
