"""Make a report: what was found, and whether every tolerance held."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

import torch

from course_lib.checks import require_number
from course_lib.errors import InvalidValue
from course_lib.gpu_report.attempts import Clock
from course_lib.gpu_report.machine import machine_facts
from course_lib.gpu_report.plan import FULL, SMALL, Plan
from course_lib.gpu_report.precision import Check, check_networks, check_operations
from course_lib.gpu_report.throughput import Speed, measure_speeds
from course_lib.training.devices import find_device

Row = TypeVar("Row", Check, Speed)


class Report(NamedTuple):
    """Everything that was measured."""

    machine: dict[str, str]
    is_full: bool
    checks: list[Check]
    speeds: list[Speed]
    seconds: float

    @property
    def failed(self) -> list[Check]:
        """The checks whose errors are above the tolerance, or that could not be run."""
        return [check for check in self.checks if not check.passed]


def make_report(
    plan: Plan | None = None,
    *,
    device: str = "auto",
    minutes: float = 8.0,
    progress: Callable[[Check | Speed], object] = lambda row: None,
) -> Report:
    """Compare the device with NumPy, then time training on it.

    Parameters
    ----------
    plan : Plan, default=None
        What to look at; None means `FULL` on a GPU and `SMALL` on a CPU.
    device : str, default="auto"
        "cpu", "cuda", "cuda:1"...; "auto" is the GPU if PyTorch finds one.
    minutes : float, default=8.0
        No training begins that would take the report beyond this time. The checks of precision
        come first and are always made.
    progress : callable
        Gets each row of the report when it is made; nothing is done with it by default.

    Returns
    -------
    Report
        Rows of checks and of speeds. A row that could not be run says why.

    Raises
    ------
    TypeError, ValueError
        If the device is not there or neither a CPU nor an NVIDIA GPU, or `minutes` is negative.

    Notes
    -----
    PyTorch's random state, TensorFloat-32 switches and settings of cuDNN are as before when the
    report is made.
    """
    clock = Clock(60.0 * require_number("gpu_report", "minutes", minutes, minimum=0.0))
    place = _supported(find_device(device))
    plan = plan or (FULL if place.type == "cuda" else SMALL)
    with torch.random.fork_rng(devices=[place] if place.type == "cuda" else []):
        torch.manual_seed(0)
        checks = list(_told(check_operations(plan, place), progress))
        checks += _told(check_networks(plan, place), progress)
        speeds = list(_told(measure_speeds(plan, place, clock), progress))
    return Report(machine_facts(place), plan is FULL, checks, speeds, clock.spent())


def _supported(device: torch.device) -> torch.device:
    if device.type not in ("cpu", "cuda"):
        raise InvalidValue(
            "gpu_report", received=f"device={str(device)!r}",
            needed="an NVIDIA GPU or the CPU, which have all four precisions",
            fix='use "cuda" or "cpu"')  # fmt: skip
    return device


def _told(rows: Iterator[Row], progress: Callable[[Row], object]) -> Iterator[Row]:
    for row in rows:
        progress(row)
        yield row
