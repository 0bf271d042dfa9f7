"""What counts as a number or an array of numbers in an answer."""

import sys
from numbers import Number
from types import CoroutineType, GeneratorType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises.wording import short

KEPT = (str, GeneratorType, CoroutineType)
MOST_COPIED = 1_000_000  # numbers; the answers of the course have some thousands


def as_numbers(value: Any) -> NDArray:
    """Give an answer as an array; its dtype is numeric where the answer is made of numbers.

    Besides what `np.asarray` reads these are tensors of PyTorch, also those that carry a gradient
    or that NumPy has no dtype for; lists of such; fractions and decimals.

    Examples
    --------
    >>> from fractions import Fraction
    >>> as_numbers([Fraction(1, 2), 3])
    array([0.5, 3. ])
    """
    array = np.asarray(_detached(value))
    if array.dtype == object and array.size and all(isinstance(x, Number) for x in array.flat):
        return array.astype(complex if any(isinstance(x, complex) for x in array.flat) else float)
    return array


class Foreign(NamedTuple):
    """What an answer is that is not made of numbers, in words; the answer itself is let go.

    Attributes
    ----------
    text : str
        Stands behind "received".
    is_array : bool
        Whether NumPy can read it.
    """

    text: str
    is_array: bool


def taken(value: Any) -> Any:
    """Give an answer as it is now: an array of its own where it is made of numbers.

    None, ..., texts, generators and coroutines are handed back as they are. All else is described:
    its methods may take for ever, so that this alone calls them.
    """
    if value is None or value is ... or isinstance(value, KEPT):
        return value
    try:
        array = as_numbers(value)
    except Exception:
        return Foreign(f"a {type(value).__name__} that is no array", is_array=False)
    if not is_numeric(array):
        return Foreign(short(value), is_array=True)
    return array.copy() if array.size <= MOST_COPIED else array


def is_numeric(value: Any) -> bool:
    """Tell whether this is a number or an array of numbers."""
    try:
        dtype = as_numbers(value).dtype
    except Exception:
        return False
    return np.issubdtype(dtype, np.number) or np.issubdtype(dtype, bool)


def _detached(value: Any) -> Any:
    """Turn tensors, also those in lists, into arrays."""
    torch = sys.modules.get("torch")  # an answer holds a tensor only where it was imported
    if torch is None:
        return value
    if isinstance(value, torch.Tensor):
        tensor = value.detach().cpu()
        tensor = tensor.to_dense() if tensor.layout != torch.strided else tensor
        return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).resolve_conj().numpy()
    if isinstance(value, list | tuple):
        return [_detached(part) for part in value]
    return value
