"""Memory that the rounds of a loop share."""

import math

import numpy as np
from numpy.typing import NDArray

LARGEST_KEPT = 31 * 2**20  # bytes; glibc learns from blocks of up to 32 MB


def keep_freed_memory() -> None:
    """Let the C library keep the memory of dead arrays for the next ones.

    At first glibc hands every larger block back to the system and asks for it anew, page by page,
    which took a fifth of a training step of LeNet-5. From the largest block freed so
    far it learns to keep as much, and twice that at the end of its heap (mallopt(3), "dynamic
    mmap threshold"). So one block comes and goes; it is never touched and costs nothing. Other
    systems do not mind.
    """
    np.empty(LARGEST_KEPT, np.uint8)


class Workspace:
    """Hand out the same memory under the same name, so that a loop asks the system only once.

    A fresh array of some megabytes costs as much as filling it twice: the system clears each page
    at first use. What `array` returns is valid until the next call with that name.
    """

    def __init__(self, dtype: np.dtype) -> None:
        self._dtype = dtype
        self._memory: dict[str, NDArray] = {}

    def array(self, name: str, *shape: int) -> NDArray:
        """Return an array with undefined content.

        Examples
        --------
        >>> work = Workspace(np.dtype(float))
        >>> first, second = work.array("columns", 3, 4), work.array("columns", 2, 4)
        >>> np.shares_memory(first, second)
        True
        """
        size = math.prod(shape)
        if name not in self._memory or self._memory[name].size < size:
            self._memory[name] = np.empty(size, self._dtype)
        return self._memory[name][:size].reshape(shape)

    def contiguous(self, name: str, values: NDArray) -> NDArray:
        """Return `values` itself if it is contiguous, else a contiguous copy."""
        if values.flags.c_contiguous:
            return values
        copy = self.array(name, *values.shape)
        np.copyto(copy, values)
        return copy
