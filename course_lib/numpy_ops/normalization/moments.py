"""Mean and variance of blocks that stay in the cache, without cancellation."""

import math
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_ops.chunks import count_at_once, spans
from course_lib.numpy_ops.precision import at_least_float32

CHUNK_ELEMENTS = 2**18  # 1 MB of float32: smaller ones cost more in calls than they save
RUN = 4096  # numbers that are added in the precision of the array
SNAP = 256  # units in the last place that the sum of a run may be off
MAX_CORRECTIONS = 3  # each leaves 1e-5 of the last; more than one for means of 10^5 spreads only


class Moments(NamedTuple):
    """Mean and biased variance of each slice, in double precision; the variance is never < 0."""

    mean: NDArray
    variance: NDArray


def center(x: NDArray, axis: int, out: NDArray) -> Moments:
    """Write each slice of `x` (A, B, L) along `axis`, less its mean, to `out`; return the moments.

    The mean is subtracted before squaring: E[x^2] - E[x]^2 loses every digit for a large mean,
    and may come out negative. A mean is rounded in its last digits, which can be seen in the
    spread only where that is smaller than the mean: there it is done with more care.
    """
    size = x.size // x.shape[axis]
    # inf - inf is NaN, as IEEE says; squares that overflow are taken again, with care.
    with np.errstate(invalid="ignore", over="ignore"):
        mean = sum_over(axis, x) / size
        np.subtract(x, along(axis, mean, x), out=out)
        variance = sum_over(axis, out, out) / size
        if not ((mean * mean <= variance) & (variance < np.inf)).all():
            return _center_with_care(x, axis, mean, out)
    return Moments(mean, variance)


def _center_with_care(x: NDArray, axis: int, mean: NDArray, out: NDArray) -> Moments:
    """Take off what a rounded mean leaves of the true one, which a second sum finds."""
    size, eps = x.size // x.shape[axis], np.finfo(x.dtype).eps
    first = x[:, 0, 0] if axis == 0 else x[0, :, 0]
    # A constant slice, whose sum is rounded like any other, is exactly its first value.
    is_near = abs(mean - first) <= SNAP * eps * abs(first)
    mean = np.where(is_near, first, mean.astype(x.dtype)).astype(mean.dtype)
    np.subtract(x, along(axis, mean, x), out=out)
    for _ in range(MAX_CORRECTIONS):
        rest = sum_over(axis, out) / size
        variance = sum_over(axis, out, out) / size
        if not (abs(rest) > eps * np.sqrt(variance)).any():
            break
        out -= along(axis, rest, x)
        mean += rest
    return Moments(mean, variance)


def sum_over(axis: int, x: NDArray, other: NDArray | None = None) -> NDArray:
    """Sum `x` (A, B, L), or its product with another, over all axes but `axis`, 0 or 1."""
    return sum_last(x, other).sum(axis=1 - axis)


def sum_last(x: NDArray, other: NDArray | None = None) -> NDArray:
    """Sum `x` (A, B, L), or its product with another, over L, in double precision.

    BLAS sums runs of numbers, in half the time of `np.sum`; what the runs give is added up in
    double precision, because a sum of 10^7 in single precision has lost four digits.
    """
    length, wide = x.shape[2], np.result_type(x, float)
    if length == 1:
        return (x if other is None else x * other)[..., 0].astype(wide)
    other = _ones(x.dtype)[: min(length, RUN)] if other is None else other
    if length <= RUN:
        return np.vecdot(x, other).astype(wide)
    total = np.zeros(x.shape[:2], wide)
    for span in spans(length, RUN):
        part = x[..., span]
        total += np.vecdot(part, other[: part.shape[2]] if other.ndim == 1 else other[..., span])
    return total


@cache
def _ones(dtype: np.dtype) -> NDArray:
    return np.ones(RUN, dtype)


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
