"""How many cores the NumPy side works on, decided in one place.

Left alone, OpenBLAS gives even a small matrix product to all cores, whose threads then wait for
each other in a busy loop: a digits network trained twenty times slower on two cores than on one.
So the matrix products of NumPy keep to one thread, and what is large is cut into parts that run
side by side, each on one core (`share`).

`set_num_threads`, or the environment variable COURSE_NUM_THREADS, says on how many; otherwise
OMP_NUM_THREADS does, and otherwise it is every core that this process may use. PyTorch has its
own setting, `torch.set_num_threads`.
"""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import pairwise
from typing import TypeVar

from course_lib.errors import InvalidType, InvalidValue

__all__ = ["get_num_threads", "set_num_threads"]

VARIABLE = "COURSE_NUM_THREADS"
Item = TypeVar("Item")


class _Crew:
    """The workers, who start with the first shared work and stay for the next."""

    def __init__(self) -> None:
        self.disband()
        self.size: int | None = None  # what was asked for, if anything was

    def disband(self) -> None:
        """Forget the workers: after a fork they are not there, after a change too few or many."""
        self.lock = threading.Lock()
        self.pool: ThreadPoolExecutor | None = None

    def workers(self) -> ThreadPoolExecutor:
        """Return the pool, one thread a core."""
        with self.lock:
            if self.pool is None:
                self.pool = ThreadPoolExecutor(get_num_threads(), thread_name_prefix="course")
            return self.pool


_crew = _Crew()
_here = threading.local()  # a worker does not share its work again: all could wait for each other
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_crew.disband)


def get_num_threads() -> int:
    """Tell on how many cores the large operations of `course_lib.numpy_ops` work.

    Returns
    -------
    num_threads : int
        At least 1.

    Raises
    ------
    ValueError
        If the environment variable COURSE_NUM_THREADS is not a whole number above 0.
    """
    if _crew.size is not None:
        return _crew.size
    asked = os.environ.get(VARIABLE)
    if asked is not None:
        if not (asked.isdecimal() and int(asked)):
            raise InvalidValue("course_lib", received=f"{VARIABLE}={asked!r}",
                               needed="a whole number above 0", fix="unset it")  # fmt: skip
        return int(asked)
    of_openmp = os.environ.get("OMP_NUM_THREADS", "")
    return int(of_openmp) if of_openmp.isdecimal() and int(of_openmp) else num_cores()


def set_num_threads(num_threads: int) -> None:
    """Say on how many cores the large operations of `course_lib.numpy_ops` work from now on.

    The results are the same, but for gradients that are summed over images (of weights): there
    the order of the sum follows the parts, and float32 differs by less than 1e-6 of the largest.

    Parameters
    ----------
    num_threads : int
        At least 1. More than there are cores brings nothing.

    Raises
    ------
    TypeError
        If it is not an int.
    ValueError
        If it is below 1.

    Examples
    --------
    >>> before = get_num_threads()
    >>> set_num_threads(1)
    >>> get_num_threads()
    1
    >>> set_num_threads(before)
    """
    received = f"num_threads={num_threads!r}"
    if not isinstance(num_threads, int) or isinstance(num_threads, bool):
        raise InvalidType("set_num_threads", received=received, needed="an int", fix="pass 1 or 2")
    if num_threads < 1:
        raise InvalidValue("set_num_threads", received=received, needed="at least one thread",
                           fix="pass 1 to keep to one core")  # fmt: skip
    if num_threads != get_num_threads():
        _crew.disband()
    _crew.size = num_threads


def share(
    work: Callable[[Sequence[Item]], None], items: Sequence[Item], *, num_parts: int | None = None
) -> None:
    """Cut items into neighborhoods and do `work` on each, side by side on separate cores.

    NumPy lets other threads run while it works through an array. Each neighborhood must write to
    a place of its own. The first error is raised; settings such as `np.errstate` hold in all.
    There is one for each of `get_num_threads()` cores, or as many as `num_parts` says.

    Examples
    --------
    >>> squares = [0, 0, 0]
    >>> def work(neighbors):
    ...     for k in neighbors:
    ...         squares[k] = k * k
    >>> share(work, range(3))
    >>> squares
    [0, 1, 4]
    """
    spans = split(len(items), get_num_threads() if num_parts is None else num_parts)
    if len(spans) < 2 or getattr(_here, "is_worker", False):
        work(items)
        return

    def do(span: slice) -> None:
        _here.is_worker = True
        work(items[span])

    workers = _crew.workers()
    for done in [workers.submit(copy_context().run, do, span) for span in spans]:
        done.result()


def split(num_items: int, num_parts: int) -> list[slice]:
    """Cut a row of items into at most `num_parts` spans that differ by one item at most.

    Examples
    --------
    >>> split(5, 2), split(1, 2), split(0, 2)
    ([slice(0, 3, None), slice(3, 5, None)], [slice(0, 1, None)], [])
    """
    count = max(1, min(num_items, num_parts))
    ends = [-(-num_items * k // count) for k in range(count + 1)]
    return [slice(*pair) for pair in pairwise(ends)] if num_items else []


def keep_blas_to_one_thread() -> None:
    """Let each matrix product of NumPy run on one thread, whatever the environment says.

    Only OpenBLAS, in the wheels of NumPy and SciPy, needs it; PyTorch's own library is left alone.
    """
    from threadpoolctl import ThreadpoolController

    for library in ThreadpoolController().lib_controllers:
        if library.internal_api == "openblas" and "torch" not in library.filepath:
            library.set_num_threads(1)


def num_cores() -> int:
    """Count the cores that this process may use: fewer than there are, in a container."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
