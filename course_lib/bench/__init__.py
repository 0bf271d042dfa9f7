"""How fast the NumPy reference is beside PyTorch, on one thread.

`course bench`, `make bench` and `python -m course_lib.bench` are the same. Times differ from
machine to machine and from run to run; ratios between two things measured in turns in one process
are what can be compared.
"""

import os
import subprocess
import sys
from collections.abc import Sequence

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark in a process of its own that has one thread; return its exit code.

    NumPy's matrix product reads the number of threads once, when it is loaded: so the variables
    must be set before, which only a new process guarantees.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if all(os.environ.get(name) == "1" for name in THREAD_VARIABLES):
        from course_lib.bench.command import run_command

        return run_command(arguments)
    one_thread = os.environ | dict.fromkeys(THREAD_VARIABLES, "1")
    command = [sys.executable, "-m", "course_lib.bench", *arguments]
    return subprocess.run(command, env=one_thread, check=False).returncode
