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
MAX_CORRECTIONS = 3  # each leaves 1e-5 of the last; more than one for means of 10^5 spreads only


class Moments(NamedTuple):
    """Mean and biased variance of each slice, and what normalizes it; all in double precision.

    The variance is never below 0. What was centered becomes x normalized times `factor`, whose
    derivative by x is `slope` = 1 / sqrt(variance + eps). The two differ where the centered
    numbers are counted in another unit than x, so large or small that their squares are no
    numbers of this precision.
    """

    mean: NDArray
    variance: NDArray
    factor: NDArray
    slope: NDArray


def center(x: NDArray, axis: int, eps: float, out: NDArray) -> Moments:
    """Write each slice of `x` (A, B, L) along `axis`, less its mean, to `out`; return the moments.

    The mean is subtracted before squaring: E[x^2] - E[x]^2 loses every digit for a large mean,
    and may come out negative. A mean is rounded in its last digits, which can be seen in the
    spread only where that is smaller than the mean: there it is done with more care, and so it
    is where squares overflow or vanish.
    """
    size = x.size // x.shape[axis]
    # inf - inf is NaN, as IEEE says; sums and squares that overflow are taken again, with care.
    with np.errstate(invalid="ignore", over="ignore"):
        mean = sum_over(axis, x) / size
        np.subtract(x, along(axis, mean, x), out=out)
        variance = sum_over(axis, out, out) / size
        if not ((abs(mean) <= np.sqrt(variance)) & _is_exact(variance, eps, x.dtype)).all():
            return _center_with_care(x, axis, eps, mean, variance, out)
    slope = 1 / np.sqrt(variance + eps)
    return Moments(mean, variance, slope, slope)


def _is_exact(variance: NDArray, eps: float, dtype: np.dtype) -> NDArray:
    """Tell where squares neither overflow nor lose digits that are seen beside eps."""
    limits = np.finfo(dtype)
    return (variance <= limits.max) & (variance + eps > limits.tiny / limits.eps)


def _center_with_care(
    x: NDArray, axis: int, eps: float, mean: NDArray, variance: NDArray, out: NDArray
) -> Moments:
    """Center slices in a unit of their own, and take off what a rounded mean leaves."""
    size, precision = x.size // x.shape[axis], np.finfo(x.dtype).eps
    low, high = (extreme(x, axis=(1 - axis, 2)) for extreme in (np.min, np.max))
    # A constant slice, whose sum is rounded like any other, is exactly its first value.
    is_constant = low == high
    is_counted = is_constant | _is_exact(variance, eps, x.dtype)
    power = _power_of_two(np.maximum(abs(low), abs(high)), eps) * ~is_counted
    if power.any():
        x = np.ldexp(x, along(axis, -power, x, power.dtype))
        mean = sum_over(axis, x) / size
    mean = np.where(is_constant, low, mean.astype(x.dtype)).astype(mean.dtype)
    np.subtract(x, along(axis, mean, x), out=out)
    for _ in range(MAX_CORRECTIONS):
        rest = sum_over(axis, out) / size
        variance = sum_over(axis, out, out) / size
        if not (abs(rest) > precision * np.sqrt(variance)).any():
            break
        out -= along(axis, rest, x)
        mean += rest
    return _in_units(mean, variance, power, eps, np.finfo(x.dtype).max)


def _power_of_two(largest: NDArray, eps: float) -> NDArray:
    """Choose units in which a slice is below 1, but eps is not far above."""
    largest = np.where(np.isfinite(largest), largest, 0.5)  # infinity and NaN stay what they are
    return np.maximum(np.frexp(largest)[1], np.frexp(eps)[1] // 2)


def _in_units(mean: NDArray, variance: NDArray, power: NDArray, eps: float, most: float) -> Moments:
    """Turn the moments of slices counted in 2**power into those of x."""
    factor = 1 / np.sqrt(variance + np.ldexp(float(eps), -2 * power))
    true = np.ldexp(variance, 2 * power)  # infinite where no number is as large
    slope = np.where(true < np.inf, 1 / np.sqrt(true + eps), np.ldexp(factor, -power))
    # A constant slice is 0 times its factor, which therefore is never infinite.
    factor, slope = np.minimum(factor, most), np.minimum(slope, most)
    return Moments(np.ldexp(mean, power), true, factor, slope)


def sum_over(axis: int, x: NDArray, other: NDArray | None = None) -> NDArray:
    """Sum `x` (A, B, L), or its product with another, over all axes but `axis`, 0 or 1."""
    return sum_last(x, other).sum(axis=1 - axis)


def sum_last(x: NDArray, other: NDArray | None = None) -> NDArray:
    """Sum `x` (A, B, L), or its product with another, over L, in double precision.

    BLAS sums runs of numbers, in half the time of `np.sum`; what the runs give is added up in
    double precision, because a sum of 10^7 in single precision has lost four digits. Runs that
    overflow are summed again in double precision, to which 10^38 is small.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        total = _sum_in_runs(x, other)
        if total.dtype == x.dtype or np.isfinite(total).all():
            return total
        return _sum_in_runs(x.astype(total.dtype), other)


def _sum_in_runs(x: NDArray, other: NDArray | None) -> NDArray:
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


def along(axis: int, values: NDArray, x: NDArray, dtype: np.dtype | None = None) -> NDArray:
    """Shape one value a slice so that it broadcasts against `x` (A, B, L), in its precision."""
    return values.astype(dtype or x.dtype, copy=False).reshape(-1, *(1,) * (2 - axis))


def scale(values: NDArray, factor: NDArray, gamma: NDArray | None) -> None:
    """Multiply in place, in one pass where gamma is one number for many values."""
    with np.errstate(over="ignore", invalid="ignore"):
        if gamma is not None and gamma.shape[-1] == 1:
            both = factor * gamma
            # A constant slice is 0, which times an infinite product would be NaN.
            if np.isfinite(both).all():
                factor, gamma = both, None
        values *= factor
        if gamma is not None:
            values *= gamma


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
