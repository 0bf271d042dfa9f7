"""What a process of its own is good for: one thread, and a peak of memory that can be told."""

import os
from pathlib import Path

THREAD_VARIABLES = (
    "COURSE_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def has_one_thread() -> bool:
    """Tell whether this process was started with one thread for every matrix product."""
    return all(os.environ.get(name) == "1" for name in THREAD_VARIABLES)


def one_thread_environment() -> dict[str, str]:
    """Return the environment for a new process that computes on one thread.

    NumPy's matrix product reads the number of threads once, when it is loaded: so the variables
    must be set before, which only a new process guarantees.
    """
    return os.environ | dict.fromkeys(THREAD_VARIABLES, "1")


def largest_size() -> int:
    """Return the largest resident size of this process so far, in bytes.

    Linux lets `getrusage` begin with the size of the parent process, so its own count is read.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS
