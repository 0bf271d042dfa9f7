"""Sums need more digits than what they sum."""

import numpy as np
from numpy.typing import NDArray


def at_least_float32(x: NDArray) -> NDArray:
    """Widen float16, whose sums round off and overflow at 65504; other dtypes stay as they are.

    Examples
    --------
    >>> at_least_float32(np.ones(2, np.float16)).dtype, at_least_float32(np.ones(2)).dtype
    (dtype('float32'), dtype('float64'))
    """
    return x.astype(np.result_type(x, np.float32), copy=False)
