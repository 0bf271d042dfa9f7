"""Run whole networks in NumPy beside PyTorch: same weights, the image size they were published for.

`python -m course_lib.parity.networks NAME [SIZE]` prints the row of one network as JSON: each
network gets a process of its own, so that its peak memory can be told.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from course_lib.checks import require_int
from course_lib.processes import largest_size, one_thread_environment
from course_lib.selection import require_choices

if TYPE_CHECKING:
    from course_lib.models import ImageNetwork

TOLERANCE = 1e-4  # of max|output|, in float32
GIGABYTE = 1 << 30


class NetworkRow(NamedTuple):
    """One image through a network on both sides, in float32 and evaluation mode."""

    name: str
    image_size: tuple[int, int]
    error: float
    seconds: float
    torch_seconds: float
    gigabytes: float

    @property
    def passed(self) -> bool:
        """Whether both sides agree; False for NaN."""
        return self.error <= TOLERANCE


def run_networks(names: Sequence[str] = (), *, size: int | None = None) -> Iterator[NetworkRow]:
    """Yield a row for each network, those of `names` or all of `models.list_models()`.

    `error` is the largest difference between the outputs as a share of the largest output,
    `gigabytes` the peak memory of the whole process after the NumPy run. One thread, CPU time.

    Parameters
    ----------
    names : sequence of str, default=()
        Networks; none means all.
    size : int, default=None
        Height and width of smaller images, in pixels. A network that cannot take them, or was
        published for smaller ones, gets its own size, as with None.

    Raises
    ------
    ValueError
        If a name is not one of `models.list_models()`, or the size is below 1.
    """
    from course_lib import models

    if size is not None:
        require_int("parity", "size", size, minimum=1)
    require_choices("parity", "networks", names, models.list_models())
    for name in names or models.list_models():
        command = [sys.executable, "-m", "course_lib.parity.networks", name]
        command += [] if size is None else [str(size)]
        answer = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=True, env=one_thread_environment()
        )
        yield NetworkRow(*json.loads(answer.stdout))


def table_line(row: NetworkRow | None) -> str:
    """Write a row as aligned text; None gives the headings."""
    if row is None:
        return f"{'network':18} {'image':>9} {'error':>8} {'NumPy s':>8} {'torch s':>8} {'GB':>5}"
    image = "x".join(map(str, row.image_size))
    verdict = "" if row.passed else "  FAILED"
    return (
        f"{row.name:18} {image:>9} {row.error:8.1e} {row.seconds:8.2f} "
        f"{row.torch_seconds:8.2f} {row.gigabytes:5.1f}{verdict}"
    )


def measure(name: str, size: int | None = None) -> NetworkRow:
    """Run one network here, NumPy first so that the peak memory is its own."""
    import torch

    from course_lib import models
    from course_lib.numpy_nn.graph import from_torch
    from course_lib.parity.compare import relative_error

    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = models.build(name).eval()
    image = torch.randn(1, network.in_channels, *_image_size(network, size))
    graph = from_torch(network, image.numpy(), check=False)
    start = time.process_time()
    ours = graph.forward(image.numpy(), keep=False)
    seconds = time.process_time() - start
    size = largest_size()
    start = time.process_time()
    with torch.no_grad():
        theirs = network(image)
    torch_seconds = time.process_time() - start
    return NetworkRow(
        name=name,
        image_size=tuple(image.shape[2:]),
        error=relative_error(ours, theirs),
        seconds=seconds,
        torch_seconds=torch_seconds,
        gigabytes=size / GIGABYTE,
    )


def _image_size(network: "ImageNetwork", size: int | None) -> tuple[int, int]:
    """Give the small size if it is smaller and the network takes it, which is tried."""
    import torch

    if size is None or size >= min(network.image_size):
        return network.image_size
    try:
        with torch.no_grad():
            network(torch.zeros(1, network.in_channels, size, size))
    except (RuntimeError, ValueError):
        return network.image_size
    return size, size


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], *map(int, sys.argv[2:]))))
