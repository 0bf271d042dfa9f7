"""What a wrong array has in common with the right one, in words."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Same = Callable[[NDArray, NDArray], bool]
MOST_PLACES = 10_000  # at which a part is looked for: a tenth of a second
FEWEST_NUMBERS = 2  # any two single numbers are a multiple of each other


def resemblance(received: NDArray, expected: NDArray, tolerance: float) -> str | None:
    """Say what one change would make `received` right, or None where there is no such change.

    Parameters
    ----------
    received, expected : array
        Numbers of any shape.
    tolerance : float
        Largest error allowed, as a share of the largest expected number.

    Returns
    -------
    str or None
        Half a sentence, such as "all numbers are 3 times the expected ones".

    Examples
    --------
    >>> resemblance(np.array([3.0, 6.0]), np.array([1.0, 2.0]), 1e-6)
    'all numbers are 3 times the expected ones'
    >>> resemblance(np.array([2.0, 1.0]), np.array([1.0, 2.0]), 1e-6)
    'these are the expected numbers in reverse order'
    """
    if min(received.size, expected.size) < FEWEST_NUMBERS or not np.isfinite(received).all():
        return None
    limit = tolerance * max(float(np.abs(expected).max()), 1e-12)

    def same(one: NDArray, other: NDArray) -> bool:
        return one.shape == other.shape and bool((np.abs(one - other) <= limit).all())

    if received.shape == expected.shape:
        found = _rescaled(received, expected, same) or _shifted(received, expected, same)
        return found or _rearranged(received, expected, same)
    return _reshaped(received, expected, same)


def _rescaled(received: NDArray, expected: NDArray, same: Same) -> str | None:
    """Find the factor between all numbers."""
    if not expected.any() or not received.any():
        return None
    factor = float((received * expected).sum() / (expected * expected).sum())
    if factor == 0 or not same(received / factor, expected):
        return None
    if same(-received, expected):
        return "all numbers have the wrong sign"
    return f"all numbers are {factor:.4g} times the expected ones"


def _shifted(received: NDArray, expected: NDArray, same: Same) -> str | None:
    """Find the number that was added to all."""
    offset = float((received - expected).mean())
    if same(expected, np.full_like(expected, expected.flat[0])) or not same(
        received - offset, expected
    ):
        return None
    return f"all numbers are {abs(offset):.4g} too {'large' if offset > 0 else 'small'}"


def _rearranged(received: NDArray, expected: NDArray, same: Same) -> str | None:
    """Find a turn, a mirror, or another order."""
    if received.ndim >= 2:
        turns = {
            "turned by 180°": np.flip(received, (-2, -1)),
            "mirrored top to bottom": np.flip(received, -2),
            "mirrored left to right": np.flip(received, -1),
            "with rows and columns swapped": received.swapaxes(-2, -1),
        }
        for how, undone in turns.items():
            if same(undone, expected):
                return f"these are the expected numbers {how}"
    if same(np.flip(received), expected):
        return "these are the expected numbers in reverse order"
    if same(np.sort(received, axis=None), np.sort(expected, axis=None)):
        return "these are the expected numbers at other places"
    return None


def _reshaped(received: NDArray, expected: NDArray, same: Same) -> str | None:
    """Find a transpose, another shape, or a part."""
    if received.ndim == expected.ndim == 2 and same(received.T, expected):
        return "these are the expected numbers with rows and columns swapped"
    if same(received.ravel(), expected.ravel()):
        return "these are the expected numbers in another shape"
    if _holds(expected, received, same):
        return "these numbers are a part of the expected ones"
    if _holds(received, expected, same):
        return "the expected numbers are a part of these"
    return None


def _holds(large: NDArray, small: NDArray, same: Same) -> bool:
    """Tell whether `small` is a block of `large`."""
    if large.ndim != small.ndim or np.any(np.greater(small.shape, large.shape)):
        return False
    places = np.subtract(large.shape, small.shape) + 1
    if places.prod() > MOST_PLACES:
        return False
    starts = np.ndindex(*places)
    return any(
        same(large[tuple(slice(i, i + n) for i, n in zip(start, small.shape, strict=True))], small)
        for start in starts
    )
