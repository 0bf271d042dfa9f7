"""Work in parts that stay in the cache: how large they are, and where they start.

What does not fit is fetched from memory again for every pass over it. Each user measures its own
`CHUNK_ELEMENTS`, the numbers that one part should hold, as what else needs the cache differs.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib.threads import get_num_threads, share

PIECE = 2**15  # elements: four arrays of 128 kB, in float32
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


def in_pieces(function: Callable[..., NDArray], *arrays: NDArray) -> NDArray:
    """Apply a function of single elements to arrays of one shape, piece by piece, on all cores.

    What a function of several steps leaves between two of them then stays in the cache.

    Examples
    --------
    >>> in_pieces(lambda a, b: a * b + a, np.ones((2, 3)), np.full((2, 3), 4.0)).tolist()
    [[5.0, 5.0, 5.0], [5.0, 5.0, 5.0]]
    """
    if arrays[0].ndim == 0:  # of single numbers NumPy makes scalars, which cannot be written to
        return function(*(np.reshape(a, 1) for a in arrays)).reshape(())
    if arrays[0].size <= PIECE:
        return function(*arrays)
    y = np.empty(arrays[0].shape, arrays[0].dtype)
    flat_y, *flat = (np.ascontiguousarray(a).reshape(-1) for a in (y, *arrays))

    def work(pieces: Sequence[slice]) -> None:
        for piece in pieces:
            flat_y[piece] = function(*(a[piece] for a in flat))

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
