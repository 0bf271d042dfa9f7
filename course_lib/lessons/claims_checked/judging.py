"""Judge counterexamples that learners find, as numbers."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from course_lib import numpy_ops
from course_lib.exercises.stubs import does_nothing

Make = Callable[[int], Sequence[float] | None]


def pooled_and_shifted(make: Make) -> Callable[[int], Any]:
    """Decorate a function that makes a row of numbers, so that it gives what `check` can compare.

    Parameters
    ----------
    make : callable
        make(n) gives n numbers.

    Returns
    -------
    callable
        With the same argument, gives the length of the row, and how many numbers of its max
        pooling by two change when the row moves one place to the right and a 0 comes in. An empty
        `make` is handed back as it is, and so is what is no row of two finite numbers or more.

    Examples
    --------
    >>> pooled_and_shifted(lambda n: [5] * n)(6)
    [6, 0]
    """
    if does_nothing(make):
        return make

    @wraps(make)
    def judged(n: int) -> Any:
        row = make(n)
        try:
            x = np.asarray(row, float)
        except (TypeError, ValueError):
            return row
        if x.ndim != 1 or len(x) < 2 or not np.isfinite(x).all():
            return row
        moved = np.concatenate([[0.0], x[:-1]])
        before, after = (
            numpy_ops.max_pool1d(values[None, None], kernel_size=2)[0, 0] for values in (x, moved)
        )
        return [len(x), int((before != after).sum())]

    return judged
