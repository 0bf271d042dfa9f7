"""How far NumPy's numbers may be from torch's, and how far they are."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Shares of max|output|. Where torch itself moves as far when its input is rounded, so may we.
TOLERANCES = {"float32": 1e-4, "float64": 1e-8}
# Shares of the length of a gradient, and of the longest one of all: those that cancel are rounding.
# In float32 a deep network has kinks enough that rounding moves a gradient by a percent.
GRADIENT_TOLERANCES = {"float32": 3e-2, "float64": 1e-6}
ROUNDING = {"float32": 1e-6, "float64": 1e-13}
ROUNDINGS = 20
TRIES = 3


def tolerance(item: Any) -> float:
    """Give the largest difference that rounding explains, as a share of the largest number."""
    return TOLERANCES.get(str(getattr(item, "dtype", "")), 0.0)


def distances(ours: Sequence[Any], theirs: Sequence[Any]) -> list[float]:
    """Give each largest difference as a share of the largest value; other shapes are infinite."""
    return [
        0.0
        if not isinstance(b, np.ndarray)
        else relative_distance(a, b)
        if np.shape(a) == b.shape
        else np.inf
        for a, b in zip(ours, theirs, strict=True)
    ]


def relative_distance(a: NDArray, b: NDArray) -> float:
    """Give max|a - b| / max|b|, where NaN equals NaN and infinity itself."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    if same.all():
        return 0.0
    finite = np.abs(b[np.isfinite(b)]).max(initial=0.0)
    worst = np.abs(a - b)[~same].max()
    return float(worst / finite) if np.isfinite(worst) and finite else np.inf


Gradients = Mapping[str, NDArray]


def worst_gradient(
    ours: Gradients, theirs: Gradients, rounded: Callable[[int], Gradients]
) -> tuple[str, float] | None:
    """Find the gradient that differs most from torch's, if one does by more than rounding.

    Parameters
    ----------
    ours, theirs : dict of str to array
        Gradients by name; a name that is missing has a gradient of 0.
    rounded : callable
        `rounded(seed)` gives those of torch with inputs and weights rounded at random: at a kink,
        or between two equal maxima, they jump.

    Returns
    -------
    tuple of str and float, or None
        The name, and the length of the difference as a share of the gradient's.
    """
    longest = max((_length(grad) for grad in theirs.values()), default=0.0)
    found: dict[str, float] = {}
    for name in {**ours, **theirs}:
        difference, length = _compare(ours.get(name), theirs.get(name))
        kind = str({**ours, **theirs}[name].dtype)
        if difference > max(GRADIENT_TOLERANCES[kind] * length, ROUNDING[kind] * longest):
            found[name] = difference
    for seed in range(TRIES):
        if not found:
            return None
        grads = rounded(seed)
        for name in list(found):
            movement = _compare(grads.get(name), theirs.get(name))[0]
            if found[name] <= ROUNDINGS * movement:
                del found[name]
    shares = {
        name: difference / (_length(theirs[name]) or 1.0) if name in theirs else np.inf
        for name, difference in found.items()
    }
    return max(shares.items(), key=lambda item: item[1], default=None)


def _compare(a: NDArray | None, b: NDArray | None) -> tuple[float, float]:
    """Give |a - b| and |b|, where NaN equals NaN and a missing one is 0."""
    a, b = (np.asarray(0.0 if item is None else item) for item in (a, b))
    with np.errstate(invalid="ignore"):
        difference = np.subtract(a, b, dtype=np.float64)
    if not np.isfinite(difference).all():
        difference = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, difference)
    distance = float(np.linalg.norm(difference))
    return distance if np.isfinite(distance) else np.inf, _length(b)


def _length(grad: NDArray) -> float:
    """Give the length of what is finite."""
    grad = grad.astype(np.float64)
    length = float(np.linalg.norm(grad))
    return length if np.isfinite(length) else float(np.linalg.norm(grad[np.isfinite(grad)]))
