"""Cases for the poolings."""

from collections.abc import Callable

import numpy as np

from course_lib.parity.cases import Case


def shuffled(*shape: int) -> Callable[[np.random.Generator], tuple]:
    """Make an input whose values all differ by steps of 0.1: nothing sits near a tie."""
    return lambda rng: (rng.permutation(int(np.prod(shape))).reshape(shape) * 0.1 - 3.0,)


def ties(*shape: int) -> Callable[[np.random.Generator], tuple]:
    """Make an input with many equal values in every window."""
    return lambda rng: (rng.integers(0, 3, shape).astype(float),)


def max_pool2d(name: str, *, x: tuple[int, ...] = (2, 3, 7, 11), **options: object) -> Case:
    """Make a case without ties, whose axis sizes all differ."""
    return Case("max_pool2d", name, shuffled(*x), options)


MAX_POOL2D = [
    max_pool2d("windows-touch", kernel_size=2),
    max_pool2d("windows-overlap", kernel_size=3, stride=2),
    max_pool2d("windows-overlap-padded", kernel_size=3, stride=1, padding=1),
    max_pool2d("gaps-between-windows", kernel_size=2, stride=3),
    max_pool2d("oblong-options", kernel_size=(2, 3), stride=(1, 2), padding=(1, 0)),
    max_pool2d("dilated", kernel_size=2, stride=2, padding=1, dilation=(2, 3)),
    max_pool2d("ceil", kernel_size=2, ceil_mode=True),
    max_pool2d("ceil-padded", kernel_size=(3, 2), stride=(3, 2), padding=1, ceil_mode=True),
    max_pool2d("ceil-drops-window-in-padding", kernel_size=2, stride=3, padding=1, ceil_mode=True),
    max_pool2d("window-fills-image", kernel_size=(7, 11)),
    max_pool2d("one-pixel-windows", kernel_size=1),
    max_pool2d("more-than-256-taps", x=(1, 2, 18, 19), kernel_size=17, stride=1),
    max_pool2d("one-image", x=(1, 3, 7, 11), kernel_size=2),
    max_pool2d("empty-batch", x=(0, 3, 7, 11), kernel_size=2),
    Case("max_pool2d", "ties", ties(2, 3, 7, 11), {"kernel_size": 3, "stride": 2, "padding": 1}),
    Case("max_pool2d", "ties-touching", ties(2, 3, 7, 11), {"kernel_size": (2, 3)}),
]

CASES = [*MAX_POOL2D]
