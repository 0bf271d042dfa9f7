"""Work that may fail on one machine and not on another, and that must not end the report."""

import gc
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import torch

Result = TypeVar("Result")


class Clock:
    """Tell how many seconds of the report's time are left."""

    def __init__(self, seconds: float) -> None:
        self._start = time.monotonic()
        self._end = self._start + seconds

    def left(self) -> float:
        """Return the seconds until the end, negative after it."""
        return self._end - time.monotonic()

    def spent(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self._start


def attempt(work: Callable[[], Result]) -> tuple[Result | None, str]:
    """Do some work; return its result and "", or None and why there is none.

    Anything may stop one row on a machine nobody has tried: too little memory, an operation that
    this GPU lacks, no compiler. The row says so and the others go on. The memory is given back
    only after the exception is gone, as its traceback holds on to the tensors.
    """
    try:
        result = work()
        release_memory()
        return result, ""
    except torch.OutOfMemoryError:
        why = "out of memory"
    except Exception as problem:
        why = _one_line(problem)
    release_memory()
    return None, why


def release_memory() -> None:
    """Let compiled code and unused memory go, so that each row starts alike."""
    if "torch._dynamo" in sys.modules:  # else nothing was compiled, and to load it takes seconds
        torch.compiler.reset()
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def synchronize(device: torch.device) -> None:
    """Wait for the GPU: its work is queued, so a clock read before that times the queuing."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def peak_gigabytes(device: torch.device, work: Callable[[], Any]) -> tuple[Any, float | None]:
    """Do some work; return its result and the most memory of tensors on the GPU meanwhile.

    On a CPU the memory is not counted: None.
    """
    if device.type != "cuda":
        return work(), None
    torch.cuda.reset_peak_memory_stats(device)
    result = work()
    return result, torch.cuda.max_memory_allocated(device) / 1e9


def _one_line(problem: Exception) -> str:
    lines = str(problem).strip().splitlines()
    text = f"{type(problem).__name__}: {lines[0]}" if lines else type(problem).__name__
    return text if len(text) <= 160 else f"{text[:157]}..."
