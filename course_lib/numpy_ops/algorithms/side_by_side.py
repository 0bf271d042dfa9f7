"""A large convolution cut into parts that run side by side, each by the same algorithm.

Images do not see each other, nor do groups, nor (forward) filters. So a part is a few groups, or
else a few images, or else a few filters of the one image there is. Only the gradient of the
weight is a sum over images: each part has its own, and they are added at the end. Where the last
digit would follow the cut, as in Winograd's products, the algorithm shares its own chunks instead.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry
from course_lib.threads import get_num_threads, share, split

MIN_WORK = 2**24  # multiply-adds of a part, about a millisecond: handing it over costs a tenth
FILTERS_AT_ONCE = 16  # BLAS takes as many rows at a time; each part lays out the windows anew
MEMORY_BOUND = 16  # channels below which not multiplying but copying takes the time


class Part(NamedTuple):
    """What one core takes: some images, or the channels and filters of some groups."""

    images: slice
    channels: slice
    filters: slice
    geometry: ConvGeometry


def forward(algorithm: ModuleType, x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Convolve `x` (N, C_in, ...) with `weight` by `algorithm`, on all cores if it is large."""
    if getattr(algorithm, "SHARES_CHUNKS", False):
        return algorithm.forward(x, weight, geometry)
    parts = _parts(algorithm, x, weight, geometry)
    parts = parts if len(parts) > 1 else _by_filter(x, weight, geometry)
    if len(parts) < 2:
        return algorithm.forward(x, weight, geometry)
    y = np.empty((len(x), len(weight), *geometry.output_size), x.dtype)

    def work(neighbors: Sequence[Part]) -> None:
        for images, channels, filters, geometry in neighbors:
            y[images, filters] = algorithm.forward(x[images, channels], weight[filters], geometry)

    share(work, parts)
    return y


def backward(
    algorithm: ModuleType,
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    geometry: ConvGeometry,
    *,
    needs_grad_x: bool,
) -> tuple[NDArray | None, NDArray]:
    """Return grad_x (None if not needed) and grad_weight by `algorithm`, on all cores if large."""
    parts = _parts(algorithm, x, weight, geometry)
    if len(parts) < 2:
        return algorithm.backward(grad_y, x, weight, geometry, needs_grad_x=needs_grad_x)
    grad_x = np.empty(x.shape, x.dtype) if needs_grad_x else None
    shares: list[NDArray | None] = [None] * len(parts)

    def work(neighbors: Sequence[int]) -> None:
        for k in neighbors:
            images, channels, filters, geometry = parts[k]
            operands = grad_y[images, filters], x[images, channels], weight[filters]
            grad_part, shares[k] = algorithm.backward(
                *operands, geometry, needs_grad_x=needs_grad_x
            )
            if grad_x is not None:
                grad_x[images, channels] = grad_part

    share(work, range(len(parts)))
    grad_weight = np.zeros_like(weight)
    for part, grad_part in zip(parts, shares, strict=True):  # in this order, whoever was first
        grad_weight[part.filters] += grad_part
    return grad_x, grad_weight


def _parts(
    algorithm: ModuleType, x: NDArray, weight: NDArray, geometry: ConvGeometry
) -> list[Part]:
    """Cut by groups, or else by images, into a part for each core that it keeps busy."""
    count = num_parts(x, weight, geometry)
    if geometry.groups >= count:
        return _by_group(x, weight, geometry, count)
    together = getattr(algorithm, "images_at_once", lambda *_: 1)(weight, geometry)
    every = slice(None)
    spans = _spans(len(x), together, count)
    return [Part(images, every, every, geometry) for images in spans]


def num_parts(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> int:
    """Count the parts that are worth a core of their own."""
    filter_size = max(weight.shape[1], MEMORY_BOUND) * math.prod(weight.shape[2:])
    multiply_adds = len(x) * len(weight) * filter_size * math.prod(geometry.output_size)
    return max(1, min(get_num_threads(), multiply_adds // MIN_WORK))


def _by_group(x: NDArray, weight: NDArray, geometry: ConvGeometry, num_parts: int) -> list[Part]:
    parts = []
    for span in split(geometry.groups, num_parts):
        channels, filters = (
            slice(span.start * total // geometry.groups, span.stop * total // geometry.groups)
            for total in (x.shape[1], len(weight))
        )
        some = geometry._replace(groups=span.stop - span.start)
        parts.append(Part(slice(None), channels, filters, some))
    return parts


def _by_filter(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> list[Part]:
    """Cut the filters, each of which sees all images: for a single one, or few that go together."""
    if geometry.groups > 1:
        return []
    spans = _spans(len(weight), FILTERS_AT_ONCE, num_parts(x, weight, geometry))
    every = slice(None)
    return [Part(every, every, filters, geometry) for filters in spans]


def _spans(num_items: int, at_once: int, num_parts: int) -> list[slice]:
    """Cut as `split` does, but only between units of `at_once`; what is over joins the last."""
    ends = [span.stop * at_once for span in split(num_items // at_once, num_parts)]
    return [slice(*pair) for pair in pairwise([0, *ends[:-1], num_items])]
