"""How values and errors of a learner are written: on one line, the same in every run."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_LETTERS, MOST_OF_AN_ERROR = 240, 200
ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")  # differs in every run, so that outputs would too


def kind_text(array: NDArray) -> str:
    """Write what an answer looks like, without its numbers."""
    return "a number" if array.ndim == 0 else f"an array of shape {array.shape}"


def number_text(value: Any) -> str:
    """Write one number, of NumPy or not."""
    number = value.item() if hasattr(value, "item") else value
    return f"{number:.6g}" if isinstance(number, float) else str(number)


def short(value: Any) -> str:
    """Write a value on one line, arrays with 4 digits, cut where it gets long.

    Examples
    --------
    >>> short(np.array([1 / 3, 20 / 3]))
    '[0.3333, 6.667]'
    """
    if isinstance(value, np.ndarray) and value.size > MOST_LETTERS:
        return f"{kind_text(value)} and dtype {value.dtype}"
    is_array = isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating)
    shown = np.vectorize(lambda x: float(f"{x:.4g}"))(value) if is_array and value.size else value
    try:
        text = repr(shown.tolist() if isinstance(shown, np.ndarray) else shown)
    except Exception:
        return f"an object of class {type(value).__name__} that cannot be shown"
    return _cut(ADDRESS.sub("", " ".join(text.split())), MOST_LETTERS)


def one_line(error: BaseException) -> str:
    """Write what an error says; "no message" where it says nothing."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        return "its message cannot be shown"
    return _cut(ADDRESS.sub("", text), MOST_OF_AN_ERROR) or "no message"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
