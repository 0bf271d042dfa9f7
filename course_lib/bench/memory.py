"""Peak memory of a forward and a backward pass, each measured in a process of its own.

`python -m course_lib.bench.memory SIDE LAYER` prints by how many megabytes the largest resident
size of the process grew, from just before the forward pass (code and inputs are there already)
until after the backward pass (all results still held).
"""

import subprocess
import sys
from pathlib import Path

MEGABYTE = 1 << 20


def peak_memory(side: str, layer: str) -> float | None:
    """Return the growth in megabytes for `side` "ours" or "torch"; None where it cannot be told."""
    if sys.platform == "win32":  # has neither way to tell
        return None
    command = [sys.executable, "-m", "course_lib.bench.memory", side, layer]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(answer.stdout)


def print_growth(side: str, layer_name: str) -> None:
    """Run one pass in this process and print the growth."""
    from course_lib.bench.layers import CONV_LAYERS
    from course_lib.bench.measure import conv_contestants

    layer = next(layer for layer in CONV_LAYERS if layer.name == layer_name)
    contestants = conv_contestants(layer)
    contestant = contestants[side]
    before = largest_size()
    y = contestant.forward()
    grads = contestant.backward(y)
    print((largest_size() - before) / MEGABYTE)
    del y, grads


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


if __name__ == "__main__":
    print_growth(*sys.argv[1:])
