"""Mean and variance of blocks that stay in the cache, without cancellation."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_ops.chunks import count_at_once, spans
from course_lib.numpy_ops.precision import at_least_float32

CHUNK_ELEMENTS = 2**16  # 256 kB of float32: three such arrays stay in a core's own cache
RUN = 1024  # numbers that are added in the precision of the array


class Moments(NamedTuple):
    """Mean and biased variance of each slice, in double precision; the variance is never < 0."""

    mean: NDArray
    variance: NDArray


def center(x: NDArray, axis: int, out: NDArray) -> Moments:
    """Write each slice of `x` (A, B, L) along `axis`, less its mean, to `out`; return the moments.

    The mean is subtracted before squaring: E[x^2] - E[x]^2 loses every digit for a large mean,
    and may come out negative. What rounding left of the mean is looked for in a second sum, and
    taken off as well where it is not lost in the spread of the slice anyway.
    """
    size = x.size // x.shape[axis]
    with np.errstate(invalid="ignore"):  # inf - inf is NaN, as IEEE says
        mean = _snap(sum_over(axis, x) / size, x.take(0, 1 - axis)[..., 0].ravel())
        np.subtract(x, along(axis, mean, x), out=out)
        rest = sum_over(axis, out) / size
        variance = sum_over(axis, out, out) / size
        if (abs(rest) > np.finfo(x.dtype).eps * np.sqrt(variance)).any():
            out -= along(axis, rest, x)
            variance = sum_over(axis, out, out) / size
    return Moments(mean + rest, variance)


def _snap(mean: NDArray, first: NDArray) -> NDArray:
    """Round means to single or double precision: to the first value of a slice if it is as near.

    So a constant slice, whose sum is rounded like any other, leaves exactly 0.
    """
    is_near = abs(mean - first) <= 256 * np.finfo(first.dtype).eps * abs(first)
    return np.where(is_near, first, mean.astype(first.dtype))


def sum_over(axis: int, x: NDArray, other: NDArray | None = None) -> NDArray:
    """Sum `x` (A, B, L), or its product with another, over all axes but `axis`, 0 or 1."""
    return sum_last(x, other).sum(axis=1 - axis)


def sum_last(x: NDArray, other: NDArray | None = None) -> NDArray:
    """Sum `x` (A, B, L), or its product with another, over L, in double precision.

    BLAS sums runs of numbers, in half the time of `np.sum`; what the runs give is added up in
    double precision, because a sum of 10^7 in single precision has lost four digits.
    """
    wide, length = np.result_type(x, float), x.shape[2]
    if length == 1:
        return (x if other is None else x * other)[..., 0].astype(wide)
    other = np.ones(length, x.dtype) if other is None else other
    whole = length - length % RUN
    total = np.vecdot(x[..., whole:], other[..., whole:]).astype(wide)
    if whole:
        runs = (part[..., :whole].reshape(*part.shape[:-1], -1, RUN) for part in (x, other))
        total += np.vecdot(*runs).sum(axis=2, dtype=wide)  # (A, B, runs)
    return total


def along(axis: int, values: NDArray, x: NDArray) -> NDArray:
    """Shape one value a slice so that it broadcasts against `x` (A, B, L), in its precision."""
    return values.astype(x.dtype, copy=False).reshape(-1, *(1,) * (2 - axis))


def blocks(x: NDArray, axis: int) -> Iterator[tuple[slice, ...]]:
    """Cut `x` (A, B, L) along `axis` into blocks that fit the cache; an empty x has none."""
    if x.size:
        at_once = count_at_once(CHUNK_ELEMENTS, x.size // x.shape[axis])
        for span in spans(x.shape[axis], at_once):
            yield (slice(None),) * axis + (span,)


def as_channels(x: NDArray) -> NDArray:
    """View `x` (N, C, ...) as (N, C, L), in at least single precision."""
    length = math.prod(x.shape[2:])
    return at_least_float32(x).reshape(*x.shape[:2], length)
