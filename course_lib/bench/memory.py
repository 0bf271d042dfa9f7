"""Peak memory of a forward and a backward pass, each measured in a process of its own.

`python -m course_lib.bench.memory SIDE LAYER` prints by how many megabytes the largest resident
size of the process grew, from just before the forward pass (code and inputs are there already)
until after the backward pass (all results still held).
"""

import subprocess
import sys

from course_lib.processes import largest_size

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


if __name__ == "__main__":
    print_growth(*sys.argv[1:])
