"""Work in parts that stay in the cache: how large they are, and where they start.

What does not fit is fetched from memory again for every pass over it. Each user measures its own
`CHUNK_ELEMENTS`, the numbers that one part should hold, as what else needs the cache differs.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_ops.precision import at_least_float32
from course_lib.threads import get_num_threads, share

PIECE = 2**17  # elements, 512 kB of float32: smaller ones cost more in calls than they save
SHARED = 2**18  # elements from which on it pays to hand pieces to other cores


def count_at_once(chunk_elements: int, elements_each: int) -> int:
    """Tell how many items of `elements_each` numbers make up a chunk: at least one.

    Examples
    --------
    >>> count_at_once(100, 30), count_at_once(100, 300), count_at_once(100, 0)
    (3, 1, 100)
    """
    return max(1, chunk_elements // max(1, elements_each))


def spans(num_items: int, at_once: int) -> Iterator[slice]:
    """Cut a row of items into spans of `at_once`, of which the last may be shorter.

    Examples
    --------
    >>> list(spans(5, 3))
    [slice(0, 3, None), slice(3, 5, None)]
    """
    for first in range(0, num_items, at_once):
        yield slice(first, min(first + at_once, num_items))


def in_pieces(formula: Callable[..., object], *arrays: NDArray) -> NDArray:
    """Apply a formula for single elements to arrays of one shape, piece by piece, on all cores.

    `formula` writes to `out`; what it leaves there between two steps stays in the cache. Float16
    is worked on in float32, and rounded once.

    Examples
    --------
    >>> in_pieces(np.multiply, np.full((2, 3), 2.0), np.full((2, 3), 4.0)).tolist()
    [[8.0, 8.0, 8.0], [8.0, 8.0, 8.0]]
    """
    dtype = arrays[0].dtype
    if dtype == np.float16:
        wide = in_pieces(formula, *(at_least_float32(a) for a in arrays))
        with np.errstate(over="ignore"):  # what does not fit is infinite
            return wide.astype(dtype)
    y = np.empty(arrays[0].shape, dtype)
    flat_y, flat = y.reshape(-1), [np.ascontiguousarray(a).reshape(-1) for a in arrays]

    def work(pieces: Sequence[slice]) -> None:
        for piece in pieces:
            formula(*(a[piece] for a in flat), out=flat_y[piece])

    share(work, list(spans(y.size, PIECE)), num_parts=get_num_threads() if y.size > SHARED else 1)
    return y


def spans_of_rows(
    num_images: int, num_rows: int, rows_at_once: int
) -> Iterator[tuple[slice, slice]]:
    """Cut images into parts of `rows_at_once`: several whole images, or else rows of one.

    Examples
    --------
    >>> [(n.start, n.stop, rows.start, rows.stop) for n, rows in spans_of_rows(3, 5, 10)]
    [(0, 2, 0, 5), (2, 3, 0, 5)]
    >>> [(n.start, n.stop, rows.start, rows.stop) for n, rows in spans_of_rows(1, 5, 3)]
    [(0, 1, 0, 3), (0, 1, 3, 5)]
    """
    for images in spans(num_images, count_at_once(rows_at_once, num_rows)):
        for rows in spans(num_rows, rows_at_once):
            yield images, rows
