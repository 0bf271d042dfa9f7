"""How fast the NumPy reference is beside PyTorch, on one thread.

`course bench`, `make bench` and `python -m course_lib.bench` are the same. Times differ from
machine to machine and from run to run; ratios between two things measured in turns in one process
are what can be compared.
"""

import subprocess
import sys
from collections.abc import Sequence

from course_lib.processes import has_one_thread, one_thread_environment

SECONDS_TO_END = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark in a process of its own that has one thread; return its exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if has_one_thread():
        from course_lib.bench.command import run_command

        return run_command(arguments)
    command = [sys.executable, "-m", "course_lib.bench", *arguments]
    process = subprocess.Popen(command, env=one_thread_environment())
    try:
        return process.wait()
    except KeyboardInterrupt:  # of which a terminal tells both: the other process says so
        try:
            return process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            raise KeyboardInterrupt from None
