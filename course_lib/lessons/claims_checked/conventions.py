"""Two conventions beside each other, each in NumPy and in PyTorch."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from course_lib.errors import InvalidValue

Pair = tuple[Any, Any]  # the same by NumPy and by PyTorch


def side_by_side(ways: Mapping[str, Pair]) -> str:
    """Write what two conventions give, a line each, once both libraries agree on it.

    Parameters
    ----------
    ways : mapping of str to (NumPy, PyTorch)
        Two conventions by name, with the numbers, arrays or tensors that each library gives.

    Returns
    -------
    str
        Two lines of at most three digits a number.

    Raises
    ------
    ValueError
        If the libraries differ on a convention, or the conventions do not differ.

    Examples
    --------
    >>> print(side_by_side({"divide by N": (1.5, 1.5), "divide by N − 1": (3.0, 3.0)}))
    divide by N       1.5
    divide by N − 1   3
    """
    values = {name: [np.asarray(one, float) for one in pair] for name, pair in ways.items()}
    for name, (ours, theirs) in values.items():
        if ours.shape != theirs.shape or not np.allclose(ours, theirs, rtol=1e-5):
            raise InvalidValue(
                "side_by_side", received=f"{name!r} with {ours} and {theirs}",
                needed="the same numbers by NumPy and by PyTorch",
                fix="compute the same convention twice")  # fmt: skip
    one, other = (pair[0] for pair in values.values())
    if one.shape == other.shape and np.allclose(one, other):
        raise InvalidValue(
            "side_by_side", received=f"{one} under both conventions",
            needed="numbers on which they differ", fix="choose another example")  # fmt: skip
    width = max(map(len, ways))
    return "\n".join(f"{name:{width}}   {_text(pair[0])}" for name, pair in values.items())


def _text(values: np.ndarray) -> str:
    return " ".join(f"{value:.3g}" for value in values.ravel()).replace("-", "−")
