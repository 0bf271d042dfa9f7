"""Mean and variance of blocks that stay in the cache, without cancellation."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_ops.chunks import count_at_once, spans
from course_lib.numpy_ops.precision import at_least_float32

CHUNK_ELEMENTS = 2**16  # 256 kB of float32: three such arrays stay in a core's own cache
SUMS = {(1, 0): "abl->a", (1, 1): "abl->b", (2, 0): "abl,abl->a", (2, 1): "abl,abl->b"}


class Moments(NamedTuple):
    """Statistics of each slice; the values without their mean are `shifted` - `rest`."""

    shifted: NDArray
    rest: NDArray
    mean: NDArray
    variance: NDArray


def moments(x: NDArray, axis: int, out: NDArray) -> Moments:
    """Take the mean and the biased variance of each slice of `x` (A, B, L) along `axis`.

    The mean is subtracted before squaring: E[x^2] - E[x]^2 loses every digit for a large mean.
    A sum of large values carries a rounding error into that mean; the small `rest` that it
    leaves is found in a second sum. `out`, of the shape of `x`, becomes `shifted`.
    """
    size = x.size // x.shape[axis]
    mean = sum_over(axis, x) / size
    shifted = np.subtract(x, along(axis, mean), out=out)
    rest = sum_over(axis, shifted) / size  # 0 but for rounding
    variance = sum_over(axis, shifted, shifted) / size - rest * rest
    return Moments(shifted, rest, mean + rest, variance)


def sum_over(axis: int, *factors: NDArray) -> NDArray:
    """Sum one array (A, B, L), or the product of two, over all axes but `axis`, 0 or 1."""
    if len(factors) == 2 and factors[0].shape[2] > 1:
        # The dot products of BLAS take half the time of einsum.
        return np.vecdot(*factors).sum(axis=1 - axis)
    return np.einsum(SUMS[len(factors), axis], *factors)


def along(axis: int, values: NDArray) -> NDArray:
    """Shape one value a slice so that it broadcasts against (A, B, L)."""
    return values.reshape(-1, *(1,) * (2 - axis))


def blocks(x: NDArray, axis: int) -> Iterator[tuple[slice, ...]]:
    """Cut `x` (A, B, L) along `axis` into blocks that fit the cache; an empty x has none."""
    if x.size:
        at_once = count_at_once(CHUNK_ELEMENTS, x.size // x.shape[axis])
        for span in spans(x.shape[axis], at_once):
            yield (slice(None),) * axis + (span,)


def as_channels(x: NDArray) -> NDArray:
    """View `x` (N, C, ...) as (N, C, L), in at least single precision."""
    length = x.size // max(x.shape[0] * x.shape[1], 1)
    return at_least_float32(x).reshape(*x.shape[:2], length)
