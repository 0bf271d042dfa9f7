"""A tap as one straight run of memory: how max pooling and depthwise convolution read windows.

The rows of an image lie end to end in memory. So what one tap reads, over all windows at once, is
a single run of it, which starts where the tap stands in the first window. Windows of 2x2 taps:

    image      memory             a b c d e f g h i j k l
    a b c d    tap (0, 0) from 0  a b c(d)e f g
    e f g h    tap (0, 1) from 1    b c d(e)f g h
    i j k l    tap (1, 0) from 4          e f g(h)i j k
               tap (1, 1) from 5            f g h(i)j k l

Element n of every run belongs to the same window: the first to (a, b, e, f). The one in brackets
belongs to a window that wraps around the right edge; it is computed and dropped, which costs less
than to step around it.

Where windows move by a stride S, the image is first sorted into S*S phases, each of which has
none (`phases.py`). Tap (u, v) then reads phase (u*D % S, v*D % S) from place (u*D // S, v*D // S)
on, D the dilation.
"""

from functools import lru_cache
from math import prod
from typing import NamedTuple

import numpy as np

from course_lib.contracts.convolution import ConvGeometry
from course_lib.contracts.pooling import PoolGeometry
from course_lib.numpy_ops.phases import ImagePhase, phases_of_image


class Tap(NamedTuple):
    """Where a tap finds its numbers: in which phase, and from which flat place on."""

    phase: tuple[int, ...]
    start: int


class FlatTaps(NamedTuple):
    """The taps of a window, in row-major order, as runs of `length` numbers of an image.

    `phases` says how to sort an image into phases of `phase_size` places.
    """

    taps: tuple[Tap, ...]
    phases: tuple[ImagePhase, ...]
    phase_size: tuple[int, ...]
    length: int


@lru_cache(maxsize=256)  # a network reads images of the same sizes again and again
def flat_taps(
    image_size: tuple[int, ...], kernel: tuple[int, ...], geometry: ConvGeometry | PoolGeometry
) -> FlatTaps:
    """Find the run of every tap, for any number of axes.

    Examples
    --------
    >>> geometry = PoolGeometry((2, 2), (1, 1), ((0, 0), (0, 0)), (1, 1), output_size=(2, 3))
    >>> flat = flat_taps((3, 4), geometry.kernel, geometry)
    >>> [tap.start for tap in flat.taps], flat.length
    ([0, 1, 4, 5], 7)
    """
    stride, padding = geometry.stride, geometry.padding
    sizes = zip(image_size, padding, stride, strict=True)
    phase_size = tuple(-(-(size + sum(pads)) // step) for size, pads, step in sizes)
    pitch = [prod(phase_size[axis + 1 :]) for axis in range(len(phase_size))]
    taps = []
    for tap in np.ndindex(*kernel):
        steps = zip(tap, geometry.dilation, stride, strict=True)
        place, phase = zip(*(divmod(t * d, s) for t, d, s in steps), strict=True)
        taps.append(Tap(phase, _flat_place(place, pitch)))
    last_window = [size - 1 for size in geometry.output_size]
    length = _flat_place(last_window, pitch) + 1
    phases = phases_of_image(image_size, padding, stride)
    return FlatTaps(tuple(taps), tuple(phases), phase_size, length)


def _flat_place(place: list[int] | tuple[int, ...], pitch: list[int]) -> int:
    return sum(q * step for q, step in zip(place, pitch, strict=True))
